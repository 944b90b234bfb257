"""Writing the planned reports through the actions of those who send and those who review."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from coordination.demonstration.dice import dice
from coordination.demonstration.figures import Profile, monthly_answers, profile, weekly_answers
from coordination.demonstration.oddities import made_odd
from coordination.demonstration.people import Cast
from coordination.demonstration.plan import Fate, Planned, Site
from coordination.reporting.actions.filing import FiledReport, submit_many
from coordination.reporting.actions.reviews import approve_many, send_back
from coordination.reporting.actions.submissions import open_draft, save_draft, submit
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.periods import Period
from directorates.models import Organisation
from facilities.models.facilities import FacilityType

SENT_BACK = (
    "الولادات أكثر من المعتاد بكثير. المطلوب التحقق من السجل.",
    "أرقام الإحالات لا تطابق سجل الإسعاف.",
    "عدد المعاينات مطابق تمامًا للشهر الماضي. المطلوب التوضيح.",
    "توزيع الأعمار غير معتاد. المطلوب التحقق من فئة دون 5 سنوات.",
)


class Desk:
    """Where reports are written: templates, organisations, people and the facilities' profiles at hand."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.monthly = ReportTemplate.objects.get(code="services-monthly")
        self.weekly = ReportTemplate.objects.get(code="ewarn-weekly")
        self.organisations: Mapping[str, Organisation] = {row.code: row for row in Organisation.objects.all()}
        self.profiles: dict[str, Profile] = {}

    def template(self, period: Period) -> ReportTemplate:
        """The template of a period's type."""
        return self.weekly if period.type.is_week else self.monthly

    def answers(self, site: Site, period: Period, reporter: str, broken: bool = False) -> list[Answer]:
        """The figures of a report."""
        facility = site.facility
        if facility.code not in self.profiles:
            services = frozenset(row.service for row in facility.services.all())
            self.profiles[facility.code] = profile(facility.code, FacilityType(facility.type), services)
        make = weekly_answers if period.type.is_week else monthly_answers
        return make(self.profiles[facility.code], period, reporter, broken)

    def write(self, reports: Sequence[Planned]) -> int:
        """File and review these reports; answer how many."""
        filed = self._file(reports)
        sittings: dict[tuple[dt.datetime, str], list[Submission]] = defaultdict(list)
        for report in reports:
            submission = filed[report.key]
            if report.fate is Fate.WAITING or report.reviewed is None:
                continue
            if report.fate is Fate.APPROVED:
                sittings[report.reviewed, report.reviewer].append(submission)
            else:
                self._return(report, submission)
                if report.fate is Fate.CORRECTED:
                    at = report.reviewed + dt.timedelta(minutes=20)
                    sittings[at, report.reviewer].append(self._correct(report, submission))
        for (at, reviewer), submissions in sorted(sittings.items(), key=lambda entry: entry[0]):
            approve_many(by=self.cast.reviewer(reviewer), submissions=submissions, at=at)
        return len(reports)

    def _file(self, reports: Sequence[Planned]) -> dict[tuple[str, str, str], Submission]:
        """Each body sends its reports, in the order of their moments."""
        bodies: dict[str, list[Planned]] = defaultdict(list)
        for report in sorted(reports, key=lambda one: one.sent):
            bodies[report.reporter].append(report)
        filed: dict[tuple[str, str, str], Submission] = {}
        for code, own in bodies.items():
            rows = [
                FiledReport(
                    template=self.template(one.period),
                    facility=one.site.facility,
                    period=one.period,
                    reporter=self.organisations[code],
                    answers=self._planned(one),
                    at=one.sent,
                )
                for one in own
            ]
            submissions = submit_many(by=self.cast.reporter(code), reports=rows, at=own[-1].sent)
            filed |= {one.key: submission for one, submission in zip(own, submissions, strict=True)}
        return filed

    def _planned(self, report: Planned) -> list[Answer]:
        """The figures of a report, with what is odd in them."""
        site, period, reporter = report.site, report.period, report.reporter
        answers = self.answers(site, period, reporter, report.broken)
        if report.oddity is None:
            return answers
        return made_odd(report.oddity, answers, self.answers(site, period.previous(), reporter))

    def _return(self, report: Planned, submission: Submission) -> None:
        """The reviewer sends a report back, with a reason."""
        reason = dice("reason", *report.key).choice(SENT_BACK)
        at = report.reviewed or report.sent
        send_back(by=self.cast.reviewer(report.reviewer), submission=submission, reason=reason, at=at)

    def _correct(self, report: Planned, submission: Submission) -> Submission:
        """The reporter corrects one figure and sends the report again, ten minutes later."""
        by = self.cast.reporter(report.reporter)
        at = (report.reviewed or report.sent) + dt.timedelta(minutes=10)
        first = self.answers(report.site, report.period, report.reporter, report.broken)[0]
        value = int(str(first.value)) + 3
        answer = Answer(first.element, first.category, value, None, "صُحّح من سجل المنشأة.")
        save_draft(by=by, submission=submission, answers=[answer], seen=None, at=at)
        return submit(by=by, submission=submission, at=at)

    def begin(self, site: Site, period: Period, reporter: str, at: dt.datetime) -> None:
        """A report is begun: two thirds of its answers are saved, and it is not sent."""
        by = self.cast.reporter(reporter)
        submission = open_draft(
            by=by,
            template=self.template(period),
            facility=site.facility,
            period=period,
            reporter=self.organisations[reporter],
            at=at,
        )
        answers = self.answers(site, period, reporter)
        save_draft(by=by, submission=submission, answers=answers[: len(answers) * 2 // 3], seen=None, at=at)
