"""Published editions: figures as they were, small ones hidden alike on pages, in files and by the API, and no way to them."""

import datetime
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.homes.published import Published as LastPublished
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.forms.editions import EditionFilter
from coordination.reporting.models import Edition, Element
from coordination.reporting.models.editions import EditionFigure
from coordination.reporting.rules.periods import Period, PeriodType, parse_period, period_containing
from coordination.reporting.rules.suppression import Limits
from coordination.tasks import run_job
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Dataset, Membership, Organisation, Place, User
from directorates.models.sharing import SharingLevel
from directorates.permissions import Refused
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import (
    BodyFactory,
    DatasetFactory,
    FacilityFactory,
    OrganisationFactory,
    TemplateFactory,
    UserFactory,
    member,
    signed_in,
)
from tests.factories import published as published_version
from tests.reporting.figures_world import World, make_world
from tests.reporting.test_figures import expect, report
from tests.reporting.test_figures_by_agreement import Shared
from tests.reporting.test_suppression import recovered

pytestmark = pytest.mark.django_db
PAGE = "/reports/editions/"
MARCH = datetime.date(2018, 3, 1)
PERIOD: Period = parse_period("201803")
LIMITS = Limits()


class Published:
    """A month in which three organisations report from four sub-districts, from one of them little."""

    def __init__(self, *governorates: str) -> None:
        """Send the reports and count them."""
        self.world: World = make_world(*governorates)
        self.world.facilities += [
            FacilityFactory(place=self.world.facilities[at].place) for at in (0, 0, 2, 2, 3, 3, 4, 4)
        ]
        for number in range(len(self.world.facilities)):
            expect(self.world, number, MARCH)
        births = (20, 30, 40, 2, 9, 25, 35, 30, 20, 1, 1, 11, 12)
        self.reporters = [OrganisationFactory() for _number in range(3)]
        for number, value in enumerate(births):
            row = report(self.world, number, MARCH, births=value, visits_u5=10 * number, visits_o5=3)
            row.submission.reporter = self.reporters[number % 3]
            row.submission.save(update_fields=["reporter"])
        drain()
        self.body: Organisation = BodyFactory()
        self.manager: User = member(Role.DATA_MANAGER, self.body)
        self.observer: User = member(Role.OBSERVER, OrganisationFactory(kind="cluster"))

    def publish(self, limits: Limits = LIMITS, **given: Any) -> Edition:
        """Publish, as the job does."""
        job = self.ask(limits, **given)
        run_job(job.pk)
        # Beside a running stack its worker may have taken the job first.
        until = time.monotonic() + 20
        job.refresh_from_db()
        while job.unfinished and time.monotonic() < until:
            time.sleep(0.1)
            job.refresh_from_db()
        assert job.state == "done", job.result
        return Edition.objects.get(pk=job.result["at"]["pk"])

    def ask(self, limits: Limits = LIMITS, **given: Any) -> Job:
        """Ask for it."""
        asked: dict[str, Any] = {"template": self.world.template, "period": PERIOD, "foreword": "", "by": self.manager}
        return publish_edition(limits=limits, at=timezone.now(), **(asked | given))


@pytest.fixture
def published() -> Published:
    """The month."""
    return Published()


def held(edition: Edition, element: str) -> dict[tuple[str, str | None], Decimal | None]:
    """The figures of an item by place and category; None where they are hidden."""
    rows = edition.figures.filter(element__code=element).select_related("place", "category")
    return {(row.place.code, row.category.code if row.category else None): row.value for row in rows}


def test_an_edition_holds_the_figures_of_that_day(published: Published) -> None:
    edition = published.publish(Limits(smallest=2, facilities=2, share=100))
    births = held(edition, "births")
    assert births["SY", None] == 236
    report(published.world, 0, datetime.date(2018, 4, 1), births=1)
    Element.objects.filter(code="births").update(name_en="Renamed")
    assert held(edition, "births") == births
    assert (edition.reports, edition.acting) == (13, published.body)
    assert edition.places.get(place__level=0).received == 13


