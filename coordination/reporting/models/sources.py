"""The reports behind one figure: what counted, what was set aside, what counts otherwise than it was sent."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from coordination.reporting.models.consolidation import OUTSIDE
from coordination.reporting.models.corrections import corrected_since
from coordination.reporting.models.counted import Chooser, CountedReport, CountingRule, key_of
from coordination.reporting.models.double_reports import WAITING, DoubleReport, DoubleState, Key, Settlement
from coordination.reporting.models.expected import closed_by_seals
from coordination.reporting.models.figures import Borders, open_places
from coordination.reporting.models.grounds import Ground, grounds, shifts_of_directorates
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.submissions import APPROVED, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.counting import CountedBy
from coordination.reporting.rules.figures import Parts, Sums, added
from coordination.reporting.rules.numbers import format_number
from coordination.reporting.rules.shared_items import Counting
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.places import beneath
from directorates.permissions import Permission, rights_of
from facilities.models.duplicates import entries_of


class Role(StrEnum):
    """What a report is to a figure."""

    COUNTED = "counted"
    ADJUSTED = "adjusted"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Source:
    """A report behind a figure that the reader may know of; one that was set aside gives nothing to the sum."""

    submission: Submission
    role: Role
    sums: Sums
    reason: str | Promise
    # Whether the reader may open the report, or only see what its facility gives.
    opens: bool = True
    # Where several bodies reported it, and that is not settled for good.
    double: DoubleReport | None = None
    # Since when its revision corrects an earlier one.
    corrected: datetime.datetime | None = None


@dataclass
class Sources:
    """The reports that the reader may know of, and how many others there are with what they give: together, the figure."""

    measure: Measure
    category: int
    rows: list[Source] = field(default_factory=list)
    closed: int = 0
    closed_sums: Sums = field(default_factory=Sums)
    # Every counted report of the place and periods, also those that do not answer the element.
    counted: int = 0
    # Those that say they do not know: a sum over them is at least what it shows.
    unknown: int = 0
    # By first day of the period, all reports together.
    by_period: dict[datetime.date, Sums] = field(default_factory=lambda: defaultdict(Sums))

    @property
    def sums(self) -> Sums:
        """What all reports behind the figure give together."""
        return added(self.by_period.values())

    def give(self, source: Source) -> Decimal | None:
        """What one report says of the element."""
        return self.measure.formula.of_period(source.sums)

    @property
    def closed_value(self) -> Decimal | None:
        """What the reports that the reader may not open give together."""
        return self.measure.formula.of_period(self.closed_sums)


@dataclass(frozen=True)
class Where:
    """Whose figure it is: a place, a directorate by the borders of each period or of today, or (neither) outside all."""

    user: User | AnonymousUser
    place: Place | None = None
    directorate: Organisation | None = None
    borders: Borders = Borders.THEN
    today: datetime.date | None = None

    def narrow(self, template: ReportTemplate, periods: Sequence[datetime.date]) -> QuerySet[CountedReport]:
        """The counted reports of a template behind it, in places whose figures the reader may see."""
        rows = CountedReport.objects.filter(template=template, period_start__in=periods)
        rows = rows.filter(subdistrict__in=open_places(self.user, template).filter(level=3).values("pk"))
        today = self.today if self.borders is Borders.NOW else None
        found = grounds(today) if today is not None else []
        if self.place is not None:
            return rows.filter(_in_place(self.place, found))
        if today is None:
            return rows.filter(directorate=self.directorate)
        held = Jurisdiction.objects.filter(place=OuterRef("subdistrict"), valid__contains=today)
        given = shifts_of_directorates(found, today)
        key = OUTSIDE if self.directorate is None else self.directorate.pk
        pairs = zip(given.formers, given.holders, strict=True)
        theirs = [former for former, holder in pairs if holder == key]
        if self.directorate is None:
            elsewhere = set(given.formers).difference(theirs)
            return rows.filter(~Exists(held)).exclude(subdistrict__in=elsewhere)
        mine = held.filter(organisation=self.directorate)
        return rows.filter(Q(Exists(mine)) | Q(subdistrict__in=theirs))


def _in_place(place: Place, found: Sequence[Ground]) -> Q:
    """What was counted in a place or, of ground that lies elsewhere today, belongs to it now; its own, of one that ended."""
    inside = beneath(place.path, "subdistrict__path")
    if any(one.place.pk == place.pk for one in found):
        return inside
    moved = {one.place.pk: one.at(place.level) == place.path for one in found}
    theirs = [pk for pk, belongs in moved.items() if belongs]
    return (inside & ~Q(subdistrict__in=list(moved))) | Q(subdistrict__in=theirs)


@unwalled
def sources_of(
    template: ReportTemplate, where: Where, periods: Sequence[datetime.date], measure: Measure, category: int = WHOLE
) -> Sources:
    """The reports behind a figure, facility by facility, in a handful of queries whatever their number."""
    parts, found = measure.parts[category], Sources(measure, category)
    related = ("submission__reporter", "submission__facility", "revision", "settlement")
    rows = where.narrow(template, periods).select_related(*related)
    counted = list(rows.order_by("facility__code", "period_start"))
    opened = _visible(where.user, counted)
    shown = opened | _of_facilities(where.user, template, counted)
    found.counted, entries = len(counted), entries_of({row.facility_id for row in counted}) if counted else {}
    doubles = _doubles(template, periods, counted, entries)
    corrected = corrected_since(row.revision_id for row in counted)
    for row in counted:
        sums = parts.of(row.revision.doc | (row.overlay or {}))
        state = _state(row.revision.notes, row.overlay or {}, parts)
        if not sums.n and state != "not_known":
            continue
        found.unknown += state == "not_known"
        found.by_period[row.period_start] = found.by_period[row.period_start] + sums
        if row.submission_id in shown:
            double = doubles.get((row.period_start, entries.get(row.facility_id, row.facility_id)))
            source = _counted(row, parts, sums, state, row.submission_id in opened, double)
            found.rows.append(replace(source, corrected=corrected.get(row.revision_id)))
        else:
            found.closed, found.closed_sums = found.closed + 1, found.closed_sums + sums
    found.rows += _set_aside(where.user, counted, parts)
    found.rows += _of_other_entries(where.user, counted, parts, entries)
    found.rows.sort(key=lambda one: (one.submission.facility.code, one.submission.period_start, one.role))
    return found


def _doubles(
    template: ReportTemplate,
    periods: Sequence[datetime.date],
    counted: Sequence[CountedReport],
    entries: Mapping[int, int],
) -> dict[tuple[datetime.date, int], DoubleReport]:
    """By first day and facility, what several bodies reported and is not settled for good, or settled and rests."""
    settled = {
        (row.period_start, entries.get(row.facility_id, row.facility_id)) for row in counted if row.settlement_id
    }
    rows = DoubleReport.objects.of_one_template().filter(template=template, period_start__in=periods)
    rows = rows.exclude(state=DoubleState.OVER).filter(Q(state__in=WAITING) | Q(settlement__isnull=False))
    found = dict[tuple[datetime.date, int], DoubleReport]()
    for row in rows.as_they_stand():
        key = row.period_start, entries.get(row.facility_id, row.facility_id)
        if row.waits or key not in settled:
            found.setdefault(key, row)
    return found


def _visible(user: User | AnonymousUser, counted: Iterable[CountedReport]) -> set[Any]:
    """The ids of the reports that the reader may open."""
    ids = [row.submission_id for row in counted]
    return set(Submission.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _of_facilities(user: User | AnonymousUser, template: ReportTemplate, counted: Iterable[CountedReport]) -> set[Any]:
    """The ids of the reports of which the reader may see what the facility gives, by custody or agreement, and no seal forbids it."""
    rights = rights_of(user)
    scopes, closed = rights.of_dataset(Permission.VIEW_FACILITY_FIGURES, template.dataset_id), closed_by_seals(rights)
    paths = tuple(path for scope in scopes for path in scope.within or ("",))
    reports = (row.submission for row in counted)
    return {one.pk for one in reports if one.place_path.startswith(paths) and one.directorate_id not in closed}


def _state(notes: Mapping[str, Mapping[str, str]], overlay: Mapping[str, object], parts: Parts) -> str:
    """What a report says of the element in place of a number: not known before the service being closed."""
    said = {notes.get(slot, {}).get("state", "") for slot in parts.slots if slot not in overlay}
    return next((state for state in ("not_known", "closed") if state in said), "")


def _counted(
    row: CountedReport, parts: Parts, sums: Sums, state: str, opens: bool, double: DoubleReport | None
) -> Source:
    """A report that counts, by which rule; or that counts otherwise than it was sent, by which settlement."""
    reason = why_counted(row, double, opens=opens)
    if row.overlay and any(slot in row.overlay for slot in parts.slots):
        sent = parts.of(row.revision.doc).total
        words = _("Counted otherwise than it was sent. Sent: %(value)s.")
        told = words % {"value": "–" if sent is None else format_number(sent)}
        return Source(row.submission, Role.ADJUSTED, sums, f"{told} {reason}", opens, double)
    if state == "not_known":
        return Source(row.submission, Role.COUNTED, sums, pgettext("answer", "Not known"), opens, double)
    return Source(row.submission, Role.COUNTED, sums, reason, opens, double)


def why_counted(row: CountedReport, double: DoubleReport | None, *, opens: bool) -> str:
    """Why a report counts: by which rule until it is settled, or as it was settled; in the parties' words for who reads reports."""
    if row.settlement is not None:
        return _settled(row.settlement, double, opens=opens)
    return _by_rule(row.rule, double)


