"""Consolidation: whatever happens in whatever order, cells equal what plain Python computes from counted reports."""

import datetime
from decimal import Decimal

import pytest

from coordination.reporting.actions.consolidation import consolidation_state, drain
from coordination.reporting.models import Cell
from tests.reporting.figures_world import (
    PERIODS,
    World,
    count,
    expected_report,
    make_world,
    stored_cells,
    stored_coverage,
    true_cells,
    true_coverage,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """The small country."""
    return make_world()


def agree(world: World) -> None:
    """Stored figures equal the true ones."""
    assert stored_cells(world.template) == true_cells(world.template)
    assert stored_coverage(world.template) == true_coverage(world.template)


def test_one_report_is_summed_at_every_level(world: World) -> None:
    visits = world.slots["visits", "u5"]
    expected_report(world, world.facilities[0], PERIODS[0])
    count(world, world.facilities[0], PERIODS[0], {visits: 5, world.slots["births", None]: 2})
    drain()
    agree(world)
    assert Cell.objects.get(level=0, element=world.elements["visits"].pk, category=0).total == Decimal(5)
