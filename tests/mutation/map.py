"""Which checks refused in which test, kept in the data folder between runs."""

import hashlib
import json
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutation.checks import PACKAGES, PASSED, Check


class Map:
    """What each test's run noted, and the state of the code in which it was."""

    def __init__(self, file: Path, root: Path) -> None:
        self.file, self.root = file, root
        self.code = self._digest(*(path for name in (*PACKAGES, "tests", "templates") for path in self._under(name)))
        found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        self.tests: dict[str, Any] = found["tests"] if found.get("code") == self.code else {}

    def _under(self, name: str) -> list[Path]:
        """All files of a folder whose change may change what any test does."""
        found = [path for kind in ("*.py", "*.html") for path in (self.root / name).rglob(kind)]
        return sorted(
            path
            for path in found
            if not path.name.startswith("test_") and ("mutation" not in path.parts or path.stem == "checks")
        )

    @staticmethod
    def _digest(*paths: Path) -> str:
        return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()

    @cache  # noqa: B019  # one map a run
    def _of_file(self, name: str) -> str:
        return self._digest(self.root / name)

    def knows(self, test: str) -> bool:
        """Whether the test was run on this code as it is written now, and passed."""
        held = self.tests.get(test)
        return bool(held and held["file"] == self._of_file(test.partition("::")[0]) and held["passed"])

    def note(self, test: str, checks: list[str], seconds: float, passed: bool) -> None:
        """Takes what a test's run noted."""
        file = self._of_file(test.partition("::")[0])
        self.tests[test] = {"file": file, "checks": checks, "seconds": round(seconds, 2), "passed": passed}

    def keep(self) -> None:
        """Writes the map."""
        self.file.write_text(json.dumps({"code": self.code, "tests": self.tests}))

    def tests_of(self, check: Check, among: Container[str], kills: Mapping[str, int]) -> list[str]:
        """The tests in which a check refused: its own file's first, then the quickest and those about few checks."""
        # A package such as `homes` has one file of tests; a layer has one of refusals.
        names = [f"test_{part}" for part in Path(check.path).with_suffix("").parts[-2:]]
        ours = [(test, one) for test, one in self.tests.items() if test in among and one["passed"]]
        held = [(test, one) for test, one in ours if check.key in one["checks"]]
        # A demand that refused nobody may still be missed by those whom it let through.
        held = held or [(test, one) for test, one in ours if check.key + PASSED in one["checks"]]

        def place(pair: tuple[str, Any]) -> tuple[bool, float]:
            test, one = pair
            # A test in which few checks refuse is about one of them.
            cost = one["seconds"] * (1 + len(one["checks"]))
            return not any(name in test for name in names), cost / (1 + kills.get(test, 0))

        return [test for test, _one in sorted(held, key=place)]
