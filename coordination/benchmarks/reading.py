"""Goals of reading: the figures page's queries, a scoped page of reports, and numbers of queries."""

import datetime
import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import Goal, interleaved, median, p95, seconds
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.visitors import signed_in
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, Figures, Whose, read_figures, whose
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.rules.figures import Sums
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import Level

# With their categories and wholes, a dozen numbers a governorate and month.
MEASURES = 2
LISTS = ("submissions/", "facilities/", "reports-due/", "places/?level=subdistrict")
_RAW = """SELECT governorate, period_start, element, category, sum(value), count(value) FROM bench_fact
WHERE template = %s AND period_start = ANY(%s::date[]) AND element = ANY(%s::int[]) GROUP BY 1, 2, 3, 4"""


def figures_page(plain: Plain, template: ReportTemplate, reader: User, counted: int) -> Goal:
    """Governorates over the last twelve months and two elements with categories: what the page asks, against narrow raw rows."""
    query = "SELECT DISTINCT period_start FROM coverage WHERE template = %s ORDER BY 1 DESC LIMIT 12"
    starts = [row[0] for row in plain.rows(query, [template.pk])]
    measures = list(measures_of(template, Period(PeriodType(template.period_type), starts[0])).values())[:MEASURES]
    held = whose(reader, template, FigureLevel.GOVERNORATE)

    def ours() -> Any:
        return read_figures(template, held, starts, measures)

    def raw() -> Any:
        return plain.rows(_RAW, [template.pk, starts, [measure.id for measure in measures]])

    found = ours()
    told = {
        (holder, day, *question): (sums.total, sums.n)
        for holder, questions in found.sums.items()
        for question, days in questions.items()
        for day, sums in days.items()
        if question[1]
    }
    truth = {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in raw()}
    # As `wsgi.py` does after its start.
    gc.collect()
    gc.freeze()
    times: list[float] = []
    slow: list[float] = []
    for _ in range(5):
        # In turn, as everywhere: five stretches of the other side's time see what else the machine does.
        times += [seconds(ours) for _ in range(60)]
        slow.append(seconds(raw))
    details = {"p95": p95(times), "raw": median(slow), "cells": len(told)}
    judged = counted >= 0.7 * FULL
    return Goal("figures page", p95(times) / median(slow), 0.02, judged=judged, exact=told == truth, details=details)


def by_borders(plain: Plain, template: ReportTemplate, reader: User, counted: int) -> Iterator[Goal]:
    """Directorates over three years: by the borders of today, against those of each period.

    One sub-district of fifty has changed hands since. The goal is of every element, both summed from sub-districts, as in
    the trial that it was set by; the page's two elements as they are stored are told beside it. Exact is that both count
    the same in all.
    """
    query = "SELECT DISTINCT period_start FROM coverage WHERE template = %s ORDER BY 1 DESC LIMIT 36"
    starts = [row[0] for row in plain.rows(query, [template.pk])]
    every = list(measures_of(template, Period(PeriodType(template.period_type), starts[0])).values())
    today = timezone.localdate()
    judged = counted >= 0.7 * FULL
    with transaction.atomic():
        told = {"periods": len(starts), "handed_over": _hand_over(50)}
        then, now = (whose(reader, template, FigureLevel.DIRECTORATE, borders=one, today=today) for one in Borders)
        summed = replace(then, within=list(Place.objects.filter(level=Level.SUBDISTRICT).values_list("pk", flat=True)))

        def by(name: str, former: Whose, measures: list[Measure], runs: int, *, judged: bool) -> Goal:
            def read(held: Whose) -> Callable[[], Figures]:
                return lambda: read_figures(template, held, starts, measures)

            exact = told["handed_over"] > 0 and _whole(read(former)()) == _whole(read(now)())
            ours, theirs = interleaved(read(now), read(former), runs=runs)
            details = {"now": median(ours), "then": median(theirs), "elements": len(measures)} | told
            return Goal(name, median(ours) / median(theirs), 1.5, judged=judged, exact=exact, details=details)

        yield by("as now, by as then", summed, every, 5, judged=judged)
        yield by("as now, by what is stored as then", then, every[:MEASURES], 41, judged=False)
        transaction.set_rollback(True)


def _hand_over(every: int) -> int:
    """Give one jurisdiction of so many to the directorate that is first by code, or second; how many changed hands."""
    one, other = Organisation.objects.filter(kind=Kind.DIRECTORATE).order_by("code")[:2]
    held = list(Jurisdiction.objects.order_by("place__code")[::every])
    for jurisdiction in held:
        jurisdiction.organisation = other if jurisdiction.organisation_id == one.pk else one
    return Jurisdiction.objects.bulk_update(held, ["organisation"])


def _whole(figures: Figures) -> dict[tuple[tuple[int, int], datetime.date], Sums]:
    """What all holders have together, by question and period."""
    found: dict[tuple[tuple[int, int], datetime.date], Sums] = {}
    for held in figures.sums.values():
        for question, days in held.items():
            for day, sums in days.items():
                found[question, day] = found.get((question, day), Sums()) + sums
    return found


def scoped_page(officer: User) -> Goal:
    """Fifty reports that an officer may read, the last changed first, against fifty of all."""
    officer.rights_kept = {}

    def page(rows: QuerySet[Submission]) -> Callable[[], list[Submission]]:
        return lambda: list(rows.all()[:50])

    scoped, plain = page(Submission.objects.visible_to(officer)), page(Submission.objects.all())
    exact = all(row.directorate_id == officer.acting_id for row in scoped())
    ours, theirs = interleaved(scoped, plain, runs=41)
    details = {"scoped": median(ours), "unscoped": median(theirs)}
    return Goal("scoped page", median(ours) / median(theirs), 1.3, exact=exact, details=details)


def query_counts(reader: User) -> Iterator[Goal]:
    """Lists of the API ask the database as often for two hundred rows as for ten."""
    client = signed_in(reader)
    for address in LISTS:
        # The first answer fills what a process keeps.
        _queries(client, address, 10)
        counts = [_queries(client, address, size) for size in (10, 200)]
        details = {"ten": counts[0], "two_hundred": counts[1]}
        yield Goal(f"query count {address.partition('?')[0]}", counts[1] / counts[0], 1.0, details=details)


def _queries(client: Client, address: str, size: int) -> int:
    mark = "&" if "?" in address else "?"
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/{address}{mark}page_size={size}", headers={"Accept": "application/json"})
    if answer.status_code != 200 or len(answer.json()["results"]) != size:
        raise RuntimeError(f"{address}: {answer.status_code}, {answer.content[:300]!r}")
    return len(queries)
