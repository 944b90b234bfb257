"""Acknowledgements: who has read what holds, from when it is applied, and who is reminded."""

import re

import pytest
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import Notice, Organisation, User
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.acknowledgements import (
    acknowledge_for_facilities,
    acknowledge_policy,
    facilities_to_acknowledge,
    remind_to_acknowledge,
    to_acknowledge,
)
from policies.models import Acknowledgement, PolicyVersion
from policies.models.acknowledgements import standings
from policies.rules.ballots import Choice
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    competent,
    member,
)
from tests.policies.claims import taken_along
from tests.policies.library import DAY, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_an_organisation_acknowledges_once_and_it_waits_no_more() -> None:
    library = Library()
    held = library.holding()
    assert list(to_acknowledge(library.reader, library.today)) == [held]
    first = acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now())
    assert acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now()) == first
    assert not to_acknowledge(library.reader, library.today).exists()
    assert [(one.organisation, one.at is not None) for one in standings(held)] == [(library.ngo, True)]


def test_a_directorate_says_from_when_it_applies_it_and_an_ngo_does_not() -> None:
    library = Library()
    (director,) = library.directors(1)
    held = library.holding()
    later = library.today + 30 * DAY
    acknowledge_policy(version=held, since=later, by=director, at=timezone.now())
    assert next(one for one in standings(held) if one.organisation == director.acting).since == later
    with pytest.raises(Problem) as told:
        acknowledge_policy(version=held, since=later, by=library.reader, at=timezone.now())
    assert [one.code for one in told.value.errors] == ["not_asked"]


def test_another_day_said_later_is_told_and_changes_nothing() -> None:
    library = Library()
    (director,) = library.directors(1)
    held, later = library.holding(), library.today + 30 * DAY
    first = acknowledge_policy(version=held, since=later, by=director, at=timezone.now())
    assert acknowledge_policy(version=held, since=later, by=director, at=timezone.now()) == first
    for since in (None, later + DAY):
        with pytest.raises(Problem) as told:
            acknowledge_policy(version=held, since=since, by=director, at=timezone.now())
        assert (told.value.code, told.value.status) == ("acknowledged", 409)
        assert later.isoformat() in str(told.value.detail)
    page = library.browser(director).post("/policies/infection/1/acknowledge/", {"since": str(held.first_day)})
    assert page.status_code == 400
    assert f"applied from {later.isoformat()}" in page.text
    assert Acknowledgement.objects.get().since == later


def test_a_blank_day_is_the_one_from_which_it_holds() -> None:
    library = Library()
    (director,) = library.directors(1)
    held = library.holding()
    first = acknowledge_policy(version=held, since=None, by=director, at=timezone.now())
    assert acknowledge_policy(version=held, since=held.first_day, by=director, at=timezone.now()) == first


@pytest.mark.parametrize(("days", "code"), [(-11, "too_early"), (400, "too_late")])
def test_a_day_that_cannot_be_is_told(days: int, code: str) -> None:
    library = Library()
    (director,) = library.directors(1)
    held = library.holding()
    with pytest.raises(Problem) as told:
        acknowledge_policy(version=held, since=library.today + days * DAY, by=director, at=timezone.now())
    assert [one.code for one in told.value.errors] == [code]


def test_only_what_holds_or_will_is_acknowledged() -> None:
    library = Library()
    library.write()
    for version in (library.draft, library.withdraw(library.force(since=library.today + DAY))):
        with pytest.raises(Problem) as told:
            acknowledge_policy(version=version, since=None, by=library.reader, at=timezone.now())
        assert told.value.code == "not_in_force"


def test_whoever_does_not_speak_for_a_directorate_or_ngo_acknowledges_nothing() -> None:
    library = Library()
    held = library.holding()
    cluster = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory(kind="cluster"))
    for person in (library.manager, cluster, member(Role.FACILITY_REPORTER, library.ngo)):
        with pytest.raises(Refused):
            acknowledge_policy(version=held, since=None, by=person, at=timezone.now())
        assert not to_acknowledge(person, library.today).exists()


def test_facilities_are_acknowledged_for_by_whoever_supports_them() -> None:
    library = Library()
    held, ngo = library.holding(), library.ngo
    ours, theirs = FacilityFactory(supporters=[ngo]), FacilityFactory(supporters=[OrganisationFactory()])
    with pytest.raises(Refused):
        acknowledge_for_facilities(version=held, facilities=[ours, theirs], by=library.reader, at=timezone.now())
    assert not Acknowledgement.objects.exists()
    for new in (1, 0):
        assert acknowledge_for_facilities(version=held, facilities=[ours], by=library.reader, at=timezone.now()) == new
    assert next(one for one in standings(held) if one.organisation == ngo).facilities == 1


