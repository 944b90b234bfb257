"""`load_places FILE`: a country's places from a CSV file; again and again with the same result."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from directorates.actions.places import load_places
from directorates.foundation.faults import faults_in_lines
from directorates.foundation.problems import Problem

SPELLINGS = "spellings.csv"


class Command(BaseCommand):
    """Load places."""

    help = (
        "Loads places from a CSV file with the columns level, pcode, parent_pcode, name_en, name_ar (others may stand "
        "beside them). With any fault all of them are listed and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and one with further spellings."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--spellings", type=Path, help=f"default: {SPELLINGS} beside the file, if it is there")

    @translation.override("en")
    def handle(self, *args: Any, file: Path, spellings: Path | None, **options: Any) -> None:
        """Read, call the action, say what came of it."""
        beside = spellings or file.with_name(SPELLINGS)
        try:
            data = file.read_bytes()
            extra = beside.read_bytes() if spellings or beside.exists() else b""
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Nothing was changed.") from error
        try:
            loaded = load_places(data=data, spellings=extra, by=None, at=timezone.now())
        except Problem as problem:
            raise CommandError(faults_in_lines(problem, {"places": str(file), "spellings": str(beside)})) from problem
        self.stdout.write(f"places: {loaded.new} new, {loaded.changed} changed, {loaded.same} as they were")
