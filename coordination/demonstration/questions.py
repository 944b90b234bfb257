"""Questions about values in the demonstration: one that waits, one that was answered, one settled; and the record of the rules."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from coordination.demonstration.people import Cast
from coordination.reporting.actions.broken_rules import validate_version
from coordination.reporting.actions.follow_ups import answer, ask_about, settle_follow_up
from coordination.reporting.models import Comparison, Submission, TemplateVersion
from coordination.reporting.models.submissions import Status

HOUR = dt.timedelta(hours=1)
ASKED = "الرقم أعلى بكثير من الأشهر السابقة. هل هو لفترة واحدة؟ المطلوب مراجعة السجل."
ANSWERED = "نعم، لفترة واحدة. جاءت الزيادة من يومين للعيادة المتنقلة في القرية المجاورة."
SETTLED = "طابق الرقم سجل العيادة."


def ask_about_values(cast: Cast, now: dt.datetime) -> None:
    """The directorate in Idlib asks an NGO about what stands out in its reports; each question is further than the one before."""
    officer, clerk = cast.reviewer("idlib"), cast.reporter("uossm")
    for number, report in enumerate(_odd()[:3]):
        slot = next(iter(report.revision.doc), "s1") if report.revision else "s1"
        slot = next((found["slot"] for found in _findings(report) if found["slot"]), slot)
        asked = ask_about(by=officer, submission=report, slot=slot, question=ASKED, at=now - 6 * HOUR)
        if number > 0:
            answer(by=clerk, follow_up=asked, text=ANSWERED, at=now - 3 * HOUR)
        if number > 1:
            said: dict[str, Any] = {"outcome": "confirmed", "text": SETTLED, "seen": None}
            settle_follow_up(by=officer, follow_up=asked, at=now - HOUR, **said)


def _findings(report: Submission) -> list[dict[str, str]]:
    """What stands out in a report."""
    held = Comparison.objects.filter(revision=report.revision_id).first()
    return list(held.findings) if held else []


def _odd() -> "QuerySet[Any]":
    """Reports of the NGO that wait for the directorate, the oldest first of those in which something stands out, then others."""
    found = Exists(Comparison.objects.filter(revision=OuterRef("revision"), found__gt=0))
    rows = Submission.objects.filter(reviewer__code="idlib", reporter__code="uossm", status=Status.SUBMITTED)
    return rows.annotate(odd=found).select_related("revision").order_by("-odd", "submitted", "pk")


def keep_record() -> None:
    """Every version's reports judged by its rules, so that the record of the rules says something."""
    for version in TemplateVersion.objects.published().filter(rules__isnull=False).distinct():
        validate_version(version)
