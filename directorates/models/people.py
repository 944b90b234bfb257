"""People: users, what they are in which organisation, their keys and invitations."""

import datetime
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from knox.models import AbstractAuthToken

from directorates.foundation.sight import hidden_people
from directorates.foundation.zones import ZONES
from directorates.models.organisations import Organisation
from directorates.models.places import Place
from directorates.models.validity import Dated, DatedQuerySet
from directorates.roles import GIVEN_BY_TWO, Permission, Role

if TYPE_CHECKING:
    from directorates.permissions import Rights


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its letters' case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with an e-mail, and a password or none that works."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing] # knox types no manager
    """A person who signs in; what the person may do comes from memberships alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    # By whose clocks hours are told: of meetings, on pages, in files.
    zone = models.CharField(_("time zone"), max_length=40, choices=ZONES, default=settings.TIME_ZONE)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the technical administration"), default=False)
    created = models.DateTimeField(_("account opened"), auto_now_add=True)
    # Part of what a session is checked against: counting it up ends all of the person's sessions.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # Set by the middleware and by `act_as`: the one organisation this person acts as now.
    chosen_organisation_id: int | None = None
    # Set by `permissions.require`, read by the record: for whom the person stood in when the last right was asked.
    instead_of_id: int | None = None
    # Set where a key of the API speaks that may not do everything: all that is left of the rights.
    limited_to: "frozenset[Permission] | None" = None
    # Where a dictionary stands here, `permissions.rights_of` keeps its answer in it (for one request, never longer).
    rights_kept: "dict[tuple[int, datetime.date], Rights] | None" = None

    # Whether the name is not shown: then the role stands in its place, and neither is ever written back.
    is_hidden: bool = False

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_an_email")]

    def __str__(self) -> str:
        """The name, or the e-mail where there is none."""
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked against at each request: the password, and how often all sessions were ended."""
        found: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{found}:{self.sessions_ended}" if self.sessions_ended else found

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """The person as the caller may know them: people of a sealed directorate by their role alone, without an e-mail."""
        person = super().from_db(db, field_names, values, **options)
        if (role := hidden_people().get(person.pk)) is not None:
            person.is_hidden, person.name, person.email = True, role, ""
        return person

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Write the person; never a role in place of a name."""
        if self.is_hidden:
            names = update_fields or [field.name for field in self._meta.concrete_fields]
            update_fields = set(names) - {"id", "name", "email"}
        super().save(*args, update_fields=update_fields, **options)

    def current_memberships(self, date: datetime.date) -> "models.QuerySet[Membership]":
        """What the person is on a date, oldest first, in organisations that act."""
        rows = self.memberships.at(date).filter(organisation__status="active")
        return rows.select_related("organisation").order_by("valid", "id")

    @cached_property
    def first_organisation_id(self) -> int | None:
        """The organisation to act as where none was chosen."""
        return self.current_memberships(timezone.localdate()).values_list("organisation_id", flat=True).first()

    @property
    def acting_id(self) -> int | None:
        """The organisation that the person acts as."""
        return self.chosen_organisation_id or self.first_organisation_id

    @cached_property
    def acting(self) -> Organisation | None:
        """The organisation that the person acts as, loaded once."""
        return Organisation.objects.filter(pk=self.acting_id).first() if self.acting_id else None


class Membership(Dated):
    """What a person is in an organisation, for a time, everywhere or in some places only."""

    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=32, choices=Role)
    places = models.ManyToManyField(Place, verbose_name=_("places"), blank=True, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "person", "valid"]
        constraints = [
            ExclusionConstraint(
                name="one_role_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        """Person, role and organisation."""
        return f"{self.person} · {self.get_role_display()} · {self.organisation}"


class InvitationState(models.TextChoices):
    """What became of the offer of a role."""

    WAITS = "invitation_waits", pgettext_lazy("invitation", "waits for a second person")
    OPEN = "invitation_open", pgettext_lazy("invitation", "open")
    ACCEPTED = "invitation_accepted", pgettext_lazy("invitation", "accepted")
    ENDED = "invitation_ended", pgettext_lazy("invitation", "withdrawn or refused")
    EXPIRED = "invitation_expired", pgettext_lazy("invitation", "expired")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Named queries over offers of roles."""

    def open(self, at: datetime.datetime) -> Self:
        """Those that can still become a role: neither accepted nor ended nor expired."""
        return self.filter(accepted_at=None, expires__gt=at)

    def waiting(self, at: datetime.datetime) -> Self:
        """Those of them that wait for a second person."""
        by_two = Q(role__in=GIVEN_BY_TWO) | Q(person=F("by"))
        return self.open(at).filter(by_two, by__isnull=False, confirmed_at=None)


