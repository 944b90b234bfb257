"""A figure of one element over several templates: a facility counts once in a period, by the rule for double reports."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import CountedReport, ReportTemplate, TemplateVersion
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures_across import AcrossFigures, asking, read_across
from coordination.reporting.rules.periods import parse_period
from directorates.models import Organisation, Place, User
from facilities.models import Facility
from policies.actions.mandates import state_mandate
from tests.api.callers import Caller
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    DirectorateFactory,
    DistrictFactory,
    ElementFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    member,
    published,
)
from tests.reporting.reports import sent

pytestmark = pytest.mark.django_db
MAY, JUNE = datetime.date(2019, 5, 1), datetime.date(2019, 6, 1)
NOON = datetime.datetime(2019, 6, 5, 12, tzinfo=datetime.UTC)


class Country:
    """Two sub-districts under one directorate; two templates that both ask visits by age and births."""

    def __init__(self) -> None:
        """Everything but the reports."""
        governorate = GovernorateFactory()
        self.places: list[Place] = [SubdistrictFactory(parent=DistrictFactory(parent=governorate)) for _ in range(2)]
        self.governorate: Place = governorate
        self.directorate: Organisation = DirectorateFactory(for_place=governorate)
        self.ngo: Organisation = OrganisationFactory()
        self.officer = member("data_officer", self.directorate)
        self.reviewer = member("data_officer", self.directorate)
        self.reader = member("facility_reporter", OrganisationFactory())
        self.facilities: list[Facility] = [FacilityFactory(place=place) for place in (*self.places, self.places[1])]
        self.visits = ElementFactory(code="visits", category_set=CategorySetFactory())
        self.births = ElementFactory(code="births")
        self.rate = ElementFactory(
            code="rate", type="decimal", over_place="ratio", numerator=self.births, denominator=self.visits
        )
        self.one = published(TemplateFactory(code="one"), [self.visits, self.births, self.rate])
        self.two = published(
            TemplateFactory(code="two"), [self.births, self.visits, self.rate, ElementFactory(code="beds")]
        )

    def report(
        self,
        version: TemplateVersion,
        facility: Facility,
        at: datetime.datetime = NOON,
        *,
        own: bool = False,
        start: datetime.date = MAY,
        **values: int,
    ) -> CountedReport:
        """An approved report: `visits_u5`, `births` and so on."""
        slots = {
            "_".join(filter(None, (slot.element.code, slot.category.code if slot.category else None))): slot.name
            for slot in version.template.slots.all()
        }
        report = sent(
            version,
            facility=facility,
            reporter=self.directorate if own else self.ngo,
            by=self.officer if own else member("ngo_coordinator", self.ngo),
            start=start,
            doc={slots[name]: value for name, value in values.items()},
            at=at,
        )
        return CountedReport.objects.get(submission=approve(by=self.reviewer, submission=report, at=timezone.now()))

    def figures(self, element: str, level: FigureLevel = FigureLevel.COUNTRY, period: str = "201905") -> AcrossFigures:
        """The figures that the reader sees."""
        asked = asking(self.reader, element, parse_period(period))
        assert asked is not None
        return read_across(asked, self.reader, level)


def values(figures: AcrossFigures, category: int = 0) -> dict[str, Decimal | None]:
    """By the code of the place."""
    return {
        place.code: figures.value(pk, category)
        for pk, place in figures.holders.items()
        if place is not None and pk in figures.sums
    }


@pytest.fixture
def country() -> Country:
    """The places, people, templates."""
    return Country()


def test_a_facility_that_reports_by_two_templates_counts_once(country: Country) -> None:
    first, second, third = country.facilities
    hour = datetime.timedelta(hours=1)
    country.report(country.one, first, NOON, visits_u5=10, visits_o5=20)
    country.report(country.two, first, NOON + hour, visits_u5=11, visits_o5=22)  # sent later: this one counts
    country.report(
        country.one, second, NOON, own=True, visits_u5=1
    )  # the directorate's own counts, though sent earlier
    country.report(country.two, second, NOON + hour, visits_u5=500, visits_o5=500)
    country.report(country.one, third, NOON, visits_o5=7)
    country.report(country.two, third, NOON + hour, births=3)  # does not answer, so it stands in nobody's way
    found = country.figures("visits")
    assert values(found) == {"SY": Decimal(11 + 22 + 1 + 7)}
    assert (found.answers(next(iter(found.sums))), found.passed_over) == (3, 2)
    places = values(country.figures("visits", FigureLevel.SUBDISTRICT))
    assert places == {country.places[0].code: Decimal(33), country.places[1].code: Decimal(8)}
    assert sum(filter(None, places.values())) == Decimal(41)
    assert values(country.figures("visits", FigureLevel.DIRECTORATE)) == {country.directorate.code: Decimal(41)}
    assert values(country.figures("births")) == {"SY": Decimal(3)}


def test_categories_and_both_parts_of_a_share_come_from_one_report(country: Country) -> None:
    first = country.facilities[0]
    country.report(country.one, first, NOON, visits_u5=10, visits_o5=30, births=8)
    country.report(country.two, first, NOON + datetime.timedelta(hours=1), visits_u5=5)
    by_age = [one.pk for one in country.visits.category_set.categories.order_by("order")]
    visits = country.figures("visits")
    assert [values(visits, category) for category in by_age] == [{"SY": Decimal(5)}, {"SY": None}]
    # Only the first report answers both parts.
    assert values(country.figures("rate")) == {"SY": Decimal(8) / Decimal(40)}


def test_an_overlay_counts_and_what_it_takes_out_does_not_answer(country: Country) -> None:
    first, second, _ = country.facilities
    slot = country.one.template.slots.get(element=country.births).name
    for facility, overlay in ((first, 4), (second, None)):
        counted = country.report(country.one, facility, births=9)
        CountedReport.objects.filter(pk=counted.pk).update(overlay={slot: overlay})
    assert values(country.figures("births")) == {"SY": Decimal(4)}


def test_over_one_template_it_is_the_figure_of_that_template(country: Country) -> None:
    for number, facility in enumerate(country.facilities, start=1):
        country.report(country.one, facility, visits_u5=number, visits_o5=10 * number)
    drain()
    answer = Caller(country.reader).get("consolidations/", {"template": "one", "period": "201905"}).json()
    whole = {(row["element"], row["category"]): row["value"] for row in answer["results"]}
    assert values(country.figures("visits")) == {"SY": Decimal(whole["visits", None])}


def test_months_make_a_quarter_and_never_stand_beside_one(country: Country) -> None:
    first = country.facilities[0]
    country.report(country.one, first, births=2)
    country.report(country.two, first, NOON + datetime.timedelta(days=30), start=JUNE, births=3)
    assert values(country.figures("births", period="2019Q2")) == {"SY": Decimal(5)}
    quarterly = published(TemplateFactory(code="three", period_type="quarter"), [country.births])
    country.report(quarterly, first, start=datetime.date(2019, 4, 1), births=100)
    assert values(country.figures("births", period="2019Q2")) == {"SY": Decimal(100)}
    assert values(country.figures("births", period="201905")) == {"SY": Decimal(2)}


def api(person: User, **query: Any) -> Any:
    """What the call answers."""
    return Caller(person).get("consolidations/across/", query)


def test_programs_read_it_with_the_templates_behind_it(country: Country) -> None:
    for version in (country.one, country.two):
        country.report(version, country.facilities[0], visits_u5=6, visits_o5=1)
    answer = api(country.reader, element="visits", period="201905", level="governorate").json()
    assert (answer["templates"], answer["passed_over"]) == (["one", "two"], 1)
    assert answer["results"] == [
        {"place": country.governorate.code, "category": category, "value": value, "answers": 1}
        for category, value in ((None, "7"), ("u5", "6"), ("o5", "1"))
    ]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"element", "period"}),
        ({"element": "nothing", "period": "201905"}, {"element"}),
        ({"element": "visits\x00", "period": "2019"}, {"element"}),
        ({"element": "visits", "period": "x", "level": "street", "under": "SY99"}, {"period", "level", "under"}),
        ({"element": "visits", "period": "2019W5"}, {"element"}),
    ],
)
def test_all_that_is_wrong_is_told_at_once(country: Country, query: dict[str, str], fields: Iterable[str]) -> None:
    answer = api(country.reader, **query)
    assert (answer.status_code, {one["field"] for one in answer.json()["errors"]}) == (400, set(fields))


def test_whoever_sees_no_figures_sees_none_here(country: Country) -> None:
    country.report(country.one, country.facilities[0], births=2)
    assert (
        api(member("data_officer", country.directorate, last=MAY), element="births", period="201905").status_code == 403
    )


def page(person: User, language: str = "en", **query: str) -> Any:
    """What the page answers."""
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client.get("/reports/figures/across/", query)


def test_pages_files_and_programs_say_that_what_one_template_reports_on_is_disputed(country: Country) -> None:
    country.report(country.two, country.facilities[0], visits_u5=6)
    ReportTemplate.objects.filter(code="two").update(function="immunization")
    for number in (1, 2):
        by = member("director", DirectorateFactory(short_en=f"Claimant {number}"))
        claim: dict[str, Any] = {"function": "immunization", "place": country.governorate, "organisation": by.acting}
        state_mandate(since=MAY, until=None, came="claimed", basis="x", by=by, at=timezone.now(), **claim)
    reader = member("data_manager", BodyFactory())
    said = "Two organisations claimed to lead this in the period."
    assert said in page(reader, element="visits", period="201905").content.decode()
    assert said not in page(reader, element="visits", period="201904").content.decode()
    listed = LISTINGS["across"].listed(reader, "element=visits&period=201905&level=governorate")
    assert [row[-1] for row in listed.rows] == ["Claimant 1 · Claimant 2 (Open)"]
    (told,) = api(reader, element="visits", period="201905").json()["disputes"]
    assert told["place"] == country.governorate.code


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_shows_the_figure_its_templates_and_what_was_replaced(country: Country, language: str) -> None:
    User.objects.filter(pk=country.reader.pk).update(language=language)
    for version, value in ((country.one, 6), (country.two, 7)):
        country.report(version, country.facilities[0], NOON + datetime.timedelta(hours=value), visits_u5=value)
    answer = page(User.objects.get(pk=country.reader.pk), language, element="visits", period="201905")
    (row,) = answer.context["rows"]
    assert (row["value"], row["parts"], row["answers"]) == (Decimal(7), [Decimal(7), None], 1)
    assert answer.context["passed_over"] == 1
    assert 'href="/reports/figures/across/"' in page_of_figures(country.reader, language)


def page_of_figures(person: User, language: str) -> str:
    """The page of figures, which leads here."""
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    drain()
    return client.get("/reports/figures/").content.decode()


def test_the_figure_is_taken_along_as_the_page_shows_it(country: Country) -> None:
    for version, value in ((country.one, 6), (country.two, 7)):
        country.report(version, country.facilities[0], NOON + datetime.timedelta(hours=value), visits_u5=value)
    asked = "element=visits&period=201905"
    User.objects.filter(pk=country.reader.pk).update(language="en")
    reader = User.objects.get(pk=country.reader.pk)
    (row,) = page(reader, element="visits", period="201905").context["rows"]
    assert f"/exports/across/?{asked}" in page(reader, element="visits", period="201905").content.decode().replace(
        "&amp;", "&"
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(reader)
    answer = client.post(f"/exchange/exports/across/?{asked}", {"format": "csv"})
    assert answer.content.decode().splitlines()[1].split(",") == [
        *(
            "visits",
            "201905",
            "2019-05-01",
            "2019-05-31",
            row["holder"].code,
            row["holder"].name,
            "7",
            "7",
            "",
            "1",
            "",
        ),
    ]


@pytest.mark.parametrize(
    "query",
    [{}, {"element": "x\x00", "period": "\u202e", "level": "street"}, {"period": "2019W5"}, {"period": "1" * 400}],
)
def test_the_page_takes_any_nonsense(country: Country, query: dict[str, str]) -> None:
    assert page(country.reader, **query).status_code == 200


def test_the_page_is_closed_to_whoever_sees_no_figures(country: Country) -> None:
    assert page(member("data_officer", country.directorate, last=MAY)).status_code == 403
