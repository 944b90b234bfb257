"""Bring the Arabic catalogue in step with code and templates."""

from typing import Any

from django.core.management.base import BaseCommand

from coordination import catalogues


class Command(BaseCommand):
    """Bring the Arabic catalogue in step with code and templates."""

    help = "Bring the Arabic catalogue in step with code and templates."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        texts, open_ = catalogues.update(catalogues.project_root())
        self.stdout.write(f"{texts} texts, {open_} without Arabic")
