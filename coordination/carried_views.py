"""Which stored fields the answers of the API about kept views and compared figures carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

VIEW = "reporting.SavedView"
TEMPLATE = "reporting.ReportTemplate"
ELEMENT = "reporting.Element"
PLACE = "directorates.Place"

_VIEW = {
    **carried(
        **{name: f"{VIEW}.{name}" for name in ("id", "name", "note", "level", "period", "picture")},
        organisation=f"{VIEW}.organisation {BODY}.code",
        own=f"{VIEW}.owner {VIEW}.organisation",
        kind=f"{VIEW}.kind",
        template=f"{VIEW}.template {TEMPLATE}.code",
        indicator=f"{VIEW}.indicator reporting.Indicator.code",
        place=f"{VIEW}.place {PLACE}.code",
        element=f"{VIEW}.element {ELEMENT}.code",
        kept=f"{VIEW}.at",
    ),
    "as": (f"{VIEW}.borders",),
}
CELL = "reporting.Cell"
COVERAGE = "reporting.Coverage"
# A figure of now, or as it was published; an indicator is worked out of these.
FIGURE = f"{CELL}.total {CELL}.n {CELL}.numerator {CELL}.denominator reporting.EditionFigure.value"
_COVERED = {name: f"{COVERAGE}.{name}" for name in ("expected", "received", "excused")}

VIEWS: Mapping[str, Carried] = {
    "SavedViewSerializer": _VIEW,
    "OneSavedViewSerializer": _VIEW
    | carried(status=f"{VIEW}.template {VIEW}.indicator {VIEW}.element", shown_period=f"{VIEW}.period"),
    "ComparedSideSerializer": carried(
        place=f"{PLACE}.code",
        period=f"{CELL}.period_start",
        value=FIGURE,
        at_least="reporting.Revision.notes",
        difference=FIGURE,
        share=FIGURE,
        on_time=f"{COVERAGE}.on_time",
        disputed="policies.MandateDispute.state",
        corrected="reporting.CorrectionRequest.state",
        **_COVERED,
    ),
    "ComparedSerializer": carried(
        results=FIGURE,
        disputes="policies.MandateDispute.state",
        border_changes="directorates.Jurisdiction.valid directorates.Jurisdiction.organisation",
        place_changes="directorates.PlaceChange.id",
    ),
}
VIEW_FILES: Mapping[str, Carried] = {
    "figures_compared._compared": {
        **carried(
            item=f"{ELEMENT}.code",
            place=f"{PLACE}.code",
            place_name=f"{PLACE}.name_ar {PLACE}.name_en",
            total=FIGURE,
            difference=FIGURE,
            share=FIGURE,
            received_of_expected=f"{COVERAGE}.answered",
            corrected="reporting.CorrectionRequest.state",
            **_COVERED,
        ),
        "as": (),
    },
}
