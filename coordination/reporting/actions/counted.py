"""Counted reports: what counts for a facility and period, written in the transaction of the deed that changes it."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from coordination.reporting.actions.consolidation import touch
from coordination.reporting.actions.entries import tell_set_aside
from coordination.reporting.models.counted import Chooser, Key
from coordination.reporting.models.double_reports import DoubleReport, DoubleState
from coordination.reporting.models.entries import counted_more_than_once, keys_beside, set_aside_elsewhere
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.supporters import supported_otherwise
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.counting import Precedence
from directorates.foundation.prepared import Prepared
from directorates.foundation.sight import unwalled
from facilities.models.duplicates import entries_of

# So many facilities and periods are counted anew in one transaction.
BATCH = 500
# Template, first day of the period, sub-district: whose figures must be computed again.
Mark = tuple[int, datetime.date, int]

# In one statement: what counts is written, what no longer does is taken out, and the places whose figures change are
# answered (where a facility was moved, the old sub-district too, and that of what was expected). The overlay comes from the
# settlement alone: derived anew each time from the revisions that are approved now, it never outlives either.
WRITE = Prepared(
    "write_counted",
    """
WITH key AS (
    SELECT * FROM unnest(%(templates)s, %(periods)s, %(facilities)s)
        AS key(template_id, period_start, facility_id)
), wanted AS (
    SELECT s.*, w.rule, w.on_time, w.overlay, w.settlement
    FROM unnest(%(chosen)s, %(rules)s, %(on_time)s, %(overlays)s, %(settlements)s)
        AS w(id, rule, on_time, overlay, settlement)
    JOIN reporting_submission s ON s.id = w.id
), old AS (
    SELECT c.template_id, c.period_start, c.facility_id, c.subdistrict_id
    FROM figures.reporting_countedreport c JOIN key USING (template_id, period_start, facility_id)
), gone AS (
    DELETE FROM figures.reporting_countedreport c USING key k
    WHERE (c.template_id, c.period_start, c.facility_id) = (k.template_id, k.period_start, k.facility_id)
        AND NOT EXISTS (
            SELECT FROM wanted w
            WHERE (w.template_id, w.period_start, w.facility_id) = (k.template_id, k.period_start, k.facility_id)
        )
    RETURNING c.template_id, c.period_start, c.facility_id, c.subdistrict_id
), written AS (
    INSERT INTO figures.reporting_countedreport AS c (template_id, period_start, facility_id, submission_id,
        revision_id, rule, on_time, subdistrict_id, directorate_id, overlay, settlement_id)
    SELECT template_id, period_start, facility_id, id, coalesce(kept_revision_id, revision_id), rule, on_time,
        subdistrict_id, directorate_id, overlay, settlement
    FROM wanted ORDER BY template_id, period_start, facility_id
    ON CONFLICT (template_id, period_start, facility_id) DO UPDATE SET
        submission_id = excluded.submission_id, revision_id = excluded.revision_id, rule = excluded.rule,
        on_time = excluded.on_time, subdistrict_id = excluded.subdistrict_id, directorate_id = excluded.directorate_id,
        overlay = excluded.overlay, settlement_id = excluded.settlement_id
    WHERE (c.submission_id, c.revision_id, c.rule, c.on_time, c.subdistrict_id, c.directorate_id, c.overlay,
        c.settlement_id) IS DISTINCT FROM (excluded.submission_id, excluded.revision_id, excluded.rule,
        excluded.on_time, excluded.subdistrict_id, excluded.directorate_id, excluded.overlay, excluded.settlement_id)
    RETURNING c.template_id, c.period_start, c.facility_id, c.subdistrict_id
)
SELECT template_id, period_start, subdistrict_id FROM written
UNION SELECT template_id, period_start, subdistrict_id FROM gone
UNION SELECT e.template_id, e.period_start, e.subdistrict_id FROM reporting_expectedreport e
    JOIN (SELECT * FROM written UNION ALL SELECT * FROM gone) c USING (template_id, period_start, facility_id)
UNION SELECT old.template_id, old.period_start, old.subdistrict_id
    FROM old JOIN written USING (template_id, period_start, facility_id)
