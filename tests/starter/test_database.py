"""What the tests themselves stand on: the database's role, emptied tables, the real stack, the browser."""

import os
import subprocess
import sys

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django_celery_beat.models import IntervalSchedule
from playwright.sync_api import Browser

from tests import tables
from tests.stack import Stack
from tests.starter.starting import ROOT


def test_the_owner_is_not_taken_for_an_ordinary_role() -> None:
    assert tables.is_ordinary(os.environ["DATABASE_URL"])
    assert not tables.is_ordinary(os.environ["DATABASE_OWNER_URL"])


def test_a_test_run_as_the_owner_fails() -> None:
    environment = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/starter/test_files.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 3
    assert "superuser or an owner" in done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_committing_test_wrote_is_gone_at_the_next(time: str) -> None:
    assert not IntervalSchedule.objects.exists()
    assert ContentType.objects.exists()
    IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("tansiq_app",)


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_cache_is_a_tests_own(time: str) -> None:
    assert cache.get("seen") is None
    cache.set("seen", time)


def test_the_browser_has_a_font_for_arabic(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<p style='font-family: system-ui'>كانون الأول</p>")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    page.close()
    assert "Noto Sans Arabic" in {font["familyName"] for font in fonts}


@pytest.mark.stack
def test_a_killed_worker_can_be_started_again(live_stack: Stack) -> None:
    assert live_stack.health() == {
        "status": "ok",
        "database": True,
        "broker": True,
        "worker": True,
    }
    live_stack.kill("worker")
    live_stack.start("worker")
    assert live_stack.health()["status"] == "ok"
