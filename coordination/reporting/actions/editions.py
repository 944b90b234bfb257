"""Publishing an edition: counted reports become figures, small ones are hidden with whatever would give them away."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.edition_making import STEPS, make_edition, publish_made
from coordination.reporting.models import CountedReport, Edition, ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, due_date, parse_period
from coordination.reporting.rules.suppression import Limits
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

LIMITS = (("smallest", 2, 100), ("facilities", 2, 100), ("share", 50, 100))
PUBLISH = "reporting.publish_edition"
LONGEST_FOREWORD = 1000


def publish_edition(
    *, template: ReportTemplate, period: Period, limits: Limits, foreword: str, by: User, at: datetime.datetime
) -> Job:
    """Have the figures of a template and one of its own periods published as a job, everything wrong told at once."""
    require(by, Permission.PUBLISH_EDITIONS, template)
    foreword = clean_text(foreword, multiline=True)
    if faults := [
        *_faults_of_period(template, period, timezone.localdate(at)),
        *faults_of_limits(limits),
        *_faults_of_opened(template, period, limits),
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
    if Edition.objects.published().filter(template=template, period_start=period.start).exists():
        yield Fault(
            "period",
            "published",
            _("This period is published, once and for all: a second edition would tell apart what changed."),
        )
    elif due_date(period, template.due_days) >= today:
        yield Fault(
            "period", "not_due", _("Reports of this period are not all due yet, and it can be published only once.")
        )
    elif not CountedReport.objects.filter(template=template, period_start=period.start).exists():
        yield Fault("period", "nothing_counts", _("No report of this period counts."))


def faults_of_limits(limits: Limits) -> Iterator[Fault]:
    """Limits that would hide nothing, or everything."""
    for name, least, most in LIMITS:
        if not least <= getattr(limits, name) <= most:
            yield Fault(name, "out_of_range", _("From %(least)d to %(most)d.") % {"least": least, "most": most})


def _faults_of_opened(template: ReportTemplate, period: Period, limits: Limits) -> Iterator[Fault]:
    """Other limits than those under which signers read a draft of the period: what one shows the other could not hide."""
    first = Edition.objects.opened().filter(template=template, period_start=period.start).order_by("pk").first()
    if first is not None and first.limits != limits:
        words = _(
            "Signers of a bulletin read figures of this period under these limits, and they hold on: %(smallest)d, "
            "%(facilities)d, %(share)d."
        )
        yield Fault("smallest", "opened", words % asdict(first.limits))


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
        held = Edition.objects.published().filter(template=template, period_start=period.start).first()
        if not held and (faults := list(_faults_of_opened(template, period, limits))):
            raise Problem("invalid", _("This cannot be published."), errors=faults)
        edition = held or publish_made(make_edition(template, period, limits, by, at, tell, asked["foreword"]), by)
    return {"at": {"pk": edition.pk}, "reports": edition.reports}


KIND = Kind(
    PUBLISH,
    gettext_lazy("Publishing an edition of figures"),
    _run,
    page="reporting:edition",
    steps=STEPS,
    right=Permission.PUBLISH_EDITIONS,
)
