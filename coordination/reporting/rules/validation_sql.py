"""The rules of a version over all its documents at once: one generated statement that unpacks each document once.

It reads the same trees as the evaluation at entry (`expressions_sql.py`), brings what is kept of broken rules in step with what
it finds, and counts by rule and period how often each was checked and broken. Only slot names and ids that we made reach it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coordination.reporting.rules.expressions import cells_read
from coordination.reporting.rules.expressions_sql import compare_sql
from coordination.reporting.rules.specification import TemplateSpec

# A row has 1,600 columns at most: wide templates are cut between rules. Two counts a rule stand in one row.
SLOTS_A_PART, RULES_A_PART = 1400, 600
_COLUMN = re.compile(r'r\."(s\d+)"')


@dataclass(frozen=True)
class Judged:
    """A rule by its id: whether it is kept, as SQL over the columns of `r`, and the slots that are read."""

    rule: int
    kept: str
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Pass:
    """What is given to the statement: a version, and as many of its rules as one row holds."""

    version: int
    rules: tuple[Judged, ...]


def judged(spec: TemplateSpec, ids: Mapping[str, int]) -> tuple[Judged, ...]:
    """The rules of a specification; `ids` says which row each code is."""
    found = []
    for rule in spec.rules:
        kept = compare_sql(rule.left, rule.operator, rule.right, spec.slots, spec.cells, rule.missing)
        slots = tuple(spec.slots[cell] for cell in cells_read(rule.operands, spec.cells))
        if len(slots) > SLOTS_A_PART:
            # No row holds them all: such a rule takes each of its numbers out of the document by itself, slowly.
            kept, slots = _COLUMN.sub(r"(v.doc ->> '\1')::numeric", kept), ()
        found.append(Judged(ids[rule.code], kept, slots))
    return tuple(found)


def passes(version: int, rules: Sequence[Judged]) -> Iterator[Pass]:
    """The rules in their order, cut so that one statement holds each part."""
    group: list[Judged] = []
    slots: set[str] = set()
    for rule in rules:
        if group and (len(group) == RULES_A_PART or len(slots | {*rule.slots}) > SLOTS_A_PART):
            yield Pass(version, tuple(group))
            group, slots = [], set()
        group.append(rule)
        slots |= {*rule.slots}
    if group:
        yield Pass(version, tuple(group))


def found_sql(part: Pass) -> str:
    """The common tables: each standing report with what becomes of every rule, and the pairs of revision and broken rule.

    A report stands where it was sent and not sent back: one that was is known to be wrong. Of one that is corrected on request the
    revision that counts meanwhile stands (`STANDING`, `models/submissions.py`).
    """
    slots = sorted({slot for rule in part.rules for slot in rule.slots}, key=lambda slot: int(slot[1:]))
    columns = ", ".join(f'"{slot}" numeric' for slot in slots) or '"none" numeric'
    kept = ", ".join(f"{rule.kept} AS k{number}" for number, rule in enumerate(part.rules))
    pairs = ", ".join(f"({rule.rule}, j.k{number})" for number, rule in enumerate(part.rules))
    # Most reports break nothing, and are passed over before a row is made of each rule.
    some = " OR ".join(f"NOT j.k{number}" for number in range(len(part.rules)))
    return f"""judged AS MATERIALIZED (
    SELECT v.id, s.period_start, {kept}
    FROM reporting_submission s JOIN reporting_revision v ON v.id = coalesce(s.kept_revision_id, s.revision_id)
    CROSS JOIN LATERAL jsonb_to_record(v.doc) r({columns})
    WHERE s.version_id = {int(part.version)}
        AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)
), found AS MATERIALIZED (
    SELECT j.id, b.rule FROM judged j CROSS JOIN LATERAL (VALUES {pairs}) b(rule, kept) WHERE ({some}) AND NOT b.kept
)"""


def whole_set(part: Pass) -> str:
    """The pass: answers how many reports stand, how many broken rules were added, and how many removed."""
    ids = ", ".join(str(int(rule.rule)) for rule in part.rules)
    counts = ", ".join(
        f"count(j.k{number}) AS c{number}, count(*) FILTER (WHERE NOT j.k{number}) AS b{number}"
        for number in range(len(part.rules))
    )
    tall = ", ".join(f"({rule.rule}, c{number}, b{number})" for number, rule in enumerate(part.rules))
    return f"""WITH {found_sql(part)}, added AS (
    INSERT INTO reporting_brokenrule (revision_id, rule_id) SELECT id, rule FROM found
    ON CONFLICT (revision_id, rule_id) DO NOTHING RETURNING 1
), removed AS (
    DELETE FROM reporting_brokenrule b USING judged j
    WHERE b.revision_id = j.id AND b.rule_id IN ({ids})
        AND NOT EXISTS (SELECT FROM found f WHERE f.id = b.revision_id AND f.rule = b.rule_id)
    RETURNING 1
), counted AS (
    INSERT INTO reporting_rulerecord (rule_id, period_start, checked, broken, approved, corrected, waiting, explained)
    SELECT k.rule, t.period_start, k.checked, k.broken, 0, 0, 0, 0
    FROM (SELECT j.period_start, {counts} FROM judged j GROUP BY j.period_start) t
    CROSS JOIN LATERAL (VALUES {tall}) k(rule, checked, broken)
    WHERE k.checked > 0
)
SELECT (SELECT count(*) FROM judged), (SELECT count(*) FROM added), (SELECT count(*) FROM removed)"""


# What became of each report that ever broke a rule of a version: by the code, as the rule of a later version is the same one.
OUTCOMES = """
INSERT INTO reporting_rulerecord AS k
    (rule_id, period_start, checked, broken, approved, corrected, waiting, explained)
SELECT u.rule_id, u.period_start, 0, 0, count(*) FILTER (WHERE u.stands AND u.approved),
    count(*) FILTER (WHERE NOT u.stands), count(*) FILTER (WHERE u.stands AND NOT u.approved),
    count(*) FILTER (WHERE u.stands AND u.explained)
FROM (
    SELECT DISTINCT b.rule_id, s.id, s.period_start, s.version_id,
        s.status = 'approved' OR s.kept_revision_id IS NOT NULL AS approved,
        EXISTS (SELECT FROM reporting_brokenrule n JOIN reporting_validationrule same ON same.id = n.rule_id
            WHERE n.revision_id = coalesce(s.kept_revision_id, s.revision_id) AND same.code = r.code) AS stands,
        EXISTS (SELECT FROM reporting_revision l CROSS JOIN LATERAL jsonb_array_elements(l.warnings) w
            WHERE l.id = coalesce(s.kept_revision_id, s.revision_id)
                AND w ->> 'rule' = r.code AND w ->> 'reason' <> '') AS explained
    FROM reporting_validationrule r JOIN reporting_brokenrule b ON b.rule_id = r.id
    JOIN reporting_revision v ON v.id = b.revision_id JOIN reporting_submission s ON s.id = v.submission_id
    WHERE r.version_id = %(version)s
) u
-- A report that moved to a later version and still breaks the rule is counted there.
WHERE NOT u.stands OR u.version_id = %(version)s
GROUP BY u.rule_id, u.period_start
ON CONFLICT (rule_id, period_start) DO UPDATE SET approved = excluded.approved, corrected = excluded.corrected,
    waiting = excluded.waiting, explained = excluded.explained
"""
FORGET = """DELETE FROM reporting_rulerecord USING reporting_validationrule r
WHERE r.id = reporting_rulerecord.rule_id AND r.version_id = %(version)s"""
MEMORY = "SET LOCAL work_mem = '64MB'"
