"""What a supporter declares of its support: the share and the services; both sides of a double report read it."""

import pytest

from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from facilities.actions.support import declare_support
from facilities.models import Support
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Doubled:
    """A facility that one of two reporting NGOs supports by the register."""
    return Doubled()


@pytest.fixture
def support(scene: Doubled) -> Support:
    """The support of that NGO."""
    return Support.objects.select_related("facility__place", "organisation").get(organisation=scene.ngo)


def test_the_supporter_and_whoever_keeps_the_register_declare_it(scene: Doubled, support: Support) -> None:
    for person, share in ((scene.coordinator, 60), (scene.officer, 40)):
        declare_support(support=support, by=person, share=share, services=["surgery", "delivery"])
        support.refresh_from_db()
        assert (support.share, support.services) == (share, ["surgery", "delivery"])
    declare_support(support=support, by=scene.officer)
    support.refresh_from_db()
    assert (support.share, support.services) == (None, [])


def test_another_organisation_declares_nothing_about_it(scene: Doubled, support: Support) -> None:
    for person in (scene.rival, member("director", OrganisationFactory(kind="directorate"))):
        with pytest.raises(Refused):
            declare_support(support=support, by=person, share=10)


def test_all_that_is_wrong_is_told_at_once(scene: Doubled, support: Support) -> None:
    with pytest.raises(Problem) as problem:
        declare_support(support=support, by=scene.coordinator, share=101, services=["magic"])
    assert {one.field for one in problem.value.errors} == {"share", "services"}


def test_it_is_declared_on_a_page_and_read_by_both_sides(scene: Doubled, support: Support) -> None:
    page = f"/facilities/{scene.facility.code}/support/{support.pk}/declared/"
    one = signed_in(scene.coordinator)
    assert page in one.get(f"/facilities/{scene.facility.code}/").text
    assert page in one.get(f"/reports/double/{scene.double.pk}/").text
    assert one.post(page, {"share": "0"}).status_code == 200, "told in the form"
    assert one.post(page, {"share": "60", "services": ["surgery"]}).status_code == 302
    for person in (scene.coordinator, scene.rival):
        told = signed_in(person).get(f"/reports/double/{scene.double.pk}/").text
        assert ">60%</span> of the support" in told
        assert "Surgery" in told
    assert signed_in(scene.rival).get(page).status_code == 403


def test_on_the_facilitys_page_it_stands_for_those_whom_it_concerns_alone(scene: Doubled, support: Support) -> None:
    declare_support(support=support, by=scene.coordinator, share=60, services=["surgery"])
    page = f"/facilities/{scene.facility.code}/"
    stranger = member("ngo_coordinator", OrganisationFactory())
    elsewhere = member("director", OrganisationFactory(kind="directorate"))
    for person, reads in (
        (scene.coordinator, True),
        (scene.officer, True),
        (scene.manager, True),
        (stranger, False),
        (elsewhere, False),
    ):
        answer = signed_in(person).get(page)
        assert answer.status_code == 200
        assert scene.ngo.name in answer.text, "who supports it, everybody with the register sees"
        assert (">60%</span> of the support" in answer.text) is reads
