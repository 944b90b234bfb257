"""Publishing an edition: counted reports become figures, small ones are hidden with whatever would give them away."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.models import CountedReport, Edition, ExpectedReport, ReportTemplate, TemplateVersion
from coordination.reporting.models.contested import known_of
from coordination.reporting.models.editions import EditionDispute, EditionFigure, EditionPlace
from coordination.reporting.models.measures import WHOLE, Measure, measures_of
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.expressions import Cell, Operator
from coordination.reporting.rules.figures import Sums
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, due_date, parse_period
from coordination.reporting.rules.suppression import Behind, Limits, Tie, hide
from coordination.reporting.rules.ties import Key, Share, by_rule, by_share, over_categories, over_places
from directorates.audit import record
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Place, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

PUBLISH = "reporting.publish_edition"
STEPS = (gettext_lazy("Adding up"), gettext_lazy("Hiding small numbers"), gettext_lazy("Writing"))
LONGEST_FOREWORD = 1000
BATCH = 5000
# A share or a mean is cut here, as everywhere.
DECIMALS = 10


def publish_edition(
    *, template: ReportTemplate, period: Period, limits: Limits, foreword: str, by: User, at: datetime.datetime
) -> Job:
    """Have the figures of a template and one of its own periods published as a job, everything wrong told at once."""
    require(by, Permission.PUBLISH_EDITIONS, template)
    foreword = clean_text(foreword, multiline=True)
    if faults := [
        *_faults_of_period(template, period, timezone.localdate(at)),
        *_faults_of_limits(limits),
        *_faults_of_foreword(foreword),
    ]:
        raise Problem("invalid", _("This cannot be published."), errors=faults)
    return ask(
        kind=PUBLISH,
        by=by,
        at=at,
        arguments={"template": template.code, "period": period.id, "foreword": foreword, "at": at.isoformat()}
        | asdict(limits),
    )


def _faults_of_period(template: ReportTemplate, period: Period, today: datetime.date) -> Iterator[Fault]:
    """Another kind of period; one that is published, not due yet, or of which nothing counts."""
    if period.type != PeriodType(template.period_type):
        yield Fault("period", "wrong_period_type", _("This report has other periods."))
        return
    if Edition.objects.filter(template=template, period_start=period.start).exists():
        yield Fault(
            "period",
            "published",
            _("This period is published, once and for all: a second edition would tell apart what changed."),
        )
    elif due_date(period, template.due_days) >= today:
        yield Fault(
            "period", "not_due", _("Reports of this period are not all due yet, and it can be published only once.")
        )
    elif not _counted_rows(template, period).exists():
        yield Fault("period", "nothing_counts", _("No report of this period counts."))


def _faults_of_limits(limits: Limits) -> Iterator[Fault]:
    """Limits that would hide nothing, or everything."""
    for name, least, most in (("smallest", 2, 100), ("facilities", 2, 100), ("share", 50, 100)):
        if not least <= getattr(limits, name) <= most:
            yield Fault(name, "out_of_range", _("From %(least)d to %(most)d.") % {"least": least, "most": most})


def _faults_of_foreword(foreword: str) -> Iterator[Fault]:
    """Too long, or with a location: everybody reads it."""
    if len(foreword) > LONGEST_FOREWORD:
        message = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_FOREWORD}
        yield Fault("foreword", "too_long", message)
    yield from location_faults(foreword=foreword)


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Publish, once: a job that is taken up again, or comes second, finds the edition."""
    by, asked = person_of(job), job.arguments
    template = ReportTemplate.objects.select_related("programme").get(code=asked["template"])
    require(by, Permission.PUBLISH_EDITIONS, template)
    try:
        period = parse_period(asked["period"])
    except PeriodError as problem:
        raise Problem("invalid", _("This cannot be published.")) from problem
    at = datetime.datetime.fromisoformat(asked["at"])
    limits = Limits(asked["smallest"], asked["facilities"], asked["share"])
    with transaction.atomic():
        # Two at once come one after the other, and the second finds the first's.
        ReportTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
        held = Edition.objects.filter(template=template, period_start=period.start).first()
        edition = held or _write(template, period, limits, asked["foreword"], by, at, tell)
    return {"at": {"pk": edition.pk}, "reports": edition.reports}


