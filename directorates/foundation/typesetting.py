"""Pages on paper: a template of ours and plain data become a PDF, in a process of its own (`rules/typeset.py`)."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from directorates.foundation.problems import Problem
from directorates.rules.typeset import MOST_SECONDS

logger = logging.getLogger(__name__)
# What waits for a processor longer than so many seconds is given up, before whoever serves the request gives up (sixty).
PATIENCE = 40
TEMPLATE, PAGES = "main.typ", "pages.pdf"
TYPESETTER = (sys.executable, "-m", "directorates.rules.typeset")


class TookTooLong(Problem):
    """Pages that need more of a processor than they were given: the fault of what is set, not of the machine."""


def typeset(
    template: Path, given: Mapping[str, Any], files: Mapping[str, bytes], *, seconds: int = MOST_SECONDS
) -> bytes:
    """The PDF of a template, which reads `given.json` and the files beside it; 503 `not_set` where it cannot be made, in so
    many seconds of a processor; `TookTooLong` where these alone were too few.
    """
    surroundings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.BASE_DIR)}
    with TemporaryDirectory(prefix="tansiq-pages-") as name:
        folder = Path(name)
        pages = folder / PAGES
        shutil.copyfile(template, folder / TEMPLATE)
        (folder / "given.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        for file, content in files.items():
            (folder / file).write_bytes(content)
        try:
            done = subprocess.run(
                (*TYPESETTER, str(seconds), str(folder / TEMPLATE), str(pages), *map(str, settings.FONTS)),
                capture_output=True,
                timeout=PATIENCE,
                env=surroundings,
                cwd=settings.BASE_DIR,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Problem(*_not_set()) from late
        if done.returncode == -signal.SIGXCPU:
            raise TookTooLong(*_not_set())
        if done.returncode or not pages.exists():
            # Of its complaints nothing is written down: they quote what people wrote.
            number = done.returncode
            logger.error("Pages could not be set: the typesetter ended with %s", number)
            raise Problem(*_not_set())
        return pages.read_bytes()


def _not_set() -> tuple[str, str, int]:
    return "not_set", _("The PDF could not be made. The text can be read and printed on its page."), 503
