"""Which stored fields answers and files about the quality of reports carry; the others stand in `carried.py` and `exchange/carried.py`."""

from collections.abc import Mapping

from coordination.carrying import Carried, carried

RECORD = "reporting.RuleRecord"
RULE = "reporting.ValidationRule"
RUN = "reporting.ConsolidationRun"
TEMPLATE = "reporting.ReportTemplate"
FOLLOW_UP = "reporting.FollowUp"
WORD = "reporting.FollowUpWord"
REPORT = "reporting.Submission"
FACILITY = "facilities.Facility"
BODY = "directorates.Organisation"
NUMBERS = "reporting.Revision.doc reporting.Revision.notes"
_COUNTS = {name: f"{RECORD}.{name}" for name in ("checked", "broken", "approved", "corrected", "waiting", "explained")}

EXPECTED = "reporting.ExpectedReport"
EXCUSE = "reporting.ExplainedReport.reason"
FOUND = "reporting.Comparison.found"
BROKEN = "reporting.BrokenRule.rule"
_LINE = {
    "code": f"{FACILITY}.code {BODY}.code",
    "part": f"{EXPECTED}.id {REPORT}.id",
    "whole": f"{EXPECTED}.id {REPORT}.id",
    "verdict": f"{EXPECTED}.id {REPORT}.id",
    "expected": f"{EXPECTED}.id",
    "excused": EXCUSE,
    "received": f"{REPORT}.id",
    "on_time": f"{REPORT}.first_submitted {REPORT}.due",
    "rules": BROKEN,
    "stands_out": FOUND,
    "corrected": "reporting.Revision.number",
    "questions": f"{FOLLOW_UP}.state",
}
_QUESTION = carried(
    id=f"{FOLLOW_UP}.id",
    submission=f"{FOLLOW_UP}.submission {REPORT}.id",
    template=f"{REPORT}.template {TEMPLATE}.code",
    facility=f"{REPORT}.facility {FACILITY}.code",
    period=f"{REPORT}.period_start",
    reporter=f"{REPORT}.reporter {BODY}.code",
    element=f"{FOLLOW_UP}.slot reporting.Element.code",
    category=f"{FOLLOW_UP}.slot reporting.Category.code",
    status=f"{FOLLOW_UP}.state",
    organisation=f"{FOLLOW_UP}.acting {BODY}.code",
    asked=f"{FOLLOW_UP}.opened",
    answered=f"{FOLLOW_UP}.answered",
    settled=f"{FOLLOW_UP}.settled",
)

QUALITY: Mapping[str, Carried] = {
    "QualityLineSerializer": carried(
        **_LINE, limits=f"{EXPECTED}.id {REPORT}.id", broken=BROKEN, compared="reporting.Comparison.at"
    ),
    "QualityLimitsSerializer": carried(
        **dict.fromkeys(("low", "high", "outer_low", "outer_high"), f"{EXPECTED}.id {REPORT}.id")
    ),
    "QualitySerializer": carried(
        mean=f"{EXPECTED}.id {REPORT}.id", results=f"{REPORT}.id", next=f"{REPORT}.id", previous=f"{REPORT}.id"
    ),
    "FollowUpRowSerializer": _QUESTION,
    "FollowUpSerializer": _QUESTION | carried(changed=NUMBERS, words=f"{WORD}.id"),
    "FollowUpWordSerializer": carried(
        id=f"{WORD}.id",
        kind=f"{WORD}.kind",
        organisation=f"{WORD}.acting {BODY}.code",
        text=f"{WORD}.text",
        at=f"{WORD}.at",
    ),
    "RuleLineSerializer": carried(
        **_COUNTS,
        rule=f"{RULE}.code",
        severity=f"{RULE}.severity",
        message=f"{RULE}.message_ar {RULE}.message_en",
    ),
    "RuleRecordSerializer": carried(
        template=f"{TEMPLATE}.code", checked_at=f"{RUN}.ended", results=f"{RECORD}.rule {RULE}.code"
    ),
}
QUALITY_FILES: Mapping[str, Carried] = {
    "quality._quality": carried(
        **_LINE,
        name=f"{FACILITY}.name_ar {FACILITY}.name_en {BODY}.name_ar {BODY}.name_en",
        **dict.fromkeys(("low", "high", "outer_low", "outer_high"), f"{EXPECTED}.id {REPORT}.id"),
    ),
    "follow_ups._follow_ups": carried(
        template=f"{REPORT}.template {TEMPLATE}.code",
        facility=f"{REPORT}.facility {FACILITY}.code",
        facility_name=f"{FACILITY}.name_ar {FACILITY}.name_en",
        reporter=f"{REPORT}.reporter {BODY}.code",
        element=f"{FOLLOW_UP}.slot reporting.Element.code",
        category=f"{FOLLOW_UP}.slot reporting.Category.code",
        state=f"{FOLLOW_UP}.state",
        organisation=f"{FOLLOW_UP}.acting {BODY}.code",
        asked=f"{FOLLOW_UP}.opened",
        answered=f"{FOLLOW_UP}.answered",
        settled=f"{FOLLOW_UP}.settled",
    ),
    "rule_records._rule_records": carried(
        **_COUNTS,
        rule=f"{RULE}.code",
        severity=f"{RULE}.severity",
        message_ar=f"{RULE}.message_ar",
        message_en=f"{RULE}.message_en",
    ),
}
