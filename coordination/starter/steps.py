"""What has to be made before the portal runs: said in one line each, and left out where nothing changed."""

import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coordination.starter import environment
from coordination.starter.folder import Folder

ROOT = environment.ROOT
APPS = ("coordination", "directorates", "facilities", "policies")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what is being done and, once done, how long it took: one line on stderr."""
    began = time.monotonic()
    yield
    print(f"portal: {what} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)


def has_command(name: str) -> bool:
    """Whether one of our apps brings this manage.py command."""
    return any(found for app in APPS for found in (ROOT / app).glob(f"**/management/commands/{name}.py"))


def digest(files: Iterable[Path]) -> str:
    """The state of some files, by name, size and time of change."""
    said = hashlib.sha256()
    for path in sorted(files):
        state = path.stat()
        said.update(f"{path}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    return said.hexdigest()


def files(*patterns: str) -> list[Path]:
    """The project's files of some patterns."""
    return [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]


def of_apps(pattern: str) -> list[str]:
    """A pattern in each of our apps."""
    return [f"{app}/**/{pattern}" for app in APPS]


def catalogues(surroundings: dict[str, str]) -> None:
    """Compiles the message catalogues that are older than their source."""
    sources = files("locale/*/LC_MESSAGES/*.po")
    stale = [path for path in sources if not _newer(path.with_suffix(".mo"), path)]
    if stale and has_command("compile_catalogues"):
        with step("message catalogues"):
            environment.run(surroundings, ["compile_catalogues"], "compiling the message catalogues")


@contextmanager
def assets(folder: Folder, surroundings: dict[str, str]) -> Iterator[None]:
    """Collects and compresses static files, if they or what brings them changed, while the block does something else."""
    sources = files("static/**/*", *of_apps("static/**/*"), "*.lock", "package-lock.json", "coordination/asset*.py")
    state = {"digest": digest(sources)}
    if folder.recall("static.json") == state and (folder.path / "static" / "staticfiles.json").exists():
        yield
        return
    collect = ["collectstatic", "--noinput", "--clear", "--skip-checks", "--verbosity", "0"]
    collecting = environment.begin(surroundings, collect)
    try:
        yield
        with step("static files"):
            environment.finish(collecting, collect, "collecting static files")
    finally:
        collecting.kill()
    folder.remember("static.json", state)


def migrate(surroundings: dict[str, str]) -> None:
    """Brings the database to the code's schema, as its owner."""
    with step("database schema"):
        environment.run(surroundings, ["migrate", "--skip-checks", "--verbosity", "0"], "migrating the database")


def _newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns
