"""Every kind of job there is, by its code: where the floors' background work comes together."""

from coordination.exchange.actions import exports, packages, uploads
from coordination.reporting.actions import (
    broken_rules,
    bulletin_figures,
    bulletin_pdf,
    consolidation,
    editions,
    schedules,
    verifications,
)
from directorates.foundation.jobs import Kind
from policies.actions import pdf

_ALL = (
    broken_rules.KIND,
    bulletin_figures.KIND,
    bulletin_pdf.KIND,
    consolidation.KIND,
    editions.KIND,
    exports.KIND,
    packages.KIND,
    pdf.KIND,
    schedules.KIND,
    uploads.READ,
    uploads.TAKE,
    verifications.KIND,
    verifications.KIND_OF_BULLETIN,
)
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}
