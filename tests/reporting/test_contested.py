"""Figures say where it is disputed who leads what they are about; what is disputed is counted once all the same."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.homes.overseen import Overseen
from coordination.reporting.models.contested import contested
from directorates.models import Jurisdiction, Place, User
from policies.actions.disputes import decide_dispute
from policies.actions.mandates import state_mandate
from policies.models import MandateDispute
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, member
from tests.reporting.test_editions import PERIOD, Published
from tests.reporting.test_figures import governorate
from tests.reporting.test_figures_page import see, words

pytestmark = pytest.mark.django_db
SAID = "Two organisations claimed to lead this in the period."
MARCH, APRIL = datetime.date(2018, 3, 1), datetime.date(2018, 4, 1)


def disputed(published: Published, place: Place, since: datetime.date = MARCH) -> MandateDispute:
    """Two directorates claim to lead immunization in a place from a day on, which the template reports on."""
    published.world.template.function = "immunization"
    published.world.template.save()
    for number in (1, 2):
        by = member("director", DirectorateFactory(short_en=f"Claimant {number}"))
        claim: dict[str, Any] = {"function": "immunization", "place": place, "organisation": by.acting, "basis": "x"}
        state_mandate(since=since, until=None, came="claimed", by=by, at=timezone.now(), **claim)
    return MandateDispute.objects.named().get()


def decide(published: Published, dispute: MandateDispute, day: datetime.date) -> None:
    """The body decides for the first claim, from a day on."""
    keeper: User = member("policy_manager", published.body)
    words = {"decision": "One programme", "basis": "Meeting 9"}
    decide_dispute(dispute=dispute, for_whom=dispute.first.organisation, day=day, by=keeper, at=timezone.now(), **words)


def page_of(published: Published, **given: str) -> str:
    """The figures of March."""
    return words(see(published.manager, template=published.world.template.code, period="201803", **given))


def test_figures_of_a_place_say_that_two_claimed_to_lead_there() -> None:
    published = Published()
    here, elsewhere = governorate(published.world, 0), governorate(published.world, 3)
    dispute = disputed(published, here)
    assert [SAID in page_of(published, under=place.code) for place in (here, elsewhere)] == [True, False]
    assert "Claimant 1" in page_of(published)
    decide(published, dispute, APRIL)
    assert SAID in page_of(published)
    assert "Decided" in page_of(published)


def test_figures_of_days_that_were_never_disputed_say_nothing() -> None:
    published = Published()
    dispute = disputed(published, governorate(published.world, 0), since=APRIL)
    assert SAID not in page_of(published)
    decide(published, dispute, APRIL)
    other = disputed_from_march(published)
    assert SAID in page_of(published)
    decide(published, other, MARCH)
    assert SAID not in page_of(published)


def disputed_from_march(published: Published) -> MandateDispute:
    """Two others claim another governorate from March on."""
    before = set(MandateDispute.objects.values_list("pk", flat=True))
    place = governorate(published.world, 3)
    for number in (3, 4):
        by = member("director", DirectorateFactory(short_en=f"Claimant {number}"))
        claim: dict[str, Any] = {"function": "immunization", "place": place, "organisation": by.acting, "basis": "x"}
        state_mandate(since=MARCH, until=None, came="claimed", by=by, at=timezone.now(), **claim)
    return MandateDispute.objects.named().exclude(pk__in=before).get()


def test_figures_of_what_nobody_disputes_say_nothing() -> None:
    published = Published()
    disputed(published, governorate(published.world, 0))
    published.world.template.function = "training"
    published.world.template.save()
    assert SAID not in page_of(published)
    published.world.template.function = ""
    assert contested(published.manager, published.world.template, PERIOD) == []


def test_an_edition_says_what_was_disputed_as_far_as_that_was_known_when_it_was_published() -> None:
    published = Published()
    dispute = disputed(published, governorate(published.world, 0))
    edition = published.publish()
    later = disputed_from_march(published)
    decide(published, dispute, MARCH)
    assert [one.pk for one in contested(published.observer, edition.template, PERIOD)] == [later.pk]
    page = words(see(published.observer, f"/reports/editions/{edition.pk}/"))
    assert SAID in page
    assert "Claimant 1 · Claimant 2 Open" in page
    assert "Claimant 3" not in page
    shown = rows_of(published.observer, "edition", f"edition={edition.pk}")
    assert "Claimant 1 · Claimant 2 (Open)" in {row["disputed"] for row in shown}
    (told,) = Caller(published.observer).get(f"/api/v1/editions/{edition.pk}/").json()["disputes"]
    assert [told["id"], told["status"]] == [dispute.pk, "open"]


def test_the_key_figures_of_homes_say_that_it_is_disputed_who_leads() -> None:
    published = Published()
    disputed(published, governorate(published.world, 0))
    published.publish()
    now = Overseen(published.manager, None, datetime.date(2018, 4, 30))
    assert [[one.place for one in part.contested] for part in now.services] == [[governorate(published.world, 0)]]
    assert "Who leads is disputed" in words(see(published.observer, "/"))


def rows_of(user: User, code: str, query: str) -> list[dict[str, str]]:
    """A list as its file has it, by the codes of its columns."""
    listed = LISTINGS[code].listed(user, query)
    codes = [column.code for column in listed.columns]
    return [dict(zip(codes, map(str, row), strict=True)) for row in listed.rows]


def test_files_say_of_each_row_whether_it_is_disputed() -> None:
    published = Published()
    here = governorate(published.world, 0)
    disputed(published, here)
    asked = f"template={published.world.template.code}&period=201803"
    told = {row["place"]: row["disputed"] for row in rows_of(published.manager, "figures", asked)}
    assert told.pop(here.code) == told.pop("SY") == "Claimant 1 · Claimant 2 (Open)"
    assert set(told.values()) == {""}
    edition = published.publish()
    shown = {row["place"]: row["disputed"] for row in rows_of(published.observer, "edition", f"edition={edition.pk}")}
    assert shown[here.code] == "Claimant 1 · Claimant 2 (Open)"


def test_of_directorates_those_that_hold_a_part_of_the_place_are_disputed() -> None:
    published = Published()
    disputed(published, governorate(published.world, 0))
    asked = f"template={published.world.template.code}&period=201803&level=directorate"
    told = {row["place"]: row["disputed"] for row in rows_of(published.manager, "figures", asked)}
    held = Jurisdiction.objects.filter(place__path__startswith=governorate(published.world, 0).path)
    held = held.filter(valid__contains=MARCH)
    assert {code for code, words in told.items() if words} == {
        "SY",
        *held.values_list("organisation__code", flat=True),
    }


def test_programs_are_told_which_figures_are_disputed() -> None:
    published = Published()
    here, elsewhere = governorate(published.world, 0), governorate(published.world, 3)
    dispute = disputed(published, here)
    caller = Caller(published.manager)
    address = f"/api/v1/consolidations/?template={published.world.template.code}&period=201803"
    assert caller.get(f"{address}&under={elsewhere.code}").json()["disputes"] == []
    (told,) = caller.get(address).json()["disputes"]
    sides = [claim.organisation.code for claim in dispute.claims]
    assert [told["place"], told["first"], told["second"], told["status"]] == [here.code, *sides, "open"]
    edition = published.publish()
    assert Caller(published.observer).get(f"/api/v1/editions/{edition.pk}/").json()["disputes"] == [told]
