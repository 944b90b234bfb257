"""Publishing an edition: counted reports become figures, small ones are hidden with whatever would give them away."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.edition_inputs import keep_inputs
from coordination.reporting.models import CountedReport, Edition, ReportTemplate
from coordination.reporting.models.contested import known_of
from coordination.reporting.models.edition_sources import sources_now
from coordination.reporting.models.editions import EditionDispute, EditionFigure, EditionPlace, EditionState
from coordination.reporting.rules.edition_figures import Made, make, told_figures
from coordination.reporting.rules.edition_inputs import figures_digest
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, due_date, parse_period
from coordination.reporting.rules.suppression import Limits
from directorates.audit import record
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

PUBLISH = "reporting.publish_edition"
STEPS = (gettext_lazy("Adding up"), gettext_lazy("Hiding small numbers"), gettext_lazy("Writing"))
LONGEST_FOREWORD = 1000
BATCH = 5000


def publish_edition(
    *, template: ReportTemplate, period: Period, limits: Limits, foreword: str, by: User, at: datetime.datetime
) -> Job:
    """Have the figures of a template and one of its own periods published as a job, everything wrong told at once."""
    require(by, Permission.PUBLISH_EDITIONS, template)
    foreword = clean_text(foreword, multiline=True)
    if faults := [
        *_faults_of_period(template, period, timezone.localdate(at)),
        *_faults_of_limits(limits),
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


def _faults_of_limits(limits: Limits) -> Iterator[Fault]:
    """Limits that would hide nothing, or everything."""
    for name, least, most in (("smallest", 2, 100), ("facilities", 2, 100), ("share", 50, 100)):
        if not least <= getattr(limits, name) <= most:
            yield Fault(name, "out_of_range", _("From %(least)d to %(most)d.") % {"least": least, "most": most})


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
        edition = held or _write(template, period, limits, asked["foreword"], by, at, tell)
    return {"at": {"pk": edition.pk}, "reports": edition.reports}


@unwalled
def _write(
    template: ReportTemplate, period: Period, limits: Limits, foreword: str, by: User, at: datetime.datetime, tell: Tell
) -> Edition:
    """Add up, hide, write, and freeze what it was made of."""
    tell(0, len(STEPS))
    sources = sources_now(template, period, limits)
    tell(1, len(STEPS))
    made = make(sources.facts, sources.counted, sources.expected)
    tell(2, len(STEPS))
    deed: dict[str, Any] = asdict(limits) | {"by": by, "acting_id": by.acting_id, "at": at}
    edition = Edition(template=template, period_start=period.start, **deed)
    edition.foreword, edition.reports, edition.hidden = foreword, len(sources.reports), len(made.hidden)
    # Nothing is added to what is published: it becomes so when all of it is there.
    edition.state = EditionState.DRAFT
    edition.save(force_insert=True)
    EditionPlace.objects.bulk_create(_places(edition, made), BATCH)
    EditionDispute.objects.bulk_create(known_of(edition), BATCH)
    EditionFigure.objects.bulk_create(_rows(edition, made), BATCH)
    inputs = keep_inputs(edition, sources, figures_digest(told_figures(sources.facts, made.figures)))
    edition.state = EditionState.PUBLISHED
    edition.save(update_fields=["state"])
    # With the hashes in the record, whose chain others hold, nobody can write edition and inputs anew in step.
    hashes = {"inputs": inputs.digest, "figures": inputs.figures_digest}
    record(by, "publish_edition", edition, template=template.code, period=period.id, **hashes)
    return edition


def _places(edition: Edition, made: Made) -> list[EditionPlace]:
    """How many reports came where."""
    names = ("expected", "received", "answered", "on_time", "answered_on_time", "excused")
    return [
        EditionPlace(edition=edition, place_id=place, **{name: getattr(one, name) for name in names})
        for place, one in made.covered.items()
    ]


def _rows(edition: Edition, made: Made) -> Iterator[EditionFigure]:
    """The rows; of what is hidden there is no value to write."""
    for key, value in made.figures.items():
        yield EditionFigure(
            edition=edition,
            place_id=key.place,
            element_id=key.item,
            category_id=key.category or None,
            value=value,
            hidden=value is None,
        )


KIND = Kind(
    PUBLISH,
    gettext_lazy("Publishing an edition of figures"),
    _run,
    page="reporting:edition",
    steps=STEPS,
    right=Permission.PUBLISH_EDITIONS,
)
