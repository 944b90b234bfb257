"""What a process that answers requests does once, before the first."""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Loads what the first request would, and keeps all that stands out of the collector's rounds.

    It stays as long as the process does: the collector need not look through it, and no fork copies it for that.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
