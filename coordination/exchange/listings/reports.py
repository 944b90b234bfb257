"""Lists of reports as files: those there are, their answers, those that are due, those that wait for review."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told, period_cells, period_columns
from coordination.exchange.tables import Column, Kind
from coordination.reporting.forms.reviews import InboxFilter
from coordination.reporting.forms.submissions import ReportFilter
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.models.due import DueStatus
from coordination.reporting.models.missing import MissingReason
from coordination.reporting.models.reviews import named, waiting
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.specification import ElementSpec
from coordination.reporting.views.extensions import deadlines_listed
from coordination.reporting.views.missing import missing_listed
from coordination.reporting.views.submissions import due_listed, reports_listed
from directorates.models import User
from directorates.models.naming import in_language
from directorates.permissions import Permission

READ = (Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS, Permission.REVIEW_REPORTS)
# So many rows are held in memory at once.
CHUNK = 1000


def _where_and_what() -> list[Column]:
    return [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        Column("place", _("P-code of the sub-district"), Kind.CODE),
        Column("place_name", _("Sub-district"), width=20),
        Column("template", pgettext("filter", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("reporter", _("Reported by"), Kind.CODE),
    ]


def _where_and_what_of(row: Any) -> list[object]:
    facility = row.facility
    return [
        facility.code,
        facility.name,
        facility.place.code,
        facility.place.name,
        row.template.code,
        *period_cells(row.period),
        row.reporter.code,
    ]


def _with_places(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("facility__place", "template__programme", "reporter")


def _reports(user: User, asked: QueryDict) -> Listed:
    form = ReportFilter(asked, user)
    rows = _with_places(reports_listed(user, form, asked))
    columns = [
        *_where_and_what(),
        Column("status", _("Status"), width=16),
        Column("sent", pgettext("column", "Sent"), Kind.DATE),
        Column("due", pgettext("column", "Due"), Kind.DATE),
        Column("receipt", _("Receipt number"), Kind.CODE, width=20),
    ]
    cells = (
        [*_where_and_what_of(row), str(row.get_status_display()), day_of(row.submitted), row.due, row.receipt]
        for row in rows.iterator(CHUNK)
    )
    return Listed(pgettext("room", "Reports"), columns, cells, rows.count(), filters_told(form))


def _due(user: User, asked: QueryDict) -> Listed:
    form, due = due_listed(user, asked)
    rows = _with_places(due)
    columns = [
        *_where_and_what(),
        Column("status", _("Status"), width=16),
        Column("due", pgettext("column", "Due"), Kind.DATE),
        Column("days_late", _("Days late"), Kind.NUMBER),
    ]
    cells = (
        [*_where_and_what_of(row), str(DueStatus(row.status).label), row.due, row.days_late]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Reports that are due"), columns, cells, rows.count(), filters_told(form))


def _deadlines(user: User, asked: QueryDict) -> Listed:
    form, rows = deadlines_listed(user, asked)
    columns = [*_where_and_what(), Column("due", pgettext("column", "Due"), Kind.DATE)]
    cells = ([*_where_and_what_of(row), row.due] for row in _with_places(rows).iterator(CHUNK))
    return Listed(_("Due dates"), columns, cells, rows.count(), filters_told(form))


def _missing(user: User, asked: QueryDict) -> Listed:
    form, rows = missing_listed(user, asked)
    columns = [
        *_where_and_what(),
        Column("due", pgettext("column", "Due"), Kind.DATE),
        Column("reason", _("Reason"), width=20),
        Column("said_by_directorate", _("Said by the directorate"), width=20),
        Column("said_by_reporter", _("Said by whoever owes it"), width=20),
    ]
    cells = (
        [*_where_and_what_of(row), row.due, *map(_reason_of, (row.ruling, row.of_directorate, row.of_reporter))]
        for row in _with_places(rows).iterator(CHUNK)
    )
    return Listed(_("Missing reports"), columns, cells, rows.count(), filters_told(form))


def _reason_of(reason: str) -> str:
    return str(MissingReason(reason).label) if reason else ""


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def _inbox(user: User, asked: QueryDict) -> Listed:
    everything = waiting(user)
    form = InboxFilter(asked, everything, user)
    rows = _with_places(form.narrow(named(everything)))
    columns = [
        *_where_and_what(),
        Column("sent", pgettext("column", "Sent"), Kind.DATE),
        Column("marked", pgettext("reports", "Marked"), width=10),
        Column("held", pgettext("mark", "File under review"), width=16),
        Column("receipt", _("Receipt number"), Kind.CODE, width=20),
    ]
    cells = (
        [*_where_and_what_of(row), day_of(row.submitted), _yes_or_no(row.marked), _yes_or_no(row.held), row.receipt]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Reports to review"), columns, cells, rows.count(), filters_told(form))


def _answers(user: User, asked: QueryDict) -> Listed:
    """A row a report and a column an answer, of the one template that the filter names (else of the first there is)."""
    form = ReportFilter(asked, user)
    rows = reports_listed(user, form, asked).exclude(revision=None)
    template = _template(user, asked, rows)
    title = _("Answers")
    if template is None:
        return Listed(title, _where_and_what(), (), 0)
    questions = _questions(template)
    columns = [
        *_where_and_what(),
        Column("status", _("Status"), width=16),
        *(
            Column(
                f"{element.code}.{category.code}" if category else element.code,
                _label(element, category),
                _kind(element),
            )
            for element, category, _slot in questions
        ),
    ]
    rows = _with_places(rows.filter(template=template)).select_related("revision")
    cells = (
        [*_where_and_what_of(row), str(row.get_status_display()), *_answers_of(row, questions)]
        for row in rows.iterator(CHUNK)
    )
    return Listed(f"{title}: {template.name}", columns, cells, rows.count(), filters_told(form))


def _template(user: User, asked: QueryDict, rows: QuerySet[Submission]) -> ReportTemplate | None:
    visible = ReportTemplate.objects.visible_to(user).order_by("code")
    return (
        visible.filter(code=asked.get("template", "")).first() or visible.filter(pk__in=rows.values("template")).first()
    )


Question = tuple[ElementSpec, Any, str]


def _questions(template: ReportTemplate) -> list[Question]:
    """Everything that a published version asked, the newest order first; what only older ones asked comes last."""
    found: dict[str, Question] = {}
    for version in template.versions.published().select_related("template").order_by("-number"):
        for element, cell, slot in specification_of(version).questions():
            category = next((one for one in element.categories if one.code == cell[1]), None)
            found.setdefault(slot, (element, category, slot))
    return list(found.values())


def _label(element: ElementSpec, category: Any) -> str:
    name = in_language(element.name_ar, element.name_en)
    return f"{name} · {in_language(category.name_ar, category.name_en)}" if category else name


def _kind(element: ElementSpec) -> Kind:
    return Kind.NUMBER if element.type.is_numeric and element.type != "boolean" else Kind.TEXT


def _answers_of(row: Submission, questions: Sequence[Question]) -> Iterator[object]:
    """The answer to each question: a number, words, or the state in words; nothing where it was left blank."""
    states = {"not_known": pgettext("answer", "Not known"), "closed": pgettext("answer", "Closed")}
    revision = row.revision
    if revision is None:
        return
    for element, _category, slot in questions:
        note = revision.notes.get(slot, {})
        if slot in revision.doc:
            number = from_json(revision.doc[slot])
            yield (_("yes") if number else _("no")) if element.type == "boolean" else number
        else:
            yield states.get(note.get("state", "")) or note.get("text")


LISTINGS = (
    Listing("reports", pgettext_lazy("room", "Reports"), READ, "reporting:reports", _reports),
    Listing("answers", gettext_lazy("Answers of reports"), READ, "reporting:reports", _answers),
    Listing("due", gettext_lazy("Reports that are due"), (Permission.SUBMIT_REPORTS,), "reporting:due", _due),
    Listing("deadlines", gettext_lazy("Due dates"), (Permission.REVIEW_REPORTS,), "reporting:deadlines", _deadlines),
    Listing("missing", gettext_lazy("Missing reports"), (Permission.VIEW_REPORTS,), "reporting:missing", _missing),
    Listing("inbox", gettext_lazy("Reports to review"), (Permission.REVIEW_REPORTS,), "reporting:inbox", _inbox),
)
