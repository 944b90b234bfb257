"""`./portal` on a machine that cannot install: one clear line, and no half-made .venv."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.starter.starting import ROOT, clean, lines

NEEDED = ("portal", "requirements.lock", "requirements-dev.lock", "package.json", "package-lock.json", ".npmrc")
NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, as far as installing looks at it."""
    for name in NEEDED:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the checkout's starter."""
    return subprocess.run(
        [sys.executable, str(checkout / "portal"), *arguments],
        env=clean(**environment),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_without_a_network_nothing_is_left_and_one_line_says_so(checkout: Path) -> None:
    done = start(checkout, "up", **NOWHERE)
    assert done.returncode == 1
    assert lines(done.stderr)[-1].startswith("portal: installing uv: no network")
    assert not (checkout / ".venv").exists()


def test_a_broken_lock_is_named(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("# nothing\n")
    done = start(checkout, "up", **NOWHERE)
    assert done.returncode == 1
    assert "requirements.lock is broken" in lines(done.stderr)[-1]
    assert not (checkout / ".venv").exists()


def test_an_older_python_is_refused_in_words(checkout: Path) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['portal', 'up']; runpy.run_path({!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend.format(str(checkout / "portal"))],
        env=clean(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert lines(done.stderr) == [
        "portal: Python 3.11 or newer is needed, this is 3.9.2: run it as `python3.11 portal ...`."
    ]


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("fly",), 2), (("--help",), 0)])
def test_what_is_not_a_command_is_answered_with_the_commands(
    checkout: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = start(checkout, *arguments)
    assert done.returncode == code
    assert "./portal up [--port 8000] [--data var] [--empty]" in done.stdout + done.stderr
    assert not (checkout / ".venv").exists()
