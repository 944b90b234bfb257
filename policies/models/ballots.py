"""Ballots: who votes on a version until when, by which majority, every vote ever given, and what came of it."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of
from policies.models.versions import PolicyVersion
from policies.rules.ballots import Choice, Majority, Outcome, Tally


class LeftOut(models.TextChoices):
    """Why an elector is not reckoned with at the end."""

    SUSPENDED = "suspended", pgettext_lazy("elector", "Suspended or dissolved")
    SEALED = "sealed", pgettext_lazy("elector", "Sealed before it voted")


MAJORITIES = {
    Majority.SIMPLE: pgettext_lazy("majority", "Simple majority"),
    Majority.TWO_THIRDS: pgettext_lazy("majority", "Two thirds"),
    Majority.CONSENSUS: pgettext_lazy("majority", "Consensus: nobody against"),
}
CHOICES = {
    Choice.FOR: pgettext_lazy("vote", "For"),
    Choice.RESERVED: pgettext_lazy("vote", "For with reservation"),
    Choice.AGAINST: pgettext_lazy("vote", "Against"),
    Choice.ABSTAIN: pgettext_lazy("vote", "Abstain"),
}
OUTCOMES = {
    Outcome.ADOPTED: pgettext_lazy("ballot", "Adopted"),
    Outcome.REJECTED: pgettext_lazy("ballot", "Not adopted"),
    Outcome.TIED: pgettext_lazy("ballot", "Tied: not adopted"),
    Outcome.NO_QUORUM: pgettext_lazy("ballot", "Quorum lost: not adopted"),
    Outcome.CALLED_OFF: pgettext_lazy("ballot", "Called off"),
}


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Named queries over ballots."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those on the versions that the person reads."""
        return self.filter(Exists(PolicyVersion.objects.visible_to(user).filter(pk=OuterRef("version"))))

    def open(self) -> Self:
        """Those that were neither counted nor called off."""
        return self.filter(closed=None)

    def due(self, now: datetime.datetime) -> Self:
        """Those whose time is over and that are still to be counted."""
        return self.open().filter(closes__lte=now)

    def to_vote(self, user: User, now: datetime.datetime | Now) -> Self:
        """Those on which the organisation acted for can still vote, and the person may; the first to close first."""
        if not rights_of(user).holds(Permission.VOTE_ON_POLICIES):
            return self.none()
        return self.open().filter(closes__gt=now, electors__organisation=user.acting_id).order_by("closes", "pk")

    def unvoted(self, user: User) -> Self:
        """Those on which the organisation acted for has not voted yet."""
        return self.filter(~_voted_by(user))

    def unvoted_first(self, user: User) -> Self:
        """Those on which the organisation acted for has not voted yet before the others, each the first to close first."""
        return self.order_by(_voted_by(user), "closes", "pk")


def _voted_by(user: User) -> Exists:
    """Whether the organisation acted for has voted on a ballot."""
    return Exists(Vote.objects.filter(elector__ballot=OuterRef("pk"), elector__organisation=user.acting_id))


def carried() -> models.QuerySet[PolicyVersion]:
    """The proposed texts whose last ballot adopted them, and that nobody has brought into force."""
    last = Ballot.objects.exclude(outcome=Outcome.CALLED_OFF).filter(version=OuterRef("pk")).order_by("-pk")
    rows = PolicyVersion.objects.proposed().annotate(counted=models.Subquery(last.values("outcome")[:1]))
    return rows.filter(counted=Outcome.ADOPTED)


class Ballot(models.Model):
    """A ballot on a version. Quorum (in percent of the electors) and majority are fixed at opening.

    `closed` is when it was counted or called off, `outcome` what came of it.
    """

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="ballots")
    majority = models.CharField(
        _("majority"), max_length=12, choices=[(one.value, words) for one, words in MAJORITIES.items()]
    )
    quorum = models.PositiveSmallIntegerField(_("quorum in percent"))
    opened = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closes = models.DateTimeField(_("votes are taken until"))
    closed = models.DateTimeField(_("closed"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=[(one.value, words) for one, words in OUTCOMES.items()], blank=True
    )
    called_off_why = models.TextField(_("why it was called off"), blank=True)

    objects = BallotQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("version__policy__owner_id",)),
    }

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=Q(closed=None), name="one_open_ballot_a_version"),
            models.CheckConstraint(condition=Q(closes__gt=F("opened")), name="a_ballot_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(quorum__gte=1, quorum__lte=100), name="a_quorum_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(closed=None, outcome="", called_off_why="")
                | Q(closed__isnull=False)
                & ~Q(outcome="")
                & (Q(called_off_why="") ^ Q(outcome=Outcome.CALLED_OFF.value)),
                name="a_closed_ballot_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        """The version."""
        return str(self.version)

    @property
    def until(self) -> datetime.datetime:
        """The last minute in which votes are taken: of a ballot that closes at midnight, the day before is the last."""
        return self.closes - datetime.timedelta(minutes=1)

    @property
    def state(self) -> str:
        """What the chip of the ballot is named."""
        return f"ballot_{self.outcome or 'open'}"

    def takes_votes(self, now: datetime.datetime) -> bool:
        """Whether votes are taken."""
        return self.closed is None and now < self.closes


class ElectorQuerySet(models.QuerySet["Elector"]):
    """Named queries over electors."""

    def with_vote(self) -> models.QuerySet[Any]:
        """With what each voted last, as far as votes are seen: `choice`, `reservation`, `voted`."""
        last = Vote.objects.filter(elector=OuterRef("pk")).order_by("-pk")
        columns = {"choice": "choice", "reservation": "reservation", "voted": "at"}
        return self.annotate(
            **{name: models.Subquery(last.values(column)[:1]) for name, column in columns.items()}
        ).select_related("organisation")


class Elector(models.Model):
    """A directorate that has a vote: one that acted and was a member of the body when the ballot was opened."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="electors")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    left_out = models.CharField(_("why it was not reckoned with"), max_length=10, choices=LeftOut, blank=True)

    objects = ElectorQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.VOTE_ON_POLICIES: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("elector")
        verbose_name_plural = _("electors")
        default_permissions = ()
        ordering = ["ballot", "organisation"]
        constraints = [models.UniqueConstraint(fields=["ballot", "organisation"], name="one_elector_an_organisation")]

    def __str__(self) -> str:
        """Who votes."""
        return str(self.organisation)


class Vote(models.Model):
    """A vote as it was given; the last one of an elector counts, all stay."""

    elector = models.ForeignKey(Elector, models.PROTECT, related_name="votes")
    choice = models.CharField(_("vote"), max_length=10, choices=[(one.value, words) for one, words in CHOICES.items()])
    reservation = models.TextField(_("reservation"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        default_permissions = ()
        ordering = ["elector", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reservation="") ^ ~Q(choice=Choice.RESERVED.value), name="a_reservation_is_said_in_words"
            )
        ]

    def __str__(self) -> str:
        """What was voted."""
        return str(self.get_choice_display())


def tally_of(ballot: Ballot) -> Tally:
    """The votes that count, of the electors that are reckoned with."""
    given = ballot.electors.with_vote().filter(left_out="").values_list("choice", flat=True)
    return Tally.of([Choice(choice) if choice else None for choice in given])
