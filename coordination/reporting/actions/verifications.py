"""Verifying an edition: every figure made again from the frozen inputs, without the cells, and compared."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.bulletin_answers import content_of
from coordination.reporting.actions.edition_inputs import code_digest
from coordination.reporting.actions.edition_making import made_of_sources
from coordination.reporting.models import Bulletin, Edition, EditionInputs, Verification
from coordination.reporting.models.edition_sources import Sources, befores_of, sources_frozen
from coordination.reporting.rules.edition_figures import told_figures
from coordination.reporting.rules.edition_inputs import figures_digest
from coordination.reporting.rules.ties import Key
from coordination.reporting.rules.verifications import COUNTS, Finding, Wrong, compare_coverage, compare_figures
from directorates.audit import record
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, User
from directorates.permissions import Permission, require

VERIFY, VERIFY_BULLETIN = "reporting.verify_edition", "reporting.verify_bulletin"
# So many findings are kept with a verification; the number of all is.
MOST_TOLD = 100


def ask_to_verify(*, edition: Edition, by: User, at: datetime.datetime) -> Job:
    """Have an edition verified as a job."""
    require(by, Permission.PUBLISH_EDITIONS, edition.template)
    return ask(kind=VERIFY, by=by, at=at, arguments={"edition": edition.pk})


def ask_to_verify_bulletin(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> Job:
    """Have every edition of a published bulletin verified as a job, and whether its content is what was signed."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    if not bulletin.is_published:
        raise Problem("wrong_state", _("Only what is published is verified."), 409, extra={"state": bulletin.state})
    return ask(kind=VERIFY_BULLETIN, by=by, at=at, arguments={"bulletin": bulletin.pk})


def _run_bulletin(job: Job, tell: Tell) -> Mapping[str, object]:
    """Verify all of it."""
    by = person_of(job)
    bulletin = Bulletin.objects.select_related("series", "corrects").get(pk=job.arguments["bulletin"])
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    editions = [row.edition for row in bulletin.editions.select_related("edition__template", "edition__corrects")]
    faults = len(content_faults(bulletin))
    for done, edition in enumerate(editions):
        tell(done, len(editions))
        faults += verify_edition(edition=edition, by=by, at=timezone.now()).faults
    return {"at": {"pk": bulletin.pk}, "faults": faults}


@unwalled
def content_faults(bulletin: Bulletin) -> list[Finding]:
    """A content that is not what was signed, or a hash that the record does not hold."""
    found = []
    again = content_of(bulletin).digest
    if again != bulletin.digest:
        found.append(Finding(Wrong.CONTENT, bulletin.digest, again))
    told = AuditEvent.objects.filter(what="publish_bulletin", kind=bulletin._meta.label_lower, thing=str(bulletin.pk))
    said = (told.values_list("details", flat=True).first() or {}).get("content", "")
    if said != bulletin.digest:
        found.append(Finding(Wrong.RECORD, bulletin.digest, said))
    return found


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Verify, however often: each look is kept."""
    by = person_of(job)
    edition = Edition.objects.select_related("template").get(pk=job.arguments["edition"])
    require(by, Permission.PUBLISH_EDITIONS, edition.template)
    tell(0, 1)
    found = verify_edition(edition=edition, by=by, at=timezone.now())
    return {"at": {"pk": edition.pk}, "faults": found.faults}


@transaction.atomic
def verify_edition(*, edition: Edition, by: User | None, at: datetime.datetime) -> Verification:
    """Make an edition again and keep what differs; the machine's own commands verify in nobody's name."""
    findings, figures = findings_of(edition)
    verification = Verification.objects.create(
        edition=edition,
        at=at,
        by=by,
        acting_id=by.acting_id if by else None,
        figures=figures,
        faults=len(findings),
        told=[one.shape() for one in findings[:MOST_TOLD]],
        code_digest=code_digest(),
    )
    record(by, "verify_edition", edition, faults=len(findings))
    return verification


@unwalled
def findings_of(edition: Edition) -> tuple[list[Finding], int]:
    """Whatever is not as it was published, and how many figures were made again."""
    inputs = EditionInputs.objects.filter(edition=edition).first()
    if inputs is None:
        return [Finding(Wrong.NO_INPUTS)], 0
    sources, altered = sources_frozen(edition)
    found = [Finding(Wrong.REPORTS, again=str(len(altered)))] if altered else []
    found += _hashes(edition, inputs, sources)
    made = made_of_sources(sources, befores_of(edition.corrects, edition.beside))
    stands = standing(edition)
    found += compare_figures(stands, made)
    places = edition.places.values_list("place", *COUNTS)
    found += compare_coverage({place: counts for place, *counts in places}, made)
    again = figures_digest(told_figures(sources.facts, made.figures))
    if again != inputs.figures_digest:
        found.append(Finding(Wrong.FIGURES, inputs.figures_digest, again))
    return found, len(made.figures)


def standing(edition: Edition) -> dict[Key, Decimal | None]:
    """The figures of an edition as its rows hold them."""
    rows = edition.figures.values_list("place__level", "place", "element", "category", "value")
    return {
        Key(level, category is None, place, element, category or 0): value
        for level, place, element, category, value in rows
    }


def _hashes(edition: Edition, inputs: EditionInputs, sources: Sources) -> Iterator[Finding]:
    """Inputs that have another hash than was kept, or than the record says was kept."""
    digest = sources.digest
    if digest != inputs.digest:
        yield Finding(Wrong.INPUTS, inputs.digest, digest)
    told = AuditEvent.objects.filter(what="publish_edition", kind=edition._meta.label_lower, thing=str(edition.pk))
    said = told.values_list("details", flat=True).first() or {}
    kept = f"{inputs.digest} {inputs.figures_digest}"
    recorded = f"{said.get('inputs', '')} {said.get('figures', '')}"
    if kept != recorded:
        yield Finding(Wrong.RECORD, kept, recorded)


KIND = Kind(
    VERIFY,
    gettext_lazy("Verifying an edition of figures"),
    _run,
    page="reporting:edition",
    steps=(gettext_lazy("Making every figure again"),),
    right=Permission.PUBLISH_EDITIONS,
)
KIND_OF_BULLETIN = Kind(
    VERIFY_BULLETIN,
    gettext_lazy("Verifying a bulletin"),
    _run_bulletin,
    page="reporting:bulletin",
    right=Permission.PUBLISH_EDITIONS,
)
