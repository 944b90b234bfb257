"""The inputs of an edition, read twice: from the facts of now when it is made, from its frozen rows when it is verified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coordination.reporting.models.counted import Chooser, CountedReport, CountingRule
from coordination.reporting.models.edition_inputs import EditionAside, EditionExpected, EditionReport
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.missing import with_reasons
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import APPROVED, Revision, Submission
from coordination.reporting.models.templates import ReportTemplate, TemplateVersion
from coordination.reporting.rules.edition_corrections import Before
from coordination.reporting.rules.edition_figures import Counted, Expected
from coordination.reporting.rules.edition_inputs import Facts, Item, Row, Spot, canonical, digest_of, sha256
from coordination.reporting.rules.expressions import Operator
from coordination.reporting.rules.fingerprints import fingerprint
from coordination.reporting.rules.missing import excuses
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.rules.ties import Key
from directorates.models import Jurisdiction, Place
from directorates.models.validity import lasting
from facilities.models.duplicates import entries_of

CHUNK = 2000


@dataclass
class Sources:
    """The rows that an edition is made of, and the numbers of each report by its revision."""

    facts: Facts
    reports: list[EditionReport]
    set_aside: list[EditionAside]
    owed: list[EditionExpected]
    docs: Mapping[int, Mapping[str, Any]]

    @property
    def counted(self) -> list[Counted]:
        """What counts, as the rule adds it up, in the order of facilities."""
        rows = sorted(self.reports, key=lambda row: row.facility_id)
        return [
            Counted(
                row.subdistrict_id, row.facility_id, row.reporter_id, row.on_time,
                {**self.docs[row.revision_id], **(row.overlay or {})},
            )
            for row in rows
        ]  # fmt: skip

    @property
    def expected(self) -> list[Expected]:
        """What was expected, and what of it is excused."""
        return [Expected(row.subdistrict_id, row.facility_id, excuses(row.reason)) for row in self.owed]

    @property
    def digest(self) -> str:
        """The hash of it all."""
        return digest_of(
            self.facts.as_json(),
            map(_told_of_report, self.reports),
            ([str(row.submission_id), row.revision_id, row.digest, row.reason] for row in self.set_aside),
            ([row.facility_id, row.reporter_id, row.place_path, row.due.isoformat(), row.reason] for row in self.owed),
        )


def _told_of_report(row: EditionReport) -> Row:
    """A counted report as the hash holds it."""
    return [
        *(row.facility_id, str(row.submission_id), row.revision_id, row.digest, row.reporter_id, row.subdistrict_id),
        *(row.place_path, row.directorate_id, row.rule, row.settlement_id, canonical(row.overlay), row.on_time),
    ]


def sources_now(template: ReportTemplate, period: Period, limits: Limits) -> Sources:
    """Everything that an edition made now is made of; what begins to count meanwhile is in nothing of it."""
    counted = list(
        CountedReport.objects.filter(template=template, period_start=period.start).select_related("submission")
    )
    revisions = {row.revision_id for row in counted}
    set_aside, reasons = _set_aside(template, period, counted)
    revisions |= {row.revision_id for row in set_aside}
    docs, digests = documents(revisions)
    of_period = {"template": template, "period_start": period.start}
    owed = [_expected(row) for row in with_reasons(ExpectedReport.objects.filter(**of_period))]
    reports = [_report(row, digests) for row in counted]
    for aside in set_aside:
        aside.digest = digests[aside.revision_id]
        aside.reason = reasons.get(aside.submission_id, CountingRule.SETTLED)
    places = _places({row.subdistrict_id for row in counted} | {row.subdistrict_id for row in owed})
    return Sources(_facts(template, period, limits, places), reports, set_aside, owed, docs)


def sources_frozen(edition: Edition) -> tuple[Sources, list[int]]:
    """What an edition was made of, from its frozen rows; and the revisions whose documents are not what they were."""
    reports, set_aside = list(edition.counted.all()), list(edition.set_aside.all())
    kept = {row.revision_id: row.digest for row in reports} | {row.revision_id: row.digest for row in set_aside}
    docs, digests = documents(set(kept))
    altered = [revision for revision, digest in kept.items() if digests.get(revision) != digest]
    facts = Facts.of_json(edition.inputs.facts)
    return Sources(facts, reports, set_aside, list(edition.expected.all()), docs), altered


def befores_of(corrects: Edition | None, beside: Sequence[int] = ()) -> list[Before]:
    """The edition that a new one corrects with those that it corrected, then drafts that signers read: what others hold beside it.

    An edition from before inputs were kept cannot be corrected so that nothing is told; whoever makes the draft is told.
    """
    found: list[Edition] = []
    row = corrects
    while row is not None:
        found.append(row)
        row = row.corrects
    kept = Edition.objects.filter(pk__in=beside).exclude(pk__in=[one.pk for one in found]).select_related("inputs")
    return [_before(one) for one in (*found, *kept.order_by("pk"))]


def _before(edition: Edition) -> Before:
    """What an edition counted, and what it hides."""
    sources, _altered = sources_frozen(edition)
    levels = {one.id: one.level for one in sources.facts.places}
    hidden = edition.figures.filter(hidden=True).values_list("place", "element", "category")
    keys = (Key(levels[place], category is None, place, item, category or 0) for place, item, category in hidden)
    return Before(sources.facts, sources.counted, frozenset(keys))


def documents(revisions: set[int]) -> tuple[dict[int, Mapping[str, Any]], dict[int, str]]:
    """The numbers of some revisions, and the fingerprint of each: the one that stands on its receipt."""
    docs: dict[int, Mapping[str, Any]] = {}
    digests: dict[int, str] = {}
    rows = Revision.objects.filter(pk__in=revisions).values_list("pk", "doc", "notes")
    for pk, doc, notes in rows.iterator(CHUNK):
        docs[pk], digests[pk] = doc, fingerprint(Document(doc, notes))
    return docs, digests


def _report(row: CountedReport, digests: Mapping[int, str]) -> EditionReport:
    """A report that counts now, as an edition freezes it."""
    taken = ("facility_id", "submission_id", "revision_id", "subdistrict_id", "directorate_id", "rule")
    given = {name: getattr(row, name) for name in (*taken, "settlement_id", "overlay", "on_time")}
    sent = row.submission
    return EditionReport(
        **given, digest=digests[row.revision_id], reporter_id=sent.reporter_id, place_path=sent.place_path
    )


def _expected(row: Any) -> EditionExpected:
    """A report that is expected, with the reason that is known now."""
    taken = ("facility_id", "reporter_id", "subdistrict_id", "place_path", "due")
    return EditionExpected(**{name: getattr(row, name) for name in taken}, reason=row.ruling)


def _set_aside(
    template: ReportTemplate, period: Period, counted: Sequence[CountedReport]
) -> tuple[list[EditionAside], dict[Any, CountingRule]]:
    """Approved reports that do not count, and by which rule another counts before each."""
    rows = Submission.objects.of(template, period).filter(APPROVED)
    revisions = {row.revision_id for row in counted}
    beside = [row for row in rows.order_by("pk") if row.counting_id not in revisions]
    if not beside:
        return [], {}
    facilities = {row.facility_id for row in beside}
    chooser, reasons = Chooser(rows.filter(facility__in=facilities)), {}
    for key in chooser.found:
        choice = chooser.choice(key)
        for one in choice.set_aside if choice else ():
            reasons[one.candidate.submission_id] = CountingRule(one.reason.value)
    # Of entries of the register that were merged one report counts, by the rule that stands with it.
    entries = entries_of(facilities)
    rules = {entries[row.facility_id]: CountingRule(row.rule) for row in counted if row.facility_id in entries}
    for row in beside:
        if row.pk not in reasons and row.facility_id in entries and entries[row.facility_id] in rules:
            reasons[row.pk] = rules[entries[row.facility_id]]
    return [EditionAside(submission=row, revision_id=row.counting_id or 0) for row in beside], reasons


def _places(subdistricts: set[int]) -> dict[int, Place]:
    """Some sub-districts with what they lie in."""
    places = Place.objects.in_bulk(subdistricts)
    while above := {place.parent_id for place in places.values() if place.parent_id} - places.keys():
        places |= Place.objects.in_bulk(above)
    return places


def _facts(template: ReportTemplate, period: Period, limits: Limits, places: Mapping[int, Place]) -> Facts:
    """Everything but single reports."""
    versions = _versions(template, period)
    held = Jurisdiction.objects.at(period.last_day).filter(place__in=places)
    return Facts(
        template=template.code,
        period=period.id,
        limits=limits,
        versions=[(one.number, sha256(repr(specification_of(one)))) for one in versions],
        items=[_item(one) for one in measures_of(template, period).values()],
        equal=_equal(versions),
        places=[Spot(one.pk, one.code, one.level, one.parent_id) for one in sorted(places.values(), key=_code)],
        jurisdictions=dict(held.values_list("place__code", "organisation__code")),
        precedence=template.counts_first,
    )


def _code(place: Place) -> str:
    return place.code


def _versions(template: ReportTemplate, period: Period) -> list[TemplateVersion]:
    """The versions that hold in a period."""
    rows = TemplateVersion.objects.published().filter(
        template=template, valid__overlap=lasting(period.start, period.last_day)
    )
    return list(rows.order_by("number"))


def _equal(versions: Sequence[TemplateVersion]) -> list[tuple[str, str]]:
    """The rules that demand two sides equal, as they are written."""
    rules = (rule for version in versions for rule in specification_of(version).rules)
    return list(dict.fromkeys((str(one.left), str(one.right)) for one in rules if one.operator is Operator.EQUAL))


def _item(measure: Measure) -> Item:
    """An item as an edition freezes it."""
    spec = measure.element
    return Item(
        measure.id,
        spec.code,
        spec.over_place,
        spec.over_time,
        spec.numerator or "",
        spec.denominator or "",
        {category.code: number for number, category in measure.categories},
        measure.parts,
    )
