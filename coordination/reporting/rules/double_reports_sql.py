"""The statements that find what was reported twice, and what is known of it and stands otherwise by now.

Each looks at everything, or only at facilities and periods of which something changed: by the few keys of these.
"""

# Reports that changed lately, and those of one facility and period.
RECENT = """SELECT DISTINCT template_id, facility_id, period_start FROM reporting_submission
    WHERE changed >= %(since)s"""
OF_ONE = """SELECT DISTINCT template_id, facility_id, period_start FROM reporting_submission
    WHERE facility_id = %(facility)s AND period_start = %(day)s"""

# Facilities and periods about which several reports stand, that are not known as double yet. What is known is looked up row by
# row (LIMIT): row policies leave the planner without a notion of how many rows there are, and any other join went wrong.
_FIND = """
SELECT g.template_id, NULL::bigint, g.facility_id, g.period_start FROM (
    SELECT s.template_id, s.facility_id, s.period_start FROM {reports}
    WHERE (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)
        AND s.facility_id <> ALL (%(merged)s::bigint[]) GROUP BY 1, 2, 3 HAVING count(*) > 1
) g LEFT JOIN LATERAL (
    SELECT d.id FROM reporting_doublereport d WHERE d.other_id IS NULL AND d.template_id = g.template_id
        AND d.period_start = g.period_start AND d.facility_id = g.facility_id LIMIT 1
) known ON true WHERE known.id IS NULL
"""
# What is found becomes known, once: whoever finds the same at the same moment writes nothing.
KEEP = """
INSERT INTO reporting_doublereport (template_id, other_id, facility_id, period_start, state, found, due, told_above)
SELECT template_id, other_id, facility_id, period_start, 'open', %(at)s, %(due)s, 0
FROM unnest(%(templates)s::bigint[], %(others)s::bigint[], %(facilities)s::bigint[], %(days)s::date[])
    AS t(template_id, other_id, facility_id, period_start)
ON CONFLICT DO NOTHING RETURNING id
"""
# Known ones that stand otherwise than the reports say: none or one left, several again, corrected since.
_STALE = """
SELECT d.id FROM {doubles}
LEFT JOIN reporting_settlement t ON t.id = d.settlement_id LEFT JOIN reporting_settlement p ON p.id = d.proposal_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(s.revision_id ORDER BY s.revision_id), '{{}}') AS now, count(*) AS sent
    FROM reporting_submission s WHERE s.facility_id = d.facility_id AND s.template_id = d.template_id
        AND s.period_start = d.period_start AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)
) r
WHERE d.other_id IS NULL AND d.facility_id <> ALL (%(merged)s::bigint[])
    AND ((r.sent < 2) <> (d.state = 'over') OR (d.state = 'settled' AND t.revisions <> r.now)
        OR (p.id IS NOT NULL AND p.revisions <> r.now))
ORDER BY d.id
"""


# Two templates of one period type that share numeric items; data by agreement are compared within their own dataset alone.
PAIRS = """
    SELECT a.template_id AS one, b.template_id AS other, array_agg('s' || a.number ORDER BY a.id) AS ours,
        array_agg('s' || b.number ORDER BY a.id) AS theirs
    FROM reporting_slot a JOIN reporting_slot b ON b.element_id = a.element_id AND b.template_id > a.template_id
        AND b.category_id IS NOT DISTINCT FROM a.category_id
    JOIN reporting_reporttemplate t ON t.id = a.template_id
    JOIN reporting_reporttemplate u ON u.id = b.template_id AND u.period_type = t.period_type
    JOIN directorates_dataset f ON f.id = t.dataset_id JOIN directorates_dataset g ON g.id = u.dataset_id
    WHERE t.dataset_id = u.dataset_id OR NOT (f.by_agreement OR g.by_agreement)
    GROUP BY 1, 2
"""
# Of each template the report that counts, else the one sent last: these two are compared.
FIRST = """
    SELECT s.revision_id, s.reporter_id, s.changed, v.doc FROM reporting_submission s
    JOIN reporting_revision v ON v.id = s.revision_id
    LEFT JOIN figures.reporting_countedreport c ON c.submission_id = s.id
    WHERE s.template_id = {template} AND s.facility_id {same} AND s.period_start = {of}.period_start
        AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)
    ORDER BY c.id NULLS LAST, s.submitted DESC, s.id DESC LIMIT 1
"""
_OF_KEY, _AMONG_KEY = "= k.facility_id", "= ANY (entries_of(k.facility_id))"
_ONE, _OTHER = (
    FIRST.format(template="k.one", of="k", same="{same}"),
    FIRST.format(template="k.other", of="k", same="{same}"),
)
# Facilities and periods about which two bodies answered the same item by two templates, that are not known yet. Reports are
# read of the templates of a pair alone: where no two share an item, none is.
_FIND_SHARED = f"""
WITH pair AS ({PAIRS}), key AS (
    SELECT p.*, n.facility_id, n.period_start FROM pair p CROSS JOIN LATERAL (
        SELECT DISTINCT facility_id, period_start FROM ({{sent}}) s WHERE s.template_id IN (p.one, p.other)) n
)
SELECT k.one, k.other, k.facility_id, k.period_start
FROM key k LEFT JOIN LATERAL (
    SELECT d.id FROM reporting_doublereport d WHERE d.template_id = k.one AND d.other_id = k.other
        AND d.period_start = k.period_start AND d.facility_id {{same}} LIMIT 1
) known ON true CROSS JOIN LATERAL ({_ONE}) a CROSS JOIN LATERAL ({_OTHER}) b
WHERE known.id IS NULL AND a.reporter_id <> b.reporter_id AND EXISTS (
    SELECT FROM unnest(k.ours, k.theirs) n(one, other) WHERE a.doc ? n.one AND b.doc ? n.other)
"""
_STALE_SHARED = f"""
WITH pair AS ({PAIRS})
SELECT d.id FROM {{doubles}} LEFT JOIN pair k ON k.one = d.template_id AND k.other = d.other_id
LEFT JOIN reporting_settlement t ON t.id = d.settlement_id LEFT JOIN reporting_settlement p ON p.id = d.proposal_id
LEFT JOIN LATERAL ({FIRST.format(template="k.one", of="d", same="= d.facility_id")}) a ON true
LEFT JOIN LATERAL ({FIRST.format(template="k.other", of="d", same="= d.facility_id")}) b ON true
CROSS JOIN LATERAL (SELECT coalesce(a.reporter_id <> b.reporter_id, false) AS two,
    ARRAY[least(a.revision_id, b.revision_id), greatest(a.revision_id, b.revision_id)] AS now) r
WHERE d.other_id IS NOT NULL AND d.facility_id <> ALL (%(merged)s::bigint[]) AND (r.two = (d.state = 'over')
    OR (r.two AND ((d.state = 'settled' AND t.revisions <> r.now) OR (p.id IS NOT NULL AND p.revisions <> r.now))))
ORDER BY d.id
"""
_SENT = """SELECT template_id, facility_id, period_start FROM reporting_submission
    WHERE status IN ('submitted', 'approved') OR kept_revision_id IS NOT NULL"""

# What was reported of entries that were merged, under the entry that stays; they are few, and are looked at apart.
_SENT_MERGED = """SELECT s.template_id, e.last AS facility_id, s.period_start, s.reporter_id FROM reporting_submission s
    JOIN unnest(%(entries)s::bigint[], %(lasts)s::bigint[]) AS e(id, last) ON e.id = s.facility_id
    WHERE s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL"""
FIND_MERGED = f"""
SELECT g.template_id, NULL::bigint, g.facility_id, g.period_start FROM (
    SELECT template_id, facility_id, period_start FROM ({_SENT_MERGED}) s
    GROUP BY 1, 2, 3 HAVING count(DISTINCT reporter_id) > 1
) g LEFT JOIN LATERAL (
    SELECT d.id FROM reporting_doublereport d WHERE d.other_id IS NULL AND d.template_id = g.template_id
        AND d.period_start = g.period_start AND d.facility_id = ANY (entries_of(g.facility_id)) LIMIT 1
) known ON true WHERE known.id IS NULL
"""
FIND_SHARED_MERGED = _FIND_SHARED.format(sent=_SENT_MERGED, same=_AMONG_KEY)


def find(changed: str = "") -> str:
    """What was reported twice by one template, of everything or of what changed."""
    return _FIND.format(reports=_among(changed, "reporting_submission s"))


def stale(changed: str = "") -> str:
    """What is known of one template and stands otherwise by now."""
    return _STALE.format(doubles=_among(changed, "reporting_doublereport d"))


def find_shared(changed: str = "") -> str:
    """What was reported twice by two templates that share items."""
    sent = f"SELECT * FROM ({changed or _SENT}) t WHERE facility_id <> ALL (%(merged)s::bigint[])"
    return _FIND_SHARED.format(sent=sent, same=_OF_KEY)


def stale_shared(changed: str = "") -> str:
    """What is known of two templates and stands otherwise by now."""
    doubles = "reporting_doublereport d"
    about = f"(SELECT DISTINCT facility_id, period_start FROM ({changed}) c) n"
    return _STALE_SHARED.format(
        doubles=f"{about} JOIN {doubles} USING (facility_id, period_start)" if changed else doubles
    )


def _among(changed: str, rows: str) -> str:
    """All rows of a table, or those of what changed."""
    return f"({changed}) n JOIN {rows} USING (facility_id, template_id, period_start)" if changed else rows


def changed_among(changed: str) -> str:
    """The merged entries of which something changed."""
    return f"SELECT DISTINCT facility_id FROM ({changed}) c WHERE facility_id = ANY (%(merged)s::bigint[])"
