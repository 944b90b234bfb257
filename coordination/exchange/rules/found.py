"""Everything that was found in a file, a row a finding, as a sheet of the marked file: pages list the first of them only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.layouts import BEFORE, WORDS, Tag
from coordination.exchange.rules.messages import words_of
from coordination.exchange.tables import Column, Kind, Row, Sheet


def sheet_of_findings(findings: Sequence[Finding]) -> Sheet:
    """Errors first, then what is good to know; its tag lets it be passed over when the file comes back."""
    columns = [
        Column("row", "names", above="names", hidden=True),
        Column("sheet", _("Sheet"), width=24),
        Column("cell", _("Cell"), Kind.CODE, width=10),
        Column("item", pgettext("of a report", "Item"), width=40),
        Column("weight", pgettext("finding", "Weight"), width=18),
        Column("found", _("What was found"), width=100),
    ]
    return Sheet(_("What was found"), columns, list(_rows(findings)), str(Tag(WORDS)))


def _rows(findings: Sequence[Finding]) -> Iterator[Row]:
    english = (get_language() or "ar").startswith("en")
    told = {Weight.ERROR: pgettext("finding", "To correct"), Weight.NOTE: pgettext("finding", "Good to know")}
    for weight in Weight:
        for one in findings:
            if one.weight is weight:
                name = one.name_en if english else one.name_ar
                yield Row([BEFORE, one.sheet, one.where, name, told[weight], words_of(one)])
