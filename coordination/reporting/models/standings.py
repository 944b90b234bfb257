"""Where reports belong, and what links their reporters to the facilities: named queries in prepared SQL.

A period belongs to whoever is competent on its last day, in the sub-district that the facility lay in then. With none,
what was received counts for the last competent, and the body reviews it; so it does where the competent directorate no
longer acts, or is sealed.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, due_date
from directorates.foundation.prepared import Prepared
from directorates.models import Organisation
from directorates.models.seals import CLOSED
from facilities.models import Facility
from facilities.models.placements import placed_on

# The latest jurisdiction over place `p` that began by `w.last`, whether it still held then, and who reviews.
COMPETENT = f"""
LEFT JOIN LATERAL (
    SELECT j.organisation_id AS id, j.valid @> w.last AS holds,
        o.status = 'active' AND NOT EXISTS (
            SELECT FROM directorates_directorateseal s WHERE s.organisation_id = o.id AND {CLOSED}
        ) AS acts
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

# The fields of `Standing`, of facility `f` in place `p`, template `t` and reporter `o`.
STANDING = """
    p.id, p.path, directorate.id, reviewer.id,
    (SELECT v.id FROM reporting_templateversion v
        WHERE v.template_id = t.id AND v.status <> 'draft' AND v.valid @> w.first),
    coalesce(directorate.holds, false),
    EXISTS (
        SELECT FROM facilities_support s
        WHERE s.facility_id = f.id AND s.organisation_id = o.id AND s.valid && daterange(w.first, w.last, '[]')
    ),
    (SELECT max(x.until) FROM reporting_extension x WHERE x.template_id = t.id AND x.period_start = w.first
        AND x.facility_id = f.id AND x.reporter_id = o.id)
"""

STANDINGS = Prepared(
    "standings",
    f"""
SELECT {STANDING}
FROM unnest(%(facilities)s, %(templates)s, %(reporters)s, %(firsts)s, %(lasts)s) WITH ORDINALITY
    AS w(facility, template, reporter, first, last, n)
CROSS JOIN LATERAL (SELECT w.template AS id) t
CROSS JOIN LATERAL (SELECT w.reporter AS id) o
JOIN facilities_facility f ON f.id = w.facility
JOIN directorates_place p ON p.id = {placed_on("w.last")}
{COMPETENT}
ORDER BY w.n
""",
    facilities="bigint[]",
    templates="bigint[]",
    reporters="bigint[]",
    firsts="date[]",
    lasts="date[]",
)


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
    extended: datetime.date | None = None

    def links(self, reporter: Organisation) -> bool:
        """Whether the reporter supports the facility in the period, or is the directorate competent for it."""
        return self.supported or (self.competent and self.directorate_id == reporter.pk)

    def due(self, filing: Filing) -> datetime.date:
        """When the report is due: on the later day that it was given or, without one, as its template says."""
        return self.extended or due_date(filing.period, filing.template.due_days)

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
    return [Standing(*row) for row in STANDINGS.rows(parameters)]
