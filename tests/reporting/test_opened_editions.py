"""What signers have read is out: it is kept, the next draft is made beside it, and what counts otherwise is not published."""

import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.bulletin_answers import content_of, open_bulletin, take_back_bulletin
from coordination.reporting.actions.bulletin_figures import ask_for_figures, make_figures
from coordination.reporting.actions.bulletin_parts import keep_part
from coordination.reporting.actions.bulletin_pdf import bulletin_as_pdf
from coordination.reporting.actions.bulletins import discard_bulletin, found_series, start_bulletin
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.actions.verifications import findings_of
from coordination.reporting.models import Bulletin, Edition, EditionFigure, EditionPlace
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.editions import EditionState
from coordination.reporting.rules.edition_corrections import Difference, differences
from coordination.reporting.rules.periods import PeriodType, parse_period
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.rules.ties import Key
from coordination.tasks import run_job
from directorates.actions.place_changes import rename_place
from directorates.foundation.problems import Problem
from directorates.roles import Role
from policies.actions.pdf import Tongues
from tests.api.callers import Caller
from tests.factories import member, signed_in
from tests.reporting.test_bulletins import LOOSE, Desk, change, codes, corrected
from tests.reporting.test_editions import PERIOD
from tests.reporting.test_figures import expect, report
from tests.reporting.test_figures_page import words

pytestmark = pytest.mark.django_db
FEBRUARY = datetime.date(2018, 2, 1)
EVERYBODY = {"f0": 25, "f1": 36, "f2": 44, "f5": 29, "f6": 41, "f7": 37}


@pytest.fixture
def desk() -> Desk:
    """A desk with a layout."""
    made = Desk()
    made.lay_out()
    return made


def opened(desk: Desk) -> Edition:
    """Figures made and opened to signers; the edition that they read."""
    desk.make()
    desk.open()
    return desk.fresh().editions.get().edition


def taken_back(desk: Desk) -> None:
    """A draft again."""
    take_back_bulletin(bulletin=desk.fresh(), **desk.by())


def births(edition: Edition) -> EditionFigure:
    """The country's figure."""
    return edition.figures.get(place__level=0, element__code="births", category=None)


def february(desk: Desk, births: int = 10) -> Edition:
    """An edition of the month before, published by itself."""
    for number in range(len(desk.world.facilities)):
        desk.world.reporter = desk.published.reporters[number % 3]
        expect(desk.world, number, FEBRUARY)
        report(desk.world, number, FEBRUARY, births=births + number)
    drain()
    return published(desk, LOOSE, "201802")


def published(desk: Desk, limits: Limits, period: str = "201803") -> Edition:
    """An edition published by itself."""
    job = publish_edition(template=desk.template, period=parse_period(period), limits=limits, foreword="", **desk.by())
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.result
    return Edition.objects.get(pk=job.result["at"]["pk"])


def second(desk: Desk) -> Bulletin:
    """A draft of another series with figures of the same report and period."""
    series = found_series(
        code="other",
        name_ar="نشرة ثانية",
        name_en="Another bulletin",
        dataset=desk.template.dataset,
        period_type=PeriodType.MONTH,
        **desk.by(),
    )
    made = start_bulletin(series=series, period=PERIOD, limits=LOOSE, **desk.by())
    keep_part(bulletin=made, part=None, wish=desk.wish("table", "births"), seen=0, **desk.by())
    return made


# --- What signers read ---------------------------------------------------------------------------------------------


def test_a_second_draft_tells_signers_of_the_first_nothing_of_one_late_report(desk: Desk) -> None:
    first = opened(desk)
    taken_back(desk)
    change(desk, f0=33)
    again = opened(desk)
    assert (again.beside, again.corrects) == ([first.pk], None)
    assert births(first).value == Decimal(236)
    assert births(again).hidden, "236 and 249 would tell what one facility sent late"
    desk.sign()
    desk.publish()
    assert findings_of(Edition.objects.get(pk=again.pk))[0] == []


def test_where_many_changed_the_second_draft_shows_what_it_can(desk: Desk) -> None:
    opened(desk)
    taken_back(desk)
    change(desk, **EVERYBODY)
    assert births(opened(desk)).value == Decimal(268)


