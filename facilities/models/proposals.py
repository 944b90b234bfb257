"""Proposals to change the register: who proposes which value for which field, and what became of it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import beneath
from directorates.permissions import Columns, Permission, may, scoped
from facilities.models.facilities import Facility
from facilities.rules.proposals import Escalation, compete, escalation, fingerprint, same_value

LONGEST_REASON = 2000
LONGEST_NAME = 200


class ProposalState(models.TextChoices):
    """What became of a proposal, or of one change in it; the proposal is open while one of its changes is."""

    OPEN = "open", pgettext_lazy("proposal", "Open")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    REFUSED = "refused", pgettext_lazy("proposal", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")
    OVERTAKEN = "overtaken", pgettext_lazy("proposal", "Overtaken")


class Field(models.TextChoices):
    """What a proposal can change. Exact positions are no part of it, nor is the sub-district: figures hang on it."""

    NAME_AR = "name_ar", _("Name in Arabic")
    NAME_EN = "name_en", _("Name in English")
    OTHER_NAMES = "other_names", _("Other names and spellings")
    TYPE = "type", _("Type")
    SERVICES = "services", _("Services")
    OPENED = "opened", _("Open since")
    STATUS = "status", _("Operating status")
    SUPPORT_BEGIN = "support_begin", _("Support begins")
    SUPPORT_END = "support_end", _("Support ends")


DESCRIPTIVE = (Field.NAME_AR, Field.NAME_EN, Field.OTHER_NAMES, Field.TYPE, Field.SERVICES)
# These hold from a day on (an end: until a day).
DATED = (Field.STATUS, Field.SUPPORT_BEGIN, Field.SUPPORT_END)
CHANGEABLE = (*DESCRIPTIVE, *DATED)
OF_A_NEW_ONE = (*DESCRIPTIVE, Field.OPENED, Field.SUPPORT_BEGIN)


class ProposalQuerySet(models.QuerySet["ChangeProposal"]):
    """Named queries over proposals."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those about places where the person may propose changes too."""
        columns = ChangeProposal.SCOPES[Permission.PROPOSE_FACILITIES]
        return self.filter(scoped(user, Permission.PROPOSE_FACILITIES, columns))

    def open(self) -> Self:
        """Those that wait for a decision."""
        return self.filter(state=ProposalState.OPEN)

    def under(self, place: Place) -> Self:
        """Those about a place or inside it."""
        return self.filter(beneath(place.path, "place__path"))

    def with_directorate(self, date: datetime.date) -> Self:
        """With the directorate competent on a date in `directorate_id` (None where there is none)."""
        competent = Jurisdiction.objects.filter(place=OuterRef("place"), valid__contains=date)
        return self.annotate(directorate_id=Subquery(competent.values("organisation")[:1]))

    def asked_by(self, day: datetime.date) -> Self:
        """Those that were made on a day or before."""
        return self.filter(at__date__lte=day)

    def to_decide(self, user: User | AnonymousUser, today: datetime.date) -> Self:
        """The open ones that wait for the person, longest first: of the own jurisdiction, and what escalated to the body."""
        kept = scoped(user, Permission.MANAGE_FACILITIES, Columns(("directorate_id",), "place__path"))
        own = Q(directorate_id=getattr(user, "acting_id", None))
        late = Q(at__date__lte=today - datetime.timedelta(days=Escalation.BODY))
        rows = self.open().with_directorate(today).filter(kept)
        return rows.filter(own | Q(directorate_id=None) | late).order_by("at", "pk")

    def named(self) -> Self:
        """With what naming each in a list needs, in a constant number of queries."""
        return self.select_related("facility", "place__parent__parent", "by", "acting").prefetch_related("changes")


