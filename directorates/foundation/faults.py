"""Faults of a file as lines in a terminal."""

from collections.abc import Mapping

from directorates.foundation.problems import Problem

MOST = 100


def faults_in_lines(problem: Problem, files: Mapping[str, str] | None = None) -> str:
    """The problem and its faults, one a line, with the files' own names; of very many the first hundred."""
    lines = [str(problem.detail)]
    for fault in problem.errors[:MOST]:
        file, _colon, rest = fault.field.partition(":")
        where = f"{(files or {}).get(file, file)}:{rest}" if rest else fault.field
        lines.append(f"  {where}: {fault.message} [{fault.code}]")
    if len(problem.errors) > MOST:
        lines.append(f"  … {len(problem.errors) - MOST}")
    return "\n".join(lines)
