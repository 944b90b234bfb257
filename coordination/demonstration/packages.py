"""A package of another system, invented: received and imported as a draft, with some names still to be filled in."""

import datetime as dt
import json
from typing import Any

from coordination.exchange.actions.packages import package_of, receive_package
from coordination.reporting.actions.packages import apply_package
from coordination.reporting.models import Programme
from coordination.reporting.models.package_plans import Home
from coordination.reporting.rules.templates import DatasetSource, ProgrammeSource
from directorates.models import Dataset, User

NAME = "demo_cold_chain_metadata.json"
# Code, English, Arabic where the package has it.
ITEMS = (
    ("COLD_FRIDGES", "Vaccine refrigerators", "برادات اللقاح"),
    ("COLD_FRIDGES_WORKING", "Vaccine refrigerators that work", "برادات اللقاح العاملة"),
    ("COLD_ALARMS_HIGH", "High temperature alarms", ""),
    ("COLD_ALARMS_LOW", "Low temperature alarms", ""),
)


def _identifier(number: int) -> str:
    """An identifier of that system's form."""
    return f"DemoChain{number:02}"


def cold_chain() -> dict[str, Any]:
    """A data set of four items with two rules, one of them an alert, and a share."""
    fridges, working, high, low = (f"#{{{_identifier(number)}}}" for number in range(len(ITEMS)))
    elements = _elements()
    data_set = {
        "id": "DemoChainSet",
        "name": "Cold chain, monthly",
        "periodType": "Monthly",
        "timelyDays": 10,
        "dataSetElements": [{"dataElement": {"id": one["id"]}} for one in elements],
        "translations": [{"locale": "ar", "property": "NAME", "value": "سلسلة التبريد، شهريًا"}],
    }
    working_share = {
        "id": "DemoChainI1",
        "name": "Refrigerators that work",
        "indicatorType": {"id": "DemoChainIT"},
        "numerator": working,
        "denominator": fridges,
    }
    return {
        "package": {"name": "Cold chain (demonstration)"},
        "dataElements": elements,
        "dataSets": [data_set],
        "validationRules": [
            _rule("DemoChainR1", working, "less_than_or_equal_to", fridges, "More work than there are"),
            _rule("DemoChainR2", f"{high} + {low}", "less_than", "1", "There was a temperature alarm"),
        ],
        "indicatorTypes": [{"id": "DemoChainIT", "factor": 100}],
        "indicators": [working_share],
        "dashboards": [{"id": "DemoChainD1", "name": "Cold chain"}],
    }


def _elements() -> list[dict[str, Any]]:
    return [
        {
            "id": _identifier(number),
            "code": code,
            "name": english,
            "valueType": "INTEGER_ZERO_OR_POSITIVE",
            "aggregationType": "SUM" if "ALARMS" in code else "LAST",
            "translations": [{"locale": "ar", "property": "NAME", "value": arabic}] if arabic else [],
        }
        for number, (code, english, arabic) in enumerate(ITEMS)
    ]


def _rule(uid: str, left: str, operator: str, right: str, words: str) -> dict[str, Any]:
    sides = [{"expression": side, "missingValueStrategy": "NEVER_SKIP"} for side in (left, right)]
    return {
        "id": uid,
        "name": words,
        "instruction": words,
        "operator": operator,
        "periodType": "Monthly",
        "leftSide": sides[0],
        "rightSide": sides[1],
    }


def import_cold_chain(by: User, at: dt.datetime) -> None:
    """Receive the package and import it under the monthly services."""
    row = receive_package(by=by, name=NAME, content=json.dumps(cold_chain()).encode(), at=at)
    programme = Programme.objects.prefetch_related("week_rules").get(templates__code="services-monthly")
    dataset = Dataset.objects.select_related("custodian").get(templates__code="services-monthly")
    home = Home(
        ProgrammeSource(programme.code, programme.name_ar, programme.name_en, programme.week_rules_kept),
        DatasetSource(dataset.code, dataset.name_ar, dataset.name_en, dataset.custodian.code),
    )
    apply_package(by=by, row=row, package=package_of(row), home=home, at=at)
