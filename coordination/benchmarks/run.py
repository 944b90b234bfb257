"""All goals, in order."""

import sys
import time
from collections.abc import Iterator

from django.conf import settings

from coordination.benchmarks import (
    agreeing,
    approving,
    beside,
    bulletin,
    figures_pages,
    filing,
    outliers,
    reading,
    rebuilding,
    reconciling,
    reviewing,
    searching,
    settling,
    validating,
    walls,
    workbook,
)
from coordination.benchmarks.data import Loader
from coordination.benchmarks.measure import Goal, seconds
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.world import make_world
from coordination.serving import settle


def told(what: str, began: float) -> None:
    """Says on stderr what was done and how long it took."""
    sys.stderr.write(f"bench: {what} ({time.perf_counter() - began:.1f} s)\n")


def goals(*, values: int) -> Iterator[Goal]:
    """Loads a tenth of the data, then all of it, and measures."""
    began = time.perf_counter()
    world = make_world()
    told("places, people, facilities, templates", began)
    loader = Loader(settings.DATABASE_OWNER_URL, (world.monthly.pk, world.weekly.pk))
    templates = [world.monthly.pk, world.weekly.pk]
    counted = _load(loader, values // 10)
    plain = Plain(settings.DATABASE_OWNER_URL, templates)
    few = rebuilding.sized(world.manager, counted)
    small, _ = approving.OneApproval(plain, world.monthly.pk).times()
    counted = _load(loader, values)
    yield from rebuilding.goals(plain, world.manager, templates, counted)
    yield rebuilding.growth(world.manager, few, counted)
    yield rebuilding.memory()
    yield from beside.goals(plain, world.manager, templates)
    rebuilt = seconds(lambda: rebuilding.rebuild_all(world.manager))
    ours, theirs = approving.OneApproval(plain, world.monthly.pk).times()
    yield from approving.one_approval(small, ours, theirs, rebuilt, counted)
    # From here pages are asked for: by a process like the web server's.
    settle()
    yield reading.figures_page(plain, world.monthly, world.manager, counted)
    yield from reading.by_borders(plain, world.monthly, world.manager, counted)
    yield from figures_pages.figures_pages(world.monthly, world.manager, counted)
    yield reading.scoped_page(world.officer)
    yield from walls.wall(plain, world.officer, world.manager)
    yield from reading.query_counts(world.manager)
    yield from reviewing.inbox(world.officer)
    yield filing.filing(plain, world.monthly, world.coordinator)
    yield from workbook.workbook(world.monthly, world.coordinator)
    yield approving.celery_hop(plain, world.monthly.pk)
    yield from approving.at_once(plain, world.monthly.pk)
    yield from outliers.goals(plain, [world.monthly, world.weekly])
    yield from searching.goals(plain, world.manager)
    yield from reconciling.goals(templates, counted)
    yield from settling.goals(world.monthly, world.ngo, world.coordinator)
    yield from validating.goals(plain, [world.monthly, world.weekly], world.manager, counted)
    yield from bulletin.goals(world.monthly, world.manager)
    # Last: it brings five hundred members.
    yield from agreeing.goals(world.ngo)


def _load(loader: Loader, values: int) -> int:
    began = time.perf_counter()
    counted = loader.load(values)
    told(f"{counted:,} values that count", began)
    return counted
