"""Background work of the search."""

from celery import shared_task

from coordination.search.actions import entries


@shared_task(name="search.index_texts")
def index_texts() -> int:
    """Keep the words of texts in step with them; scheduled every twenty seconds, so no floor below has to tell of its texts."""
    return entries.index_texts()
