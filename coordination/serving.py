"""What a process that answers requests does once, before the first."""

import gc

from django.db import DEFAULT_DB_ALIAS, connections
from django.urls import get_resolver

# After how many new objects the collector looks for circles, and after how many such rounds it looks through older ones.
# A page makes some ten thousand, nearly all freed without it: Python's 700 and 10 cost a page of figures a third of its
# time, and these let a process hold some megabytes of circles longer.
YOUNG, OLDER = 30_000, 10
# The longest statement of a request, in seconds: a process that does not answer for 60 is ended (`--timeout`), and the
# database would go on with what nobody waits for any more. Jobs have no such limit.
LONGEST_STATEMENT = 45


def settle() -> None:
    """Loads what the first request would, and keeps all that stands out of the collector's rounds, which it makes rarer.

    It stays as long as the process does: the collector need not look through it, and no fork copies it for that.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)


def bound_statements() -> None:
    """Every connection of this process that opens from here on ends a statement that takes longer than a request may."""
    options = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
    options["options"] += f" -c statement_timeout={LONGEST_STATEMENT}s"
