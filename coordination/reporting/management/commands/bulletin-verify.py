"""`bulletin-verify`: makes every figure of an edition again from its frozen inputs, and says what differs."""  # noqa: N999 - the command's name

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.reporting.actions.verifications import verify_edition
from coordination.reporting.models import Edition, EditionInputs, Verification
from coordination.reporting.models.verifications import in_words


class Command(BaseCommand):
    """Prints a line for whatever is not as it was published, and ends with an error where there is such a line."""

    help = "Makes every figure of a published edition again from its frozen inputs and compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one."""
        parser.add_argument("id", type=int, help="the number of the edition, as its address has it")

    def handle(self, *args: Any, id: int, **options: Any) -> None:  # noqa: A002 - the argument's name
        """Verify it, and keep that it was verified."""
        edition = Edition.objects.published().select_related("template__programme").filter(pk=id).first()
        if edition is None:
            raise CommandError(f"there is no published edition {id}.")
        faults = self.verify(edition)
        if faults:
            raise CommandError(f"what was published is not what its inputs give: {faults} faults.")

    def verify(self, edition: Edition) -> int:
        """Verify one edition, told line by line; how many faults it has."""
        found = verify_edition(edition=edition, by=None, at=timezone.now())
        for told in (*_head(edition, found), *in_words(found)):
            self.stdout.write(told)
        return found.faults


def _head(edition: Edition, found: Verification) -> Iterator[str]:
    """What is verified: hashes, the record's head when it was published, and whether the program is the same."""
    yield f"{edition.template.code} {edition.period.id}: {found.figures} figures made again, {found.faults} faults"
    inputs = EditionInputs.objects.filter(edition=edition).first()
    if inputs is not None:
        yield f"inputs  {inputs.digest}"
        yield f"figures {inputs.figures_digest}"
        yield f"head    {inputs.head or '-'} (link {inputs.head_number})"
        same = "the same" if inputs.code_digest == found.code_digest else "other"
        yield f"program {inputs.code_version}, {same} rules today"
