"""`./portal check`: everything that can be judged without running the tests."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coordination.starter import environment, steps
from coordination.starter.trouble import Trouble

ROOT = environment.ROOT
# Settings are read without a server: nothing here opens a connection.
NO_SERVERS = {
    "DATABASE_URL": "postgresql://tansiq_app@127.0.0.1:1/tansiq",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TANSIQ_DEMONSTRATION": "0",
    "DEBUG": "0",
}
AS_IN_PRODUCTION = {"PUBLIC_URL": "https://tansiq.example", "ALLOWED_HOSTS": "tansiq.example"}


def check(arguments: Sequence[str]) -> int:
    """Runs every check, says each one's result and seconds, and fails if any failed."""
    if arguments:
        raise Trouble("check takes no arguments.")
    surroundings = dict(os.environ) | NO_SERVERS | AS_IN_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    steps.catalogues(surroundings)
    failed = [name for name, command in _checks() if not _passes(name, command, surroundings)]
    if failed:
        print(f"portal: check failed: {', '.join(failed)}.", file=sys.stderr)
        return 1
    print("check: all is well")
    return 0


def _checks() -> list[tuple[str, list[str]]]:
    tools = Path(sys.executable).parent
    python = [*_python(), "portal"]
    checks = [
        ("format", [str(tools / "ruff"), "format", "--check", *python]),
        ("lint", [str(tools / "ruff"), "check", *python]),
        ("types", [sys.executable, "-m", "mypy"]),
        # Lint only: the formatter moves white space that readers see (inside links, around bidirectional text).
        ("templates", [str(tools / "djlint"), "--lint", "--quiet", "templates"]),
        ("migrations", environment.django("makemigrations", "--check", "--dry-run", "--skip-checks")),
        ("deployment", environment.django("check", "--deploy", "--fail-level", "WARNING")),
    ]
    if steps.has_command("check_translations"):
        checks.append(("translations", environment.django("check_translations")))
    return checks


def _python() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*") if _holds_python(path))


def _holds_python(path: Path) -> bool:
    if path.name.startswith(".") or path.name in ("node_modules", "var"):
        return False
    return path.suffix == ".py" or (path.is_dir() and next(path.glob("**/*.py"), None) is not None)


def _passes(name: str, command: list[str], surroundings: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0