def test_small_numbers_have_no_value_anywhere(published: Published) -> None:
    edition = published.publish()
    assert EditionFigure.objects.filter(edition=edition, hidden=True).count() == edition.hidden > 0
    assert not edition.figures.filter(hidden=True, value__isnull=False).exists()
    # Two of three facilities of one place gave one birth each: it is hidden there, in a page and by the API alike.
    place = published.world.facilities[3].place
    assert held(edition, "births")[place.code, None] is None
    page = signed_in(published.observer).get(f"{PAGE}{edition.pk}/?element=births&level=subdistrict")
    row = next(one for one in page.context["shown"].rows if one.place == place)
    assert (row.whole.hidden, row.whole.value, row.percent) == (True, None, None)
    listed = LISTINGS["edition"].listed(
        published.observer, QueryDict(f"edition={edition.pk}&element=births&level=subdistrict").urlencode()
    )
    total, code = ([one.code for one in listed.columns].index(name) for name in ("total", "place"))
    assert {row[code]: row[total] for row in listed.rows}[place.code] is None
    answers = Caller(published.observer).get(f"editions/{edition.pk}/", {"level": "subdistrict"}).json()["results"]
    found = next(
        one for one in answers if (one["place"], one["element"], one["category"]) == (place.code, "births", None)
    )
    assert (found["value"], found["hidden"]) == (None, True)
    one = Caller(published.observer).get(f"editions/{edition.pk}/", {"element": "births"}).json()["results"]
    assert {row["element"] for row in one} == {"births"}
    wrong = Caller(published.observer).get(f"editions/{edition.pk}/", {"element": "none"}).json()
    assert [fault["code"] for fault in wrong["errors"]] == ["unknown"]


def test_nothing_that_is_hidden_can_be_worked_out_from_what_is_published(published: Published) -> None:
    """An attack on the published file alone: places, categories and the share of two items, solved in exact fractions."""
    edition = published.publish()
    rows = list(edition.figures.select_related("place__parent", "element", "category"))
    births, visits = (Element.objects.get(code=code) for code in ("births", "visits"))
    cells = {(one.place_id, one.element_id, one.category_id): one for one in rows if one.element in (births, visits)}
    hidden = {_text(key) for key, one in cells.items() if one.hidden}
    values = {_text(key): one.value for key, one in cells.items() if not one.hidden}
    equations = []
    parents = dict(Place.objects.values_list("pk", "parent"))
    for place, element, category in cells:
        inside = [key for key in cells if parents[key[0]] == place and key[1:] == (element, category)]
        if inside:
            equations.append({_text((place, element, category)): 1} | {_text(key): -1 for key in inside})
        parts = [key for key in cells if key[:2] == (place, element) and key[2] is not None]
        if category is None and parts:
            equations.append({_text((place, element, None)): 1} | {_text(key): -1 for key in parts})
    for share in rows:
        if share.element.code == "rate" and share.value is not None:
            exact = Fraction(share.value).limit_denominator(10_000)
            one, other = (_text((share.place_id, item.pk, None)) for item in (births, visits))
            equations.append({one: exact.denominator, other: -exact.numerator})
    assert hidden
    assert recovered(equations, values, hidden) == {}


def _text(key: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in key)


def test_a_period_is_published_once_and_not_before_its_reports_are_due(published: Published) -> None:
    """A second edition beside the first would tell apart what changed: one late report is one facility."""
    first, second = published.ask(), published.ask()
    for job in (first, second):
        run_job(job.pk)
        job.refresh_from_db()
    assert first.result["at"] == second.result["at"]
    assert Edition.objects.count() == AuditEvent.objects.filter(what="publish_edition").count() == 1
    with pytest.raises(Problem) as told:
        published.ask()
    assert [fault.code for fault in told.value.errors] == ["published"]
    with pytest.raises(Problem) as told:
        published.ask(period=period_containing(timezone.localdate(), PeriodType.MONTH))
    assert [fault.code for fault in told.value.errors] == ["not_due"]


def test_a_job_that_is_taken_up_again_publishes_once(published: Published) -> None:
    job = published.ask()
    run_job(job.pk)
    Job.objects.filter(pk=job.pk).update(state="running")
    run_job(job.pk)
    assert Edition.objects.count() == 1
    assert AuditEvent.objects.filter(what="publish_edition").count() == 1


def test_only_the_custodian_publishes(published: Published) -> None:
    other = member(Role.SURVEILLANCE_OFFICER, OrganisationFactory(kind="surveillance"))
    for person in (published.observer, other, member(Role.ADMINISTRATOR, published.body)):
        with pytest.raises(Refused):
            published.ask(by=person)


def test_what_can_be_published_was_asked_of_somebody_and_is_in_ones_own_custody() -> None:
    theirs = DatasetFactory(code="epi", custodian=OrganisationFactory(kind="surveillance"))
    own, others = published_version(), published_version(TemplateFactory(dataset=theirs))
    TemplateFactory(dataset=own.template.dataset)
    page = signed_in(member(Role.DATA_MANAGER, BodyFactory())).get(f"{PAGE}publish/")
    assert list(page.context["form"].fields["template"].queryset) == [own.template]
    page = signed_in(member(Role.SURVEILLANCE_OFFICER, theirs.custodian)).get(f"{PAGE}publish/")
    assert list(page.context["form"].fields["template"].queryset) == [others.template]


