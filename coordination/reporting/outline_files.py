"""The outlines of governorates, projected once a process."""

from functools import lru_cache

from coordination.reporting.rules.outlines import Outlines, project
from directorates.outline_files import CODE, governorate_features


@lru_cache(maxsize=1)
def governorate_outlines() -> Outlines:
    """Every governorate by its P-code."""
    return project(governorate_features(), CODE)
