"""Loading the demonstration: goes on where it stopped, is complete where people look, and is refused where they work."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coordination.demonstration.doubles import OTHER
from coordination.demonstration.loading import Loading
from coordination.demonstration.plan import Planned, plan
from coordination.demonstration.state import accounts, job, state
from coordination.demonstration.windows import chunks, past
from coordination.reporting.models import (
    ExpectedReport,
    Submission,
)
from directorates.foundation.models import Job, JobState
from directorates.foundation.problems import Problem
from directorates.models import Place, User
from tests.demonstration.conftest import SCALE
from tests.factories import DirectorateFactory, FacilityFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_interrupted_loading_goes_on_where_it_stopped(
    reference: None, settings_allow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Loading(0.01)
    month = Loading._month
    done: list[str] = []

    def interrupted(self: Loading, chunk: Any, months: Any) -> None:
        month(self, chunk, months)
        done.append(chunk.name)
        if len(done) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Loading, "_month", interrupted)
    with pytest.raises(KeyboardInterrupt):
        first.run("recent")
    held = job()
    assert held is not None
    assert held.state == JobState.FAILED
    written = Submission.objects.count()
    monkeypatch.setattr(Loading, "_month", month)
    again = Loading(0.01)
    again.run("recent")
    months = chunks(again.windows["recent"], again.today)
    planned = plan(again.sites, months, again.now)
    assert 0 < written < Submission.objects.count()
    sent = Submission.objects.exclude(status="draft").select_related("template", "facility", "reporter")
    keys = Counter((row.period.id, row.facility.code, row.reporter.code) for row in sent)
    wanted = Counter(row.key for rows in planned.months.values() for row in rows)
    assert wanted - keys == Counter()
    # A few are shown as reported by a second organisation as well.
    beside = keys - wanted
    assert {reporter for _period, _facility, reporter in beside} <= {OTHER}
    assert beside.total() == len(beside) <= 4
    assert Job.objects.filter(kind="demonstration").count() == 1


def test_the_past_is_complete_where_people_look_and_counts_as_it_was_then(
    reference: None, settings_allow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = replace(past(), first=dt.date(2018, 4, 1), last=dt.date(2018, 6, 30))
    loading = Loading(SCALE)
    loading.windows = {"past": window}
    loading.run("past")
    held = job()
    assert held is not None
    assert held.state == JobState.DONE
    key = ("template", "period_start", "facility")
    owed = set(ExpectedReport.objects.filter(reporter__code="uossm").values_list(*key))
    sent = set(Submission.objects.filter(reporter__code="uossm").values_list(*key))
    assert owed
    assert owed <= sent
    lost = Place.objects.get(code="SY03")
    days = {row.period_start for row in ExpectedReport.objects.filter(place_path__startswith=lost.path)}
    assert all(day < dt.date(2018, 4, 14) for day in days)


def test_newest_reports_wait_in_the_inbox_and_uossm_has_overdue_ones(reference: None, settings_allow: None) -> None:
    loading = Loading(0.3)
    for name, deed in loading._ground():
        loading.job.result = {"done": [], "total": 0} | loading.job.result
        loading._once(name, deed)
    months = chunks(loading.windows["recent"], loading.today)
    made = plan(loading.sites, months, loading.now)
    reports: list[Planned] = [report for rows in made.months.values() for report in rows]
    waiting = Counter(report.reviewer for report in reports if report.fate == "waiting")
    assert waiting["idlib"] == 25
    assert {reporter for _site, _period, reporter in made.begun} == {"uossm"}
    sent = {report.key for report in reports}
    overdue = Counter(
        site.extent
        for chunk in months
        for period in chunk.periods
        if (loading.today - period.last_day).days > 10
        for site in loading.sites
        if "uossm" in site.supporters(period.last_day)
        and site.works(period.last_day)
        and (site.sentinel or not period.type.is_week)
        and (period.id, site.facility.code, "uossm") not in sent
    )
    assert overdue["idlib"]
    assert overdue["aleppo"]


# Where it is refused


@pytest.mark.parametrize(
    ("setting", "value"),
    [("DEMONSTRATION", False), ("HTTPS", True), ("SESSION_COOKIE_SECURE", True), ("SECURE_HSTS_SECONDS", 3600)],
)
def test_it_is_refused_where_it_is_not_allowed_or_the_portal_is_published(
    settings: Any, setting: str, value: object
) -> None:
    settings.DEMONSTRATION = True
    setattr(settings, setting, value)
    with pytest.raises(CommandError):
        call_command("load_demonstration", "--recent")
    assert not User.objects.exists()


def test_it_is_refused_in_a_portal_that_has_directorates_of_its_own(settings: Any) -> None:
    settings.DEMONSTRATION = True
    DirectorateFactory()
    with pytest.raises(CommandError) as caught:
        call_command("load_demonstration")
    assert isinstance(caught.value.__cause__, Problem)
    assert not Job.objects.exists()


@pytest.mark.parametrize("factory", [UserFactory, FacilityFactory])
def test_it_is_refused_in_a_portal_that_has_people_or_facilities_of_its_own(settings: Any, factory: Any) -> None:
    settings.DEMONSTRATION = True
    factory()
    with pytest.raises(CommandError):
        call_command("load_demonstration")
    assert not Job.objects.exists()


def test_without_permission_nothing_is_said_of_a_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert state() is None
    assert accounts() == ()
