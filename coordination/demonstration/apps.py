"""The demonstration: invented facilities and reports around the real places and organisations."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """Loaded only where the environment allows it; holds no data of its own."""

    name = "coordination.demonstration"
