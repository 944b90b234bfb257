"""Figures of data that are read by agreement: none without one, and then as much as it says, on pages, in files, by the API."""

import datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.homes.overseen import Overseen, standings
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import CountedReport
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures_across import asking, read_across
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import parse_period
from directorates.actions.seals import seal
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Dataset, Organisation, SharingAgreement, User
from directorates.models.sharing import SharingLevel
from directorates.models.validity import lasting
from directorates.permissions import open_agreement, sight_of
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.figures_world import World, make_world
from tests.reporting.test_figures import expect, report

pytestmark = pytest.mark.django_db
PAGE, SOURCES = "/reports/figures/", "/reports/figures/sources/"
MARCH = datetime.date(2018, 3, 1)


class Shared:
    """A month of figures in the custody of the surveillance unit, read by agreement only; a cluster looks at them."""

    def __init__(self) -> None:
        """Close the data after they are counted."""
        self.world: World = make_world()
        for number in (0, 2):
            expect(self.world, number, MARCH)
            report(self.world, number, MARCH, births=10 + number)
        drain()
        self.acu: Organisation = OrganisationFactory(kind="surveillance")
        self.dataset: Dataset = self.world.template.dataset
        Dataset.objects.filter(pk=self.dataset.pk).update(custodian=self.acu, by_agreement=True)
        self.cluster: Organisation = OrganisationFactory(kind="cluster")
        self.observer: User = member("observer", self.cluster)

    def agree(self, level: SharingLevel, *places: Any) -> SharingAgreement:
        """An agreement with the cluster that both sides gave."""
        now, today = timezone.now(), timezone.localdate()
        epi = member("surveillance_officer", self.acu)
        made = SharingAgreement.objects.create(
            dataset=self.dataset,
            custodian=self.acu,
            recipient=self.cluster,
            level=level,
            purpose="Bulletin",
            valid=lasting(today, today),
            offered=now,
            offered_by=epi,
            accepted=now,
            accepted_by=epi,
        )
        made.places.set(places)
        open_agreement(made)
        return made

    @property
    def asked(self) -> dict[str, str]:
        """The figure that is looked at."""
        return {"template": self.world.template.code, "period": "201803", "element": "births"}

    def api(self, **given: str) -> Any:
        """The figures as a program gets them."""
        return Caller(self.observer).get("consolidations/", self.asked | given)


@pytest.fixture
def shared() -> Shared:
    """The figures and who looks at them."""
    return Shared()


def test_without_an_agreement_there_are_no_such_figures(shared: Shared) -> None:
    # A coordinator sees figures of everything else.
    reader = member("ngo_coordinator", OrganisationFactory())
    client = signed_in(reader)
    assert client.get(PAGE, shared.asked).status_code == 404
    assert shared.world.template.name not in client.get(PAGE).content.decode()
    assert client.get(SOURCES, shared.asked | {"place": "outside"}).status_code == 404
    told = Caller(reader).get("consolidations/", shared.asked | {"level": "country"}).json()["errors"]
    assert [fault["code"] for fault in told if fault["field"] == "template"] == ["unknown"]
    assert asking(reader, "births", parse_period("201803")) is None
    assert shared.world.template.name not in client.get("/").content.decode()


@pytest.mark.parametrize("only", [True, False])
def test_totals_show_no_facility(shared: Shared, only: bool) -> None:
    Dataset.objects.filter(pk=shared.dataset.pk).update(by_agreement=only)
    shared.agree(SharingLevel.TOTALS)
    client = signed_in(shared.observer)
    page = client.get(PAGE, shared.asked)
    assert page.context["overview"].total.values[-1].number == 22
    assert page.context["grid"].facilities == 0
    assert [row["value"] for row in shared.api().json()["results"]] == ["22"]
    behind = client.get(SOURCES, shared.asked | {"place": "SY"}).context["found"]
    assert (behind.rows, behind.closed) == ([], 2)
    assert grid_rows(shared) == []


def test_figures_of_facilities_show_what_each_gives_and_open_no_report(shared: Shared) -> None:
    shared.agree(SharingLevel.FACILITIES)
    client = signed_in(shared.observer)
    assert client.get(PAGE, shared.asked).context["grid"].facilities == 2
    page = client.get(SOURCES, shared.asked | {"place": "SY"})
    found = page.context["found"]
    assert [(found.give(row), row.opens) for row in found.rows] == [(10, False), (12, False)]
    assert str(found.rows[0].submission.pk) not in page.content.decode()
    told = Caller(shared.observer).get("consolidations/sources/", shared.asked | {"place": "SY"}).json()["results"]
    assert [row["submission"] for row in told] == [None, None]
    listed = LISTINGS["sources"].listed(shared.observer, as_query(shared.asked | {"place": "SY"}))
    receipt = [column.code for column in listed.columns].index("receipt")
    assert [row[receipt] for row in listed.rows] == ["", ""]
    assert len(grid_rows(shared)) == 2
    assert client.get(f"/reports/{found.rows[0].submission.pk}/").status_code == 404
    # The page, the program and the file: each stands in the custodian's record.
    read = AuditEvent.objects.filter(what="read_sources", by=shared.observer, concerns=shared.acu)
    assert read.count() == 3


