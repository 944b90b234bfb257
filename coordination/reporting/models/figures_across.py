"""A figure of one element over all templates that ask it: a facility counts once in a period, however many reports.

Elements are shared, so two templates of one period type can ask the same of the same facility, and adding their figures
would count it twice. Here each facility and period gives one answer. Of the counted reports that answer the element
(one of each template) the rule for double reports chooses: the competent directorate's own before an NGO's, then the
one sent later. All categories, and both parts of a share, come from that one report; a report that does not answer the
element stands in nobody's way.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.fields.json import KeyTextTransform

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.figures import Whose, parts_of, whose
from coordination.reporting.models.measures import WHOLE, Measure, measures_of
from coordination.reporting.models.templates import ReportTemplate, SectionElement, VersionStatus
from coordination.reporting.rules.counting import Candidate, choose
from coordination.reporting.rules.figures import Sums
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.models.places import Level


@dataclass(frozen=True)
class Asking:
    """The templates that ask an element in periods of one type, each as it measures it."""

    measures: Mapping[ReportTemplate, Measure]
    starts: list[datetime.date]

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
    for template in templates.order_by("code"):
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
    """What one counted report answers."""

    facility: int
    period: datetime.date
    holder: int
    candidate: Candidate
    sums: Mapping[int, Sums]


@unwalled
def read_across(
    asked: Asking, user: User | AnonymousUser, level: FigureLevel, under: Place | None = None
) -> AcrossFigures:
    """One answer a facility and period, added up by the holders of a level that a person may see; a query a template."""
    of_template = {template: whose(user, template, level, under) for template in asked.measures}
    found = AcrossFigures(asked, _together(of_template.values()))
    answers = defaultdict[tuple[int, datetime.date], list[_Answer]](list)
    for template, measure in asked.measures.items():
        for answer in _answers(template, measure, asked.starts, of_template[template]):
            answers[answer.facility, answer.period].append(answer)
    for given in answers.values():
        choice = choose([one.candidate for one in given])
        counted = next(one for one in given if choice is not None and one.candidate is choice.counted)
        found.passed_over += len(given) - 1
        for category, sums in counted.sums.items():
            days = found.sums.setdefault(counted.holder, {}).setdefault(category, {})
            days[counted.period] = days.get(counted.period, Sums()) + sums
    return found


def _together(several: Iterable[Whose]) -> dict[int, Place | Organisation | None]:
    """The holders of all, in the order of their codes, and none last."""
    found = {pk: holder for one in several for pk, holder in one.holders.items()}
    return dict(sorted(found.items(), key=lambda one: (one[1] is None, one[1].code if one[1] else "")))


def _answers(
    template: ReportTemplate, measure: Measure, starts: list[datetime.date], owners: Whose
) -> Iterator[_Answer]:
    """The counted reports of a template that answer the element, of the holders that are asked for."""
    slots = measure.parts[WHOLE].slots
    rows = CountedReport.objects.filter(template=template, period_start__in=starts)
    holders = _holders(owners)
    if holders is not None:
        rows = rows.filter(subdistrict__in=holders)
    elif owners.within is not None:
        rows = rows.filter(subdistrict__in=owners.within)
    numbers = {slot: KeyTextTransform(slot, "revision__doc") for slot in slots}
    names = ("facility", "period_start", "subdistrict", "directorate", "submission", "revision", "overlay")
    said = ("submission__reporter", "submission__directorate", "submission__changed", "submission__submitted")
    for row in rows.annotate(**numbers).values(*names, *said, *slots).iterator(chunk_size=2000):
        overlay: dict[str, Any] = row["overlay"] or {}
        doc = {slot: overlay[slot] if slot in overlay else _number(row[slot]) for slot in slots}
        sums = {category: part for category, parts in measure.parts.items() if (part := parts.of(doc)).n}
        if WHOLE not in sums:
            continue
        own = row["submission__reporter"] == row["submission__directorate"]
        candidate = Candidate(
            row["submission"], row["revision"], own, row["submission__changed"], row["submission__submitted"]
        )
        holder = holders[row["subdistrict"]] if holders is not None else row["directorate"] or OUTSIDE
        yield _Answer(row["facility"], row["period_start"], holder, candidate, sums)


def _number(text: str | None) -> float | int | None:
    """A number as a document holds it."""
    if text is None:
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(text)


def _holders(owners: Whose) -> dict[int, int] | None:
    """The place asked for that each sub-district lies in; None for directorates, which the reports name."""
    if owners.level == FigureLevel.DIRECTORATE:
        return None
    asked = {place.code: pk for pk, place in owners.holders.items() if place is not None}
    found: dict[int, int] = {}
    for pk, path in Place.objects.filter(level=Level.SUBDISTRICT).values_list("pk", "path"):
        inside = next((asked[code] for code in path.strip("/").split("/") if code in asked), None)
        if inside is not None:
            found[pk] = inside
    return found
