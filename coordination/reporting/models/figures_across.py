"""A figure of one element over all templates that ask it: a facility counts once in a period, however many reports.

Elements are shared, so two templates of one period type can ask the same of the same facility, and adding their figures
would count it twice. Here each facility and period gives one answer. Of the counted reports that answer the element
(one of each template) the rule for double reports chooses: the competent directorate's own before an NGO's, then the
one sent later. All categories, and both parts of a share, come from that one report; a report that does not answer the
element stands in nobody's way. Where the two bodies settled what counts (`shared_items.py`), that counts instead.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.figures import Borders, Whose, parts_of, whose
from coordination.reporting.models.grounds import Ground
from coordination.reporting.models.measures import WHOLE, Measure, measures_of
from coordination.reporting.models.shared_items import Agreed, agreed_of
from coordination.reporting.models.templates import ReportTemplate, SectionElement, VersionStatus
from coordination.reporting.rules.counting import Candidate, CountedBy, choose
from coordination.reporting.rules.figures import Sums
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType
from coordination.reporting.rules.settlements import Reported
from coordination.reporting.rules.shared_items import Standing, counted_of
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.places import Level
from facilities.models.duplicates import entries_of


@dataclass(frozen=True)
class Asking:
    """The templates that ask an element in periods of one type, each as it measures it."""

    measures: Mapping[ReportTemplate, Measure]
    starts: list[datetime.date]

    @property
    def first(self) -> Period:
        """The first of the periods that are asked for."""
        return Period(PeriodType(next(iter(self.measures)).period_type), self.starts[0])

    @property
    def measure(self) -> Measure:
        """The element as any of them measures it: definitions are the element's own."""
        return next(iter(self.measures.values()))


def asking(user: User | AnonymousUser, element: str, period: Period) -> Asking | None:
    """Who asks the element in a period: templates of the period's own type, else of the longest that makes it up.

    Templates of several types are never mixed: a facility's months and its quarter say the same thing twice.
    """
    places = SectionElement.objects.filter(element__code=element).exclude(section__version__status=VersionStatus.DRAFT)
    templates = ReportTemplate.objects.with_figures_for(user).filter(pk__in=places.values("section__version__template"))
    found: dict[PeriodType, Asking] = {}
    for template in templates.select_related("dataset").order_by("code"):
        try:
            starts = [part.start for part in parts_of(template, period)]
        except PeriodError:
            continue
        measure = measures_of(template, period).get(element)
        if measure is not None:
            held = found.get(PeriodType(template.period_type))
            found[PeriodType(template.period_type)] = Asking(
                {**(held.measures if held else {}), template: measure}, starts
            )
    return min(found.values(), key=lambda one: len(one.starts), default=None)


@dataclass
class AcrossFigures:
    """The figures of one element by holder, with how many answers stand behind each."""

    asking: Asking
    # Whoever any of the templates' figures are open of, in their order.
    holders: dict[int, Place | Organisation | None]
    sums: dict[int, dict[int, dict[datetime.date, Sums]]] = field(default_factory=dict)
    # By today's borders, ground that belongs to several of them: rows of their own.
    undivided: Mapping[int, Ground] = field(default_factory=dict)
    # How many reports were passed over because another of the same facility and period counts.
    passed_over: int = 0

    def value(self, holder: int, category: int = WHOLE) -> Decimal | None:
        """The figure of a holder; None where there are no data."""
        held = self.sums.get(holder, {}).get(category, {})
        return self.asking.measure.formula.of_periods(held, self.asking.starts, self._answered())

    def answers(self, holder: int) -> int:
        """How many facilities times periods answer."""
        return sum(one.n for one in self.sums.get(holder, {}).get(WHOLE, {}).values())

    def _answered(self) -> list[datetime.date]:
        """The periods in which anybody answers."""
        return sorted({day for held in self.sums.values() for day in held.get(WHOLE, {})})


@dataclass(frozen=True)
class _Answer:
    """What one counted report answers, under the slots of its own template; nothing where it does not answer."""

    template: ReportTemplate
    facility: int
    period: datetime.date
    holder: int
    candidate: Candidate
    reporter: int
    doc: Mapping[str, int | float]


@unwalled
def read_across(
    asked: Asking,
    user: User | AnonymousUser,
    level: FigureLevel,
    under: Place | None = None,
    borders: Borders = Borders.THEN,
    today: datetime.date | None = None,
) -> AcrossFigures:
    """One answer a facility and period, added up by the holders of a level that a person may see; a query a template.

    All reports of a facility about a period stand in one place, and belong to one directorate: by the borders of the period,
    or by today's.
    """
    of_template = {template: whose(user, template, level, under, borders, today) for template in asked.measures}
    undivided = {key: one for owners in of_template.values() for key, one in owners.shifts.undivided.items()}
    found = AcrossFigures(asked, _together(of_template.values()), undivided=undivided)
    agreed = agreed_of(asked.measures, asked.starts)
    answers = defaultdict[tuple[int, datetime.date], list[_Answer]](list)
    for template, measure in asked.measures.items():
        for answer in _answers(template, measure, asked.starts, of_template[template]):
            if answer.doc or (answer.facility, answer.period) in agreed.by_key:
                answers[answer.facility, answer.period].append(answer)
    for key, given in answers.items():
        settled = _settled(asked, given, agreed.among(key, [one.template.pk for one in given]), agreed.summed)
        holder, counted = given[0].holder, _by_rule(asked, given) if settled is None else settled
        found.passed_over += max(0, sum(bool(one.doc) for one in given) - 1)
        for category, sums in counted.items():
            days = found.sums.setdefault(holder, {}).setdefault(category, {})
            days[given[0].period] = days.get(given[0].period, Sums()) + sums
    return found


