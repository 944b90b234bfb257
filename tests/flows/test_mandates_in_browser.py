"""A dispute over a mandate in a real browser: a claim meets another, both sides speak, the body decides."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from policies.models import DisputeState, MandateDispute
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.policies.claims import Claims

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_claim_meets_another_both_speak_and_the_body_decides(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    claims = Claims()
    claims.state(claims.director)
    for person in (claims.doctor, claims.keeper):
        person.language = language
        person.save(update_fields=["language"])
    office, body = (new_page(locale=language, width=width) for _person in range(2))
    sign_in(office, claims.doctor)
    office.goto("/policies/mandates/")
    look(office, language, tmp_path / f"table-{language}-{width}.png")
    office.locator("a[href='/policies/mandates/new/']").click()
    office.select_option("[name=function]", "immunization")
    office.select_option("[name=place]", "SY0204")
    office.fill("[name=since]", claims.today.isoformat())
    office.fill("[name=basis]", "Our own teams")
    look(office, language, tmp_path / f"new-{language}-{width}.png")
    office.locator("#main form button.btn-primary").click()
    office.locator("ul.work a").first.click()
    office.locator("a[href$='/statement/']").click()
    office.fill("[name=text]", "We run the clinics")
    office.locator("#main form button.btn-primary").click()
    look(office, language, tmp_path / f"dispute-{language}-{width}.png")
    dispute = MandateDispute.objects.get()
    sign_in(body, claims.keeper)
    body.goto(f"/policies/mandates/disputes/{dispute.pk}/")
    expect(body.get_by_text("We run the clinics").first).to_be_visible()
    body.locator("a[href$='/decision/']").click()
    body.select_option("[name=for_whom]", "azaz")
    body.fill("[name=day]", claims.today.isoformat())
    body.fill("[name=basis]", "Meeting 9")
    body.fill("[name=decision]", "The district is run by its office")
    look(body, language, tmp_path / f"decision-{language}-{width}.png")
    body.locator("#main form button.btn-primary").click()
    look(body, language, tmp_path / f"decided-{language}-{width}.png")
    assert MandateDispute.objects.get().state == DisputeState.DECIDED
    body.goto("/policies/mandates/")
    look(body, language, tmp_path / f"after-{language}-{width}.png")
    body.goto("/policies/mandates/list/?state=all")
    look(body, language, tmp_path / f"list-{language}-{width}.png")
