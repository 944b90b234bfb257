"""Disputes over mandates: two claims to one function in one place and time, and all that was said and decided about them."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, Place, User
from directorates.permissions import Columns, Permission, rights_of
from policies.models.mandates import Function, Mandate


class DisputeState(models.TextChoices):
    """How far a dispute is."""

    OPEN = "open", pgettext_lazy("dispute", "Open")
    INTERIM = "interim", pgettext_lazy("dispute", "Open, with an interim arrangement")
    GIVEN_WAY = "given_way", pgettext_lazy("dispute", "One side gave way")
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

    def claim_of(self, organisation: int | None) -> Mandate | None:
        """The claim of one of the two organisations, None where it is of neither."""
        return next((claim for claim in self.claims if claim.organisation_id == organisation), None)


class DisputeDeed(models.TextChoices):
    """What happened in a dispute."""

    OPENED = "opened", pgettext_lazy("dispute event", "The second claim was entered")
    STATEMENT = "statement", pgettext_lazy("dispute event", "Statement")
    INTERIM = "interim", pgettext_lazy("dispute event", "Interim arrangement")
    GAVE_WAY = "gave_way", pgettext_lazy("dispute event", "A claim was ended by its own side")
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
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
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
            )
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
