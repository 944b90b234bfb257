"""Pages of borders: who is competent where, where nobody is, and what a deed brings about before it is done."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models.reviews import waiting
from directorates.actions.jurisdictions import decide, end
from directorates.consequences import tried
from directorates.models import AuditEvent, Handover, Jurisdiction, JurisdictionDecision, Organisation, OutboxMessage
from directorates.models.organisations import OrganisationStatus
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import BodyFactory, DirectorateFactory, SubdistrictFactory, competent, member, signed_in
from tests.reporting.reports import Scene, wide_scene

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)


@dataclass
class Borders:
    """A directorate of one sub-district with a facility whose report waits, another directorate, the body's administrator."""

    scene: Scene
    other: Organisation
    browser: Client

    @property
    def decision(self) -> JurisdictionDecision:
        """The decision that the directorate's jurisdiction rests on."""
        return JurisdictionDecision.objects.get(organisation=self.scene.directorate)

    def post(self, address: str, **given: Any) -> Any:
        """Send a form as the administrator."""
        return self.browser.post(address, given)


@pytest.fixture
def borders() -> Borders:
    """Somewhere a report waits."""
    scene = wide_scene()
    scene.sent()
    return Borders(scene, DirectorateFactory(), signed_in(member(Role.ADMINISTRATOR, scene.body), "en"))


def test_the_page_tells_who_is_competent_on_a_day_and_where_nobody_is(borders: Borders) -> None:
    page = borders.browser.get("/borders/").text
    assert borders.scene.place.name in page
    assert 'id="holes"' not in page
    end(decision=borders.decision, last=TODAY - DAY, reason="Lost", by=None, at=NOW)
    page = borders.browser.get("/borders/").text
    assert 'id="holes"' in page
    assert "facilities that work there" in page
    before = borders.browser.get(f"/borders/?day={(TODAY - DAY).isoformat()}").text
    assert 'id="holes"' not in before


def test_whoever_is_told_no_sub_districts_of_facilities_is_told_no_number_of_them_there(borders: Borders) -> None:
    end(decision=borders.decision, last=TODAY - DAY, reason="Lost", by=None, at=NOW)
    page = signed_in(member(Role.POLICY_MANAGER, BodyFactory()), "en").get("/borders/").content.decode()
    assert 'id="holes"' in page
    assert "facilities that work there" not in page


def test_ending_is_shown_before_it_is_done(borders: Borders) -> None:
    address = f"/borders/{borders.decision.pk}/end/"
    given = {"places": [borders.scene.place.code], "last": TODAY.isoformat(), "reason": "Lost"}
    page = borders.post(address, **given).text
    assert "Sub-districts that nobody is competent for then" in page
    assert Jurisdiction.objects.at(TODAY + DAY).exists()
    assert not AuditEvent.objects.filter(what="end").exists()
    assert not OutboxMessage.objects.filter(task="reporting.rescope").exists()
    assert borders.post(address, do=1, **given).status_code == 302
    assert not Jurisdiction.objects.at(TODAY + DAY).exists()
    assert AuditEvent.objects.filter(what="end").exists()


def test_suspending_tells_whose_reports_go_to_whom(borders: Borders) -> None:
    address = f"/borders/organisations/{borders.scene.directorate.code}/"
    given = {"status": "suspended", "since": TODAY.isoformat(), "reason": "Displaced"}
    page = borders.post(address, **given)
    found = page.context["found"]
    assert [(one.before, one.after, one.waiting, one.counted) for one in found.reports] == [
        (borders.scene.directorate, borders.scene.body, 1, 0)
    ]
    assert found.moves == []
    borders.scene.directorate.refresh_from_db()
    assert borders.scene.directorate.status == OrganisationStatus.ACTIVE
    assert borders.post(address, do=1, **given).status_code == 302
    assert rescope() == found.waiting
    manager = member(Role.DATA_MANAGER, borders.scene.body)
    assert waiting(manager).count() == 1
    assert borders.post(address, do=1, **given | {"status": "active", "reason": "Back"}).status_code == 302
    assert rescope() == 1
    assert waiting(borders.scene.officer).count() == 1


def test_deciding_names_overlaps_and_fills_holes(borders: Borders) -> None:
    given = {"organisation": borders.other.code, "place": borders.scene.place.code, "first": TODAY.isoformat()}
    page = borders.post("/borders/decide/", **given)
    assert page.status_code == 400
    assert str(borders.scene.directorate.name) in page.text
    end(decision=borders.decision, last=TODAY - DAY, reason="Lost", by=None, at=NOW)
    found = borders.post("/borders/decide/", **given).context["found"]
    assert [one.place for one in found.filled] == [borders.scene.place]
    assert found.facilities == 1
    assert borders.post("/borders/decide/", do=1, **given).status_code == 302
    assert Jurisdiction.objects.competent(borders.scene.place, TODAY) == borders.other


def test_a_jurisdiction_is_cut_to_a_smaller_one(borders: Borders) -> None:
    beside = SubdistrictFactory(parent=borders.scene.place.parent)
    third = SubdistrictFactory(parent=borders.scene.place.parent)
    decision = competent(borders.other, beside)
    part = Jurisdiction.objects.create(decision=decision, organisation=borders.other, place=third, valid=decision.valid)
    end(decision=decision, last=TODAY - 10 * DAY, reason="Cut", places=[beside], by=None, at=NOW)
    assert Jurisdiction.objects.competent(beside, TODAY) is None
    assert Jurisdiction.objects.competent(third, TODAY) == borders.other
    decision.refresh_from_db()
    assert decision.last_day is None
    end(decision=decision, last=TODAY, reason="Ended", by=None, at=NOW)
    part.refresh_from_db()
    first = decision.parts.get(place=beside)
    assert (first.last_day, part.last_day) == (TODAY - 10 * DAY, TODAY)
    decision.refresh_from_db()
    assert decision.last_day == TODAY


def test_what_is_tried_leaves_nothing_behind(borders: Borders) -> None:
    before = (Jurisdiction.objects.count(), AuditEvent.objects.count(), OutboxMessage.objects.count())
    place = SubdistrictFactory(parent=borders.scene.place.parent)
    found = tried(lambda: decide(organisation=borders.other, place=place, first=TODAY, by=None, at=NOW), TODAY)
    assert [(one.place, one.before, one.after) for one in found.moves] == [(place, None, borders.other)]
    assert (Jurisdiction.objects.count(), AuditEvent.objects.count(), OutboxMessage.objects.count()) == before


def test_all_that_is_wrong_is_told_beside_its_field_and_nothing_is_lost(borders: Borders) -> None:
    page = borders.post(f"/borders/{borders.decision.pk}/end/", last="", reason="")
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"places", "last", "reason"}
    state = borders.post(
        f"/borders/organisations/{borders.scene.directorate.code}/",
        status="suspended",
        since=(TODAY + DAY).isoformat(),
        reason="Kept words",
    )
    assert set(state.context["form"].errors) == {"since"}
    assert "Kept words" in state.text


def test_programs_read_who_is_competent_and_what_was_handed_over(borders: Borders) -> None:
    caller = Caller(borders.scene.coordinator)
    found = caller.get(f"/api/v1/jurisdictions/?day={TODAY.isoformat()}&under={borders.scene.place.code}").json()
    assert found["results"] == [
        {
            "place": borders.scene.place.code,
            "organisation": borders.scene.directorate.code,
            "since": "2010-01-01",
            "until": None,
        }
    ]
    assert caller.get("/api/v1/handovers/").json()["results"] == []
    assert Handover.objects.count() == 0
