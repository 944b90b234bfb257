"""A double report as the parties read it: the numbers beside one another, who supports the facility, what counts and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Value
from django.utils.translation import get_language

from coordination.reporting.models.counted import Chooser, CountedReport
from coordination.reporting.models.double_reports import (
    AGREEING,
    DoubleReport,
    DoubleReportEvent,
    DoubleReportQuerySet,
    Settlement,
)
from coordination.reporting.models.double_sides import AmongEntries, of_double
from coordination.reporting.models.expected import closed_by_seals
from coordination.reporting.models.settled import with_sides
from coordination.reporting.models.shared_items import Compared, compared, counting_by_item
from coordination.reporting.models.sources import why_counted, why_shared
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import TemplateVersion
from coordination.reporting.rules.counting import CountedBy
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.numbers import as_json, from_json
from coordination.reporting.rules.readings import Beside, Said, side_by_side
from coordination.reporting.rules.settlements import Breach, Terms, breaches_of
from coordination.reporting.rules.shared_items import Counting
from coordination.reporting.rules.specification import SectionSpec, TemplateSpec
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, User
from directorates.permissions import rights_of
from facilities.models import Facility, Support


@dataclass(frozen=True)
class Side:
    """One of the reports: whether the reader may open it, when its reporter supported the facility, how much it answers."""

    report: Submission
    opens: bool
    supports: tuple[Support, ...]
    answered: int
    alone: int
    counts: bool
    agreed: bool


@dataclass(frozen=True)
class Row:
    """A number that was asked for: what each side says, and what counts; `changed` where that is not what was sent."""

    beside: Beside
    counts: Decimal | None
    changed: bool
    # The reporters' short names, each with what it says.
    told: tuple[tuple[str, Said], ...]

    @property
    def counting(self) -> Said:
        """What counts, as templates of pages show an answer."""
        number = self.counts
        if self.beside.element.type == "boolean" and number is not None:
            return Said(text="yes" if number else "no")
        return Said(number)


@dataclass(frozen=True)
class CountsNow:
    """What counts now: on whose report it stands, why, and the numbers by slot; `changed` count otherwise than that says."""

    ground: Submission
    why: str
    numbers: Mapping[str, Decimal | None]
    changed: Collection[str]
    settled: bool


def unclosed(rows: DoubleReportQuerySet, user: User) -> DoubleReportQuerySet:
    """Those double reports of which no seal closes a report to a person: what is told of them tells of all of them.

    Whoever opens one by its address is told of the seal (`actions.settlements.demand_unclosed`).
    """
    closed = closed_by_seals(rights_of(user))
    if not closed:
        return rows
    # All reports of one are a directorate's: to a side the wall shows its own, to an arbiter none, but whose the ground was.
    held = Jurisdiction.objects.filter(place=OuterRef("facility__place"), valid__contains=OuterRef("period_start"))
    reports = Submission.objects.standing().filter(directorate__in=closed)
    return rows.exclude(of_double(reports) | Q(Exists(held.filter(organisation__in=closed))))


class SideBySide:
    """Everything that the page of a double report shows; it tells both sides each other's numbers, and nothing else."""

    def __init__(self, double: DoubleReport, user: User) -> None:
        """Keep the double report and its reader."""
        self.double, self.user = double, user

    @cached_property
    @unwalled
    def reports(self) -> list[Submission]:
        """The reports as they stand, with what naming them needs."""
        return self.double.reports

    @cached_property
    @unwalled
    def compared(self) -> Compared:
        """What all of them were asked, and what each says of it."""
        return compared(self.reports)

    @property
    def spec(self) -> TemplateSpec:
        """What all of them were asked."""
        return self.compared.spec

    @cached_property
    @unwalled
    def now(self) -> CountsNow | None:
        """What counts now; None while no report is approved."""
        return self._now() if self.double.other_id is None else self._now_of_shared()

    def _now(self) -> CountsNow | None:
        template, period, facility = self.double.key
        about = AmongEntries("facility", Value(facility))
        rows = CountedReport.objects.filter(about, template=template, period_start=period)
        held = rows.select_related("submission__reporter", "revision", "settlement__taken").first()
        if held is None:
            return None
        overlay = held.overlay or {}
        return CountsNow(
            held.submission,
            why_counted(held, self.double, opens=True),
            _numbers(held.revision.doc | overlay),
            overlay.keys(),
            held.settlement_id is not None,
        )

    def _now_of_shared(self) -> CountsNow | None:
        """Of two templates: what counts where both are counted together."""
        agreed = with_sides([self.settlement])[self.settlement.pk] if self.settlement is not None else None
        standing = [report.counting_id is not None for report in self.reports]
        found = self._shared(agreed.terms, agreed.sides, standing) if agreed else self._shared(None, (), standing)
        if not found:
            return None
        settled = all(one.rule is CountedBy.SETTLED for one in found.values())
        first = next(iter(found.values())).ground.submission_id
        ground = next(report for report in self.reports if report.pk == first)
        said = self.compared.documents[self.reports.index(ground)].doc
        doc = {slot: number for one in found.values() for slot, number in one.doc.items()}
        why = why_shared(found.values(), self.double)
        changed = {slot for slot in {*doc, *said} if doc.get(slot) != said.get(slot)}
        return CountsNow(ground, why, _numbers(doc), changed, settled)

    def _shared(self, terms: Terms | None, sides: Collection[int], standing: Sequence[bool]) -> dict[str, Counting]:
        """What counts of each shared item, of those reports that stand."""
        told = zip(self.reports, self.compared.documents, standing, strict=True)
        held = [(report, said) for report, said, stands in told if stands]
        return counting_by_item(self.spec, held, terms, sides)

    @property
    def entries(self) -> list[Facility]:
        """The entries of the register that the reports are about: several where these were merged."""
        return list({report.facility_id: report.facility for report in self.reports}.values())

    @property
    def revisions(self) -> list[int]:
        """The revisions that are read here."""
        return [report.revision_id or 0 for report in self.reports]

    @cached_property
    def besides(self) -> tuple[Beside, ...]:
        """Every number, as each side gives it."""
        return side_by_side(self.spec, self.compared.documents)

    @cached_property
    def rows(self) -> list[Row]:
        """Every number with what counts of it."""
        return [self._row(beside) for beside in self.besides if any(one.answered for one in beside.said)]

    def _row(self, beside: Beside) -> Row:
        told = tuple(zip((one.reporter.short for one in self.reports), beside.said, strict=True))
        if self.now is None:
            return Row(beside, None, False, told)
        return Row(beside, self.now.numbers.get(beside.slot), beside.slot in self.now.changed, told)

    @property
    def sections(self) -> list[SectionSpec]:
        """The parts of the report in which any side answers."""
        return list({row.beside.section.code: row.beside.section for row in self.rows}.values())

    @property
    def differing(self) -> list[Row]:
        """Those that the sides answer otherwise."""
        return [row for row in self.rows if row.beside.differs]

    @property
    def agreeing(self) -> list[Row]:
        """Those that they answer alike."""
        return [row for row in self.rows if not row.beside.differs]

    @cached_property
    @unwalled
    def events(self) -> list[DoubleReportEvent]:
        """All that happened, the last first."""
        return list(self.double.events.select_related("acting", "settlement", "arbiter").order_by("-pk"))

    @cached_property
    @unwalled
    def sides(self) -> list[Side]:
        """The reports, each with what its reporter has to do with the facility."""
        ids = [report.pk for report in self.reports]
        opened = set(Submission.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True))
        about = {self.double.facility_id, *(report.facility_id for report in self.reports)}
        supports = list(Support.objects.filter(facility__in=about).select_related("facility").order_by("valid"))
        proposal = self.double.proposal_id
        agreed = {one.acting_id for one in self.events if one.settlement_id == proposal and one.kind in AGREEING}
        return [
            self._side(n, report, opened, supports, agreed if proposal else set())
            for n, report in enumerate(self.reports)
        ]

    def _side(
        self, number: int, report: Submission, opened: set[UUID], supports: list[Support], agreed: set[int | None]
    ) -> Side:
        answered = [beside for beside in self.besides if beside.said[number].answered]
        alone = [one for one in answered if sum(said.answered for said in one.said) == 1]
        return Side(
            report,
            report.pk in opened,
            tuple(one for one in supports if one.organisation_id == report.reporter_id),
            len(answered),
            len(alone),
            self.now is not None and self.now.ground.pk == report.pk,
            report.reporter_id in agreed,
        )

    @cached_property
    @unwalled
    def proposal(self) -> Settlement | None:
        """What is proposed and not answered yet by all."""
        rows = Settlement.objects.select_related("acting", "taken")
        return rows.filter(pk=self.double.proposal_id).first() if self.double.proposal_id else None

    @cached_property
    @unwalled
    def settlement(self) -> Settlement | None:
        """What was settled."""
        rows = Settlement.objects.select_related("acting", "taken")
        return rows.filter(pk=self.double.settlement_id).first() if self.double.settlement_id else None

    @unwalled
    def would_count(self, terms: Terms) -> dict[str, Decimal | None] | None:
        """What would count by some terms in each cell, once all reports are approved; None where they cannot hold."""
        sides = {report.reporter_id for report in self.reports}
        if self.double.other_id is not None:
            found = self._shared(terms, sides, [True] * len(self.reports))
            holds = found and all(one.rule is CountedBy.SETTLED for one in found.values())
            return _numbers({slot: n for one in found.values() for slot, n in one.doc.items()}) if holds else None
        entries = {report.facility_id: self.double.facility_id for report in self.reports}
        chooser = Chooser(self.reports, entries, as_sent=True)
        counting = chooser.by_terms(self.double.key, terms, sides, {report.pk for report in self.reports})
        if counting is None or counting.report.revision is None:
            return None
        return _numbers(counting.report.revision.doc | dict(counting.overlay or {}))

    @cached_property
    def broken(self) -> list[str]:
        """What is proposed breaks these rules, in words; whoever confirms it is told."""
        if self.proposal is None:
            return []
        version = self.reports[0].version
        return [breach_told(one, version) for one in self.breaches(self.proposal.terms)]

    def breaches(self, terms: Terms) -> tuple[Breach, ...]:
        """What the numbers that would count by some terms break of the template; a report as it was sent was judged then.

        Two templates keep their own figures, so that no rule of theirs reads what is settled between them.
        """
        whole = self.would_count(terms) if self.double.other_id is None else None
        doc = {slot: as_json(number) for slot, number in (whole or {}).items() if number is not None}
        as_sent = any(doc == one.doc for one in self.compared.documents)
        return () if as_sent or not doc else breaches_of(self.spec, doc)


def _numbers(doc: Mapping[str, int | float | None]) -> dict[str, Decimal | None]:
    """The numbers of a document; None where nothing counts."""
    return {slot: None if value is None else from_json(value) for slot, value in doc.items()}


def breach_told(breach: Breach, version: TemplateVersion) -> str:
    """What is broken in the reader's language: a rule in the words of its template, a bound with the item's name."""
    problem = breach.problem
    words = message_for(problem.code, problem.params)
    element = specification_of(version).element(problem.element or "")
    if problem.code == "rule_broken" or element is None:
        return words
    return f"{element.name_en if get_language() == 'en' else element.name_ar}: {words}"
