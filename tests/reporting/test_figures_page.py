"""The page of figures: what each reader sees, in both languages, without script; every figure opens to its reports."""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.reporting.actions.consolidation import KIND, drain, request_rebuild
from coordination.reporting.models import CountedReport, Revision, Submission
from coordination.reporting.models.completeness import Mark, Square, grid
from coordination.reporting.outline_files import governorate_outlines
from coordination.reporting.rules.charts import Given, draw
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.scales import by_bounds, quantiles
from directorates.foundation.jobs import run
from directorates.foundation.models import Job
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, User
from directorates.permissions import sight_of
from tests.factories import BodyFactory, OrganisationFactory, UserFactory, competent, member, signed_in
from tests.reporting.figures_world import World, make_world
from tests.reporting.test_figures import expect, governorate, report

pytestmark = pytest.mark.django_db

PAGE, SOURCES = "/reports/figures/", "/reports/figures/sources/"
MONTHS = [datetime.date(2018, month, 1) for month in range(1, 6)]
LOST = datetime.date(2018, 4, 15)


@pytest.fixture
def world() -> World:
    """Five months of two directorates, of which the southern one is lost on 15 April 2018."""
    world = make_world()
    for facility in {row.place_id: row for row in world.facilities}.values():
        organisation = world.directorates[facility.place_id]
        if organisation is not None:
            south = facility.place_id == world.facilities[3].place_id
            last = LOST - datetime.timedelta(days=1) if south else None
            competent(organisation, facility.place, datetime.date(2013, 1, 1), last)
    for month in MONTHS:
        for number in (0, 1, 2, *([3] if month < datetime.date(2018, 4, 1) else [])):
            expect(world, number, month)
        for number in (0, 2, 3):
            if number != 3 or month < datetime.date(2018, 4, 1):
                report(world, number, month, births=10 * month.month + number, visits_u5=100)
    drain()
    return world


def see(user: User, address: str = PAGE, **given: str) -> str:
    """A page as a person reads it."""
    client = Client()
    client.force_login(user)
    answer = client.get(address, given, headers={"accept-language": user.language or "en"})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words(html: str) -> str:
    """The words of a page, one space between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def asked(world: World, **given: str) -> dict[str, str]:
    return {"template": world.template.code, "period": "201803", "element": "births"} | given


def reader(**fields: Any) -> User:
    return member("facility_reporter", OrganisationFactory(), **fields)


def manager() -> User:
    return member("data_manager", BodyFactory())


def row_of(html: str, name: str) -> str:
    """The words of the table's row that begins with a name."""
    rows: Iterator[str] = (words(row) for row in re.findall(r"<tr.*?</tr>", html, re.S))
    return next(row.strip() for row in rows if row.strip().startswith(name))


# --- What is shown -------------------------------------------------------------------------------------------------


def test_completeness_and_both_shares_of_timeliness_stand_with_their_denominators(world: World) -> None:
    CountedReport.objects.filter(period_start=MONTHS[2], facility=world.facilities[0]).update(on_time=False)
    expect(world, 0, MONTHS[2])
    drain()
    text = words(see(reader(), **asked(world)))
    assert "75.0%" in text
    assert "Received: 3 of 4 expected" in text
    assert "2 of 3 received" in text
    assert "2 of 4 expected: 50.0%" in text


def test_the_last_period_whose_due_date_has_passed_is_shown_unasked(world: World) -> None:
    assert "May 2018" in words(see(reader(), template=world.template.code))


def test_a_quarter_is_gathered_from_its_months(world: World) -> None:
    html = see(reader(), **asked(world, period="2018Q1"))
    assert "Q1 2018" in words(html)
    assert row_of(html, "Together").endswith("195")  # births of three facilities over three months


def test_rows_of_the_table_add_up_to_the_last_line(world: World) -> None:
    report(world, 4, MONTHS[2], births=1000)
    drain()
    for given in ({"level": "governorate"}, {"level": "directorate"}, {"level": "directorate", "as": "now"}):
        html = see(reader(), **asked(world, **given))
        table = html[html.index("<tbody>", html.index('id="table"')) : html.index("<tfoot>")]
        found = [row.split()[-1] for row in map(words, re.findall(r"<tr>.*?</tr>", table, re.S))]
        assert sum(Decimal(number.replace(",", "")) for number in found) == 1095
        assert row_of(html, "Together").split()[-1] == "1,095"


