"""From a draft to a published bulletin: who is asked to sign, what each answers, and how it comes out."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.bulletin_figures import templates_of
from coordination.reporting.actions.bulletin_notices import tell_bulletin
from coordination.reporting.actions.bulletins import lock_draft
from coordination.reporting.actions.edition_making import publish_made
from coordination.reporting.models import (
    Bulletin,
    BulletinAnswer,
    BulletinSeries,
    BulletinSigner,
    Edition,
    EditionInputs,
    ReportTemplate,
)
from coordination.reporting.models.bulletin_indicators import indicators_digest, unmade_indicators
from coordination.reporting.models.bulletins import AnswerKind, BulletinState, SignerRole, standing_answers
from coordination.reporting.models.editions import EditionState
from coordination.reporting.models.errata import counts_otherwise
from coordination.reporting.rules.bulletins import Content, PartSaid
from directorates.actions.chain import head
from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.permissions import Permission, Refused, require

LONGEST_WHY = 1000
MOST_DAYS = 60


@transaction.atomic
def open_bulletin(
    *, bulletin: Bulletin, answer_until: datetime.date, seen: int, by: User, at: datetime.datetime
) -> Bulletin:
    """Freeze a draft and ask its custodian and each directorate of whose ground it tells to sign, until a day."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held, today = lock_draft(bulletin, seen), timezone.localdate(at)
    _hold_templates(held)
    if faults := [*_faults_of_opening(held, answer_until, today), *_faults_of_figures(held)]:
        raise Problem("invalid", _("This bulletin cannot be signed yet."), errors=faults)
    held.signers.all().delete()
    asked = {held.series.dataset.custodian_id: SignerRole.CUSTODIAN}
    asked = dict.fromkeys(_concerned(held), SignerRole.DIRECTORATE) | asked
    BulletinSigner.objects.bulk_create(
        BulletinSigner(bulletin=held, organisation_id=pk, role=role) for pk, role in asked.items()
    )
    held.digest, held.answer_until, held.state = content_of(held).digest, answer_until, BulletinState.SIGNING
    held.seen += 1
    held.save(update_fields=["digest", "answer_until", "state", "seen"])
    # From now on signers hold them: they are kept, whatever becomes of the bulletin.
    Edition.objects.filter(in_bulletins__bulletin=held, state=EditionState.DRAFT, opened=None).update(opened=at)
    record(by, "open_bulletin", held, content=held.digest, until=answer_until.isoformat())
    tell_bulletin(held, "open", at=at, but=by)
    return held


def _faults_of_opening(held: Bulletin, answer_until: datetime.date, today: datetime.date) -> list[Fault]:
    """No figures, figures that are not those of the layout, or a time limit that is none."""
    faults = []
    if not held.parts.exists():
        faults.append(Fault("parts", "empty", _("There is nothing in it yet.")))
    made = set(held.editions.values_list("template", flat=True))
    if held.made is None or made != {one.pk for one in templates_of(held)} or unmade_indicators(held):
        faults.append(
            Fault("made", "not_made", _("Its figures are not made, or not of every report and indicator in it."))
        )
    if not today < answer_until <= today + datetime.timedelta(days=MOST_DAYS):
        words = _("Choose a day after today, at most %(most)d days ahead.") % {"most": MOST_DAYS}
        faults.append(Fault("answer_until", "out_of_range", words))
    return faults


@unwalled
def _concerned(held: Bulletin) -> list[int]:
    """The directorates that were competent for any place of which its figures tell, by the jurisdictions frozen with them."""
    inputs = EditionInputs.objects.filter(edition__in=held.editions.values("edition"))
    codes = {code for row in inputs for code in row.facts["jurisdictions"].values()}
    return list(Organisation.objects.filter(code__in=codes).order_by("code").values_list("pk", flat=True))


