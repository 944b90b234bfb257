"""What is done with the unified logo and stationery: keep a version with its files, withdraw one, take a file along."""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.attachments import WAYS
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.attached import Examined
from directorates.rules.text import clean_text
from policies.actions.brand_files import MOST_FILES, looked_at
from policies.logo import forget_logo
from policies.models import PolicyVersion
from policies.models.branding import DECIDED_BY, TYPES, BrandFile, BrandKind, BrandVersion, texts_to_rest_on

LONGEST_NAME, LONGEST_BASIS, LONGEST_RULES, LONGEST_REASON = 200, 500, 20_000, 2_000
MARKDOWN = ("rules_ar", "rules_en")
# Whatever is to hold later than so is a slip.
FARTHEST = datetime.timedelta(days=366)
FORMATS = {content_type: format_ for format_, content_type in TYPES.items()}


@dataclass(frozen=True)
class Said:
    """What is said of a version; `code` tells forms apart, `rests_on` is the adopted text that decided it, if one did."""

    kind: str
    code: str
    name_ar: str
    name_en: str
    rules_ar: str
    rules_en: str
    basis: str
    since: datetime.date
    rests_on: PolicyVersion | None = None


def own_branding(user: User) -> BrandVersion:
    """A version of the organisation acted for, to ask rights of."""
    return BrandVersion(owner_id=user.acting_id or 0)


@transaction.atomic
def keep_branding(*, said: Said, files: Sequence[tuple[str, bytes]], by: User, at: datetime.datetime) -> BrandVersion:
    """A version of the logo, a letterhead, form or stamp, with its files; the one before ends on the day before.

    What is entered for days that are past fills days on which nothing was in force. Problems: 400 `invalid` with every fault of
    texts, days and files; 409 `overlap` where somebody else kept one for the same days meanwhile.
    """
    require(by, Permission.MANAGE_POLICIES, own_branding(by))
    # Before the locks: large files take a second each.
    looked, file_faults = looked_at(files)
    held = list(BrandVersion.objects.of(said.kind, said.code).standing().select_for_update(of=("self",)))
    faults = [*_text_faults(said), *_ground_faults(said, by), *_day_faults(said, held, timezone.localdate(at))]
    if faults := [*faults, *_file_faults(looked, len(files)), *file_faults]:
        raise Problem("invalid", _("This cannot be kept yet; each fault is listed."), errors=faults)
    try:
        with transaction.atomic():
            made = _made(said, held, by, at)
    except IntegrityError as taken:
        detail = _("Somebody else kept a version for these days in the meantime. Nothing was kept; look at it first.")
        raise Problem("overlap", detail, 409) from taken
    BrandFile.objects.bulk_create(_file(made, one) for one in looked)
    formats = [FORMATS[one.content_type].value for one in looked]
    told = {"code": said.code or said.kind, "version": made.number, "since": said.since.isoformat(), "files": formats}
    if said.rests_on is not None:
        told |= {"policy": said.rests_on.policy.code, "policy_version": said.rests_on.number}
    record(by, "keep_branding", made, **told)
    forget_logo(timezone.localdate(at))
    return made


def _made(said: Said, held: Sequence[BrandVersion], by: User, at: datetime.datetime) -> BrandVersion:
    """The version, its days between those of its neighbours."""
    before = next((one for one in held if said.since in one.valid), None)
    if before is not None:
        before.valid = lasting(before.begins, said.since - datetime.timedelta(days=1))
        before.save(update_fields=["valid"])
    last = next((one.begins - datetime.timedelta(days=1) for one in _after(held, said.since)), None)
    number = BrandVersion.objects.of(said.kind, said.code).order_by().aggregate(last=Max("number"))["last"] or 0
    texts: dict[str, Any] = {"owner_id": by.acting_id} | {
        name: clean_text(getattr(said, name), multiline=name in MARKDOWN)
        for name in ("name_ar", "name_en", *MARKDOWN, "basis")
    }
    return BrandVersion.objects.create(
        kind=said.kind, code=said.code, number=number + 1, valid=lasting(said.since, last), rests_on=said.rests_on, at=at,
        by=by, **texts,
    )  # fmt: skip


def _file(version: BrandVersion, looked: Examined) -> BrandFile:
    digest = hashlib.sha256(looked.content).hexdigest()
    kept: dict[str, Any] = {"content": looked.content, "size": len(looked.content), "digest": digest}
    return BrandFile(version=version, format=FORMATS[looked.content_type], **kept)


def _text_faults(said: Said) -> list[Fault]:
    """What is wrong with texts: each is needed, none too long, none gives a location."""
    needed = {
        "name_ar": (LONGEST_NAME, _("Write its name in Arabic.")),
        "name_en": (LONGEST_NAME, _("Write its name in English.")),
        "rules_ar": (LONGEST_RULES, _("Write in Arabic how it may be used.")),
        "rules_en": (LONGEST_RULES, _("Write in English how it may be used.")),
        "basis": (LONGEST_BASIS, _("Write who decided it.")),
    }
    found = []
    for field, (longest, words) in needed.items():
        text = clean_text(getattr(said, field), multiline=field in MARKDOWN)
        found += text_faults(text, field, longest=longest, needed=words)
    if (said.kind == BrandKind.FORM) != bool(said.code):
        found.append(
            Fault("code", "code", _("A form has a code, by which its versions are known; nothing else has one."))
        )
    return found


