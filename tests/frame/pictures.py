"""Pictures on a page, and what stands behind each for whoever does not see it: its words, and the same as a table or a list."""

import re
from html.parser import HTMLParser

# What shows numbers as a picture; icons, keys of legends and bars beside their own number are none.
CHART = re.compile(r"\b(chart|trail)\b")
BEHIND = {"table", "ul", "ol", "dl"}


class Pictures(HTMLParser):
    """Reads a page: each picture with its words, and whether its section holds a table or a list beside it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.found = 0
        self._sections: list[tuple[list[str], list[bool]]] = [([], [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A section, a picture, or what stands behind one."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("section", "main"):
            self._sections.append(([], []))
        elif tag == "svg" and CHART.search(given.get("class", "")):
            self.found += 1
            self._picture(given)
        elif tag in BEHIND and "legend" not in given.get("class", ""):
            self._sections[-1][1].append(True)

    def _picture(self, given: dict[str, str]) -> None:
        words = given.get("aria-label", "")
        if given.get("role") not in ("img", "group") or not words:
            self.faults.append(f"a picture without words: {given}")
        # A small line beside a sentence that says the same has it in its words.
        if "chart" in given.get("class", ""):
            self._sections[-1][0].append(words)

    def handle_endtag(self, tag: str) -> None:
        """A section is over: its pictures had a table or a list in it."""
        if tag in ("section", "main") and len(self._sections) > 1:
            pictures, behind = self._sections.pop()
            if pictures and not behind:
                self.faults += [f"nothing stands behind: {words}" for words in pictures]


def pictures_of(page: str) -> Pictures:
    """A page, read for its pictures."""
    reader = Pictures()
    reader.feed(page)
    return reader


def picture_faults(page: str) -> list[str]:
    """What is wrong with the pictures of a page."""
    return pictures_of(page).faults


def pictures_in(page: str) -> int:
    """How many pictures a page has."""
    return pictures_of(page).found
