"""Corrections and errata in a real browser, on a phone in Arabic and on a desk in English."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from coordination.reporting.models import CorrectionRequest
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.reporting.corrected import Corrected

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_correction_is_asked_for_accepted_and_told_beside_the_edition(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    scene = Corrected()
    edition = scene.publish()
    for person in (scene.coordinator, scene.officer, scene.manager):
        person.language = language
        person.save(update_fields=["language"])
    one, other, third = (new_page(locale=language, width=width) for _person in range(3))
    report = f"/reports/{scene.report.pk}/"
    sign_in(one, scene.coordinator)
    one.goto(report)
    look(one, language, tmp_path / f"report-{language}-{width}.png")
    one.locator(f"a[href='{report}corrections/ask/']").first.click()
    one.fill("[name=reason]", "جناح ناقص" if language == "ar" else "A ward was left out")
    one.locator("[name=items]").first.check()
    look(one, language, tmp_path / f"ask-{language}-{width}.png")
    one.locator("#main form button.btn-primary").click()
    sign_in(other, scene.officer)
    look(other, language, tmp_path / f"home-{language}-{width}.png")
    other.goto("/reports/corrections/")
    look(other, language, tmp_path / f"list-{language}-{width}.png")
    other.goto(report)
    other.locator(f"a[href='{report}corrections/1/accept/']").click()
    look(other, language, tmp_path / f"accept-{language}-{width}.png")
    other.locator("#main form button.btn-primary").click()
    other.wait_for_url(f"**{report}#corrections")
    look(other, language, tmp_path / f"correcting-{language}-{width}.png")
    assert CorrectionRequest.objects.get().state == "accepted"
    scene.resend(30)
    other.goto(report)
    other.locator("#review form button.btn-primary").click()
    other.goto(f"{report}#corrections")
    look(other, language, tmp_path / f"corrected-{language}-{width}.png")
    sign_in(third, scene.manager)
    third.goto(f"/reports/editions/{edition.pk}/")
    look(third, language, tmp_path / f"edition-{language}-{width}.png")
    third.locator(f"a[href='/reports/editions/{edition.pk}/errata/new/']").click()
    third.fill("[name=text_ar]", "صُحّح عدد المعاينات.")
    third.fill("[name=text_en]", "The number of consultations was corrected.")
    look(third, language, tmp_path / f"erratum-form-{language}-{width}.png")
    third.locator("#main form button.btn-primary").click()
    expect(third.locator("#errata")).to_be_visible()
    look(third, language, tmp_path / f"erratum-{language}-{width}.png")
