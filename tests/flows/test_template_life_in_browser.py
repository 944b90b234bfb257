"""A second version in a real browser: compared, published over a running draft after a tick, told to its writer; then retired."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coordination.reporting.actions.sections import remove_item
from coordination.reporting.actions.submissions import save_draft
from coordination.reporting.models import Draft, SectionElement, Submission
from directorates.models import User
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.flows.region import said
from tests.reporting.filing import drafted, given
from tests.reporting.reports import Scene, wide_scene
from tests.reporting.workshop import Workshop, month
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Running:
    """A version in force, a draft of this month that answers both its items, and a second version that asks one of them."""

    def __init__(self) -> None:
        """Everything that stands before the administrator looks."""
        self.scene: Scene = wide_scene()
        self.period = month(timezone.localdate().replace(day=1))
        self.report: Submission = drafted(self.scene, period=self.period)
        answers = given(visits=4, births=2)
        at = timezone.now()
        save_draft(by=self.scene.coordinator, submission=self.report, answers=answers, seen=None, at=at)
        self.workshop = Workshop(self.scene.template, self.scene.version)
        place = SectionElement.objects.get(section__version=self.workshop.draft, element__code="births")
        remove_item(place=place, **self.workshop.deed)

    @property
    def home(self) -> str:
        """The template's page."""
        return f"/reports/templates/{self.scene.template.code}/"


@pytest.fixture
def running(live_stack: Stack) -> Running:
    """On the stack's database."""
    return Running()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_version_follows_another_over_a_running_draft_and_the_template_ends(
    running: Running, new_page: NewPage, language: str, width: int
) -> None:
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, running.workshop.builder)
    compare(page, running, language)
    publish(page, running, language)
    told(new_page(locale=language, width=width), running, language)
    retire(page, running, language)


def compare(page: Page, running: Running, language: str) -> None:
    """What the second version asks otherwise stands in words."""
    page.goto(f"{running.home}draft/")
    page.get_by_role("link", name=said(language, "Compare"), exact=True).click()
    page.wait_for_url("**/compare/**")
    expect(page.locator("main .changes")).to_contain_text(said(language, "removed", "item"))
    look(page, language)


def publish(page: Page, running: Running, language: str) -> None:
    """It is asked what becomes of the answers that nobody asks for any more; nothing happens before the tick."""
    page.goto(f"{running.home}draft/publish/?period={running.period.id}")
    look(page, language)
    page.locator("main form[method=post] .btn-primary").click()
    expect(page.locator("main [role=alert]").first).to_be_visible()
    look(page, language)
    assert Draft.objects.get(submission=running.report).doc == {"s1": 4, "s2": 2}
    page.locator("[name=agreed][value=births]").check()
    page.locator("main form[method=post] .btn-primary").click()
    page.wait_for_url(re.compile(re.escape(running.home) + "$"))
    look(page, language)
    assert Draft.objects.get(submission=running.report).doc == {"s1": 4}


def told(page: Page, running: Running, language: str) -> None:
    """The writer of the draft reads in the form what changed, and which answer went."""
    sign_in(page, running.scene.coordinator)
    page.goto(f"/reports/{running.report.pk}/fill/")
    expect(page.locator("main")).to_contain_text(said(language, "No longer asked, and dropped"))
    expect(page.locator("#f-s1")).to_have_value("4")
    expect(page.locator("#f-s2")).to_have_count(0)
    look(page, language)


def retire(page: Page, running: Running, language: str) -> None:
    """The last period is named; what follows stands before it is done."""
    page.goto(f"{running.home}retire/?period={running.period.id}")
    look(page, language)
    page.locator("main form[method=post] .btn-danger").click()
    page.wait_for_url(re.compile(re.escape(running.home) + "$"))
    look(page, language)
    version = running.scene.template.versions.latest("number")
    assert (version.status, version.last_day) == ("retired", running.period.last_day)
