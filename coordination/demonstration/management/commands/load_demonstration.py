"""`load_demonstration`: the demonstration's organisations, facilities and two windows of reports."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from coordination.demonstration.loading import Loading, alone, demand_allowed
from directorates.foundation.problems import Problem


class Command(BaseCommand):
    """Load the demonstration."""

    help = (
        "Loads the demonstration: invented facilities and reports, accounts with a published password. What was loaded "
        "stays; an interrupted loading goes on where it stopped. Refused unless TANSIQ_DEMONSTRATION=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which part; both without one."""
        part = parser.add_mutually_exclusive_group()
        part.add_argument("--recent", action="store_true", help="only the last six months")
        part.add_argument("--rest", action="store_true", help="only July 2017 to December 2018")
        parser.add_argument("--scale", type=float, default=1.0, help="a smaller demonstration, for tests (0.01 to 1)")

    @translation.override("ar")
    def handle(self, *args: Any, recent: bool, rest: bool, scale: float, **options: Any) -> None:
        """Load the wanted windows, one loading at a time."""
        if not 0.01 <= scale <= 1:
            raise CommandError("--scale is a number from 0.01 to 1.")
        names = ["recent"] if recent else ["past"] if rest else ["recent", "past"]
        try:
            with alone():
                demand_allowed()
                Loading(scale).run(*names)
        except Problem as problem:
            faults = "".join(f"\n  {fault.field}: {fault.message}" for fault in problem.errors[:20])
            raise CommandError(f"{problem.detail}{faults}") from problem
        self.stdout.write(f"demonstration: {' and '.join(names)} loaded")