def test_what_facilities_have_not_acknowledged_stands_on_the_home_of_whoever_speaks_for_them() -> None:
    library = Library()
    held, facility = library.holding(), FacilityFactory(supporters=[library.ngo])
    other = member("ngo_coordinator", OrganisationFactory())

    def at_home(person: User) -> list[PolicyVersion]:
        found: list[PolicyVersion] = library.browser(person).get("/").context["agreed"].facilities
        return found

    assert (at_home(library.reader), at_home(other), at_home(library.manager)) == ([held], [], [])
    page = library.browser(library.reader).get("/").text
    assert f"/policies/{library.policy.code}/1/acknowledge/facilities/" in page
    acknowledge_for_facilities(version=held, facilities=[facility], by=library.reader, at=timezone.now())
    assert at_home(library.reader) == []


def test_a_facility_reporter_acknowledges_for_the_places_of_the_role_alone() -> None:
    library = Library()
    held, ngo, place = library.holding(), library.ngo, SubdistrictFactory()
    inside, outside = FacilityFactory(place=place, supporters=[ngo]), FacilityFactory(supporters=[ngo])
    reporter = member(Role.FACILITY_REPORTER, ngo, places=[place])
    assert acknowledge_for_facilities(version=held, facilities=[inside], by=reporter, at=timezone.now()) == 1
    with pytest.raises(Refused):
        acknowledge_for_facilities(version=held, facilities=[outside], by=reporter, at=timezone.now())
    with pytest.raises(Refused):
        acknowledge_for_facilities(version=held, facilities=[inside], by=library.manager, at=timezone.now())


def test_who_has_not_acknowledged_is_reminded_after_a_week_and_then_every_fortnight() -> None:
    library = Library()
    # What counts is since when it can be read, however long ago it was agreed on.
    library.holding()
    counts = [remind_to_acknowledge(at=timezone.now() + days * DAY) for days in (6, 7, 8, 20, 21, 200)]
    assert counts == [0, 1, 0, 0, 1, 0]
    assert {row.person for row in Notice.objects.filter(kind="policy")} == {library.reader}
    acknowledge_policy(version=PolicyVersion.objects.get(), since=None, by=library.reader, at=timezone.now())
    assert remind_to_acknowledge(at=timezone.now() + 36 * DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_acknowledge_once() -> None:
    library = Library()
    held = library.holding()
    at_once(*[lambda: acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now())] * 3)
    assert Acknowledgement.objects.count() == 1


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_page_shows_who_has_read_it_with_reservations() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    library.vote(ballot, director, Choice.RESERVED, "From May on")
    library.count(ballot)
    library.force(adopted=None, basis="")
    address = f"/policies/{library.policy.code}/1/"
    assert library.browser(director).post(f"{address}acknowledge/", {"since": ""}).status_code == 302
    page = library.browser(library.reader).get(f"{address}acknowledgements/").text
    assert "From May on" in page
    assert "1 of 2 organisations" in re.sub(r"<[^>]+>", "", page)
    assert "Not yet acknowledged" in page


def test_facilities_are_chosen_in_the_browser() -> None:
    library = Library()
    library.holding()
    facility = FacilityFactory(supporters=[library.ngo])
    client, address = library.browser(library.reader), f"/policies/{library.policy.code}/1/acknowledge/facilities/"
    assert facility.code in client.get(address).text
    assert client.post(address, {"facilities": ["NOT-THERE"]}).status_code == 400
    assert client.post(address, {"facilities": [facility.code]}).status_code == 302
    assert facility.code not in client.get(address).text


# --- Facilities, and the lists of all --------------------------------------------------------------------------------


def test_whoever_reports_for_facilities_is_reminded_of_them_though_the_ngo_itself_has_read_it() -> None:
    library = Library()
    held, place = library.holding(), SubdistrictFactory()
    inside = FacilityFactory(place=place, supporters=[library.ngo])
    FacilityFactory(supporters=[library.ngo])
    reporter = member(Role.FACILITY_REPORTER, library.ngo, places=[place])
    acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now())
    for told in (2, 0):
        assert remind_to_acknowledge(at=timezone.now() + 7 * DAY) == told
    rows = Notice.objects.filter(values__what="acknowledge_facilities")
    assert {row.person: row.values["facilities"] for row in rows} == {library.reader: 2, reporter: 1}
    acknowledge_for_facilities(version=held, facilities=[inside], by=reporter, at=timezone.now())
    remind_to_acknowledge(at=timezone.now() + 21 * DAY)
    assert rows.filter(person=reporter).count() == 1


