"""What a stranger who holds a hash is told: of which published bulletin it is, and whether that was corrected."""

import datetime
from dataclasses import dataclass

from coordination.reporting.models.bulletins import Bulletin
from directorates.foundation.sight import unwalled
from directorates.models.naming import in_language


@dataclass(frozen=True)
class Checked:
    """A published bulletin as a stranger may know it: what it is called, of when and whose, never a figure."""

    name_ar: str
    name_en: str
    custodian_ar: str
    custodian_en: str
    period: str
    number: int
    at: datetime.datetime
    corrected_by: int | None

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_ar, self.name_en)

    @property
    def custodian(self) -> str:
        """In the reader's language."""
        return in_language(self.custodian_ar, self.custodian_en)


@unwalled
def checked(digest: str) -> Checked | None:
    """The published bulletin with a hash; None where there is none: drafts are told to nobody."""
    rows = Bulletin.objects.published().filter(digest=digest).select_related("series__dataset__custodian")
    found = rows.first() if digest else None
    if found is None or found.number is None or found.at is None:
        return None
    series, by = found.series, found.corrections.published().first()
    custodian = series.dataset.custodian
    return Checked(
        *(series.name_ar, series.name_en, custodian.name_ar, custodian.name_en),
        *(found.period.id, found.number, found.at, by.number if by else None),
    )
