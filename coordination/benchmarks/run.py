"""All goals, in order."""

import sys
import time
from collections.abc import Iterator

from django.conf import settings

from coordination.benchmarks import rebuilding
from coordination.benchmarks.data import Loader
from coordination.benchmarks.measure import Goal
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.world import make_world


def told(what: str, began: float) -> None:
    """Says on stderr what was done and how long it took."""
    print(f"bench: {what} ({time.perf_counter() - began:.1f} s)", file=sys.stderr, flush=True)


def goals(*, values: int, only: str = "") -> Iterator[Goal]:
    """Loads a tenth of the data, then all of it, and measures."""
    began = time.perf_counter()
    world = make_world()
    told("places, people, facilities, templates", began)
    loader = Loader(settings.DATABASE_OWNER_URL, (world.monthly.pk, world.weekly.pk))
    for size in (values // 10, values):
        began = time.perf_counter()
        counted = loader.load(size)
        told(f"{counted:,} values that count", began)
    templates = [world.monthly.pk, world.weekly.pk]
    plain = Plain(settings.DATABASE_OWNER_URL, templates)
    yield from rebuilding.goals(plain, world.manager, templates, counted)
