"""Every kind of job there is, by its code: where the floors' background work comes together."""

from coordination.exchange.actions import exports, packages, uploads
from coordination.reporting.actions import consolidation, editions, schedules, verifications
from directorates.foundation.jobs import Kind
from policies.actions import pdf

_ALL = (
    consolidation.KIND,
    editions.KIND,
    exports.KIND,
    packages.KIND,
    pdf.KIND,
    schedules.KIND,
    uploads.READ,
    uploads.TAKE,
    verifications.KIND,
)
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}
