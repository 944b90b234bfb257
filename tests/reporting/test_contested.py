"""Figures say where it is disputed who leads what they are about; what is disputed is counted once all the same."""

import datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from coordination.exchange.listings import LISTINGS
from coordination.homes.overseen import Overseen
from coordination.reporting.actions.bulletin_paper import Paper, part_of
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.contested import contested
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.saved_views import Picture, Shows
from directorates.models import Jurisdiction, Place, User
from policies.actions.disputes import decide_dispute
from policies.actions.mandates import state_mandate
from policies.models import MandateDispute
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, member
from tests.reporting.test_bulletins import Desk
from tests.reporting.test_editions import PERIOD, Published
from tests.reporting.test_figures import governorate
from tests.reporting.test_figures_page import row_of, see, words
from tests.reporting.test_indicators import made

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
    with translation.override("en"):
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


def test_a_bulletin_says_wherever_it_is_read_who_leads_is_disputed() -> None:
    desk = Desk()
    here = governorate(desk.world, 0)
    dispute = disputed(desk.published, here)
    bulletin = desk.all()
    sides = "Claimant 1 · Claimant 2"
    page = words(see(desk.observer, f"/reports/bulletins/{bulletin.pk}/"))
    assert SAID in page
    assert f"{sides} Open" in page
    (told,) = Caller(desk.observer).get(f"/api/v1/bulletins/{bulletin.pk}/").json()["disputes"]
    assert [told["id"], told["place"], told["status"]] == [dispute.pk, here.code, "open"]
    rows = rows_of(desk.observer, "bulletin", f"bulletin={bulletin.pk}")
    touched = {row["place"] for row in rows if row["disputed"] == f"{sides} (Open)"}
    lying = set(Place.objects.filter(path__startswith=here.path).values_list("code", flat=True))
    assert {"SY", here.code} <= touched <= lying | {"SY"}
    assert {row["disputed"] for row in rows if row["place"] not in touched} == {""}
    paper = part_of(Paper(ReadBulletin(bulletin, desk.observer), timezone.now(), ""), "en")
    (listed,) = [one for one in paper["before"] if one["title"] == "Who leads is disputed"]
    assert [cell["pieces"] for cell in listed["rows"][0]][1:] == [
        [" · ".join(claim.organisation.name for claim in dispute.claims)],
        ["Open"],
    ]


def test_a_bulletin_keeps_telling_of_disputes_what_was_signed() -> None:
    desk = Desk()
    dispute = disputed(desk.published, governorate(desk.world, 0))
    desk.lay_out()
    desk.make()
    desk.open()
    assert SAID in words(see(desk.directors[0], f"/reports/bulletins/{desk.bulletin.pk}/"))
    decide(desk.published, dispute, APRIL)
    disputed_from_march(desk.published)
    desk.sign()
    bulletin = desk.publish()
    page = words(see(desk.observer, f"/reports/bulletins/{bulletin.pk}/"))
    assert "Claimant 1 · Claimant 2 Open" in page
    assert "Claimant 3" not in page


def test_a_bulletin_of_what_nobody_disputes_says_nothing() -> None:
    desk = Desk()
    bulletin = desk.all()
    assert SAID not in words(see(desk.observer, f"/reports/bulletins/{bulletin.pk}/"))
    paper = part_of(Paper(ReadBulletin(bulletin, desk.observer), timezone.now(), ""), "ar")
    assert [len(one["rows"]) for one in paper["before"]] == [1]


def test_of_figures_side_by_side_each_says_whether_it_is_disputed() -> None:
    published = Published()
    here, elsewhere = governorate(published.world, 0), governorate(published.world, 3)
    dispute = disputed(published, here)
    asked = {"template": published.world.template.code, "element": "births", "period": "201803"}
    places = {"place_1": here.code, "place_2": elsewhere.code}
    html = see(published.manager, "/reports/figures/compare/", **asked, **places)
    assert SAID in words(html)
    assert ["Who leads is disputed" in row_of(html, one.name) for one in (here, elsewhere)] == [True, False]
    query = f"template={asked['template']}&element=births&periods=201803&places={here.code},{elsewhere.code}"
    told = Caller(published.manager).get(f"/api/v1/consolidations/compare/?{query}").json()
    assert [one["disputed"] for one in told["results"]] == [True, False]
    assert [one["id"] for one in told["disputes"]] == [dispute.pk]
    rows = rows_of(
        published.manager, "compared", "&".join(f"{name}={value}" for name, value in (asked | places).items())
    )
    assert [row["disputed"] for row in rows] == ["Claimant 1 · Claimant 2 (Open)", ""]
    decide(published, dispute, MARCH)
    assert SAID not in words(see(published.manager, "/reports/figures/compare/", **asked, **places))


def test_indicators_say_that_it_is_disputed_who_leads_what_they_are_made_of() -> None:
    published = Published()
    here, elsewhere = governorate(published.world, 0), governorate(published.world, 3)
    dispute = disputed(published, here)
    address = f"/reports/indicators/{made(published.world.template).code}/"
    assert SAID in words(see(published.manager, address, period="201803"))
    assert SAID not in words(see(published.manager, address, period="201803", under=elsewhere.code))
    assert SAID not in words(see(published.observer, address, period="201803"))
    published.publish()
    decide(published, dispute, MARCH)
    assert SAID not in words(see(published.manager, address, period="201803"))
    # Readers of editions read what was known when those were published.
    assert SAID in words(see(published.observer, address, period="201803"))
    assert SAID not in words(see(published.observer, address, period="201803", under=elsewhere.code))
    query = "values/?period=201803&level=governorate"
    told = Caller(published.observer).get(f"/api/v1{address.removeprefix('/reports')}{query}").json()
    assert [[one["id"], one["status"]] for one in told["disputes"]] == [[dispute.pk, "open"]]
    assert Caller(published.manager).get(f"/api/v1{address.removeprefix('/reports')}{query}").json()["disputes"] == []
    asked = f"indicator={address.split('/')[-2]}&period=201803&level=governorate"
    rows = rows_of(published.observer, "indicator", asked)
    said = {row["place"]: row["disputed"] for row in rows if row["period"] == "201803"}
    assert said.pop("SY") == said.pop(here.code) == "Claimant 1 · Claimant 2 (Open)"
    assert set(said.values()) == {""}


def test_kept_views_say_that_it_is_disputed_who_leads() -> None:
    published = Published()
    disputed(published, governorate(published.world, 0))
    shows = Shows(
        template=published.world.template,
        place=Place.objects.get(level=0),
        level=FigureLevel.GOVERNORATE,
        element=published.world.elements["births"],
        period="201803",
        borders=Borders.THEN,
        picture=Picture.TABLE,
    )
    view = keep_view(name="Births", note="", shows=shows, by=published.manager, at=timezone.now())
    page = words(see(published.manager, f"/reports/figures/views/{view.pk}/"))
    assert "Who leads is disputed" in page
