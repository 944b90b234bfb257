"""DHIS2's words for types, formulas and periods, and ours for them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from coordination.exchange.json_files import Given
from coordination.reporting.rules.expressions import Missing, Operator
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import ElementType, OverPlace, OverTime

# What every installation has under the same identifier: the combination without categories, and its only cell.
DEFAULT_COMBO, DEFAULT_CELL = "bjDvmb4bfuf", "HllvX50cXC0"


class Answer(NamedTuple):
    """What an answer is, with its bounds; `remark` where something of it is lost."""

    type: ElementType
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    remark: str = ""


VALUE_TYPES: Mapping[str, Answer] = {
    "INTEGER": Answer(ElementType.INTEGER),
    "INTEGER_POSITIVE": Answer(ElementType.INTEGER, Decimal(1)),
    "INTEGER_NEGATIVE": Answer(ElementType.INTEGER, None, Decimal(-1)),
    "INTEGER_ZERO_OR_POSITIVE": Answer(ElementType.INTEGER, Decimal(0)),
    "NUMBER": Answer(ElementType.DECIMAL),
    "UNIT_INTERVAL": Answer(ElementType.DECIMAL, Decimal(0), Decimal(1)),
    "PERCENTAGE": Answer(ElementType.PERCENT, Decimal(0), Decimal(100)),
    "BOOLEAN": Answer(ElementType.BOOLEAN),
    "TRUE_ONLY": Answer(ElementType.BOOLEAN, remark="true_only"),
    "TEXT": Answer(ElementType.TEXT),
    "LONG_TEXT": Answer(ElementType.TEXT),
    "LETTER": Answer(ElementType.TEXT, remark="as_text"),
    "EMAIL": Answer(ElementType.TEXT, remark="as_text"),
    "PHONE_NUMBER": Answer(ElementType.TEXT, remark="as_text"),
    "URL": Answer(ElementType.TEXT, remark="as_text"),
    "DATE": Answer(ElementType.DATE),
}
# Places of people and things: they never enter.
POSITIONS = {"COORDINATE", "GEOJSON"}


class Formulas(NamedTuple):
    """The formulas over time and over place; `remark` where ours are not quite the same."""

    over_time: OverTime
    over_place: OverPlace
    remark: str = ""


AGGREGATIONS: Mapping[str, Formulas] = {
    "SUM": Formulas(OverTime.SUM, OverPlace.SUM),
    "AVERAGE": Formulas(OverTime.AVERAGE, OverPlace.AVERAGE),
    "AVERAGE_SUM_ORG_UNIT": Formulas(OverTime.AVERAGE, OverPlace.SUM),
    "LAST": Formulas(OverTime.LAST, OverPlace.SUM),
    "LAST_IN_PERIOD": Formulas(OverTime.LAST, OverPlace.SUM),
    "LAST_AVERAGE_ORG_UNIT": Formulas(OverTime.LAST, OverPlace.AVERAGE),
    "LAST_IN_PERIOD_AVERAGE_ORG_UNIT": Formulas(OverTime.LAST, OverPlace.AVERAGE),
    "NONE": Formulas(OverTime.NONE, OverPlace.NONE),
}
# First, least, greatest, counts, deviations: there is no such formula here, so periods are shown one by one.
OTHER_AGGREGATION = Formulas(OverTime.NONE, OverPlace.NONE, "formula")

PERIODS: Mapping[str, PeriodType] = {
    "Monthly": PeriodType.MONTH,
    "Quarterly": PeriodType.QUARTER,
    "Yearly": PeriodType.YEAR,
    "Weekly": PeriodType.WEEK,
    "WeeklySunday": PeriodType.WEEK_SUNDAY,
}

OPERATORS: Mapping[str, Operator] = {
    "equal_to": Operator.EQUAL,
    "not_equal_to": Operator.NOT_EQUAL,
    "less_than": Operator.LESS,
    "less_than_or_equal_to": Operator.AT_MOST,
    "greater_than": Operator.GREATER,
    "greater_than_or_equal_to": Operator.AT_LEAST,
    "compulsory_pair": Operator.COMPULSORY_PAIR,
    "exclusive_pair": Operator.EXCLUSIVE_PAIR,
}
STRATEGIES: Mapping[str, Missing] = {
    "NEVER_SKIP": Missing.ZERO,
    "SKIP_IF_ANY_VALUE_MISSING": Missing.SKIP_ANY,
    "SKIP_IF_ALL_VALUES_MISSING": Missing.SKIP_ALL,
}

# What else a package may hold, and why it is not carried; `dhis2.py` reads what is not named here.
OTHER_PARTS: Mapping[str, str] = (
    dict.fromkeys(("users", "userGroups", "userRoles"), "never_people")
    | dict.fromkeys(
        ("organisationUnits", "organisationUnitLevels", "organisationUnitGroups", "organisationUnitGroupSets"),
        "own_registers",
    )
    | dict.fromkeys(
        (
            *("dashboards", "visualizations", "maps", "mapViews", "charts", "reportTables", "pivotTables", "reports"),
            *("eventReports", "eventCharts", "eventVisualizations", "legendSets", "externalMapLayers"),
        ),
        "own_figures",
    )
    | dict.fromkeys(
        (
            *("dataElementGroups", "dataElementGroupSets", "indicatorGroups", "indicatorGroupSets"),
            *("validationRuleGroups", "predictorGroups", "categoryOptionGroups", "categoryOptionGroupSets"),
        ),
        "groups",
    )
    | {"dataEntryForms": "own_forms", "validationNotificationTemplates": "own_notices", "constants": "constants"}
    | dict.fromkeys(
        (
            *("programs", "programStages", "programStageSections", "programRules", "programRuleActions"),
            *("programRuleVariables", "programIndicators", "programSections", "trackedEntityTypes"),
            *("trackedEntityAttributes", "programStageDataElements", "relationshipTypes"),
        ),
        "tracker",
    )
)
# Headers, and what is read together with what names it.
READ = {
    *("date", "package", "system", "dataSets", "sections", "dataElements", "categoryCombos", "categories"),
    *("categoryOptions", "categoryOptionCombos", "optionSets", "options", "validationRules", "indicators"),
    *("indicatorTypes", "predictors"),
}

LONGEST = 200


def names(given: Given, *properties: str) -> tuple[str, str]:
    """The Arabic and the other name under the first property that has one; properties are DHIS2's (`formName`)."""
    arabic = english = base = ""
    for name in properties:
        base = base or given.text(name, 1000)
    wanted = {name.replace("Name", "_NAME").upper(): number for number, name in enumerate(properties)}
    found: dict[tuple[str, int], str] = {}
    for one in given.items("translations", 500):
        language, rank = one.text("locale", 40)[:2].lower(), wanted.get(one.text("property", 40).upper())
        if rank is not None and language in ("ar", "en"):
            found.setdefault((language, rank), one.text("value", 1000))
    arabic = next((found["ar", rank] for rank in range(len(properties)) if found.get(("ar", rank))), "")
    english = next((found["en", rank] for rank in range(len(properties)) if found.get(("en", rank))), "")
    return arabic, english or base
