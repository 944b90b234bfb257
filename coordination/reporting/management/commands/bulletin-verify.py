"""`bulletin-verify`: makes every figure of a bulletin again from its frozen inputs, and says what differs."""  # noqa: N999 - the command's name

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from coordination.reporting.actions.verifications import verify_bulletin, verify_edition
from coordination.reporting.models import Bulletin, Edition, EditionInputs, Verification
from coordination.reporting.models.verifications import in_a_line, in_words


class Command(BaseCommand):
    """Prints a line for whatever is not as it was published, and ends with an error where there is such a line."""

    help = "Makes every figure of a published bulletin, or edition, again from its frozen inputs and compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one."""
        parser.add_argument("id", type=int, help="the number of the bulletin, as its address has it")
        parser.add_argument("--edition", action="store_true", help="it is the number of an edition")

    def handle(self, *args: Any, id: int, edition: bool, **options: Any) -> None:  # noqa: A002 - the argument's name
        """Verify it, and keep that it was verified; told in English, as all that the commands print."""
        with translation.override("en"):
            faults = self.edition(id) if edition else self.bulletin(id)
        if faults:
            raise CommandError(f"what was published is not what its inputs give: {faults} faults.")

    def edition(self, number: int) -> int:
        """Verify one edition; how many faults it has."""
        found = Edition.objects.published().filter(pk=number).select_related("template__programme", "corrects").first()
        if found is None:
            raise CommandError(f"there is no published edition {number}.")
        return self.tell(verify_edition(edition=found, by=None, at=timezone.now()))

    def bulletin(self, number: int) -> int:
        """Verify a bulletin with all its editions; how many faults they have together."""
        rows = Bulletin.objects.published().select_related("series", "corrects")
        found = rows.filter(pk=number).first()
        if found is None:
            raise CommandError(f"there is no published bulletin {number}; an edition is verified with --edition.")
        self.stdout.write(f"{found.series.code} {found.period.id}, number {found.number}")
        self.stdout.write(f"content {found.digest}")
        self.stdout.write(f"head    {found.head or '-'}")
        verified = verify_bulletin(bulletin=found, by=None, at=timezone.now())
        if (values := found.indicator_values.count()) > 0:
            self.stdout.write(f"{values} values of indicators made again, {found.populations.count()} populations")
        for one in verified.findings:
            self.stdout.write(in_a_line(one))
        for edition in verified.editions:
            self.tell(edition)
        return verified.faults

    def tell(self, found: Verification) -> int:
        """Tell of one edition line by line; how many faults it has."""
        for told in (*_head(found.edition, found), *in_words(found)):
            self.stdout.write(told)
        return found.faults


def _head(edition: Edition, found: Verification) -> Iterator[str]:
    """What is verified: hashes, the record's head when it was made, and whether the program is the same."""
    yield f"{edition.template.code} {edition.period.id}: {found.figures} figures made again, {found.faults} faults"
    inputs = EditionInputs.objects.filter(edition=edition).first()
    if inputs is not None:
        yield f"inputs  {inputs.digest}"
        yield f"figures {inputs.figures_digest}"
        yield f"head    {inputs.head or '-'} (link {inputs.head_number})"
        same = "the same" if inputs.code_digest == found.code_digest else "other"
        yield f"program {inputs.code_version}, {same} rules today"
