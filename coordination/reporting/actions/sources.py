"""What is done with the reports behind a figure: reading them stands in the record."""

from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.sources import Where
from coordination.reporting.rules.periods import Period
from directorates.audit import record_concerning
from directorates.models import User
from directorates.permissions import Permission, require


def record_sources(*, by: User, template: ReportTemplate, period: Period, where: Where) -> None:
    """Write that somebody read what single reports give to a figure: true counts, small ones too. The data's custodian reads it."""
    require(by, Permission.VIEW_FIGURES)
    place = where.place or where.directorate
    told = {"period": period.id, "place": place.code if place else ""}
    record_concerning(by, "read_sources", template, template.dataset.custodian_id, **told)
