"""Grants of exact positions: two approvals by two organisations, ended at once, and readings with a reason, on record."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Deputyship, Jurisdiction, Notice, Place, User
from directorates.models.grants import PlaceGrant
from directorates.models.validity import lasting
from directorates.permissions import Refused, sight_of
from directorates.roles import Permission, Role
from facilities.actions import position_readings
from facilities.actions.position_grants import approve_grant, ask_for_positions, end_grant
from facilities.actions.position_readings import read_position
from facilities.actions.positions import enter_position, remove_position
from facilities.models import ExactPosition, Facility, PositionApproval, PositionGrant, PositionReading
from facilities.models.position_grants import GrantState
from facilities.views.position_grants import WATERMARKS
from tests.facilities.test_positions import HERE, OLD
from tests.factories import (
    LONG_AGO,
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    competent,
    confirmed_deputy,
    member,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


class World:
    """A facility with an exact position, and everybody around it."""

    def __init__(self) -> None:
        """Make them."""
        self.governorate = GovernorateFactory(code="SY07", name_en="Idlib")
        self.place: Place = SubdistrictFactory(parent=DistrictFactory(parent=self.governorate), name_en="Sarmada")
        self.facility: Facility = FacilityFactory(code="A", place=self.place, name_en="Yasmin Centre")
        self.directorate = DirectorateFactory(for_place=self.governorate, name_en="Idlib Health Directorate")
        self.officer = member(Role.DATA_OFFICER, self.directorate)
        self.director = member(Role.DIRECTOR, self.directorate, name="Dr. Director")
        self.body = BodyFactory()
        self.administrator = member(Role.ADMINISTRATOR, self.body)
        self.ngo = OrganisationFactory(code="uossm", name_en="UOSSM")
        self.nour = member(Role.NGO_COORDINATOR, self.ngo, name="Nour")
        self.sami = member(Role.NGO_COORDINATOR, self.ngo, name="Sami")
        self.stranger = member(Role.NGO_COORDINATOR, OrganisationFactory())
        self.enter(self.facility)

    def enter(self, facility: Facility) -> None:
        """Enter where a facility stands."""
        enter_position(facility=facility, position=HERE, by=self.officer, at=timezone.now())

    def ask(self, **given: Any) -> PositionGrant:
        """Ask, as Nour unless said."""
        asked: dict[str, Any] = {
            "facility": self.facility,
            "only_me": True,
            "purpose": "Delivery of a generator",
            "until": timezone.localdate() + 14 * DAY,
            "by": self.nour,
            "at": timezone.now(),
        }
        return ask_for_positions(**(asked | given))

    def granted(self, **given: Any) -> PositionGrant:
        """A grant that both have approved."""
        grant = self.ask(**given)
        for person in (self.director, self.administrator):
            grant = approve_grant(grant=grant, by=person, at=timezone.now())
        return grant

    def read(self, grant: PositionGrant, by: User | None = None, **given: Any) -> Any:
        """Read by a grant, as Nour unless said, seeing what that person sees."""
        person = by or self.nour
        asked: dict[str, Any] = {
            "facility": self.facility,
            "reason": "The driver leaves now",
            "at": timezone.now(),
        } | given
        with seeing(sight_of(person)):
            return read_position(grant=grant, by=person, **asked)[1]


@pytest.fixture
def world(settings: Any) -> World:
    """A facility with an exact position, and everybody around it."""
    settings.POSITION_KEYS = OLD
    return World()


def today() -> datetime.date:
    """Today where the portal is."""
    return timezone.localdate()


# --- Asking --------------------------------------------------------------------------------------------------------


def test_what_is_asked_for_opens_nothing_until_both_have_approved(world: World) -> None:
    grant = world.ask()
    for person in (world.administrator, world.director):
        assert grant.state(today()) is GrantState.ASKED
        with pytest.raises(Problem, match="no_grant"):
            world.read(grant)
        grant = approve_grant(grant=grant, by=person, at=timezone.now())
    assert grant.state(today()) is GrantState.GRANTED
    assert world.read(grant) == HERE


def test_asking_twice_is_asking_once(world: World) -> None:
    assert world.ask() == world.ask()
    assert world.ask(purpose="Another visit") != world.ask()


def test_those_who_can_approve_are_told_and_nobody_else(world: World) -> None:
    grant = world.ask()
    assert set(Notice.objects.values_list("person", flat=True)) == {world.director.pk, world.administrator.pk}
    for person in (world.director, world.administrator):
        approve_grant(grant=grant, by=person, at=timezone.now())
    assert Notice.objects.filter(person=world.nour).count() == 1
    assert "35.8" not in str(list(Notice.objects.values_list("values", "url")))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"purpose": "  "}, "required"),
        ({"purpose": "x" * 1001}, "too_long"),
        ({"purpose": "A generator for 35.80001, 36.70002"}, "location"),
        ({"until": datetime.date(2020, 1, 1)}, "in_the_past"),
        ({"until": timezone.localdate() + 91 * DAY}, "too_long"),
    ],
)
def test_what_cannot_be_asked_for_is_told(world: World, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as problem:
        world.ask(**given)
    assert [fault.code for fault in problem.value.errors] == [code]
    assert not PositionGrant.objects.exists()


def test_no_reason_around_a_location_holds_one(world: World) -> None:
    """What is encrypted in its row would stand in the record for everybody who reads that, or for whoever holds the database."""
    told, grant = "It was ٣٥٫٨٠٠٠١ , ٣٦٫٧٠٠٠٢ before", world.granted()
    now: dict[str, Any] = {"reason": told, "at": timezone.now()}
    deeds: list[Callable[[], Any]] = [
        lambda: world.read(grant, reason=told),
        lambda: end_grant(grant=grant, by=world.nour, **now),
        lambda: end_grant(grant=grant, by=world.director, **now),
        lambda: enter_position(facility=world.facility, position=HERE, by=world.officer, **now),
        lambda: remove_position(facility=world.facility, by=world.officer, reason=told),
    ]
    for deed in deeds:
        with pytest.raises(Problem) as problem:
            deed()
        assert [(fault.field, fault.code) for fault in problem.value.errors] == [("reason", "location")]
    assert "٣٦" not in str(list(AuditEvent.objects.values_list("details", flat=True)))
    assert not PositionReading.objects.exists()
    assert world.read(grant) == HERE


def test_at_most_a_district_around_the_facility_is_asked_for(world: World) -> None:
    line = world.place.line()
    for place in (line[0], SubdistrictFactory(parent=line[1])):
        with pytest.raises(Problem):
            world.ask(place=place)
    competent(world.directorate, Place.objects.exclude(pk=world.place.pk).get(level=3))
    limited = member(Role.NGO_COORDINATOR, world.ngo, places=[world.place])
    with pytest.raises(Problem):
        world.ask(place=line[1], by=limited)
    assert world.ask(place=line[1]).directorate == world.directorate


def test_an_approval_is_asked_of_those_alone_who_may_give_it(world: World) -> None:
    grant = world.ask()
    for person, asked in ((world.director, True), (world.administrator, True), (world.sami, False)):
        assert PositionGrant.objects.to_approve(person, today()).filter(pk=grant.pk).exists() is asked


def test_where_no_directorate_or_two_are_competent_nobody_could_approve(world: World) -> None:
    other = SubdistrictFactory(parent=world.place.parent)
    competent(DirectorateFactory(), other)
    with pytest.raises(Problem) as problem:
        world.ask(place=world.place.parent)
    assert problem.value.errors[0].code == "not_one_directorate"
    Jurisdiction.objects.all().delete()
    with pytest.raises(Problem):
        world.ask()


def test_who_may_read_nothing_asks_for_nothing(world: World) -> None:
    people = [
        world.administrator,
        member(Role.OBSERVER, world.ngo),
        member(Role.DONOR, OrganisationFactory(kind="donor")),
        member(Role.POLICY_MANAGER, world.body),
        member(Role.NGO_COORDINATOR, OrganisationFactory(), places=[GovernorateFactory()]),
        UserFactory(),
    ]
    for person in people:
        with pytest.raises(Refused):
            world.ask(by=person)


# --- Approving -----------------------------------------------------------------------------------------------------


def test_two_of_one_organisation_are_not_enough(world: World) -> None:
    grant = world.ask()
    approve_grant(grant=grant, by=world.director, at=timezone.now())
    for person in (world.director, member(Role.DIRECTOR, world.directorate)):
        with pytest.raises(Problem, match="approved_already"):
            approve_grant(grant=grant, by=person, at=timezone.now())
    other = world.ask(purpose="Another")
    approve_grant(grant=other, by=world.administrator, at=timezone.now())
    with pytest.raises(Problem, match="approved_already"):
        approve_grant(grant=other, by=member(Role.ADMINISTRATOR, world.body), at=timezone.now())
    assert [one.state(today()) for one in PositionGrant.objects.all()] == [GrantState.ASKED, GrantState.ASKED]


def test_one_person_in_both_organisations_approves_once(world: World) -> None:
    both = member(Role.DIRECTOR, world.directorate)
    member(Role.ADMINISTRATOR, world.body, person=both)
    grant = world.ask()
    both.chosen_organisation_id = world.directorate.pk
    approve_grant(grant=grant, by=both, at=timezone.now())
    both.chosen_organisation_id = world.body.pk
    with pytest.raises(Problem, match="approved_already"):
        approve_grant(grant=grant, by=both, at=timezone.now())
    for extra in ({"by": both, "acting": world.body}, {"by": world.administrator, "acting": world.directorate}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PositionApproval.objects.create(grant=grant, at=timezone.now(), **extra)


def test_nobody_approves_the_own_request_nor_for_oneself(world: World) -> None:
    grant = world.ask(by=world.director)
    with pytest.raises(Refused) as refused:
        approve_grant(grant=grant, by=world.director, at=timezone.now())
    assert refused.value.code == "own_request"
    deputy, days = member(Role.DATA_OFFICER, world.directorate), lasting(today(), today())
    role = world.director.memberships.get()
    given: dict[str, Any] = {
        "membership": role,
        "deputy": deputy,
        "valid": days,
        "by": world.director,
        "at": timezone.now(),
    }
    confirmed_deputy(Deputyship.objects.create(**given))
    with pytest.raises(Refused, match="own_request"):
        approve_grant(grant=grant, by=deputy, at=timezone.now())
    assert approve_grant(grant=world.ask(), by=deputy, at=timezone.now()).given[0].by == deputy


def test_others_approve_and_end_nothing(world: World) -> None:
    grant = world.ask()
    sibling = member(Role.DIRECTOR, DirectorateFactory(for_place=GovernorateFactory()))
    elsewhere = member(Role.DIRECTOR, world.directorate, places=[GovernorateFactory()])
    for person in (world.officer, sibling, elsewhere, world.nour, world.sami, world.stranger, UserFactory()):
        with pytest.raises(Refused):
            approve_grant(grant=grant, by=person, at=timezone.now())
        if person != world.nour:
            with pytest.raises(Refused):
                end_grant(grant=grant, reason="Because", by=person, at=timezone.now())


def test_a_deputy_who_ends_one_is_on_record_with_whom_the_deputy_stands_in_for(world: World) -> None:
    grant, deputy = world.granted(), member(Role.OBSERVER, world.directorate)
    role = world.director.memberships.get()
    given: dict[str, Any] = {
        "membership": role,
        "deputy": deputy,
        "first": today(),
        "last": today(),
        "at": timezone.now(),
    }
    confirmed_deputy(name_deputy(by=world.director, **given))
    end_grant(grant=grant, reason="Over", by=User.objects.get(pk=deputy.pk), at=timezone.now())
    assert AuditEvent.objects.latest("id").details["instead_of"] == world.director.pk


@pytest.mark.parametrize("who", ["director", "administrator"])
def test_either_revokes_at_once(world: World, who: str) -> None:
    grant = world.granted()
    assert world.read(grant) == HERE
    with pytest.raises(Problem):
        end_grant(grant=grant, reason=" ", by=getattr(world, who), at=timezone.now())
    ended = end_grant(grant=grant, reason="A leak is feared", by=getattr(world, who), at=timezone.now())
    assert ended.state(today()) is GrantState.REVOKED
    with pytest.raises(Problem, match="no_grant"):
        world.read(grant)
    with pytest.raises(Problem, match="wrong_state"):
        end_grant(grant=grant, reason="Again", by=world.director, at=timezone.now())
    with pytest.raises(Problem, match="wrong_state"):
        approve_grant(grant=grant, by=world.director, at=timezone.now())


def test_it_is_refused_or_given_back(world: World) -> None:
    refused = end_grant(grant=world.ask(), reason="Not needed", by=world.director, at=timezone.now())
    back = end_grant(grant=world.ask(), reason="", by=world.nour, at=timezone.now())
    assert (refused.state(today()), back.state(today())) == (GrantState.REFUSED, GrantState.WITHDRAWN)
    assert AuditEvent.objects.filter(what="end_position_grant").count() == 2


# --- Reading -------------------------------------------------------------------------------------------------------


def test_each_reading_is_on_record_with_its_reason(world: World) -> None:
    grant = world.granted()
    world.read(grant)
    world.read(grant, reason="Lost the way")
    assert [one.reason for one in PositionReading.objects.order_by("pk")] == ["The driver leaves now", "Lost the way"]
    events = AuditEvent.objects.filter(what="read_position", thing=str(world.facility.pk), by=world.nour)
    assert sorted(event.details["reason"] for event in events) == ["Lost the way", "The driver leaves now"]
    assert "35.8" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_read(world: World, reason: str) -> None:
    grant = world.granted()
    with pytest.raises(Problem):
        world.read(grant, reason=reason)
    assert not PositionReading.objects.exists()


def test_a_grant_is_its_recipients_only(world: World) -> None:
    grant = world.granted()
    for person in (world.sami, world.stranger, world.officer, world.director, world.administrator):
        with pytest.raises(Refused):
            world.read(grant, person)
    ours = world.granted(only_me=False, purpose="For all of us")
    assert world.read(ours, world.sami) == HERE
    with pytest.raises(Refused):
        world.read(ours, world.stranger)
    observer = member(Role.OBSERVER, world.ngo)
    with pytest.raises(Refused):
        world.read(ours, observer)


def test_a_grant_for_one_facility_opens_no_other(world: World) -> None:
    other = FacilityFactory(place=world.place)
    world.enter(other)
    with pytest.raises(Refused):
        world.read(world.granted(), facility=other)
    around = world.granted(place=world.place)
    assert world.read(around, facility=other) == HERE
    with pytest.raises(Refused):
        world.read(around, facility=FacilityFactory())


def test_a_grant_ends_with_its_last_day_and_with_the_directorates_competence(world: World) -> None:
    grant = world.granted(until=today())
    assert world.read(grant) == HERE
    with pytest.raises(Problem, match="no_grant"):
        world.read(grant, at=timezone.now() + DAY)
    Jurisdiction.objects.update(valid=lasting(LONG_AGO, today() - DAY))
    competent(DirectorateFactory(), world.place, first=today())
    with pytest.raises(Problem, match="competence_moved"):
        world.read(grant)
    with pytest.raises(Problem, match="competence_moved"):
        approve_grant(grant=world_asked(world), by=world.administrator, at=timezone.now())


def world_asked(world: World) -> PositionGrant:
    """A grant that was asked of a directorate that is competent no more."""
    return PositionGrant.objects.create(
        facility=world.facility,
        path=world.place.path,
        directorate=world.directorate,
        organisation=world.ngo,
        purpose="Old",
        day=today(),
        until=today(),
        by=world.nour,
        at=timezone.now(),
    )


def test_whoever_left_the_organisation_reads_nothing(world: World) -> None:
    grant = world.granted()
    world.nour.memberships.update(valid=lasting(LONG_AGO, today() - DAY))
    with pytest.raises(Refused):
        world.read(grant, User.objects.get(pk=world.nour.pk))


def test_readings_are_slowed_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grant, ours = world.granted(), world.granted(only_me=False, purpose="All of us")
    for _time in range(position_readings.MOST_IN_AN_HOUR):
        world.read(grant)
    with pytest.raises(Problem) as problem:
        world.read(grant)
    assert (problem.value.status, problem.value.code) == (429, "too_many")
    assert world.read(ours, world.sami) == HERE
    later = timezone.now() + datetime.timedelta(hours=1, minutes=1)
    assert world.read(grant, at=later) == HERE
    monkeypatch.setattr(position_readings, "MOST_OF_AN_ORGANISATION", PositionReading.objects.count())
    with pytest.raises(Problem, match="too_many"):
        world.read(ours, world.sami)


# --- The database's own rules ---------------------------------------------------------------------------------------


def held_by(person: User) -> int:
    """How many positions the database shows to a person."""
    with seeing(sight_of(person)):
        return ExactPosition.objects.count()


@pytest.mark.wall
def test_the_database_shows_the_encrypted_position_for_as_long_as_the_grant_stands(world: World) -> None:
    assert held_by(world.nour) == 0
    grant = world.granted()
    assert (held_by(world.nour), held_by(world.sami), held_by(world.stranger)) == (1, 0, 0)
    with seeing(sight_of(world.nour)):
        assert ExactPosition.objects.update(key="0" * 16) == 0
        assert ExactPosition.objects.filter(facility=world.facility).delete()[0] == 0
    end_grant(grant=grant, reason="Enough", by=world.director, at=timezone.now())
    assert held_by(world.nour) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda grant: PositionApproval.objects.filter(grant=grant).update(at=timezone.now()),
        lambda grant: PositionApproval.objects.filter(grant=grant).delete(),
        lambda grant: PositionReading.objects.filter(grant=grant).update(reason="x"),
        lambda grant: PositionReading.objects.filter(grant=grant).delete(),
        lambda grant: PositionGrant.objects.filter(pk=grant.pk)._raw_delete("default"),
    ],
)
def test_what_was_approved_and_read_is_never_changed(world: World, change: Callable[[PositionGrant], Any]) -> None:
    grant = world.granted()
    world.read(grant)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        change(grant)


@pytest.mark.parametrize(
    "change",
    [
        {"until": timezone.localdate() + 91 * DAY},
        {"until": timezone.localdate() - DAY},
        {"facility": None},
        {"purpose": ""},
        {"ended": timezone.now()},
        {"ended_how": "grant_revoked"},
    ],
)
def test_the_database_keeps_a_grant_whole(world: World, change: dict[str, Any]) -> None:
    grant = world.ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        PositionGrant.objects.filter(pk=grant.pk).update(**change)


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_from_asking_to_reading_on_pages(world: World) -> None:
    nour = signed_in(world.nour)
    asked = {"scope": "", "recipient": "me", "purpose": "A generator", "until": (today() + DAY).isoformat()}
    assert "Ask for a grant" in nour.get("/facilities/A/position/").content.decode()
    address = nour.post("/facilities/A/position/ask/", asked)["Location"]
    for person in (world.director, world.administrator):
        approver = signed_in(person)
        assert "Yasmin Centre" in approver.get("/facilities/positions/").content.decode()
        assert "Approve it" in approver.get(address).content.decode()
        assert approver.post(f"{address}approve/").status_code == 302
    reading = f"{address}read/A/"
    assert reading in nour.get(address).content.decode()
    page = nour.get(reading)
    assert "35.8" not in page.content.decode()
    assert nour.post(reading, {"reason": ""}).status_code == 200
    assert not PositionReading.objects.exists()
    shown = nour.post(reading, {"reason": "The driver leaves"})
    text = shown.content.decode()
    assert "35.800001" in text
    assert "36.700002" in text
    assert text.count("Nour") >= WATERMARKS
    assert "no-store" in shown["Cache-Control"]
    assert "35.8" not in str(shown.headers)
    officer = signed_in(world.officer).get("/facilities/positions/readings/").content.decode()
    assert "The driver leaves" in officer
    assert "35.8" not in officer
    revoked = signed_in(world.director).post(f"{address}end/", {"reason": "Enough"})
    assert revoked.status_code == 302
    assert nour.post(reading, {"reason": "Once more"}).status_code == 409


def test_the_position_stands_on_no_other_page(world: World) -> None:
    grant = world.granted()
    world.read(grant)
    addresses = [
        "/facilities/",
        "/facilities/A/",
        "/facilities/A/position/",
        "/facilities/A/position/ask/",
        "/facilities/positions/",
        f"/facilities/positions/{grant.pk}/",
        "/facilities/positions/readings/",
        "/notices/",
        "/api/v1/facilities/",
        "/api/v1/facilities/A/",
    ]
    for person in (world.nour, world.officer, world.director, world.administrator):
        client = signed_in(person)
        for address in addresses:
            assert not re.search(r"35[.,٫]8|36[.,٫]7", client.get(address).content.decode()), address


def test_strangers_find_no_grant(world: World) -> None:
    grant = world.granted()
    sibling = member(Role.DIRECTOR, DirectorateFactory(for_place=GovernorateFactory()))
    for person in (world.stranger, sibling, member(Role.OBSERVER, world.ngo), UserFactory()):
        client = signed_in(person)
        for address in ("", "end/", "read/A/"):
            assert client.get(f"/facilities/positions/{grant.pk}/{address}").status_code == 404
        for address in ("approve/", "end/", "read/A/"):
            answer = client.post(f"/facilities/positions/{grant.pk}/{address}", {"reason": "Because"})
            assert answer.status_code == 404
    sami = signed_in(world.sami)
    assert sami.post(f"/facilities/positions/{grant.pk}/read/A/", {"reason": "Me too"}).status_code == 403
    assert not PositionReading.objects.exists()
    assert AuditEvent.objects.filter(refused=True, what="read_granted_positions", by=world.sami).exists()


def test_the_lists_hold_what_concerns_their_reader_and_offer_what_that_one_may(world: World) -> None:
    used, asked = world.granted(), world.ask(purpose="Evacuation")
    world.read(used)
    sibling = member(Role.DIRECTOR, DirectorateFactory(for_place=GovernorateFactory()))
    found = {}
    for person in (world.nour, world.sami, world.stranger, sibling, world.director):
        client = signed_in(person)
        page, past = client.get("/facilities/positions/").context, client.get("/facilities/positions/readings/")
        readings = len(past.context["page"]) if past.status_code == 200 else None
        found[person] = [len(page["page"]), len(page["waiting"]), page["oversees"], readings]
        if found[person][0]:
            address = f"/facilities/positions/{asked.pk}/"
            one, end = client.get(address).context, client.get(f"{address}end/").context["form"]
            found[person] += [one["approves"], one["ends"], end.fields["reason"].required]
    assert list(found.values()) == [
        [2, 0, False, None, False, True, False],
        [2, 0, False, None, False, False, False],
        [0, 0, False, None],
        [0, 0, True, 0],
        [2, 1, True, 1, True, True, True],
    ]
    told = [
        len(signed_in(one).get("/facilities/A/position/").context["grants"]) for one in (world.nour, world.stranger)
    ]
    assert told == [2, 0]


def test_a_grant_for_a_place_names_the_facilities_that_its_reader_sees(world: World) -> None:
    beside = FacilityFactory(code="B", place=SubdistrictFactory(parent=world.place.parent))
    competent(world.directorate, beside.place)
    grant = world.granted(place=world.place.parent, only_me=False)
    near = member(Role.NGO_COORDINATOR, world.ngo, places=[world.place])
    for person, named in ((world.nour, [world.facility, beside]), (near, [world.facility])):
        assert signed_in(person).get(f"/facilities/positions/{grant.pk}/").context["facilities"] == named


def test_whoever_keeps_positions_and_reads_none_is_not_led_to_ask(world: World) -> None:
    client = signed_in(world.officer)
    assert client.get("/facilities/A/position/").context["asks"] is True
    PlaceGrant.objects.filter(permission__codename=Permission.READ_POSITIONS).delete()
    page = client.get("/facilities/A/position/").context
    assert (page["keeps"], page["asks"]) == (True, False)


def test_the_lists_ask_as_much_of_the_database_for_many_as_for_few(world: World) -> None:
    grant, counts = world.granted(), []
    world.read(grant)
    # What pages look up once for all, the logo in force, is looked up.
    signed_in(world.nour).get("/facilities/positions/")
    for more in (0, 5):
        for number in range(more):
            world.read(world.granted(purpose=f"Purpose {number}"), reason=f"Reason {number}")
        asked = []
        for person, address in (
            (world.nour, "/facilities/positions/"),
            (world.director, "/facilities/positions/"),
            (world.officer, "/facilities/positions/readings/"),
            (world.nour, "/facilities/A/position/"),
            (world.nour, f"/facilities/positions/{grant.pk}/"),
        ):
            client = signed_in(person)
            with connection.execute_wrapper(counting := Counting()):
                assert client.get(address).status_code == 200
            asked.append(counting.count)
        counts.append(asked)
    assert counts[0] == counts[1]


class Counting:
    """Counts queries."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.count = 0

    def __call__(self, execute: Any, *given: Any) -> Any:
        """Count and pass on."""
        self.count += 1
        return execute(*given)
