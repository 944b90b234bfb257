"""Fail on a text that is missing, untranslated or against the house's rules."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination import catalogues


class Command(BaseCommand):
    """Fail on a text that is missing, untranslated or against the house's rules."""

    help = "Fail on a text that is missing, untranslated or against the house's rules."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        found = catalogues.faults(catalogues.project_root())
        if found:
            raise CommandError("\n".join([*found, f"{len(found)} faults in the translation"]))
