"""Whoever is told the district of a facility is told its sub-district nowhere: every page, program and file is searched for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coordination.exchange.listings import LISTINGS
from tests.api.callers import Caller
from tests.factories import signed_in
from tests.rights.test_table import LINES, answer
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
NAME = "Zqxhamlet"
# An observer, an administrator of an NGO's people, a policy manager.
BLUNT = "oaP"
# Places themselves, and the places that roles of one's own people are for, are told: not what lies in them.
# So is who is competent for a sub-district, which are handed over, and which changed.
OF_PLACES = {
    *("api:places", "directorates:people", "directorates:person"),
    *("api:handovers", "api:jurisdictions", "directorates:borders", "directorates:handover", "directorates:handovers"),
    *("api:place_changes", "places:changes"),
    # How many people live where is an estimate of others, published with its source; no facility is named beside it.
    "reporting:populations",
}
FILES_OF_PLACES = {"people", "borders", "handovers", "place_changes", "populations"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once, with a sub-district that no other word is like."""
    with made_once(World, django_db_blocker) as made:
        made.place.name_en = NAME
        made.place.save()
        yield made


def told(found: Any, place: str) -> bool:
    """Whether an answer says the sub-district."""
    body = b"".join(found.streaming_content) if found.streaming else found.content
    text = body.decode("utf-8", "replace")
    return found.status_code == 200 and (NAME in text or place in text)


@pytest.mark.parametrize("who", BLUNT)
def test_no_page_program_or_file_tells_the_sub_district(world: World, who: str) -> None:
    browsers: dict[str, Client] = {who: signed_in(world.people[who])}
    callers = {who: Caller(world.people[who])}
    place, hits = world.place.code, []
    for name in sorted({name for _who, method, name in LINES if method == "GET"} - OF_PLACES):
        found = answer(browsers, callers, who, "GET", name, reverse(name, kwargs=world.arguments(name)))
        hits += [name] if told(found, place) else []
    for code in LISTINGS.keys() - FILES_OF_PLACES:
        made = browsers[who].post(reverse("exchange:export", kwargs={"code": code}), {"format": "csv"})
        hits += [code] if told(made, place) else []
    assert hits == []


def test_whoever_works_with_facilities_reads_it(world: World) -> None:
    answered = signed_in(world.people["N"]).get(reverse("facilities:facility", kwargs={"code": world.facility.code}))
    assert told(answered, world.place.code)