def content_of(held: Bulletin) -> Content:
    """All that is signed of a bulletin."""
    parts = held.parts.select_related("template", "element", "indicator").order_by("order")
    editions = held.editions.select_related("template", "edition__inputs")
    behind = Edition.objects.filter(pk__in=[pk for one in editions for pk in one.behind])
    return Content(
        series=held.series.code,
        period=held.period.id,
        corrects=held.corrects.digest if held.corrects else "",
        parts=[
            PartSaid(
                *(one.kind, one.heading_ar, one.heading_en, one.text_ar, one.text_en),
                *(one.template.code if one.template else "", one.element.code if one.element else ""),
                *(one.level, one.categories),
                indicator=one.indicator.code if one.indicator else "",
            )
            for one in parts
        ],
        editions=[(one.template.code, *_hashes(one.edition)) for one in editions],
        signers=list(held.signers.values_list("organisation__code", flat=True)),
        behind=[
            (one.template.code, one.period.id, *_hashes(one)) for one in behind.select_related("template", "inputs")
        ],
        indicators=indicators_digest(held),
    )


def _hashes(edition: object) -> tuple[str, str]:
    """Those of what an edition was made of and of its figures; of the oldest there are none."""
    inputs = getattr(edition, "inputs", None)
    return (inputs.digest, inputs.figures_digest) if inputs else ("", "")


