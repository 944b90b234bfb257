"""Kept views and comparisons of published editions and of indicators: by each reader's own rights, what is hidden stays hidden."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.dashboards import make_dashboard
from coordination.reporting.actions.indicators import retire_indicator
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.actions.view_shares import Audience, share
from coordination.reporting.models import Edition, Element, Indicator, SavedView
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.views.view_drawings import Tile, tile_of, tiles_of
from directorates.foundation.problems import Problem
from directorates.models import Dataset, Place, User
from directorates.permissions import Refused
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.test_editions import MARCH, Published
from tests.reporting.test_errata import TEXTS
from tests.reporting.test_figures import expect, report
from tests.reporting.test_figures_page import row_of, words
from tests.reporting.test_indicators import made

pytestmark = pytest.mark.django_db
VIEWS, NEW, COMPARE = "/reports/figures/views/", "/reports/figures/views/new/", "/reports/figures/compare/"
APRIL = date(2018, 4, 1)
OPEN = Limits(smallest=2, facilities=2, share=100)


class Shelf:
    """A month of two governorates with outlines, published; an observer of it, a reporter who sees figures, an indicator."""

    def __init__(self) -> None:
        self.month = Published("SY02", "SY07")
        self.world = self.month.world
        self.edition: Edition = self.month.publish()
        self.indicator: Indicator = made(self.world.template)
        self.observer_body = OrganisationFactory(kind="cluster")
        self.observer: User = member("observer", self.observer_body, language="en")
        self.reporter: User = member("facility_reporter", OrganisationFactory(), language="en")
        self.country = Place.objects.get(level=0)

    def shows(self, kind: ViewKind, **other: Any) -> Shows:
        """Births as they were published, or the indicator, by governorate as bars."""
        of_indicator = kind is ViewKind.INDICATOR
        given: dict[str, Any] = {
            "template": None if of_indicator else self.world.template,
            "place": self.country,
            "level": FigureLevel.GOVERNORATE,
            "element": None if of_indicator else Element.objects.get(code="births"),
            "period": "",
            "borders": Borders.THEN,
            "picture": Picture.TREND,
            "kind": kind,
            "indicator": self.indicator if of_indicator else None,
        }
        return Shows(**(given | other))

    def keep(self, kind: ViewKind, by: User | None = None, name: str = "Kept", **other: Any) -> SavedView:
        """A view, kept by the action."""
        return keep_view(name=name, note="", shows=self.shows(kind, **other), by=by or self.observer, at=timezone.now())

    def tile(self, view: SavedView, user: User) -> Tile:
        """A view as somebody sees it."""
        return tile_of(SavedView.objects.named().get(pk=view.pk), user, timezone.localdate())

    def next_month(self) -> Edition:
        """Another month, in which each facility reports ten births more, published as well."""
        for number in range(len(self.world.facilities)):
            expect(self.world, number, APRIL)
            row = report(self.world, number, APRIL, births=20 + number, visits_u5=10 * number, visits_o5=3)
            row.submission.reporter = self.month.reporters[number % 3]
            row.submission.save(update_fields=["reporter"])
        drain()
        return self.month.publish(OPEN, period=parse_period("201804"))


@pytest.fixture
def shelf() -> Shelf:
    """All of it."""
    return Shelf()


def faults(problem: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in problem.value.errors}


def page(user: User, address: str, **given: str) -> str:
    """A page as somebody reads it."""
    answer = signed_in(user, "en").get(address, given)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def link_to(html: str, address: str) -> Iterator[str]:
    """The addresses on a page that begin like this."""
    while address in html:
        html = html[html.index(address) :]
        yield html[: html.index('"')].replace("&amp;", "&")
        html = html[len(address) :]


# --- Keeping -------------------------------------------------------------------------------------------------------


def test_an_observer_keeps_what_an_edition_shows_and_no_figures_of_now(shelf: Shelf) -> None:
    html = page(shelf.observer, f"/reports/editions/{shelf.edition.pk}/", element="births")
    (link,) = link_to(html, f"{NEW}?")
    assert "kind=editions" in link
    said = {"name": "Published births", "note": "", "picture": "table", "moving": "latest", "replaces": ""}
    client = signed_in(shelf.observer, "en")
    assert "as it was published" in client.get(link).content.decode()
    answer = client.post(link, said)
    kept = SavedView.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{VIEWS}{kept.pk}/")
    assert (kept.kind, kept.element and kept.element.code, kept.period) == ("editions", "births", "")
    assert "Published births" in words(page(shelf.observer, VIEWS))
    with pytest.raises(Problem) as problem:
        shelf.keep(ViewKind.FIGURES, name="Figures")
    assert faults(problem) == {("template", "unknown")}
    assert client.get(NEW).status_code == 302


def test_whoever_reads_nothing_keeps_nothing(shelf: Shelf) -> None:
    nobody = member("observer", OrganisationFactory())
    nobody.memberships.all().delete()
    with pytest.raises(Refused):
        shelf.keep(ViewKind.EDITIONS, by=User.objects.get(pk=nobody.pk))


def test_what_small_numbers_would_tell_is_hidden_in_every_picture(shelf: Shelf) -> None:
    few = shelf.world.facilities[3].place
    district = few.parent
    assert district is not None
    for picture in Picture:
        view = shelf.keep(
            ViewKind.EDITIONS, name=picture, place=district, level=FigureLevel.SUBDISTRICT, picture=picture
        )
        text = words(page(shelf.observer, f"{VIEWS}{view.pk}/"))
        assert "These figures are not open to you." not in text
    table = page(shelf.observer, f"{VIEWS}{SavedView.objects.get(name='table').pk}/")
    assert "hidden" in row_of(table, few.name_en)


def test_a_map_of_an_edition_and_of_an_indicator_has_its_list(shelf: Shelf) -> None:
    for kind in (ViewKind.EDITIONS, ViewKind.INDICATOR):
        view = shelf.keep(kind, by=shelf.reporter, name=kind, picture=Picture.MAP)
        html = page(shelf.reporter, f"{VIEWS}{view.pk}/")
        assert "The map as a list" in html
        assert 'role="img"' in html


def test_a_view_that_moves_shows_the_last_published_period_and_the_months_before(shelf: Shelf) -> None:
    moving, fixed = shelf.keep(ViewKind.EDITIONS), shelf.keep(ViewKind.EDITIONS, name="March", period="201803")
    assert "March 2018" in words(page(shelf.observer, f"{VIEWS}{moving.pk}/"))
    shelf.next_month()
    html = page(shelf.observer, f"{VIEWS}{moving.pk}/")
    assert row_of(html, "April 2018").startswith("April 2018 338")
    assert row_of(html, "March 2018").startswith("March 2018 236")
    assert "The same as a table" in html
    asked = shelf.tile(fixed, shelf.observer).asked
    assert asked is not None
    assert asked.period == parse_period("201803")


def test_an_indicator_is_kept_from_its_page_and_read_from_figures_or_from_editions(shelf: Shelf) -> None:
    html = page(shelf.reporter, f"/reports/indicators/{shelf.indicator.code}/")
    (link,) = link_to(html, f"{NEW}?")
    said = {"name": "Rate", "note": "", "picture": "trend", "moving": "latest", "replaces": ""}
    assert signed_in(shelf.reporter, "en").post(link, said).status_code == 302
    kept = SavedView.objects.get()
    assert (kept.kind, kept.indicator, kept.template) == ("indicator", shelf.indicator, None)
    mine = shelf.tile(kept, shelf.reporter)
    share(thing=kept, audience=Audience(everybody=True), by=shelf.reporter, at=timezone.now())
    theirs = shelf.tile(kept, shelf.observer)
    assert mine.asked is not None
    assert theirs.asked is not None
    assert (mine.asked.from_figures, theirs.asked.from_figures) == (True, False)
    assert "Births per visit" in words(page(shelf.observer, f"{VIEWS}{kept.pk}/"))
    assert kept in SavedView.objects.visible_to(shelf.observer)


def test_every_fault_of_a_view_of_editions_is_told(shelf: Shelf) -> None:
    wrong: dict[str, Any] = {"level": FigureLevel.DIRECTORATE, "borders": Borders.NOW, "element": None}
    with pytest.raises(Problem) as problem:
        shelf.keep(ViewKind.EDITIONS, name="", **wrong)
    assert faults(problem) == {
        ("name", "required"),
        ("level", "not_in_editions"),
        ("as", "not_in_editions"),
        ("element", "required"),
    }
    for given, fault in (
        ({"period": "201801"}, ("period", "not_published")),
        ({"period": "2018Q1"}, ("period", "wrong_period_type")),
        ({"element": Element.objects.get(code="note")}, ("element", "unknown")),
    ):
        with pytest.raises(Problem) as problem:
            shelf.keep(ViewKind.EDITIONS, **given)
        assert faults(problem) == {fault}


def test_a_view_of_an_indicator_names_no_report_and_no_retired_one(shelf: Shelf) -> None:
    with pytest.raises(Problem) as problem:
        shelf.keep(ViewKind.INDICATOR, by=shelf.reporter, template=shelf.world.template, period="2018W7")
    assert faults(problem) == {("indicator", "alone"), ("period", "wrong_period_type")}
    with pytest.raises(Problem) as problem:
        shelf.keep(ViewKind.INDICATOR, borders=Borders.NOW)
    assert faults(problem) == {("as", "not_in_editions")}
    kept = shelf.keep(ViewKind.INDICATOR, by=shelf.reporter)
    retire_indicator(indicator=shelf.indicator, by=member("administrator", shelf.month.body), at=timezone.now())
    assert "This indicator is retired" in words(page(shelf.reporter, f"{VIEWS}{kept.pk}/"))
    with pytest.raises(Problem) as problem:
        shelf.keep(ViewKind.INDICATOR, by=shelf.reporter, name="Another")
    assert faults(problem) == {("indicator", "unknown")}


def test_the_database_holds_each_view_to_one_thing(shelf: Shelf) -> None:
    view = shelf.keep(ViewKind.EDITIONS)
    for wrong in ({"kind": "indicator"}, {"indicator": shelf.indicator}, {"borders": "now"}, {"element": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(**wrong)


# --- What a reader may not see ---------------------------------------------------------------------------------------


def test_a_share_opens_no_edition_and_no_indicator(shelf: Shelf) -> None:
    views = [shelf.keep(kind, by=shelf.reporter, name=kind) for kind in (ViewKind.EDITIONS, ViewKind.INDICATOR)]
    for view in views:
        share(thing=view, audience=Audience(everybody=True), by=shelf.reporter, at=timezone.now())
        share(thing=view, audience=Audience(organisation=shelf.observer_body), by=shelf.reporter, at=timezone.now())
    board = make_dashboard(name="Board", note="", views=views, by=shelf.reporter, at=timezone.now())
    share(thing=board, audience=Audience(organisation=shelf.observer_body), by=shelf.reporter, at=timezone.now())
    Dataset.objects.update(by_agreement=True)
    for view in views:
        assert shelf.tile(view, User.objects.get(pk=shelf.observer.pk)).status == "not_open"
        text = words(page(shelf.observer, f"{VIEWS}{view.pk}/"))
        assert "These figures are not open to you." in text
        assert "236" not in text
    text = words(page(shelf.observer, f"/reports/figures/dashboards/{board.pk}/"))
    assert text.count("These figures are not open to you.") == 2
    assert shelf.world.template.name_en not in text
    other = User.objects.get(pk=member("observer", OrganisationFactory(kind="cluster")).pk)
    assert not SavedView.objects.visible_to(other).exists()


def test_an_erratum_is_told_with_a_view_of_its_edition(shelf: Shelf) -> None:
    view = shelf.keep(ViewKind.EDITIONS)
    assert "An erratum stands beside this edition." not in page(shelf.observer, f"{VIEWS}{view.pk}/")
    shelf.edition.errata.create(number=1, by=shelf.month.manager, acting=shelf.month.body, at=timezone.now(), **TEXTS)
    assert "An erratum stands beside this edition." in page(shelf.observer, f"{VIEWS}{view.pk}/")


def test_an_edition_that_corrects_another_stands_in_its_place(shelf: Shelf) -> None:
    view = shelf.keep(ViewKind.EDITIONS, picture=Picture.TABLE)
    limits = {name: getattr(shelf.edition, name) for name in ("smallest", "facilities", "share", "reports", "hidden")}
    said = {"template": shelf.world.template, "period_start": MARCH, "acting": shelf.month.body, "at": timezone.now()}
    draft = Edition.objects.create(state="draft", corrects=shelf.edition, by=shelf.month.manager, **said, **limits)
    births = Element.objects.get(code="births")
    draft.figures.create(place=shelf.country, element=births, value=Decimal(777))
    draft.places.create(place=shelf.country, expected=13, received=13, answered=13)
    Edition.objects.filter(pk=draft.pk).update(state="published")
    assert shelf.tile(view, shelf.observer).url.startswith(f"/reports/editions/{draft.pk}/")


def test_a_dashboard_of_all_three_kinds_costs_a_fixed_number_of_queries(shelf: Shelf) -> None:
    views = [shelf.keep(kind, by=shelf.reporter, name=f"{kind} {number}") for kind in ViewKind for number in range(2)]
    shelf.reporter.rights_kept = {}  # as in a request

    def cost(some: list[SavedView]) -> int:
        rows = list(SavedView.objects.named().filter(pk__in=[view.pk for view in some]))
        with CaptureQueriesContext(connection) as seen:
            tiles_of(rows, shelf.reporter, timezone.localdate())
        return len(seen)

    for first, second in (views[0:2], views[2:4], views[4:6]):
        assert cost([first, second]) - cost([first]) <= 35
    board = make_dashboard(name="All", note="", views=views, by=shelf.reporter, at=timezone.now())
    html = page(shelf.reporter, f"/reports/figures/dashboards/{board.pk}/")
    assert html.count("The same as a table</summary>") == 6
    found = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(found) == len(set(found)), "an id stands twice"


# --- Programs --------------------------------------------------------------------------------------------------------


def test_programs_keep_views_of_editions_and_of_indicators(shelf: Shelf) -> None:
    caller, common = Caller(shelf.observer), {"place": "SY", "level": "governorate", "picture": "table"}
    wrong = caller.post("views/", common | {"name": "x", "kind": "pictures"})
    assert {error["field"] for error in wrong.json()["errors"]} == {"kind", "template"}
    published = common | {"name": "Published", "kind": "editions", "template": shelf.world.template.code}
    right = caller.post("views/", published | {"element": "births"})
    assert right.status_code == 201, right.json()
    assert (right.json()["kind"], right.json()["indicator"]) == ("editions", None)
    rate = caller.post("views/", common | {"name": "Rate", "kind": "indicator", "indicator": shelf.indicator.code})
    assert rate.status_code == 201, rate.json()
    assert (rate.json()["template"], rate.json()["indicator"]) == (None, shelf.indicator.code)
    one = caller.get(f"views/{right.json()['id']}/").json()
    assert (one["status"], one["shown_period"]) == ("open", "201803")
    missing = caller.post("views/", common | {"name": "Which", "kind": "indicator"})
    assert {(error["field"], error["code"]) for error in missing.json()["errors"]} == {("indicator", "required")}


# --- Comparing -------------------------------------------------------------------------------------------------------


def test_published_places_are_compared_and_a_hidden_one_has_no_difference(shelf: Shelf) -> None:
    north, few = shelf.world.facilities[0].place, shelf.world.facilities[3].place
    given = {"kind": "editions", "element": "births", "place_1": north.code, "place_2": few.code}
    html = page(shelf.observer, COMPARE, **given)
    assert "hidden" in row_of(html, few.name_en)
    assert "not known" in row_of(html, few.name_en)
    # Without any choice a reader of editions compares these.
    assert "Published editions" in words(page(shelf.observer, COMPARE))
    assert 'value="figures"' not in page(shelf.observer, COMPARE)


def test_published_periods_are_compared_and_what_was_not_published_says_so(shelf: Shelf) -> None:
    shelf.next_month()
    given = {"kind": "editions", "element": "births", "by": "periods", "period": "201804", "place_1": "SY"}
    html = page(shelf.observer, COMPARE, **given, against="201803")
    assert "−102" in row_of(html, "March 2018")
    html = page(shelf.observer, COMPARE, **given, against="201801")
    assert "not published" in row_of(html, "January 2018")


def test_an_indicator_is_compared_by_each_readers_rights(shelf: Shelf) -> None:
    north = shelf.world.facilities[0].place
    given = {"kind": "indicator", "place_1": "SY", "place_2": north.code, "period": "201803"}
    html = page(shelf.reporter, COMPARE, **given)
    assert "Births per visit" in words(html)
    assert "not known" not in row_of(html, north.name_en)
    limited = member("facility_reporter", OrganisationFactory(), places=[north], language="en")
    assert "at least two places" in words(page(limited, COMPARE, **given))
    Dataset.objects.update(by_agreement=True)
    assert "There are no figures yet." in words(page(shelf.observer, COMPARE, **given))


@pytest.mark.parametrize(
    "given", [{"kind": "x"}, {"kind": "indicator", "by": "years"}, {"kind": "editions", "element": "x", "level": "y"}]
)
def test_what_cannot_be_read_gives_way(shelf: Shelf, given: dict[str, str]) -> None:
    assert page(shelf.reporter, COMPARE, **given)


def test_an_indicator_that_is_not_there_is_no_page(shelf: Shelf) -> None:
    client = signed_in(shelf.reporter, "en")
    for address in (COMPARE, NEW):
        assert client.get(address, {"kind": "indicator", "indicator": "nothing"}).status_code == 404


def test_programs_compare_all_three(shelf: Shelf) -> None:
    caller, north = Caller(shelf.reporter), shelf.world.facilities[0].place
    common = {"places": f"SY,{north.code}", "periods": "201803"}
    of_item = common | {"template": shelf.world.template.code, "element": "births"}
    figures = caller.get("consolidations/compare/", of_item).json()["results"]
    published = caller.get("consolidations/compare/", of_item | {"kind": "editions"}).json()["results"]
    assert figures[0]["value"] == published[0]["value"] == "236"
    assert (published[0]["expected"], published[1]["expected"], published[0]["excused"]) == (10, None, None)
    rate = caller.get("consolidations/compare/", common | {"kind": "indicator", "indicator": shelf.indicator.code})
    assert rate.status_code == 200, rate.json()
    assert rate.json()["results"][0]["value"] is not None
    observer = Caller(shelf.observer)
    refused = observer.get("consolidations/compare/", of_item).json()
    assert {(one["field"], one["code"]) for one in refused["errors"]} >= {("template", "unknown")}
    assert observer.get("consolidations/compare/", of_item | {"kind": "editions"}).status_code == 200
    wrong = observer.get("consolidations/compare/", of_item | {"kind": "editions", "as": "now"}).json()
    assert {(one["field"], one["code"]) for one in wrong["errors"]} == {("as", "not_in_editions")}


def test_what_is_compared_is_taken_along_as_a_file(shelf: Shelf) -> None:
    listing = LISTINGS["compared"]
    query = QueryDict(mutable=True)
    query.update({"kind": "editions", "element": "births", "place_1": "SY", "place_2": "SY02"})
    listed = listing.listed(shelf.observer, query.urlencode())
    rows = [list(row) for row in listed.rows]
    assert [row[0] for row in rows] == ["births", "births"]
    assert rows[0][7] == 236
