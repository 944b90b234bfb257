"""Duplicates: found by likeness, kept apart, merged with their histories kept; the old code leads on."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.models import CountedReport, ExpectedReport
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from directorates.rules.text import search_key
from facilities.actions.duplicates import merge, set_apart
from facilities.actions.facilities import describe_facility
from facilities.actions.proposals import Wish, propose
from facilities.actions.statuses import change_status
from facilities.actions.support import begin_support
from facilities.models import Facility, Merge, NotDuplicate, Support
from facilities.models.duplicates import candidates, entries_like, survivor_of
from facilities.models.facilities import FacilityType
from facilities.models.proposals import Field
from facilities.models.statuses import Operating
from facilities.rules.duplicates import ALIKE, Entry, entry, likeness, share, telling, trigrams
from tests.facilities.proposing import DAY, Register
from tests.factories import (
    DirectorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    assigned,
    competent,
    member,
    published,
)
from tests.reporting.reports import sent
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LABORATORY = Wish(Field.TYPE, "laboratory")


@pytest.fixture
def register() -> Register:
    """A directorate, a facility, and the people around it."""
    return Register()


def named(arabic: str, english: str, *others: str, place: int = 1) -> Entry:
    """What is compared of a facility with these names."""
    search = " | ".join(map(search_key, ("SY07-X", arabic, english, *others)))
    return entry(id=place, group=("hospital", 1), place=place, search=search)


# --- Rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (named("مشفى الزيتون", "Al-Zaytoun Hospital"), named("مستشفى الزيتون", "Zaitoun Hospital", place=2), True),
        (named("مركز الغار الصحي", "Al-Ghar Centre"), named("مركز الغار", "Ghaar Health Center"), True),
        (named("مشفى الزيتون", "Al-Zaytoun Hospital"), named("مشفى الأمل", "Al-Amal Hospital"), False),
        (named("مركز الغار 2", "Al-Ghar Centre 2"), named("مركز الغار 3", "Al-Ghar Centre 3"), False),
        (named("مركز الغار 2", "Al-Ghar Centre 2"), named("مركز الغار ٢", "Ghar 2"), True),
        (named("مركز الغار 2", "Al-Ghar Centre 2"), named("مركز الغار", "Al-Ghar"), True),
        (named("مركز صحي", "Health centre"), named("مركز السرو", "Al-Sarw centre"), False),
        (named("مركز السرو", "Al-Sarw"), named("مركز جديد", "New", "مركز السرو"), True),
    ],
)
def test_names_are_alike_by_what_tells_them_apart(one: Entry, other: Entry, alike: bool) -> None:
    assert (likeness(one, other) is not None) is alike
    assert (likeness(other, one) is not None) is alike


def test_names_are_cut_as_the_database_cuts_latin_ones_and_arabic_ones_alike() -> None:
    for one, other in (("zaytoun", "zaitoun"), ("sarw big", "sarw"), ("a b", "b a")):
        with connection.cursor() as cursor:
            cursor.execute("SELECT similarity(%s, %s)", [one, other])
            ((said,),) = cursor.fetchall()
        assert share(trigrams(one), trigrams(other)) == pytest.approx(said, abs=1e-5)
    assert share(trigrams("سرو كبير"), trigrams("سرو")) == pytest.approx(4 / 9)
    assert share(trigrams("سرو"), trigrams("سرو")) == 1.0 >= ALIKE
    assert share(trigrams(""), trigrams("")) == 0.0
    assert telling("مركز صحي") == "مركز صحي"


# --- Finding -------------------------------------------------------------------------------------------------------


def pair(register: Register, **other: Any) -> tuple[Facility, Facility]:
    """Two entries of one facility, the second with something else where asked."""
    beside = SubdistrictFactory(parent=register.place.parent)
    competent(register.directorate, beside)
    one = register.another("SY07-H001", name_ar="مشفى الزيتون", name_en="Al-Zaytoun Hospital", type="hospital")
    given = {"place": beside, "name_ar": "مستشفى الزيتون", "name_en": "Zaitun Hospital", "type": "hospital"}
    return one, register.another("SY07-H002", **given | other)


def found(person: User) -> list[tuple[str, str]]:
    """The codes of the pairs that a person is shown."""
    return [(one.first.code, one.second.code) for one in candidates(person, timezone.localdate())]


def test_candidates_are_found_with_why(register: Register) -> None:
    pair(register)
    (candidate,) = candidates(register.officer, timezone.localdate())
    assert (candidate.first.code, candidate.second.code) == ("SY07-H001", "SY07-H002")
    assert candidate.why.shared_name
    assert not candidate.why.same_place


def test_another_type_or_district_or_name_is_no_candidate(register: Register) -> None:
    pair(register, type="laboratory")
    register.another("X", name_ar="مشفى الأمل", name_en="Al-Amal Hospital", type="hospital")
    away = SubdistrictFactory()
    competent(register.directorate, away)
    register.another("Y", name_ar="مشفى الزيتون", name_en="Al-Zaytoun", type="hospital", place=away)
    assert found(register.officer) == []


def test_only_those_who_keep_one_of_them_are_asked(register: Register) -> None:
    pair(register)
    assert found(register.administrator) == found(register.director) == [("SY07-H001", "SY07-H002")]
    assert found(register.nour) == found(member(Role.DATA_OFFICER, DirectorateFactory())) == []


def test_a_pair_that_is_not_a_duplicate_is_shown_no_more(register: Register) -> None:
    one, other = pair(register)
    for _n in range(2):
        row = set_apart(first=other, second=one, reason="Two streets", by=register.officer, at=timezone.now())
    assert NotDuplicate.objects.get() == row
    assert (row.first, row.reason) == (one, "Two streets")
    assert found(register.officer) == found(register.administrator) == []


# --- Merging -------------------------------------------------------------------------------------------------------


def merged(register: Register, one: Facility, other: Facility, **given: Any) -> Merge:
    """The second entry merged into the first."""
    asked: dict[str, Any] = {"reason": "One building", "by": register.officer, "at": timezone.now()}
    return merge(survivor=one, merged=other, **asked | given)


def test_the_merged_entry_closes_and_the_survivor_has_its_names_code_and_supporters(register: Register) -> None:
    one, other = pair(register, supporters=[register.uossm, register.pac])
    merged(register, one, other)
    today = timezone.localdate()
    other.refresh_from_db()
    status = other.statuses.get(status="closed")
    assert (other.status, status.first_day, status.reason) == (Operating.CLOSED, today, "One building")
    assert {row.last_day for row in other.supports.all()} == {today - DAY}
    here = {row.organisation.code: row.first_day for row in one.supports.filter(valid__contains=today)}
    assert here.keys() == {"uossm", "sams", "pac"}
    assert here["pac"] == today
    for text in ("SY07-H002", "Zaitun", "مستشفى الزيتون"):
        assert one in Facility.objects.named_like(text)
    assert AuditEvent.objects.get(what="merge").details == {"merged": "SY07-H002", "into": "SY07-H001"}
    assert OutboxMessage.objects.filter(task="reporting.expect").exists()
    assert found(register.officer) == []


def test_open_proposals_about_the_merged_entry_are_overtaken(register: Register) -> None:
    one, other = pair(register)
    proposal = register.proposed(facility=other, wishes=[LABORATORY])
    merged(register, one, other)
    proposal.refresh_from_db()
    assert proposal.state == "overtaken"
    assert [row.what for row in proposal.history.all()] == ["proposed", "merged"]


def test_support_with_a_last_day_goes_on_until_then_and_one_to_come_begins_then(register: Register) -> None:
    one, other = pair(register, supporters=[])
    today = timezone.localdate()
    Support.objects.create(facility=other, organisation=register.pac, valid=lasting(today - 9 * DAY, today + 9 * DAY))
    sema = OrganisationFactory(code="sema")
    Support.objects.create(facility=other, organisation=sema, valid=lasting(today + 3 * DAY))
    merged(register, one, other)
    pac = one.supports.get(organisation=register.pac)
    assert (pac.first_day, pac.last_day) == (today, today + 9 * DAY)
    assert one.supports.get(organisation=sema).first_day == today + 3 * DAY


@pytest.mark.parametrize("who", ["nour", "stranger"])
def test_only_who_keeps_both_entries_merges_them(register: Register, who: str) -> None:
    one, other = pair(register)
    person = register.nour if who == "nour" else member(Role.DATA_OFFICER, DirectorateFactory())
    with pytest.raises(Refused):
        merged(register, one, other, by=person)
    with pytest.raises(Refused):
        set_apart(first=one, second=other, reason="", by=person, at=timezone.now())


def test_a_directorate_does_not_merge_with_a_neighbours_entry_but_the_body_does(register: Register) -> None:
    place = SubdistrictFactory(parent=register.place.parent)
    neighbour = DirectorateFactory(for_place=place)
    one, other = pair(register, place=place)
    for person in (register.officer, member(Role.DIRECTOR, neighbour)):
        assert found(person) == [("SY07-H001", "SY07-H002")]
        with pytest.raises(Refused):
            merged(register, one, other, by=person)
    assert merged(register, one, other, by=register.administrator).survivor == one


def test_either_entry_of_a_merge_has_to_be_ones_own(register: Register) -> None:
    """Nothing else refuses here: neither entry has supporters, whose support would ask once more."""
    place = SubdistrictFactory(parent=register.place.parent)
    DirectorateFactory(for_place=place)
    mine, other = register.another("SY07-M", supporters=[]), register.another("SY07-O", supporters=[], place=place)
    # A status asks once more, but of what is open only.
    Facility.objects.filter(pk=other.pk).update(status="closed")
    other.refresh_from_db()
    for survivor, gone in ((mine, other), (other, mine)):
        with pytest.raises(Refused):
            merge(survivor=survivor, merged=gone, reason="Same", by=register.officer, at=timezone.now())


def test_whoever_sees_some_places_only_compares_what_lies_in_them(register: Register, client: Client) -> None:
    one, other = pair(register)
    limited = member(Role.DATA_OFFICER, register.directorate, places=[register.place])
    assert found(register.officer) != []
    assert found(limited) == []
    names = (other.name_ar, other.name_en)
    assert other in entries_like(register.officer, "hospital", register.place, names)
    assert other not in entries_like(limited, "hospital", register.place, names)
    for person, status in ((register.officer, 302), (limited, 200)):
        client.force_login(person)
        answer = client.get("/facilities/duplicates/", {"first": one.code, "second": other.code})
        assert answer.status_code == status


def test_every_fault_of_a_merge_is_told(register: Register) -> None:
    one, other = pair(register)
    with pytest.raises(Problem) as problem:
        merged(register, one, one, reason=" ")
    assert {fault.code for fault in problem.value.errors} == {"same", "required"}
    merged(register, one, other)
    for given in ({"survivor": one, "merged": other}, {"survivor": other, "merged": one}):
        with pytest.raises(Problem) as problem:
            merge(reason="x", by=register.officer, at=timezone.now(), **given)
        assert (problem.value.code, problem.value.extra) == ("merged", {"survivor": one.code})


def test_a_merged_entry_is_changed_no_more(register: Register) -> None:
    one, other = pair(register)
    merged(register, one, other)
    at, by = timezone.now(), register.officer
    described = {"name_ar": "أ", "name_en": "A", "type": FacilityType.HOSPITAL, "services": [], "other_names": []}
    for deed in (
        lambda: describe_facility(facility=other, by=by, **described),  # type: ignore[arg-type]
        lambda: change_status(facility=other, status=Operating.FUNCTIONING, reason="x", since=at.date(), by=by, at=at),
        lambda: begin_support(facility=other, organisation=register.pac, since=at.date(), by=by),
        lambda: propose(facility=other, wishes=[LABORATORY], reason="x", by=register.officer, at=at),
    ):
        with pytest.raises(Problem) as problem:
            deed()
        assert problem.value.code == "merged"


def test_entries_that_were_merged_one_into_another_lead_to_the_last(register: Register) -> None:
    one, other = pair(register)
    last = register.another("SY07-H003", type="hospital")
    merged(register, one, other)
    merged(register, last, one)
    assert survivor_of(other) == survivor_of(one) == survivor_of(last) == last
    assert last in Facility.objects.named_like("SY07-H002")


def test_the_database_keeps_that_an_entry_is_merged_once_into_another_and_for_good(register: Register) -> None:
    one, other = pair(register)
    row = merged(register, one, other)
    given = {"day": row.day, "reason": "x", "by": register.officer, "at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(merged=other, survivor=register.facility, **given)
    with pytest.raises(IntegrityError, match="merged_into_another_one"), transaction.atomic():
        Merge.objects.create(merged=one, survivor=one, **given)
    for deed in (row.delete, lambda: Merge.objects.update(reason="")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            deed()


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_counts() -> None:
    register = Register()
    one, other = pair(register)
    answers = at_once(lambda: merged(register, one, other).merged_id, lambda: merged(register, other, one).merged_id)
    assert sorted(str(getattr(answer, "code", "done")) for answer in answers) == ["done", "merged"]
    assert Merge.objects.count() == 1


# --- What is reported ----------------------------------------------------------------------------------------------


def test_past_reports_stay_and_nothing_more_is_expected_of_the_merged_entry(register: Register) -> None:
    one, other = pair(register)
    version, today = published(), timezone.localdate()
    month = (today.replace(day=1) - DAY).replace(day=1)
    assigned(version.template, one, other)
    expect(today=today)
    report = sent(version, facility=other, reporter=register.uossm, by=register.nour, start=month)
    before = set(ExpectedReport.objects.filter(facility=other).values_list("period_start", flat=True))
    merged(register, one, other)
    expect(today=today)
    assert set(ExpectedReport.objects.filter(facility=other).values_list("period_start", flat=True)) == before
    later = today + datetime.timedelta(days=70)
    expect(today=later)
    assert set(ExpectedReport.objects.filter(facility=other).values_list("period_start", flat=True)) == before
    assert ExpectedReport.objects.filter(facility=one, period_start__gt=max(before)).exists()
    report.refresh_from_db()
    assert report.facility == other
    assert not CountedReport.objects.exists()
