"""The outlines of governorates as the project's file draws them, read once a process."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps

OUTLINES = Path("data") / "places" / "governorates.geojson"
CODE = "ADM1_PCODE"


@lru_cache(maxsize=1)
def governorate_features() -> list[dict[str, Any]]:
    """Every governorate as GeoJSON has it; its P-code is the property `CODE`."""
    file = Path(apps.get_app_config("directorates").path) / OUTLINES
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["features"]
    return found


def geometry_of(code: str) -> dict[str, Any] | None:
    """The outline of the governorate with a P-code; None where the file has none."""
    features = governorate_features()
    return next((one["geometry"] for one in features if one["properties"][CODE] == code), None)
