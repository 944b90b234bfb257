"""The computing of figures in a real browser: an administrator sets a check, the data manager has one run, finds it, and sees trouble."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coordination.reporting.actions.troubles import watch
from coordination.reporting.models import ConsolidationRun, ConsolidationSchedule
from directorates.foundation.models import Job
from directorates.models import User
from tests.conftest import NewPage
from tests.factories import member
from tests.flows.looking import look, sign_in
from tests.reporting.figures_world import PERIODS, World, count, expected_report, make_world

pytestmark = pytest.mark.browser
RUNS, SCHEDULES = "/reports/figures/runs/", "/reports/figures/schedules/"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280)])
def test_a_check_is_set_run_and_found_and_trouble_is_seen(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    world = make_world()
    for number, facility in enumerate(world.facilities):
        expected_report(world, facility, PERIODS[0])
        count(world, facility, PERIODS[0], {"s1": number, "s3": 4})
    manager, administrator = (
        speaking(member(role, world.body), language) for role in ("data_manager", "administrator")
    )
    told(manager)
    desk, office = (new_page(locale=language, width=width) for _person in range(2))
    sign_in(office, administrator)
    set_a_check(office, world, language, tmp_path)
    sign_in(desk, manager)
    look(desk, language, tmp_path / f"home-{language}-{width}.png")
    have_it_run(desk, world)
    find_it(desk, language, tmp_path / f"runs-{language}-{width}.png")


def speaking(person: User, language: str) -> User:
    """A person who reads a language."""
    person.language = language
    person.save(update_fields=["language"])
    return person


def told(manager: User) -> None:
    """A history of some days with lags, a run that failed last, and those who look after it told of that."""
    now = timezone.now()
    for hours, lag in enumerate([1, 2, 900, 40, 3, 0.4, 12, 300]):
        began = now - datetime.timedelta(hours=9 * hours + 1)
        given = {"kind": "drain", "origin": "touch", "began": began, "ended": began + datetime.timedelta(seconds=0.7)}
        ConsolidationRun.objects.create(**given, state="run_done", lag=lag, marks=12, cells=345)
    given |= {"kind": "rebuild", "origin": "person", "by": manager, "began": now, "ended": now}
    ConsolidationRun.objects.create(**given, state="run_failed", fault="OperationalError 57P01")
    watch(at=now)


def set_a_check(page: Page, world: World, language: str, pictures: Path) -> None:
    """The administrator finds the schedules, forgets the day of the week, is told, and sets it."""
    page.goto(RUNS)
    page.locator(f"nav.tabs a[href='{SCHEDULES}']").click()
    look(page, language, pictures / f"schedules-{language}.png")
    page.locator(f"a[href='{SCHEDULES}{world.template.code}/']").click()
    page.select_option("[name=rhythm]", "weekly")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    look(page, language, pictures / f"schedule-{language}.png")
    page.select_option("[name=weekday]", "4")
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url(f"**{SCHEDULES}")
    held = ConsolidationSchedule.objects.get()
    assert (held.rhythm, held.weekday, held.template) == ("weekly", 4, world.template)


def have_it_run(page: Page, world: World) -> None:
    """The data manager has the check run and waits for its end."""
    page.goto(SCHEDULES)
    page.locator(f"form[action='{SCHEDULES}{world.template.code}/check/'] button").click()
    page.wait_for_url("**/jobs/*/")
    job = Job.objects.get(kind="reporting.check")
    expect(page.locator(".progress-strip .ok, .chip.ok").first).to_be_visible(timeout=30_000)
    assert Job.objects.get(pk=job.pk).state == "done"


def find_it(page: Page, language: str, picture: Path) -> None:
    """It stands in the history; filters stay in the address, and the file has what is shown."""
    page.goto(RUNS)
    expect(page.locator("svg.lag rect.over").first).to_be_attached()
    look(page, language, picture)
    page.select_option("[name=kind]", "check")
    page.locator("form[method=get] button[type=submit]").first.click()
    page.wait_for_url("**kind=check**")
    page.reload()
    # The picture of lags has a table of its own.
    expect(page.locator("tbody tr:not([aria-labelledby=lag] *)")).to_have_count(1)
    expect(page.locator("[name=kind]")).to_have_value("check")
    assert "kind=check" in (page.locator("a[href*='/runs/?']").first.get_attribute("href") or "")
