"""What every answer tells the browser: load from the portal alone, keep nothing, tell nobody; forget all at signing out."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from coordination.logs import WithoutSecrets, redacted
from directorates.actions.people import invite
from directorates.roles import Role
from tests.factories import BodyFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/account/",
    "/no-such-page/",
    "/accounts/2fa/",
    "/api/v1/places/",
    "/api/docs/",
    "/technical-administration/",
)


@pytest.mark.parametrize("address", [*PAGES, "/accounts/login/", "/healthz"])
def test_every_answer_is_kept_by_nobody_and_loads_from_the_portal_alone(client: Client, address: str) -> None:
    if address in PAGES:
        client.force_login(member(Role.ADMINISTRATOR, BodyFactory()))
    headers = client.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_signing_out_makes_the_browser_forget(client: Client) -> None:
    client.force_login(member(Role.OBSERVER, OrganisationFactory()))
    assert "Clear-Site-Data" not in client.get("/accounts/logout/").headers
    answer = client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "Clear-Site-Data" not in client.post("/accounts/logout/").headers


def test_a_one_time_link_leads_away_from_its_secret_at_once(client: Client) -> None:
    now = timezone.now()
    secret = invite(email="new@example.org", organisation=BodyFactory(), role=Role.OBSERVER, by=None, at=now)[1]
    answer = client.get(f"/invitations/{secret}/")
    assert (answer.status_code, answer["Location"]) == (302, "/invitations/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = client.get("/invitations/").content.decode()
    assert secret not in page
    assert "new@example.org" in page
    assert Client().get("/invitations/")["Location"] == "/"


def test_no_secret_of_a_link_stands_in_the_log() -> None:
    secret = "Zz-_secretsecretsecret123"
    record = logging.LogRecord("x", 30, "", 0, "Not Found: %s", (f"/invitations/{secret}/",), None)
    assert WithoutSecrets().filter(record)
    assert secret not in record.getMessage()
    assert secret not in redacted(f"GET /accounts/password/reset/key/{secret}/ HTTP/1.1")
    assert secret not in redacted(f"GET /feed/{secret}/ HTTP/1.1")
    assert redacted("/people/invitations/12/withdraw/") == "/people/invitations/12/withdraw/"
    handlers: Any = settings.LOGGING["handlers"]
    assert "without_secrets" in handlers["stderr"]["filters"]


def test_where_there_is_https_cookies_belong_to_this_host_alone() -> None:
    asked = (
        "import json, django; from django.conf import settings as s; print(json.dumps([s.SESSION_COOKIE_NAME, "
        "s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, "
        "s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN]))"
    )
    surroundings = os.environ | {
        "PUBLIC_URL": "https://tansiq.example",
        "DJANGO_SETTINGS_MODULE": "coordination.settings",
    }
    done = subprocess.run([sys.executable, "-c", asked], env=surroundings, capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    assert found == ["__Host-sessionid", "__Host-csrftoken", "__Host-language", True, 31_536_000, False]