@dataclass
class _Figure:
    """One figure while it is added up: its sums, and what each organisation gives of its number."""

    sums: Sums = field(default_factory=Sums)
    by_organisation: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, sums: Sums, organisation: int) -> None:
        """A report's part."""
        self.sums = self.sums + sums
        self.by_organisation[organisation] += _number(sums)

    def behind(self) -> Behind:
        """What stands behind it."""
        largest = max((abs(number) for number in self.by_organisation.values()), default=Decimal())
        return Behind(_number(self.sums), self.sums.n, largest)


def _number(sums: Sums) -> Decimal:
    """Of how many it tells: the sum, or the numerator of a share."""
    return (sums.total if sums.total is not None else sums.numerator) or Decimal()


@dataclass(frozen=True)
class _Counted:
    """A report that counts: where, about which facility, by whom, and its numbers as they count."""

    subdistrict: int
    facility: int
    reporter: int
    doc: Mapping[str, Any]


@unwalled
def _write(
    template: ReportTemplate, period: Period, limits: Limits, foreword: str, by: User, at: datetime.datetime, tell: Tell
) -> Edition:
    """Add up, hide, write."""
    tell(0, len(STEPS))
    measures = measures_of(template, period)
    counted = _counted(template, period)
    places, covered = _places(template, period, counted)
    figures = _added_up(counted, measures, places)
    tell(1, len(STEPS))
    behind = {key: figure.behind() for key, figure in figures.items()}
    parents = {place.pk: place.parent_id for place in places.values()}
    ties = [*_ties(figures, parents, measures), *_rules(template, period, behind, measures)]
    hidden = hide(behind, ties, limits)
    tell(2, len(STEPS))
    deed: dict[str, Any] = asdict(limits) | {"by": by, "acting_id": by.acting_id, "at": at}
    edition = Edition(template=template, period_start=period.start, **deed)
    edition.foreword, edition.reports, edition.hidden = foreword, len(counted), len(hidden)
    edition.save(force_insert=True)
    told = [EditionPlace(edition=edition, place_id=place, **vars(one)) for place, one in covered.items()]
    EditionPlace.objects.bulk_create(told, BATCH)
    EditionDispute.objects.bulk_create(known_of(edition), BATCH)
    by_id = {measure.id: measure for measure in measures.values()}
    EditionFigure.objects.bulk_create(_rows(edition, figures, hidden, by_id), BATCH)
    record(by, "publish_edition", edition, template=template.code, period=period.id)
    return edition


def _counted_rows(template: ReportTemplate, period: Period) -> Any:
    return CountedReport.objects.filter(template=template, period_start=period.start)


def _counted(template: ReportTemplate, period: Period) -> list[_Counted]:
    """The reports that count, read once: what begins to count meanwhile is in no figure."""
    rows = _counted_rows(template, period).values_list(
        "subdistrict", "facility", "submission__reporter", "revision__doc", "overlay"
    )
    return [
        _Counted(place, facility, reporter, doc | (overlay or {})) for place, facility, reporter, doc, overlay in rows
    ]


@dataclass
class _Covered:
    """How many reports of a place were expected, came, and came of those expected."""

    expected: int = 0
    received: int = 0
    answered: int = 0


