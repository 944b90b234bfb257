"""What answers and files about indicators and populations carry (see `carried.py`)."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

INDICATOR = "reporting.Indicator"
FORMULA = "reporting.IndicatorVersion"
POPULATION = "reporting.Population"
PLACE = "directorates.Place"
TEMPLATE = "reporting.ReportTemplate"
# A value is made of totals, of published figures, or of a population.
MADE_OF = (
    "reporting.Cell.total reporting.Cell.n reporting.Cell.numerator reporting.Cell.denominator "
    f"reporting.EditionFigure.value {POPULATION}.number"
)
COUNTS = "reporting.Coverage.{0} reporting.EditionPlace.{0}"

# An estimate is made of what was accepted before, of facilities whose missing report is excused.
LOST = "reporting.Cell.total reporting.Coverage.excused"

INDICATORS: Mapping[str, Carried] = {
    "LostSerializer": carried(
        place=f"{PLACE}.code {BODY}.code",
        element="reporting.Element.code",
        value=LOST,
        low=LOST,
        high=LOST,
        facilities="reporting.Coverage.excused",
        hidden=LOST,
    ),
    "BothUnitsSerializer": carried(ar=f"{FORMULA}.unit_ar", en=f"{FORMULA}.unit_en"),
    "BothReadingsSerializer": carried(ar=f"{INDICATOR}.reading_ar", en=f"{INDICATOR}.reading_en"),
    "IndicatorVersionSerializer": {
        **carried(number=f"{FORMULA}.number", since=f"{FORMULA}.since", numerator=f"{FORMULA}.numerator"),
        **carried(denominator=f"{FORMULA}.denominator", factor=f"{FORMULA}.factor", decimals=f"{FORMULA}.decimals"),
        **carried(unit=f"{FORMULA}.unit_ar {FORMULA}.unit_en", templates=f"{TEMPLATE}.code", why=f"{FORMULA}.why"),
        **carried(at=f"{FORMULA}.at"),
    },
    "IndicatorSerializer": {
        **carried(code=f"{INDICATOR}.code", name=f"{INDICATOR}.name_ar {INDICATOR}.name_en"),
        **carried(reading=f"{INDICATOR}.reading_ar {INDICATOR}.reading_en", better=f"{INDICATOR}.better"),
        **carried(retired=f"{INDICATOR}.retired_at", versions=f"{FORMULA}.number"),
    },
    "PartSerializer": {
        **carried(operand=f"{FORMULA}.numerator {FORMULA}.denominator", value=MADE_OF, answers="reporting.Cell.n"),
        **carried(least="reporting.Revision.notes", reason=MADE_OF),
    },
    "PartCoverageSerializer": {
        **carried(template=f"{TEMPLATE}.code", expected=COUNTS.format("expected"), received=COUNTS.format("answered")),
    },
    "IndicatorValueSerializer": {
        **carried(place=f"{PLACE}.code {BODY}.code", value=MADE_OF, numerator=MADE_OF, denominator=MADE_OF),
        **carried(reasons=MADE_OF, uneven="reporting.Cell.n", parts=MADE_OF, reports=COUNTS.format("expected")),
    },
    "IndicatorValuesSerializer": {
        **carried(indicator=f"{INDICATOR}.code", version=f"{FORMULA}.number", period="", drawn_from=""),
        **carried(computed_at="reporting.Computed.at", up_to_date="reporting.Touched.at", results=MADE_OF),
        **carried(disputes="policies.MandateDispute.state"),
    },
}

INDICATOR_FILES: Mapping[str, Carried] = {
    "indicators._indicators": {
        **carried(code=f"{INDICATOR}.code", name_ar=f"{INDICATOR}.name_ar", name_en=f"{INDICATOR}.name_en"),
        **carried(version=f"{FORMULA}.number", since=f"{FORMULA}.since", numerator=f"{FORMULA}.numerator"),
        **carried(denominator=f"{FORMULA}.denominator", factor=f"{FORMULA}.factor", decimals=f"{FORMULA}.decimals"),
        **carried(unit_ar=f"{FORMULA}.unit_ar", unit_en=f"{FORMULA}.unit_en", better=f"{INDICATOR}.better"),
        **carried(templates=f"{TEMPLATE}.code", why=f"{FORMULA}.why"),
    },
    "indicators._indicator": {
        **carried(indicator=f"{INDICATOR}.code", version=f"{FORMULA}.number", drawn_from=""),
        **carried(place=f"{PLACE}.code {BODY}.code", place_name=f"{PLACE}.name_ar {PLACE}.name_en"),
        **carried(numerator=MADE_OF, denominator=MADE_OF, value=MADE_OF, reasons=MADE_OF),
        **carried(expected=COUNTS.format("expected"), received=COUNTS.format("answered"), uneven="reporting.Cell.n"),
        "as": (),
    },
    "indicators._populations": {
        **carried(place=f"{POPULATION}.place {PLACE}.code", place_name=f"{PLACE}.name_ar {PLACE}.name_en"),
        **carried(year=f"{POPULATION}.year", group=f"{POPULATION}.group", number=f"{POPULATION}.number"),
        **carried(source=f"{POPULATION}.source", dated=f"{POPULATION}.dated", taken_back=f"{POPULATION}.taken_back_at"),
        **carried(entered=f"{POPULATION}.at", organisation=f"{POPULATION}.acting {BODY}.code"),
    },
}
