"""What every test stands on: an ordinary database role, a quick password hash, the real stack and a browser where asked for."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase, override_settings
from django.test.client import ClientHandler
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page
from redis.utils import get_lib_version
from whitenoise import WhiteNoise

from directorates.foundation.sight import NOTHING, PORTAL, seeing, turn_to
from tests import browser as browsers
from tests import stack as stacks
from tests import tables
from tests.factories import show_second_factor
from tests.stack import Stack

NewPage = Callable[..., Page]
# Fixtures that bring up processes: their tests run last, so that no worker sees what ordinary tests write.
HEAVY = {"running_stack", "browser"}


def pytest_configure(config: pytest.Config) -> None:
    """Passwords are hashed in one round: what a test keeps, the real stack can still check; and tests see all rows."""
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickHasher"]
    # Tests themselves see everything; what they ask of pages, API and tasks sees what it sees.
    turn_to(PORTAL)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuses to run as a role for which the database's own rules do not hold."""
    if not tables.is_ordinary(os.environ["DATABASE_URL"]):
        pytest.exit("DATABASE_URL signs in as a superuser or an owner: tests must run as tansiq_app", returncode=3)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with processes of their own come last; those that take minutes first, so that no other worker waits for them."""
    items.sort(
        key=lambda item: (
            len(HEAVY.intersection(getattr(item, "fixturenames", ()))),
            item.get_closest_marker("timeout") is None,
        )
    )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """The starter made and migrated the database, as its owner; tables are emptied by the owner as well."""
    owner = os.environ["DATABASE_OWNER_URL"]

    def teardown(_case: TransactionTestCase) -> None:
        tables.empty(owner)

    tables.empty(owner)  # after a run that was killed, under --reuse-db
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", teardown):
        yield


@pytest.fixture(scope="session", autouse=True)
def looked_up_once() -> Iterator[None]:
    """Tests have browsers and a cache of their own: static files and the release of Redis' client are looked up for the first."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    look_up = WhiteNoise.update_files_dictionary

    def once(server: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            look_up(server, root, prefix)
            listed[root, prefix] = dict(server.files)
        server.files.update(listed[root, prefix])

    with (
        mock.patch.object(WhiteNoise, "update_files_dictionary", once),
        mock.patch("redis.utils.get_lib_version", cache(get_lib_version)),
    ):
        yield


@pytest.fixture(autouse=True)
def own_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keys of the cache are a test's own; the real stack shares the portal's."""
    if "running_stack" in request.fixturenames:
        yield
        return
    own = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    with override_settings(CACHES={"default": own}):
        yield


@pytest.fixture(autouse=True)
def language_left_as_found() -> Iterator[None]:
    """A request speaks its reader's language and leaves it to the thread: the next test begins in the portal's own."""
    yield
    translation.deactivate()


@pytest.fixture
def english() -> Iterator[None]:
    """Messages are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def second_factor_shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever a test signs in by force has shown a second factor, unless the test asks otherwise (mark `password_alone`)."""
    if request.node.get_closest_marker("password_alone"):
        return
    sign_in = Client.force_login

    def force_login(client: Client, user: Any, backend: str | None = None) -> None:
        sign_in(client, user, backend)
        show_second_factor(client, user)

    monkeypatch.setattr(Client, "force_login", force_login)


@contextmanager
def uncounted() -> Iterator[None]:
    """Queries that no test counts."""
    counting, connection.force_debug_cursor = connection.force_debug_cursor, False
    try:
        yield
    finally:
        connection.force_debug_cursor = counting


@pytest.fixture(autouse=True)
def requests_begin_blind() -> Iterator[None]:
    """A request sees nothing until the portal gives it a sight, as in production, though the test around it sees all rows."""
    ask = ClientHandler.__call__

    def blind(handler: ClientHandler, environ: dict[str, Any]) -> Any:
        # Not counted: what a test says of a request's queries is said of the portal's.
        with ExitStack() as sight:
            with uncounted():
                sight.enter_context(seeing(NOTHING))
            try:
                return ask(handler, environ)
            finally:
                with uncounted():
                    sight.close()

    with mock.patch.object(ClientHandler, "__call__", blind):
        yield


@pytest.fixture(scope="session")
def running_stack(django_db_setup: None) -> Iterator[Stack]:
    """Web server, worker and scheduler, started once a run."""
    with stacks.running(settings.DATA_DIR, settings.REDIS_URL) as stack:
        yield stack


@pytest.fixture
def live_stack(transactional_db: None, running_stack: Stack) -> Stack:
    """The running stack on an empty database; whatever a test killed is started again."""
    gone = [name for name in running_stack.commands if name not in running_stack.running]
    if gone:
        running_stack.start(*gone)
    return running_stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser, started once a run."""
    # Playwright runs a loop in this thread; Django would take it for asynchronous code and refuse the database.
    with (
        mock.patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}),
        browsers.chromium(settings.DATA_DIR.parent) as found,
    ):
        yield found


@pytest.fixture
def new_page(browser: Browser, live_stack: Stack) -> Iterator[NewPage]:
    """Makes pages, each a person of its own: `new_page(locale="ar", width=360)`; what a script complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(locale: str = "en", width: int = 1280, height: int = 900, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_stack.url,
            locale=locale,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            timezone_id="Asia/Damascus",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if is_complaint(line.type, line.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page in English on a wide screen."""
    return new_page()


@pytest.fixture
def shared() -> Path:
    """The folder of real input beside the repository; the test is skipped where it is absent."""
    folder = settings.BASE_DIR.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: its files are not ours to hand on")
    return folder


def is_complaint(kind: str, text: str) -> bool:
    """Errors of scripts and of the content policy; a refused request is the test's own business."""
    return kind == "error" and not text.startswith("Failed to load resource")
