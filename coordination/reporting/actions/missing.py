"""What is said of missing reports: why they did not come, by whoever owed them or their directorate; and taken back again."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordination.reporting.actions.consolidation import touch
from coordination.reporting.actions.reminders import LINES, by_reporter, line_of, names, with_names
from coordination.reporting.models import ExpectedReport, ExplainedReport, Explanation, MissingEvidence
from coordination.reporting.models.extensions import key_of
from coordination.reporting.models.missing import (
    MissingReason,
    Side,
    Words,
    not_received,
    sides_of,
    words_of,
)
from coordination.reporting.rules.missing import TAKEN_BACK
from directorates.audit import record_concerning, record_many
from directorates.foundation.attachments import deadline
from directorates.foundation.locations import text_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission, Refused, rights_of
from directorates.rules.text import clean_text
from policies.actions.files import looked_at

LONGEST_TEXT, MOST_FILES = 2000, 3
File = tuple[str, bytes]


@dataclass(frozen=True)
class Explained:
    """What was said anew, how many reports said the same already, and how many have come meanwhile."""

    done: tuple[ExplainedReport, ...]
    same: int
    received: int


@dataclass(frozen=True)
class _Saying:
    """What is to be said: the reason (or none any more), the text, the files as they are kept."""

    reason: str
    text: str
    files: tuple[dict[str, Any], ...] = ()

    def is_said_by(self, word: ExplainedReport | None) -> bool:
        """Whether a side says just this already; what nobody said is taken back already."""
        if word is None or not word.reason:
            return self.reason == TAKEN_BACK
        digests = {file.digest for file in word.explanation.files}  # type: ignore[attr-defined]
        given = {file["digest"] for file in self.files}
        return (word.reason, word.explanation.text, digests) == (self.reason, self.text, given)


@transaction.atomic
def explain(
    *,
    by: User,
    expected: Sequence[ExpectedReport],
    reason: str,
    text: str = "",
    files: Sequence[File] = (),
    at: datetime.datetime,
) -> Explained:
    """Say why expected reports did not come, for the directorate or for whoever owed them; `files` show it.

    Said twice it stands once. 400 `invalid` with every fault; 409 `received` where all of them have come meanwhile.
    """
    return _say(by, expected, reason, text, files, at)


@transaction.atomic
def take_back(*, by: User, expected: Sequence[ExpectedReport], text: str = "", at: datetime.datetime) -> Explained:
    """Take back what one's side said of expected reports; the other side's word, where there is one, then counts."""
    return _say(by, expected, TAKEN_BACK, text, (), at)


def _say(
    by: User, expected: Sequence[ExpectedReport], reason: str, text: str, files: Sequence[File], at: datetime.datetime
) -> Explained:
    """Look at everything, then write what is new: whoever presses twice waits here, and finds it said."""
    _demand_sides(by, expected)
    # Before the locks: a large picture takes a second.
    kept, unfit = _looked_at(by, files, at)
    held = list(ExpectedReport.objects.filter(pk__in=[row.pk for row in expected]).select_for_update().order_by("pk"))
    sides = _demand_sides(by, held)
    missing = set(not_received(ExpectedReport.objects.filter(pk__in=list(sides))).values_list("pk", flat=True))
    rows = [row for row in held if row.pk in missing]
    words = words_of(rows, ExplainedReport.objects.with_texts())
    said = _Saying(reason, clean_text(text, multiline=True), kept)
    faults = [*_faults(said, taking_back=reason == TAKEN_BACK), *unfit, *_faults_of_differing(said, rows, sides, words)]
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    if not rows:
        raise Problem("received", _("None of these reports is missing any more: they have come meanwhile."), 409)
    new = [row for row in rows if not said.is_said_by(words.get(key_of(row), Words()).said.get(sides[row.pk]))]
    done = _written(by, new, sides, said, at) if new else []
    return Explained(tuple(done), len(rows) - len(new), len(held) - len(rows))


def _looked_at(
    by: User, files: Sequence[File], at: datetime.datetime
) -> tuple[tuple[dict[str, Any], ...], list[Fault]]:
    """The files as they are kept, each once, and what is wrong with those that are not."""
    faults = []
    if len(files) > MOST_FILES:
        words = _("At most %(most)d files are taken at once.") % {"most": MOST_FILES}
        faults.append(Fault("files", "too_many", words))
    kept: dict[str, dict[str, Any]] = {}
    until = deadline()
    for name, content in files[:MOST_FILES]:
        looked, unfit = looked_at(name, content, by=by, at=at, until=until)
        faults += [Fault("files", one.code, f"{clean_text(name)[:100]}: {one.message}") for one in unfit]
        if not unfit:
            kept[looked["digest"]] = looked
    return tuple(kept.values()), faults


def _demand_sides(by: User, held: Sequence[ExpectedReport]) -> dict[int, Side]:
    """For which side the person speaks of each report; refused where one of them is not theirs to speak of."""
    sides, rights = sides_of(by, held), rights_of(by)
    for row in held:
        if row.pk not in sides:
            raise Refused(Permission.SUBMIT_REPORTS, row)
    needed = {Side.DIRECTORATE: Permission.REVIEW_REPORTS, Side.REPORTER: Permission.SUBMIT_REPORTS}
    by.instead_of_id = next(filter(None, (rights.instead_of(needed[sides[row.pk]], row) for row in held)), None)
    return sides


def _faults(said: _Saying, *, taking_back: bool) -> list[Fault]:
    """What is wrong with the reason and the text."""
    faults = text_faults(said.text, "text", longest=LONGEST_TEXT)
    if not taking_back and said.reason not in MissingReason.values:
        faults.append(Fault("reason", "unknown", _("Choose why the reports did not come.")))
    return faults


def _faults_of_differing(
    said: _Saying, rows: Sequence[ExpectedReport], sides: dict[int, Side], words: dict[Any, Words]
) -> list[Fault]:
    """A directorate that decides against what the other side said writes why."""
    if said.text or said.reason == TAKEN_BACK:
        return []
    others = [
        words.get(key_of(row), Words()).said.get(Side.REPORTER) for row in rows if sides[row.pk] is Side.DIRECTORATE
    ]
    if not any(word is not None and word.reason not in (TAKEN_BACK, said.reason) for word in others):
        return []
    message = _("Whoever owed the report gave another reason. Write why the directorate says otherwise; both stay.")
    return [Fault("text", "required", message)]


def _written(
    by: User, rows: list[ExpectedReport], sides: dict[int, Side], said: _Saying, at: datetime.datetime
) -> list[ExplainedReport]:
    """The explanation, what it says of each report, the record, the marks for consolidation, the notices."""
    explanation, made = _kept(by, rows, sides, said, at)
    what = "explain_missing" if said.reason else "take_back_missing"
    # Neither the record nor a notice repeats the text.
    record_many(by, what, [(row, {"reason": said.reason, "side": row.side}) for row in made])
    touch((row.template_id, row.period_start, row.subdistrict_id) for row in rows)
    _tell(by, explanation, rows, sides, said.reason, at)
    return made


@unwalled
def _kept(
    by: User, rows: list[ExpectedReport], sides: dict[int, Side], said: _Saying, at: datetime.datetime
) -> tuple[Explanation, list[ExplainedReport]]:
    """Written behind the wall: an explanation is seen by the reports that it explains, which come after it."""
    explanation = Explanation.objects.create(
        body_id=by.acting_id or 0, text=said.text, by=by, instead_of_id=by.instead_of_id, at=at
    )
    MissingEvidence.objects.bulk_create(MissingEvidence(about=explanation, **file) for file in said.files)
    made = ExplainedReport.objects.bulk_create(
        ExplainedReport(
            explanation=explanation,
            template_id=row.template_id,
            facility_id=row.facility_id,
            period_start=row.period_start,
            reporter_id=row.reporter_id,
            directorate_id=row.directorate_id,
            dataset_id=row.dataset_id,
            place_path=row.place_path,
            side=sides[row.pk],
            reason=said.reason,
        )
        for row in rows
    )
    return explanation, made


def open_evidence(*, by: User, evidence: MissingEvidence) -> bytes:
    """The content of a file, for whoever may know of one of the reports; the record of whoever gave it says who opened it."""
    if not Explanation.objects.visible_to(by).filter(pk=evidence.about_id).exists():
        raise Refused(Permission.VIEW_REPORTS, evidence)
    if evidence.acting_id != by.acting_id:
        record_concerning(by, "open_evidence", evidence, evidence.acting_id)
    return bytes(evidence.content)


def _tell(
    by: User,
    explanation: Explanation,
    rows: list[ExpectedReport],
    sides: dict[int, Side],
    reason: str,
    at: datetime.datetime,
) -> None:
    """Tell the other side: those who send for the reporters, or those who review for the directorates."""
    named, today = with_names([row.pk for row in rows]), timezone.localdate(at)
    others = by_reporter((row for row in named if sides[row.pk] is Side.DIRECTORATE), today)
    told = [(person, reporter, kept) for person, reporter, kept in others if reporter.pk != by.acting_id]
    told += _reviewers((row for row in named if sides[row.pk] is Side.REPORTER), today, by)
    speaker = explanation.body
    notices = [
        Told(person, f"missing:{explanation.pk}:{owner.pk}", _notice(speaker, reason, kept))
        for person, owner, kept in told
    ]
    notify("missing", notices, url=reverse("reporting:missing"), at=at)


def _reviewers(
    rows: Iterable[ExpectedReport], today: datetime.date, by: User
) -> list[tuple[int, Organisation, list[ExpectedReport]]]:
    """Who reviews for the directorates of some reports, within the places of their roles; nobody of the own organisation."""
    owned: dict[int, list[ExpectedReport]] = defaultdict(list)
    for row in rows:
        if row.directorate_id != by.acting_id:
            owned[row.directorate_id].append(row)
    found: dict[tuple[int, int], tuple[int, Organisation, list[ExpectedReport]]] = {}
    for holder in holders(list(owned), roles_with(Permission.REVIEW_REPORTS), today):
        directorate = holder.membership.organisation
        kept = [row for row in owned[directorate.pk] if holder.covers(row.place_path)]
        if kept:
            found.setdefault((holder.person.pk, directorate.pk), (holder.person.pk, directorate, kept))
    return list(found.values())


def _notice(speaker: Organisation, reason: str, rows: list[ExpectedReport]) -> dict[str, object]:
    """What a notice says: who spoke, of which reports, the reason in both languages; never the text."""
    return {
        "organisation": names(speaker),
        "count": len(rows),
        "reason": reason_words(reason),
        "lines": [line_of(row) for row in rows[:LINES]],
        "more": max(len(rows) - LINES, 0),
    }


def reason_words(reason: str) -> dict[str, str]:
    """The words of a reason in both languages; none where it was taken back."""
    found = {}
    for language in ("ar", "en"):
        with translation.override(language):
            found[language] = str(MissingReason(reason).label) if reason else ""
    return found
