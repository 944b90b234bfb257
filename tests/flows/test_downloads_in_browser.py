"""Lists taken along in a real browser against the real stack: at once, as a job with its file, and once more after a failure."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coordination.exchange.actions.exports import AT_ONCE, EXPORT
from directorates.foundation.models import Job
from directorates.models import User
from facilities.actions.register import FacilityEntry, StatusEntry, register_many
from facilities.models.facilities import FacilityType
from facilities.models.operating import Operating
from tests.conftest import NewPage
from tests.factories import DirectorateFactory, SubdistrictFactory, member
from tests.flows.looking import downloaded, look, sign_in
from tests.flows.region import said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MANY = AT_ONCE + 1


@pytest.fixture
def officer(new_page: NewPage) -> User:
    """An officer of a directorate with more facilities than a file is written for at once, on the stack's database."""
    place = SubdistrictFactory()
    person: User = member("data_officer", DirectorateFactory(for_place=place))
    since = StatusEntry(Operating.FUNCTIONING, datetime.date(2019, 1, 1))
    entries = [
        FacilityEntry(
            f"T{number:04}", f"مركز {number}", f"Centre {number}", FacilityType.HEALTH_CENTRE, place, [], [since]
        )
        for number in range(MANY)
    ]
    register_many(entries=entries, by=person, at=timezone.now())
    return person


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_what_is_shown_is_taken_along_at_once_or_by_a_job(
    officer: User, new_page: NewPage, language: str, width: int
) -> None:
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, officer)
    page.goto("/facilities/?q=T0007")
    page.get_by_role("link", name=said(language, "Download what is shown")).click()
    look(page, language)
    page.locator("[name=format][value=csv]").check()
    rows = list(csv.reader(io.StringIO(downloaded(page, said(language, "Download")).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["T0007"]
    page.goto("/facilities/")
    page.get_by_role("link", name=said(language, "Download what is shown")).click()
    page.locator("#main").get_by_role("button", name=said(language, "Download")).click()
    # The page of the job follows the worker by itself until the file is there.
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("#main .btn-primary")).to_have_text(said(language, "Download"), timeout=30_000)
    look(page, language)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, said(language, "Download"))))
    assert book.worksheets[0].max_row >= MANY


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_failed_job_is_told_in_the_list_and_done_again(
    officer: User, new_page: NewPage, language: str, width: int
) -> None:
    User.objects.update(language=language)
    Job.objects.create(
        kind=EXPORT,
        by=officer,
        acting_id=officer.acting_id,
        asked=timezone.now(),
        finished=timezone.now(),
        state="failed",
        language=language,
        arguments={"listing": "facilities", "query": "", "format": "csv", "mark": False},
        result={"code": "stopped", "problem": "توقّف العمل"},
    )
    page = new_page(locale=language, width=width)
    sign_in(page, officer)
    page.goto("/jobs/")
    expect(page.locator("#main")).to_contain_text("توقّف العمل")
    look(page, language)
    page.locator("#main").get_by_role("button", name=said(language, "Do again")).click()
    expect(page.locator("#main .btn-primary")).to_have_text(said(language, "Download"), timeout=30_000)
    rows = list(csv.reader(io.StringIO(downloaded(page, said(language, "Download")).decode())))
    assert len(rows) == 1 + MANY
    page.goto("/jobs/")
    expect(page.locator("#main tbody tr")).to_have_count(2)
    look(page, language)
