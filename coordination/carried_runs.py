"""Which stored fields answers and files about consolidation's runs carry; the others stand in `carried.py` and `exchange/carried.py`."""

from collections.abc import Mapping

from coordination.carrying import Carried, carried

RUN = "reporting.ConsolidationRun"
TEMPLATE = "reporting.ReportTemplate"
PERSON = "directorates.User.name directorates.User.email"

RUNS: Mapping[str, Carried] = {
    "RunSerializer": carried(
        **{
            name: f"{RUN}.{name}"
            for name in ("id", "kind", "origin", "began", "ended", "lag", "marks", "cells", "fault")
        },
        templates=f"{RUN}.templates {TEMPLATE}.code",
        status=f"{RUN}.state",
        seconds=f"{RUN}.began {RUN}.ended",
    ),
}
RUN_FILES: Mapping[str, Carried] = {
    "runs._runs": carried(
        **{
            name: f"{RUN}.{name}"
            for name in ("began", "ended", "kind", "origin", "state", "fault", "lag", "marks", "cells")
        },
        seconds=f"{RUN}.began {RUN}.ended",
        templates=f"{RUN}.templates {TEMPLATE}.code",
        by=f"{RUN}.by {PERSON}",
    ),
}
