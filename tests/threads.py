"""Deeds that begin at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from directorates.foundation.problems import Problem
from directorates.foundation.sight import PORTAL, seeing
from directorates.permissions import Refused


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each deed answered or raised, all begun at the same moment on connections of their own."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait()
        try:
            with seeing(PORTAL):
                return deed()
        except (Problem, Refused) as raised:
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
