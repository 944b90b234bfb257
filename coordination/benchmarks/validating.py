"""Goals of rules over the whole set: every loaded report judged by thirty rules, beside one plain scan of all documents."""

from collections.abc import Iterator

from django.db import connection, transaction

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import RUNS, Goal, interleaved, median, seconds
from coordination.benchmarks.other_side import Plain
from coordination.reporting.actions.broken_rules import validate_version
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.broken_rules import rules_of
from coordination.reporting.models.quality import Asked, Quality, QualityLevel, QualityMeasure
from coordination.reporting.models.specifications import forget_specifications, specification_of
from coordination.reporting.rules.specification import TemplateSpec
from directorates.models import User

RULES, LIMIT, MONTHS = 30, 3.0, 12
# The first pass over what nobody judged yet writes every broken rule with its keys as well, and is run once only.
LIMIT_FIRST = 6.0
MISSING = ("skip_any", "zero", "skip_all")
# The bench alone writes rules into a version that is published; the guard is away meanwhile.
_GUARD = "ALTER TABLE reporting_validationrule {} TRIGGER published_never_changes"
_RULE = """INSERT INTO reporting_validationrule
    (version_id, code, "left", operator, "right", severity, missing, message_ar, message_en, "order")
VALUES (%s, %s, %s, %s, %s, 'alert', %s, 'x', 'x', %s)"""

# Each standing report `s` with the revision `v` that stands of it.
_STANDING = """reporting_submission s JOIN reporting_revision v ON v.id = coalesce(s.kept_revision_id, s.revision_id)
    AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)"""


def goals(plain: Plain, templates: list[ReportTemplate], manager: User, counted: int) -> Iterator[Goal]:
    """The pass over all reports in at most three times one scan; what it finds is what plain SQL over each rule finds."""
    versions = [template.versions.get() for template in templates]
    for version in versions:
        _write_rules(plain, version)
    forget_specifications()
    first = seconds(lambda: _validate(versions))
    wrong, found = _wrong(plain, versions)
    # From here every broken rule is kept already, as entry leaves it: the pass compares and writes the record alone.
    ours, theirs = interleaved(lambda: _validate(versions), lambda: _scan(versions))
    details = {"ours": median(ours), "scan": median(theirs), "first": first, "found": found, "wrong": wrong}
    judged = counted >= 0.7 * FULL
    yield Goal(
        "rules over the whole set",
        median(ours) / median(theirs),
        LIMIT,
        judged=judged,
        exact=not wrong,
        details=details,
    )
    ratio = first / median(theirs)
    yield Goal("rules over the whole set, the first time", ratio, LIMIT_FIRST, judged=judged, details={"first": first})
    yield _quality(templates[0], manager)


def _quality(template: ReportTemplate, manager: User) -> Goal:
    """A year of every facility in the funnel, for whoever sees all: the widest page that there is; told and not judged."""
    last = template.submissions.latest("period_start").period
    first = last
    for _month in range(MONTHS - 1):
        first = first.previous()
    asked = Asked(template, first, last, QualityLevel.FACILITY)
    times = [
        seconds(lambda: Quality(manager, asked, QualityMeasure.COMPLETE).funnels(rtl=True)) for _run in range(RUNS)
    ]
    facilities = len(Quality(manager, asked, QualityMeasure.COMPLETE).lines)
    details = {"seconds": median(times), "facilities": facilities}
    return Goal("a year of all facilities in a funnel", median(times), 1.0, judged=False, details=details)


def _validate(versions: list[TemplateVersion]) -> None:
    for version in versions:
        validate_version(version)


def _rules(spec: TemplateSpec) -> list[tuple[str, str, str, str]]:
    """Left, operator, right and strategy of thirty rules as programmes write them, broken by few: parts within their whole,
    one item bounded by another, two that should differ."""
    cells = [(code, category) for element in spec.elements for code, category in element.cells if category]
    found = []
    for number in range(RULES):
        (code, category), (other, its) = cells[number % len(cells)], cells[(number * 7 + 11) % len(cells)]
        missing = MISSING[number % len(MISSING)]
        if number % 3 == 0:
            found.append((f"{code}.{category}", "<=", code, "zero"))
        elif number % 3 == 1:
            found.append((f"{code}.{category} * 2", "<=", f"{other}.{its} + 960", missing))
        else:
            found.append((f"{code}.{category} + {other}.{its}", "!=", f"{code} / 2", missing))
    return found


def _write_rules(plain: Plain, version: TemplateVersion) -> None:
    """Thirty rules in a version."""
    # Three transactions: a table whose keys are still to be checked is not altered.
    plain.run(_GUARD.format("DISABLE"))
    with plain.connection, plain.connection.cursor() as cursor:
        for number, (left, operator, right, missing) in enumerate(_rules(specification_of(version))):
            cursor.execute(_RULE, [version.pk, f"bench-{number}", left, operator, right, missing, number])
    plain.run(_GUARD.format("ENABLE"))


def _scan(versions: list[TemplateVersion]) -> None:
    """One statement a template that unpacks every standing document whole and adds every number up."""
    with transaction.atomic(), connection.cursor() as cursor:
        for version in versions:
            slots = specification_of(version).numeric_slots
            columns = ", ".join(f"{slot} numeric" for slot in slots)
            cursor.execute(f"""SELECT {", ".join(f"sum(r.{slot})" for slot in slots)}
                FROM {_STANDING} CROSS JOIN LATERAL jsonb_to_record(v.doc) r({columns})
                WHERE s.version_id = {version.pk}""")


def _wrong(plain: Plain, versions: list[TemplateVersion]) -> tuple[int, int]:
    """How many pairs of report and rule are kept otherwise than one statement a rule finds them, and how many there are."""
    wrong = found = 0
    for version in versions:
        slots = ", ".join(f"{slot} numeric" for slot in specification_of(version).numeric_slots)
        for rule in rules_of(version):
            ((differ, count),) = plain.rows(f"""
                WITH truth AS (SELECT v.id FROM {_STANDING} CROSS JOIN LATERAL jsonb_to_record(v.doc) r({slots})
                    WHERE s.version_id = {version.pk} AND NOT ({rule.kept})),
                kept AS (SELECT revision_id AS id FROM reporting_brokenrule WHERE rule_id = {rule.rule})
                SELECT (SELECT count(*) FROM (TABLE truth EXCEPT TABLE kept) a)
                    + (SELECT count(*) FROM (TABLE kept EXCEPT TABLE truth) b), (SELECT count(*) FROM truth)""")
            wrong, found = wrong + differ, found + count
    return wrong, found
