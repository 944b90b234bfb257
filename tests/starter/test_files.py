"""The files around the starter: locks, container set-up."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = re.compile(r"PASSWORD|SECRET|_KEY|URL|AUTH$", re.IGNORECASE)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml."""
    content: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content["services"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_why(name: str) -> None:
    for line in (ROOT / name).read_text().splitlines():
        assert line.startswith(("#", "-r ")) or re.fullmatch(r"[\w\[\]-]+==\S+  # .+", line), line


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_python_lock_has_hashes_and_names_what_is_required(name: str) -> None:
    lock = (ROOT / f"{name}.lock").read_text()
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", lock, re.MULTILINE))
    required = re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)", (ROOT / f"{name}.txt").read_text(), re.MULTILINE)
    assert {(package.lower(), version) for package, version in required} <= set(pins)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "package-lock.json", ".npmrc"])
def test_no_lock_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"index-url|find-links|registry\s*=|\"resolved\"", text)


def test_every_front_end_package_has_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all(package.get("integrity") for path, package in packages.items() if path)


def test_the_project_runs_on_the_python_that_the_starter_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert "OLDEST = (3, 11)" in (ROOT / "portal").read_text()


def test_no_secret_of_the_containers_has_a_default(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET.search(variable):
                assert re.search(r"\$\{\w+:\?[^}]+\}", value), f"{name}: {variable}"
            assert not re.search(r"\$\{\w+:?-", str(value)), f"{name}: {variable} has a default"


def test_every_container_that_stays_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        if service["restart"] == "no":
            continue
        assert service["healthcheck"].get("test"), name


def test_no_container_is_root_or_may_become_it(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["user"] not in ("root", "0", "0:0"), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name


def test_only_migrations_are_given_the_owner(services: dict[str, dict[str, Any]]) -> None:
    owners = [name for name, service in services.items() if "tansiq_owner:" in str(service.get("environment"))]
    assert owners == ["migrate"]


def test_only_the_proxy_is_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]


def test_the_images_end_as_an_ordinary_user() -> None:
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    for stage in stages:
        if " AS portal" in stage or " AS proxy" in stage:
            assert re.findall(r"^USER (\S+)", stage, re.MULTILINE)[-1] == "10001:10001"
            assert "HEALTHCHECK" in stage
