"""One search over what the caller may see."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search; holds no data of its own."""

    name = "coordination.search"
