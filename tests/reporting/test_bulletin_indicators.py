"""Indicators in bulletins: of shown figures alone, divided by populations that are frozen with what is signed, and verified."""

import datetime
import io
import random
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from coordination.exchange.actions.exports import Format, Made, export
from coordination.reporting.actions.bulletin_answers import take_back_bulletin
from coordination.reporting.actions.bulletin_figures import ask_for_figures
from coordination.reporting.actions.bulletin_pdf import bulletin_as_pdf
from coordination.reporting.actions.bulletins import correct_bulletin
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.indicators import change_formula, retire_indicator
from coordination.reporting.actions.populations import enter_populations, entry_of, take_back_population
from coordination.reporting.actions.verifications import verify_bulletin
from coordination.reporting.models import Bulletin, BulletinPopulation, BulletinValue, Indicator, Population
from coordination.reporting.models.bulletin_rates import Rate
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.rules.bulletin_indicators import Basis, Cause, Operand, Told, Worked, causes
from coordination.reporting.rules.bulletins import Content, PartSaid
from coordination.reporting.rules.edition_figures import Made as MadeEdition
from coordination.reporting.rules.edition_figures import make
from coordination.reporting.rules.edition_inputs import canonical, sha256
from coordination.reporting.rules.indicators import Part, Reason, formula_of
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.suppression import Limits
from coordination.tasks import run_job
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.models import Dataset, Organisation, Place, SharingAgreement, User
from directorates.models.sharing import SharingLevel
from directorates.models.validity import lasting
from directorates.permissions import open_agreement
from policies.actions.pdf import Tongues
from tests.api.callers import Caller
from tests.factories import DatasetFactory, ElementFactory, TemplateFactory, member, published, signed_in
from tests.reporting.test_bulletins import LOOSE, Desk, change, codes
from tests.reporting.test_edition_corrections import FACTS, month
from tests.reporting.test_figures import expect, governorate, report
from tests.reporting.test_indicators import administrator, made, written
from tests.reporting.test_verifications import tamper

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DATED = datetime.date(2018, 1, 1)
FEBRUARY = datetime.date(2018, 2, 1)
COVERAGE: dict[str, Any] = {
    "code": "births_per_person",
    "denominator": "_pop_total * _years",
    "factor": 1000,
    "decimals": 2,
}


def people(desk: Desk, number: int = 1200, source: str = "Census of the body", dated: datetime.date = DATED) -> None:
    """So many people live in each sub-district, a source says."""
    places = Place.objects.filter(level=3).order_by("code")
    said: dict[str, Any] = {"year": 2018, "group": "total", "source": source, "dated": dated}
    entries = [entry_of(place=place, number=number, **said) for place in places]
    enter_populations(entries=entries, by=member("data_manager", desk.published.body), at=timezone.now())


def shown(desk: Desk, part: int = 0, user: User | None = None, bulletin: Bulletin | None = None) -> dict[str, Rate]:
    """The values of a part, by the code of the place."""
    read = ReadBulletin(bulletin or desk.fresh(), user or desk.manager)
    places = dict(Place.objects.values_list("pk", "code"))
    return {places[rate.row.place_id]: rate for rate in read.parts[part].rates}


def out(desk: Desk, *codes_of: str, level: int = 1) -> Bulletin:
    """A bulletin of tables of these indicators, published."""
    for code in codes_of:
        desk.add("table", indicator=Indicator.objects.get(code=code), level=level)
    desk.make()
    desk.open()
    desk.sign()
    return desk.publish()


@pytest.fixture
def desk() -> Desk:
    """A desk with a draft, births per hundred visits, births per thousand people and year, and how many people there are."""
    return ready()


def ready(limits: Limits = LOOSE, governorates: tuple[str, ...] = ()) -> Desk:
    """The same with other limits, or governorates that stand on the map."""
    desk = Desk(*governorates, limits=limits)
    made(desk.template)
    made(desk.template, **COVERAGE)
    people(desk)
    return desk