def _ground_faults(said: Said, by: User) -> list[Fault]:
    """A text on which it cannot rest: one that nobody adopted, of another kind, or that does not hold on its first day."""
    if said.rests_on is None:
        return []
    # As it is now: it may have been withdrawn since the page was opened.
    fits = texts_to_rest_on(by).filter(pk=said.rests_on.pk, policy__kind=DECIDED_BY[BrandKind(said.kind)])
    text = fits.first()
    if text is None:
        return [Fault("rests_on", "unfit", _("This rests on an adopted text of its own kind, or on none."))]
    if text.first_day is not None and said.since < text.first_day:
        message = _("That text holds from %(day)s: nothing rests on it before.")
        return [Fault("rests_on", "too_early", message % {"day": text.first_day.isoformat()})]
    if text.last_day is not None and said.since > text.last_day:
        message = _("That text held until %(day)s: nothing that begins later rests on it.")
        return [Fault("rests_on", "too_late", message % {"day": text.last_day.isoformat()})]
    return []


def _day_faults(said: Said, held: Sequence[BrandVersion], today: datetime.date) -> list[Fault]:
    """Days from which it cannot hold: too far off, that of another, or past where another was in force then."""
    if said.since > today + FARTHEST:
        return [Fault("since", "too_late", _("It holds from a day at most a year ahead."))]
    there = next((one for one in held if said.since in one.valid), None)
    if there is None:
        return []
    told = {"number": there.number, "day": there.begins.isoformat()}
    if there.begins == said.since:
        return [Fault("since", "taken", _("Version %(number)s holds from that day already: %(day)s.") % told)]
    if said.since < today:
        message = _("Version %(number)s was in force then. What follows it holds from today or later.")
        return [Fault("since", "in_the_past", message % told)]
    if there.withdrawn_why:
        message = _("Version %(number)s is withdrawn and holds on that day still. This one follows on a later day.")
        return [Fault("since", "not_later", message % told)]
    return []


def _file_faults(looked: Sequence[Examined], given: int) -> list[Fault]:
    """Files that are missing, too many, twice of one format, or that may give a location."""
    found = []
    if not given:
        found.append(Fault("upload", "required", _("Choose at least one file.")))
    if given > MOST_FILES:
        found.append(Fault("upload", "too_many", _("One file of each format: SVG, PNG, PDF and Word.")))
    formats = [FORMATS[one.content_type] for one in looked]
    twice = sorted({one for one in formats if formats.count(one) > 1})
    message = _("There are two files of the format %(format)s.")
    found += [Fault("upload", "twice", message % {"format": one.label}) for one in twice]
    for one in looked:
        if one.ways:
            told = {"format": FORMATS[one.content_type].label, "way": WAYS[one.ways[0]]}
            message = _("The file %(format)s may give a location (%(way)s). It is read by everybody: give one without.")
            found.append(Fault("upload", "location", message % told))
    return found


@transaction.atomic
def withdraw_branding(
    *, version: BrandVersion, last_day: datetime.date, why: str, by: User, at: datetime.datetime
) -> BrandVersion:
    """End a version with a day, today or later, without another in its place; before its first day it never holds.

    Then the one that it was to follow holds on. 409 `not_in_force` where it holds no more or another follows it.
    """
    require(by, Permission.MANAGE_POLICIES, version)
    rows = list(BrandVersion.objects.of(version.kind, version.code).select_for_update(of=("self",)))
    held, today = next(one for one in rows if one.pk == version.pk), timezone.localdate(at)
    if not held.may_end(today):
        detail = _("Only what is in force, or will be, and is followed by nothing can be withdrawn.")
        raise Problem("not_in_force", detail, 409)
    why = clean_text(why, multiline=True)
    faults = text_faults(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if last_day < today:
        faults.append(Fault("last_day", "in_the_past", _("The last day is today or later.")))
    if last_day > today + FARTHEST:
        faults.append(Fault("last_day", "too_late", _("The last day is at most a year ahead.")))
    follows = next(iter(_after(rows, held.begins)), None)
    if follows is not None and last_day >= follows.begins:
        told = {"number": follows.number, "day": follows.begins.isoformat()}
        faults.append(Fault("last_day", "followed", _("Version %(number)s follows from %(day)s.") % told))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    if last_day < held.begins:
        held.called_off = today
    else:
        held.valid = lasting(held.begins, last_day)
    held.withdrawn_why = why
    held.save(update_fields=["valid", "called_off", "withdrawn_why"])
    if held.called_off is not None:
        _let_hold_on(rows, held.begins)
    what = held.code or held.kind
    record(by, "withdraw_branding", held, code=what, version=held.number, last_day=last_day.isoformat())
    forget_logo(today)
    return held


def _let_hold_on(rows: Sequence[BrandVersion], day: datetime.date) -> None:
    """Take back the end of the version that another one was to follow on a day; a withdrawal stays."""
    later = next((one.begins - datetime.timedelta(days=1) for one in _after(rows, day)), None)
    for before in rows:
        if before.valid.upper == day and before.called_off is None and not before.withdrawn_why:
            before.valid = lasting(before.begins, later)
            before.save(update_fields=["valid"])


def _after(rows: Sequence[BrandVersion], day: datetime.date) -> list[BrandVersion]:
    """Those that begin later than on a day and were not called off, the first one first."""
    later = [one for one in rows if one.begins > day and one.called_off is None]
    return sorted(later, key=lambda one: one.begins)


@transaction.atomic
def take_brand_file(*, file: BrandFile, by: User) -> bytes:
    """The content of a file, on record."""
    require(by, Permission.VIEW_POLICIES)
    held = file.version
    record(by, "take_branding", held, code=held.code or held.kind, version=held.number, format=file.format)
    return bytes(BrandFile.objects.values_list("content", flat=True).get(pk=file.pk))
