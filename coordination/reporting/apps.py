"""Reporting: from the questions of a report to consolidated figures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Elements, templates, periods, submissions, reviews, counted reports and consolidation."""

    name = "coordination.reporting"
    label = "reporting"
    verbose_name = _("Reporting")
