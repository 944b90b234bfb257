"""A road is cut: the NGO says why, the directorate reads it and decides, the figures show both, a report comes after all."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.reviews import approve
from directorates.models import Notice
from tests.factories import signed_in
from tests.reporting.filing import filed
from tests.reporting.test_missing_pages import months, text_of, wide_region

pytestmark = pytest.mark.django_db
WORDS = {
    "en": {"reason": "Cut off", "decides": "decides", "without": "Without the excused (2)", "told": "missing reports"},
    "ar": {"reason": "انقطاع الطريق", "decides": "هو المعتمَد", "without": "من دون ما كان بعذر (2)", "told": "السبب"},
}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_the_late_facility_to_the_figure_and_back(language: str) -> None:
    region, words = wide_region(), WORDS[language]
    ngo, office = signed_in(region.coordinator, language), signed_in(region.officer, language)
    month = months()[0]
    # The coordinator's home leads to the list; one form for the district.
    assert "/reports/missing/" in ngo.get("/").content.decode()
    query = f"?place={region.district}&period={month.id}&until={month.id}"
    assert ngo.get(f"/reports/missing/explain/{query}").status_code == 200
    said = {"reason": "cut_off", "text": "الجسر مهدوم", "count": "2"}
    assert ngo.post(f"/reports/missing/explain/{query}", said).status_code == 302
    # The directorate is told that, and reads what on the report's page.
    assert Notice.objects.get(person=region.officer, kind="missing").url == "/reports/missing/"
    assert words["reason"] in text_of(office, "/notices/")
    page = text_of(office, f"/reports/missing/{query}")
    assert words["reason"] in page
    drain()
    figures = f"/reports/figures/?template={region.template.code}&period={month.id}"
    assert words["without"] in text_of(office, figures)
    # It does not believe it of one facility; both stay, the directorate decides.
    one = first_report(office, f"/reports/missing/?facility={region.near.code}&period={month.id}")
    office.post(f"/reports/missing/explain/?only={one}", {"reason": "not_excused", "text": "أرسل الجيران تقاريرهم"})
    assert words["decides"] in text_of(ngo, f"/reports/missing/{one}/")
    drain()
    assert words["without"] not in text_of(office, figures)
    # The other one comes after all: nothing is excused any more, by itself.
    report = filed(region, period=month)
    approve(by=region.officer, submission=report, at=timezone.now())
    drain()
    table = office.get(figures).context["overview"].total.covered
    assert (table.expected, table.received, table.excused) == (3, 1, 0)
    assert f"?facility={region.facility.code}" in office.get("/").content.decode()


def first_report(client: Client, address: str) -> str:
    """The id of the first report of a list."""
    found = re.search(r"/reports/missing/(\d+)/", client.get(address).content.decode())
    assert found is not None
    return found[1]
