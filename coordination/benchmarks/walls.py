"""The goal of the second wall: what row-level security costs pages and programs, against the same with its policies off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coordination.benchmarks.measure import Goal, median, seconds
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.visitors import signed_in
from coordination.reporting.models import Submission
from directorates.foundation.sight import seeing
from directorates.models import User
from directorates.permissions import sight_of

# Stretches with the policies and without them take turns; within one, plans are made once.
STRETCHES, RUNS = 6, 15
LIMIT = 1.1
_WALLED = "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity ORDER BY 1"


def wall(plain: Plain, officer: User, manager: User) -> Iterator[Goal]:
    """Fifty reports of an officer as a query and as a program's page, the inbox, the page of figures."""
    officer.rights_kept = {}

    def page() -> None:
        with seeing(sight_of(officer)):
            list(Submission.objects.visible_to(officer)[:50])

    yield _goal("wall: scoped page", plain, page)
    for name, person, address in (
        ("reports by the API", officer, "/api/v1/submissions/?page_size=50"),
        ("inbox page", officer, "/reports/review/"),
        ("page of figures", manager, "/reports/figures/"),
    ):
        yield _goal(f"wall: {name}", plain, _visit(person, address))


def _visit(person: User, address: str) -> Callable[[], None]:
    """Ask for a page as a person."""
    client = signed_in(person)

    def visit() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    return visit


def _goal(name: str, plain: Plain, deed: Callable[[], None]) -> Goal:
    """How much longer it takes with the policies."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for stretch in range(STRETCHES):
        for walled in (True, False) if stretch % 2 else (False, True):
            if walled:
                deed()
                times[True] += [seconds(deed) for _ in range(RUNS)]
            else:
                with _without(plain):
                    deed()
                    times[False] += [seconds(deed) for _ in range(RUNS)]
    details = {"walled": median(times[True]), "open": median(times[False])}
    return Goal(name, median(times[True]) / median(times[False]), LIMIT, details=details)


@contextmanager
def _without(plain: Plain) -> Iterator[None]:
    """The policies off, in this throw-away database, and on again."""
    tables = [row[0] for row in plain.rows(_WALLED)]
    plain.run(*(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY" for table in tables))
    try:
        yield
    finally:
        plain.run(*(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in tables))
