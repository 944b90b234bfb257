"""What the parties agreed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    """Shared policies, their versions and their texts."""

    name = "policies"
    verbose_name = _("Policies")
