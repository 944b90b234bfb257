"""Organisations: founded, renamed, suspended, resumed, dissolved; every name and state there was stays."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from directorates.actions.organisations import Names, dissolve, found, rename, resume, suspend
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Organisation
from directorates.models.organisations import Kind
from directorates.permissions import Refused, may
from directorates.roles import Permission, Role
from tests.factories import BodyFactory, DirectorateFactory, UserFactory, member

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2019, 6, 5, 12, tzinfo=dt.UTC)
OLD = Names("الجسم التنسيقي", "Coordination Body", "التنسيقي", "CB")
NEW = Names("الجسم التقني", "Technical Body", "التقني", "TB")


def body(code: str = "the-body") -> Organisation:
    """An organisation of October 2017."""
    return found(code=code, kind=Kind.BODY, names=OLD, since=dt.date(2017, 10, 1), by=None, at=NOW)


def codes(caught: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    """Where and what was wrong."""
    return {(fault.field, fault.code) for fault in caught.value.errors}


def test_a_name_belongs_to_a_period_of_time() -> None:
    held = body()
    rename(organisation=held, names=NEW, since=dt.date(2018, 3, 1), by=None, at=NOW)
    assert held.name_at(dt.date(2018, 2, 28)).name_en == "Coordination Body"
    assert held.name_at(dt.date(2018, 3, 1)).name_en == "Technical Body"
    held.refresh_from_db()
    assert (held.name_en, held.short_ar) == ("Technical Body", "التقني")


def test_two_names_never_hold_on_one_day() -> None:
    held = body()
    rename(organisation=held, names=NEW, since=dt.date(2018, 3, 1), by=None, at=NOW)
    with pytest.raises(Problem) as caught:
        rename(organisation=held, names=OLD, since=dt.date(2018, 3, 1), by=None, at=NOW)
    assert codes(caught) == {("since", "overlaps")}
    assert "2018-03-01" in str(caught.value.errors[0].message)


def test_everything_wrong_with_a_founding_is_told_at_once() -> None:
    body()
    with pytest.raises(Problem) as caught:
        found(
            code="the-body",
            kind=Kind.NGO,
            names=Names("", "x" * 201, "\u202e", "ok"),
            since=dt.date(2019, 6, 7),
            by=None,
            at=NOW,
        )
    assert codes(caught) == {
        ("name_ar", "required"),
        ("name_en", "too_long"),
        ("short_ar", "required"),
        ("code", "exists"),
        ("since", "in_future"),
    }


@pytest.mark.parametrize("code", ["", "Idlib", "a b", "-a", "a--b", "../x", "x" * 41, "إدلب"])
def test_a_code_is_small_latin_letters_digits_and_hyphens(code: str) -> None:
    with pytest.raises(Problem) as caught:
        found(code=code, kind=Kind.NGO, names=OLD, since=dt.date(2017, 1, 1), by=None, at=NOW)
    assert codes(caught) == {("code", "not_a_code")}


def test_a_suspended_organisations_roles_give_nothing_until_it_resumes() -> None:
    directorate = DirectorateFactory()
    officer = member(Role.DATA_OFFICER, directorate)
    suspend(organisation=directorate, since=dt.date(2019, 6, 1), reason="Lost", by=None, at=NOW)
    assert not may(type(officer).objects.get(pk=officer.pk), Permission.REVIEW_REPORTS)
    resume(organisation=directorate, since=dt.date(2019, 6, 4), reason="Back", by=None, at=NOW)
    assert may(type(officer).objects.get(pk=officer.pk), Permission.REVIEW_REPORTS)
    assert [change.status for change in directorate.status_changes.all()] == ["suspended", "active"]


def test_a_dissolved_organisation_stays_dissolved() -> None:
    held = body()
    BodyFactory(code="another")
    dissolve(organisation=held, since=dt.date(2019, 6, 1), reason="The end of the funding", by=None, at=NOW)
    with pytest.raises(Problem) as caught:
        resume(organisation=held, since=dt.date(2019, 6, 2), reason="?", by=None, at=NOW)
    assert (caught.value.code, caught.value.extra) == ("wrong_state", {"state": "dissolved"})


@pytest.mark.parametrize("change", [suspend, dissolve])
def test_nobody_stops_the_organisation_that_they_act_as_nor_the_last_body(change: Callable[..., None]) -> None:
    held, other = body(), BodyFactory(code="another")
    administrator = member(Role.ADMINISTRATOR, held)
    said = {"since": dt.date(2019, 6, 1), "reason": "Mistaken", "at": NOW}
    with pytest.raises(Problem) as caught:
        change(organisation=held, by=administrator, **said)
    assert caught.value.code == "own_organisation"
    change(organisation=other, by=administrator, **said)
    with pytest.raises(Problem) as caught:
        change(organisation=held, by=None, **said)
    assert caught.value.code == "last_body"
    assert may(administrator, Permission.MANAGE_ORGANISATIONS)


def test_a_reason_of_a_change_of_state_gives_no_location_and_is_not_too_long() -> None:
    for reason, code in (("Near 35.9306, 36.6339", "location"), ("x" * 2_001, "too_long")):
        with pytest.raises(Problem) as caught:
            suspend(organisation=DirectorateFactory(), since=dt.date(2019, 6, 1), reason=reason, by=None, at=NOW)
        assert codes(caught) == {("reason", code)}


def test_a_change_of_state_needs_a_reason_and_comes_after_the_one_before() -> None:
    held = body()
    BodyFactory(code="another")
    with pytest.raises(Problem) as caught:
        suspend(organisation=held, since=dt.date(2017, 9, 1), reason=" ", by=None, at=NOW)
    assert codes(caught) == {("reason", "required"), ("since", "too_early")}


def test_only_who_manages_organisations_founds_one() -> None:
    with pytest.raises(Refused):
        found(code="x", kind=Kind.NGO, names=OLD, since=dt.date(2017, 1, 1), by=UserFactory(), at=timezone.now())
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    made = found(code="x", kind=Kind.NGO, names=OLD, since=dt.date(2017, 1, 1), by=administrator, at=timezone.now())
    event = AuditEvent.objects.get(what="found")
    assert (event.by, event.thing) == (administrator, str(made.pk))
