"""A double report as the parties read it: the numbers beside one another, who supports the facility, what counts and why."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.double_reports import (
    AGREEING,
    DoubleReport,
    DoubleReportEvent,
    DoubleState,
    Settlement,
)
from coordination.reporting.models.sources import why_counted
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Submission
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.readings import Beside, Document, Said, side_by_side
from coordination.reporting.rules.settlements import Reported, derive, summed_slots
from coordination.reporting.rules.specification import TemplateSpec
from directorates.foundation.sight import unwalled
from directorates.models import User
from facilities.models import Support


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
    def spec(self) -> TemplateSpec:
        """What was asked."""
        return specification_of(self.reports[0].version)

    @cached_property
    @unwalled
    def counted(self) -> CountedReport | None:
        """What counts now; None while no report is approved."""
        template, period, facility = self.double.key
        rows = CountedReport.objects.filter(template=template, period_start=period, facility=facility)
        return rows.select_related("submission__reporter", "revision", "settlement__taken").first()

    @cached_property
    def why(self) -> str:
        """By which rule or settlement it counts."""
        waits = self.double if self.double.waits else None
        return why_counted(self.counted, waits, opens=True) if self.counted is not None else ""

    @property
    def revisions(self) -> list[int]:
        """The revisions that are read here."""
        return [report.revision_id or 0 for report in self.reports]

    @cached_property
    def besides(self) -> tuple[Beside, ...]:
        """Every number, as each side gives it."""
        documents = [Document(one.revision.doc, one.revision.notes) for one in self.reports if one.revision]
        return side_by_side(self.spec, documents) if documents else ()

    @cached_property
    def rows(self) -> list[Row]:
        """Every number with what counts of it."""
        return [self._row(beside) for beside in self.besides if any(one.answered for one in beside.said)]

    def _row(self, beside: Beside) -> Row:
        held = self.counted
        told = tuple(zip((one.reporter.short for one in self.reports), beside.said, strict=True))
        if held is None:
            return Row(beside, None, False, told)
        overlay = held.overlay or {}
        value = (held.revision.doc | overlay).get(beside.slot)
        return Row(beside, None if value is None else from_json(value), beside.slot in overlay, told)

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
        supports = list(Support.objects.filter(facility=self.double.facility_id).order_by("valid"))
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
            self.counted is not None and self.counted.submission_id == report.pk,
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

    @property
    def rests(self) -> bool:
        """Whether something is settled and does not count now: a report that it needs is not approved."""
        counts = self.counted is not None and self.counted.settlement_id is not None
        return self.settlement is not None and not counts and self.double.state != DoubleState.OVER

    def would_count(self, settlement: Settlement) -> dict[str, Decimal | None] | None:
        """What would count by a settlement in each cell that it changes; None where it cannot hold now."""
        told = [
            Reported(one.reporter_id, one.pk, one.revision_id or 0, one.revision.doc)
            for one in self.reports
            if one.revision
        ]
        by_rule = self.counted.submission.reporter_id if self.counted else self.reports[0].reporter_id
        found = derive(settlement.terms, told, by_rule, summed_slots(self.spec))
        if found is None:
            return None
        whole = dict(found.ground.doc) | dict(found.overlay)
        return {slot: None if value is None else from_json(value) for slot, value in whole.items()}
