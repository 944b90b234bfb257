"""What is told because time passed: reminders to reporters, and reports that nobody reviews to those above; once each."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models import Escalation, ExpectedReport, Reminder, Submission
from coordination.reporting.models.extensions import key_of
from coordination.reporting.models.reminders import DAYS, Level, waiting_long
from coordination.reporting.models.reviews import WEEK_RULES
from coordination.reporting.rules.periods import period_name
from coordination.reporting.rules.reminders import LATE, SOON, VERY_LATE, stage_of, window
from directorates.foundation.notices import Told, notify
from directorates.models import Organisation
from directorates.models.deputies import Holder, holders, roles_with
from directorates.permissions import Permission
from directorates.roles import Role

# Two runs wait for one another: each then sees whom the other told.
LOCK = 7_204_011
# So many reports are named in a notice; of the others it says how many there are.
LINES = 12


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def names(thing: Organisation) -> dict[str, str]:
    """The names of an organisation, for words that are made in the reader's language later."""
    return {"ar": thing.name_ar, "en": thing.name_en}


def line_of(row: ExpectedReport) -> dict[str, object]:
    """A report as a notice names it: in both languages, plain values only."""
    rules = row.template.programme.week_rules_kept if row.period.type.is_week else ()
    return {
        "facility": {"ar": row.facility.name_ar, "en": row.facility.name_en},
        "template": {"ar": row.template.name_ar, "en": row.template.name_en},
        "period": {"ar": period_name(row.period, "ar", rules), "en": period_name(row.period, "en", rules)},
        "due": row.due.isoformat(),
    }


def by_reporter(
    rows: Iterable[ExpectedReport], today: datetime.date
) -> list[tuple[int, Organisation, list[ExpectedReport]]]:
    """Whom to tell of some expected reports: each person who sends for the reporter, with those within the role's places."""
    owed: dict[Organisation, list[ExpectedReport]] = defaultdict(list)
    for row in rows:
        owed[row.reporter].append(row)
    found: dict[tuple[int, int], tuple[int, Organisation, dict[int, ExpectedReport]]] = {}
    for holder in holders([one.pk for one in owed], roles_with(Permission.SUBMIT_REPORTS), today):
        reporter = holder.membership.organisation
        kept = found.setdefault((holder.person.pk, reporter.pk), (holder.person.pk, reporter, {}))[2]
        kept.update({row.pk: row for row in owed[reporter] if holder.covers(row.place_path)})
    return [(person, reporter, list(kept.values())) for person, reporter, kept in found.values() if kept]


def with_names(rows: Sequence[int]) -> list[ExpectedReport]:
    """Expected reports with all that naming them needs, the longest due first."""
    found = ExpectedReport.objects.filter(pk__in=rows).select_related("template__programme", "facility", "reporter")
    return list(found.prefetch_related(WEEK_RULES).order_by("due", "pk"))


@transaction.atomic
def remind(*, today: datetime.date, at: datetime.datetime) -> int:
    """Remind reporters of what is due soon or overdue: one notice a reporter's person and day; answers how many.

    Run twice on one day it changes nothing the second time; each report is reminded of once at each stage.
    """
    _one_at_a_time()
    told = _not_yet_told(today)
    people = by_reporter(with_names([row.pk for row, _stage in told]), today)
    reached = {row.pk for _person, _reporter, rows in people for row in rows}
    stages = {row.pk: stage for row, stage in told}
    Reminder.objects.bulk_create(
        Reminder(
            **dict(zip(("template_id", "period_start", "facility_id", "reporter_id"), key_of(row), strict=True)),
            due=row.due,
            stage=stage,
            at=at,
        )
        for row, stage in told
        if row.pk in reached
    )
    notices = [
        Told(person, f"reminder:{reporter.pk}:{today.isoformat()}", _reminder(reporter, rows, stages))
        for person, reporter, rows in people
    ]
    return notify("reminder", notices, url=reverse("reporting:due"), at=at)


