"""The list of jobs as a file; it stands up here because the kinds of jobs come together here."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings import LISTINGS
from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of
from coordination.exchange.tables import Column
from coordination.exchange.tables import Kind as Holds
from coordination.job_kinds import KINDS
from coordination.jobs import jobs_listed
from directorates.foundation.models import Job
from directorates.models import User

CHUNK = 1000


def _jobs(user: User, asked: QueryDict) -> Listed:
    form, rows = jobs_listed(user, asked)
    columns = [
        Column("job", _("Number"), Holds.NUMBER),
        Column("kind", _("Job"), width=30),
        Column("state", _("State"), width=16),
        Column("problem", _("Reason"), width=40),
        Column("by", pgettext("job", "Asked by"), width=24),
        Column("acting", _("Organisation"), Holds.CODE),
        Column("asked", pgettext("column", "Asked"), Holds.CODE, width=22),
        Column("seconds", _("Seconds"), Holds.NUMBER),
        Column("file", _("File"), Holds.CODE, width=30),
    ]
    cells = (
        [
            *(row.pk, str(KINDS[row.kind].words), str(row.get_state_display()), row.problem or ""),  # type: ignore[attr-defined]
            str(row.by) if row.by else _("The portal itself"),
            row.acting.code if row.acting else "",
            moment_of(row.asked),
            row.took.total_seconds() if row.took is not None else None,  # type: ignore[attr-defined]
            _file(row, user),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Jobs and files"), columns, cells, rows.count(), filters_told(form))


def _file(job: Job, user: User) -> str:
    """The name of the job's file, for whoever may take it."""
    return job.file.name if job.file and job.is_of(user) else ""


LISTINGS["jobs"] = Listing("jobs", gettext_lazy("Jobs and files"), (), "jobs:jobs", _jobs)
