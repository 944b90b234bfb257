"""What the tests of the demonstration stand on: the reference data, and leave to load."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from coordination.demonstration.loading import Loading

SCALE = 0.02


@pytest.fixture(scope="module")
def reference(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The reference data, for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference")
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def loaded(reference: None, settings_allow: None) -> Iterator[None]:
    """A small demonstration of the last six months, for the tests that only read it."""
    with transaction.atomic():
        Loading(SCALE).run("recent")
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def settings_allow() -> Iterator[None]:
    """Where the demonstration is allowed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DEMONSTRATION", True)
        yield
