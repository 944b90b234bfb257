"""Meetings and visits, and what was decided in them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Meetings, who is invited, minutes, decisions and action items."""

    name = "coordination.meetings"
    verbose_name = _("Meetings")