ORDER BY 1, 2, 3
""",
    templates="bigint[]",
    periods="date[]",
    facilities="bigint[]",
    chosen="uuid[]",
    rules="text[]",
    on_time="boolean[]",
    overlays="jsonb[]",
    settlements="bigint[]",
)


def recount(*, template_id: int, keys: Iterable[tuple[datetime.date, int]]) -> None:
    """Choose anew what counts for some (first day, facility) of a template, and mark the figures that change.

    Within the caller's transaction: every report of these keys is locked, in the order of ids, until it ends.
    """
    wanted = sorted(set(keys))
    if wanted:
        locked = lock_reports(template_id=template_id, keys=wanted)
        write_counted([(template_id, period, facility) for period, facility in wanted], locked)


@unwalled
def recount_doubles(*, template_id: int) -> None:
    """Choose anew wherever several bodies reported: another rule of the template holds there."""
    rows = DoubleReport.objects.filter(template=template_id).exclude(state=DoubleState.OVER)
    recount(template_id=template_id, keys=rows.values_list("period_start", "facility"))


@unwalled
def recount_by_register() -> int:
    """Choose anew what counts where the register says otherwise by now; answers for how many facilities and periods.

    Entries were merged of which several count, or a support was written down late where supporters count first. Safe twice.
    """
    several, done = list(counted_more_than_once().items()), 0
    by_support = ReportTemplate.objects.filter(counts_first=Precedence.SUPPORTER).order_by("pk")
    for template, keys in [*several, *((one.pk, supported_otherwise(one)) for one in by_support)]:
        for start in range(0, len(keys), BATCH):
            with transaction.atomic():
                recount(template_id=template, keys=keys[start : start + BATCH])
        done += len(keys)
    return done


@unwalled
def lock_reports(*, template_id: int, keys: Sequence[tuple[datetime.date, int]]) -> list[Submission]:
    """Every report of some (first day, facility) of a template, locked in the order of ids, as they stand now."""
    wanted = sorted(set(keys))
    return list(_about(template_id, wanted).select_for_update().order_by("pk")) if wanted else []


def _about(template_id: int, wanted: Sequence[tuple[datetime.date, int]]) -> QuerySet[Submission]:
    """Every report of some (first day, facility) of a template."""
    periods, facilities = {period for period, _facility in wanted}, {facility for _period, facility in wanted}
    rows = Submission.objects.filter(template=template_id, period_start__in=periods, facility__in=facilities)
    return rows.filter(_either(wanted)) if len(wanted) < len(periods) * len(facilities) else rows


def _either(keys: Sequence[tuple[datetime.date, int]]) -> Q:
    """The rows of some (first day, facility), as one condition a period."""
    facilities: dict[datetime.date, list[int]] = defaultdict(list)
    for period, facility in keys:
        facilities[period].append(facility)
    found = Q()
    for period, ids in facilities.items():
        found |= Q(period_start=period, facility__in=ids)
    return found


@unwalled
def write_counted(keys: Sequence[Key], locked: Iterable[Submission]) -> None:
    """Write what counts for the keys, given every report of theirs, locked and as it stands now.

    Several entries of one facility count as one: where one of the keys has other entries, what counts of all is chosen.
    """
    entries, held = entries_of({facility for _template, _period, facility in keys}), list(locked)
    if entries:
        others = keys_beside(keys, entries)
        keys, held = [*keys, *others], [*held, *_waited_for(keys, others, entries)]
    chooser = Chooser(held, entries)
    chosen = [one for key in chooser.found if (one := chooser.counting(key)) is not None]
    marks = WRITE.rows(
        {
            "templates": [template for template, _period, _facility in keys],
            "periods": [period for _template, period, _facility in keys],
            "facilities": [facility for _template, _period, facility in keys],
            "chosen": [str(one.report.pk) for one in chosen],
            "rules": [one.rule.value for one in chosen],
            "on_time": [came_on_time(one.report) for one in chosen],
            "overlays": [None if one.overlay is None else json.dumps(one.overlay) for one in chosen],
            "settlements": [one.settlement for one in chosen],
        }
    )
    if marks:
        touch((template, period, place) for template, period, place in marks)
    if entries and (instead := set_aside_elsewhere(chooser, chosen)):
        tell_set_aside(instead, entries)


def _waited_for(keys: Sequence[Key], others: Sequence[Key], entries: Mapping[int, int]) -> list[Submission]:
    """The reports of the other entries of facilities, once whoever else chooses what counts of these has committed.

    They are not locked: who holds one of them waits here for the same locks, and then sees what was written.
    """
    same = sorted({(template, period, entries[facility]) for template, period, facility in keys if facility in entries})
    with connection.cursor() as cursor:
        names = [f"entries {template} {period} {last}" for template, period, last in same]
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest(%s::text[]) k", [names])
    found = list[Submission]()
    for template in sorted({template for template, _period, _facility in others}):
        found += _about(template, [(period, facility) for one, period, facility in others if one == template])
    return found


def came_on_time(submission: Submission) -> bool:
    """Whether the report first arrived by its due date; a correction asked for later does not make it late."""
    return submission.first_submitted is not None and timezone.localdate(submission.first_submitted) <= submission.due
