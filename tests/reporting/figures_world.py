"""A small country whose figures are computed twice: by consolidation, and here in plain Python from counted reports."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordination.reporting.actions.consolidation import touch
from coordination.reporting.models import (
    Cell,
    CountedReport,
    Coverage,
    Element,
    ExpectedReport,
    ReportTemplate,
    Revision,
    Submission,
)
from directorates.models import Organisation, Place, User
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    DirectorateFactory,
    DistrictFactory,
    ElementFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    UserFactory,
    published,
)

PERIODS = (datetime.date(2018, 1, 1), datetime.date(2018, 2, 1))
# (period, level, place, element, category) to (total, n, numerator, denominator); (period, level, place) to (expected,
# received, on time, and the last two of what was expected).
Key = tuple[datetime.date, int, int, int, int]
Sums = tuple[Decimal | None, int, Decimal | None, Decimal | None]
Cells = dict[Key, Sums]
Covered = dict[tuple[datetime.date, int, int], tuple[int, int, int, int, int]]


@dataclass
class World:
    """Places, facilities and a template with a sum by categories, a sum, a last, an average and a ratio."""

    template: ReportTemplate
    elements: dict[str, Element]
    facilities: list[Facility]
    directorates: dict[int, Organisation | None]
    reporter: Organisation
    body: Organisation
    person: User
    slots: dict[tuple[str, str | None], str] = field(default_factory=dict)


def make_world(*governorates: str) -> World:
    """Three sub-districts under two directorates, one under none, five facilities; in governorates of these codes, if any."""
    north, south = [GovernorateFactory(code=code) for code in governorates] or GovernorateFactory.create_batch(2)
    places = [SubdistrictFactory(parent=DistrictFactory(parent=parent)) for parent in (north, north, south, south)]
    one, other = DirectorateFactory(), DirectorateFactory()
    age = CategorySetFactory()
    elements: dict[str, Any] = {
        "visits": ElementFactory(code="visits", category_set=age),
        "births": ElementFactory(code="births"),
        "beds": ElementFactory(code="beds", over_time="last"),
        "days": ElementFactory(code="days", type="decimal", over_place="average", over_time="average"),
        "note": ElementFactory(code="note", type="text"),
    }
    elements["rate"] = ElementFactory(
        code="rate", type="decimal", over_place="ratio", numerator=elements["births"], denominator=elements["visits"]
    )
    template = TemplateFactory()
    published(template, elements.values())
    slots = {(s.element.code, s.category.code if s.category else None): s.name for s in template.slots.all()}
    return World(
        template,
        elements,
        [FacilityFactory(place=places[at]) for at in (0, 0, 1, 2, 3)],
        {places[0].pk: one, places[1].pk: one, places[2].pk: other, places[3].pk: None},
        OrganisationFactory(),
        BodyFactory(),
        UserFactory(),
        slots,
    )


def expected_report(world: World, facility: Facility, period: datetime.date) -> ExpectedReport | None:
    """Have a report expected, unless the facility is outside every jurisdiction."""
    directorate = world.directorates[facility.place_id]
    if directorate is None:
        return None
    row, _ = ExpectedReport.objects.get_or_create(
        template=world.template,
        facility=facility,
        period_start=period,
        reporter=world.reporter,
        defaults={
            "due": period + datetime.timedelta(days=40),
            "subdistrict": facility.place,
            "place_path": facility.place.path,
            "directorate": directorate,
            "dataset": world.template.dataset,
        },
    )
    return row


def count(
    world: World,
    facility: Facility,
    period: datetime.date,
    doc: dict[str, Any],
    *,
    on_time: bool = True,
    overlay: dict[str, Any] | None = None,
    directorate: Organisation | None = None,
) -> CountedReport:
    """Have a report count in place of what counted before, and mark its figures: what a review ends with."""
    now = timezone.now()
    directorate = directorate or world.directorates[facility.place_id]
    submission, _ = Submission.objects.get_or_create(
        template=world.template,
        facility=facility,
        period_start=period,
        reporter=world.reporter,
        defaults={
            "version": world.template.versions.get(),
            "due": period,
            "created": now,
            "changed": now,
            "subdistrict": facility.place,
            "place_path": facility.place.path,
            "directorate": directorate,
            "reviewer": directorate or world.body,
            "dataset": world.template.dataset,
        },
    )
    number = submission.revisions.count() + 1
    revision = Revision.objects.create(submission=submission, number=number, doc=doc, at=now, by=world.person)
    row, _ = CountedReport.objects.update_or_create(
        template=world.template,
        facility=facility,
        period_start=period,
        defaults={
            "submission": submission,
            "revision": revision,
            "overlay": overlay,
            "rule": "only",
            "on_time": on_time,
            "subdistrict": facility.place,
            "directorate": directorate,
        },
    )
    touch([(world.template.pk, period, facility.place_id)])
    return row


def withdraw(world: World, facility: Facility, period: datetime.date) -> None:
    """Take a report out of what counts, and mark its figures."""
    CountedReport.objects.filter(template=world.template, facility=facility, period_start=period).delete()
    touch([(world.template.pk, period, facility.place_id)])


def stored_cells(template: ReportTemplate) -> Cells:
    """The cells that readers see: those with a value."""
    rows = Cell.objects.filter(template=template.pk, n__gt=0)
    return {
        (r.period_start, r.level, r.place, r.element, r.category): (r.total, r.n, r.numerator, r.denominator)
        for r in rows
    }


def stored_coverage(template: ReportTemplate) -> Covered:
    """Coverage wherever anything was expected or received."""
    rows = Coverage.objects.filter(template=template.pk).exclude(expected=0, received=0)
    return {
        (r.period_start, r.level, r.place): (r.expected, r.received, r.on_time, r.answered, r.answered_on_time)
        for r in rows
    }


def true_cells(template: ReportTemplate) -> Cells:
    """The same from counted reports, report by report."""
    gathered = defaultdict[Key, list[tuple[Decimal | None, Decimal | None]]](list)
    slots = list(template.slots.select_related("element"))
    ratios = Element.objects.filter(over_place="ratio", uses__section__version__template=template)
    for row in CountedReport.objects.filter(template=template).select_related("revision", "subdistrict"):
        doc = row.revision.doc | (row.overlay or {})
        answers = defaultdict[int, dict[int, Decimal]](dict)
        for slot in slots:
            if doc.get(slot.name) is not None:
                answers[slot.element_id][slot.category_id or 0] = Decimal(str(doc[slot.name]))
        for level, place in _places(row):
            for element, given in answers.items():
                for category, value in given.items():
                    gathered[row.period_start, level, place, element, category].append((value, None))
                if 0 not in given:
                    gathered[row.period_start, level, place, element, 0].append((sum(given.values(), Decimal(0)), None))
            for ratio in ratios:
                one, other = answers.get(ratio.numerator_id or 0), answers.get(ratio.denominator_id or 0)
                if one and other:
                    pair = sum(one.values(), Decimal(0)), sum(other.values(), Decimal(0))
                    gathered[row.period_start, level, place, ratio.pk, 0].append(pair)
    return {key: _summed(values) for key, values in gathered.items()}


def _summed(values: list[tuple[Decimal | None, Decimal | None]]) -> Sums:
    first = sum((one for one, _ in values if one is not None), Decimal(0))
    if values[0][1] is None:
        return first, len(values), None, None
    return None, len(values), first, sum((other for _, other in values if other is not None), Decimal(0))


def true_coverage(template: ReportTemplate) -> Covered:
    """Expected facilities, received reports, those on time, and both of the expected, from the rows themselves."""
    expected = defaultdict[tuple[datetime.date, int, int], set[int]](set)
    counted = {(row.period_start, row.facility_id): row for row in CountedReport.objects.filter(template=template)}
    received = defaultdict[tuple[datetime.date, int, int], list[bool]](list)
    for due in ExpectedReport.objects.filter(template=template).select_related("subdistrict"):
        for level, place in _places(due):
            expected[due.period_start, level, place].add(due.facility_id)
    for row in CountedReport.objects.filter(template=template).select_related("subdistrict"):
        for level, place in _places(row):
            received[row.period_start, level, place].append(row.on_time)
    keys = expected.keys() | received.keys()
    found = {}
    for key in keys:
        answers = [counted[key[0], facility].on_time for facility in expected[key] if (key[0], facility) in counted]
        found[key] = len(expected[key]), len(received[key]), sum(received[key]), len(answers), sum(answers)
    return found


def _places(row: CountedReport | ExpectedReport) -> list[tuple[int, int]]:
    """The sub-district and everything above it, and the directorate (0 where there is none), by level."""
    found: list[tuple[int, int]] = [(4, row.directorate_id or 0)]
    place: Place | None = row.subdistrict
    while place is not None:
        found.append((place.level, place.pk))
        place = place.parent
    return found