def _places(
    template: ReportTemplate, period: Period, counted: Sequence[_Counted]
) -> tuple[dict[int, Place], dict[int, _Covered]]:
    """The places of which anything was expected or counts, with what they lie in; and how many, from the facts of now."""
    of_period = {"template": template, "period_start": period.start}
    expected = set(ExpectedReport.objects.filter(**of_period).values_list("subdistrict", "facility"))
    places = Place.objects.in_bulk({row.subdistrict for row in counted} | {place for place, _facility in expected})
    while above := {place.parent_id for place in places.values() if place.parent_id} - places.keys():
        places |= Place.objects.in_bulk(above)
    covered: dict[int, _Covered] = defaultdict(_Covered)
    came = {row.facility for row in counted}
    for subdistrict, facility in expected:
        for place in _line(places, subdistrict):
            covered[place.pk].expected += 1
            covered[place.pk].answered += facility in came
    for row in counted:
        for place in _line(places, row.subdistrict):
            covered[place.pk].received += 1
    return places, covered


def _added_up(
    counted: Iterable[_Counted], measures: Mapping[str, Measure], places: Mapping[int, Place]
) -> dict[Key, _Figure]:
    """Every figure that anybody answers."""
    figures: dict[Key, _Figure] = defaultdict(_Figure)
    parts = [(one.id, number, part) for one in measures.values() for number, part in one.parts.items()]
    for row in counted:
        line = _line(places, row.subdistrict)
        for item, category, part in parts:
            sums = part.of(row.doc)
            if sums.n:
                for place in line:
                    figures[Key(place.level, category == WHOLE, place.pk, item, category)].add(sums, row.reporter)
    return figures


def _line(places: Mapping[int, Place], pk: int) -> list[Place]:
    """A place and everything it lies in."""
    found, place = [], places.get(pk)
    while place is not None:
        found.append(place)
        place = places.get(place.parent_id) if place.parent_id else None
    return found


def _ties(
    figures: Mapping[Key, _Figure], parents: Mapping[int, int | None], measures: Mapping[str, Measure]
) -> Iterator[Tie]:
    """What ties the figures by the nature of things."""
    yield from over_places(figures.keys(), parents)
    yield from over_categories(figures.keys())
    for measure in measures.values():
        spec = measure.element
        numerator, denominator = measures.get(spec.numerator or ""), measures.get(spec.denominator or "")
        if numerator and denominator:
            shares = {
                key: Share(figure.sums.numerator or Decimal(), figure.sums.denominator)
                for key, figure in figures.items()
                if key.item == measure.id and figure.sums.denominator
            }
            yield from by_share(shares, figures.keys(), numerator.id, denominator.id)


def _rules(
    template: ReportTemplate, period: Period, behind: Mapping[Key, Behind], measures: Mapping[str, Measure]
) -> Iterator[Tie]:
    """What ties them by rules that demand two sides equal: who knows the rule works with it."""
    numbers: dict[Cell, Key] = {}
    for code, measure in measures.items():
        numbers[code, None] = Key(0, True, 0, measure.id)
        for number, category in measure.categories:
            numbers[code, category.code] = Key(0, False, 0, measure.id, number)
    versions = TemplateVersion.objects.published().filter(
        template=template, valid__overlap=lasting(period.start, period.last_day)
    )
    for version in versions:
        for rule in specification_of(version).rules:
            if rule.operator is Operator.EQUAL:
                yield from by_rule(behind.keys(), rule.left, rule.right, numbers)


def _rows(
    edition: Edition, figures: Mapping[Key, _Figure], hidden: set[Key], measures: Mapping[int, Measure]
) -> Iterator[EditionFigure]:
    """The rows; of what is hidden there is no value to write."""
    for key, figure in figures.items():
        value = None if key in hidden else measures[key.item].formula.of_period(figure.sums)
        # A share of nothing has no value. Where it is hidden a row says so all the same: a gap would tell what is missing.
        if value is None and key not in hidden:
            continue
        yield EditionFigure(
            edition=edition,
            place_id=key.place,
            element_id=key.item,
            category_id=key.category or None,
            value=None if value is None else round(value, DECIMALS),
            hidden=key in hidden,
        )


KIND = Kind(
    PUBLISH,
    gettext_lazy("Publishing an edition of figures"),
    _run,
    page="reporting:edition",
    steps=STEPS,
    right=Permission.PUBLISH_EDITIONS,
)
