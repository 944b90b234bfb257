"""Kept views of figures: filters under a name, shared as a place to find and never as a right; each reader's own figures."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions import saved_views as actions
from coordination.reporting.actions.dashboards import change_dashboard, delete_dashboard, make_dashboard
from coordination.reporting.actions.saved_views import change_view, delete_view, keep_view
from coordination.reporting.actions.view_shares import Audience, share, withdraw_share
from coordination.reporting.models import Dashboard, DashboardView, Element, SavedView, ViewShare
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.views.view_drawings import tile_of, tiles_of
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Dataset, Membership, Organisation, Place, User
from directorates.models.validity import lasting
from directorates.permissions import Refused, sight_of
from directorates.roles import TO_READ
from facilities.actions.place_changes import merge_places
from tests.api.callers import Caller
from tests.factories import BodyFactory, OrganisationFactory, member, signed_in
from tests.reporting.figures_world import World
from tests.reporting.test_figures_page import MONTHS, asked, governorate, see, words
from tests.reporting.test_figures_page import world as world  # noqa: PLC0414 - the fixture
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NEW, LIST = "/reports/figures/views/new/", "/reports/figures/views/"


class Keeper:
    """Somebody of an organisation who keeps views of a world."""

    def __init__(self, world: World, role: str = "facility_reporter", organisation: Organisation | None = None) -> None:
        self.world, self.user = world, member(role, organisation or OrganisationFactory(), language="en")
        self.client: Client = signed_in(self.user, "en")

    def shows(self, **other: Any) -> Shows:
        """What is kept unless something else is named: births by governorate as bars."""
        given: dict[str, Any] = {
            "template": self.world.template,
            "place": Place.objects.get(level=0),
            "level": FigureLevel.GOVERNORATE,
            "element": Element.objects.get(code="births"),
            "period": "",
            "borders": Borders.THEN,
            "picture": Picture.TREND,
        }
        return Shows(**(given | other))

    def keep(self, name: str = "Births", note: str = "", **other: Any) -> SavedView:
        """A view, kept by the action."""
        return keep_view(name=name, note=note, shows=self.shows(**other), by=self.user, at=timezone.now())

    def board(self, *views: SavedView, name: str = "Board") -> Dashboard:
        """A dashboard, made by the action."""
        return make_dashboard(name=name, note="", views=views, by=self.user, at=timezone.now())

    def shared(self, thing: SavedView | Dashboard, **audience: Any) -> ViewShare:
        """A share, made by the action."""
        return share(thing=thing, audience=Audience(**audience), by=self.user, at=timezone.now())

    def page(self, address: str) -> str:
        """A page in words."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status_code
        return words(answer.content.decode())


@pytest.fixture
def keeper(world: World) -> Keeper:
    """A reporter who reads all figures."""
    return Keeper(world)


def address(view: SavedView) -> str:
    return f"{LIST}{view.pk}/"


def faults(problem: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in problem.value.errors}


# --- Keeping -------------------------------------------------------------------------------------------------------


def test_the_page_of_figures_offers_to_keep_what_it_shows(world: World, keeper: Keeper) -> None:
    html = keeper.client.get("/reports/figures/", asked(world)).content.decode()
    link = html[html.index(NEW) : html.index('"', html.index(NEW))].replace("&amp;", "&")
    assert "element=births" in link
    said = {"name": "Births in March", "note": "Look", "picture": "trend", "moving": "fixed", "replaces": ""}
    answer = keeper.client.post(link, said)
    kept = SavedView.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, address(kept))
    assert (kept.period, kept.element and kept.element.code, kept.picture) == ("201803", "births", "trend")
    assert kept.filters == {
        "template": world.template.code,
        "period": "201803",
        "under": "SY",
        "level": "governorate",
        "element": "births",
        "as": "then",
        "show": "value",
    }
    assert "Births in March" in keeper.page("/reports/figures/")
    assert AuditEvent.objects.filter(what="keep_view", thing=str(kept.pk)).count() == 1


def test_a_moving_view_shows_the_last_complete_period_whenever_it_is_opened(keeper: Keeper) -> None:
    view = keeper.keep()
    assert "May 2018" in keeper.page(address(view))
    fixed = keeper.keep("March", period="201803")
    assert "March 2018" in keeper.page(address(fixed))


def test_pressed_twice_it_is_kept_once(keeper: Keeper) -> None:
    assert keeper.keep() == keeper.keep()
    with pytest.raises(Problem) as problem:
        keeper.keep(picture=Picture.MAP)
    assert (problem.value.code, problem.value.status) == ("exists", 409)
    assert SavedView.objects.get().picture == Picture.TREND
    assert AuditEvent.objects.filter(what="keep_view").count() == 1


