"""The project package as an app: its template tags, tasks and commands."""

from importlib import import_module

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """The top floor."""

    name = "coordination"
    verbose_name = "Tansiq"

    def ready(self) -> None:
        """Have the list of this floor stand among those that can be taken along; the models it needs stand only now."""
        import_module("coordination.job_listing")
