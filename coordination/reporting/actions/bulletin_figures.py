"""The figures of a draft: of each report in it the published edition, or one made for it; made anew as often as wanted."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.bulletin_indicators import (
    faults_of_indicator,
    freeze_indicators,
    templates_behind,
)
from coordination.reporting.actions.bulletins import forget_drafts, lock_draft
from coordination.reporting.actions.edition_making import make_edition
from coordination.reporting.models import (
    Bulletin,
    BulletinEdition,
    CountedReport,
    Edition,
    EditionInputs,
    ReportTemplate,
)
from coordination.reporting.models.bulletin_indicators import indicators_in
from coordination.reporting.models.bulletins import earlier_of
from coordination.reporting.rules.periods import due_date
from directorates.audit import record
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, require

MAKE = "reporting.make_bulletin"


@transaction.atomic
def ask_for_figures(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> Job:
    """Have the figures of a draft made as a job; asked twice, it is one."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held = lock_draft(bulletin)
    today = timezone.localdate(at)
    faults = [fault for one in indicators_in(held) for fault in faults_of_indicator(held, one, by)]
    if faults := faults or [fault for one in templates_of(held) for fault in _faults(held, one, today)]:
        raise Problem("invalid", _("The figures cannot be made yet."), errors=faults)
    asked = {"bulletin": held.pk}
    running = Job.objects.asked_by(by).unfinished().filter(kind=MAKE, arguments=asked).first()
    return running or ask(kind=MAKE, by=by, at=at, arguments=asked)


def templates_of(bulletin: Bulletin) -> list[ReportTemplate]:
    """The reports whose figures a bulletin shows, or draws its indicators from."""
    shown = set(bulletin.parts.exclude(template=None).values_list("template", flat=True))
    rows = ReportTemplate.objects.filter(pk__in=shown.union(templates_behind(bulletin)))
    return list(rows.select_related("programme", "dataset").order_by("code"))


@unwalled
def _faults(bulletin: Bulletin, template: ReportTemplate, today: datetime.date) -> list[Fault]:
    """A period that is not due, of which nothing counts, or whose edition is too old to be corrected."""
    named = {"report": template.name}
    if due_date(bulletin.period, template.due_days) >= today:
        words = _("%(report)s: reports of this period are not all due yet, and it can be published only once.")
        return [Fault("template", "not_due", words % named)]
    if not CountedReport.objects.filter(template=template, period_start=bulletin.period_start).exists():
        return [Fault("template", "nothing_counts", _("%(report)s: no report of this period counts.") % named)]
    published = _published(bulletin, template)
    if published and not EditionInputs.objects.filter(edition=published).exists():
        words = _(
            "%(report)s: its edition was published before inputs were kept. Nobody knows whose ground it tells of, so none "
            "can be asked to sign it, and it cannot be corrected."
        )
        return [Fault("template", "no_inputs", words % named)]
    return []


def _published(bulletin: Bulletin, template: ReportTemplate) -> Edition | None:
    """The edition of the period that holds today."""
    rows = Edition.objects.published().current().filter(template=template, period_start=bulletin.period_start)
    return rows.select_related("inputs").first()


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Make them, in one transaction: a job that is taken up again makes them once more."""
    by, at = person_of(job), timezone.now()
    bulletin = Bulletin.objects.filter(pk=job.arguments["bulletin"]).select_related("series__dataset").first()
    if bulletin is None:
        raise Problem("gone", _("This draft was thrown away meanwhile."), 409)
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    with transaction.atomic():
        make_figures(bulletin, by, at, tell)
    return {"at": {"pk": bulletin.pk}}


def _quiet(_done: int, _of: int) -> None:
    """Progress is told report by report, and to nobody where nobody looks."""


@unwalled
def make_figures(bulletin: Bulletin, by: User, at: datetime.datetime, tell: Tell = _quiet) -> None:
    """The editions of a draft and the indicators out of them, those of the last time thrown away."""
    held = lock_draft(bulletin)
    forget_drafts(held)
    templates = templates_of(held)
    for done, template in enumerate(templates):
        tell(done, len(templates))
        edition = _edition(held, template, by, at)
        behind = earlier_of(template, held.period_start)
        BulletinEdition.objects.create(bulletin=held, template=template, edition=edition, behind=behind)
    freeze_indicators(held)
    held.made, held.seen = at, held.seen + 1
    held.save(update_fields=["made", "seen"])
    record(by, "make_bulletin", held, series=held.series.code, period=held.period.id)


def _edition(held: Bulletin, template: ReportTemplate, by: User, at: datetime.datetime) -> Edition:
    """The edition that a draft shows of a report; one that corrects where anything changed since the published one.

    Signers may have read a draft of the period: the limits stay those, and nothing is shown that would tell beside it what few
    facilities changed.
    """
    published = _published(held, template)
    if published is not None and held.corrects_id is None:
        return published
    read = Edition.objects.opened().filter(template=template, period_start=held.period_start).order_by("pk")
    first = published or read.first()
    limits = first.limits if first else held.limits
    fresh = make_edition(template, held.period, limits, by, at, _quiet, corrects=published)
    for one in (*filter(None, [published]), *read.filter(corrects=published).select_related("inputs")):
        if fresh.inputs.digest == one.inputs.digest:
            # Nothing changed of it: that one stays, and no second one stands beside it.
            fresh.delete()
            return one
    return fresh


KIND = Kind(
    MAKE,
    gettext_lazy("Making the figures of a bulletin"),
    _run,
    page="reporting:bulletin",
    right=Permission.PUBLISH_EDITIONS,
)