class Invitation(models.Model):
    """The offer of a role in an organisation: to an e-mail by a one-time link, or to a person who is known, without one.

    Of the link's secret only the hash is stored. A role with sensitive rights, and any that somebody asks for oneself, is
    given once a second person confirmed it.
    """

    email = models.EmailField(_("e-mail"))
    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), null=True, related_name="offers")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=32, choices=Role)
    places = models.ManyToManyField(Place, verbose_name=_("places"), blank=True, related_name="+")
    since = models.DateField(_("from"), null=True)
    # No link leads to what somebody known is offered; each of the others has one of its own.
    secret_hash = models.CharField(max_length=64, unique=True, editable=False, null=True)  # noqa: DJ001
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("confirmed by"), null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    expires = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, by__isnull=False),
                name="role_confirmed_by_someone_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("by")), name="role_confirmed_by_a_second_person"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("person")), name="role_confirmed_by_somebody_else"),
            models.CheckConstraint(
                condition=Q(person=None, since=None, secret_hash__isnull=False)
                | Q(person__isnull=False, since__isnull=False, secret_hash=None),
                name="role_offered_by_a_link_or_to_somebody_known",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(ended_at=None), name="offer_not_both_accepted_and_ended"
            ),
        ]

    def __str__(self) -> str:
        """E-mail and organisation."""
        return f"{self.address} · {self.organisation}"

    @property
    def address(self) -> str:
        """The e-mail, unless it is that of somebody whose name is hidden."""
        return self.person.email if self.person else self.email

    @property
    def waits(self) -> bool:
        """Whether a second person has to confirm it; nobody has where it was made from the machine itself."""
        by_two = self.role in GIVEN_BY_TWO or self.person_id == self.by_id
        return self.by_id is not None and self.confirmed_at is None and by_two

    def state(self, at: datetime.datetime) -> InvitationState:
        """What became of it by a moment."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.ended_at is not None:
            return InvitationState.ENDED
        if self.expires <= at:
            return InvitationState.EXPIRED
        return InvitationState.WAITS if self.waits else InvitationState.OPEN


class Scope(models.TextChoices):
    """How much of what its owner may do a key may do; `permissions.rights_of` reads it at every call."""

    READ = "read", _("Read only")
    REPORT = "report", _("Read, and fill and send reports")
    EVERYTHING = "everything", _("Everything that this account may do")


class AccessToken(AbstractAuthToken):
    """A key of the API, stored hashed: twelve hours from signing in, or a named one that its owner made."""

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens")
    name = models.CharField(_("name"), max_length=80, blank=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    scope = models.CharField(_("may"), max_length=12, choices=Scope, default=Scope.EVERYTHING)
    used_at = models.DateTimeField(_("last used"), null=True)
    with_factor = models.BooleanField(_("made with a second factor"), default=False)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="key_of_a_known_scope"),
            models.CheckConstraint(
                condition=models.Q(expiry__lte=models.F("created") + datetime.timedelta(days=366)),
                name="key_for_a_year_at_most",
            ),
        ]

    def __str__(self) -> str:
        """The name; never the digest, which knox would show."""
        return self.name
