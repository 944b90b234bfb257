"""Tests side by side: each worker of pytest-xdist has a database and a part of the broker of its own."""

import os
from collections.abc import Generator, Mapping
from urllib.parse import urlsplit

import pytest


def addresses(worker: str, given: Mapping[str, str]) -> dict[str, str]:
    """Where a worker (`gw0`, `gw1`, …) finds what the starter made for it, beside what it made for a run in one process."""
    databases = {name: urlsplit(given[name]) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    found = {name: url._replace(path=f"{url.path}_{worker}").geturl() for name, url in databases.items()}
    broker = urlsplit(given["REDIS_URL"])._replace(path=f"/{worker.removeprefix('gw')}")
    return found | {"REDIS_URL": broker.geturl()}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before Django reads its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ |= addresses(worker, os.environ)
    return (yield)