def test_a_name_twice_is_refused_by_the_database_too(keeper: Keeper) -> None:
    view = keeper.keep()
    view.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        view.save(force_insert=True)


def test_every_fault_is_told_at_once(keeper: Keeper) -> None:
    with pytest.raises(Problem) as problem:
        keeper.keep("", "at 33.51234, 36.29876", level=FigureLevel.COUNTRY, element=None, period="2018W7")
    assert faults(problem) >= {("name", "required"), ("note", "location"), ("level", "too_high")}
    assert faults(problem) >= {("element", "required"), ("period", "wrong_period_type")}
    with pytest.raises(Problem) as problem:
        keeper.keep("x" * 101, "y" * 501)
    assert faults(problem) == {("name", "too_long"), ("note", "too_long")}
    assert not SavedView.objects.exists()


def test_what_one_may_not_see_cannot_be_kept(world: World, keeper: Keeper) -> None:
    Dataset.objects.update(by_agreement=True)
    with pytest.raises(Problem) as problem:
        keeper.keep()
    assert faults(problem) == {("template", "unknown")}


def test_whoever_reads_no_figures_of_now_keeps_none(world: World) -> None:
    observer = Keeper(world, "observer", OrganisationFactory(kind="cluster"))
    with pytest.raises(Problem) as problem:
        observer.keep()
    assert faults(problem) == {("template", "unknown")}
    assert observer.client.get(NEW).headers["Location"] == LIST
    nobody = member("observer", OrganisationFactory())
    Membership.objects.filter(person=nobody).delete()
    assert signed_in(nobody).get(LIST).status_code == 403


@pytest.mark.parametrize(("period", "code"), [("190503", "too_early"), ("999912", None), ("219901", "in_the_future")])
def test_a_period_that_the_page_would_not_show_is_not_kept(keeper: Keeper, period: str, code: str | None) -> None:
    with pytest.raises(Problem) as problem:
        keeper.keep(period=period)
    assert {field for field, _ in faults(problem)} == {"period"}
    assert code is None or ("period", code) in faults(problem)


def test_there_is_a_limit(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_VIEWS", 1)
    keeper.keep()
    with pytest.raises(Problem) as problem:
        keeper.keep("Another")
    assert faults(problem) == {("name", "too_many")}


def test_a_view_is_renamed_replaced_and_deleted_by_its_pages(world: World, keeper: Keeper) -> None:
    view = keeper.keep()
    assert keeper.client.post(f"{address(view)}change/", {"name": "", "note": ""}).status_code == 400
    assert keeper.client.post(f"{address(view)}change/", {"name": "Newborn", "note": "n"}).status_code == 302
    query = "?" + "&".join(f"{key}={value}" for key, value in asked(world, show="completeness").items())
    said = {"name": "Newborn", "note": "n", "picture": "map", "moving": "latest", "replaces": view.pk}
    assert keeper.client.post(f"{NEW}{query}", said).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.picture, view.element_id, view.period) == ("Newborn", "map", None, "")
    assert "It cannot be brought back" in keeper.page(f"{address(view)}delete/")
    assert keeper.client.post(f"{address(view)}delete/").status_code == 302
    assert keeper.client.post(f"{address(view)}delete/").status_code == 404
    assert not SavedView.objects.exists()
    assert set(AuditEvent.objects.values_list("what", flat=True)) >= {"keep_view", "change_view", "delete_view"}


def test_two_views_of_one_name_are_refused_when_changed(keeper: Keeper) -> None:
    keeper.keep()
    other = keeper.keep("Other")
    with pytest.raises(Problem) as problem:
        change_view(view=other, name="Births", note="", by=keeper.user, at=timezone.now())
    assert problem.value.status == 409
    delete_view(view=other, by=keeper.user)
    with pytest.raises(Problem) as problem:
        change_view(view=other, name="Third", note="", by=keeper.user, at=timezone.now())
    assert (problem.value.code, problem.value.status) == ("gone", 404)


# --- Sharing -------------------------------------------------------------------------------------------------------


