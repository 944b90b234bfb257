"""A report of the demonstration that was corrected after an edition counted it, the erratum beside that, and a request that waits."""

import datetime as dt
from dataclasses import replace

from coordination.demonstration.people import Cast
from coordination.reporting.actions.corrections import accept_correction, ask_correction
from coordination.reporting.actions.editions import KIND, PUBLISH
from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import CountedReport, DoubleReport, Edition, Submission
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.values import answers_of
from directorates.foundation.models import Job

REPORTER, REVIEWER, TEMPLATE = "uossm", "idlib", "services-monthly"
ITEM = ("consultations", "f_5p")
# So many patients of a second ward were left out.
LEFT_OUT = 14
WHY = "لم تُنقل أرقام الجناح الثاني من السجل الورقي. العدد الصحيح مأخوذ من سجل الاستقبال."
ACCEPTED = "المرجع سجل الاستقبال. يُرجى تصحيح المعاينات فقط."
ASKED = "ورد عدد الولادات في السجل مختلفًا عمّا في التقرير."
ERRATUM_AR = (
    "صُحّح بعد النشر تقرير محتسَب في هذا العدد: عدد المعاينات فيه أقل من الصحيح. الأثر في مجموع إدلب صغير. "
    "المطلوب من القراء اعتماد أرقام العدد التالي للمقارنة بين الأشهر."
)
ERRATUM_EN = (
    "A report that counts in this edition was corrected after it was published: it gave fewer consultations than there were. "
    "The effect on the total of Idlib is small. For comparing months, readers use the next edition."
)


def correct(cast: Cast, now: dt.datetime) -> None:
    """The last edition of services is made at once, a report of it corrected, an erratum written; of another one is asked."""
    job = Job.objects.filter(kind=PUBLISH, arguments__template=TEMPLATE).order_by("pk").first()
    if job is None:
        return
    # The worker, which comes later, finds the edition.
    edition = Edition.objects.get(pk=KIND.run(job, lambda *_told: None)["at"]["pk"])
    reports = _counted(edition)
    for report in reports[:1]:
        _corrected(cast, report, now)
        publish_erratum(by=cast.manager, edition=edition, text_ar=ERRATUM_AR, text_en=ERRATUM_EN, at=now)
    for report in reports[1:2]:
        ask_correction(by=cast.reporter(REPORTER), submission=report, reason=ASKED, slots=[], at=now)


def _counted(edition: Edition) -> list[Submission]:
    """Two reports of one NGO that count in an edition, about facilities that nobody else reported."""
    of_period = {"template": edition.template, "period_start": edition.period_start}
    doubles = DoubleReport.objects.filter(**of_period).values("facility")
    counted = CountedReport.objects.filter(**of_period).values("submission")
    rows = Submission.objects.filter(pk__in=counted, reporter__code=REPORTER, reviewer__code=REVIEWER)
    rows = rows.exclude(facility__in=doubles).select_related("revision", "version", "template", "facility")
    return list(rows.order_by("facility__code")[:2])


def _corrected(cast: Cast, report: Submission, now: dt.datetime) -> None:
    """Asked by the NGO, accepted by the directorate, sent again and approved."""
    reporter, reviewer = cast.reporter(REPORTER), cast.reviewer(REVIEWER)
    held = ask_correction(by=reporter, submission=report, reason=WHY, slots=[], at=now - dt.timedelta(hours=6))
    accept_correction(by=reviewer, request=held, note=ACCEPTED, at=now - dt.timedelta(hours=4))
    save_draft(by=reporter, submission=report, answers=_right(report), seen=None, at=now - dt.timedelta(hours=3))
    approve(by=reviewer, submission=submit(by=reporter, submission=report, at=now - dt.timedelta(hours=2)), at=now)


def _right(report: Submission) -> list[Answer]:
    """The answer that is corrected."""
    if report.revision is None:
        return []
    answers = answers_of(specification_of(report.version), report.revision.doc, report.revision.notes)
    return [
        replace(one, value=int(str(one.value or 0)) + LEFT_OUT)
        for one in answers
        if (one.element, one.category) == ITEM
    ]
