"""The outlines of governorates, read from the project's file and projected once a process."""

import json
from functools import lru_cache
from pathlib import Path

from django.apps import apps

from coordination.reporting.rules.outlines import Outlines, project

OUTLINES = Path("data") / "places" / "governorates.geojson"


@lru_cache(maxsize=1)
def governorate_outlines() -> Outlines:
    """Every governorate by its P-code."""
    file = Path(apps.get_app_config("directorates").path) / OUTLINES
    return project(json.loads(file.read_text(encoding="utf-8"))["features"], "ADM1_PCODE")
