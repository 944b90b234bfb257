"""The second wall: what the database itself lets a request, a task or a command see (row-level security).

Lists begin at `.visible_to(user)`; that is the first wall. Row policies (migrations `*_wall`) are the second: they compare
rows with the sight that was set on the connection, so that a forgotten `.visible_to()` shows nothing more, and a query
that nobody set a sight for finds nothing. A sight is what the one door of rights resolved, as plain arrays: the policies
read them once a query. Inside a transaction the setting is local to it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Sight:
    """What may be seen: everything (`portal`), or what lies at some anchors.

    Reports are seen of some organisations inside some paths, of some datasets each inside its own path ("id:path", "id:"
    everywhere), and in some places, but for datasets that are read `by_agreement`; unsent ones of the organisations alone.
    Counted reports are seen everywhere (`figures`) or in some sub-districts, those of datasets that
    are read by agreement only where `figures_agreed` names the dataset, or `figures_limited` in the sub-districts
    `figures_places`. `people` says
    whether names of people are; one's own always is. Exact positions, encrypted, are seen where some organisations are
    competent today (`positions_kept`), or by a grant to the person or to an organisation (`positions_read`). `sealed` says
    whether reports of sealed directorates are seen as others are; `hidden` are their people, each with the role that is
    shown in place of the name. `acting` is the organisation acted for, `people_of` are those whose people the person
    manages, `holds` the rights of `permissions.TOLD` that are held at all; grants of positions are overseen of some
    organisations inside some paths (`overseen`), and in some places.
    """

    portal: bool = False
    people: bool = False
    figures: bool = False
    sealed: bool = False
    person: int = 0
    acting: int = 0
    people_of: tuple[int, ...] = ()
    holds: tuple[str, ...] = ()
    organisations: tuple[int, ...] = ()
    organisations_within: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    by_agreement: tuple[int, ...] = ()
    figures_agreed: tuple[int, ...] = ()
    figures_limited: tuple[int, ...] = ()
    figures_places: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    subdistricts: tuple[int, ...] = ()
    positions_kept: tuple[int, ...] = ()
    positions_within: tuple[str, ...] = ()
    positions_read: tuple[int, ...] = ()
    overseen: tuple[int, ...] = ()
    overseen_within: tuple[str, ...] = ()
    overseen_places: tuple[str, ...] = ()
    hidden: tuple[tuple[int, str], ...] = ()

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """The settings of the connection that the policies read."""
        return {
            "sight.portal": _switch(self.portal),
            "sight.people": _switch(self.people),
            "sight.figures": _switch(self.figures),
            "sight.sealed": _switch(self.sealed),
            "sight.person": str(self.person),
            "sight.acting": str(self.acting),
            "sight.people_of": _array(self.people_of),
            "sight.holds": _array(self.holds),
            "sight.organisations": _array(self.organisations),
            "sight.organisations_within": _array(self.organisations_within),
            "sight.datasets": _array(self.datasets),
            "sight.by_agreement": _array(self.by_agreement),
            "sight.figures_agreed": _array(self.figures_agreed),
            "sight.figures_limited": _array(self.figures_limited),
            "sight.figures_places": _array(self.figures_places),
            "sight.places": _array(self.places),
            "sight.subdistricts": _array(self.subdistricts),
            "sight.positions_kept": _array(self.positions_kept),
            "sight.positions_within": _array(self.positions_within),
            "sight.positions_read": _array(self.positions_read),
            "sight.overseen": _array(self.overseen),
            "sight.overseen_within": _array(self.overseen_within),
            "sight.overseen_places": _array(self.overseen_places),
        }


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _array(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it; ids and paths hold no quotes."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


NOTHING = Sight()
# Tasks, commands, and the few steps of a request that must know what its person may not read.
PORTAL = Sight(portal=True, people=True, figures=True, sealed=True)
# Pages for whoever is not signed in yet: an e-mail has to be found before anybody is known.
ENTRANCE = Sight(people=True)


class Way(StrEnum):
    """How a deed came about; the record keeps it (`models/audit.py`)."""

    PAGE = "page"
    KEY = "key"
    TASK = "task"
    COMMAND = "command"


@dataclass(frozen=True)
class Origin:
    """By which way something was asked, and from which address of the network."""

    way: Way | None = None
    address: str = ""

    def settings(self) -> dict[str, str]:
        """The settings of the connection that entries of the record take their origin from."""
        return {"origin.way": self.way or "", "origin.address": self.address}


@dataclass(frozen=True)
class _State:
    sight: Sight = NOTHING
    origin: Origin = Origin()

    def settings(self) -> dict[str, str]:
        """Everything that the connection is told."""
        return {**self.sight.settings, **self.origin.settings()}


_START = _State()
_now: ContextVar[_State] = ContextVar("sight", default=_START)


@contextmanager
def seeing(sight: Sight, origin: Origin | None = None, *, to_the_end: bool = False) -> Iterator[None]:
    """Let what runs inside see this and no more; what was seen before is seen again afterwards.

    With an origin, what is recorded inside came from there. Where it lasts to the end of the transaction, the connection
    forgets by itself what it was told.
    """
    held = _now.get()
    wanted = _State(sight, origin or held.origin)
    if wanted == held:
        yield
        return
    before = _now.set(wanted)
    _apply(held)
    try:
        yield
    finally:
        seen = _now.get()
        _now.reset(before)
        if not to_the_end:
            _apply(seen)


def unwalled(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """A step that must know rows of everybody, whatever its caller may read: what counts, totals, what a deed is for all.

    Each such function is small, and what it hands on is sums, names of bodies, or rows its caller checks one by one.
    """

    @wraps(function)
    def step(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        # Names that are not shown to its caller are not handed on either.
        with seeing(replace(PORTAL, hidden=_now.get().sight.hidden)):
            return function(*args, **kwargs)

    return step


def turn_to(sight: Sight, way: Way | None = None) -> None:
    """See this from here to the end of the `seeing` around it: a key tells late whose request it is."""
    held = _now.get()
    _now.set(_State(sight, replace(held.origin, way=way) if way else held.origin))
    _apply(held)


def hidden_people() -> Mapping[int, str]:
    """Whose names are not shown now, by id, with the role that stands in their place: people of sealed directorates."""
    return _by_id(_now.get().sight.hidden)


@lru_cache(maxsize=8)
def _by_id(hidden: tuple[tuple[int, str], ...]) -> Mapping[int, str]:
    return dict(hidden)


def applied(**_connected: Any) -> None:
    """A new connection sees what is seen now; connected to `connection_created`."""
    if _now.get() != _START:
        _set(_now.get().settings())


def _apply(before: _State) -> None:
    """Tell the connection what is seen otherwise than before, where there is one; one that failed goes back by its rollback."""
    driver = connection.connection
    if driver is None or driver.closed or driver.info.transaction_status == TRANSACTION_STATUS_INERROR:
        return
    held = before.settings()
    _set({name: value for name, value in _now.get().settings().items() if held[name] != value})


def _set(settings: Mapping[str, str]) -> None:
    if not settings:
        return
    local = connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(['set_config(%s, %s, %s)'] * len(settings))}",
            [part for name, value in settings.items() for part in (name, value, local)],
        )
