"""Which stored fields the answers of the API about double reports carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

DOUBLE = "reporting.DoubleReport"
SETTLEMENT = "reporting.Settlement"
DOUBLE_EVENT = "reporting.DoubleReportEvent"
SIDE = "reporting.Submission"
NUMBERS = "reporting.Revision.doc reporting.Revision.notes"

_ROW = carried(
    id=f"{DOUBLE}.id",
    template=f"{DOUBLE}.template reporting.ReportTemplate.code",
    other=f"{DOUBLE}.other reporting.ReportTemplate.code",
    facility=f"{DOUBLE}.facility facilities.Facility.code",
    period=f"{DOUBLE}.period_start",
    status=f"{DOUBLE}.state",
    found=f"{DOUBLE}.found",
    due=f"{DOUBLE}.due",
    arbiter=f"{DOUBLE}.arbiter {BODY}.code",
)

_SETTLEMENT = carried(
    id=f"{SETTLEMENT}.id",
    way=f"{SETTLEMENT}.way",
    take=f"{SETTLEMENT}.taken {BODY}.code",
    reason=f"{SETTLEMENT}.reason",
    organisation=f"{SETTLEMENT}.acting {BODY}.code",
    at=f"{SETTLEMENT}.at",
)

DOUBLE_REPORTS: Mapping[str, Carried] = {
    "DoubleReportRowSerializer": _ROW,
    "DoubleReportSerializer": _ROW
    | carried(
        reason=f"reporting.CountedReport.rule {SETTLEMENT}.way {SETTLEMENT}.reason",
        sides=f"{SIDE}.id",
        values=f"{NUMBERS} reporting.CountedReport.overlay",
        proposal=f"{SETTLEMENT}.id",
        settlement=f"{SETTLEMENT}.id",
        history=f"{DOUBLE_EVENT}.id",
    ),
    "SettlementSerializer": _SETTLEMENT,
    "ProposalSerializer": _SETTLEMENT | carried(broken=f"{NUMBERS} reporting.ValidationRule.message_en"),
    "SideSerializer": carried(
        reporter=f"{SIDE}.reporter {BODY}.code",
        template=f"{SIDE}.template reporting.ReportTemplate.code",
        facility=f"{SIDE}.facility facilities.Facility.code",
        submission=f"{SIDE}.id",
        status=f"{SIDE}.status",
        counts="reporting.CountedReport.submission",
        agreed=f"{DOUBLE_EVENT}.kind {DOUBLE_EVENT}.acting",
        answered=NUMBERS,
        alone=NUMBERS,
    ),
    "BesideSerializer": carried(
        element="reporting.Element.code",
        category="reporting.Category.code",
        values=NUMBERS,
        difference=NUMBERS,
        counts=f"{NUMBERS} reporting.CountedReport.overlay",
        adjusted="reporting.CountedReport.overlay",
    ),
    "DoubleReportEventSerializer": carried(
        at=f"{DOUBLE_EVENT}.at",
        what=f"{DOUBLE_EVENT}.kind",
        organisation=f"{DOUBLE_EVENT}.acting {BODY}.code",
        settlement=f"{DOUBLE_EVENT}.settlement",
        text=f"{DOUBLE_EVENT}.text",
    ),
}
