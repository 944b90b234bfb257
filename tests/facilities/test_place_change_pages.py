"""The pages of changes of places: asked, shown with what follows, written down; and what programs and files are told."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models import ReportTemplate
from directorates.models import Place, PlaceChange
from facilities.models import Facility
from tests.api.callers import Caller
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    competent,
    member,
    published,
    signed_in,
)
from tests.reporting.reports import MAY, sent

pytestmark = pytest.mark.django_db
SAID = {"first": timezone.localdate().isoformat(), "reason": "Decree 7", "source": "List of 2026"}


@pytest.fixture
def place() -> Place:
    """A sub-district of a directorate, with two facilities and another sub-district beside it."""
    district = DistrictFactory()
    found: Place = SubdistrictFactory(parent=district, name_en="Oldtown")
    SubdistrictFactory(parent=district, code="SYBESIDE")
    competent(DirectorateFactory(short_en="North HD"), district)
    for code in ("F-1", "F-2"):
        FacilityFactory(code=code, place=found)
    return found


@pytest.fixture
def browser(place: Place) -> Client:
    """The body's administrator."""
    return signed_in(member("administrator", BodyFactory()), "en")


def parts(**given: str) -> dict[str, Any]:
    """What the form of a split is told."""
    told = {"code_1": "SYX1", "name_ar_1": "أول", "name_en_1": "First"}
    told |= {"code_2": "syx2", "name_ar_2": "ثان", "name_en_2": "Second"}
    return SAID | told | {"facility_F-1": "1", "facility_F-2": "2"} | given


def report(place: Place) -> ReportTemplate:
    """An approved report of the place's first facility, of a month long ago."""
    version, ngo = published(), OrganisationFactory()
    facility = Facility.objects.get(code="F-1")
    row = sent(version, facility=facility, reporter=ngo, by=member("ngo_coordinator", ngo), start=MAY)
    row.status = "approved"
    row.save()
    return version.template


def test_a_split_is_shown_before_it_is_made_and_nothing_is_left_of_the_try(browser: Client, place: Place) -> None:
    report(place)
    member("facility_reporter", OrganisationFactory(), places=[place])
    address = f"/borders/places/split/{place.code}/"
    page = browser.post(address, parts())
    found = page.context["found"]
    assert [(one.place.code, one.facilities) for one in found.formers] == [(place.code, 2)]
    assert [(one.place.code, one.facilities, one.competent.short) for one in found.laters] == [
        ("SYX1", 1, "North HD"),
        ("SYX2", 1, "North HD"),
    ]
    assert (found.staying, found.following, found.divides) == (1, 0, True)
    assert (found.roles, found.roles_following) == (0, 1)
    assert "are not divided among the parts" in page.text
    assert not PlaceChange.objects.exists()
    assert browser.post(address, parts(do="1")).status_code == 302
    listed = browser.get("/borders/places/").text
    assert "Oldtown" in listed
    assert "SYX2" in listed
    assert "Decree 7" in listed
    # Sent twice: the place is gone by then.
    assert browser.post(address, parts(do="1")).status_code == 404


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(browser: Client, place: Place) -> None:
    page = browser.post(f"/borders/places/split/{place.code}/", parts(code_2="SYX1", name_ar_1="Latin", reason="x"))
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"code_2", "name_ar_1"}
    assert 'value="Latin"' in page.text
    page = browser.post(f"/borders/places/split/{place.code}/", parts(**{"facility_F-2": "4"}))
    assert set(page.context["form"].errors) == {"facility_F-2"}


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("rename/", {"name_ar": "الاسم الجديد", "name_en": "Newtown"}),
        ("move/", {"code": "SYM1"}),
        ("merge/", {"into": "SYBESIDE"}),
    ],
)
def test_each_kind_is_shown_and_written_down(
    browser: Client, place: Place, address: str, given: dict[str, str]
) -> None:
    other = DistrictFactory()
    told = SAID | given | ({"places": [place.code]} if address == "merge/" else {"place": place.code})
    told |= {"parent": other.code} if address == "move/" else {}
    page = browser.post(f"/borders/places/{address}", told)
    assert page.status_code == 200
    assert page.context["found"] is not None
    assert not PlaceChange.objects.exists()
    assert browser.post(f"/borders/places/{address}", told | {"do": "1"}).status_code == 302
    assert PlaceChange.objects.count() == 1


