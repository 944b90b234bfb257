"""Verify the chain over the record: every link, every entry."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directorates.actions.chain import contains, head, verify_record

# What was recorded a moment ago is linked within seconds.
PATIENCE = datetime.timedelta(seconds=60)


class Command(BaseCommand):
    """Prints a line a fault and ends with an error where there is one."""

    help = "Verifies that no entry of the record was altered, taken away or put in since it was linked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A head that was noted before."""
        parser.add_argument("--head", help="a hash that was sent or noted before: is it still part of the chain?")

    def handle(self, *args: Any, head: str | None = None, **options: Any) -> None:
        """Verify everything."""
        faults = list(verify_record(before=timezone.now() - PATIENCE))
        if head is not None and contains(head) is None:
            faults.append(f"{head} is not the hash of any link")
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"the record is not whole: {len(faults)} faults.")
        self.stdout.write(_whole())


def _whole() -> str:
    last = head()
    return f"the record is whole: {last.number} links, head {last.hash}" if last else "nothing is linked yet"
