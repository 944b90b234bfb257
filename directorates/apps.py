"""The bottom floor: who may act, where, by what right, and the record of it."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from directorates.foundation.sight import applied


class DirectoratesConfig(AppConfig):
    """Places, organisations, people, jurisdictions, rights and the record."""

    name = "directorates"
    verbose_name = _("Directorates and people")

    def ready(self) -> None:
        """Have every new connection see what is seen when it is made."""
        connection_created.connect(applied, dispatch_uid="sight")
