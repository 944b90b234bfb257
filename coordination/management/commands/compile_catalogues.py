"""Compile the catalogues, where they changed."""

from typing import Any

from django.core.management.base import BaseCommand

from coordination import catalogues


class Command(BaseCommand):
    """Compile the catalogues, where they changed."""

    help = "Compile the catalogues, where they changed."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        catalogues.compile_all(catalogues.project_root())