def test_a_whole_district_is_moved_by_one_form_shown_before(browser: Client, place: Place) -> None:
    other, held = DistrictFactory(), place.parent
    assert held is not None
    answer = browser.get("/borders/places/district/", {"place": held.code})
    assert answer.headers["Location"] == f"/borders/places/district/{held.code}/"
    assert browser.get("/borders/places/district/").status_code == 200
    address, told = f"/borders/places/district/{held.code}/", SAID | {"parent": other.code}
    page = browser.post(address, told)
    assert page.status_code == 400
    assert "Give at least one sub-district its new P-code." in page.text
    told |= {f"code_{place.code}": "SYM1", "code_SYBESIDE": "SYM2"}
    found = browser.post(address, told).context["found"]
    assert {part.place.code for part in found.laters} == {"SYM1", "SYM2"}
    assert not found.divides
    assert not PlaceChange.objects.exists()
    assert browser.post(address, told | {"do": "1"}).status_code == 302
    assert PlaceChange.objects.count() == 2
    page = browser.post(address, told | {f"code_{place.code}": "x"})
    assert page.status_code == 400, "the district is empty by now"


def test_a_hole_is_told(browser: Client) -> None:
    alone, beside = (SubdistrictFactory(parent=DistrictFactory()) for _n in range(2))
    page = browser.post("/borders/places/merge/", SAID | {"places": [alone.code], "into": beside.code})
    assert [one.place for one in page.context["found"].holes] == [beside]
    assert "Sub-districts that nobody is competent for" in page.text


def test_who_chose_a_place_comes_to_its_parts(browser: Client, place: Place) -> None:
    answer = browser.get("/borders/places/split/", {"place": place.code})
    assert answer.headers["Location"] == f"/borders/places/split/{place.code}/"
    assert browser.get("/borders/places/split/", {"place": ""}).status_code == 200


def test_places_that_ended_are_offered_nowhere_and_found_all_the_same(browser: Client, place: Place) -> None:
    browser.post("/borders/places/merge/", SAID | {"places": [place.code], "into": "SYBESIDE", "do": "1"})
    assert place.code not in browser.get("/borders/decide/").text
    assert place.code not in browser.get("/facilities/register/").text
    # It may come back: offered as what others are merged into.
    assert place.code in browser.get("/borders/places/merge/").text
    caller = Caller(member("observer", OrganisationFactory()))

    def listed(ended: str) -> set[str]:
        answer = caller.get("places/", {"level": "subdistrict"} | ({"ended": ended} if ended else {}))
        return {row["code"] for row in answer.json()["results"]}

    assert [listed(ended) for ended in ("", "only", "with")] == [{"SYBESIDE"}, {place.code}, {place.code, "SYBESIDE"}]


def test_programs_and_files_read_what_changed(browser: Client, place: Place) -> None:
    renamed = SAID | {"place": place.code, "name_ar": "الاسم الجديد", "name_en": "Newtown", "do": "1"}
    browser.post("/borders/places/rename/", renamed)
    browser.post(f"/borders/places/split/{place.code}/", parts(do="1"))
    caller = Caller(member("observer", OrganisationFactory()))
    split, rename = caller.get(f"place-changes/?place={place.code}").json()["results"]
    assert (split["kind"], split["formers"], split["laters"]) == ("split", [place.code], ["SYX1", "SYX2"])
    assert (rename["kind"], rename["formers"], rename["later_name"]["en"]) == ("renamed", [], "Newtown")
    assert caller.get(f"place-changes/?place={place.parent.code}").json()["results"] == [split, rename]  # type: ignore[union-attr]
    assert caller.get("place-changes/?place=SYBESIDE").json()["results"] == []
    file = browser.post(reverse("exchange:export", kwargs={"code": "place_changes"}), {"format": "csv"})
    assert b"SYX1 SYX2" in file.content
