"""Files of the logo and stationery as they are given: each is examined, and every reason against one is told with its name."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from directorates.foundation.attachments import WORDS, deadline, look_at
from directorates.foundation.problems import Fault, Problem
from directorates.rules.attached import Examined
from directorates.rules.coordinates import may_locate
from directorates.rules.text import clean_text

EXAMINER = "policies.rules.branding"
REASONS: dict[str, Any] = WORDS | {
    "heavy": _("The file takes too long to be read or drawn: save it anew, simpler or with fewer pages."),
    "type": _("This is neither SVG, PNG, PDF nor Word (.docx)."),
    "entities": _("The file defines entities of its own, or leans on a foreign document type: save it anew without."),
    "drawing_large": _("The drawing is larger than %(most)d kB: simplify it, or give it as PNG."),
    "drawing_runs": _("The drawing holds a program or an animation: save it without."),
    "drawing_holds": _("The drawing holds a part of a web page: save it as plain SVG."),
    "drawing_picture": _("The drawing holds a picture of points: draw it, or give it as PNG."),
    "drawing_links": _("The drawing loads something from elsewhere or links to it: save it without, letters as paths."),
    "drawing_part": _("The drawing holds a part that is not taken (%(part)s): save it as plain SVG, without effects."),
    "drawing_ids": _("Two parts of the drawing have the same id: save it anew."),
    "drawing_size": _("The drawing does not say how large it is: it needs a viewBox, or width and height, above 0."),
    "word_old": _("The Word file is old or locked by a password: save it as .docx, without a password."),
    "word_locked": _("The Word file is locked by a password: save it without."),
    "word_macros": _("The Word file holds macros: save it as .docx without them."),
    "word_holds": _("The Word file holds other files or a program: save it without."),
    "word_loads": _("The Word file loads something from elsewhere (a template, picture or field): save it without."),
    "word_remarks": _("The Word file holds comments or tracked changes: accept the changes and delete the comments."),
}
# One of each format.
MOST_FILES, LONGEST_NAME = 4, 60


def looked_at(files: Sequence[tuple[str, bytes]]) -> tuple[list[Examined], list[Fault]]:
    """What is kept of some files, and what speaks against the others; as many as a version can have are looked at."""
    looked, faults, until = [], [], deadline()
    for name, content in files[:MOST_FILES]:
        try:
            looked.append(look_at(content, EXAMINER, REASONS, until=until))
        except Problem as problem:
            faults += [Fault("upload", one.code, f"{_shown(name)}: {one.message}") for one in problem.errors]
    return looked, faults


def _shown(name: str) -> str:
    """The name of a file as it is told again, shortened; a plain word where it may give a location."""
    plain = clean_text(name.replace("\\", "/").rpartition("/")[2])[:LONGEST_NAME]
    return str(_("A file")) if not plain or may_locate(plain) or may_locate(plain.replace("_", " ")) else plain
