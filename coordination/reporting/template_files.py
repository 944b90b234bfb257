"""Report templates that come as files of the project."""

from pathlib import Path
from typing import Any

from coordination.reporting.rules.yaml_files import YamlFile, YamlProblem, read_yaml
from directorates.foundation.problems import Fault, Problem

FOLDER = Path(__file__).parent / "data" / "templates"


def shipped() -> list[Path]:
    """The files of the templates that ship with the portal."""
    return sorted(FOLDER.glob("*.yaml"))


def read_file(path: Path) -> YamlFile:
    """The data of a file, or a `Problem` that names its line."""
    try:
        return read_yaml(path.read_bytes())
    except YamlProblem as problem:
        fault = Fault(f"{path}:{problem.line}", "not_yaml", problem.what)
        raise Problem("bad_template", str(path), errors=[fault]) from problem


def at_lines(problem: Problem, path: Path, file: YamlFile) -> Problem:
    """The same problem with file and line before each path."""
    errors: list[Any] = [
        Fault(f"{path}:{file.line(fault.field)} {fault.field}", fault.code, fault.message) for fault in problem.errors
    ]
    return Problem(problem.code, problem.detail, problem.status, sorted(errors, key=lambda fault: _line(fault.field)))


def _line(field: str) -> int:
    return int(field.split(" ", 1)[0].rpartition(":")[2])