def test_a_lost_governorate_is_no_row_of_zeroes_and_leads_to_its_last_figures(world: World) -> None:
    south = governorate(world, 3)
    html = see(reader(), **asked(world, period="201805"))
    row = row_of(html, south.name_en)
    assert "No longer expected since 15 April 2018" in row
    assert "Its last figures: March 2018" in row
    assert "No longer expected" in words(html[html.index('class="note info"') :])
    earlier = see(reader(), **asked(world))
    assert row_of(earlier, south.name_en).split()[-1] == "33"


def test_as_now_gives_what_was_lost_to_the_row_outside_every_jurisdiction(world: World) -> None:
    then = see(reader(), **asked(world, level="directorate"))
    now = see(reader(), **asked(world, level="directorate") | {"as": "now"})
    lost = world.directorates[world.facilities[3].place_id]
    assert lost is not None
    assert row_of(then, lost.name_en).split()[-1] == "33"
    assert "Jurisdictions: as then" in then
    assert "No longer expected" in row_of(now, lost.name_en)
    assert row_of(now, "Outside every jurisdiction").split()[-1] == "33"
    assert "Jurisdictions: as now" in now


def test_reports_that_were_expected_and_did_not_come_are_no_zero(world: World) -> None:
    expect(world, 3, MONTHS[4])
    drain()
    row = row_of(see(reader(), **asked(world, period="201805")), governorate(world, 3).name_en)
    assert "No data: of 1 reports none came" in row


def test_a_sum_with_an_unknown_in_it_is_at_least_so_much(world: World) -> None:
    row = CountedReport.objects.get(period_start=MONTHS[2], facility=world.facilities[0])
    slot = world.slots["births", None]
    notes = {slot: {"state": "not_known"}}
    at = row.submission.created
    revision = Revision.objects.create(submission=row.submission, number=5, doc={}, notes=notes, at=at, by=world.person)
    CountedReport.objects.filter(pk=row.pk).update(revision=revision)
    expect(world, 0, MONTHS[2])
    drain()
    html = see(reader(), **asked(world))
    assert row_of(html, "Together").endswith("≥65")
    assert row_of(html, governorate(world, 0).name_en).endswith("≥32")


def test_places_open_to_the_places_within_them(world: World) -> None:
    north = governorate(world, 0)
    html = see(reader(), **asked(world))
    assert f"under={north.code}" in html
    inner = see(reader(), **asked(world, under=north.code))
    assert "By district" in inner
    assert row_of(inner, world.facilities[0].place.parent.name_en).endswith("30")  # type: ignore[union-attr]


def test_the_chart_and_the_map_stand_as_drawings_with_their_tables(world: World) -> None:
    html = see(reader(), **asked(world))
    assert '<svg class="chart wide"' in html
    assert '<svg class="chart phone"' in html
    assert "The same as a table" in html
    assert "style=" not in html


def test_the_grid_shows_each_facility_the_least_complete_first(world: World) -> None:
    html = see(manager(), **asked(world, period="201805"))
    grid = html[html.index('id="grid"') :]
    lines = [words(line).strip() for line in re.findall(r"<tr><th scope=\"row\">.*?</tr>", grid, re.S)]
    assert lines[0].startswith(world.facilities[1].name_en)
    assert lines[0].count("not received") == 5
    assert lines[0].endswith("0.0%")
    lost = next(line for line in lines if line.startswith(world.facilities[3].name_en))
    assert lost.count("no longer expected") == 2


def test_squares_lead_to_the_reports_that_are_open(world: World) -> None:
    link = reverse("reporting:report", args=[CountedReport.objects.filter(period_start=MONTHS[2])[0].submission_id])
    assert link in see(manager(), **asked(world))
    assert link not in see(reader(), **asked(world))


def test_the_grid_holds_facilities_of_ones_register_and_reports_that_wait_for_their_readers(world: World) -> None:
    row = CountedReport.objects.get(period_start=MONTHS[2], facility=world.facilities[0])
    Submission.objects.filter(pk=row.submission_id).update(status="submitted")
    row.delete()
    place, month = governorate(world, 0), Period(PeriodType.MONTH, MONTHS[2])

    def shown(person: User) -> dict[str, Square]:
        assert place.parent is not None
        found = grid(person, world.template, [month], place.parent, datetime.date(2019, 1, 1))
        return {line.facility.code: line.squares[0] for line in found.lines}

    first, far = world.facilities[0].code, world.facilities[3].code
    assert shown(manager())[first] == Square(Mark.WAITING, report=row.submission_id)
    assert shown(reader())[first] == Square(Mark.MISSING)
    assert far in shown(reader())
    assert far not in shown(reader(places=[place]))


