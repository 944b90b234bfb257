"""`bench`: the performance goals, both sides in one run, one JSON object a line."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from coordination.benchmarks.run import goals
from coordination.benchmarks.workbook import peak_of


class Command(BaseCommand):
    """Measures every goal on a throw-away database; answers 1 if one is missed."""

    requires_system_checks = ()
    help = "Measures the performance goals on a throw-away database (./portal bench)."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many values there are to be, and which goals."""
        parser.add_argument("--values", type=int, default=1_000_000)
        parser.add_argument("--workbook", type=Path, help="read this workbook alone, and say what memory it took")
        parser.add_argument("--person", default="", help="the e-mail of whoever reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line a goal, as it is measured."""
        if not settings.DATABASE_OWNER_URL or not str(connection.settings_dict["NAME"]).startswith("bench_"):
            raise CommandError("The bench fills a throw-away database: call it as ./portal bench.")
        if options["workbook"]:
            self.stdout.write(peak_of(options["workbook"], options["person"]))
            return
        missed = 0
        for goal in goals(values=options["values"]):
            missed += not goal.ok
            self.stdout.write(goal.line())
            self.stdout.flush()
        if missed:
            raise CommandError(f"{missed} goals were missed.")
