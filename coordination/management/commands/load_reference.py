"""`load_reference`: what every portal stands on, from the project's files: places, the body, report templates."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from directorates.actions.people import reopen_roles
from directorates.organisation_files import REFERENCE, load_organisations

PLACES = Path("data") / "places" / "syr_pcodes.csv"


class Command(BaseCommand):
    """Load the reference data."""

    help = "Loads places, the first organisations and the report templates of the project; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Places first: roles reach them; organisations before templates: datasets are in their custody."""
        directorates = Path(apps.get_app_config("directorates").path)
        call_command("load_places", directorates / PLACES, stdout=self.stdout)
        founded = load_organisations(REFERENCE, at=timezone.now())
        self.stdout.write(f"organisations: {len(founded)} new")
        call_command("load_templates", stdout=self.stdout)
        self.stdout.write(f"roles: {reopen_roles()} in step")
