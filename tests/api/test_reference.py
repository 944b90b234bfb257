"""Places, organisations, facilities and templates over the API."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.models import TemplateVersion
from directorates.models import User
from facilities.models import FacilityService, Support
from tests.api.callers import Caller, found
from tests.factories import (
    CategorySetFactory,
    DirectorateFactory,
    DistrictFactory,
    ElementFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    UserFactory,
    lasting,
    member,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def observer() -> User:
    """Someone who sees the register and the figures."""
    return member("observer", OrganisationFactory(code="cluster", kind="cluster"))


@pytest.fixture
def caller(observer: User) -> Caller:
    """The observer's program."""
    return Caller(observer)


def test_places_come_by_level_and_under_a_place(caller: Caller) -> None:
    inside = SubdistrictFactory(parent=DistrictFactory(parent=GovernorateFactory(code="SY07", name_en="Idlib")))
    SubdistrictFactory()
    places = caller.get("places/", {"level": "governorate"}).json()["results"]
    assert places[0] == {
        "code": "SY07",
        "level": "governorate",
        "name": {"ar": "محافظة SY07", "en": "Idlib"},
        "parent": "SY",
    }
    under = caller.get("places/", {"under": "SY07"}).json()["results"]
    assert {place["code"] for place in under} == {"SY07", inside.code, inside.parent.code}
    assert caller.get("places/", {"under": "SY07", "level": "subdistrict"}).json()["results"][0]["code"] == inside.code
    assert caller.get("places/", {"level": "country"}).json()["results"][0]["parent"] is None


def test_organisations_come_by_kind(caller: Caller) -> None:
    OrganisationFactory(code="uossm")
    answer = caller.get("organisations/", {"kind": "ngo"}).json()
    name = {"ar": "جهة uossm", "en": "Organisation uossm"}
    assert answer == {
        "next": None,
        "previous": None,
        "results": [{"code": "uossm", "kind": "ngo", "name": name, "status": "active"}],
    }


def test_facilities_come_with_services_supporters_and_the_competent_directorate() -> None:
    place = SubdistrictFactory(parent=DistrictFactory(parent=GovernorateFactory(code="SY07")))
    DirectorateFactory(code="idlib", for_place=place)
    uossm = OrganisationFactory(code="uossm")
    caller = Caller(member("ngo_coordinator", uossm))
    facility = FacilityFactory(code="F1", place=place, supporters=[uossm])
    ended = timezone.localdate() - datetime.timedelta(days=1)
    Support.objects.create(facility=facility, organisation=OrganisationFactory(), valid=lasting(None, ended))
    FacilityService.objects.create(facility=facility, service="outpatient")
    other = FacilityFactory(code="F2", type="hospital", status="closed")
    expected = {
        "code": "F1",
        "name": {"ar": "مركز F1", "en": "Centre F1"},
        "type": "health_centre",
        "place": place.code,
        "status": "functioning",
        "services": ["outpatient"],
        "supported_by": ["uossm"],
        "directorate": "idlib",
    }
    assert caller.get("facilities/F1/").json() == expected
    filters = ({"place": "SY07"}, {"supported_by": "uossm"}, {"status": "functioning"}, {"type": "health_centre"})
    for query in filters:
        assert caller.get("facilities/", query).json()["results"] == [expected]
    assert caller.get("facilities/F2/").json()["directorate"] is None
    assert [row["code"] for row in caller.get("facilities/").json()["results"]] == ["F1", other.code]


def test_templates_come_whole_with_sections_elements_and_rules(caller: Caller) -> None:
    elements = [
        ElementFactory(code="visits", maximum="100000.5"),
        ElementFactory(code="cases", category_set=CategorySetFactory()),
    ]
    rule = {
        "code": "some",
        "left": "cases",
        "operator": "<=",
        "right": "visits",
        "message_en": "Few",
        "message_ar": "قليل",
    }
    version = published(elements=elements, rules=[rule], required=True)
    answer = caller.get(f"templates/{version.template.code}/").json()
    assert caller.get("templates/").json()["results"] == [answer]
    assert (answer["version"], answer["status"], answer["period_type"], answer["due_days"]) == (
        1,
        "published",
        "month",
        10,
    )
    visits, cases = answer["sections"][0]["elements"]
    assert (visits["min"], visits["max"], visits["required"], visits["categories"]) == ("0", "100000.5", True, [])
    assert [category["code"] for category in cases["categories"]] == ["u5", "o5"]
    assert answer["rules"] == [
        {
            "code": "some", "left": "cases", "operator": "<=", "right": "visits", "severity": "warning",
            "missing": "skip_any", "message": {"ar": "قليل", "en": "Few"},
        }
    ]  # fmt: skip


