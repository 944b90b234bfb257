"""The bottom floor: who may act, where, by what right, and the record of it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoratesConfig(AppConfig):
    """Places, organisations, people, jurisdictions, rights and the record."""

    name = "directorates"
    verbose_name = _("Directorates and people")
