"""`load_templates [FILES]`: report templates from YAML files; again and again with the same result."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from coordination.reporting.actions.templates import load_template
from coordination.reporting.template_files import at_lines, read_file, shipped
from directorates.foundation.faults import faults_in_lines
from directorates.foundation.problems import Problem


class Command(BaseCommand):
    """Load report templates."""

    help = (
        "Publishes the versions of report templates that YAML files describe; without files those of the project. "
        "The same content changes nothing; with any fault all of them are listed and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    @translation.override("en")
    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        """Read all files, call the action for each, tell the faults of all."""
        told: list[str] = []
        with transaction.atomic():
            for path in files or shipped():
                try:
                    self.load(path)
                except Problem as problem:
                    told.append(faults_in_lines(problem))
                except OSError as error:
                    told.append(f"{path}: {error.strerror}")
            if told:
                transaction.set_rollback(True)
        if told:
            raise CommandError("\n".join(told))

    def load(self, path: Path) -> None:
        """Load one file."""
        file = read_file(path)
        at = timezone.now()
        try:
            version = load_template(source=file.data, by=None, at=at)
        except Problem as problem:
            raise at_lines(problem, path, file) from problem
        state = "published" if version.published_at == at else "as it was"
        self.stdout.write(f"{version.template.code} version {version.number}: {state}")
