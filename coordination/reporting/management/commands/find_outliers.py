"""`find_outliers [TEMPLATES]`: lays every report that was not compared yet beside its facility's past; safe twice."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.reporting.actions.outliers import Compared, compare_all
from coordination.reporting.models import ReportTemplate


class Command(BaseCommand):
    """Find what stands out."""

    help = (
        "Compares all reports of these templates (all where none is named) that were not compared yet with the past of "
        "their facilities. Reports that are sent from now on are compared by themselves; this is for those before. "
        "It can be stopped at any time and goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The templates, by code."""
        parser.add_argument("templates", nargs="*", metavar="TEMPLATE")

    def handle(self, *args: Any, templates: list[str], **options: Any) -> None:
        """Compare template by template, telling what each came to."""
        rows = ReportTemplate.objects.order_by("code")
        unknown = set(templates) - set(rows.values_list("code", flat=True))
        if unknown:
            raise CommandError(f"no such report template: {', '.join(sorted(unknown))}")
        for template in rows.filter(code__in=templates) if templates else rows:
            done = sum(compare_all(template=template, at=timezone.now()), Compared())
            self.stdout.write(f"{template.code}: {done.reports} compared, {done.standing_out} with something unusual")
