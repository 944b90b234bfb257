"""Keeping the words of texts in step with the texts: the portal's own work, which nobody asks for."""

from collections.abc import Mapping

from django.db import transaction

from coordination.search.models import SearchEntry
from coordination.search.rules.words import stems_of, vector_of
from coordination.search.sources import SOURCES, Source

# Texts at once, and rounds of them in one run; what is left is done in the next.
AT_ONCE, ROUNDS = 50, 400


def index_texts() -> int:
    """Write the words of all texts that are new or were changed; answers how many. Run twice it changes nothing.

    A text that changes while it is read is found again: its entry bears the stamp of the text before.
    """
    return sum(_index(source) for source in SOURCES)


def _index(source: Source) -> int:
    written = 0
    for _round in range(ROUNDS):
        stamps = dict(source.stale().values_list("pk", "stamp")[:AT_ONCE])
        if not stamps:
            break
        _write(source, stamps)
        written += len(stamps)
    return written


@transaction.atomic
def _write(source: Source, stamps: Mapping[int, str]) -> None:
    """The words of some things, in place of those that were kept; two who do it at once write the same."""
    found: dict[int, set[str]] = {pk: set() for pk in stamps}
    for pk, text in source.texts(stamps):
        found[pk] |= stems_of(text)
    rows = [
        SearchEntry(**{f"{source.thing}_id": pk}, stamp=stamp, words=vector_of(found[pk]))
        for pk, stamp in sorted(stamps.items())
    ]
    SearchEntry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=[source.thing], update_fields=["stamp", "words"]
    )