def test_a_share_with_a_colleague_opens_the_place_to_find_and_the_colleagues_own_figures(keeper: Keeper) -> None:
    organisation = Organisation.objects.get(pk=keeper.user.acting_id or 0)
    colleague, other = Keeper(keeper.world, organisation=organisation), Keeper(keeper.world, organisation=organisation)
    view = keeper.keep("Mine", "Look here")
    assert colleague.client.get(address(view)).status_code == 404
    keeper.shared(view, person=colleague.user)
    assert keeper.shared(view, person=colleague.user) == ViewShare.objects.get()
    page = colleague.page(address(view))
    assert "Look here" in page
    assert "Withdraw the share" not in page
    assert "Mine" in colleague.page(LIST)
    assert other.client.get(address(view)).status_code == 404
    for deed in ("change", "delete", "share"):
        assert colleague.client.post(f"{address(view)}{deed}/", {"name": "Stolen"}).status_code == 404
    for action in (delete_view,):
        with pytest.raises(Refused):
            action(view=view, by=colleague.user)


def test_what_the_reader_may_not_see_is_said_and_no_figure_of_the_sharers_is_shown(
    world: World, keeper: Keeper
) -> None:
    view = keeper.keep("All of it")
    south = governorate(world, 3)
    limited = member("facility_reporter", OrganisationFactory(), places=[south], language="en")
    assert limited.acting_id is not None
    keeper.shared(view, organisation=Organisation.objects.get(pk=limited.acting_id or 0))
    text = words(see(limited, address(view)))
    assert "These figures are not open to you." in text
    assert "The same as a table" not in text
    answer = Caller(limited).get(f"views/{view.pk}/").json()
    assert (answer["status"], answer["shown_period"], answer["own"]) == ("not_open", None, False)
    own = Caller(keeper.user).get(f"views/{view.pk}/").json()
    assert (own["status"], own["shown_period"], own["own"]) == ("open", "201805", True)


def test_everybody_who_may_see_it_finds_it_and_nobody_else(world: World, keeper: Keeper) -> None:
    view = keeper.keep()
    keeper.shared(view, everybody=True)
    reader = Keeper(world)
    assert view in SavedView.objects.visible_to(reader.user)
    limited = member("facility_reporter", OrganisationFactory(), places=[governorate(world, 3)])
    assert view not in SavedView.objects.visible_to(limited)
    Dataset.objects.update(by_agreement=True)
    assert view not in SavedView.objects.visible_to(User.objects.get(pk=reader.user.pk))


def test_a_share_is_withdrawn_once_and_made_anew(keeper: Keeper) -> None:
    reader = Keeper(keeper.world)
    view = keeper.keep()
    made = keeper.shared(view, organisation=Organisation.objects.get(pk=reader.user.acting_id or 0))
    with pytest.raises(Refused):
        withdraw_share(share=made, by=reader.user, at=timezone.now())
    for _press in range(2):
        assert keeper.client.post(f"/reports/figures/shares/{made.pk}/withdraw/").status_code == 302
    assert AuditEvent.objects.filter(what="withdraw_share").count() == 1
    assert reader.client.get(address(view)).status_code == 404
    keeper.shared(view, organisation=Organisation.objects.get(pk=reader.user.acting_id or 0))
    assert reader.client.get(address(view)).status_code == 200
    assert ViewShare.objects.count() == 2
    told = AuditEvent.objects.filter(what="share_view").last()
    assert told is not None
    assert told.concerns_id == reader.user.acting_id


def test_who_left_the_organisation_keeps_nothing_and_shares_nothing(keeper: Keeper) -> None:
    organisation = Organisation.objects.get(pk=keeper.user.acting_id or 0)
    colleague = Keeper(keeper.world, organisation=organisation)
    view = keeper.keep()
    keeper.shared(view, person=colleague.user)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(person=keeper.user).update(valid=lasting(yesterday, yesterday))
    assert colleague.client.get(address(view)).status_code == 404
    gone = User.objects.get(pk=keeper.user.pk)
    assert not SavedView.objects.visible_to(gone).filter(pk=view.pk).exists() or gone.acting_id is None
    assert keeper.client.get(address(view)).status_code in {302, 403, 404}


def test_the_pages_of_sharing_say_what_a_share_is(keeper: Keeper) -> None:
    view = keeper.keep()
    assert "It gives no right" in keeper.page(f"{address(view)}share/")
    wrong = keeper.client.post(f"{address(view)}share/", {"audience": "person"})
    assert wrong.status_code == 400
    assert "Choose with whom." in wrong.content.decode()
    right = keeper.client.post(f"{address(view)}share/", {"audience": "everybody"})
    assert right.status_code == 302
    assert "Everybody who may see the figures" in keeper.page(address(view))
    with pytest.raises(Problem):
        keeper.shared(view, person=member("observer", OrganisationFactory()))
    with pytest.raises(Problem):
        keeper.shared(view)
    with pytest.raises(Problem):
        keeper.shared(view, everybody=True, person=keeper.user)


