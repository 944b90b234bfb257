"""The things that a report names by their codes, as far as the person may see them."""

from dataclasses import dataclass, fields
from typing import Any

from coordination.reporting.models.standings import COMPETENT, STANDING, Standing
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.foundation.prepared import Prepared, Thing, columns, made
from directorates.models import Organisation, Place, User
from directorates.permissions import Permission, rights_of
from facilities.models import Facility

TEMPLATE = columns(
    ReportTemplate, "id", "code", "name_ar", "name_en", "programme_id", "dataset_id", "period_type", "due_days"
)
FACILITY = columns(Facility, "id", "code", "name_ar", "name_en", "type", "status", "place_id")
REPORTER = columns(Organisation, "id", "code", "kind", "status", "name_ar", "name_en", "short_ar", "short_en")


def _columns(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


# A report names three things and belongs somewhere; asked one by one this costs more than all that is written of it.
NAMED = Prepared(
    "named",
    f"""
SELECT EXISTS (SELECT FROM reporting_templateversion v WHERE v.template_id = t.id AND v.status <> 'draft'),
    {_columns("t", TEMPLATE)}, {_columns("f", FACILITY)}, {_columns("o", REPORTER)}, {STANDING}
FROM (SELECT %(first)s AS first, %(last)s AS last) AS w
LEFT JOIN reporting_reporttemplate t ON t.code = %(template)s
LEFT JOIN facilities_facility f ON f.code = %(facility)s
LEFT JOIN directorates_place p ON p.id = f.place_id
LEFT JOIN directorates_organisation o ON o.code = %(reporter)s
{COMPETENT}
""",
    template="text",
    facility="text",
    reporter="text",
    first="date",
    last="date",
)


@dataclass(frozen=True)
class Named:
    """What the codes name; None for what there is not or what the person may not see."""

    template: ReportTemplate | None
    facility: Facility | None
    reporter: Organisation | None
    standing: Standing


def named_in(
    user: User, period: Period | None, *, template: str | None, facility: str | None, reporter: str | None
) -> Named:
    """The template, facility and reporter of these codes and where such a report belongs, in one query.

    What `visible_to` would not show is left out; without a period the standing says nothing of it.
    """
    days = {"first": period.start, "last": period.last_day} if period else {"first": None, "last": None}
    (row,) = NAMED.rows({"template": template, "facility": facility, "reporter": reporter} | days)
    parts, rights = _cut(row[1:], TEMPLATE, FACILITY, REPORTER), rights_of(user)
    standing = Standing(*row[-len(fields(Standing)) :])
    member, shown = bool(rights.scopes), row[0] or rights.holds(Permission.MANAGE_TEMPLATES)
    place = _made(Facility, FACILITY, parts[1])
    if place is not None:
        place.place = Place(pk=standing.subdistrict_id, path=standing.place_path)
    return Named(
        _made(ReportTemplate, TEMPLATE, parts[0]) if member and shown else None,
        place if place and rights.allow(Permission.VIEW_FACILITIES, place) else None,
        _made(Organisation, REPORTER, parts[2]) if member else None,
        standing,
    )


def _cut(row: tuple[Any, ...], *parts: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The row cut into the columns of each thing."""
    cut, first = [], 0
    for part in parts:
        cut.append(row[first : first + len(part)])
        first += len(part)
    return cut


def _made(model: type[Thing], names: tuple[str, ...], values: tuple[Any, ...]) -> Thing | None:
    """The thing with these columns; None where there is none."""
    return None if values[0] is None else made(model, names, values)
