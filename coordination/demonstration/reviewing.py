"""What goes on around the reviews of the demonstration: claims, a deputy, a later due date, reminders, what is told above."""

import datetime as dt

from django.utils import timezone

from coordination.reporting.actions.claims import claim, hand_over
from coordination.reporting.actions.extensions import extend
from coordination.reporting.actions.reminders import escalate, remind
from coordination.reporting.models import Submission
from coordination.reporting.models.extensions import extendable
from coordination.reporting.models.submissions import Status
from directorates.actions.deputies import confirm_deputy, name_deputy
from directorates.models import Membership, User

DAY = dt.timedelta(days=1)
REASON = "انقطاع الكهرباء والإنترنت في المنطقة أسبوعًا كاملًا."
NOTE = "تعرفين هذه المنشأة أكثر مني، وتقريرها يحتاج إلى نظرة أخرى."


def work_at_reviews(now: dt.datetime) -> None:
    """A morning in Idlib and Aleppo; nothing of those whose overdue reports the demonstration shows is put off."""
    today = timezone.localdate(now)
    people = {row.email: row for row in User.objects.filter(email__endswith=".example")}
    officer, away = people["data@idlib.example"], people["director@aleppo.example"]
    colleague = User.objects.get(email="reports@idlib.example.org")
    waiting = list(_waiting("idlib"))
    claim(by=colleague, submissions=waiting[1:2], at=now - dt.timedelta(hours=3))
    claim(by=officer, submissions=waiting[2:4], at=now - dt.timedelta(hours=2))
    if waiting:
        hand_over(by=colleague, submissions=waiting[:1], to=officer, note=NOTE, at=now - dt.timedelta(hours=1))
    asked = name_deputy(
        by=away,
        membership=Membership.objects.get(person=away, organisation__code="aleppo"),
        deputy=people["data@aleppo.example"],
        first=today,
        last=today + 6 * DAY,
        at=now,
    )
    confirm_deputy(by=people["admin@body.example"], deputyship=asked, at=now)
    late = extendable(officer).exclude(reporter__code__in=("uossm", "idlib")).order_by("-due", "pk")[:2]
    if late:
        extend(by=officer, expected=list(late), until=today + 5 * DAY, reason=REASON, at=now)
    remind(today=today, at=now)
    escalate(at=now)


def _waiting(reviewer: str) -> "list[Submission]":
    """What waits for a directorate, the oldest first; nothing that its own people wrote."""
    rows = Submission.objects.filter(reviewer__code=reviewer, status=Status.SUBMITTED).exclude(reporter__code=reviewer)
    return list(rows.order_by("submitted", "pk"))
