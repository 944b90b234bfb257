"""Verifying editions and bulletins: every figure made again from the frozen inputs, without the cells, and compared."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.bulletin_answers import content_of
from coordination.reporting.actions.bulletin_indicators import indicator_faults
from coordination.reporting.actions.edition_inputs import code_digest
from coordination.reporting.actions.edition_making import made_of_sources
from coordination.reporting.models import Bulletin, Edition, EditionInputs, Verification
from coordination.reporting.models.edition_sources import Sources, befores_of, sources_frozen
from coordination.reporting.models.verifications import in_a_line, in_words
from coordination.reporting.rules.bulletin_indicators import Told
from coordination.reporting.rules.edition_figures import Made, told_figures
from coordination.reporting.rules.edition_inputs import figures_digest
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.ties import Key
from coordination.reporting.rules.verifications import COUNTS, Finding, Wrong, compare_coverage, compare_figures
from directorates.audit import record
from directorates.foundation.jobs import Job, Kind, Tell, ask, person_of
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, User
from directorates.models.places import Level
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
    found = verify_bulletin(bulletin=bulletin, by=by, at=timezone.now(), tell=tell)
    lines = [(bulletin.period.id, in_a_line(one)) for one in found.findings]
    lines += [(one.edition.template.code, words) for one in found.editions for words in in_words(one)]
    return {"at": {"pk": bulletin.pk}, **_told(lines, found.faults)}


def _told(lines: Sequence[tuple[str, str]], count: int) -> dict[str, object]:
    """What was found as the page of a job tells it: where, and what."""
    return {"faults": [{"field": where, "message": words} for where, words in lines[:MOST_TOLD]], "count": count}


@dataclass(frozen=True)
class Verified:
    """What a verification of a bulletin found: in itself, and in each of its editions."""

    findings: list[Finding]
    editions: list[Verification]

    @property
    def faults(self) -> int:
        """All of it."""
        return len(self.findings) + sum(one.faults for one in self.editions)


def verify_bulletin(
    *, bulletin: Bulletin, by: User | None, at: datetime.datetime, tell: Tell = lambda _done, _of: None
) -> Verified:
    """Make all of a bulletin again: each edition, then each value of an indicator out of these and its frozen populations."""
    editions = [
        row.edition
        for row in bulletin.editions.select_related(
            "edition__template__programme", "edition__corrects", "edition__inputs"
        ).order_by("template__code")
    ]
    told: dict[int, Told] = {}
    found = []
    for done, edition in enumerate(editions):
        tell(done, len(editions))
        again = made_again(edition)
        found.append(verify_edition(edition=edition, by=by, at=at, again=again))
        if again is not None:
            told[edition.pk] = again.told
    return Verified([*content_faults(bulletin), *indicator_faults(bulletin, told)], found)


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
    return {
        "at": {"pk": edition.pk},
        **_told([(edition.template.code, words) for words in in_words(found)], found.faults),
    }


@transaction.atomic
def verify_edition(
    *, edition: Edition, by: User | None, at: datetime.datetime, again: "Again | None" = None
) -> Verification:
    """Make an edition again and keep what differs; the machine's own commands verify in nobody's name.

    `again` is what was made already.
    """
    findings, figures = findings_of(edition, again)
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


@dataclass(frozen=True)
class Again:
    """An edition made again: of which inputs, which of these are not what they were, and what came of them."""

    inputs: EditionInputs
    sources: Sources
    altered: list[int]
    made: Made

    @property
    def told(self) -> Told:
        """What its readers are told, as indicators take it."""
        facts = self.sources.facts
        small = (one.id for one in facts.places if one.level == Level.SUBDISTRICT)
        few = {pk for pk in small if self.made.covered.get(pk, Covered()).expected < facts.limits.facilities}
        figures = {(key.place, key.item, key.category): value for key, value in self.made.figures.items()}
        return Told(figures, frozenset(few))


@unwalled
def made_again(edition: Edition) -> Again | None:
    """An edition out of its frozen inputs; None of one from before inputs were kept."""
    inputs = EditionInputs.objects.filter(edition=edition).first()
    if inputs is None:
        return None
    sources, altered = sources_frozen(edition)
    return Again(inputs, sources, altered, made_of_sources(sources, befores_of(edition.corrects, edition.beside)))


@unwalled
def findings_of(edition: Edition, again: Again | None = None) -> tuple[list[Finding], int]:
    """Whatever is not as it was published, and how many figures were made again."""
    again = again or made_again(edition)
    if again is None:
        return [Finding(Wrong.NO_INPUTS)], 0
    inputs, sources, made = again.inputs, again.sources, again.made
    found = [Finding(Wrong.REPORTS, again=str(len(again.altered)))] if again.altered else []
    found += _hashes(edition, inputs, sources)
    found += compare_figures(standing(edition), made)
    places = edition.places.values_list("place", *COUNTS)
    found += compare_coverage({place: counts for place, *counts in places}, made)
    digest = figures_digest(told_figures(sources.facts, made.figures))
    if digest != inputs.figures_digest:
        found.append(Finding(Wrong.FIGURES, inputs.figures_digest, digest))
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
