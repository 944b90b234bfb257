"""The API's own description: complete, and true of every answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import unescape
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from coordination.api.urls import urlpatterns
from tests.api.callers import Caller, body_of
from tests.reporting.reports import Scene

CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
EXAMPLES = bounds(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def description() -> dict[str, Any]:
    """The description as it is served."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_every_call_is_described() -> None:
    described = {path.removeprefix("/api/v1/") for path in description()["paths"]}
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern)).replace("{pk}", "{id}") for route in urlpatterns}
    assert described == routes - {r"^[\s\S]*/$"}


def test_components_carry_the_names_of_the_interface() -> None:
    components = set(description()["components"]["schemas"])
    assert {
        "Submission",
        "Element",
        "Rule",
        "Template",
        "Facility",
        "Place",
        "Organisation",
        "ReportDue",
        "Problem",
    } <= components


@pytest.mark.django_db
def test_the_description_is_served_to_everyone(client: Any) -> None:
    assert client.get(reverse("schema")).status_code == 200


@contextmanager
def one_connection() -> Iterator[None]:
    """The test's own connection stays open between requests of a real WSGI application."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_described_whatever_is_sent(mode: GenerationMode) -> None:
    scene = Scene()
    assert Caller(scene.coordinator).report(body_of(scene)).status_code == 201
    api = schemathesis.openapi.from_dict(description())
    api.app = get_wsgi_application()
    keys = [Caller(person).headers["Authorization"] for person in (scene.coordinator, scene.officer)]
    for result in api.get_all_operations():
        assert isinstance(result, Ok)

        @EXAMPLES
        @given(case=result.ok().as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            for key in keys:
                case.headers = dict(case.headers or {}) | {"Authorization": key}
                case.call_and_validate(checks=CHECKS)

        with one_connection(), suppress(Unsatisfiable):
            holds()


@pytest.mark.django_db
def test_the_browser_of_the_api_needs_no_script_inside_its_page(client: Client) -> None:
    page = client.get(reverse("api_docs")).content.decode()
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    (address,) = re.findall(r'<script src="([^"]*script=[^"]*)"', page)
    answer = client.get(unescape(address))
    assert answer.status_code == 200
    assert reverse("schema") in answer.content.decode()