# --- What is shown -------------------------------------------------------------------------------------------------


def test_it_is_worked_out_of_the_figures_of_the_edition_and_the_population_of_the_place(desk: Desk) -> None:
    bulletin = out(desk, "rate_of_births", "births_per_person")
    edition = bulletin.editions.get().edition
    held = {
        (row.place.code, row.element.code): row.value
        for row in edition.figures.filter(category=None).select_related("place", "element")
    }
    rates, per_person = shown(desk, 0), shown(desk, 1)
    assert len(rates) == 2
    for code, rate in rates.items():
        births, visits = held[code, "births"], held[code, "visits"]
        assert births is not None
        assert visits is not None
        assert (rate.row.numerator, rate.row.denominator) == (births, visits)
        assert rate.number is not None
        assert abs(rate.number - 100 * births / visits) < Decimal("0.000000001")
        # Two sub-districts of 1,200 people in each governorate, a twelfth of a year.
        assert per_person[code].people[0].number == 2400
        assert per_person[code].number == births * 1000 / 200
    assert {one.source for one in bulletin.populations.all()} == {"Census of the body"}


def test_where_a_part_is_hidden_there_is_no_value_on_the_page_on_paper_in_files_or_by_the_api() -> None:
    desk = ready(Limits())
    bulletin = out(desk, "rate_of_births", "births_per_person", level=3)
    rates = [rate for part in (0, 1) for rate in shown(desk, part).values()]
    hidden = [rate for rate in rates if rate.hidden]
    assert hidden
    assert any(rate.number is not None for rate in rates)
    edition = bulletin.editions.get().edition
    seen = {(row.place_id, row.element.code): row.value for row in edition.figures.filter(category=None)}
    for rate in rates:
        operands = [seen.get((rate.row.place_id, "births"))]
        operands += [] if rate.people else [seen.get((rate.row.place_id, "visits"))]
        assert (rate.number is None) == (None in operands)
        if rate.hidden and seen.get((rate.row.place_id, "births")) is None:
            # Neither the value nor the side that would give it away with a population that everybody knows.
            assert (rate.row.value, rate.row.numerator) == (None, None)
    page = signed_in(desk.observer).get(f"/reports/bulletins/{bulletin.pk}/").content.decode()
    assert page.count("Not computable: a part is hidden") == len(hidden)
    told = Caller(desk.observer).get(f"bulletins/{bulletin.pk}/").json()
    figures = [figure for part in told["parts"] for figure in part["figures"]]
    assert sum(figure["hidden"] for figure in figures) == len(hidden)
    assert all(figure["value"] is None and "hidden" in figure["reasons"] for figure in figures if figure["hidden"])
    lines = _csv(desk, bulletin)[2:]
    assert sum(line.endswith(",,hidden") for line in lines) == len(hidden)
    assert "Not computable: a part is hidden" in _paper(desk, bulletin, Tongues.EN)


def test_page_paper_files_and_programs_say_the_same(desk: Desk) -> None:
    bulletin = out(desk, "births_per_person")
    numbers = {code: rate.number for code, rate in shown(desk).items()}
    told = Caller(desk.observer).get(f"bulletins/{bulletin.pk}/").json()
    assert {one["place"]: Decimal(one["value"]) for one in told["parts"][0]["figures"]} == numbers
    (part,) = told["parts"]
    assert (part["indicator"], part["element"], part["figures"][0]["version"]) == ("births_per_person", None, 1)
    # Whoever reads it can add the population up again.
    said = {one["place"]: one["number"] for one in told["populations"]}
    for figure in part["figures"]:
        (group,) = figure["people"]
        assert group["number"] == sum(said[place] for place in group["places"])
    _head, tags, *rows = _csv(desk, bulletin)
    place, value = (tags.split(",").index(name) for name in ("#loc+code", "#indicator+value+num"))
    assert {row.split(",")[place]: Decimal(row.split(",")[value]) for row in rows} == numbers
    for language, words in (("en", "Census of the body"), ("ar", "Census of the body")):
        page = signed_in(desk.observer, language).get(f"/reports/bulletins/{bulletin.pk}/").content.decode()
        paper = _paper(desk, bulletin, Tongues.EN if language == "en" else Tongues.AR)
        for number in numbers.values():
            assert f"{number:,.2f}" in page
            assert f"{number:,.2f}" in paper
        assert words in page
        assert "2,400" in page
        assert "2,400" in paper


