"""Disputes over mandates: two claims to one function in one place and time, and all that was said and decided about them."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import beneath
from directorates.permissions import Columns, Permission, rights_of
from policies.models.mandates import Function, Mandate


class DisputeState(models.TextChoices):
    """How far a dispute is."""

    OPEN = "open", pgettext_lazy("dispute", "Open")
    INTERIM = "interim", pgettext_lazy("dispute", "Open, with an interim arrangement")
    GIVEN_WAY = "given_way", pgettext_lazy("dispute", "One side gave way")
    LAPSED = "lapsed", pgettext_lazy("dispute", "Claimed by one side only by now")
    DECIDED = "decided", pgettext_lazy("dispute", "Decided")
    APPEALED = "appealed", pgettext_lazy("dispute", "Appealed")
    CLOSED = "closed", pgettext_lazy("dispute", "Decided for good")


# Nothing was decided yet; something is still to be decided; something was.
UNDECIDED = (DisputeState.OPEN, DisputeState.INTERIM)
WAITING = (*UNDECIDED, DisputeState.APPEALED)
SETTLED = (DisputeState.DECIDED, DisputeState.APPEALED, DisputeState.CLOSED)


class DisputeQuerySet(models.QuerySet[Any]):
    """Named queries over disputes."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What is disputed is told to everybody who reads policies."""
        return self if rights_of(user).holds(Permission.VIEW_POLICIES) else self.none()

    def waiting(self) -> Self:
        """Those in which something is still to be decided."""
        return self.filter(state__in=WAITING)

    def undecided(self) -> Self:
        """Those in which nothing was decided, and no side gave way."""
        return self.filter(state__in=UNDECIDED)

    def in_days(self, first: datetime.date, last: datetime.date) -> Self:
        """Those whose claims both hold, held or will hold on some of these days, as the mandates stand by now."""
        return self.filter(
            RawSQL(
                """EXISTS (SELECT FROM mandate_overlaps(policies_mandatedispute.first_id) o
                WHERE o.first_id = policies_mandatedispute.first_id AND o.second_id = policies_mandatedispute.second_id
                AND o.days && daterange(%s, %s, '[]'))""",
                [first, last],
                models.BooleanField(),
            )
        )

    def near(self, place: Place) -> Self:
        """Those about a place, about what lies in it, and about what it lies in."""
        return self.filter(beneath(place.path, "place__path") | Q(place__path__in=place.path_above()))

    def to_state(self, user: User) -> Self:
        """Those in which a person speaks for one of the two sides, which has said nothing yet."""
        own = rights_of(user).condition(Permission.CLAIM_MANDATES, self.model.SCOPES[Permission.CLAIM_MANDATES])
        said = DisputeEvent.objects.filter(dispute=OuterRef("pk"), kind=DisputeDeed.STATEMENT, acting=user.acting_id)
        return self.undecided().filter(own).exclude(Exists(said))

    def to_decide(self, organisation: int | None) -> Self:
        """Those that wait for a decision of an organisation that is none of the two sides."""
        return self.waiting().exclude(Q(first__organisation=organisation) | Q(second__organisation=organisation))

    def of_days_to_come(self) -> Self:
        """Without those whose claims held beside one another only before it was opened: that is decided, or stays open."""
        past = RawSQL(
            """EXISTS (SELECT FROM mandate_overlaps(policies_mandatedispute.first_id) o
            WHERE o.first_id = policies_mandatedispute.first_id AND o.second_id = policies_mandatedispute.second_id
            AND upper(o.days) <= policies_mandatedispute.opened::date)""",
            [],
            models.BooleanField(),
        )
        return self.exclude(past)

    def lapsed(self, day: datetime.date) -> Self:
        """Undecided ones whose claims hold beside one another neither on a day nor later."""
        goes_on = RawSQL(
            """EXISTS (SELECT FROM mandate_overlaps(policies_mandatedispute.first_id) o
            WHERE o.first_id = policies_mandatedispute.first_id AND o.second_id = policies_mandatedispute.second_id
            AND (upper_inf(o.days) OR upper(o.days) > %s))""",
            [day],
            models.BooleanField(),
        )
        return self.undecided().exclude(goes_on)

    def of(self, mandate: Mandate) -> Self:
        """Those in which a mandate is one of the two claims."""
        return self.filter(Q(first=mandate) | Q(second=mandate))

    def lost_by(self, organisation: Organisation) -> Self:
        """Those that were decided against an organisation."""
        sides = Q(first__organisation=organisation) | Q(second__organisation=organisation)
        return self.filter(sides, state__in=SETTLED).exclude(decided_for=organisation)

    def named(self) -> Self:
        """With the place, both claims and for whom it was decided."""
        claims = [f"{side}__{part}" for side in ("first", "second") for part in ("organisation", "place")]
        return self.select_related("place", "decided_for", *claims)