def test_each_version_of_a_template_can_be_read(caller: Caller) -> None:
    until = datetime.date(2019, 5, 31)
    old = published(last=until)
    published(old.template, [ElementFactory(code="beds")], number=2, first=datetime.date(2019, 6, 1))
    address = f"templates/{old.template.code}/"
    assert caller.get(address).json()["version"] == 2
    assert caller.get(address, {"version": 1}).json()["version"] == 1
    answer = caller.get(address, {"version": 3})
    assert (answer.status_code, found(answer)) == (400, [("version", "unknown")])


def test_a_draft_of_a_template_is_shown_to_whoever_manages_templates_only(caller: Caller) -> None:
    version = TemplateVersion.objects.create(
        template=TemplateFactory(), number=1, valid=lasting(datetime.date(2030, 1, 1))
    )
    assert caller.get("templates/").json()["results"] == []
    assert caller.get(f"templates/{version.template.code}/").status_code == 404
    manager = Caller(member("administrator", OrganisationFactory(code="tb", kind="body")))
    assert manager.get(f"templates/{version.template.code}/").json()["status"] == "draft"
    last = published(last=datetime.date(2029, 12, 31)).template
    TemplateVersion.objects.create(template=last, number=2, valid=lasting(datetime.date(2030, 1, 1)))
    assert manager.get(f"templates/{last.code}/", {"version": 2}).json()["status"] == "draft"
    assert found(caller.get(f"templates/{last.code}/", {"version": 2})) == [("version", "unknown")]


def test_filters_name_what_they_do_not_know_all_at_once(caller: Caller) -> None:
    query = {"place": "SY99", "supported_by": "nobody", "status": "sleeping", "type": "\x00"}
    answer = caller.get("facilities/", query)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert found(answer) == [(name, "unknown") for name in ("place", "supported_by", "status", "type")]


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"page_size": "-1"}, {"page": "9" * 1000}])
def test_pages_that_are_no_numbers_are_told(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get("places/", query)
    assert (answer.status_code, found(answer)) == (400, [(next(iter(query)), "not_a_number")])


def test_a_page_has_neighbours_and_at_most_two_hundred_rows(caller: Caller) -> None:
    for _number in range(5):
        OrganisationFactory()
    first = caller.get("organisations/", {"kind": "ngo", "page_size": "2"}).json()
    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    assert (first["previous"], third["next"]) == (None, None)
    codes = [row["code"] for page in (first, second, third) for row in page["results"]]
    assert len(set(codes)) == 5
    assert caller.get(second["previous"]).json() == first
    assert caller.get("organisations/", {"page_size": "100000"}).status_code == 200


@pytest.mark.parametrize("address", ["places/", "organisations/", "facilities/", "templates/"])
def test_queries_do_not_grow_with_the_page(caller: Caller, address: str) -> None:
    counts = []
    for many in (1, 12):
        for _number in range(many):
            facility = FacilityFactory(supporters=[OrganisationFactory()])
            FacilityService.objects.create(facility=facility, service="outpatient")
        caller.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whoever_has_no_role_today_sees_nothing() -> None:
    FacilityFactory(code="F1")
    published()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    for person in (UserFactory(), member("observer", OrganisationFactory(), last=yesterday)):
        caller = Caller(person)
        for address in ("places/", "organisations/", "facilities/", "templates/", "submissions/", "reports-due/"):
            assert caller.get(address).json()["results"] == []
        assert caller.get("facilities/F1/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "facilities/?place=P1",
        "facilities/?supported_by=N1",
        "reports-due/?reporter=N1",
        "submissions/?place=P1",
        "submissions/?facility=F1",
        "submissions/?template={template}",
    ],
)
def test_whoever_has_no_role_does_not_learn_which_codes_there_are(observer: User, address: str) -> None:
    SubdistrictFactory(code="P1")
    OrganisationFactory(code="N1")
    FacilityFactory(code="F1")
    asked = address.format(template=published().template.code)
    assert Caller(observer).get(asked).status_code == 200
    assert Caller(UserFactory()).get(asked).status_code == 400


def test_a_donor_does_not_see_the_register() -> None:
    FacilityFactory(code="F1")
    donor = Caller(member("donor", OrganisationFactory(kind="donor")))
    unseen, missing = donor.get("facilities/F1/"), donor.get("facilities/F9/")
    assert unseen.status_code == missing.status_code == 404
    assert unseen.content == missing.content


@pytest.mark.parametrize("code", ["%00", "%F0%9F", "a%20b", "\u202e", "x" * 500, "..%2F"])
def test_what_is_no_code_is_missing(caller: Caller, code: str) -> None:
    for noun in ("facilities", "templates", "nothing"):
        answer = caller.get(f"{noun}/{code}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_without_a_key_everything_is_401() -> None:
    for address in ("places/", "submissions/", "facilities/F1/", "nothing/"):
        answer = Caller().get(address)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")
        assert answer.json()["code"] == "not_authenticated"
