"""What is done about compliance: an organisation notes how far it applies what holds, with evidence."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.attachments import deadline
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.rules.text import clean_text
from policies.actions.acknowledgements import demand_acknowledging, holding
from policies.actions.files import looked_at
from policies.models import Compliance, ComplianceNote, Evidence, PolicyVersion

LONGEST_NOTE, MOST_FILES = 4_000, 3


@transaction.atomic
def note_compliance(
    *,
    version: PolicyVersion,
    extent: str,
    text: str,
    files: Sequence[tuple[str, bytes]],
    by: User,
    at: datetime.datetime,
) -> ComplianceNote:
    """Note for the organisation acted for how far it applies a version; `files`, names and contents, show it.

    The same note sent twice is kept once. 400 `invalid` with every fault; 409 `not_in_force` where the version holds no more.
    """
    acting = demand_acknowledging(by)
    text = clean_text(text, multiline=True)
    faults = text_faults(
        text, "text", longest=LONGEST_NOTE, needed=_("Write how you apply it, or what stands in the way.")
    )
    if extent not in Compliance.values:
        faults.append(Fault("extent", "unknown", _("Choose how far it is applied.")))
    if len(files) > MOST_FILES:
        faults.append(Fault("files", "too_many", _("At most %(most)d files come with a note.") % {"most": MOST_FILES}))
    until = deadline()
    looked = [looked_at(name, content, by=by, at=at, until=until) for name, content in files[:MOST_FILES]]
    for (name, _content), (_kept, unfit) in zip(files, looked, strict=False):
        faults += [Fault("files", one.code, f"{clean_text(name)[:100]}: {one.message}") for one in unfit]
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    # Locked: whoever presses twice waits, and finds the note.
    held = holding(version, at, locked=True)
    evidence = {kept["digest"]: kept for kept, _unfit in looked}
    last = ComplianceNote.objects.filter(version=held, organisation=acting).latest_first().first()
    if last is not None and last.says(extent, text, set(evidence)):
        return last
    entered = {"by": by, "instead_of_id": by.instead_of_id, "at": at}
    made = ComplianceNote.objects.create(version=held, organisation=acting, extent=extent, text=text, **entered)
    Evidence.objects.bulk_create(Evidence(about=made, **kept) for kept in evidence.values())
    told = {"policy": held.policy.code, "version": held.number, "files": len(evidence)}
    record(by, "note_compliance", made, **told)
    return made
