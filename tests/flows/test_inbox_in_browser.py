"""An officer's desk in a real browser: many reports approved at once and taken back, a due date put off, a deputy, what waits for long."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coordination.reporting.actions.expected import expect as expect_reports
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.tasks import escalate
from directorates.models import Deputyship, Membership, User
from tests.conftest import NewPage
from tests.factories import assigned, confirmed_deputy, member
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until
from tests.reporting.reports import Scene, wide_scene
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = datetime.timedelta(days=1)
WHY = "انقطعت الكهرباء أسبوعًا"
PRIMARY = "main form .btn-primary"


@pytest.fixture
def scene(live_stack: Stack) -> Scene:
    """A directorate with an officer and a director; three reports without a mark wait, one is overdue."""
    scene = wide_scene()
    member("director", scene.directorate, name="Amal")
    for visits in (10, 20, 30):
        scene.sent(facility=scene.other_facility(), doc={"s1": visits, "s2": 2})
    today = timezone.localdate()
    assigned(scene.template, scene.facility)
    expect_reports(today=today, first=period_containing(today, PeriodType.MONTH).previous().start)
    ExpectedReport.objects.update(due=today - DAY)
    return scene


def states() -> list[str]:
    """How far the reports are."""
    return sorted(Submission.objects.values_list("status", flat=True))


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_an_officers_desk(scene: Scene, new_page: NewPage, language: str, width: int) -> None:
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, scene.officer)
    approve_three(page, language)
    take_back(page, language)
    put_off(page, scene, language)
    name_a_deputy(page, scene, language)
    waits_for_long(new_page(locale=language, width=width), scene, language)


def approve_three(page: Page, language: str) -> None:
    """How many they are and what they come to stands first; then they are approved."""
    page.goto("/reports/review/")
    look(page, language)
    page.locator("form[aria-labelledby=clean] .btn-primary").click()
    page.wait_for_url("**/approve-clean/")
    look(page, language)
    figures = page.locator("main .figures").first
    expect(figures).to_contain_text("3")
    expect(figures).to_contain_text("60")
    assert states() == ["submitted"] * 3
    page.locator(PRIMARY).click()
    page.wait_for_url("**/reports/review/")
    assert states() == ["approved"] * 3
    look(page, language)


def take_back(page: Page, language: str) -> None:
    """For ten minutes all of it can be taken back."""
    page.locator("main").get_by_role("button", name=said(language, "Undo")).click()
    page.wait_for_url("**/reports/review/")
    assert until(lambda: states() == ["submitted"] * 3)


def put_off(page: Page, scene: Scene, language: str) -> None:
    """What a filter leaves is put off to a later day, with a reason; what is missing is told before."""
    owed = ExpectedReport.objects.get(facility=scene.facility)
    page.goto("/reports/deadlines/")
    look(page, language)
    page.locator(f"main a[href$='only={owed.pk}']").click()
    look(page, language)
    until_day = timezone.localdate() + 5 * DAY
    page.fill("[name=until]", until_day.isoformat())
    page.locator(PRIMARY).click()
    expect(page.locator("[name=reason][aria-invalid=true]")).to_be_visible()
    expect(page.locator("[name=until]")).to_have_value(until_day.isoformat())
    page.fill("[name=reason]", WHY)
    page.locator(PRIMARY).click()
    page.wait_for_url("**/deadlines/**")
    expect(page.locator("main")).to_contain_text(WHY)
    look(page, language)
    assert ExpectedReport.objects.get(pk=owed.pk).due == until_day


def name_a_deputy(page: Page, scene: Scene, language: str) -> None:
    """The director stands in for the officer for three days, once a second person confirmed it; the inbox says so."""
    role, today = Membership.objects.get(person=scene.officer), timezone.localdate()
    page.goto(f"/people/roles/{role.pk}/deputies/")
    look(page, language)
    page.locator("[name=deputy]").select_option(label="Amal")
    page.fill("[name=first]", today.isoformat())
    page.fill("[name=last]", (today + 2 * DAY).isoformat())
    page.locator(PRIMARY).click()
    assert until(lambda: Deputyship.objects.filter(membership=role).exists())
    look(page, language)
    confirmed_deputy(Deputyship.objects.get(membership=role))
    page.goto("/reports/review/")
    expect(page.locator("main")).to_contain_text("Amal")
    look(page, language)


def waits_for_long(page: Page, scene: Scene, language: str) -> None:
    """After a week without review the director is told, once, and finds them at home."""
    long_ago = timezone.now() - 8 * DAY
    Submission.objects.update(changed=long_ago, submitted=long_ago)
    assert escalate() == 1
    assert escalate() == 0
    sign_in(page, User.objects.get(name="Amal"))
    expect(page.locator("#long-waiting")).to_contain_text("3")
    look(page, language)
    page.goto("/notices/")
    expect(page.locator("main li, main tr").first).to_be_visible()
    look(page, language)