def _csv(desk: Desk, bulletin: Bulletin) -> list[str]:
    query, now = f"bulletin={bulletin.pk}", timezone.now()
    file = export(by=desk.observer, code="bulletin", query=query, format=Format.CSV, mark=False, at=now)
    assert isinstance(file, Made)
    return file.content.decode().splitlines()


def _paper(desk: Desk, bulletin: Bulletin, tongues: Tongues) -> str:
    paper: Any = bulletin_as_pdf(bulletin=bulletin, tongues=tongues, **desk.by(desk.observer))
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).split())


@pytest.mark.parametrize("kind", ["table", "chart", "map", "trend"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_way_of_drawing_it_is_read(kind: str, language: str) -> None:
    desk = Desk("SY07", "SY02")
    made(desk.template)
    desk.add(kind, indicator=Indicator.objects.get())
    desk.make()
    answer = signed_in(desk.manager, language).get(f"/reports/bulletins/{desk.bulletin.pk}/")
    assert answer.status_code == 200
    assert len(answer.context["read"].parts[0].lines) == (1 if kind == "trend" else 2)
    assert ('class="chart map"' in answer.content.decode()) == (kind == "map")


def test_an_indicator_below_zero_has_no_bar_and_one_that_divides_by_zero_says_so(desk: Desk) -> None:
    made(desk.template, code="below", numerator="births - visits")
    made(desk.template, code="nothing", denominator="visits - visits")
    for code in ("below", "nothing"):
        desk.add("chart", indicator=Indicator.objects.get(code=code))
    desk.make()
    below, nothing = (list(shown(desk, part).values()) for part in (0, 1))
    assert all(rate.number is not None and rate.number < 0 and not rate.percent for rate in below)
    assert {rate.reasons for rate in nothing} == {(Reason.DIVIDED_BY_ZERO,)}
    assert not any(rate.hidden for rate in nothing)
    assert signed_in(desk.manager).get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 200
    bulletin_as_pdf(bulletin=desk.fresh(), tongues=Tongues.BOTH, **desk.by())


def test_over_time_it_shows_the_months_of_which_editions_are_published(desk: Desk) -> None:
    world = desk.world
    for number in range(len(world.facilities)):
        expect(world, number, FEBRUARY)
        world.reporter = desk.published.reporters[number % 3]
        report(world, number, FEBRUARY, births=30 + number, visits_u5=100, visits_o5=50)
    drain()
    desk.published.manager = desk.manager
    february = desk.published.publish(LOOSE, period=parse_period("201802"))
    desk.add("trend", indicator=Indicator.objects.get(code="births_per_person"))
    desk.make()
    lines = ReadBulletin(desk.fresh(), desk.manager).parts[0].lines
    assert [line.period.id for line in lines if line.period] == ["201802", "201803"]
    births = february.figures.get(place__level=0, element__code="births", category=None).value
    assert [line.whole.row.numerator for line in lines if isinstance(line.whole, Rate)] == [births, 236]
    desk.open()
    desk.sign()
    assert verify_bulletin(bulletin=desk.publish(), by=None, at=NOW).faults == 0


def test_a_page_asks_no_more_of_the_database_the_more_indicators_it_shows(desk: Desk) -> None:
    counted = []
    client = signed_in(desk.manager)
    for level in (1, 3):
        for code in ("rate_of_births", "births_per_person"):
            desk.add("table", indicator=Indicator.objects.get(code=code), level=level)
        desk.make()
        client.get(f"/reports/bulletins/{desk.bulletin.pk}/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


# --- What gives nothing away ---------------------------------------------------------------------------------------

RATE = Worked(formula_of("births", "visits", 100), [Operand(("births", None), 1, 2), Operand(("visits", None), 1, 1)])
PERIOD = parse_period("201803")


def told(edition: MadeEdition) -> Told:
    return Told({(key.place, key.item, key.category): value for key, value in edition.figures.items()})


@pytest.mark.parametrize("seed", range(6))
def test_a_value_is_made_of_shown_numbers_alone(seed: int) -> None:
    edition = make(FACTS, month(random.Random(seed), 16), [])
    hidden = {(key.place, key.item) for key in edition.hidden if key.whole}
    assert hidden
    for place in {key.place for key in edition.figures}:
        found = RATE.outcome({1: told(edition)}, {}, place, PERIOD)
        if {(place, 1), (place, 2)} & hidden:
            assert found.value is None
            assert Reason.HIDDEN in found.reasons
        assert (found.numerator is None) == ((place, 2) in hidden or (place, 2, 0) not in told(edition).figures)


def test_what_is_hidden_can_be_anything_and_no_value_is_another() -> None:
    """Two countries whose editions show the same have the same values, whatever is hidden in them."""
    looked = 0
    for seed in range(30):
        rows = month(random.Random(seed))
        edition = make(FACTS, rows, [])
        # One birth moves between two facilities of one place of which nothing is shown: no shown number changes.
        others = [row for row in rows if row.doc["s3"] == 3]
        again = [
            type(row)(*(row.subdistrict, row.facility, row.reporter, row.on_time), {**row.doc, "s3": 2})
            if row in others[:1]
            else type(row)(*(row.subdistrict, row.facility, row.reporter, row.on_time), {**row.doc, "s3": 4})
            if row in others[1:2]
            else row
            for row in rows
        ]
        other = make(FACTS, again, [])
        if edition.figures != other.figures or rows == again:
            continue
        looked += 1
        for place in {key.place for key in edition.figures}:
            outcomes = [RATE.outcome({1: told(one)}, {}, place, PERIOD) for one in (edition, other)]
            assert outcomes[0] == outcomes[1]
    assert looked


def test_of_a_place_of_few_facilities_nothing_is_shown_though_its_figures_stand_in_the_edition() -> None:
    seen = Told({(9, 2, 0): Decimal(40), (9, 1, 0): Decimal(100)}, few={9})
    found = RATE.outcome({1: seen}, {}, 9, PERIOD)
    assert (found.value, found.numerator, found.denominator, found.reasons) == (None, None, None, (Reason.HIDDEN,))


def test_a_report_without_an_edition_is_not_published_and_a_place_without_a_population_says_so() -> None:
    coverage = Worked(formula_of("births", "_pop_total", 1), [Operand(("births", None), 1, 2)])
    seen = Told({(9, 2, 0): Decimal(40)})
    assert coverage.outcome({}, {"total": 5}, 9, PERIOD).reasons == (Reason.NOT_PUBLISHED,)
    assert coverage.outcome({1: seen}, {}, 9, PERIOD).reasons == (Reason.NO_POPULATION,)
    assert coverage.outcome({1: seen}, {"total": 0}, 9, PERIOD).reasons == (Reason.DIVIDED_BY_ZERO,)
    assert coverage.outcome({1: seen}, {"total": 5}, 9, PERIOD).value == 8


def test_where_a_difference_comes_from_is_told_by_what_differs() -> None:
    cell = ("births", None)
    one = Basis(1, {cell: Part(Decimal(4))}, {"total": 10})
    assert causes(one, one) == ()
    assert causes(one, Basis(1, {cell: Part(Decimal(5))}, {"total": 10})) == (Cause.FIGURES,)
    assert causes(one, Basis(1, {cell: Part(reason=Reason.HIDDEN)}, {"total": 10})) == (Cause.FIGURES,)
    assert causes(one, Basis(1, {cell: Part(Decimal(4))}, {"total": 11})) == (Cause.POPULATION,)
    assert causes(one, Basis(2, {cell: Part(Decimal(5))}, {})) == (Cause.FIGURES, Cause.POPULATION, Cause.FORMULA)


def test_a_bulletin_without_indicators_keeps_the_hash_that_it_was_signed_under() -> None:
    part = PartSaid("table", "ع", "H", "", "", "monthly", "births", 1, False)
    content = Content("monthly", "201803", "", [part], [("monthly", "a", "b")], ["body"])
    before = {
        "series": "monthly",
        "period": "201803",
        "corrects": "",
        "parts": [
            {
                "kind": "table",
                "heading_ar": "ع",
                "heading_en": "H",
                "text_ar": "",
                "text_en": "",
                "template": "monthly",
                "element": "births",
                "level": 1,
                "categories": False,
            }
        ],
        "editions": [["monthly", "a", "b"]],
        "signers": ["body"],
    }
    assert content.digest == sha256(canonical(before))


# --- What cannot stand in a layout ---------------------------------------------------------------------------------


def test_an_indicator_of_other_data_or_without_a_formula_is_refused_with_every_fault(desk: Desk) -> None:
    elsewhere = TemplateFactory(dataset=DatasetFactory(code="elsewhere"), period_type="quarter")
    published(elsewhere, [ElementFactory(code="other")])
    foreign = made(elsewhere, code="foreign", numerator="other", denominator="other")
    late = made(desk.template, code="late", since=datetime.date(2019, 1, 1))
    retired = made(desk.template, code="old")
    retire_indicator(indicator=retired, by=administrator(), at=NOW)
    wanted = {"foreign": {"unknown", "other_dataset"}, "late": {"no_formula"}, "old": {"retired"}}
    for indicator in (foreign, late, Indicator.objects.get(code="old")):
        with pytest.raises(Problem) as caught:
            desk.add("table", indicator=indicator)
        assert codes(caught) & wanted[indicator.code]
        assert codes(caught) <= wanted[indicator.code] | {"wrong_period_type"}
    with pytest.raises(Problem) as caught:
        desk.add("table", indicator=Indicator.objects.get(code="rate_of_births"), categories=True, heading_ar="")
    assert codes(caught) == {"no_categories", "required"}
    assert not desk.fresh().parts.exists()


def test_its_form_offers_what_fits_and_keeps_what_is_chosen(desk: Desk) -> None:
    page = f"/reports/bulletins/{desk.bulletin.pk}/layout/"
    client = signed_in(desk.manager)
    form = client.get(f"{page}table/").content.decode()
    assert 'value="indicator:rate_of_births"' in form
    said = {"heading_ar": "ع", "heading_en": "H", "item": "indicator:rate_of_births", "level": "2"}
    answer = client.post(f"{page}table/", said | {"seen": desk.fresh().seen})
    assert answer.headers.get("Location") == page, answer.content.decode()
    part = desk.fresh().parts.get()
    assert (str(part.indicator), part.element, part.template, part.level) == ("Births per visit", None, None, 2)
    assert "Births per visit" in client.get(page).content.decode()
    changed = client.get(f"{page}table/{part.pk}/").content.decode()
    assert 'value="indicator:rate_of_births" selected' in changed
    wrong = client.post(f"{page}table/", said | {"item": "indicator:none", "seen": desk.fresh().seen})
    assert wrong.status_code == 400


def test_what_was_added_after_the_making_is_made_before_it_is_signed(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.add("table", indicator=Indicator.objects.get(code="rate_of_births"))
    assert "The figures of this part are not made." in (
        signed_in(desk.manager).get(f"/reports/bulletins/{desk.bulletin.pk}/").content.decode()
    )
    with pytest.raises(Problem) as caught:
        desk.open()
    assert codes(caught) == {"not_made"}
    desk.make()
    desk.open()


def test_a_copied_layout_with_a_retired_indicator_is_not_made_but_what_corrects_still_is(desk: Desk) -> None:
    old = out(desk, "rate_of_births")
    retire_indicator(indicator=Indicator.objects.get(code="rate_of_births"), by=administrator(), at=NOW)
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    desk.bulletin = correct_bulletin(bulletin=old, **desk.by())
    desk.make()
    assert any(rate.number is not None for rate in shown(desk).values())
    Bulletin.objects.filter(pk=desk.bulletin.pk).update(corrects=None, period_start=FEBRUARY)
    with pytest.raises(Problem) as caught:
        ask_for_figures(bulletin=desk.fresh(), **desk.by())
    assert codes(caught) == {"retired"}


def test_a_report_that_only_an_indicator_draws_on_is_made_and_signed_too(desk: Desk) -> None:
    bulletin = out(desk, "rate_of_births")
    assert bulletin.editions.get().template == desk.template
    assert bulletin.editions.get().edition.state == "published"


# --- What is frozen ------------------------------------------------------------------------------------------------


def test_a_population_that_is_corrected_later_changes_nothing_of_what_was_published(desk: Desk) -> None:
    bulletin = out(desk, "births_per_person")
    before = {code: (rate.number, rate.people[0].number) for code, rate in shown(desk).items()}
    by = member("data_manager", desk.published.body)
    for one in Population.objects.all():
        take_back_population(population=one, by=by, at=timezone.now())
    people(desk, 9000, "Another census")
    assert {code: (rate.number, rate.people[0].number) for code, rate in shown(desk).items()} == before
    assert verify_bulletin(bulletin=bulletin, by=None, at=NOW).faults == 0
    page = signed_in(desk.observer).get(f"/reports/bulletins/{bulletin.pk}/").content.decode()
    assert "Census of the body" in page
    assert "Another census" not in page


def test_another_formula_later_changes_nothing_either(desk: Desk) -> None:
    bulletin = out(desk, "rate_of_births")
    before = {code: rate.number for code, rate in shown(desk).items()}
    indicator = Indicator.objects.named().get(code="rate_of_births")
    other = written(desk.template, denominator="visits.u5")
    change_formula(indicator=indicator, written=other, why="Children", seen=1, by=administrator(), at=NOW)
    assert {code: rate.number for code, rate in shown(desk).items()} == before
    assert {rate.version.number for rate in shown(desk).values() if rate.version} == {1}
    assert verify_bulletin(bulletin=bulletin, by=None, at=NOW).faults == 0


def test_whoever_makes_a_draft_is_told_that_a_population_was_changed_since(desk: Desk) -> None:
    desk.add("table", indicator=Indicator.objects.get(code="births_per_person"))
    desk.make()
    page, words = f"/reports/bulletins/{desk.bulletin.pk}/", "was changed since its figures were made"
    assert words not in signed_in(desk.manager).get(page).content.decode()
    people(desk, 9000, "Another census", datetime.date(2018, 2, 1))
    assert words in signed_in(desk.manager).get(page).content.decode()
    desk.make()
    assert words not in signed_in(desk.manager).get(page).content.decode()
    assert {rate.people[0].number for rate in shown(desk).values()} == {18_000}


def test_the_database_lets_nothing_of_it_change(desk: Desk) -> None:
    desk.add("table", indicator=Indicator.objects.get(code="births_per_person"))
    desk.make()
    # Not even in a draft, of which all is thrown away and made anew.
    for deed in (
        lambda: BulletinValue.objects.update(value=1),
        lambda: BulletinPopulation.objects.update(number=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    desk.open()
    row, figure = BulletinValue.objects.all()[0], BulletinPopulation.objects.all()[0]
    row.pk = figure.pk = None
    figure.year += 1
    row.period_start = FEBRUARY
    for refused in (
        lambda: BulletinValue.objects.all().delete(),
        lambda: BulletinPopulation.objects.all().delete(),
        lambda: row.save(force_insert=True),
        lambda: figure.save(force_insert=True),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


def test_a_value_stands_with_its_formula_or_its_reasons(desk: Desk) -> None:
    indicator = Indicator.objects.named().get(code="rate_of_births")
    country = Place.objects.get(level=0)
    given = {"bulletin": desk.fresh(), "indicator": indicator, "period_start": FEBRUARY, "place": country}
    for wrong in (
        {"value": 1, "version": indicator.last, "reasons": ["hidden"]},
        {"value": None, "version": indicator.last},
        {"value": 1},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            BulletinValue.objects.create(**given, **wrong)


def test_another_population_or_formula_is_another_content_to_sign(desk: Desk) -> None:
    desk.add("table", indicator=Indicator.objects.get(code="births_per_person"))
    digests = []
    for number in (0, 1):
        desk.make()
        digests.append(desk.open().digest)
        take_back_bulletin(bulletin=desk.fresh(), **desk.by())
        if not number:
            people(desk, 9000, "Another census", datetime.date(2018, 2, 1))
    assert digests[0] != digests[1]


# --- Verifying -----------------------------------------------------------------------------------------------------

VALUE, FROZEN = "reporting_bulletinvalue", "reporting_bulletinpopulation"
TAMPERED = {
    "a value": (
        f"UPDATE {VALUE} SET value = value + 1 WHERE id = (SELECT min(id) FROM {VALUE} WHERE value IS NOT NULL)",
        {"value", "content"},
        "births_per_person 201803 SY",
    ),
    "a population, and so the values that it gives": (
        f"UPDATE {FROZEN} SET number = number + 1 WHERE id = (SELECT min(id) FROM {FROZEN})",
        {"population", "value", "content"},
        "2018 total",
    ),
    "a source": (
        f"UPDATE {FROZEN} SET source = 'Nobody' WHERE id = (SELECT min(id) FROM {FROZEN})",
        {"population", "content"},
        "Nobody",
    ),
    "every population": (
        f"UPDATE {FROZEN} SET number = 1201",
        {"population", "value", "content"},
        "1201",
    ),
    "a population that is gone": (
        f"DELETE FROM {FROZEN} WHERE id = (SELECT min(id) FROM {FROZEN})",
        {"value", "content"},
        "births_per_person 201803",
    ),
}


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Bulletin]:
    """A published bulletin that other connections see."""
    yield out(ready(), "births_per_person")
    connections.close_all()


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_altered_behind_the_guards_is_found_and_named(kept: Bulletin, what: str) -> None:
    statement, wrong, named = TAMPERED[what]
    assert verify_bulletin(bulletin=kept, by=None, at=NOW).faults == 0
    tamper(statement)
    found = verify_bulletin(bulletin=Bulletin.objects.get(pk=kept.pk), by=None, at=NOW)
    assert {one.wrong.value for one in found.findings} == wrong
    printed = io.StringIO()
    with pytest.raises(CommandError, match="faults"):
        call_command("bulletin-verify", str(kept.pk), stdout=printed)
    assert named in printed.getvalue()


def test_the_page_of_the_job_says_what_was_found(kept: Bulletin) -> None:
    tamper(TAMPERED["a value"][0])
    manager = User.objects.get(pk=kept.published_by_id or 0)
    client = signed_in(manager)
    job = client.post(f"/reports/bulletins/{kept.pk}/verify/").headers["Location"]
    for one in Job.objects.filter(state="waiting"):
        run_job(one.pk)
    page = client.get(job)
    assert page.status_code == 200
    assert "Another value of an indicator births_per_person 201803" in page.content.decode()


# --- Correcting ----------------------------------------------------------------------------------------------------


def corrected(desk: Desk) -> Bulletin:
    desk.bulletin = correct_bulletin(bulletin=desk.fresh(), **desk.by())
    desk.make()
    desk.open()
    desk.sign()
    return desk.publish()


def test_a_correction_says_whether_figures_the_population_or_the_formula_made_the_difference(desk: Desk) -> None:
    old = out(desk, "births_per_person")
    people(desk, 1500, "Newer census", datetime.date(2018, 3, 1))
    new = corrected(desk)
    # Reports count as before, so the edition stays; the population alone is another.
    assert new.editions.get().edition == old.editions.get().edition
    changes = ReadBulletin(new, desk.observer).rates.changes
    assert {one.causes for one in changes} == {(Cause.POPULATION,)}
    assert len(changes) == 2
    page = signed_in(desk.observer).get(f"/reports/bulletins/{new.pk}/").content.decode()
    assert "The difference comes from" in page
    assert "the population" in page
    told_by = Caller(desk.observer).get(f"bulletins/{new.pk}/").json()["corrected_indicators"]
    assert {tuple(one["causes"]) for one in told_by} == {("population",)}
    assert all(one["before"] != one["after"] for one in told_by)
    assert "The difference comes from" in _paper(desk, new, Tongues.EN)
    # Then the reports, and the formula with them.
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    indicator = Indicator.objects.named().get(code="births_per_person")
    change_formula(
        indicator=indicator,
        written=written(desk.template, denominator="_pop_total * _years", factor=100, decimals=2),
        why="Per hundred",
        seen=1,
        by=administrator(),
        at=NOW,
    )
    third = corrected(desk)
    changes = ReadBulletin(third, desk.observer).rates.changes
    assert {cause for one in changes for cause in one.causes} == {Cause.FIGURES, Cause.FORMULA}
    for one in (old, new, third):
        assert verify_bulletin(bulletin=one, by=None, at=NOW).faults == 0


def test_a_correction_of_one_facility_shows_no_value_that_would_tell_what_it_changed(desk: Desk) -> None:
    out(desk, "births_per_person")
    change(desk, f0=33)
    new = corrected(desk)
    assert all(
        one.after is not None and one.after.number is None and one.after.hidden
        for one in ReadBulletin(new, desk.observer).rates.changes
    )
    assert ReadBulletin(new, desk.observer).rates.changes


def test_a_reader_of_one_governorate_reads_its_values_and_populations_alone(desk: Desk) -> None:
    bulletin, one = out(desk, "births_per_person"), governorate(desk.world, 0)
    dataset, now, today = desk.template.dataset, timezone.now(), timezone.localdate()
    Dataset.objects.filter(pk=dataset.pk).update(by_agreement=True)
    agreed = SharingAgreement.objects.create(
        dataset=dataset,
        custodian=desk.published.body,
        recipient=Organisation.objects.get(pk=desk.observer.acting_id or 0),
        level=SharingLevel.EDITIONS,
        purpose="One governorate",
        valid=lasting(today, today),
        offered=now,
        offered_by=desk.manager,
        accepted=now,
        accepted_by=desk.observer,
    )
    agreed.places.set([one])
    open_agreement(agreed)
    reader = User.objects.get(pk=desk.observer.pk)
    assert list(shown(desk, user=reader)) == [one.code]
    told_by = Caller(reader).get(f"bulletins/{bulletin.pk}/").json()
    assert [figure["place"] for figure in told_by["parts"][0]["figures"]] == [one.code]
    inside = set(Place.objects.under(one).values_list("code", flat=True))
    assert {row["place"] for row in told_by["populations"]} <= inside
    assert told_by["populations"]
    with pytest.raises(Problem) as caught:
        bulletin_as_pdf(bulletin=bulletin, tongues=Tongues.BOTH, **desk.by(reader))
    assert caught.value.code == "not_whole"
