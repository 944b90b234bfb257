"""`rotate_position_key`: encrypts every exact position under the newest key; `--new` prints a fresh key instead."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directorates.foundation.ciphers import new_key
from directorates.foundation.problems import Problem
from facilities.actions.positions import positions_under_older_keys, rotate_positions


class Command(BaseCommand):
    """Safe to run twice; what was killed half way goes on where it stopped."""

    help = (
        "Encrypts every exact position under the first of TANSIQ_POSITION_KEYS; the others may be dropped afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--new`."""
        parser.add_argument("--new", action="store_true", help="print a fresh key, to be put first, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt anew, and say how many."""
        if options["new"]:
            self.stdout.write(new_key())
            return
        try:
            done, unreadable = rotate_positions()
            left = positions_under_older_keys()
        except Problem as problem:
            raise CommandError(str(problem.detail)) from problem
        self.stdout.write(f"{done} exact positions were encrypted under the newest key.")
        if unreadable or left:
            raise CommandError(f"{left} still stand under another key; {unreadable} of them opened with none: keep it.")
        self.stdout.write("Older keys are not needed any more.")