def test_programs_learn_of_no_template_that_is_being_built_and_without_a_role_of_no_edition() -> None:
    observer, hidden = Caller(member(Role.OBSERVER, OrganisationFactory(kind="cluster"))), TemplateFactory().code
    asked = [observer.get("editions/", {"template": code}) for code in (hidden, "nothing")]
    assert [[fault["code"] for fault in one.json()["errors"]] for one in asked] == [["unknown"], ["unknown"]]
    for address in ("editions/", "editions/1/"):
        assert Caller(UserFactory()).get(address).status_code == 403


def test_whoever_lost_the_right_meanwhile_publishes_nothing(published: Published) -> None:
    job = published.ask()
    Membership.objects.filter(person=published.manager).delete()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Edition.objects.exists()


def test_everything_wrong_is_told_at_once(published: Published) -> None:
    with pytest.raises(Problem) as told:
        published.ask(Limits(smallest=1, facilities=1, share=10), period=parse_period("2018W5"), foreword="x" * 1001)
    assert {fault.field for fault in told.value.errors} == {"period", "smallest", "facilities", "share", "foreword"}
    with pytest.raises(Problem) as told:
        published.ask(period=parse_period("201912"))
    assert [fault.code for fault in told.value.errors] == ["nothing_counts"]
    page = signed_in(published.manager).post(f"{PAGE}publish/", {"template": "", "period": "soon", "smallest": "1"})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"template", "period", "smallest", "facilities", "share"}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_it_is_published_and_read_on_pages(published: Published, language: str) -> None:
    client = signed_in(published.manager, language)
    assert client.get(f"{PAGE}publish/").status_code == 200
    given = {
        "template": published.world.template.code,
        "period": "201803",
        "smallest": "5",
        "facilities": "3",
        "share": "85",
    }
    answer = client.post(f"{PAGE}publish/", given)
    job = Job.objects.get(kind="reporting.publish_edition")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    run_job(job.pk)
    edition = Edition.objects.get()
    assert f"{PAGE}{edition.pk}/" in client.get(f"/jobs/{job.pk}/").content.decode()
    reader = signed_in(published.observer, language)
    assert f"{PAGE}{edition.pk}/" in reader.get(PAGE).content.decode()
    for level in ("country", "governorate", "district", "subdistrict", "nonsense"):
        assert reader.get(f"{PAGE}{edition.pk}/?level={level}&element=visits").status_code == 200
    told = Caller(published.observer).get("editions/").json()["results"]
    assert [(one["id"], one["period"], one["reports"]) for one in told] == [(edition.pk, "201803", 13)]


def test_of_data_that_are_read_by_agreement_editions_are_too() -> None:
    shared = Shared()
    epi = member(Role.SURVEILLANCE_OFFICER, shared.acu)
    limits = Limits(smallest=2, facilities=2, share=100)
    job = publish_edition(
        template=shared.world.template, period=PERIOD, limits=limits, foreword="", by=epi, at=timezone.now()
    )
    run_job(job.pk)
    edition = Edition.objects.get()
    client = signed_in(shared.observer)
    assert client.get(f"{PAGE}{edition.pk}/").status_code == 404
    assert [list(signed_in(one).get(PAGE).context["page"]) for one in (shared.observer, epi)] == [[], [edition]]
    assert Caller(shared.observer).get("editions/").json()["results"] == []
    assert Caller(shared.observer).get(f"editions/{edition.pk}/").status_code == 404
    assert client.post(f"/exchange/exports/edition/?edition={edition.pk}", {"format": "csv"}).status_code == 404
    # Nor do the filters of the list name what there is an edition of.
    assert list(EditionFilter({}, shared.observer).fields["template"].queryset) == []  # type: ignore[attr-defined]
    assert LastPublished(shared.observer).last == []
    agreement = shared.agree(SharingLevel.EDITIONS)
    assert [one.edition for one in LastPublished(User.objects.get(pk=shared.observer.pk)).last] == [edition]
    assert client.get(f"{PAGE}{edition.pk}/").status_code == 200
    assert client.get("/reports/figures/", shared.asked).status_code == 403
    agreement.places.set([shared.world.facilities[0].place])
    page = client.get(f"{PAGE}{edition.pk}/?level=country&element=births")
    assert page.context["shown"].rows == ()
    Dataset.objects.filter(pk=shared.dataset.pk).update(by_agreement=False)
    agreement.grants.all().delete()
    assert client.get(f"{PAGE}{edition.pk}/").status_code == 200