def _not_yet_told(today: datetime.date) -> list[tuple[ExpectedReport, str]]:
    """The reports to remind of now with their stages; none of a reporter that was reminded today."""
    same = {name: OuterRef(name) for name in ("template", "period_start", "facility", "reporter")}
    sent = Submission.objects.filter(first_submitted__isnull=False, **same)
    begun = timezone.make_aware(datetime.datetime.combine(today, datetime.time.min))
    today_already = Reminder.objects.filter(at__gte=begun, reporter=OuterRef("reporter"))
    rows = ExpectedReport.objects.filter(due__range=window(today)).exclude(Exists(sent)).exclude(Exists(today_already))
    staged = [(row, stage) for row in rows if (stage := stage_of(row.due, today)) is not None]
    done = Reminder.objects.filter(due__range=window(today))
    known = set(done.values_list("template", "period_start", "facility", "reporter", "due", "stage"))
    return [(row, stage) for row, stage in staged if (*key_of(row), row.due, stage) not in known]


def _reminder(reporter: Organisation, rows: list[ExpectedReport], stages: dict[int, str]) -> dict[str, object]:
    """What a reminder says."""
    counts = {stage: sum(stages[row.pk] == stage for row in rows) for stage in (SOON, LATE, VERY_LATE)}
    return {
        "organisation": names(reporter),
        "count": len(rows),
        "soon": counts[SOON],
        "late": counts[LATE] + counts[VERY_LATE],
        "lines": [line_of(row) for row in rows[:LINES]],
        "more": max(len(rows) - LINES, 0),
    }


@transaction.atomic
def escalate(*, at: datetime.datetime) -> int:
    """Tell directors of reports that wait for seven days, the body's data managers of those that wait for fourteen.

    Each report is told to each once, from the moment its waiting began; answers how many notices are new.
    """
    _one_at_a_time()
    today = timezone.localdate(at)
    return sum(_escalate(level, today, at) for level in Level)


def _escalate(level: Level, today: datetime.date, at: datetime.datetime) -> int:
    """One level: what was not told yet, to whoever is there to be told."""
    before = Escalation.objects.filter(submission=OuterRef("pk"), level=level, since__gte=OuterRef("changed"))
    rows = list(waiting_long(at, DAYS[level]).exclude(Exists(before)).select_related("reviewer"))
    if not rows:
        return 0
    if level is Level.BODY:
        bodies = Organisation.objects.filter(kind="body", status="active").values_list("pk", flat=True)
        above = {0: holders(bodies, [Role.DATA_MANAGER], today)}
        groups = {0: rows}
    else:
        groups = defaultdict(list)
        for row in rows:
            groups[row.reviewer_id].append(row)
        above = {key: holders([key], [Role.DIRECTOR], today) for key in groups}
    told = {key: people for key, people in above.items() if people}
    Escalation.objects.bulk_create(
        (Escalation(submission=row, level=level, since=row.changed, at=at) for key in told for row in groups[key]),
        ignore_conflicts=True,
    )
    notices = [one for key, people in told.items() for one in _told(level, key, groups[key], people, at)]
    return notify("waiting", notices, url=reverse("home"), at=at)


def _told(
    level: Level, reviewer: int, rows: list[Submission], people: list[Holder], at: datetime.datetime
) -> list[Told]:
    """A notice for each person above about the reports that a directorate reviews or, with none named (0), all."""
    reviewers = list({row.reviewer_id: row.reviewer for row in rows}.values())
    values = {
        "count": len(rows),
        "days": (at - rows[0].changed).days,
        "least": DAYS[level],
        "reviewers": [names(one) for one in reviewers[:LINES]],
    }
    return [
        Told(pk, f"waiting:{level}:{reviewer}:{at.isoformat()}", values)
        for pk in dict.fromkeys(one.person.pk for one in people)
    ]
