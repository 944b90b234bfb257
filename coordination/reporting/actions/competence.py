"""Who is competent for a place and period, and who may report what: the reads that decide where a report belongs.

A period belongs to whoever is competent on its last day. With none, what was received counts for the last competent,
and the body reviews it; so it does where the competent directorate no longer acts.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from coordination.reporting.models import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.foundation.problems import Problem
from directorates.models import Organisation, Place
from facilities.models import Facility

# The latest jurisdiction that began by the last day, whether it still held then, and who reviews.
COMPETENT = """
LEFT JOIN LATERAL (
    SELECT j.organisation_id AS id, j.valid @> w.last AS holds, o.status = 'active' AS acts
    FROM directorates_jurisdiction j JOIN directorates_organisation o ON o.id = j.organisation_id
    WHERE j.place_id = p.id AND (lower(j.valid) IS NULL OR lower(j.valid) <= w.last)
    ORDER BY lower(j.valid) DESC NULLS LAST LIMIT 1
) directorate ON true
CROSS JOIN LATERAL (
    SELECT CASE WHEN directorate.holds AND directorate.acts THEN directorate.id ELSE (
        SELECT id FROM directorates_organisation WHERE kind = 'body' AND status = 'active' ORDER BY id LIMIT 1
    ) END AS id
) reviewer
"""

COMPETENCES = f"""
SELECT w.place, w.last, directorate.id, reviewer.id
FROM unnest(%(places)s::bigint[], %(lasts)s::date[]) AS w(place, last)
JOIN directorates_place p ON p.id = w.place
{COMPETENT}
"""

STANDINGS = f"""
SELECT p.id, p.path, directorate.id, reviewer.id, version.id, coalesce(directorate.holds, false),
    EXISTS (
        SELECT FROM facilities_support s
        WHERE s.facility_id = w.facility AND s.organisation_id = w.reporter AND s.valid && daterange(w.first, w.last, '[]')
    )
FROM unnest(%(facilities)s::bigint[], %(templates)s::bigint[], %(reporters)s::bigint[], %(firsts)s::date[],
    %(lasts)s::date[]) WITH ORDINALITY AS w(facility, template, reporter, first, last, n)
JOIN facilities_facility f ON f.id = w.facility
JOIN directorates_place p ON p.id = f.place_id
{COMPETENT}
LEFT JOIN reporting_templateversion version
    ON version.template_id = w.template AND version.status <> 'draft' AND version.valid @> w.first
ORDER BY w.n
"""


@dataclass(frozen=True)
class Competence:
    """The directorate a place's figures of a period count for (None where there never was one), and who reviews."""

    directorate: Organisation | None
    reviewer: Organisation


@dataclass(frozen=True)
class Filing:
    """A report that a body wants to file: for which template, facility and period, as whom."""

    template: ReportTemplate
    facility: Facility
    period: Period
    reporter: Organisation


@dataclass(frozen=True)
class Standing:
    """Where a report belongs, in the ids that a submission carries, and what links its reporter to the facility."""

    subdistrict_id: int
    place_path: str
    directorate_id: int | None
    reviewer_id: int | None
    version_id: int | None
    competent: bool
    supported: bool

    def links(self, reporter: Organisation) -> bool:
        """Whether the reporter supports the facility in the period, or is the directorate competent for it."""
        return self.supported or (self.competent and self.directorate_id == reporter.pk)

    @property
    def series(self) -> str:
        """The place whose receipts are numbered together: the governorate, or the country where there is none."""
        codes = self.place_path.split("/")
        return codes[1] or codes[0]


def standings(filings: Sequence[Filing]) -> list[Standing]:
    """Where each report belongs, in the order given; one query for any number."""
    parameters = {
        "facilities": [filing.facility.pk for filing in filings],
        "templates": [filing.template.pk for filing in filings],
        "reporters": [filing.reporter.pk for filing in filings],
        "firsts": [filing.period.start for filing in filings],
        "lasts": [filing.period.last_day for filing in filings],
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, parameters)
        return [Standing(*row) for row in cursor.fetchall()]


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
        raise Problem(
            "no_reviewer",
            _("No directorate is competent for this place and period, and no coordination body is registered to review "
              "instead. An administrator of the portal can register one."),
            409,
        )
    return reviewer_id
