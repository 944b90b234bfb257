"""A directorate is lost and returns: its reports, its places and its figures go where they belong, and come back."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, read_figures, whose
from coordination.reporting.models.measures import measures_of
from directorates.models import Handover, Jurisdiction, Organisation
from facilities.models import Facility
from tests.factories import DirectorateFactory, assigned, member
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def done(client: Client, address: str, **given: object) -> str:
    """Sends a form that is taken; answers where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class Loss:
    """A clinic in Idlib whose report of last month waits, Idlib's and Aleppo's directors and officers, the body's people."""

    def __init__(self) -> None:
        """Everybody signs in; the centre reports monthly."""
        self.clinic = Clinic("services-monthly")
        clinic, self.today = self.clinic, timezone.localdate()
        assigned(clinic.template, clinic.facility)
        self.idlib = clinic.directorate
        self.aleppo: Organisation = DirectorateFactory(code="aleppo", name_en="Aleppo Health Directorate")
        self.director = clinic.browser(member("director", self.idlib))
        self.other = clinic.browser(member("director", self.aleppo))
        self.other_officer = clinic.browser(member("data_officer", self.aleppo))
        self.administrator = clinic.browser(member("administrator", clinic.body))
        self.reader = member("data_manager", clinic.body)
        self.manager = clinic.browser(self.reader)

    def follow(self) -> None:
        """What workers do after a deed."""
        expect(today=self.today)
        rescope()
        drain()

    def received(self, borders: Borders, today: datetime.date) -> dict[str, int]:
        """By directorate, how many reports of last month count."""
        template, start = self.clinic.template, self.clinic.period.start
        owners = whose(self.reader, template, FigureLevel.DIRECTORATE, None, borders, today)
        found = read_figures(template, owners, [start], measures_of(template, self.clinic.period).values())
        rows = {
            holder.code if holder else "": found.coverage(key, [start]).received
            for key, holder in found.present().items()
        }
        return {code: number for code, number in rows.items() if number}


def test_a_directorate_is_lost_hands_over_and_returns() -> None:
    loss = Loss()
    clinic, today = loss.clinic, loss.today
    loss.follow()
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    _suspend(loss, report)
    handover = _offer(loss)
    assert handover in loss.other.get("/").context["places_on_offer"]
    page = loss.other.get(f"/handovers/{handover.pk}/")
    assert [one.after for one in page.context["found"].moves] == [loss.aleppo]
    done(loss.other, f"/handovers/{handover.pk}/", places=[clinic.place.code])
    loss.follow()
    # The month that ended before belongs to whoever was competent on its last day; the body reviews it.
    report.refresh_from_db()
    assert report.directorate == loss.idlib
    assert loss.other_officer.get(f"/reports/{report.pk}/").status_code == 404
    done(loss.manager, f"/reports/{report.pk}/approve/")
    loss.follow()
    assert loss.received(Borders.THEN, today) == {loss.idlib.code: 1}
    assert loss.received(Borders.NOW, today) == {"aleppo": 1}
    owed = ExpectedReport.objects.get(period_start=clinic.period.start, reporter=clinic.ngo)
    assert owed.directorate == loss.idlib
    # Who keeps the register follows today's borders.
    held = Facility.objects.get()
    assert held.competent_today == loss.aleppo.pk
    assert loss.other_officer.get(f"/facilities/{held.code}/describe/").status_code == 200
    _return(loss)
    assert loss.received(Borders.THEN, today) == {loss.idlib.code: 1}
    assert loss.received(Borders.NOW, today + DAY) == {loss.idlib.code: 1}
    figures = loss.manager.get(f"/reports/figures/?template=services-monthly&period={clinic.period.id}&as=now").text
    assert "Borders changed in between" in figures


def _suspend(loss: Loss, report: Submission) -> None:
    """The body suspends Idlib after it saw that one report changes hands; the body reviews it from then on."""
    address = f"/borders/organisations/{loss.idlib.code}/"
    given = {"status": "suspended", "since": loss.today.isoformat(), "reason": "Displaced"}
    assert loss.administrator.post(address, given).context["found"].waiting == 1
    done(loss.administrator, address, do=1, **given)
    loss.follow()
    report.refresh_from_db()
    assert report.reviewer == loss.clinic.body


def _offer(loss: Loss) -> Handover:
    """Idlib cannot speak; the body offers its sub-district to Aleppo from today on."""
    places = [loss.clinic.place.code]
    given = {"taker": "aleppo", "places": places, "first": loss.today.isoformat(), "reason": "Displaced"}
    address = f"/handovers/from/{loss.idlib.code}/"
    # Whoever is suspended holds nothing, and finds nothing.
    assert loss.director.get(address).status_code == 404
    assert loss.administrator.post(address, given | {"taker": ""}).status_code == 400
    done(loss.administrator, address, **given)
    return Handover.objects.get()


def _return(loss: Loss) -> None:
    """Idlib acts again, and Aleppo hands the sub-district back from tomorrow on."""
    clinic, today = loss.clinic, loss.today
    acts = {"status": "active", "since": today.isoformat(), "reason": "Back"}
    done(loss.administrator, f"/borders/organisations/{loss.idlib.code}/", do=1, **acts)
    given = {"taker": loss.idlib.code, "places": [clinic.place.code], "reason": "Back"}
    done(loss.other, "/handovers/from/aleppo/", first=(today + DAY).isoformat(), **given)
    back = Handover.objects.first()
    assert back is not None
    refused = loss.director.post(f"/handovers/{back.pk}/", {"places": []})
    assert refused.status_code == 400
    done(loss.director, f"/handovers/{back.pk}/", places=[clinic.place.code])
    again = loss.director.post(f"/handovers/{back.pk}/", {"places": [], "answer": "Not after all"})
    assert "waits for no answer any more" in again.text
    loss.follow()
    assert Jurisdiction.objects.competent(clinic.place, today) == loss.aleppo
    assert Jurisdiction.objects.competent(clinic.place, today + DAY) == loss.idlib
