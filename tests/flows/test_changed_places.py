"""A sub-district is split and comes back: its reports, its figures and its facility go where they belong, each way."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import ExpectedReport
from directorates.models import Place
from facilities.models import Facility
from tests.factories import assigned, member
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def follow() -> None:
    """What workers do after a deed."""
    expect(today=timezone.localdate())
    rescope()
    drain()


def test_a_place_is_split_counts_apart_and_comes_back() -> None:
    clinic = Clinic("services-monthly")
    assigned(clinic.template, clinic.facility)
    administrator = clinic.browser(member("administrator", clinic.body))
    officer, reader = clinic.browser(clinic.officer), clinic.browser(member("data_manager", clinic.body))
    follow()
    old = sent_from(clinic, clinic.browser(), clinic.draft(period=clinic.period.previous()))
    new = sent_from(clinic, clinic.browser(), clinic.draft())
    for report in (old, new):
        assert officer.post(f"/reports/{report.pk}/approve/").status_code == 302
    follow()
    # Recorded late: from the first day of last month, whose report was approved already.
    first = clinic.period.start
    given = {"first": first.isoformat(), "reason": "Decree", "facility_SY070300-01": "1", "do": "1"}
    for number, code in ((1, "SY070390"), (2, "SY070391")):
        given |= {f"code_{number}": code, f"name_ar_{number}": f"قسم {code}", f"name_en_{number}": f"Part {code}"}
    assert administrator.post(f"/borders/places/split/{clinic.place.code}/", given).status_code == 302
    follow()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.subdistrict.code, new.subdistrict.code) == (clinic.place.code, "SY070390")
    assert (new.directorate, new.status) == (clinic.directorate, "approved")
    owed = ExpectedReport.objects.filter(period_start=first).values_list("subdistrict__code", flat=True)
    assert set(owed) == {"SY070390"}
    # Who may act follows today: the directorate's officer keeps the facility in its new place.
    assert officer.get(f"/facilities/{clinic.facility.code}/describe/").status_code == 200
    asked = f"/reports/figures/?template=services-monthly&under={clinic.place.parent.code}&level=subdistrict"
    then = reader.get(f"{asked}&period={clinic.period.previous().id}")
    assert [row.holder.code for row in then.context["overview"].rows] == [clinic.place.code]
    now = reader.get(f"{asked}&period={clinic.period.previous().id}&as=now")
    (row,) = now.context["overview"].rows
    assert row.undivided is not None
    assert "cannot be divided among" in now.text
    assert "cannot be divided: it counts where all its parts lie together" in now.text
    later = reader.get(f"{asked}&period={clinic.period.id}")
    assert [row.holder.code for row in later.context["overview"].rows] == ["SY070390"]
    assert "Borders changed in between" in later.text
    _comes_back(administrator, clinic)
    assert Facility.objects.select_related("place").get().place == clinic.place
    again = reader.get(f"{asked}&period={clinic.period.id}&as=now")
    assert [row.holder.code for row in again.context["overview"].rows] == [clinic.place.code]
    kept = reader.get(f"{asked}&period={clinic.period.id}")
    assert [row.holder.code for row in kept.context["overview"].rows] == ["SY070390"]


def _comes_back(administrator: object, clinic: Clinic) -> None:
    """Both parts are merged into the place that they came of, from today on."""
    given = {"places": ["SY070390", "SY070391"], "into": clinic.place.code, "reason": "Undone"}
    given |= {"first": timezone.localdate().isoformat(), "do": "1"}
    assert administrator.post("/borders/places/merge/", given).status_code == 302  # type: ignore[attr-defined]
    follow()
    assert Place.objects.get(pk=clinic.place.pk).ended is None