def test_the_second_wall_shows_ones_own_and_what_is_shared(keeper: Keeper) -> None:
    reader, stranger = Keeper(keeper.world), Keeper(keeper.world)
    view = keeper.keep()
    board = keeper.board(view)
    keeper.shared(board, organisation=Organisation.objects.get(pk=reader.user.acting_id or 0))
    tables = (SavedView, Dashboard, DashboardView, ViewShare)
    for one, count in ((keeper.user, 1), (reader.user, 1), (stranger.user, 0)):
        with seeing(sight_of(one)):
            assert [table.objects.count() for table in tables] == [count] * 4


# --- Dashboards ----------------------------------------------------------------------------------------------------


def test_a_dashboard_shows_its_views_in_their_order_each_with_a_table(keeper: Keeper) -> None:
    one, two = keeper.keep("Bars"), keeper.keep("Map", picture=Picture.MAP)
    three = keeper.keep("Rows", picture=Picture.TABLE, level=FigureLevel.DISTRICT)
    form = {"name": "Monday", "note": "", "view_1": three.pk, "view_2": one.pk, "view_4": two.pk}
    answer = keeper.client.post("/reports/figures/dashboards/new/", form)
    board = Dashboard.objects.get()
    assert answer.status_code == 302
    assert list(board.ordered) == [three, one, two]
    html = keeper.client.get(answer.headers["Location"]).content.decode()
    assert html.index("Rows") < html.index("Bars") < html.index("Map</h2>")
    assert "The same as a table" in html
    found = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(found) == len(set(found)), "an id stands twice"