def test_the_list_offers_to_publish_to_whoever_may(published: Published) -> None:
    edition, offered = published.publish(), {}
    coordinator = member(Role.NGO_COORDINATOR, OrganisationFactory())
    for person in (published.manager, coordinator, published.observer):
        page = signed_in(person).get(PAGE).context
        offered[person] = (page["publishes"], page["sees_figures"])
    assert list(offered.values()) == [(True, True), (False, True), (False, False)]
    nobody = signed_in(UserFactory())
    assert [nobody.get(address).status_code for address in (PAGE, f"{PAGE}{edition.pk}/")] == [403, 403]


def test_the_home_of_a_reader_shows_the_last_edition_beside_the_one_before(published: Published) -> None:
    client = signed_in(published.observer)
    assert "Nothing was published yet." in client.get("/").content.decode()
    edition = published.publish()
    home = client.get("/")
    (last,) = home.context["published"].last
    whole, said = last.figures[0].now, home.content.decode()
    assert whole.value
    assert whole.value == held(edition, whole.element.code)["SY", None]
    assert f"<bdi>{whole.value:,.0f}</bdi>" in said
    assert last.covered == edition.places.get(place__level=0)
    assert last.percent == 100
    assert "no edition of the period before" in said
    assert f"{PAGE}{edition.pk}/" in said
    before = Edition.objects.get()
    before.pk, before.period_start, before.state = None, datetime.date(2018, 2, 1), "draft"
    before.save()
    before.figures.create(place=whole.place, element=whole.element, category=None, value=None, hidden=True)
    before.state = "published"
    before.save()
    said = client.get("/").content.decode()
    assert "hidden</span> in February 2018" in said
    assert f"{PAGE}{before.pk}/" not in said


def test_who_sees_figures_of_now_finds_no_edition_in_their_stead(published: Published) -> None:
    edition = published.publish()
    coordinator = member(Role.ORGANISATION_ADMINISTRATOR, OrganisationFactory())
    member(Role.NGO_COORDINATOR, Organisation.objects.get(memberships__person=coordinator), person=coordinator)
    assert LastPublished(coordinator).last == []
    assert [one.edition for one in LastPublished(published.observer).last] == [edition]


def test_shares_and_means_are_published_by_their_formula(published: Published) -> None:
    edition = published.publish(Limits(smallest=2, facilities=2, share=100))
    births, visits = held(edition, "births")["SY", None], held(edition, "visits")["SY", None]
    assert births is not None
    assert visits is not None
    assert held(edition, "rate")["SY", None] == round(Decimal(births) / visits, 10)
    assert Fraction(visits) == sum(10 * number + 3 for number in range(13))


@pytest.mark.parametrize(("smallest", "hides"), [(5, False), (100, True)])
def test_the_map_of_an_edition_hides_what_its_table_hides(smallest: int, hides: bool) -> None:
    # Outlines are those of the country.
    published = Published("SY07", "SY02")
    edition = published.publish(Limits(smallest=smallest, facilities=3, share=85))
    page = signed_in(published.observer).get(f"{PAGE}{edition.pk}/", {"element": "births", "level": "district"})
    areas = {area.shape.code: area for area in page.context["map"].areas}
    told = held(edition, "births")
    governorates = Place.objects.filter(level=1, code__in=[place for place, _category in told])
    assert governorates
    for place in governorates:
        value = told[place.code, None]
        if value is None:
            assert (areas[place.code].look, areas[place.code].below) == ("hidden", "hidden")
        else:
            assert areas[place.code].look.startswith("s")
            assert areas[place.code].below == str(int(value))
    assert any(area.look == "hidden" for area in areas.values()) is hides
    assert ("Hidden" in page.content.decode()) is hides


def test_an_edition_passes_over_sub_districts_of_few_facilities_and_counts_no_reports_of_the_others(
    published: Published,
) -> None:
    edition = published.publish()
    page = signed_in(published.observer).get(f"{PAGE}{edition.pk}/", {"element": "births", "level": "subdistrict"})
    rows = page.context["shown"].rows
    told = {row.place_id: row.expected for row in edition.places.filter(place__level=3)}
    assert rows
    assert min(told.values()) < edition.facilities
    assert {row.place.pk for row in rows} == {pk for pk, expected in told.items() if expected >= edition.facilities}
    assert [row.covered for row in rows] == [None] * len(rows)


def test_a_home_tells_a_reader_of_one_sub_district_not_how_many_report_there(published: Published) -> None:
    published.publish()
    (told,) = LastPublished(published.observer).last
    assert told.covered is not None
    Membership.objects.get(person=published.observer).places.set([published.world.facilities[0].place])
    (told,) = LastPublished(User.objects.get(pk=published.observer.pk)).last
    assert (told.place, told.covered) == (published.world.facilities[0].place, None)
