"""DHIS2's data sets with their sections: our templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coordination.exchange.dhis2.categories import MOST_SETS
from coordination.exchange.dhis2.terms import DEFAULT_COMBO, LONGEST, PERIODS, names
from coordination.exchange.json_files import Given
from coordination.reporting.rules.package_codes import as_slug, distinct
from coordination.reporting.rules.packages import Kind, OfferedSection, OfferedTemplate, Remark
from coordination.reporting.rules.sources import Node

MOST_TEMPLATES, MOST_ELEMENTS = 100, 5_000
# DHIS2's own default of the days within which a report is on time.
TIMELY_DAYS = 15
# What a data set says of its form and its deadlines that has no like here, by the word that stands there.
LOST = ("dataEntryForm", "expiryDays", "openFuturePeriods", "dataInputPeriods", "noValueRequiresComment", "indicators")
# A section of what stands in none.
OTHER = ("other", "بنود أخرى", "Other items")


def asked_by(row: Given) -> Iterator[tuple[str, str, Node]]:
    """The elements of a data set, each with the combination it is asked by there (empty: its own)."""
    for one in row.items("dataSetElements", MOST_ELEMENTS):
        yield one.reference("dataElement"), one.reference("categoryCombo"), one.part("dataElement")
    for uid, node in row.references("dataElements", MOST_ELEMENTS):
        yield uid, "", node


@dataclass
class Templates:
    """The work on data sets: what is known of elements, and the remarks that follow."""

    top: Given
    known: Mapping[str, str]
    carried: Mapping[str, object]
    remarks: list[Remark]

    def read(self) -> Iterator[OfferedTemplate]:
        """The templates, in the order of the package."""
        sections: dict[str, list[Given]] = {}
        for one in self.top.items("sections", MOST_ELEMENTS):
            sections.setdefault(one.reference("dataSet"), []).append(one)
        for uid, row in self.top.rows("dataSets", MOST_TEMPLATES).items():
            rows = sorted(sections.get(uid, []), key=lambda one: one.whole("sortOrder", -1000, 100_000))
            if template := self.template(row, uid, rows):
                yield template

    def template(self, row: Given, uid: str, rows: list[Given]) -> OfferedTemplate | None:
        """One data set; None where nothing of it can be carried, which is told."""
        arabic, english = (text[:LONGEST] for text in names(row, "name", "shortName"))
        name, period = english or arabic or uid, row.text("periodType", 60)
        asked = self.asked(row)
        sections = tuple(self.sections(row, rows, asked))
        due_days = row.whole("timelyDays", 0, 366, TIMELY_DAYS)
        if period not in PERIODS:
            self.remarks.append(Remark(Kind.TEMPLATE, name, uid, "period_type", {"given": period}))
            return None
        if not sections:
            self.remarks.append(Remark(Kind.TEMPLATE, name, uid, "empty"))
            return None
        self.remark_lost(row, uid, name)
        code = as_slug(row.text("code", LONGEST) or english, f"dhis2-{uid}")
        return OfferedTemplate(uid, code, arabic, english, PERIODS[period], due_days, sections)

    def asked(self, row: Given) -> dict[str, bool]:
        """The elements that a data set asks and we carry, each with whether an answer is required."""
        required = {one.reference("dataElement") for one in row.items("compulsoryDataElementOperands", MOST_ELEMENTS)}
        found: dict[str, bool] = {}
        for uid, _combo, node in asked_by(row):
            if uid not in self.known:
                node.fault("leads_nowhere", given=uid)
            elif uid in self.carried:
                found[uid] = uid in required
        return found

    def sections(self, row: Given, rows: list[Given], asked: dict[str, bool]) -> Iterator[OfferedSection]:
        """The sections with what they ask, each element once; what stands in none comes last."""
        left, codes = dict(asked), {OTHER[0]}
        for one in rows:
            arabic, english = (text[:LONGEST] for text in names(one, "name"))
            uids = [uid for uid, node in one.references("dataElements", MOST_ELEMENTS) if self.is_known(uid, node)]
            elements = tuple((uid, left.pop(uid)) for uid in dict.fromkeys(uids) if uid in left)
            if closed := list(one.items("greyedFields", MOST_ELEMENTS)):
                count = str(len(closed))
                remark = Remark(Kind.SECTION, english, one.uid, "greyed", {"count": count}, carried=True)
                self.remarks.append(remark)
            if elements:
                code = distinct(as_slug(english, one.uid), codes, 40)
                yield OfferedSection(code, arabic, english, elements)
        if left:
            arabic, english = (text[:LONGEST] for text in names(row, "name", "shortName"))
            words = OTHER if rows else ("main", arabic, english)
            yield OfferedSection(*words, tuple(left.items()))

    def is_known(self, uid: str, node: Node) -> bool:
        """Whether the package has the element; a fault where it has not."""
        if uid not in self.known:
            node.fault("leads_nowhere", given=uid)
        return uid in self.known

    def remark_lost(self, row: Given, uid: str, name: str) -> None:
        """Tell what a data set says that has no like here."""
        for key in LOST:
            if row.has(key):
                self.remarks.append(Remark(Kind.TEMPLATE, name, uid, f"lost_{key}", carried=True))
        if row.flag("validCompleteOnly"):
            self.remarks.append(Remark(Kind.TEMPLATE, name, uid, "rules_block", carried=True))
        combo = row.reference("categoryCombo")
        plain = {
            one.data.get("id")
            for one in self.top.items("categoryCombos", MOST_SETS)
            if one.data.get("name") == "default"
        }
        if combo and combo not in {DEFAULT_COMBO, *plain}:
            self.remarks.append(Remark(Kind.TEMPLATE, name, uid, "attributes", carried=True))
