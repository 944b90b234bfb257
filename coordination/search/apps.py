"""One search over what the caller may see."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search; holds the words of texts, never the texts."""

    name = "coordination.search"