def test_whole_reports_open_from_the_figure(shared: Shared) -> None:
    shared.agree(SharingLevel.DOCUMENTS)
    page = signed_in(shared.observer).get(SOURCES, shared.asked | {"place": "SY"})
    assert [row.opens for row in page.context["found"].rows] == [True, True]


def test_an_agreement_on_places_shows_the_figures_of_those(shared: Shared) -> None:
    place = shared.world.facilities[0].place
    shared.agree(SharingLevel.TOTALS, place)
    assert shared.api().json()["results"] == []
    found = shared.api(level="subdistrict").json()["results"]
    assert [(row["place"], row["value"]) for row in found] == [(place.code, "10")]
    asked = asking(shared.observer, "births", parse_period("201803"))
    assert asked is not None
    across = read_across(asked, shared.observer, FigureLevel.SUBDISTRICT)
    assert {key: across.value(key) for key in across.sums} == {place.pk: 10}
    behind = signed_in(shared.observer).get(SOURCES, shared.asked | {"place": place.code}).context["found"]
    assert behind.closed == 1
    other = shared.world.facilities[2].place
    assert signed_in(shared.observer).get(SOURCES, shared.asked | {"place": other.code}).status_code == 404


def test_the_home_shows_no_more_of_them_than_the_agreement_opens(shared: Shared) -> None:
    place = shared.world.facilities[0].place
    shared.agree(SharingLevel.TOTALS, place)
    seen = Overseen(shared.observer, None, datetime.date(2018, 4, 30))
    assert [(row.part, row.whole) for row in seen.completeness if row.period_start == MARCH] == [(1, 1)]
    assert {figure.now for row in seen.services for figure in row.figures} <= {10, None}
    assert all(row.covered == Covered() for row in standings(shared.observer, shared.world.template, seen.today))


def test_which_facilities_reported_is_shown_where_the_agreement_says_so(shared: Shared) -> None:
    shared.agree(SharingLevel.TOTALS)
    first, other = shared.world.facilities[0], shared.world.facilities[2]
    shared.agree(SharingLevel.FACILITIES, first.place)
    codes = {row[0] for row in grid_rows(shared)}
    assert first.code in codes
    assert other.code not in codes
    assert signed_in(shared.observer).get(PAGE, shared.asked).context["grid"].facilities == len(codes)


@pytest.mark.wall
def test_the_wall_shows_what_counts_in_the_places_of_the_agreement_only(shared: Shared) -> None:
    with seeing(sight_of(member("ngo_coordinator", OrganisationFactory()))):
        assert not CountedReport.objects.exists()
    shared.agree(SharingLevel.TOTALS, shared.world.facilities[0].place)
    with seeing(sight_of(shared.observer)):
        assert [row.facility for row in CountedReport.objects.all()] == [shared.world.facilities[0]]


def test_whoever_sees_a_report_knows_whether_it_counts_without_an_agreement(shared: Shared) -> None:
    coordinator = member("ngo_coordinator", shared.world.reporter)
    told = Caller(coordinator).get("submissions/").json()["results"]
    assert [row["counted"] for row in told] == [True, True]


def as_query(given: dict[str, str]) -> str:
    """An address's query."""
    query = QueryDict(mutable=True)
    query.update(given)
    return query.urlencode()


def grid_rows(shared: Shared) -> list[Any]:
    """The rows of the file of each facility's reports."""
    return list(LISTINGS["grid"].listed(shared.observer, as_query(shared.asked)).rows)


@pytest.mark.parametrize("whose", ["recipient", "custodian"])
def test_a_seal_closes_what_single_facilities_of_the_directorate_give_and_the_sum_stays(
    shared: Shared, whose: str
) -> None:
    shared.agree(SharingLevel.FACILITIES)
    sealed = CountedReport.objects.select_related("submission__directorate").order_by("facility__code").first()
    assert sealed is not None
    directorate = sealed.submission.directorate
    assert directorate is not None
    person = shared.observer if whose == "recipient" else member("surveillance_officer", shared.acu)
    asked = shared.asked | {"place": "SY"}
    assert len(signed_in(person).get(SOURCES, asked).context["found"].rows) == 2
    seal(by=member("director", directorate), organisation=directorate, reason="A raid", at=timezone.now())
    theirs = CountedReport.objects.filter(submission__directorate=directorate).count()
    found = signed_in(person).get(SOURCES, asked).context["found"]
    assert (len(found.rows), found.closed, found.sums.total) == (2 - theirs, theirs, 22)
    assert sealed.submission_id not in {row.submission.pk for row in found.rows}
    told = Caller(person).get("consolidations/sources/", asked).json()["results"]
    assert len(told) == 2 - theirs
