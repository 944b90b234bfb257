"""Sets pages with Typst (https://typst.app/docs/): a folder with a template and data becomes a PDF.

Run as a process of its own (`main`), with so much time and memory and no more: `foundation/typesetting.py` starts it. The
compiler reads nothing outside the folder and the fonts that it is given, and asks no network.
"""

import resource
import sys
from pathlib import Path

import typst

from directorates.rules.attached import MEGABYTE

MOST_SECONDS, MOST_MEMORY = 30, 2000 * MEGABYTE


def set_pages(template: Path, pages: Path, fonts: list[Path]) -> None:
    """The pages of a template, which reads what lies beside it and nothing else."""
    typst.compile(
        str(template),
        output=str(pages),
        root=str(template.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
    )


def main() -> None:
    """In so many seconds as are said first, sets the template that is named second into the file that is named third, with the
    fonts in the folders behind them.
    """
    seconds = min(int(sys.argv[1]), MOST_SECONDS)
    # The first limit ends it with a signal of its own, so that who waits can tell this from a system that is short of memory.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    template, pages, *fonts = map(Path, sys.argv[2:])
    set_pages(template, pages, fonts)


if __name__ == "__main__":
    main()