class ChangeProposal(models.Model):
    """Some changes to a facility's entry, or a new entry, proposed by someone as an organisation, with the reason."""

    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="proposals")
    new = models.BooleanField(_("a new facility"), default=False)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("sub-district"), related_name="+")
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+")
    acting = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("acting as"), related_name="facility_proposals"
    )
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    closed = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.PROPOSE_FACILITIES: Columns(path="place__path"),
        Permission.MANAGE_FACILITIES: Columns(organisations=("competent_today",), path="place__path"),
    }

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["at", "id"], condition=Q(state="open"), name="proposal_open"),
            models.Index(fields=["acting", "-at"], name="proposal_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(new=True) | Q(facility__isnull=False), name="proposal_is_about_a_facility"
            ),
            models.CheckConstraint(
                condition=~Q(new=True, state="approved") | Q(facility__isnull=False),
                name="a_new_facility_stands_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed=None) | (~Q(state="open") & Q(closed__isnull=False)),
                name="proposal_is_open_or_closed_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        """What it is about."""
        return self.title

    @property
    def title(self) -> str:
        """The facility's name, in the reader's language; of a new one the proposed name."""
        if self.facility is not None:
            return self.facility.name
        return proposed_name(self)

    @property
    def competent_today(self) -> int | None:
        """The id of the directorate competent for the place today."""
        found = Jurisdiction.objects.competent(self.place, timezone.localdate())
        return found.pk if found else None

    def escalation(self, today: datetime.date) -> Escalation:
        """To whom it has gone up by waiting."""
        return escalation(timezone.localdate(self.at), today)

    def waits(self, today: datetime.date) -> int:
        """For how many days it has waited."""
        return (today - timezone.localdate(self.at)).days


def proposed_name(proposal: ChangeProposal) -> str:
    """The name that a new facility would have, in the reader's language."""
    values = {change.field: change.new for change in proposal.changes.all()}
    arabic, english = str(values.get(Field.NAME_AR) or ""), str(values.get(Field.NAME_EN) or "")
    return Facility(name_ar=arabic, name_en=english).name


class FieldChange(models.Model):
    """One field of a proposal: the value as it stood, the value proposed, and since (or until) which day.

    `facility` and `by` repeat the proposal's, so that the database keeps a person to one open change of a field.
    """

    proposal = models.ForeignKey(ChangeProposal, models.CASCADE, related_name="changes")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    field = models.CharField(_("field"), max_length=16, choices=Field)
    old = models.JSONField(null=True)
    new = models.JSONField()
    day = models.DateField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)

    class Meta:
        verbose_name = _("proposed value")
        verbose_name_plural = _("proposed values")
        ordering = ["proposal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "field"], name="a_field_once_a_proposal"),
            models.UniqueConstraint(
                fields=["facility", "by", "field"], condition=Q(state="open"), name="one_open_change_a_person"
            ),
            models.CheckConstraint(
                condition=Q(field__in=[one.value for one in DATED], day__isnull=False)
                | (~Q(field__in=[one.value for one in DATED]) & Q(day=None)),
                name="a_day_where_it_holds_from_one",
            ),
        ]

    def __str__(self) -> str:
        """The field."""
        return self.get_field_display()


class ProposalWhat(models.TextChoices):
    """What happened to a proposal."""

    PROPOSED = "proposed", pgettext_lazy("proposal", "Proposed")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    REFUSED = "refused", pgettext_lazy("proposal", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")
    OVERTAKEN = "overtaken", _("Overtaken: another value was approved for the same")
    MERGED = "merged", _("Overtaken: the facility was merged into another one")
    TO_DIRECTOR = "to_director", _("Waiting for seven days: shown to the director")
    TO_BODY = "to_body", _("Waiting for fourteen days: the coordination body may decide")


class ProposalEvent(models.Model):
    """A line of a proposal's history, about some of its fields; appended only. Nobody did what time alone brought."""

    proposal = models.ForeignKey(ChangeProposal, models.CASCADE, related_name="history")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=12, choices=ProposalWhat)
    fields = ArrayField(models.CharField(max_length=16, choices=Field), default=list)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("event of a proposed change")
        verbose_name_plural = _("history of proposed changes")
        ordering = ["proposal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "what"],
                condition=Q(what__in=["proposed", "withdrawn", "to_director", "to_body"]),
                name="happens_once_to_a_proposal",
            )
        ]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.what} {self.at}"


def standing_values(facility: Facility, today: datetime.date) -> dict[str, Any]:
    """What stands in the register today, by field, as proposals hold values; of support, who supports."""
    rows = facility.supports.filter(valid__contains=today)
    supporters = sorted(rows.values_list("organisation__code", flat=True))
    return {
        Field.NAME_AR: facility.name_ar,
        Field.NAME_EN: facility.name_en,
        Field.OTHER_NAMES: list(facility.other_names),
        Field.TYPE: str(facility.type),
        Field.SERVICES: sorted(facility.services.values_list("service", flat=True)),
        Field.STATUS: str(facility.status),
        Field.SUPPORT_BEGIN: supporters,
        Field.SUPPORT_END: supporters,
    }