def test_both_languages_show_the_same_numbers(world: World) -> None:
    numbers = []
    for language in ("en", "ar"):
        user = reader(language=language)
        html = see(user, **asked(world))
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
        table = html[html.index("<tbody>", html.index('id="table"')) : html.index("</tfoot>")]
        numbers.append(re.findall(r'class="n"[^>]*>(?:<[^>]+>)*([\d,.%]+)', table))
    assert numbers[0] == numbers[1]
    assert numbers[0]


def test_time_runs_with_reading_and_bars_are_mirrored() -> None:
    given = [Given(Decimal(10), expected=5, received=5), Given(Decimal(20), expected=5, received=1)]
    left, right = (draw(given, 1000, rtl=rtl, whole_numbers=True) for rtl in (False, True))
    assert left.bars[0].middle < left.bars[1].middle
    assert right.bars[0].middle > right.bars[1].middle
    assert [bar.held for bar in left.bars] == [bar.held for bar in right.bars]
    assert [tick.value for tick in left.ticks] == [0, 5, 10, 15, 20]


def test_a_lost_part_stands_on_what_is_held_and_both_make_the_whole() -> None:
    (bar,) = draw([Given(Decimal(100), lost=Decimal(25))], 500, rtl=False, whole_numbers=True).bars
    assert bar.held is not None
    assert bar.lost is not None
    assert bar.lost[0] + bar.lost[1] == pytest.approx(bar.held[0])
    assert bar.lost[1] * 3 == pytest.approx(bar.held[1], abs=0.2)


def test_five_classes_hold_as_many_values_each_and_equal_values_stay_together() -> None:
    scale = quantiles([Decimal(number) for number in range(1, 11)])
    assert [(step.tone, step.low, step.high) for step in scale.steps] == [
        (tone, 2 * tone - 1, 2 * tone) for tone in range(1, 6)
    ]
    assert len(quantiles([Decimal(7)] * 9).steps) == 1
    bounds = [Decimal(bound) for bound in (60, 70, 80, 90)]
    assert by_bounds([Decimal(59), Decimal(60), Decimal(100)], bounds).tone(Decimal(60)) == 2


def test_every_governorate_has_an_outline_and_all_together_are_small() -> None:
    outlines = governorate_outlines()
    assert len(outlines.shapes) == 14
    assert sum(len(shape.path) for shape in outlines.shapes) < 10_000
    assert all(0 <= shape.middle[0] <= outlines.width for shape in outlines.shapes)


# --- Who may see ---------------------------------------------------------------------------------------------------


def test_whoever_may_not_see_figures_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(UserFactory())
    for address in (PAGE, SOURCES):
        assert client.get(address).status_code == 403
    assert Client().get(PAGE).status_code == 302


NO_PART = pytest.mark.parametrize(
    ("role", "kind"),
    [("donor", "donor"), ("observer", "cluster"), ("policy_manager", "body"), ("organisation_administrator", "ngo")],
)


@NO_PART
def test_whoever_has_no_part_in_reports_sees_no_figures_of_now(world: World, role: str, kind: str) -> None:
    reader = member(role, BodyFactory() if kind == "body" else OrganisationFactory(kind=kind))
    client = signed_in(reader)
    for page in (PAGE, SOURCES, "/reports/figures/across/", reverse("exchange:export", args=["figures"])):
        assert client.get(page, asked(world)).status_code == 403, page


@pytest.mark.wall
@NO_PART
def test_nor_do_the_row_policies_show_what_counts(world: World, role: str, kind: str) -> None:
    reader = member(role, BodyFactory() if kind == "body" else OrganisationFactory(kind=kind))
    with seeing(sight_of(reader)):
        assert not CountedReport.objects.exists()


def test_a_reader_of_one_governorate_begins_there_and_finds_no_other(world: World) -> None:
    north, south = governorate(world, 0), governorate(world, 3)
    html = see(reader(places=[north]), template=world.template.code)
    assert north.name_en in html
    assert south.name_en not in html
    client = Client()
    client.force_login(reader(places=[north]))
    for address, given in ((PAGE, {"under": south.code}), (SOURCES, asked(world, place=south.code))):
        assert client.get(address, given).status_code == 404


@pytest.mark.parametrize("given", ["template=x", "under=x", "template=%00", "under=" + "9" * 500])
def test_what_is_not_there_is_a_page_that_is_not_there(world: World, given: str) -> None:
    client = Client()
    client.force_login(reader())
    assert client.get(f"{PAGE}?{given}").status_code == 404


