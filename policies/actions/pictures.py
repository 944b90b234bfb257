"""What is done with pictures of a draft: add one, say what it shows, take it out again."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from directorates.rules.text import clean_text
from policies.actions.brand_files import REASONS as REASONS_OF_DRAWINGS
from policies.actions.files import looked_at
from policies.actions.picture_marks import sections_showing
from policies.actions.versions import count_change, demand_preparing, draft_for_writing
from policies.models import PolicyPicture, PolicyVersion
from policies.models.pictures import WORDS
from policies.rules.pictures import KILOBYTE, size_of

EXAMINER = "policies.rules.pictures"
REASONS: dict[str, Any] = REASONS_OF_DRAWINGS | {
    "type": gettext_lazy("This is no picture: SVG, PNG or JPEG."),
    "weight": gettext_lazy(
        "The picture is heavier than %(most)d kB, which is too much for a slow link: save it as JPEG, or with fewer points."
    ),
}
# Of one version: so many, and so much together.
MOST, MOST_TOGETHER = 40, 6_000 * KILOBYTE
LONGEST_WORDS = 500


@transaction.atomic
def add_picture(
    *, version: PolicyVersion, name: str, content: bytes, words_ar: str, words_en: str, by: User, at: datetime.datetime
) -> PolicyPicture:
    """Keep a picture with a draft, under the next number, with what it shows in both languages.

    The same file with the same words is kept once. 400 `invalid` with every fault; 409 `not_draft` where the version is none
    any more, `too_many` where it has as many or as heavy pictures as it may have.
    """
    demand_preparing(by, version)
    said = {"words_ar": clean_text(words_ar), "words_en": clean_text(words_en)}
    kept, unfit = looked_at(name, content, by=by, at=at, examiner=EXAMINER, words_of=REASONS)
    if faults := [*_word_faults(said), *unfit]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    held = draft_for_writing(version=version, seen=None, by=by)
    there = held.pictures.defer("content").filter(digest=kept["digest"]).first()
    if there is not None and there.standing() == said:
        return there
    _demand_room(held, there, kept["size"])
    number = (held.pictures.aggregate(last=Max("number"))["last"] or 0) + 1
    width, height = size_of(kept["content_type"], kept["content"])
    made = PolicyPicture.objects.create(version=held, number=number, width=width, height=height, **said, **kept)
    count_change(held, "add_picture", by=by, at=at, picture=number)
    return made


def _demand_room(version: PolicyVersion, there: PolicyPicture | None, size: int) -> None:
    """Raise where the draft has the picture already, under other words, or can have no other one."""
    if there is not None:
        words = _("This picture is there as number %(number)s. What it shows is said there anew.") % {
            "number": there.number
        }
        raise Problem("invalid", words, errors=[Fault("file", "there", words)])
    if version.pictures.count() >= MOST:
        words = _("A version has at most %(most)d pictures.") % {"most": MOST}
        raise Problem("too_many", words, 409, [Fault("file", "too_many", words)])
    if (version.pictures.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_TOGETHER:
        words = _("All pictures of a version have at most %(most)d kB together.") % {"most": MOST_TOGETHER // KILOBYTE}
        raise Problem("too_many", words, 409, [Fault("file", "too_heavy", words)])


def _word_faults(said: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the words: both are needed, none too long, none gives a location."""
    needed = {
        "words_ar": _("Write in Arabic what it shows: who does not see it hears these words."),
        "words_en": _("Write in English what it shows: who does not see it hears these words."),
    }
    return [
        fault for name in WORDS for fault in text_faults(said[name], name, longest=LONGEST_WORDS, needed=needed[name])
    ]


@transaction.atomic
def describe_picture(
    *,
    picture: PolicyPicture,
    words_ar: str,
    words_en: str,
    seen: Mapping[str, Any],
    by: User,
    at: datetime.datetime,
) -> PolicyPicture:
    """Say otherwise what a picture of a draft shows.

    `seen` is what a page began with: where it says something else by now, nothing is written (409 `changed`). 400 `invalid`;
    409 `gone` where it was taken out.
    """
    held = draft_for_writing(version=picture.version, seen=None, by=by)
    said = {"words_ar": clean_text(words_ar), "words_en": clean_text(words_en)}
    if faults := _word_faults(said):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    kept = held.pictures.defer("content").filter(pk=picture.pk).first()
    if kept is None:
        raise Problem("gone", _("This picture was taken out in the meantime. Nothing was saved."), 409)
    demand_unchanged(kept.standing(), seen, kept.standing())
    changed = [name for name in WORDS if getattr(kept, name) != said[name]]
    for name in changed:
        setattr(kept, name, said[name])
    if changed:
        kept.save(update_fields=changed)
        count_change(held, "describe_picture", by=by, at=at, picture=kept.number, fields=changed)
    return kept


@transaction.atomic
def take_out_picture(*, picture: PolicyPicture, by: User, at: datetime.datetime) -> None:
    """Take a picture out of a draft again; pressed twice, it is gone once. 409 `shown` where a section shows it."""
    held = draft_for_writing(version=picture.version, seen=None, by=by)
    if sections := sections_showing(held).get(picture.number):
        words = _("Picture %(number)s is shown in: %(sections)s. Take its mark out of the text first.")
        told = words % {"number": picture.number, "sections": " · ".join(map(str, sections))}
        raise Problem("shown", told, 409)
    deleted, _rows = held.pictures.filter(pk=picture.pk).delete()
    if deleted:
        count_change(held, "take_out_picture", by=by, at=at, picture=picture.number)
