"""Tests side by side: each worker of pytest-xdist has a database server and a broker of its own.

Its own, and not a database in one server: what is linked in the record waits for every open transaction of a server.
"""

import json
import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before Django reads its settings: where this worker (`gw0`, `gw1`, …) finds what the starter made for it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ |= json.loads(os.environ["TANSIQ_TEST_WORKERS"])[int(worker.removeprefix("gw"))]
    return (yield)
