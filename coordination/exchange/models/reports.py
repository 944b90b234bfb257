"""What a workbook of reports is made of, and what its rows are laid over: named queries for many reports at once."""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from coordination.reporting.models import ExpectedReport, ReportTemplate, Submission, TemplateVersion
from coordination.reporting.models.counted import counts
from coordination.reporting.models.due import reports_due, still_to_send
from coordination.reporting.models.standings import Filing
from coordination.reporting.models.submissions import Draft
from coordination.reporting.rules.readings import Document
from directorates.models import Organisation, User
from directorates.permissions import Permission, rights_of

Key = tuple[int, datetime.date]


def to_send(user: User) -> QuerySet[ExpectedReport]:
    """The expected reports of the organisation acted for that wait to be written or corrected."""
    mine = rights_of(user).organisations(Permission.SUBMIT_REPORTS)
    rows = still_to_send(reports_due(user, timezone.localdate())).filter(reporter__in=mine)
    return rows.select_related("facility__place", "template__programme", "reporter")


def own_reports(
    template: ReportTemplate, reporter: Organisation, facilities: Iterable[int], starts: Iterable[datetime.date]
) -> dict[Key, Submission]:
    """The reporter's reports of some facilities and periods, by both; with what is being written and what was sent."""
    rows = Submission.objects.filter(
        template=template, reporter=reporter, facility__in=list(facilities), period_start__in=list(starts)
    )
    return {
        (row.facility_id, row.period_start): row
        for row in rows.select_related("template", "version", "facility", "reporter", "revision")
    }


def standing_documents(reports: Iterable[Submission]) -> dict[uuid.UUID, Document]:
    """What stands in some reports, by their ids: the working copy, or what was last sent."""
    rows = {row.pk: row for row in reports}
    drafts = {draft.submission_id: draft for draft in Draft.objects.filter(submission__in=rows)}
    found = {}
    for pk, row in rows.items():
        source = drafts.get(pk) or row.revision
        found[pk] = Document(source.doc, source.notes) if source else Document()
    return found


def documents_before(user: User, filings: Sequence[Filing]) -> dict[Key, Document]:
    """What the facilities reported for the periods before, as far as the person may read it, by facility and first day.

    As in the form: the report that counts first, then the same reporter's, then any other's.
    """
    if not filings:
        return {}
    wanted = {(one.facility.pk, one.period.previous().start): one for one in filings}
    rows = Submission.objects.visible_to(user).filter(
        template=filings[0].template,
        facility__in={facility for facility, _start in wanted},
        period_start__in={start for _facility, start in wanted},
        revision__isnull=False,
    )
    found: dict[Key, tuple[bool, bool, Document]] = {}
    for row in rows.annotate(counts=counts()).select_related("revision", "kept_revision").order_by("pk"):
        filing = wanted.get((row.facility_id, row.period_start))
        said = row.standing_revision
        if filing is None or said is None:
            continue
        key = (row.facility_id, filing.period.start)
        rank = (row.counts, row.reporter_id == filing.reporter.pk)
        if key not in found or rank > found[key][:2]:
            found[key] = (*rank, Document(said.doc, said.notes))
    return {key: document for key, (_counts, _same, document) in found.items()}


def versions_of(template: ReportTemplate, filings: Iterable[Filing]) -> dict[datetime.date, TemplateVersion]:
    """The version in which each period is asked, by the period's first day."""
    versions = list(TemplateVersion.objects.published().filter(template=template))
    found = {}
    for start in {filing.period.start for filing in filings}:
        for version in versions:
            if start in version.valid:
                found[start] = version
    return found
