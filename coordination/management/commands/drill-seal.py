"""`drill-seal`: how soon after a seal everything of a directorate is closed, wall by wall."""  # noqa: N999 - the command's name

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coordination.benchmarks.sealing import drill

LIMIT_SECONDS = 5.0


class Command(BaseCommand):
    """Seals an invented directorate in a transaction that is rolled back; answers 1 where something stayed open."""

    help = "Measures on invented data that a seal closes everything within 5 s; nothing of it stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """How large the directorate is."""
        parser.add_argument("--facilities", type=int, default=2000)
        parser.add_argument("--sessions", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each wall with the seconds from the seal to its last refusal."""
        walls = drill(facilities=options["facilities"], sessions=options["sessions"])
        for wall in walls:
            self.stdout.write(f"{wall.seconds:6.2f} s  {'closed' if wall.closed else 'OPEN':6}  {wall.name}")
        if not all(wall.closed and wall.seconds <= LIMIT_SECONDS for wall in walls):
            raise CommandError(f"Not everything was closed within {LIMIT_SECONDS:g} s.")
        self.stdout.write(f"Everything is closed within {LIMIT_SECONDS:g} s.")
