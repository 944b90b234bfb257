"""Files that people attach: examined in a process of their own (`rules/attached.py`), and the words for what is found."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directorates.foundation.problems import Fault, Problem
from directorates.rules.attached import MAP, MEGABYTE, MOST_BYTES, PHOTOGRAPH, UNSEARCHED, Examined
from directorates.rules.coordinates import may_locate
from directorates.rules.text import clean_text

# A file may keep one processor busy for less; what waits for a processor longer than so many seconds is given up.
PATIENCE = 25
# All files of one request: whoever serves it gives up after sixty.
TOGETHER = 40
# The end of a file's name is ours: what it is, and nothing that a machine would run.
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/svg+xml": "svg"}
# What examines: a module whose `main` reads a file and says what is kept of it.
EXAMINER = "directorates.rules.attached"

# How a location may be given, in words that tell nothing of it.
WAYS: dict[str, Promise] = {
    "decimal": _("coordinates"),
    "degrees": _("degrees and minutes"),
    "grid": _("a map grid"),
    "plus_code": _("a code of a map"),
    "link": _("a link to a map"),
    PHOTOGRAPH: _("a photograph that says where it was taken"),
    MAP: _("a map that knows its coordinates"),
    UNSEARCHED: _("a part that cannot be searched"),
}
WORDS: dict[str, Any] = {
    "type": _("This is no picture (JPEG, PNG) and no PDF."),
    "empty": _("The file is empty."),
    "large": _("The file is larger than %(most)d MB."),
    "heavy": _("The file takes too long to be read: save it anew, with fewer pages or a smaller picture."),
    "broken": _("The file is damaged: it cannot be read to its end."),
    "points": _("The picture is too large: more than %(most)d million points."),
    "locked": _("The PDF is locked by a password: save it without."),
    "pages": _("The PDF has more than %(most)d pages."),
    "inside": _("The PDF holds other files or a program: print it into a new PDF."),
}


def not_taken(code: str, words_of: Mapping[str, Any] = WORDS, **params: int | str) -> NoReturn:
    """Raise that a file is not taken, with the reason in words."""
    words = str(words_of[code]) % params
    raise Problem("invalid", words, 400, [Fault("file", code, words)])


def deadline() -> float:
    """Until when all files of one request are looked at, on the clock of `time.monotonic`."""
    return time.monotonic() + TOGETHER


def look_at(
    content: bytes, examiner: str = EXAMINER, words_of: Mapping[str, Any] = WORDS, *, until: float | None = None
) -> Examined:
    """What is kept of a file; a `Problem` where it is none of the kinds that are taken, damaged, or more than can be read.

    Another examiner brings its own `words_of` reasons, those that are here among them. Files of one request have one
    `deadline`: what is not read `until` then is too much.
    """
    if not content:
        not_taken("empty")
    if len(content) > MOST_BYTES:
        not_taken("large", most=MOST_BYTES // MEGABYTE)
    left = PATIENCE if until is None else min(PATIENCE, until - time.monotonic())
    if left <= 0:
        not_taken("heavy", words_of)
    surroundings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.BASE_DIR)}
    try:
        done = subprocess.run(
            (sys.executable, "-m", examiner),
            input=content,
            capture_output=True,
            timeout=left,
            env=surroundings,
            cwd=settings.BASE_DIR,
            check=False,
        )
    except subprocess.TimeoutExpired:
        not_taken("heavy", words_of)
    if done.returncode:
        # Its limits of time and memory ended it.
        not_taken("heavy", words_of)
    line, _end, kept = done.stdout.partition(b"\n")
    said = json.loads(line)
    if "unfit" in said:
        not_taken(said["unfit"], words_of, **said["params"])
    return Examined(said["type"], kept, tuple(said["ways"]))


def file_name(name: str, content_type: str) -> str:
    """The name of a file without folders and signs, ended by what it is; a plain one where it says nothing or may locate."""
    plain = clean_text(name.replace("\\", "/").rpartition("/")[2])
    stem = plain.rpartition(".")[0] or plain
    located = may_locate(plain) or may_locate(plain.replace("_", " "))
    return f"{gettext('Attachment') if located or not stem else stem[:90]}.{ENDINGS[content_type]}"


def ways_told(ways: Iterable[str]) -> str:
    """In which ways a file may give a location, never which."""
    return " · ".join(str(WAYS[way]) for way in ways if way in WAYS)
