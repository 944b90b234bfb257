"""The project package as an app: its template tags, tasks and commands."""

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """The top floor."""

    name = "coordination"
    verbose_name = "Tansiq"
