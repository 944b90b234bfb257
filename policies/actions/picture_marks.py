"""Marks in texts that show pictures: which show none, told to whoever writes them and once more before others read the text."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault, Problem
from directorates.foundation.typesetting import TookTooLong, typeset
from policies.actions.pdf_parts import file_of
from policies.models import PolicySection, PolicyVersion
from policies.rules.markdown import foreign_pictures, mark_of, marks_in, pictures_in

# A page of nothing but pictures; half the time is left to the text around them.
TRIAL, MOST_SECONDS = settings.BASE_DIR / "templates" / "policies" / "pictures.typ", 15
TEXTS = ("text_ar", "text_en")
# A mark that reads from left to right within a sentence in Arabic as well.
EXAMPLE = f"\u2066{mark_of(1)}\u2069"

# Each mark is a picture on its page and on paper, the same one shown again too.
MOST_MARKS = 100
# A text that is nothing but wrong marks is told of so many in one answer.
MOST_TOLD = 50


def numbers_of(version: PolicyVersion) -> set[int]:
    """The numbers of the pictures that there are."""
    return set(version.pictures.values_list("number", flat=True))


def mark_faults(said: Mapping[str, str], version: PolicyVersion) -> list[Fault]:
    """Marks in the texts of a section that show nothing of the version: each number that is not there, each foreign address.

    And a text that shows too many.
    """
    there = numbers_of(version) if any("![" in said[name] for name in TEXTS) else set()
    missing = _("There is no picture %(number)s in this version. Its pictures and their marks stand under “Pictures”.")
    foreign = _(
        "Line %(line)s: pictures from elsewhere are not shown, for they tell a stranger who reads. Add the picture under "
        "“Pictures”, and write its mark, such as %(mark)s."
    )
    many = _(
        "A text shows at most %(most)d pictures, and here are %(count)s marks. Take some out, or write another section."
    )
    found = []
    for name in TEXTS:
        marks = marks_in(said[name])
        if len(marks) > MOST_MARKS:
            found.append(Fault(name, "too_many_pictures", many % {"most": MOST_MARKS, "count": len(marks)}))
        lacking = [one for one in dict.fromkeys(marks) if one not in there][:MOST_TOLD]
        found += [Fault(name, "no_picture", missing % {"number": one}) for one in lacking]
        lines = foreign_pictures(said[name])[:MOST_TOLD]
        found += [Fault(name, "foreign_picture", foreign % {"line": one, "mark": EXAMPLE}) for one in lines]
    return found


def marks_left(version: PolicyVersion, sections: Iterable[PolicySection]) -> list[Fault]:
    """The same of all sections of a version that others are to read."""
    there = numbers_of(version)
    missing = _("“%(section)s” shows picture %(number)s, which is not there.")
    foreign = _("“%(section)s” shows a picture from elsewhere. Add it under “Pictures”, or take its mark out.")
    found = []
    for section in sections:
        told, texts = {"section": str(section)}, [getattr(section, name) for name in TEXTS]
        numbers = dict.fromkeys(number for text in texts for number in pictures_in(text) if number not in there)
        found += [Fault("sections", "no_picture", missing % (told | {"number": str(one)})) for one in numbers]
        if any(map(foreign_pictures, texts)):
            found.append(Fault("sections", "foreign_picture", foreign % told))
    return found


def paper_faults(version: PolicyVersion, seen: int) -> list[Fault]:
    """Whether all pictures that a draft shows, as often as it does, can be set on paper together: each alone is quick enough.

    Asked before the policy is locked, of the edition that was `seen`: who locks it is told where it is another by then. 503
    `not_tried` where the page of trial fails for anything else than what it has to draw.
    """
    held = PolicyVersion.objects.filter(pk=version.pk, edition=seen).first()
    if held is None or not held.is_draft:
        return []
    sections = list(held.sections.all())
    # A trial takes seconds: only where no mark is wrong anyway.
    return [] if marks_left(held, sections) else _set_on_trial(held, sections)


def _set_on_trial(version: PolicyVersion, sections: Iterable[PolicySection]) -> list[Fault]:
    """The fault of pictures that are too much for paper together."""
    pictures = {one.number: one for one in version.pictures.all()}
    marks = (number for one in sections for name in TEXTS for number in marks_in(getattr(one, name)))
    shown = [file_of(pictures[number]) for number in marks if number in pictures]
    if not shown:
        return []
    files = {file_of(one): bytes(one.content) for one in pictures.values()}
    try:
        typeset(TRIAL, {"pictures": shown}, files, seconds=MOST_SECONDS)
    except TookTooLong:
        words = _(
            "The pictures that this text shows are too much for paper together. Save drawings with fewer lines or as PNG, "
            "or show fewer of them."
        )
        return [Fault("sections", "too_heavy", words)]
    except Problem as failed:
        words = _(
            "Whether the pictures of this text can be set on paper could not be tried now. Nothing was changed; try again in a "
            "few minutes."
        )
        raise Problem("not_tried", words, 503) from failed
    return []


def sections_showing(version: PolicyVersion) -> dict[int, list[PolicySection]]:
    """By the number of a picture, the sections whose text shows it."""
    found: dict[int, list[PolicySection]] = {}
    for section in version.sections.all():
        for number in dict.fromkeys(one for name in TEXTS for one in pictures_in(getattr(section, name))):
            found.setdefault(number, []).append(section)
    return found