def _by_rule(asked: Asking, given: Sequence[_Answer]) -> dict[int, Sums]:
    """The sums by category of the report that the rule chooses."""
    choice = choose([one.candidate for one in given if one.doc])
    chosen = next((one for one in given if choice is not None and one.candidate is choice.counted), None)
    return _sums(asked.measures[chosen.template], chosen.doc) if chosen is not None else {}


def _settled(
    asked: Asking, given: Sequence[_Answer], agreed: Agreed | None, summed: Mapping[int, frozenset[str]]
) -> dict[int, Sums] | None:
    """The sums by category of what its sides settled between two of the reports; None where nothing was that can hold."""
    if agreed is None:
        return None
    standing = [
        Standing(
            one.candidate,
            Reported(
                one.reporter,
                str(one.candidate.submission_id),
                int(str(one.candidate.revision_id)),
                agreed.under_first(one.template.pk, one.doc),
            ),
        )
        for one in given
        if one.template.pk in agreed.templates
    ]
    counting = counted_of(standing, agreed.settled.terms, summed[agreed.templates[0]], agreed.settled.sides)
    if counting is None or counting.rule is not CountedBy.SETTLED:
        return None
    first = next(template for template in asked.measures if template.pk == agreed.templates[0])
    return _sums(asked.measures[first], counting.doc)


def _sums(measure: Measure, doc: Mapping[str, int | float]) -> dict[int, Sums]:
    """What a document gives to each category that it answers."""
    return {category: part for category, parts in measure.parts.items() if (part := parts.of(doc)).n}


def _together(several: Iterable[Whose]) -> dict[int, Place | Organisation | None]:
    """The holders of all, in the order of their codes, and none last."""
    found = {pk: holder for one in several for pk, holder in one.holders.items()}
    return dict(sorted(found.items(), key=lambda one: (one[1] is None, one[1].code if one[1] else "")))


def _answers(
    template: ReportTemplate, measure: Measure, starts: list[datetime.date], owners: Whose
) -> Iterator[_Answer]:
    """The counted reports of a template, of the holders that are asked for, with what they answer of the element."""
    slots, entries = measure.parts[WHOLE].slots, entries_of()
    rows = CountedReport.objects.filter(template=template, period_start__in=starts)
    holders = _holders(owners)
    if holders is not None:
        rows = rows.filter(subdistrict__in=holders)
    elif owners.within is not None:
        rows = rows.filter(subdistrict__in=owners.within)
    numbers = {slot: KeyTextTransform(slot, "revision__doc") for slot in slots}
    names = ("facility", "period_start", "subdistrict", "directorate", "submission", "revision", "overlay")
    said = ("submission__reporter", "submission__directorate", "submission__changed")
    # While a corrected report waits for approval, the one that counts was sent when it was sent.
    sent = Coalesce("submission__kept_revision__at", "submission__submitted")
    for row in rows.annotate(**numbers, sent=sent).values(*names, *said, "sent", *slots).iterator(chunk_size=2000):
        overlay: dict[str, Any] = row["overlay"] or {}
        held = {slot: overlay[slot] if slot in overlay else _number(row[slot]) for slot in slots}
        doc = {slot: number for slot, number in held.items() if number is not None}
        own = row["submission__reporter"] == row["submission__directorate"]
        candidate = Candidate(row["submission"], row["revision"], own, row["submission__changed"], row["sent"])
        holder = holders[row["subdistrict"]] if holders is not None else row["directorate"] or OUTSIDE
        answered = doc if WHOLE in _sums(measure, doc) else {}
        # Entries that were merged are one facility, whichever of them a template's report is about.
        facility = entries.get(row["facility"], row["facility"])
        yield _Answer(template, facility, row["period_start"], holder, candidate, row["submission__reporter"], answered)


def _number(text: str | None) -> float | int | None:
    """A number as a document holds it."""
    if text is None:
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(text)


def _holders(owners: Whose) -> dict[int, int] | None:
    """Whom what was counted in each sub-district belongs to; None for directorates as they were, which the reports name.

    By today's borders, what was counted in places that have ended belongs to whoever has their ground.
    """
    if owners.level == FigureLevel.DIRECTORATE and not owners.by_today:
        return None
    found = _of_today(owners) if owners.by_today else _places_around(owners)
    moves = list(zip(owners.shifts.formers, owners.shifts.holders, owners.shifts.signs, strict=True))
    for former, _holder, _sign in moves:
        found.pop(former, None)
    found |= {former: holder for former, holder, sign in moves if sign > 0}
    return found if owners.within is None else {pk: found[pk] for pk in owners.within if pk in found}


def _places_around(owners: Whose) -> dict[int, int]:
    """The place asked for that each sub-district lies in."""
    asked = {place.code: pk for pk, place in owners.holders.items() if place is not None}
    found: dict[int, int] = {}
    for pk, path in Place.objects.filter(level=Level.SUBDISTRICT).values_list("pk", "path"):
        inside = next((asked[code] for code in path.strip("/").split("/") if code in asked), None)
        if inside is not None:
            found[pk] = inside
    return found


def _of_today(owners: Whose) -> dict[int, int]:
    """The directorate that holds each sub-district today, or nobody."""
    rows = Jurisdiction.objects.filter(valid__contains=owners.today)
    held = dict(rows.values_list("place", "organisation"))
    places = Place.objects.filter(level=Level.SUBDISTRICT).values_list("pk", flat=True)
    return {pk: held.get(pk, OUTSIDE) for pk in places}
