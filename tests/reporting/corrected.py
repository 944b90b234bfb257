"""An approved report that a published edition counts: for tests of corrections and errata."""

import datetime
from typing import Any

from django.utils import timezone

from coordination.reporting.actions.corrections import accept_correction, ask_correction
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import (
    CorrectionRequest,
    CountedReport,
    Edition,
    EditionInputs,
    EditionReport,
    Submission,
)
from coordination.reporting.models.editions import EditionState
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.numbers import from_json
from directorates.models import Organisation, User
from tests.factories import member
from tests.reporting.reports import Scene

NOUGHT = "0" * 64


def frozen(edition: Edition) -> Edition:
    """What counts of the edition's period, kept with it as publishing keeps it; what is kept already stays."""
    rows = CountedReport.objects.filter(template=edition.template_id, period_start=edition.period_start)
    told: dict[str, Any] = {"facts": {}, "code_version": "1", "code_digest": NOUGHT, "digest": NOUGHT}
    EditionInputs.objects.get_or_create(edition=edition, defaults=told | {"figures_digest": NOUGHT})
    names = ("facility_id", "submission_id", "revision_id", "subdistrict_id", "directorate_id", "settlement_id")
    EditionReport.objects.bulk_create(
        [
            EditionReport(
                edition=edition,
                digest=NOUGHT,
                reporter_id=row.submission.reporter_id,
                place_path=row.submission.place_path,
                **{name: getattr(row, name) for name in (*names, "rule", "overlay", "on_time")},
            )
            for row in rows.select_related("submission")
        ],
        ignore_conflicts=True,
    )
    return edition


def edition_of(report: Submission, by: User, acting: Organisation, *, keep: bool = True) -> Edition:
    """An edition of the report's period that counts what counts now, and keeps that; without figures, which are nothing here."""
    at = timezone.now()
    limits: dict[str, Any] = {"smallest": 5, "facilities": 3, "share": 85, "reports": 1, "hidden": 0}
    made = Edition.objects.create(
        template=report.template, period_start=report.period_start, state="draft", at=at, by=by, acting=acting, **limits
    )
    if keep:
        frozen(made)
    made.state = EditionState.PUBLISHED
    made.save(update_fields=["state"])
    return made


class Corrected(Scene):
    """An NGO's report of ten visits and two births, approved; the body, its custodian, can publish it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.colleague: User = member("data_officer", self.directorate)
        self.manager: User = member("data_manager", self.body)
        self.report: Submission = approve(by=self.officer, submission=self.sent(), at=timezone.now())

    def publish(self) -> Edition:
        """An edition that counts the report."""
        return edition_of(self.report, self.manager, self.body)

    def ask(self, by: User | None = None, **said: Any) -> CorrectionRequest:
        """The reporter asks, or somebody else."""
        given: dict[str, Any] = {"reason": "Two wards were left out", "at": timezone.now()} | said
        return ask_correction(by=by or self.coordinator, submission=self.report, **given)

    def accepted(self, by: User | None = None) -> CorrectionRequest:
        """Asked, and accepted by an officer."""
        return accept_correction(by=self.officer, request=self.ask(by), at=timezone.now())

    def resend(self, visits: int) -> Submission:
        """The reporter corrects the visits and sends the report again."""
        now = timezone.now()
        answers = [Answer("visits", None, visits)]
        save_draft(by=self.coordinator, submission=self.report, answers=answers, seen=None, at=now)
        self.report = submit(by=self.coordinator, submission=self.report, at=now)
        return self.report

    def correct(self, visits: int = 30, at: datetime.datetime | None = None) -> CorrectionRequest:
        """The whole way: asked, accepted, sent again, approved."""
        held = self.accepted()
        self.resend(visits)
        self.report = approve(by=self.officer, submission=self.report, at=at or timezone.now())
        return CorrectionRequest.objects.named().get(pk=held.pk)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers that count."""
        row = CountedReport.objects.select_related("revision").get(facility=self.facility)
        return {slot: int(from_json(value)) for slot, value in row.revision.doc.items()}