def test_a_dashboard_costs_a_fixed_number_of_queries_a_view(keeper: Keeper) -> None:
    views = [keeper.keep(f"View {number}") for number in range(6)]
    keeper.user.rights_kept = {}  # as in a request

    def cost(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            tiles_of(
                SavedView.objects.named().filter(pk__in=[view.pk for view in views[:count]]),
                keeper.user,
                timezone.localdate(),
            )
        return len(seen)

    one, six = cost(1), cost(6)
    assert six - one <= 5 * 16


def test_a_dashboard_takes_ones_own_views_once_each_and_few(keeper: Keeper) -> None:
    views = [keeper.keep(f"View {number}") for number in range(7)]
    stranger = Keeper(keeper.world)
    for wrong, code in (
        ([], "required"),
        (views, "too_many"),
        ([views[0]] * 2, "twice"),
        ([stranger.keep()], "unknown"),
    ):
        with pytest.raises(Problem) as problem:
            keeper.board(*wrong)
        assert ("views", code) in faults(problem)
    assert keeper.board(*views[:2]) == keeper.board(*views[:2])
    with pytest.raises(Problem):
        keeper.board(views[0])


def test_a_dashboard_is_changed_shared_and_deleted_and_its_views_stay(keeper: Keeper) -> None:
    one, two = keeper.keep("One"), keeper.keep("Two")
    board = keeper.board(one)
    where = f"/reports/figures/dashboards/{board.pk}/"
    assert (
        keeper.client.post(f"{where}change/", {"name": "Board", "view_1": two.pk, "view_2": one.pk}).status_code == 302
    )
    assert list(board.ordered) == [two, one]
    assert keeper.client.post(f"{where}change/", {"name": "Board"}).status_code == 400
    assert keeper.client.post(f"{where}share/", {"audience": "everybody"}).status_code == 302
    reader = Keeper(keeper.world)
    assert "Two" in reader.page(where)
    assert "Board" in reader.page(LIST)
    assert "Board" in reader.page(f"{LIST}?shared=dashboards")
    assert "Nobody shares a dashboard with you." in keeper.page(f"{LIST}?shared=dashboards")
    assert reader.client.post(f"{where}change/", {"name": "Mine"}).status_code == 404
    with pytest.raises(Refused):
        delete_dashboard(dashboard=board, by=reader.user)
    delete_view(view=two, by=keeper.user)
    assert list(board.ordered) == [one]
    assert keeper.client.post(f"{where}delete/").status_code == 302
    assert SavedView.objects.get() == one
    with pytest.raises(Problem):
        change_dashboard(dashboard=board, name="x", note="", views=[one], by=keeper.user, at=timezone.now())


def test_a_dashboard_of_everybody_is_found_by_who_sees_a_view_on_it_and_names_the_others_alone(
    world: World, keeper: Keeper
) -> None:
    south = governorate(world, 3)
    limited = member("facility_reporter", OrganisationFactory(), places=[south], language="en")
    whole = keeper.keep("Everything", note="A note of its own")
    board = keeper.board(whole)
    keeper.shared(board, everybody=True)
    assert board in Dashboard.objects.visible_to(Keeper(world).user)
    assert board not in Dashboard.objects.visible_to(limited)
    where = f"/reports/figures/dashboards/{board.pk}/"
    assert signed_in(limited, "en").get(where).status_code == 404
    part = keeper.keep("The south", place=south, level=FigureLevel.DISTRICT)
    change_dashboard(dashboard=board, name="Board", note="", views=[whole, part], by=keeper.user, at=timezone.now())
    assert board in Dashboard.objects.visible_to(limited)
    text = words(see(limited, where))
    assert "Everything" in text
    assert "These figures are not open to you." in text
    country = Place.objects.get(level=0).name_en
    closed = text[text.index("Everything") : text.index("These figures are not open")]
    assert country not in closed
    assert world.template.name_en not in closed
    assert world.template.name_en in text[text.index("The south") :]


def test_a_key_that_may_only_read_keeps_nothing(world: World, keeper: Keeper) -> None:
    keeper.user.limited_to = TO_READ
    with pytest.raises(Refused):
        keeper.keep()
    keeper.user.limited_to = None
    made = keeper.shared(keeper.keep(), everybody=True)
    keeper.user.limited_to = TO_READ
    with pytest.raises(Refused):
        withdraw_share(share=made, by=keeper.user, at=timezone.now())


# --- What is gone --------------------------------------------------------------------------------------------------


def test_an_item_that_is_not_asked_any_more_is_told(keeper: Keeper) -> None:
    view = keeper.keep()
    SavedView.objects.filter(pk=view.pk).update(element=Element.objects.get(code="note"))
    assert "The item of this view is not asked in this period." in keeper.page(address(view))
    assert Caller(keeper.user).get(f"views/{view.pk}/").json()["status"] == "gone"


def test_a_retired_report_and_a_place_that_ended_are_told(world: World, keeper: Keeper) -> None:
    place = world.facilities[4].place
    view = keeper.keep("Old", place=place, level=FigureLevel.DIRECTORATE, picture=Picture.TABLE)
    world.template.versions.update(valid=lasting(datetime.date(2013, 1, 1), MONTHS[-1] + datetime.timedelta(days=30)))
    merge_places(
        places=[place],
        into=world.facilities[3].place,
        first=datetime.date(2018, 7, 1),
        reason="Decree",
        by=member("administrator", BodyFactory()),
        at=timezone.now(),
    )
    text = keeper.page(address(view))
    assert "no longer asked for" in text
    assert "is no longer a place since" in text
    assert tile_of(SavedView.objects.named().get(), keeper.user, timezone.localdate()).status == "open"


# --- Programs ------------------------------------------------------------------------------------------------------


def test_programs_keep_and_list_views(world: World, keeper: Keeper) -> None:
    body = {"name": "By program", "template": world.template.code, "place": "SY", "level": "governorate"}
    caller = Caller(keeper.user)
    wrong = caller.post("views/", {"level": "street", "picture": "pie", "colour": "red"})
    assert wrong.status_code == 400
    assert {error["field"] for error in wrong.json()["errors"]} >= {
        "name",
        "template",
        "place",
        "level",
        "picture",
        "colour",
    }
    right = caller.post("views/", body | {"picture": "map"})
    assert right.status_code == 201
    assert caller.post("views/", body | {"picture": "map"}).json()["id"] == right.json()["id"]
    assert caller.post("views/", body | {"picture": "table"}).status_code == 409
    assert [one["name"] for one in caller.get("views/").json()["results"]] == ["By program"]
    assert Caller(Keeper(world).user).get(f"views/{right.json()['id']}/").status_code == 404


def test_the_list_explains_itself_when_it_is_empty(keeper: Keeper) -> None:
    text = keeper.page(LIST)
    assert "No view is kept yet." in text
    assert "Nobody shares a view with you." in text


def test_lists_and_pages_speak_arabic(keeper: Keeper) -> None:
    view = keeper.keep()
    client = signed_in(keeper.user, "ar")
    User.objects.filter(pk=keeper.user.pk).update(language="ar")
    for where in (LIST, address(view), f"{address(view)}share/", f"{address(view)}delete/", NEW):
        assert 'dir="rtl"' in client.get(where).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_keep_one(world: World) -> None:
    keeper = Keeper(world)
    shows, now = keeper.shows(), timezone.now()

    def press() -> int:
        return keep_view(name="Once", note="", shows=shows, by=keeper.user, at=now).pk

    assert len(set(at_once(press, press))) == 1
    assert SavedView.objects.count() == 1