def fields_open_to(user: User, facility: Facility, today: datetime.date) -> tuple[Field, ...]:
    """The fields of a facility of which a person may propose another value; none where the right is missing.

    An NGO that does not support the facility proposes one thing about it: that its own support begins.
    """
    if not may(user, Permission.PROPOSE_FACILITIES, facility):
        return ()
    if user.acting is None or user.acting.kind != Kind.NGO:
        return CHANGEABLE
    if facility.supports.filter(organisation=user.acting, valid__contains=today).exists():
        return tuple(one for one in CHANGEABLE if one != Field.SUPPORT_BEGIN)
    return (Field.SUPPORT_BEGIN,)


def may_decide(user: User, proposal: ChangeProposal, today: datetime.date) -> bool:
    """Whether a person may decide: for the directorate competent today; for the body without one, or after fourteen days."""
    if not may(user, Permission.MANAGE_FACILITIES, proposal):
        return False
    competent = proposal.competent_today
    return competent in (None, user.acting_id) or proposal.escalation(today) is Escalation.BODY


@dataclass(frozen=True)
class Compared:
    """A proposed change as its reader needs it: beside what stands now, and what others propose for the same field."""

    change: FieldChange
    now: Any
    rivals: list[FieldChange] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether what stands is another value than when this was proposed."""
        return self.change.facility_id is not None and not same_value(self.change.old, self.now)

    @property
    def stands(self) -> bool:
        """Whether the proposed value stands already."""
        descriptive = self.change.field in {*DESCRIPTIVE, Field.STATUS}
        return self.change.facility_id is not None and descriptive and same_value(self.change.new, self.now)


def rivals_of(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """The open changes of other proposals of which only one can stand together with these."""
    held = [change for change in changes if change.facility_id is not None]
    rows = FieldChange.objects.filter(
        facility__in={change.facility_id for change in held},
        field__in={change.field for change in held},
        state=ProposalState.OPEN,
    ).exclude(proposal__in={change.proposal_id for change in held})
    rows = rows.select_related("proposal__acting", "proposal__by").order_by("proposal__at", "pk")
    return [row for row in rows if any(_meet(row, change) for change in held)]


def _meet(one: FieldChange, other: FieldChange) -> bool:
    """Whether two changes are about one field of one facility, so that only one can stand."""
    same = (one.facility_id, one.field) == (other.facility_id, other.field)
    return same and compete(one.field, one.new, other.new)


def compared(proposal: ChangeProposal, today: datetime.date) -> list[Compared]:
    """Every change of a proposal beside what stands now and what else is proposed."""
    changes = list(proposal.changes.order_by("pk"))
    now = standing_values(proposal.facility, today) if proposal.facility is not None else {}
    rivals = rivals_of(change for change in changes if change.state == ProposalState.OPEN)
    return [
        Compared(change, now.get(change.field), [one for one in rivals if _meet(one, change)]) for change in changes
    ]


def open_about(user: User, facility: Facility, today: datetime.date) -> list[tuple[ChangeProposal, list[Compared]]]:
    """What is proposed about a facility and waits, the longest first, as far as the person may see it."""
    rows = ChangeProposal.objects.visible_to(user).open().filter(facility=facility).named().order_by("at", "pk")
    return [(row, [line for line in compared(row, today) if line.change.state == ProposalState.OPEN]) for row in rows]


def seen(lines: Iterable[Compared]) -> str:
    """What a reader of these open changes saw: them, what else is proposed for the same, what stands."""
    waiting = [line for line in lines if line.change.state == ProposalState.OPEN]
    shown = [change.pk for line in waiting for change in (line.change, *line.rivals)]
    return fingerprint(shown, {line.change.field: line.now for line in waiting})


def waiting_longest() -> tuple[Any, ...]:
    """The order of lists: open ones first, the longest waiting first; then what was closed, the last first."""
    return (F("closed").desc(nulls_first=True), "at", "pk")