def test_of_how_many_facilities_is_told_and_which_have_not_read_it() -> None:
    library = Library()
    held = library.holding()
    read, unread = (FacilityFactory(supporters=[library.ngo], name_en=f"Clinic {one}") for one in ("A", "B"))
    acknowledge_for_facilities(version=held, facilities=[read], by=library.reader, at=timezone.now())
    (standing,) = [one for one in standings(held) if one.organisation == library.ngo]
    assert (standing.facilities, standing.whole) == (1, 2)
    client = library.browser(library.reader)
    page = client.get(f"/policies/{library.policy.code}/1/acknowledgements/").text
    assert "1 of 2" in re.sub(r"<[^>]+>", "", page)
    asked = f"policy={library.policy.code}&organisation={library.ngo.code}"
    address = f"/policies/acknowledgements/facilities/?{asked}"
    assert address.replace("&", "&amp;") in page
    listed = client.get(address).text
    assert unread.code in listed
    assert read.code not in listed
    assert read.code in client.get(f"{address}&state=read").text
    file = taken_along(client, "facility-acknowledgements", asked)
    assert unread.code in file
    assert read.code not in file


def test_whoever_does_not_see_the_register_is_not_told_for_how_many_facilities_an_organisation_speaks() -> None:
    library = Library()
    library.holding()
    for name in "AB":
        FacilityFactory(supporters=[library.ngo], name_en=f"Clinic {name}")
    donor = member(Role.DONOR, OrganisationFactory(kind="donor"))
    page = library.browser(donor).get(f"/policies/{library.policy.code}/1/acknowledgements/").text
    assert library.ngo.name in page
    assert "0 of 2" not in re.sub(r"<[^>]+>", "", page)
    assert "/policies/acknowledgements/facilities/" not in page
    for person, told in ((donor, None), (library.reader, 2)):
        rows = Caller(person).get(f"policies/{library.policy.code}/acknowledgements/").json()
        assert {row["organisation"]: row["whole"] for row in rows}[library.ngo.code] == told


def test_facilities_are_listed_for_the_version_that_was_asked_for_though_it_holds_later() -> None:
    library = Library()
    library.holding()
    read = FacilityFactory(supporters=[library.ngo])
    library.draft = library.next_draft()
    later = library.force(since=library.today + 20 * DAY)
    acknowledge_for_facilities(version=later, facilities=[read], by=library.reader, at=timezone.now())
    client, list_ = library.browser(library.reader), "/policies/acknowledgements/facilities/?policy="
    pages = [client.get(f"/policies/infection/{number}/acknowledgements/").text for number in (1, 2)]
    asked = ["infection", "infection:2"]
    assert [[f"{list_}{one}&amp;organisation" in page for one in asked] for page in pages] == [
        [True, False],
        [False, True],
    ]
    assert [read.code in client.get(f"{list_}{one}").text for one in asked] == [True, False]
    assert f"from {(library.today + 20 * DAY).isoformat()}" in client.get(f"{list_}infection:2").text
    assert read.code in taken_along(client, "facility-acknowledgements", "policy=infection:2&state=read")


def test_of_a_policy_that_nobody_knows_no_facilities_are_listed() -> None:
    library = Library()
    library.holding()
    unread = FacilityFactory(supporters=[library.ngo])
    client, list_ = library.browser(library.reader), "/policies/acknowledgements/facilities/"
    assert unread.code in client.get(list_).text
    for asked in ("?policy=nobodys", "?organisation=nobodys"):
        page = client.get(f"{list_}{asked}").text
        assert unread.code not in page
        assert "No facility fits these filters." in page


@pytest.mark.parametrize("status", ["suspended", "dissolved"])
def test_the_directorate_speaks_for_the_facilities_of_an_ngo_that_acts_no_more(status: str) -> None:
    library = Library()
    directorate = DirectorateFactory()
    officer = member(Role.DATA_OFFICER, directorate)
    held, place = library.holding(), SubdistrictFactory()
    competent(directorate, place)
    mine = FacilityFactory(supporters=[library.ngo], place=place)
    assert not facilities_to_acknowledge(officer, held, library.today)
    Organisation.objects.filter(pk=library.ngo.pk).update(status=status)
    assert list(facilities_to_acknowledge(officer, held, library.today)) == [mine]
    (standing,) = [one for one in standings(held) if one.organisation == directorate]
    assert standing.whole == 1
    address = f"/policies/acknowledgements/facilities/?organisation={directorate.code}"
    assert mine.code in library.browser(officer).get(address).text


def test_organisations_and_policies_stand_in_one_table_that_keeps_its_filters_and_is_taken_along() -> None:
    library = Library()
    (director,) = library.directors(1)
    held = library.holding()
    acknowledge_policy(version=held, since=None, by=library.reader, at=timezone.now())
    client, address = library.browser(library.reader), "/policies/acknowledgements/"
    page = client.get(address)
    assert [line.organisation for line in page.context["lines"]] == [director.acting, library.ngo]
    assert [[said is not None for _one, said in line.cells] for line in page.context["lines"]] == [[False], [True]]
    missing = client.get(f"{address}?state=missing")
    assert [line.organisation for line in missing.context["lines"]] == [director.acting]
    assert '<option value="missing" selected' in missing.text
    file = taken_along(client, "acknowledgements", "")
    assert f"{library.policy.code},1,{library.today.isoformat()}" in file