class MandateDispute(models.Model):
    """Two mandates of different organisations overlap; the place is the smaller of theirs, which lies in the other.

    It was opened by the portal with the second claim. What was said and decided stands in its events.
    """

    function = models.CharField(_("function"), max_length=20, choices=Function)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    first = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("first claim"))
    second = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("second claim"))
    state = models.CharField(_("state"), max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    decided_for = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("decided for")
    )
    opened = models.DateTimeField(_("opened"))

    objects = DisputeQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.CLAIM_MANDATES: Columns(("first__organisation_id", "second__organisation_id")),
    }

    class Meta:
        verbose_name = _("dispute over a mandate")
        verbose_name_plural = _("disputes over mandates")
        default_permissions = ()
        ordering = ["-opened", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_dispute_a_pair_of_claims"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="claims_in_dispute_stand_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, decided_for__isnull=False)
                | (~Q(state__in=SETTLED) & Q(decided_for=None)),
                name="a_dispute_is_decided_for_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Function and place."""
        return f"{self.get_function_display()} · {self.place}"

    @property
    def claims(self) -> tuple[Mandate, Mandate]:
        """Both claims, the earlier entered first."""
        return self.first, self.second

    @property
    def look(self) -> str:
        """The name of its state among all states (`coordination/states.py`)."""
        return f"dispute_{self.state}"

    @property
    def waits(self) -> bool:
        """Whether something is still to be decided."""
        return self.state in WAITING

    @property
    def of_the_body(self) -> bool:
        """Whether the coordination body, which decides disputes, is itself one of the two sides."""
        return any(claim.organisation.kind == Kind.BODY for claim in self.claims)

    def claim_of(self, organisation: int | None) -> Mandate | None:
        """The claim of one of the two organisations, None where it is of neither."""
        return next((claim for claim in self.claims if claim.organisation_id == organisation), None)


class DisputeDeed(models.TextChoices):
    """What happened in a dispute."""

    OPENED = "opened", pgettext_lazy("dispute event", "The second claim was entered")
    STATEMENT = "statement", pgettext_lazy("dispute event", "Statement")
    INTERIM = "interim", pgettext_lazy("dispute event", "Interim arrangement")
    GAVE_WAY = "gave_way", pgettext_lazy("dispute event", "A claim was ended by its own side")
    LAPSED = "lapsed", pgettext_lazy("dispute event", "Both claim it on no day to come")
    DECISION = "decision", pgettext_lazy("dispute event", "Decision")
    APPEAL = "appeal", pgettext_lazy("dispute event", "Appeal")
    UPHELD = "upheld", pgettext_lazy("dispute event", "The decision was upheld")
    CHANGED = "changed", pgettext_lazy("dispute event", "The decision was changed")


DECIDING = (DisputeDeed.DECISION, DisputeDeed.UPHELD, DisputeDeed.CHANGED)


class DisputeEvent(models.Model):
    """Something that was said or decided in a dispute; appended, never overwritten. A decision says for whom, on what basis
    and from which day.
    """

    dispute = models.ForeignKey(MandateDispute, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=DisputeDeed)
    text = models.TextField(blank=True)
    for_whom = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    basis = models.TextField(blank=True)
    day = models.DateField(null=True)
    # Nobody where the days passed on which both claimed it.
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event of a dispute")
        verbose_name_plural = _("events of disputes")
        default_permissions = ()
        ordering = ["dispute", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind__in=DECIDING, for_whom__isnull=False, day__isnull=False) & ~Q(basis="") & ~Q(text=""))
                | (~Q(kind__in=DECIDING) & Q(for_whom=None, day=None, basis="")),
                name="a_decision_in_a_dispute_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False, acting__isnull=False) | Q(by=None, acting=None, kind=DisputeDeed.LAPSED),
                name="somebody_acts_in_a_dispute",
            ),
        ]

    def __str__(self) -> str:
        """What happened and when."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def what(self) -> str:
        """What happened, in words."""
        return str(self.get_kind_display())

    @property
    def note(self) -> str:
        """What was said."""
        return self.text
