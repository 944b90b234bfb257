"""What a process that answers requests sets up before its first."""

from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from coordination import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def options() -> Iterator[dict[str, str]]:
    """The options of new connections, left as they were."""
    held = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
    before = held["options"]
    yield held
    held["options"] = before


def test_a_statement_that_nobody_waits_for_any_more_is_ended(
    options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serving.LONGEST_STATEMENT < 60, "gunicorn ends the process after 60 s"
    monkeypatch.setattr(serving, "LONGEST_STATEMENT", 1)
    serving.bound_statements()
    opened = connections[DEFAULT_DB_ALIAS].copy()
    try:
        with opened.cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(5)")
    finally:
        opened.close()
