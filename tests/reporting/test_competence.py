"""Who may report for which facility and period, and who reviews it."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.actions.submissions import (
    save_draft,
    submit,
)
from coordination.reporting.rules.periods import parse_period
from directorates.acting import act_as
from directorates.permissions import Refused
from facilities.models import Support
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    competent,
    lasting,
    member,
)
from tests.reporting.filing import drafted, filed, given
from tests.reporting.reports import MAY, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


# Who may report


def test_a_supporter_of_one_day_of_the_period_may_report(scene: Scene) -> None:
    facility = FacilityFactory(place=scene.place)
    Support.objects.create(facility=facility, organisation=scene.ngo, valid=lasting(datetime.date(2019, 5, 31)))
    assert filed(scene, facility=facility).status == "submitted"
    with pytest.raises(Refused) as refused:
        filed(scene, facility=facility, period=parse_period("201904"))
    assert refused.value.code == "not_supported"
    told = str(refused.value.detail)
    assert facility.code in told
    assert "April 2019" in told
    assert scene.ngo.short in told


def test_the_competent_directorate_reports_its_own_facilities(scene: Scene) -> None:
    own = filed(scene, by=scene.officer, reporter=scene.directorate)
    assert (own.reporter, own.reviewer) == (scene.directorate, scene.directorate)


def test_another_directorate_does_not(scene: Scene) -> None:
    other = DirectorateFactory(for_place=SubdistrictFactory())
    with pytest.raises(Refused) as refused:
        filed(scene, by=member("data_officer", other), reporter=other)
    assert refused.value.code == "not_supported"


def test_nobody_reports_for_an_organisation_that_is_not_theirs(scene: Scene) -> None:
    other = OrganisationFactory()
    Support.objects.create(facility=scene.facility, organisation=other, valid=lasting(MAY))
    for person in (scene.coordinator, scene.officer, member("observer", other), member("director", scene.directorate)):
        for attempt in (filed, drafted):
            with pytest.raises(Refused) as refused:
                attempt(scene, by=person, reporter=other)
            assert refused.value.code == "forbidden"
            assert other.short in str(refused.value.detail)


def test_a_membership_that_ended_yesterday_gives_nothing(scene: Scene) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    gone = member("ngo_coordinator", scene.ngo, last=yesterday)
    with pytest.raises(Refused):
        filed(scene, by=gone)
    draft = drafted(scene)
    with pytest.raises(Refused):
        save_draft(by=gone, submission=draft, answers=given(visits=1), seen=None, at=timezone.now())
    with pytest.raises(Refused):
        submit(by=gone, submission=draft, at=timezone.now())


def test_a_membership_for_some_places_reports_there_only(scene: Scene) -> None:
    elsewhere = SubdistrictFactory()
    local = member("ngo_coordinator", scene.ngo, places=[elsewhere])
    with pytest.raises(Refused):
        filed(scene, by=local)
    assert filed(scene, by=member("ngo_coordinator", scene.ngo, places=[scene.place])).status == "submitted"


def test_whoever_acts_for_two_organisations_reports_as_the_one_acted_for(scene: Scene) -> None:
    other = OrganisationFactory()
    person = member("ngo_coordinator", other, person=scene.coordinator)
    with pytest.raises(Refused):
        filed(scene, by=act_as(person, other))
    assert filed(scene, by=act_as(person, scene.ngo)).status == "submitted"


# Competence


def test_the_period_belongs_to_whoever_is_competent_on_its_last_day(scene: Scene) -> None:
    place = SubdistrictFactory()
    before, after = DirectorateFactory(), DirectorateFactory()
    competent(before, place, last=datetime.date(2019, 5, 30))
    competent(after, place, first=datetime.date(2019, 5, 31))
    facility = FacilityFactory(place=place, supporters=[scene.ngo])
    may, april = filed(scene, facility=facility), filed(scene, facility=facility, period=parse_period("201904"))
    assert (may.directorate_id, may.reviewer_id) == (after.pk, after.pk)
    assert (april.directorate_id, april.reviewer_id) == (before.pk, before.pk)


def test_where_nobody_is_competent_any_more_the_last_counts_and_the_body_reviews(scene: Scene) -> None:
    place = SubdistrictFactory()
    lost = DirectorateFactory()
    competent(lost, place, last=datetime.date(2018, 7, 1))
    facility = FacilityFactory(place=place, supporters=[scene.ngo])
    sent = filed(scene, facility=facility)
    assert (sent.directorate_id, sent.reviewer_id) == (lost.pk, scene.body.pk)


def test_a_dissolved_directorate_reviews_nothing(scene: Scene) -> None:
    scene.directorate.status = "dissolved"
    scene.directorate.save()
    sent = filed(scene)
    assert (sent.directorate_id, sent.reviewer_id) == (scene.directorate.pk, scene.body.pk)


def test_a_facility_outside_every_jurisdiction_is_reviewed_by_the_body(scene: Scene) -> None:
    facility = FacilityFactory(supporters=[scene.ngo])
    sent = filed(scene, facility=facility)
    assert (sent.directorate_id, sent.reviewer_id) == (None, scene.body.pk)
