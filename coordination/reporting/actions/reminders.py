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
from coordination.reporting.models.missing import not_excused
from coordination.reporting.models.reminders import DAYS, Level, told_above, waiting_long
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
# In place of a reviewing organisation: what all of them leave waiting.
EVERYBODY = 0


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def names(thing: Organisation) -> dict[str, str]:
    """The names of an organisation, for words that are made in the reader's language later."""
    return {"ar": thing.name_ar, "en": thing.name_en}


def line_of(row: ExpectedReport | Submission) -> dict[str, object]:
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
    # Nobody is asked each week for what cannot come.
    staged = [(row, stage) for row in not_excused(rows) if (stage := stage_of(row.due, today)) is not None]
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

    Where nobody directs the reviewer (the body itself reviews, or a directorate is without a director) the data managers
    are told after seven. Each report is told to each once, from the moment its waiting began; answers how many notices
    are new.
    """
    _one_at_a_time()
    today = timezone.localdate(at)
    waiting = list(waiting_long(at).select_related("reviewer"))
    directed = _directors({row.reviewer_id for row in waiting}, today)
    told = _escalate(Level.DIRECTOR, [row for row in waiting if row.reviewer_id in directed], directed, at)
    long_ago = at - datetime.timedelta(days=DAYS[Level.BODY])
    late = [row for row in waiting if row.changed <= long_ago or row.reviewer_id not in directed]
    bodies = Organisation.objects.filter(kind="body", status="active").values_list("pk", flat=True)
    managers = holders(bodies, [Role.DATA_MANAGER], today)
    return told + _escalate(Level.BODY, late, {EVERYBODY: managers} if managers else {}, at)


def _directors(reviewers: Iterable[int], today: datetime.date) -> dict[int, list[Holder]]:
    """Who directs each of some reviewing organisations; those without a director are left out."""
    found: dict[int, list[Holder]] = defaultdict(list)
    for one in holders(reviewers, [Role.DIRECTOR], today):
        found[one.membership.organisation_id].append(one)
    return dict(found)


def _escalate(level: Level, rows: list[Submission], above: dict[int, list[Holder]], at: datetime.datetime) -> int:
    """One level: what was not told yet, to whoever is there to be told, by reviewing organisation or for all of them."""
    before = told_above([row.pk for row in rows])
    groups: dict[int, list[Submission]] = defaultdict(list)
    for row in rows:
        key = EVERYBODY if EVERYBODY in above else row.reviewer_id
        if key in above and all(one.level != level for one in before.get(row.pk, ())):
            groups[key].append(row)
    told = [Escalation(submission=row, level=level, since=row.changed, at=at) for key in groups for row in groups[key]]
    Escalation.objects.bulk_create(told, ignore_conflicts=True)
    notices = [one for key, kept in groups.items() for one in _told(level, key, kept, above[key], at)]
    return notify("waiting", notices, url=reverse("home"), at=at)


def _told(
    level: Level, reviewer: int, rows: list[Submission], people: list[Holder], at: datetime.datetime
) -> list[Told]:
    """A notice for each person above about the reports that an organisation reviews, or about everybody's."""
    reviewers = list({row.reviewer_id: row.reviewer for row in rows}.values())
    values = {
        "count": len(rows),
        "days": (at - rows[0].changed).days,
        "least": min((at - rows[-1].changed).days, DAYS[level]),
        "reviewers": [names(one) for one in reviewers[:LINES]],
    }
    return [
        Told(pk, f"waiting:{level}:{reviewer}:{at.isoformat()}", values)
        for pk in dict.fromkeys(one.person.pk for one in people)
    ]
