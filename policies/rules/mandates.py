"""Who leads what in which place on one day, laid out as a table of functions and places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Held:
    """A mandate as it holds on the day: its function, the path of its place, and the paths in which it does not hold."""

    key: int
    function: str
    path: str
    apart: tuple[str, ...] = ()

    def reaches(self, path: str) -> bool:
        """Whether it holds in a place, or somewhere inside it."""
        if self.path.startswith(path):
            return True
        return path.startswith(self.path) and not path.startswith(self.apart)

    def whole(self, path: str) -> bool:
        """Whether it holds in all of a place."""
        return path.startswith(self.path) and not any(
            part.startswith(path) or path.startswith(part) for part in self.apart
        )


@dataclass(frozen=True)
class Contest:
    """Two mandates for one function and the path of the place for which both are held, by the dispute's key."""

    key: int
    first: int
    second: int
    path: str


@dataclass
class Cell:
    """Who leads a function in a place: in all of it first, then in parts of it; and which disputes touch it."""

    whole: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    contests: list[int] = field(default_factory=list)

    @property
    def vacant(self) -> bool:
        """Whether nobody leads in any part of the place."""
        return not (self.whole or self.parts)


def laid_out(
    held: Iterable[Held], contests: Iterable[Contest], functions: Sequence[str], paths: Sequence[str]
) -> Mapping[tuple[str, str], Cell]:
    """A cell for each function and path. A contest is shown where its place and the cell's lie one in the other, as long as
    both mandates hold there.
    """
    cells = {(function, path): Cell() for function in functions for path in paths}
    known = {one.key: one for one in held}
    for one in known.values():
        for path in paths:
            if one.reaches(path):
                cell = cells[one.function, path]
                (cell.whole if one.whole(path) else cell.parts).append(one.key)
    for contest in contests:
        first, second = known.get(contest.first), known.get(contest.second)
        if first is None or second is None or not (first.reaches(contest.path) and second.reaches(contest.path)):
            continue
        for path in paths:
            if contest.path.startswith(path) or path.startswith(contest.path):
                cells[first.function, path].contests.append(contest.key)
    return cells
