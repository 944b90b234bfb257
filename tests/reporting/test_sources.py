"""The reports behind a figure: what counts, what was set aside, what is not open; together they are the figure."""

import datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import CountedReport, Submission
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.sources import Role, Where, sources_of
from directorates.models import User
from tests.factories import BodyFactory, GovernorateFactory, member
from tests.reporting.figures_world import World
from tests.reporting.test_figures import JANUARY, approved, measures, reader, report, world

__all__ = ["reader", "world"]

pytestmark = pytest.mark.django_db


def test_the_sources_of_a_figure_add_up_to_it_for_whoever_may_open_them(world: World) -> None:
    for facility in range(5):
        report(world, facility, JANUARY, births=facility + 1)
    drain()
    births = measures(world)["births"]
    country = GovernorateFactory().parent
    manager = member("data_manager", BodyFactory())
    found = sources_of(world.template, Where(manager, country), [JANUARY], births)
    assert [found.give(row) for row in found.rows] == [1, 2, 3, 4, 5]
    assert (found.closed, found.closed_value) == (0, None)
    assert births.formula.of_period(found.sums) == 15


def test_reports_that_are_not_open_stand_in_one_line_with_what_they_give(world: World, reader: User) -> None:
    for facility in range(5):
        report(world, facility, JANUARY, births=facility + 1)
    country, births = GovernorateFactory().parent, measures(world)["births"]
    officer = member("data_officer", world.directorates[world.facilities[0].place_id])  # type: ignore[arg-type]
    found = sources_of(world.template, Where(officer, country), [JANUARY], births)
    assert [found.give(row) for row in found.rows] == [1, 2, 3]
    assert (found.closed, found.closed_value) == (2, 9)
    found = sources_of(world.template, Where(reader, country), [JANUARY], births)
    assert (found.rows, found.closed, found.closed_value) == ([], 5, 15)


def test_a_report_that_counts_otherwise_is_adjusted_and_says_what_was_sent(world: World) -> None:
    row = report(world, 0, JANUARY, births=12)
    CountedReport.objects.filter(pk=row.pk).update(overlay={world.slots["births", None]: 10})
    manager = member("data_manager", BodyFactory(), language="en")
    where = Where(manager, world.facilities[0].place)
    (source,) = sources_of(world.template, where, [JANUARY], measures(world)["births"]).rows
    assert (source.role, source.sums.total) == (Role.ADJUSTED, 10)
    assert "12" in str(source.reason)


def test_what_was_set_aside_is_named_and_gives_nothing(world: World) -> None:
    row = report(world, 0, JANUARY, births=12)
    directorate = world.directorates[world.facilities[0].place_id]
    assert directorate is not None
    twin = Submission.objects.get(pk=row.submission_id)
    twin.pk, twin.reporter, twin.revision, twin.receipt, twin.status = uuid4(), directorate, None, None, "draft"
    twin._state.adding = True
    twin.save()
    approved(twin, twin.revisions.create(number=1, doc={"s3": 9}, at=twin.created, by=world.person), "twin")
    manager = member("data_manager", BodyFactory())
    found = sources_of(world.template, Where(manager, world.facilities[0].place), [JANUARY], measures(world)["births"])
    assert {(one.role, one.submission.reporter.code, one.sums.total) for one in found.rows} == {
        (Role.COUNTED, row.submission.reporter.code, Decimal(12)),
        (Role.SET_ASIDE, directorate.code, Decimal(9)),
    }
    assert found.sums.total == 12
    # The other body's coordinator is not told what was set aside for theirs.
    reporter = member("ngo_coordinator", row.submission.reporter)
    found = sources_of(world.template, Where(reporter, world.facilities[0].place), [JANUARY], measures(world)["births"])
    assert [one.role for one in found.rows] == [Role.COUNTED]


def test_the_sources_of_a_directorate_follow_the_borders(world: World) -> None:
    place = world.facilities[3].place
    directorate = world.directorates[place.pk]
    assert directorate is not None
    held = directorate.jurisdictions.get()
    held.valid = type(held.valid)(held.valid.lower, datetime.date(2018, 4, 15))
    held.save()
    for facility in (3, 4):
        report(world, facility, JANUARY, births=facility)
    manager, births, today = member("data_manager", BodyFactory()), measures(world)["births"], datetime.date(2019, 1, 1)

    def total(borders: Borders, outside: bool) -> Decimal | None:
        where = Where(manager, None, None if outside else directorate, borders, today)
        return sources_of(world.template, where, [JANUARY], births).sums.total

    assert (total(Borders.THEN, False), total(Borders.THEN, True)) == (3, 4)
    assert (total(Borders.NOW, False), total(Borders.NOW, True)) == (None, 7)
