"""The pages of missing reports: which, from when to when, of what place; one form for many, previewed; files, homes, figures."""

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.missing import explain
from coordination.reporting.models import ExpectedReport, ExplainedReport, Explanation, MissingEvidence
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.models import User
from directorates.roles import Role
from tests.factories import (
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    assigned,
    competent,
    member,
    signed_in,
)
from tests.reporting.attached import SOMEWHERE, png
from tests.reporting.filing import filed
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db
MONTHS = 3


def months() -> list[Period]:
    """The last three months that ended, the earliest first."""
    found = [period_containing(timezone.localdate(), PeriodType.MONTH).previous()]
    while len(found) < MONTHS:
        found.insert(0, found[0].previous())
    return found


class Region(Scene):
    """Two facilities in a district, one in another; each owes the last three months, all overdue."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.near = self.other_facility()
        elsewhere = SubdistrictFactory(parent=DistrictFactory(parent=self.place.parent.parent))  # type: ignore[union-attr]
        competent(self.directorate, elsewhere)
        self.far = FacilityFactory(place=elsewhere, supporters=[self.ngo])
        assigned(self.template, self.facility, self.near, self.far)
        expect(today=timezone.localdate(), first=months()[0].start)
        ExpectedReport.objects.update(due=timezone.localdate() - datetime.timedelta(days=3))

    @property
    def district(self) -> str:
        """The code of the district of two of the facilities."""
        parent = self.place.parent
        assert parent is not None
        return parent.code

    def many(self) -> str:
        """The address that names the district in the first two months."""
        return f"?place={self.district}&period={months()[0].id}&until={months()[1].id}"


def wide_region() -> Region:
    """The region, in a governorate with districts of its own."""
    return Region(place=SubdistrictFactory(parent=DistrictFactory()))


@pytest.fixture
def region() -> Region:
    """The region."""
    return wide_region()


def text_of(client: Client, address: str) -> str:
    """The words of a page."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    inline = re.sub(r"</?(span|bdi|b)\b[^>]*>", "", answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inline))


def sent(client: Client, address: str, **given: Any) -> Any:
    """Open a form of missing reports and send it, as the page was read."""
    seen = client.get(address).context["form"].initial["seen"]
    return client.post(address, {"seen": seen} | given)


def said() -> list[tuple[int, datetime.date, str]]:
    """Of which facility and period what was said, in order."""
    return list(ExplainedReport.objects.order_by("pk").values_list("facility", "period_start", "reason"))


def test_a_whole_district_for_some_periods_is_one_form_and_previewed(region: Region) -> None:
    client = signed_in(region.officer)
    page = text_of(client, f"/reports/missing/{region.many()}")
    assert "Reason for 4" in page
    ask = text_of(client, f"/reports/missing/explain/{region.many()}")
    for words in ("Reports: 4", "Facilities: 2", "Periods: 2", "Organisations that owe them: 1"):
        assert words in ask
    address = f"/reports/missing/explain/{region.many()}"
    assert sent(client, address, reason="cut_off", text="The bridge is gone").status_code == 302
    assert "The reason of 4 reports is kept." in client.get("/reports/missing/").content.decode()
    facilities = {region.facility.pk, region.near.pk}
    assert {(pk, day) for pk, day, _reason in said()} == {(pk, m.start) for pk in facilities for m in months()[:2]}
    sent(client, address, reason="cut_off", text="The bridge is gone")
    assert "Nothing changed" in client.get("/reports/missing/").content.decode()
    assert Explanation.objects.count() == 1


def test_where_the_filters_name_others_by_now_nothing_is_kept_and_it_is_told(region: Region) -> None:
    client = signed_in(region.officer)
    address = f"/reports/missing/explain/{region.many()}"
    seen = client.get(address).context["form"].initial["seen"]
    filed(region, period=months()[0])
    # One more in its place: as many as were shown, and not the same.
    another = region.other_facility()
    assigned(region.template, another)
    expect(today=timezone.localdate(), first=months()[0].start)
    ExpectedReport.objects.filter(facility=another).exclude(period_start=months()[0].start).delete()
    answer = client.post(address, {"reason": "cut_off", "seen": seen})
    assert answer.status_code == 409
    assert "by now: 4." in answer.content.decode()
    assert not said()
    shown = answer.context["form"]["seen"].value()
    assert shown != seen
    assert client.post(address, {"reason": "cut_off", "seen": shown}).status_code == 302
    assert len(said()) == 4


def test_whoever_did_not_look_at_the_page_says_nothing(region: Region) -> None:
    answer = signed_in(region.officer).post(f"/reports/missing/explain/{region.many()}", {"reason": "cut_off"})
    assert answer.status_code == 409
    assert not said()


