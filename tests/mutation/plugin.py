"""A run of pytest that removes one permission check after the other: a test that refuses to let that pass must fail.

First every test runs once, row security off, and says which checks refused in it. Then each check is removed from the
running code (`lifting.py`) and the tests it refused in run until one fails; that test then has to pass with the check.
What no test fails without has survived; what refuses in no test was never tried.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings

from tests.conftest import HEAVY
from tests.mutation import wall
from tests.mutation.checks import ROOT, Check
from tests.mutation.kept import KEPT
from tests.mutation.lifting import House
from tests.mutation.map import Map

# One test, in seconds; without a check it may run for ever.
LONGEST_TEST = 60


class TooLong(BaseException):
    """A test took too long; no `except Exception` of the code under test holds it."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without tests that need processes of their own, and without those of the wall, which is off."""
    aside = [item for item in items if HEAVY.intersection(getattr(item, "fixturenames", ())) or wall.is_about(item)]
    config.hook.pytest_deselected(items=aside)
    items[:] = [item for item in items if item not in set(aside)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """The map, then the checks; the run fails with as many tests as checks survived."""
    wall.take_down()
    run = Run(session)
    run.map()
    run.mutate()
    session.testsfailed = len(run.survivors)
    return True


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Ends what takes longer."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Run:
    """One run over all checks."""

    def __init__(self, session: pytest.Session) -> None:
        self.session, self.house = session, House()
        self.items = {item.nodeid: item for item in session.items}
        self.seen = Map(Path(settings.DATA_DIR) / "mutation.json", ROOT)
        self.survivors: list[str] = []
        self.counts: dict[str, int] = {}
        self.kills: dict[str, int] = {}

    def say(self, line: str) -> None:
        """A line for whoever watches."""
        reporter: Any = self.session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.ensure_newline()
        reporter.write_line(line)
        reporter._tw.flush()

    def passes(self, item: pytest.Item) -> bool:
        """Runs a test; what its module made once stays for the next of the module."""
        state = self.session._setupstate
        state.teardown_exact(item.parent if set(item.listchain()[:-1]).issuperset(state.stack) else None)  # type: ignore[arg-type]
        try:
            with patience(LONGEST_TEST):
                # No test after this one is known; its parent keeps what the module made.
                reports = runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]
        except TooLong:
            return False
        return not any(report.failed for report in reports)

    def clear(self) -> None:
        """Nothing that a test made is left."""
        self.session._setupstate.teardown_exact(None)

    def map(self) -> None:
        """Runs each test whose file or whose code changed since it was last run, and notes which checks refused."""
        began, fresh = time.monotonic(), [item for item in self.session.items if not self.seen.knows(item.nodeid)]
        reached: set[str] = set()
        with self.house.with_notes(reached.add), self.house.entrances_noted(reached.add):
            for number, item in enumerate(fresh):
                reached.clear()
                start = time.monotonic()
                passed = self.passes(item)
                if not passed:
                    self.say(f"FAILS WITH EVERY CHECK  {item.nodeid}")
                self.seen.note(item.nodeid, sorted(reached), time.monotonic() - start, passed)
                if number % 100 == 99:
                    self.say(f"map: {number + 1} of {len(fresh)} tests, {time.monotonic() - began:.0f} s")
                    self.seen.keep()
            self.clear()
        self.seen.keep()
        self.say(f"map: {len(self.items)} tests, {len(fresh)} run anew in {time.monotonic() - began:.0f} s")

    def mutate(self) -> None:
        """Each check, and a line for each that matters."""
        wanted = [check for check in self.house.checks if self._wanted(check)]
        began = time.monotonic()
        for number, check in enumerate(wanted):
            found = self.fate(check)
            self.counts[found.split()[0]] = self.counts.get(found.split()[0], 0) + 1
            if not found.startswith(("killed", "kept")):
                self.survivors.append(check.key)
                self.say(f"{found}  {check.path}:{check.line}  {check.kind}  {check.source[:120]}")
            if number % 50 == 49:
                self.say(f"checks: {number + 1} of {len(wanted)}, {time.monotonic() - began:.0f} s")
        self.clear()
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self.counts.items()))
        self.say(f"mutation: {len(wanted)} checks in {time.monotonic() - began:.0f} s: {counts or 'none'}")

    def _wanted(self, check: Check) -> bool:
        of = self.session.config.getoption("--of")
        return not of or any(check.path.startswith(one) or one == f"{check.path}:{check.line}" for one in of)

    def fate(self, check: Check) -> str:
        """What became of the house without the check: killed, kept (by the list), NOT-RUN or SURVIVED."""
        if (check.path, check.source) in KEPT:
            return "kept"
        tests = self.seen.tests_of(check, self.items, self.kills)
        if not tests:
            return "NOT-RUN"
        until, ran = time.monotonic() + self.session.config.getoption("--patience"), 0
        for test in tests:
            if time.monotonic() > until:
                return f"SURVIVED ({ran} of {len(tests)} tests, time is up)"
            ran += 1
            if self._kills(self.items[test], check):
                self.kills[test] = self.kills.get(test, 0) + 1
                return "killed"
        return f"SURVIVED ({ran} tests)"

    def _kills(self, item: pytest.Item, check: Check) -> bool:
        """Whether a test fails without the check and passes with it."""
        with self.house.lifted(check) as changed:
            if not changed:
                self.say(f"CANNOT BE REMOVED  {check.key}")
            failed = not self.passes(item)
        if not failed:
            return False
        if self.passes(item):
            return True
        # Something that the failing test left: once more from nothing.
        self.clear()
        with self.house.lifted(check):
            failed = not self.passes(item)
        self.clear()
        return failed and self.passes(item)
