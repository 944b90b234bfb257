"""Making an edition: counted reports become figures, small ones are hidden, and what it was made of is frozen with it."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy

from coordination.reporting.actions.edition_inputs import keep_inputs
from coordination.reporting.models import Edition, EditionDispute, EditionFigure, EditionPlace, ReportTemplate
from coordination.reporting.models.contested import known_of
from coordination.reporting.models.edition_sources import Sources, befores_of, sources_now
from coordination.reporting.models.editions import EditionState
from coordination.reporting.rules.edition_corrections import Before, make_correction
from coordination.reporting.rules.edition_figures import Made, make, told_figures
from coordination.reporting.rules.edition_inputs import figures_digest
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.rules.verifications import COUNTS
from directorates.audit import record
from directorates.foundation.jobs import Tell
from directorates.foundation.sight import unwalled
from directorates.models import User

STEPS = (gettext_lazy("Adding up"), gettext_lazy("Hiding small numbers"), gettext_lazy("Writing"))
BATCH = 5000


@unwalled
def make_edition(
    template: ReportTemplate,
    period: Period,
    limits: Limits,
    by: User,
    at: datetime.datetime,
    tell: Tell,
    foreword: str = "",
    corrects: Edition | None = None,
) -> Edition:
    """Add up, hide, write, and freeze what it was made of: a draft, to which nothing more is added once it is published."""
    tell(0, len(STEPS))
    sources = sources_now(template, period, limits)
    opened = Edition.objects.opened().filter(template=template, period_start=period.start)
    beside = list(opened.order_by("pk").values_list("pk", flat=True))
    tell(1, len(STEPS))
    made = made_of_sources(sources, befores_of(corrects, beside))
    tell(2, len(STEPS))
    deed: dict[str, Any] = asdict(limits) | {"by": by, "acting_id": by.acting_id, "at": at}
    edition = Edition(template=template, period_start=period.start, state=EditionState.DRAFT, **deed)
    edition.foreword, edition.corrects, edition.beside = foreword, corrects, beside
    edition.reports, edition.hidden = len(sources.reports), len(made.hidden)
    edition.save(force_insert=True)
    EditionPlace.objects.bulk_create(_places(edition, made), BATCH)
    EditionDispute.objects.bulk_create(known_of(edition), BATCH)
    EditionFigure.objects.bulk_create(_rows(edition, made), BATCH)
    keep_inputs(edition, sources, figures_digest(told_figures(sources.facts, made.figures)))
    return edition


def made_of_sources(sources: Sources, befores: Sequence[Before]) -> Made:
    """The figures that inputs give, by themselves or beside the editions that others hold already."""
    if not befores:
        return make(sources.facts, sources.counted, sources.expected)
    return make_correction(sources.facts, sources.counted, sources.expected, befores)


def publish_made(edition: Edition, by: User) -> Edition:
    """Publish an edition that was made: its hashes go into the record, whose chain others hold, so that nobody writes it anew."""
    edition.state = EditionState.PUBLISHED
    edition.save(update_fields=["state", "at", "by", "acting"])
    hashes = {"inputs": edition.inputs.digest, "figures": edition.inputs.figures_digest}
    record(by, "publish_edition", edition, template=edition.template.code, period=edition.period.id, **hashes)
    return edition


def _places(edition: Edition, made: Made) -> list[EditionPlace]:
    """How many reports came where."""
    return [
        EditionPlace(edition=edition, place_id=place, **{name: getattr(one, name) for name in COUNTS})
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
