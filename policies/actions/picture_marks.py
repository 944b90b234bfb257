"""Marks in texts that show pictures: which show none, told to whoever writes them and once more before others read the text."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault
from policies.models import PolicySection, PolicyVersion
from policies.rules.markdown import foreign_pictures, mark_of, pictures_in

TEXTS = ("text_ar", "text_en")
# A mark that reads from left to right within a sentence in Arabic as well.
EXAMPLE = f"\u2066{mark_of(1)}\u2069"

# A text that is nothing but wrong marks is told of so many in one answer.
MOST_TOLD = 50


def numbers_of(version: PolicyVersion) -> set[int]:
    """The numbers of the pictures that there are."""
    return set(version.pictures.values_list("number", flat=True))


def mark_faults(said: Mapping[str, str], version: PolicyVersion) -> list[Fault]:
    """Marks in the texts of a section that show nothing of the version: each number that is not there, each foreign address."""
    there = numbers_of(version) if any("![" in said[name] for name in TEXTS) else set()
    missing = _("There is no picture %(number)s in this version. Its pictures and their marks stand under “Pictures”.")
    foreign = _(
        "Line %(line)s: pictures from elsewhere are not shown, for they tell a stranger who reads. Add the picture under "
        "“Pictures”, and write its mark, such as %(mark)s."
    )
    found = []
    for name in TEXTS:
        lacking = [one for one in pictures_in(said[name]) if one not in there][:MOST_TOLD]
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


def sections_showing(version: PolicyVersion) -> dict[int, list[PolicySection]]:
    """By the number of a picture, the sections whose text shows it."""
    found: dict[int, list[PolicySection]] = {}
    for section in version.sections.all():
        for number in dict.fromkeys(one for name in TEXTS for one in pictures_in(getattr(section, name))):
            found.setdefault(number, []).append(section)
    return found
