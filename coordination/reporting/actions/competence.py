"""Who is competent for a place and period: for whom its figures count, and who reviews."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from coordination.reporting.models.standings import COMPETENT
from directorates.foundation.problems import Problem
from directorates.models import Organisation, Place

COMPETENCES = f"""
SELECT w.place, w.last, directorate.id, reviewer.id
FROM unnest(%(places)s::bigint[], %(lasts)s::date[]) AS w(place, last)
JOIN directorates_place p ON p.id = w.place
{COMPETENT}
"""


@dataclass(frozen=True)
class Competence:
    """The directorate a place's figures of a period count for (None where there never was one), and who reviews."""

    directorate: Organisation | None
    reviewer: Organisation


def competence(place: Place, last_day: datetime.date) -> Competence:
    """Who a sub-district's reports of a period count for and who reviews them, by the period's last day."""
    return competences([(place, last_day)])[place.pk, last_day]


def competences(wanted: Iterable[tuple[Place, datetime.date]]) -> dict[tuple[int, datetime.date], Competence]:
    """The same for many places and last days, by (place id, last day), in two queries."""
    pairs = sorted({(place.pk, last_day) for place, last_day in wanted})
    with connection.cursor() as cursor:
        cursor.execute(COMPETENCES, {"places": [p for p, _day in pairs], "lasts": [day for _p, day in pairs]})
        rows = cursor.fetchall()
    organisations = Organisation.objects.in_bulk({pk for row in rows for pk in row[2:] if pk is not None})
    return {
        (place, day): Competence(organisations.get(directorate), organisations[require_reviewer(reviewer)])
        for place, day, directorate, reviewer in rows
    }


def require_reviewer(reviewer_id: int | None) -> int:
    """The reviewer, or the problem that neither a directorate nor the body is there to review."""
    if reviewer_id is None:
        detail = _(
            "No directorate is competent for this place and period, and no coordination body is registered to review "
            "instead. An administrator can register one."
        )
        raise Problem("no_reviewer", detail, 409)
    return reviewer_id