def why_shared(counting: Collection[Counting], double: DoubleReport) -> str:
    """Why items count as they do where two templates ask them: by the rules until they are settled, or as they were settled."""
    if double.settlement is not None and all(one.rule is CountedBy.SETTLED for one in counting):
        return _settled(double.settlement, double, opens=True)
    rules = dict.fromkeys(one.rule for one in counting if one.rule not in (CountedBy.ONLY, CountedBy.SETTLED))
    return _by_rule(next(iter(rules), CountedBy.ONLY), double)


def _settled(settlement: Settlement, double: DoubleReport | None, *, opens: bool) -> str:
    told = _("Settled: %(way)s.") % {"way": settlement.get_way_display()}
    told = f"{told} {settlement.reason}" if opens else told
    if double is None or not double.waits:
        return told
    return f"{told} {_AGAIN if double.state == DoubleState.AGAIN else _MEANWHILE}"


def _by_rule(rule: str, double: DoubleReport | None) -> str:
    label = str(CountingRule(rule).label)
    if double is None or double.state == DoubleState.OVER:
        return label
    if double.settlement_id is not None:
        return f"{label}. {_RESTS}"
    return f"{label}. {_UNTIL}" if double.waits else label


_UNTIL = pgettext_lazy("figure", "Counted by rule until settled.")
_AGAIN = pgettext_lazy("figure", "A report came or was corrected since; to be settled again.")
_MEANWHILE = pgettext_lazy("figure", "It counts until something else is settled.")
_RESTS = gettext_lazy("What was settled rests: one of the reports that it needs is not approved.")