@pytest.mark.parametrize(
    "given", ["period=x", "period=1900", "period=2999", "level=x&as=x", "element=x", "facilities=all&page=x"]
)
def test_what_does_not_fit_gives_way_to_what_does(world: World, given: str) -> None:
    client = Client()
    client.force_login(reader())
    assert client.get(f"{PAGE}?template={world.template.code}&{given}").status_code == 200


def test_computing_anew_is_offered_to_whoever_runs_it_alone() -> None:
    people = [member("data_manager", BodyFactory()), member("ngo_coordinator", OrganisationFactory())]
    assert [signed_in(one).get(PAGE).context["may_rebuild"] for one in people] == [True, False]


def test_before_anything_is_set_up_the_page_says_so() -> None:
    assert "There are no figures yet." in see(reader())


# --- The reports behind a figure -----------------------------------------------------------------------------------


def test_the_reports_behind_a_figure_are_listed_with_their_sum(world: World) -> None:
    text = words(see(manager(), SOURCES, **asked(world, place="SY")))
    assert "Counted reports that answer this item: 3 of 3" in text
    assert [number for number in (" 30 ", " 32 ", " 33 ") if number in text] == [" 30 ", " 32 ", " 33 "]
    assert "not open to this role" not in text


def test_what_is_not_open_is_one_line_and_the_sum_still_adds_up(world: World) -> None:
    officer = member("data_officer", world.directorates[world.facilities[0].place_id])  # type: ignore[arg-type]
    text = words(see(officer, SOURCES, **asked(world, place="SY")))
    assert AuditEvent.objects.filter(
        what="read_sources", by=officer, concerns=world.template.dataset.custodian
    ).exists()
    assert "Further reports that are not open to this role: 1 . Together: 33" in text
    assert "62 + 33 = 95" in text


def test_a_ratio_shows_its_two_sums(world: World) -> None:
    text = words(see(manager(), SOURCES, **asked(world, place="SY", element="rate")))
    assert "95 ÷ 300 = 0.32" in text


def test_the_last_value_over_time_names_the_period_that_counts(world: World) -> None:
    report(world, 0, MONTHS[1], beds=30)
    drain()
    text = words(see(manager(), SOURCES, **asked(world, place="SY", element="beds", period="2018Q1")))
    assert "The last period counts in which reports answer this item." in text
    assert "February 2018" in text


# --- Computing anew ------------------------------------------------------------------------------------------------


def test_the_body_has_figures_computed_anew_and_watches_it(world: World) -> None:
    client = Client()
    client.force_login(manager())
    assert "Compute anew" in client.get(PAGE).content.decode()
    assert client.get(reverse("reporting:rebuild")).status_code == 200
    answer = client.post(reverse("reporting:rebuild"))
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("jobs:job", args=[job.pk])
    assert "hx-get" in client.get(answer.headers["Location"]).content.decode()
    assert "hx-get" in client.get(PAGE).content.decode()
    part = client.get(answer.headers["Location"], headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert run(job.pk, KIND)
    assert reverse("reporting:figures") in client.get(answer.headers["Location"]).content.decode()
    last = client.get(answer.headers["Location"], headers={"hx-request": "true"})
    assert last.headers["HX-Refresh"] == "true"


def test_nobody_else_has_figures_computed_anew(world: World) -> None:
    job = request_rebuild(by=manager(), at=world.template.versions.get().published_at)  # type: ignore[arg-type]
    client = Client()
    client.force_login(reader())
    assert "Compute anew" not in client.get(PAGE).content.decode()
    assert client.get(reverse("reporting:rebuild")).status_code == 403
    assert client.get(reverse("jobs:job", args=[job.pk])).status_code == 404
    assert client.post(reverse("reporting:rebuild")).status_code == 403


def test_the_page_says_when_figures_were_computed_and_that_they_are_being_updated(world: World) -> None:
    assert "Computed from approved reports:" in see(reader())
    report(world, 0, MONTHS[0], births=1)
    assert "Figures are being updated. Those shown were computed:" in words(see(reader()))


# --- How it is read ------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_reports(world: World) -> None:
    user, counts = manager(), []
    see(user, **asked(world))
    for more in (False, True):
        if more:
            for month in MONTHS:
                for number in (1, 4):
                    report(world, number, month, births=1, visits_u5=1)
            drain()
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            see(user, **asked(world))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 76  # a dozen of them are the transaction and what it may see
