"""Jurisdictions: decided at any level, written per sub-district, never two at once; and statements on control."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from directorates.actions.control import state_control
from directorates.actions.jurisdictions import decide, end
from directorates.actions.seals import seal
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, ControlStatement, Jurisdiction, Organisation, Place
from directorates.models.control import Holder
from directorates.permissions import Refused
from directorates.roles import Role
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FIRST = dt.date(2018, 1, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def district() -> Place:
    """A district with three sub-districts."""
    district = DistrictFactory()
    for _n in range(3):
        SubdistrictFactory(parent=district)
    return district


@pytest.fixture
def directorate() -> Organisation:
    """A directorate."""
    return DirectorateFactory(code="idlib", name_en="Idlib Health Directorate")


def settle(organisation: Organisation, place: Place, first: dt.date = FIRST, last: dt.date | None = None) -> object:
    """Decide, as the loading commands do."""
    return decide(organisation=organisation, place=place, first=first, last=last, by=None, at=NOW)


def test_a_decision_for_a_district_makes_competent_in_each_of_its_subdistricts(
    directorate: Organisation, district: Place
) -> None:
    settle(directorate, district)
    for part in district.children.all():
        assert Jurisdiction.objects.competent(part, FIRST) == directorate
        assert Jurisdiction.objects.competent(part, FIRST - dt.timedelta(days=1)) is None
    assert Jurisdiction.objects.count() == 3


def test_a_second_directorate_is_refused_naming_who_is_competent_where_and_since_when(
    directorate: Organisation, district: Place
) -> None:
    part = district.children.first()
    assert part is not None
    settle(directorate, part)
    with pytest.raises(Problem) as caught:
        settle(DirectorateFactory(), district, dt.date(2019, 1, 1))
    (fault,) = caught.value.errors
    assert fault.code == "overlaps"
    message = str(fault.message)
    assert "2018-01-01" in message
    assert str(directorate.name) in message
    assert str(part.name) in message
    assert Jurisdiction.objects.count() == 1


def test_the_next_directorate_begins_on_the_day_after_the_last(directorate: Organisation, district: Place) -> None:
    decision = settle(directorate, district)
    end(decision=decision, last=dt.date(2018, 4, 14), reason="Control was lost", by=None, at=NOW)  # type: ignore[arg-type]
    later = DirectorateFactory()
    with pytest.raises(Problem):
        settle(later, district, dt.date(2018, 4, 14))
    settle(later, district, dt.date(2018, 4, 15))
    part = district.children.first()
    assert part is not None
    assert Jurisdiction.objects.competent(part, dt.date(2018, 4, 14)) == directorate
    assert Jurisdiction.objects.competent(part, dt.date(2018, 4, 15)) == later


def test_with_nobody_competent_the_last_one_is_still_known(directorate: Organisation, district: Place) -> None:
    settle(directorate, district, FIRST, dt.date(2018, 4, 14))
    part = district.children.first()
    assert part is not None
    assert Jurisdiction.objects.competent(part, dt.date(2019, 1, 1)) is None
    assert Jurisdiction.objects.last_competent(part, dt.date(2019, 1, 1)) == directorate


def test_an_end_needs_a_reason_and_lies_within_the_competence(directorate: Organisation, district: Place) -> None:
    decision = settle(directorate, district, FIRST, dt.date(2018, 6, 30))
    for last, code in ((dt.date(2017, 12, 31), "ends_before_it_begins"), (dt.date(2018, 7, 1), "ended")):
        with pytest.raises(Problem) as caught:
            end(decision=decision, last=last, reason="", by=None, at=NOW)  # type: ignore[arg-type]
        assert [fault.code for fault in caught.value.errors] == ["required", code]


def test_everything_wrong_with_a_decision_is_told_at_once() -> None:
    empty = DistrictFactory()
    with pytest.raises(Problem) as caught:
        settle(OrganisationFactory(kind="ngo"), empty, FIRST, dt.date(2017, 1, 1))
    assert [fault.code for fault in caught.value.errors] == [
        "not_a_directorate",
        "no_subdistricts",
        "ends_before_it_begins",
    ]


def test_what_is_expected_follows_a_decision(directorate: Organisation, district: Place) -> None:
    settle(directorate, district)
    assert OutboxMessage.objects.filter(task="reporting.expect").exists()


def test_only_who_manages_organisations_decides(directorate: Organisation, district: Place) -> None:
    with pytest.raises(Refused):
        decide(organisation=directorate, place=district, first=FIRST, by=UserFactory(), at=NOW)
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    decide(organisation=directorate, place=district, first=FIRST, by=administrator, at=NOW)
    assert AuditEvent.objects.filter(what="decide", by=administrator).exists()


def codes(problem: Problem) -> list[tuple[str, str]]:
    """The faults of a problem: field and code."""
    return [(fault.field, fault.code) for fault in problem.errors]


def test_what_a_sealed_directorate_held_before_today_stays_its_own(directorate: Organisation, district: Place) -> None:
    administrator, today = member(Role.ADMINISTRATOR, BodyFactory()), timezone.localdate(NOW)
    decision = settle(directorate, district)
    other = DirectorateFactory()
    seal(by=member(Role.DIRECTOR, directorate), organisation=directorate, reason="Danger", at=NOW)
    said = {"decision": decision, "reason": "Lost", "by": administrator, "at": NOW}
    with pytest.raises(Problem) as caught:
        end(last=today - 2 * DAY, **said)  # type: ignore[arg-type]
    assert codes(caught.value) == [("last", "sealed")]
    end(last=today - DAY, **said)  # type: ignore[arg-type]
    given = {"organisation": other, "place": district, "by": administrator, "at": NOW}
    decide(first=today, **given)  # type: ignore[arg-type]
    assert Jurisdiction.objects.at(today).filter(organisation=other).count() == 3


def test_what_a_sealed_directorate_was_the_last_to_hold_is_not_decided_backwards(
    directorate: Organisation, district: Place
) -> None:
    administrator, today = member(Role.ADMINISTRATOR, BodyFactory()), timezone.localdate(NOW)
    settle(directorate, district, FIRST, FIRST)
    seal(by=member(Role.DIRECTOR, directorate), organisation=directorate, reason="Danger", at=NOW)
    given = {"place": district, "by": administrator, "at": NOW}
    with pytest.raises(Problem) as caught:
        decide(organisation=DirectorateFactory(), first=FIRST + DAY, **given)  # type: ignore[arg-type]
    assert codes(caught.value) == [("first", "sealed")]
    decide(organisation=DirectorateFactory(), first=today, **given)  # type: ignore[arg-type]


def test_a_basis_and_a_reason_that_give_a_location_or_are_too_long_are_not_kept(
    directorate: Organisation, district: Place
) -> None:
    for text, code in (("Near 35.9306, 36.6339", "location"), ("x" * 2_001, "too_long")):
        with pytest.raises(Problem) as caught:
            decide(organisation=directorate, place=district, first=FIRST, basis=text, by=None, at=NOW)
        assert codes(caught.value) == [("basis", code)]
    decision = settle(directorate, district)
    for text, code in (("Near 35.9306, 36.6339", "location"), ("x" * 2_001, "too_long")):
        with pytest.raises(Problem) as caught:
            end(decision=decision, last=FIRST, reason=text, by=None, at=NOW)  # type: ignore[arg-type]
        assert codes(caught.value) == [("reason", code)]


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_is_refused_in_words(directorate: Organisation, district: Place) -> None:
    other = DirectorateFactory()
    outcomes: list[str] = []

    def run(organisation: Organisation) -> None:
        try:
            settle(organisation, district)
            outcomes.append("decided")
        except Problem as problem:
            outcomes.append(problem.errors[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in (directorate, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "overlaps"]


def test_sources_may_disagree_about_control_but_one_source_says_one_thing_a_day(district: Place) -> None:
    def say(holder: Holder, source: str) -> ControlStatement:
        return state_control(place=district, holder=holder, source=source, first=FIRST, by=None, at=NOW)

    say(Holder.OPPOSITION, "first source")
    say(Holder.CONTESTED, "second source")
    with pytest.raises(Problem) as caught:
        say(Holder.GOVERNMENT, "first source")
    assert [fault.code for fault in caught.value.errors] == ["overlaps"]
    held = set(district.control_statements.at(FIRST).values_list("holder", flat=True))
    assert held == {"opposition", "contested"}
