"""The lists of seals, of grants and readings of exact locations and of witnesses as files: the rows of the page, not one more."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directorates.actions.people import invite
from directorates.actions.seals import seal
from directorates.actions.witnesses import name_witness
from directorates.models import AuditEvent, User
from directorates.roles import Role
from facilities.models import PositionGrant, PositionReading
from tests.directorates.test_seals import Parties
from tests.exchange.test_exports import table
from tests.facilities.test_position_grants import World
from tests.factories import UserFactory, signed_in

pytestmark = pytest.mark.django_db


def taken(client: Client, code: str) -> list[dict[str, str]]:
    """The rows of a plain table by the labels of their columns."""
    head, *rows = table(client, code)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_grants_are_taken_along_by_whoever_sees_them() -> None:
    world = World()
    world.granted()
    world.ask(place=world.place, only_me=False)
    whole, single = taken(signed_in(world.nour), "position_grants")
    assert (single["Facility code"], single["Place code"], single["Name"]) == ("A", "", "Yasmin Centre")
    assert (single["State"], single["Recipient"], single["Person"]) == ("Granted", "uossm", str(world.nour))
    assert single["Last day"] == PositionGrant.objects.get(facility=world.facility).until.isoformat()
    assert (whole["Facility code"], whole["Place code"]) == ("", world.place.code)
    assert (whole["Name"], whole["State"], whole["Person"]) == ("Sarmada", "Waits for approval", "")
    assert len(taken(signed_in(world.director), "position_grants")) == 2
    assert taken(signed_in(world.stranger), "position_grants") == []


def test_past_readings_say_who_and_why_and_never_where() -> None:
    world = World()
    world.read(world.granted(), reason="Generator")
    reading = PositionReading.objects.get()
    row = taken(signed_in(world.director), "position_readings")[0]
    assert row == {
        "Facility code": "A",
        "Facility": "Yasmin Centre",
        "Read by": str(world.nour),
        "Organisation": "uossm",
        "Time": timezone.localtime(reading.at).isoformat(timespec="seconds"),
        "Reason": "Generator",
    }
    # Who was given a grant sees one's own readings on its page, and takes nobody's along.
    assert signed_in(world.nour).get(reverse("exchange:export", args=["position_readings"])).status_code == 403


def test_seals_are_taken_along_with_each_step_and_who_took_it() -> None:
    parties = Parties()
    made = seal(
        by=parties.director, organisation=parties.directorate, reason="The building was entered", at=timezone.now()
    )
    row = taken(signed_in(parties.other_director), "seals")[0]
    assert (row["Directorate code"], row["State"]) == (parties.directorate.code, "sealed")
    assert (row["Reason"], row["Asked for by"]) == ("The building was entered", parties.directorate.code)
    assert row["Sealed"] == timezone.localtime(made.since).isoformat(timespec="seconds")
    assert {row["Confirmed by"], row["Lifted"], row["Lifting asked for by"]} == {""}
    assert taken(signed_in(UserFactory()), "seals") == []


def test_witnesses_are_known_to_all_and_their_addresses_to_who_names_them() -> None:
    world = World()
    name_witness(
        by=world.administrator,
        name="Archive",
        email="archive@example.org",
        organisation=world.body,
        at=timezone.now(),
    )
    assert taken(signed_in(world.stranger), "witnesses") == [{"Name": "Archive", "Organisation": world.body.code}]
    assert taken(signed_in(world.administrator), "witnesses")[0]["E-mail"] == "archive@example.org"
    assert set(AuditEvent.objects.filter(what="export").values_list("details__listing", flat=True)) == {"witnesses"}


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("facilities:position_grants", "position_grants"),
        ("facilities:position_readings", "position_readings"),
        ("directorates:seals", "seals"),
        ("directorates:record_head", "witnesses"),
    ],
)
def test_each_page_leads_to_its_file(page: str, code: str) -> None:
    world = World()
    world.read(world.granted(), reason="Generator")
    seal(by=world.director, organisation=world.directorate, reason="Danger", at=timezone.now())
    name_witness(
        by=world.administrator, name="Archive", email="a@example.org", organisation=world.body, at=timezone.now()
    )
    shown = signed_in(world.administrator).get(reverse(page))
    assert reverse("exchange:export", args=[code]) in shown.content.decode()


def test_invitations_and_whoever_may_not_sign_in_are_taken_along_by_who_manages_them() -> None:
    world = World()
    invite(
        email="new@example.org",
        organisation=world.directorate,
        role=Role.DATA_OFFICER,
        by=world.director,
        at=timezone.now(),
        places=[world.place],
    )
    row = taken(signed_in(world.director), "invitations")[0]
    assert (row["E-mail"], row["Role"], row["Places"]) == ("new@example.org", "Data officer", world.place.code)
    assert taken(signed_in(world.administrator), "invitations") == []
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    people = {row["E-mail"]: row["may not sign in"] for row in taken(signed_in(world.director), "people")}
    assert people == {world.director.email: "", world.officer.email: "yes"}
    shown = signed_in(world.director).get(reverse("directorates:people")).content.decode()
    assert reverse("exchange:export", args=["invitations"]) in shown