def _set_aside(user: User | AnonymousUser, counted: Sequence[CountedReport], parts: Parts) -> list[Source]:
    """Approved reports about the same facilities and periods that do not count, as far as the reader may open them."""
    if not counted:
        return []
    rows: dict[Key, CountedReport] = {(row.template_id, row.period_start, row.facility_id): row for row in counted}
    twins = Submission.objects.visible_to(user).filter(
        APPROVED,
        template=counted[0].template_id,
        facility__in={row.facility_id for row in counted},
        period_start__in={row.period_start for row in counted},
    )
    twins = twins.exclude(pk__in=[row.submission_id for row in counted])
    beside = [
        twin
        for twin in twins.select_related("reporter", "facility", "revision", "kept_revision")
        if key_of(twin) in rows
    ]
    reasons = _reasons([*(row.submission for row in counted), *beside]) if beside else {}
    found = []
    for twin in beside:
        said = parts.of(twin.standing_revision.doc) if twin.standing_revision else Sums()
        if not said.n:
            continue
        row = rows[key_of(twin)]
        reason = why_counted(row, None, opens=True) if row.settlement is not None else reasons.get(twin.pk, "")
        found.append(Source(twin, Role.SET_ASIDE, said, reason))
    return found


def _of_other_entries(
    user: User | AnonymousUser, counted: Sequence[CountedReport], parts: Parts, entries: Mapping[int, int]
) -> list[Source]:
    """Approved reports about other entries of the same facilities, which do not count beside them, as far as one may open them."""
    if not entries:
        return []
    rows = {(row.period_start, entries.get(row.facility_id, row.facility_id)): row for row in counted}
    twins = Submission.objects.visible_to(user).filter(
        APPROVED,
        template=counted[0].template_id,
        facility__in=entries,
        period_start__in={row.period_start for row in counted},
    )
    found = []
    for twin in twins.select_related("reporter", "facility", "revision", "kept_revision"):
        row = rows.get((twin.period_start, entries[twin.facility_id]))
        said = parts.of(twin.standing_revision.doc) if twin.standing_revision else Sums()
        if row is None or row.facility_id == twin.facility_id or not said.n:
            continue
        told = _("Another entry of the same facility counts: %(code)s. %(rule)s.")
        reason = told % {"code": row.submission.facility.code, "rule": why_counted(row, None, opens=True)}
        found.append(Source(twin, Role.SET_ASIDE, said, reason))
    return found


def _reasons(reports: Sequence[Submission]) -> dict[Any, str]:
    """By which rule each report was set aside for the one that counts."""
    chooser, found = Chooser(reports), {}
    for key in chooser.found:
        choice = chooser.choice(key)
        for one in choice.set_aside if choice else ():
            found[one.candidate.submission_id] = str(CountingRule(one.reason).label)
    return found