def test_what_signers_read_is_kept_and_taken_again_where_nothing_changed(desk: Desk) -> None:
    first = opened(desk)
    taken_back(desk)
    assert opened(desk) == first
    taken_back(desk)
    discard_bulletin(bulletin=desk.fresh(), **desk.by())
    held = Edition.objects.get(pk=first.pk)
    assert (held.state, list(Edition.objects.visible_to(desk.observer))) == (EditionState.DRAFT, [])
    for deed in (
        held.delete,
        lambda: held.figures.all().delete(),
        lambda: Edition.objects.filter(pk=held.pk).update(beside=[1]),
        lambda: Edition.objects.filter(pk=held.pk).update(opened=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_what_is_published_by_itself_is_made_beside_what_signers_read_under_the_same_limits(desk: Desk) -> None:
    first = opened(desk)
    taken_back(desk)
    change(desk, f0=33)
    with pytest.raises(Problem) as told:
        published(desk, Limits(smallest=3, facilities=2, share=100))
    assert codes(told) == {"opened"}
    edition = published(desk, LOOSE)
    assert edition.beside == [first.pk]
    assert births(edition).hidden
    assert findings_of(edition)[0] == []


def test_of_two_series_the_second_is_opened_with_figures_made_beside_those_of_the_first(desk: Desk) -> None:
    other = second(desk)
    make_figures(other, desk.manager, timezone.now())
    other.refresh_from_db()
    change(desk, f0=33)
    first = opened(desk)
    given: dict[str, Any] = {"answer_until": timezone.localdate() + datetime.timedelta(days=3), **desk.by()}
    with pytest.raises(Problem) as told:
        open_bulletin(bulletin=other, seen=other.seen, **given)
    assert codes(told) == {"counts_otherwise", "made_meanwhile"}
    make_figures(other, desk.manager, timezone.now())
    other.refresh_from_db()
    open_bulletin(bulletin=other, seen=other.seen, **given)
    assert other.editions.get().edition == first


# --- What counts otherwise -----------------------------------------------------------------------------------------


def test_a_bulletin_whose_reports_count_otherwise_since_is_not_published(desk: Desk) -> None:
    opened(desk)
    desk.sign()
    change(desk, f0=33)
    with pytest.raises(Problem) as told:
        desk.publish()
    assert (told.value.code, told.value.status, codes(told)) == ("counts_otherwise", 409, {"counts_otherwise"})
    page = signed_in(desk.manager).get(f"/reports/bulletins/{desk.bulletin.pk}/").content.decode()
    assert "count otherwise since" in page
    taken_back(desk)
    opened(desk)
    desk.sign()
    assert desk.publish().number == 1


def test_a_bulletin_is_not_published_with_an_edition_that_was_published_meanwhile(desk: Desk) -> None:
    opened(desk)
    desk.sign()
    published(desk, LOOSE)
    with pytest.raises(Problem) as told:
        desk.publish()
    assert codes(told) == {"made_meanwhile"}


def test_figures_are_not_opened_that_count_otherwise_since_they_were_made(desk: Desk) -> None:
    desk.make()
    change(desk, f0=33)
    with pytest.raises(Problem) as told:
        desk.open()
    assert codes(told) == {"counts_otherwise"}


def test_an_edition_from_before_inputs_were_kept_stands_in_no_bulletin(desk: Desk) -> None:
    limits = {"smallest": 2, "facilities": 2, "share": 100, "reports": 1, "hidden": 0}
    Edition.objects.create(
        template=desk.template,
        period_start=PERIOD.start,
        acting=desk.published.body,
        **limits,
        **desk.by(),
    )
    with pytest.raises(Problem) as told:
        ask_for_figures(bulletin=desk.fresh(), **desk.by())
    assert codes(told) == {"no_inputs"}


# --- What is signed stays ------------------------------------------------------------------------------------------


def test_a_chart_over_time_shows_for_good_what_was_signed(desk: Desk) -> None:
    before = february(desk)
    bulletin = desk.all()
    held = bulletin.editions.get()
    assert held.behind == [before.pk]
    assert [one[1] for one in content_of(bulletin).behind] == ["201802"]

    def shown() -> list[Decimal | None]:
        return [
            line.whole.number
            for line in ReadBulletin(Bulletin.objects.get(pk=bulletin.pk), desk.observer).parts[3].lines
        ]

    signed = shown()
    assert len(signed) == 2
    # The month before is corrected afterwards, by a bulletin of its own.
    desk.bulletin = start_bulletin(series=desk.series, period=parse_period("201802"), limits=LOOSE, **desk.by())
    desk.make()
    desk.open()
    desk.sign()
    desk.publish()
    for number in (0, 1, 2, 5, 6, 7):
        desk.world.reporter = desk.published.reporters[number % 3]
        report(desk.world, number, FEBRUARY, births=30 + number)
    drain()
    assert corrected(desk).editions.get().edition.corrects == before
    assert shown() == signed
    assert content_of(bulletin).digest == bulletin.digest


def test_the_content_of_a_bulletin_holds_the_editions_behind_its_charts(desk: Desk) -> None:
    february(desk)
    desk.make()
    content = content_of(desk.fresh())
    desk.fresh().editions.update(behind=[])
    assert content_of(desk.fresh()).digest != content.digest


def test_places_are_named_as_they_were_in_the_period(desk: Desk) -> None:
    bulletin = desk.all()
    place = desk.world.facilities[0].place
    old = place.name_en
    by = member(Role.ADMINISTRATOR, desk.published.body)
    rename_place(
        place=place,
        name_ar="اسم آخر",
        name_en="Renamed",
        first=timezone.localdate(),
        reason="Decree 7",
        source="OCHA",
        **desk.by(by),
    )
    page = signed_in(desk.observer).get(f"/reports/bulletins/{bulletin.pk}/").content.decode()
    assert f"{old}, today Renamed" in page


# --- What was said since -------------------------------------------------------------------------------------------


def test_errata_and_corrections_stand_wherever_its_figures_are_read(desk: Desk) -> None:
    old = desk.all()
    edition = old.editions.get().edition
    texts: dict[str, Any] = {"text_ar": "صُحّح عدد الولادات.", "text_en": "The number of births was corrected."}
    publish_erratum(edition=edition, **texts, **desk.by())
    change(desk, **EVERYBODY)
    new = corrected(desk)
    page = signed_in(desk.observer).get(f"/reports/bulletins/{old.pk}/").content.decode()
    assert texts["text_en"] in page
    told = Caller(desk.observer).get(f"bulletins/{old.pk}/").json()
    assert (told["corrected_by"], [one["text"]["ar"] for one in told["errata"]]) == (new.pk, [texts["text_ar"]])
    file = dict(LISTINGS["bulletin"].listed(desk.observer, f"bulletin={old.pk}").filters)
    assert "bulletin number 2" in file.values()
    assert {*texts.values()} & {*file.values()}
    paper = bulletin_as_pdf(bulletin=old, tongues=Tongues.EN, **desk.by(desk.observer))
    said = " ".join(PdfReader(BytesIO(paper.content)).pages[0].extract_text().split())  # type: ignore[union-attr]
    assert texts["text_en"] in said
    assert "Corrected by bulletin 2" in said
    fresh = new.editions.get().edition
    answer = Caller(desk.observer).get(f"editions/{edition.pk}/").json()
    assert (answer["corrected_by"], answer["corrects"]) == (fresh.pk, None)


def test_what_was_corrected_is_told_against_the_bulletin_that_is_corrected(desk: Desk) -> None:
    desk.all()
    change(desk, **EVERYBODY)
    second_one = corrected(desk)
    assert ReadBulletin(second_one, desk.observer).differences
    third = corrected(desk)
    assert third.editions.get().edition == second_one.editions.get().edition
    assert ReadBulletin(third, desk.observer).differences == []


def test_what_was_corrected_names_items_of_the_layout_alone(desk: Desk) -> None:
    desk.all()
    change(desk, **EVERYBODY)
    read = ReadBulletin(corrected(desk), desk.observer)
    laid_out = {(one.element_id, one.level) for one in read.bulletin.parts.all() if one.element_id}
    for one in read.differences:
        assert one.place.level == 0 or any(item == one.measure.id for item, _level in laid_out)


def test_a_figure_that_is_not_there_is_a_dash_and_not_hidden() -> None:
    key, other, third = Key(0, True, 1, 1, 0), Key(0, True, 1, 2, 0), Key(0, True, 1, 3, 0)
    found = differences({key: Decimal(4), third: None}, {key: None, other: Decimal(5), third: None})
    assert found == [Difference(key, Decimal(4), None), Difference(other, None, Decimal(5), had=False)]


def test_completeness_of_one_sub_district_is_told_to_nobody(desk: Desk) -> None:
    read = ReadBulletin(desk.all(), desk.observer)
    place = next(one for one in read._places.values() if one.level == 3)
    assert EditionPlace.objects.filter(place=place).exists()
    read._places = {place.pk: place}
    assert read.completeness == []


def test_each_report_says_the_limits_that_hid_its_figures(desk: Desk) -> None:
    published(desk, Limits(smallest=4, facilities=2, share=100))
    bulletin = desk.all()
    page = words(signed_in(desk.observer).get(f"/reports/bulletins/{bulletin.pk}/").content.decode())
    assert "Numbers below 4 other" in page
    assert "Numbers below 2 other" not in page
