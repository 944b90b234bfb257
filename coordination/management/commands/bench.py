"""`bench`: the performance goals, both sides in one run, one JSON object a line."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from coordination.benchmarks.run import goals


class Command(BaseCommand):
    """Measures every goal on a throw-away database; answers 1 if one is missed."""

    requires_system_checks = ()
    help = "Measures the performance goals on a throw-away database (./portal bench)."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many values there are to be, and which goals."""
        parser.add_argument("--values", type=int, default=1_000_000)
        parser.add_argument("--only", default="", help="names of groups of goals, separated by commas")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line a goal, as it is measured."""
        if not settings.DATABASE_OWNER_URL or not str(connection.settings_dict["NAME"]).startswith("bench_"):
            raise CommandError("The bench fills a throw-away database: call it as ./portal bench.")
        missed = 0
        for goal in goals(values=options["values"], only=options["only"]):
            missed += not goal.ok
            self.stdout.write(goal.line())
            self.stdout.flush()
        if missed:
            raise CommandError(f"{missed} goals were missed.")