def test_more_than_can_be_explained_at_once_are_refused_in_words_and_not_cut_off(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coordination.reporting.views.missing.AT_ONCE", 3)
    client = signed_in(region.officer)
    for answer in (
        client.get(f"/reports/missing/explain/{region.many()}", follow=True),
        client.post(f"/reports/missing/explain/{region.many()}", {"reason": "cut_off"}, follow=True),
    ):
        assert "At most 3 reports are explained at once." in answer.content.decode()
        assert answer.redirect_chain[-1][0].startswith(f"/reports/missing/?period={months()[0].id}")
    assert not said()


@pytest.mark.parametrize("query", ["?period=209901", "?place=nowhere", "?only=x", "?only=999999", "?until=200001"])
def test_a_filter_of_which_nothing_is_left_never_means_all(region: Region, query: str) -> None:
    client = signed_in(region.officer)
    assert client.get(f"/reports/missing/{query}").status_code == 200
    answer = client.post(f"/reports/missing/explain/{query}", {"reason": "cut_off"})
    assert answer.status_code == 302
    assert not said()


def test_a_stretch_leaves_alone_what_only_begins_in_it(region: Region) -> None:
    last = months()[1].last_day
    kind = next(kind for kind in PeriodType if kind.is_week and period_containing(last, kind).last_day > last)
    row = ExpectedReport.objects.filter(facility=region.facility).earliest("period_start")
    row.pk, row.template = None, TemplateFactory(period_type=kind, dataset=region.template.dataset)
    row.period_start = period_containing(last, kind).start
    row.save(force_insert=True)
    client = signed_in(region.officer)
    sent(client, f"/reports/missing/explain/{region.many()}", reason="cut_off")
    assert {start for _facility, start, _reason in said()} == {month.start for month in months()[:2]}
    assert len(said()) == 4


def test_a_stretch_that_ends_before_it_begins_is_told_and_does_nothing(region: Region) -> None:
    client = signed_in(region.officer)
    query = f"?period={months()[1].id}&until={months()[0].id}"
    assert client.get(f"/reports/missing/{query}").status_code == 200
    client.post(f"/reports/missing/explain/{query}", {"reason": "cut_off"})
    assert not said()


def test_all_faults_stand_in_the_form_and_what_was_typed_stays(region: Region) -> None:
    client = signed_in(region.officer)
    answer = client.post(f"/reports/missing/explain/{region.many()}", {"text": SOMEWHERE, "reason": "weather"})
    assert answer.status_code == 400
    answer = sent(client, f"/reports/missing/explain/{region.many()}", text=SOMEWHERE, reason="closed")
    assert answer.status_code == 400
    assert "Depot" in answer.content.decode()
    assert not said()


def test_the_reporter_gives_a_reason_with_a_file_and_the_directorate_reads_both(region: Region) -> None:
    row = ExpectedReport.objects.filter(facility=region.facility).earliest("period_start")
    client, office = signed_in(region.coordinator), signed_in(region.officer)
    picture = SimpleUploadedFile("road.png", png(), "image/png")
    given = {"reason": "attacked", "text": "Two barrels", "first": picture}
    assert sent(client, f"/reports/missing/explain/?only={row.pk}", **given).status_code == 302
    page = text_of(office, f"/reports/missing/{row.pk}/")
    assert "Two barrels" in page
    assert "road.png" in page
    file = MissingEvidence.objects.get()
    assert office.get(reverse("reporting:missing_evidence", args=[file.pk])).status_code == 200
    stranger = signed_in(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert stranger.get(f"/reports/missing/{row.pk}/").status_code == 404
    assert stranger.get(reverse("reporting:missing_evidence", args=[file.pk])).status_code == 404
    sent(office, f"/reports/missing/explain/?only={row.pk}", reason="not_excused", text="Its neighbours sent")
    assert "decides" in text_of(client, f"/reports/missing/?facility={region.facility.code}")
    assert "decides" in text_of(client, f"/reports/missing/{row.pk}/")
    assert sent(office, f"/reports/missing/take-back/?only={row.pk}").status_code == 302
    assert [reason for *_which, reason in said()] == ["attacked", "not_excused", ""]
    assert "Taken back" in text_of(client, f"/reports/missing/{row.pk}/")


def test_the_list_is_narrowed_by_what_is_said(region: Region) -> None:
    rows = list(ExpectedReport.objects.filter(facility=region.facility).order_by("period_start"))
    now = timezone.now()
    explain(by=region.coordinator, expected=rows[:2], reason="no_link", at=now)
    explain(by=region.officer, expected=rows[1:2], reason="not_excused", text="No", at=now)
    client = signed_in(region.officer)
    for state, count in (("open", 7), ("excused", 1), ("not_excused", 1), ("differ", 1)):
        assert client.get(f"/reports/missing/?state={state}").context["page"].paginator.count == count


def test_homes_offer_a_reason_and_leave_out_what_is_excused(region: Region) -> None:
    office, client = signed_in(region.officer), signed_in(region.coordinator)
    home = office.get("/")
    assert home.context["overseen"].late_count == 3
    assert f"/reports/missing/?facility={region.facility.code}" in home.content.decode()
    rows = list(ExpectedReport.objects.filter(facility=region.facility))
    explain(by=region.officer, expected=rows, reason="cut_off", at=timezone.now())
    home = office.get("/")
    assert (home.context["overseen"].late_count, home.context["overseen"].excused_count) == (2, 3)
    assert "excused: 3" in text_of(office, "/")
    assert "Cut off" in text_of(client, "/")


def test_what_is_excused_is_not_overdue_for_whoever_owes_it(region: Region) -> None:
    client = signed_in(region.coordinator)
    for address in ("/", "/reports/due/"):
        assert "3 days overdue" in text_of(client, address)
    assert waiting_count(region.coordinator) == 9
    explain(by=region.officer, expected=list(ExpectedReport.objects.all()), reason="cut_off", at=timezone.now())
    for address in ("/", "/reports/due/"):
        page = text_of(client, address)
        assert "days overdue" not in page
        assert "Cut off" in page
    home = client.get("/").context["reporter"]
    assert (home.counts["to_send"], home.counts["late"], waiting_count(region.coordinator)) == (9, 0, 0)
    explain(by=region.officer, expected=list(ExpectedReport.objects.all()), reason="not_excused", at=timezone.now())
    assert "3 days overdue" in text_of(client, "/reports/due/")
    assert waiting_count(region.coordinator) == 9


def test_figures_and_files_show_completeness_with_and_without_the_excused(region: Region) -> None:
    rows = list(ExpectedReport.objects.filter(facility=region.facility, period_start=months()[0].start))
    explain(by=region.officer, expected=rows, reason="attacked", text="Secret words", at=timezone.now())
    drain()
    query = f"template={region.template.code}&period={months()[0].id}&level=directorate"
    reader = signed_in(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    for client in (signed_in(region.officer), reader):
        page = text_of(client, f"/reports/figures/?{query}")
        assert "Without the excused (1):" in page
        assert "not received, excused" in page
        assert "Secret words" not in page
    assert "not received, excused: Attacked" in text_of(signed_in(region.officer), f"/reports/figures/?{query}")
    assert "not received, excused: Attacked" not in text_of(reader, f"/reports/figures/?{query}")
    table = rows_of(reader, f"/exchange/exports/figures/?{query}")
    assert [(row["Expected"], row["Received"], row["Excused"]) for row in table] == [("3", "0", "1"), ("3", "0", "1")]
    facilities = rows_of(reader, f"/exchange/exports/grid/?{query}")
    assert "Attacked" not in str(facilities)
    missing = rows_of(signed_in(region.officer), "/exchange/exports/missing/?state=excused")
    assert [(row["Reason"], row["Said by the directorate"], row["Said by whoever owes it"]) for row in missing] == [
        ("Attacked", "Attacked", "")
    ]
    assert "Secret words" not in str(missing)


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a list taken along as CSV."""
    body = client.post(address, {"format": "csv"}).content.decode("utf-8-sig")
    lines = [line for line in csv.reader(io.StringIO(body)) if line]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def test_the_facilitys_page_marks_what_is_excused(region: Region) -> None:
    rows = list(ExpectedReport.objects.filter(facility=region.facility))
    explain(by=region.officer, expected=rows, reason="no_staff", at=timezone.now())
    page = text_of(signed_in(region.coordinator), f"/facilities/{region.facility.code}/")
    assert page.count("not received, excused: No staff") == MONTHS


def test_long_lists_take_as_many_queries_as_short_ones(region: Region) -> None:
    client = signed_in(region.officer)
    counts = []
    for number in range(2):
        client.get("/reports/missing/")
        counts.append(queries_of(client, "/reports/missing/"))
        others = [region.other_facility() for _number in range(5)]
        assigned(region.template, *others)
        expect(today=timezone.localdate(), first=months()[0].start)
        everything = list(ExpectedReport.objects.all())
        explain(by=region.officer, expected=everything, reason="cut_off", text=str(number), at=timezone.now())
    assert counts[1] <= counts[0] + 1


def test_what_can_be_chosen_is_told_by_the_database_whatever_number_of_reports_is_missing(region: Region) -> None:
    client = signed_in(region.officer)
    client.get(f"/reports/missing/{region.many()}")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/reports/missing/{region.many()}")
    form = page.context["form"]
    assert [code for code, _words in form.fields["until"].choices] == ["", *(month.id for month in months()[::-1])]
    assert [code for code, _words in form.fields["reporter"].choices] == ["", region.ngo.code]
    assert region.district in dict(form.fields["place"].choices)
    # The choices are read for the list's own form, and not once more for the deeds'.
    distinct = [query for query in asked if "DISTINCT" in query["sql"] and "reporting_expectedreport" in query["sql"]]
    assert len(distinct) == 2


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_role_without_reports_has_no_such_page(region: Region) -> None:
    for role, kind in ((Role.DONOR, "donor"), (Role.OBSERVER, "cluster")):
        person: User = member(role, OrganisationFactory(kind=kind))
        assert signed_in(person).get("/reports/missing/").status_code == 403
    assert signed_in(member(Role.DIRECTOR, region.directorate)).get("/reports/missing/explain/").status_code == 403
