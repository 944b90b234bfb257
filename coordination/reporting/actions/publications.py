"""Publishing a version from a period on, and retiring a template with one: all that follows, in one transaction."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.templates import hold_versions, keep_slots, open_for_reports
from coordination.reporting.actions.versions import held_draft
from coordination.reporting.models import (
    CategorySet,
    Draft,
    Element,
    ReportTemplate,
    SectionElement,
    Submission,
    SubmissionEvent,
    TemplateVersion,
)
from coordination.reporting.models.publications import Consequences, Lost
from coordination.reporting.models.submissions import What
from coordination.reporting.models.templates import VersionStatus
from coordination.reporting.models.versions import Outline, last_published
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.sheets import unasked
from coordination.reporting.rules.specification import TemplateSpec
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require

# So many drafts are moved in one statement.
AT_ONCE = 500


@transaction.atomic
@unwalled
def publish_version(
    *, version: TemplateVersion, period: Period, agreed: Collection[str], seen: int, by: User, at: dt.datetime
) -> TemplateVersion:
    """Open a draft for the reports of a period and later; drafts of those periods move to it.

    `agreed` are the codes of items, no longer asked, whose answers in drafts may be dropped. Published again from the
    same period, it changes nothing. Problems: 400 `bad_template` with all faults; 409 `changed`, `wrong_state`,
    `drops_answers`.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    template = ReportTemplate.objects.select_for_update().get(pk=version.template_id)
    hold_versions(template, to_change=True)
    held = TemplateVersion.objects.filter(pk=version.pk).first()
    if held is not None and held.status == VersionStatus.PUBLISHED and held.first_day == period.start:
        return held
    held = held_draft(by=by, version=version, seen=seen)
    _lock_library(held)
    follows, outline = Consequences(template, period), Outline(held, period.start)
    _demand_fit(outline, follows)
    # Locked before they are read: nobody writes an answer between the question and the deed.
    moved = list(follows.drafts.select_for_update().order_by("pk"))
    lost = follows.lost(outline)
    _demand_agreed(lost, agreed)
    # Judged and read before it is published: what is read of a published version is kept by the process.
    spec = outline.spec
    keep_slots(template, spec, {element.code: element for element in outline.elements})
    held.valid = lasting(period.start)
    if follows.before is not None:
        held.number = max(held.number, follows.before.number + 1)
    _move_drafts(moved, held, spec, lost, by, at)
    open_for_reports(held, at)
    dropped = [one.element.code for one in lost]
    said = {"template": template.code, "version": held.number, "first": period.id, "dropped": dropped}
    record(by, "publish", held, moved=len(moved), **said)
    expect(today=timezone.localdate(at), first=period.start, template=template)
    return held


def _lock_library(version: TemplateVersion) -> None:
    """Let nobody change what is asked until it is published: what is judged here is what stays."""
    elements = Element.objects.filter(pk__in=SectionElement.objects.filter(section__version=version).values("element"))
    sets = CategorySet.objects.filter(pk__in=elements.values("category_set"))
    for rows in (elements, sets):
        list(rows.order_by("pk").select_for_update())


def _demand_fit(outline: Outline, follows: Consequences) -> None:
    """Raise everything that speaks against publishing, at once."""
    faults = [Fault("version", "bad_template", fault.message) for fault in outline.faults]
    if follows.too_early and follows.before is not None:
        message = _("Version %(number)d begins with this period or later. Another one begins after it.")
        faults.append(Fault("period", "not_later", message % {"number": follows.before.number}))
    if follows.sent_count:
        message = _(
            "Reports of this period or a later one were sent already. They stay under the version in which they were "
            "written; begin later."
        )
        faults.append(Fault("period", "reports_exist", message))
    if faults:
        raise Problem("bad_template", _("The version was not published; each fault is listed."), errors=faults)


def _demand_agreed(lost: list[Lost], agreed: Collection[str]) -> None:
    """Raise 409 `drops_answers` unless dropping the answers to each of these items was agreed to."""
    message = _("Drafts answer «%(item)s», which is no longer asked. The answers are dropped only after a tick.")
    faults = [
        Fault("agreed", "drops_answers", message % {"item": one.element.name})
        for one in lost
        if one.element.code not in agreed
    ]
    if faults:
        raise Problem("drops_answers", _("Answers would be dropped; each item is listed."), 409, errors=faults)


def _move_drafts(
    moved: list[Submission],
    version: TemplateVersion,
    spec: TemplateSpec,
    lost: list[Lost],
    by: User,
    at: dt.datetime,
) -> None:
    """Have the drafts continue in the new version; answers keep their slots, so that only what is unasked goes."""
    names = {one.element.code: f"{one.element.name_ar} · {one.element.name_en}" for one in lost}
    cells = {slot.name: slot.element.code for slot in version.template.slots.select_related("element")}
    drafts = {draft.pk: draft for draft in Draft.objects.filter(submission__in=moved)}
    events = []
    for row in moved:
        row.version, row.edition, row.changed = version, row.edition + 1, at
        gone: tuple[str, ...] = ()
        if (draft := drafts.get(row.pk)) is not None:
            gone = unasked(spec, draft.doc, draft.notes)
            for kept in (draft.doc, draft.notes, draft.changed):
                for slot in gone:
                    kept.pop(slot, None)
        note = "\n".join(dict.fromkeys(names[cells[slot]] for slot in gone if cells.get(slot) in names))
        event = SubmissionEvent(submission=row, at=at, by=by, acting_id=by.acting_id, what=What.MOVED, note=note)
        events.append(event)
    Submission.objects.bulk_update(moved, ["version", "edition", "changed"], batch_size=AT_ONCE)
    Draft.objects.bulk_update(drafts.values(), ["doc", "notes", "changed"], batch_size=AT_ONCE)
    SubmissionEvent.objects.bulk_create(events, batch_size=AT_ONCE)


@transaction.atomic
@unwalled
def retire_template(*, template: ReportTemplate, period: Period, by: User, at: dt.datetime) -> TemplateVersion:
    """Let a period be the last that is reported: nothing is expected after it, and later drafts cannot be sent.

    Retired again with the same period, it changes nothing. Problems: 409 `wrong_state`; 400 `invalid`.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    locked = ReportTemplate.objects.select_for_update().get(pk=template.pk)
    hold_versions(locked, to_change=True)
    last = last_published(locked)
    if last is None:
        raise Problem("wrong_state", _("This template has no published version that could end."), 409)
    if last.status == VersionStatus.RETIRED:
        if last.last_day == period.last_day:
            return last
        raise Problem("wrong_state", _("This template was retired already. A new version opens it again."), 409)
    follows = Consequences(locked, period.next())
    faults = []
    if last.first_day is not None and period.start < last.first_day:
        message = _("Version %(number)d begins later, with %(day)s.")
        told = message % {"number": last.number, "day": last.first_day.isoformat()}
        faults.append(Fault("period", "ends_before_it_begins", told))
    if follows.sent_count:
        message = _("Reports of later periods were sent already: %(count)d. They stay; the end comes after them.")
        faults.append(Fault("period", "reports_exist", message % {"count": follows.sent_count}))
    if faults:
        raise Problem("invalid", _("The template was not retired; each fault is listed."), errors=faults)
    last.valid, last.status = lasting(last.first_day, period.last_day), VersionStatus.RETIRED
    last.save(update_fields=["valid", "status"])
    record(by, "retire", last, template=locked.code, version=last.number, last=period.id, drafts=follows.drafts_count)
    expect(today=timezone.localdate(at), first=period.next().start, template=locked)
    return last
