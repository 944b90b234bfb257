"""Typed text that others read: nothing is kept of one that may give a location, is too long or missing; its author is told."""

from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault, Problem
from directorates.rules.coordinates import may_locate
from directorates.rules.text import clean_text


def location_faults(**texts: str) -> list[Fault]:
    """A fault for each text, under its field's name, that may give coordinates or leads to a map."""
    told = _(
        "This may give a location: coordinates, a code of a map or a link to one. "
        "It was not kept, because others read it. Write it without; the name of the place is enough."
    )
    return [Fault(field, "location", told) for field, text in texts.items() if may_locate(text)]


def text_faults(text: str, field: str, *, longest: int, needed: str = "") -> list[Fault]:
    """Everything wrong with a cleaned text, under its field's name: it may give a location, is missing, or too long.

    `needed` says in words that it is; without it the text may be left out.
    """
    faults = location_faults(**{field: text})
    if needed and not text:
        faults.append(Fault(field, "required", needed))
    if len(text) > longest:
        words = _("This text is too long: at most %(most)d characters.") % {"most": longest}
        faults.append(Fault(field, "too_long", words))
    return faults


def text_to_keep(text: str, field: str, *, longest: int, needed: str = "") -> str:
    """A note or reason as it is kept; a `Problem` with the first of `text_faults` as its words where there are any."""
    text = clean_text(text, multiline=True)
    if faults := text_faults(text, field, longest=longest, needed=needed):
        raise Problem("invalid", faults[0].message, errors=faults)
    return text