@transaction.atomic
def take_back_bulletin(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> Bulletin:
    """Make a draft of it again: whatever was signed falls, for it was signed of another content. What was said stays."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held = _lock_signing(bulletin)
    record(by, "take_back_bulletin", held, content=held.digest)
    held.state, held.digest, held.answer_until = BulletinState.DRAFT, "", None
    held.seen += 1
    held.save(update_fields=["state", "digest", "answer_until", "seen"])
    return held


def _lock_signing(bulletin: Bulletin) -> Bulletin:
    """The bulletin, locked; 409 where it is not to be signed (any more)."""
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related("series__dataset__custodian")
    held = rows.get(pk=bulletin.pk)
    if held.state != BulletinState.SIGNING:
        words = _("This bulletin is not to be signed now: it is a draft, or it was published.")
        raise Problem("wrong_state", words, 409, extra={"state": held.state})
    return held


@transaction.atomic
def answer_bulletin(
    *,
    bulletin: Bulletin,
    kind: AnswerKind,
    words_why: str,
    digest: str,
    replaces: int | None,
    by: User,
    at: datetime.datetime,
) -> BulletinAnswer:
    """Sign a bulletin or refuse to, for the organisation acted for; `digest` is the content that was read.

    Another word of the same organisation names the one that it `replaces`; of two at once, one is told of the other.
    """
    signer = bulletin.signers.select_related("organisation").filter(organisation=by.acting_id).first()
    require(by, Permission.SIGN_BULLETINS, signer or BulletinSigner(bulletin=bulletin, organisation_id=0))
    if signer is None:
        raise Refused(Permission.SIGN_BULLETINS, bulletin)
    held = Bulletin.objects.select_for_update(of=("self",), no_key=True).get(pk=bulletin.pk)
    if held.state != BulletinState.SIGNING or held.digest != digest:
        words = _("This bulletin was changed or published since you read it. Nothing was signed: read it again.")
        raise Problem("changed", words, 409)
    needed = _("Say why: it is printed in the bulletin.") if kind == AnswerKind.REFUSED else ""
    why = text_to_keep(words_why, "words_why", longest=LONGEST_WHY, needed=needed)
    standing = standing_answers(held).get(by.acting_id or 0)
    if standing is not None and (standing.kind, standing.words_why) == (kind, why):
        return standing
    if (standing.pk if standing else None) != replaces:
        raise _answered(standing)
    answer = BulletinAnswer(bulletin=held, organisation=signer.organisation, digest=digest, kind=kind, at=at, by=by)
    answer.words_why, answer.replaces_id, answer.instead_of_id = why, replaces, by.instead_of_id
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError as twice:
        raise _answered(None) from twice
    record(by, "answer_bulletin", held, kind=str(kind), content=digest)
    return answer


def _answered(standing: BulletinAnswer | None) -> Problem:
    words = _("Your organisation answered meanwhile. Look at that answer; another one can replace it.")
    return Problem("answered", words, 409, extra={"kind": standing.kind} if standing else {})


@transaction.atomic
def publish_bulletin(*, bulletin: Bulletin, by: User, at: datetime.datetime) -> Bulletin:
    """Publish what the custodian signed and each directorate answered, or had time to; with its editions, once and for all."""
    require(by, Permission.PUBLISH_EDITIONS, bulletin)
    held = _lock_signing(bulletin)
    # Numbers are given one after the other.
    BulletinSeries.objects.select_for_update(no_key=True).get(pk=held.series_id)
    _hold_templates(held)
    if faults := faults_of_publishing(held, timezone.localdate(at)):
        code = "counts_otherwise" if any(one.code == "counts_otherwise" for one in faults) else "not_signed"
        raise Problem(code, _("This bulletin cannot be published yet."), 409, errors=faults)
    last = Bulletin.objects.filter(series=held.series_id).aggregate(last=Max("number"))["last"] or 0
    link = head()
    held.state, held.number, held.at, held.head = BulletinState.PUBLISHED, last + 1, at, link.hash if link else ""
    held.published_by, held.acting_id = by, by.acting_id
    try:
        with transaction.atomic():
            _publish_editions(held, by, at)
            held.save(update_fields=["state", "number", "at", "head", "published_by", "acting"])
    except IntegrityError as meanwhile:
        words = _(
            "An edition of this period was published meanwhile. Take the bulletin back, and make its figures anew."
        )
        raise Problem("published", words, 409) from meanwhile
    record(by, "publish_bulletin", held, number=held.number, content=held.digest)
    tell_bulletin(held, "published", at=at, but=by)
    return held


def _publish_editions(held: Bulletin, by: User, at: datetime.datetime) -> None:
    """Those that were made for it."""
    for row in held.editions.select_related("edition__template", "edition__inputs").order_by("template__code"):
        if row.edition.state == EditionState.DRAFT:
            row.edition.at, row.edition.by, row.edition.acting_id = at, by, held.acting_id or 0
            publish_made(row.edition, by)


def _hold_templates(held: Bulletin) -> None:
    """Lock its reports' templates: whoever reopens a report of theirs, or opens another draft of them, comes before this or after it."""
    templates = held.editions.values("template")
    list(ReportTemplate.objects.select_for_update(no_key=True).filter(pk__in=templates).order_by("pk"))


def _faults_of_figures(held: Bulletin) -> list[Fault]:
    """Figures that hold no more: reports in them count otherwise, or others were opened or published that they were not made beside.

    While a bulletin is signed its reports are no one's captives: they may be reopened, settled and moved. What was signed then
    says what counts no more, and is not published.
    """
    faults = []
    for row in held.editions.select_related("edition", "template").order_by("template__code"):
        named = {"report": row.template.name}
        if row.edition.state == EditionState.DRAFT and counts_otherwise(row.edition):
            words = _(
                "%(report)s: reports in it count otherwise since. Take the bulletin back and make its figures anew."
            )
            faults.append(Fault("template", "counts_otherwise", words % named))
        if not row.edition.is_beside_others():
            words = _(
                "%(report)s: other figures of this period were published or opened to signers meanwhile. Make the figures of "
                "the bulletin anew, so that both together tell of nobody."
            )
            faults.append(Fault("template", "made_meanwhile", words % named))
    return faults


def faults_of_publishing(held: Bulletin, today: datetime.date) -> list[Fault]:
    """Figures that hold no more, and whose word is missing: the custodian's always, a directorate's until the day that was set."""
    answers, faults = standing_answers(held), _faults_of_figures(held)
    waits = held.answer_until is not None and today <= held.answer_until
    for signer in held.signers.select_related("organisation"):
        answer, named = answers.get(signer.organisation_id), {"organisation": signer.organisation.name}
        if signer.role == SignerRole.CUSTODIAN and (answer is None or answer.kind != AnswerKind.SIGNED):
            words = _("%(organisation)s, the custodian of the data, has not signed it.")
            faults.append(Fault("signers", "custodian", words % named))
        elif answer is None and waits:
            words = _("%(organisation)s has not answered, and can until the day that was set.")
            faults.append(Fault("signers", "waits", words % named))
    return faults
