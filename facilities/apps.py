"""Where care is given, and what happens to it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacilitiesConfig(AppConfig):
    """Facilities, their services, operating status, support and positions."""

    name = "facilities"
    verbose_name = _("Facilities")
