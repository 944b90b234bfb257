"""Which stored fields the answers of the API about corrections and errata carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

REQUEST = "reporting.CorrectionRequest"
ERRATUM = "reporting.Erratum"
NUMBERS = "reporting.Revision.doc reporting.Revision.notes"
ITEM = "reporting.Element.code"
COUNTED = "reporting.EditionReport.revision reporting.CountedReport.revision"

CORRECTIONS: Mapping[str, Carried] = {
    "CorrectionSerializer": carried(
        number=f"{REQUEST}.number",
        status=f"{REQUEST}.state",
        organisation=f"{REQUEST}.acting {BODY}.code",
        at=f"{REQUEST}.at",
        reason=f"{REQUEST}.reason",
        elements=f"{REQUEST}.slots {ITEM}",
        decided=f"{REQUEST}.decided_at",
        answer=f"{REQUEST}.answer",
        ended=f"{REQUEST}.ended_at",
        before=f"{REQUEST}.revision reporting.Revision.number",
        after=f"{REQUEST}.corrected reporting.Revision.number",
        changes=NUMBERS,
    ),
    "CorrectionItemSerializer": carried(element=ITEM, category="reporting.Category.code"),
    "CorrectedValueSerializer": carried(
        element=ITEM, category="reporting.Category.code", before=NUMBERS, after=NUMBERS
    ),
    "ErratumTextSerializer": carried(ar=f"{ERRATUM}.text_ar", en=f"{ERRATUM}.text_en"),
    "ErratumSerializer": carried(
        number=f"{ERRATUM}.number",
        at=f"{ERRATUM}.at",
        publisher=f"{ERRATUM}.acting {BODY}.code",
        text=f"{ERRATUM}.text_ar {ERRATUM}.text_en",
    ),
    "ErrataSerializer": carried(results=f"{ERRATUM}.id", least="reporting.Edition.facilities", changed=f"{COUNTED}"),
    "OtherwiseSerializer": carried(
        directorate=f"reporting.EditionReport.directorate {BODY}.code", reports=f"{COUNTED}"
    ),
}
