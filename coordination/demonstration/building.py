"""A version that is being built: the next monthly services report with a section on nutrition, not published yet."""

import datetime as dt
from typing import Any

from coordination.reporting.actions.elements import keep_element
from coordination.reporting.actions.sections import add_section, ask_elements
from coordination.reporting.actions.validation_rules import keep_rule
from coordination.reporting.actions.versions import start_version
from coordination.reporting.models import CategorySet, Element, ReportTemplate, TemplateVersion
from coordination.reporting.models.versions import last_published
from directorates.models import User

ITEMS = (
    ("nutrition_screened", "أطفال فُحصت حالتهم التغذوية", "Children screened for malnutrition"),
    ("nutrition_severe", "سوء تغذية حاد وخيم", "Severe acute malnutrition"),
)
RULE: dict[str, Any] = {
    "left": "nutrition_severe",
    "operator": "<=",
    "right": "nutrition_screened",
    "severity": "error",
    "missing": "skip_any",
    "message_ar": "حالات سوء التغذية ({left}) أكثر من المفحوصين ({right}).",
    "message_en": "Severe cases ({left}) are more than children screened ({right}).",
}


def build(by: User, at: dt.datetime) -> TemplateVersion:
    """Begin the draft with what is in force, and add the section."""
    template = ReportTemplate.objects.get(code="services-monthly")
    version = start_version(template=template, copied=last_published(template), by=by, at=at)
    section = add_section(version=version, name_ar="التغذية", name_en="Nutrition", **_deed(version, by, at))
    ask_elements(section=section, elements=[_item(*names, by) for names in ITEMS], **_deed(version, by, at))
    keep_rule(version=version, rule=None, **RULE, **_deed(version, by, at))
    return version


def _deed(version: TemplateVersion, by: User, at: dt.datetime) -> dict[str, Any]:
    """Who builds, when, and the edition as it is now."""
    version.refresh_from_db(fields=["edition"])
    return {"seen": version.edition, "by": by, "at": at}


def _item(code: str, name_ar: str, name_en: str, by: User) -> Element:
    """A count by sex."""
    said: dict[str, Any] = {
        "category_set": CategorySet.objects.get(code="sex"),
        "type": "integer",
        "minimum": 0,
        "maximum": 5000,
    }
    return keep_element(element=None, code=code, name_ar=name_ar, name_en=name_en, by=by, **said)
