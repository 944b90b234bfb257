"""A role with sensitive rights in a real browser: one person asks, another confirms, the link works then."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from directorates.models import Invitation, User
from directorates.roles import Role
from tests.conftest import NewPage
from tests.factories import DirectorateFactory, member
from tests.flows.looking import look, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_one_asks_another_confirms_and_the_link_works(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    directorate = DirectorateFactory()
    director = member(Role.DIRECTOR, directorate, language=language)
    manager = member(Role.ORGANISATION_ADMINISTRATOR, directorate, language=language)
    asks, confirms, stranger = (new_page(locale=language, width=width) for _person in range(3))
    sign_in(asks, director)
    asks.goto("/people/invite/")
    look(asks, language, tmp_path / f"invite-{language}-{width}.png")
    asks.fill("[name=email]", "new@example.org")
    asks.select_option("[name=role]", Role.DATA_OFFICER)
    asks.locator("#main form button.btn-primary").click()
    link = asks.locator("code.secret").inner_text()
    look(asks, language, tmp_path / f"invited-{language}-{width}.png")
    path = re.sub(r"^https?://[^/]+", "", link)
    stranger.goto(path)
    expect(stranger.locator("[name=password]")).to_have_count(0)
    look(stranger, language, tmp_path / f"waits-{language}-{width}.png")
    sign_in(confirms, manager)
    page = f"/people/offers/{Invitation.objects.get().pk}/"
    confirms.goto("/people/")
    look(confirms, language, tmp_path / f"people-{language}-{width}.png")
    confirms.locator(f"a[href='{page}']").click()
    look(confirms, language, tmp_path / f"decide-{language}-{width}.png")
    confirms.click("button[value=confirm]")
    expect(confirms.locator(f"a[href='{page}']")).to_have_count(0)
    stranger.goto(path)
    stranger.fill("[name=name]", "Layla")
    stranger.fill("[name=password]", "olive-harbour-93")
    stranger.fill("[name=again]", "olive-harbour-93")
    stranger.locator("#main form button.btn-primary").click()
    stranger.wait_for_url(lambda address: "/invitations/" not in address)
    assert User.objects.get(email="new@example.org").memberships.get().role == Role.DATA_OFFICER
