"""Which stored fields answers about bulletins and what editions are made of carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

BULLETIN, PART, ANSWER = "reporting.Bulletin", "reporting.BulletinPart", "reporting.BulletinAnswer"
ERRATUM = "reporting.Erratum"
INPUTS, VERIFICATION, FIGURE = "reporting.EditionInputs", "reporting.Verification", "reporting.EditionFigure"

VALUE, PEOPLE = "reporting.BulletinValue", "reporting.BulletinPopulation"
RATE = f"{VALUE}.value"

_BULLETIN = carried(
    id=f"{BULLETIN}.id",
    series="reporting.BulletinSeries.code",
    period=f"{BULLETIN}.period_start",
    status=f"{BULLETIN}.state",
    number=f"{BULLETIN}.number",
    published=f"{BULLETIN}.at",
    corrects=f"{BULLETIN}.corrects",
    digest=f"{BULLETIN}.digest",
    head=f"{BULLETIN}.head",
)
BULLETINS: Mapping[str, Carried] = {
    "BulletinSerializer": _BULLETIN,
    "OneBulletinSerializer": _BULLETIN
    | carried(
        parts=f"{PART}.id",
        signatures=f"{ANSWER}.kind",
        corrected_by=f"{BULLETIN}.corrects",
        errata=f"{ERRATUM}.id",
        disputes="policies.MandateDispute.state",
    )
    | carried(populations=f"{PEOPLE}.id", corrected_indicators=f"{VALUE}.id"),
    "BulletinPeopleSerializer": carried(
        year=f"{PEOPLE}.year",
        group=f"{PEOPLE}.group",
        number=f"{PEOPLE}.number",
        places=f"{PEOPLE}.place directorates.Place.code {VALUE}.people",
    ),
    "BulletinPopulationSerializer": carried(
        place=f"{PEOPLE}.place directorates.Place.code",
        year=f"{PEOPLE}.year",
        group=f"{PEOPLE}.group",
        number=f"{PEOPLE}.number",
        source=f"{PEOPLE}.source",
        dated=f"{PEOPLE}.dated",
    ),
    "BulletinRateChangeSerializer": carried(
        indicator=f"{VALUE}.indicator reporting.Indicator.code",
        place=f"{VALUE}.place directorates.Place.code",
        period=f"{VALUE}.period_start",
        before=RATE,
        after=RATE,
        causes=f"{RATE} {VALUE}.version {VALUE}.people {FIGURE}.value",
    ),
    "BulletinErratumSerializer": carried(
        template="reporting.ReportTemplate.code",
        number=f"{ERRATUM}.number",
        at=f"{ERRATUM}.at",
        publisher=f"{ERRATUM}.acting {BODY}.code",
        text=f"{ERRATUM}.text_ar {ERRATUM}.text_en",
    ),
    "BulletinPartSerializer": carried(
        kind=f"{PART}.kind",
        heading=f"{PART}.heading_ar {PART}.heading_en",
        text=f"{PART}.text_ar {PART}.text_en",
        template="reporting.ReportTemplate.code",
        element="reporting.Element.code",
        indicator=f"{PART}.indicator reporting.Indicator.code",
        figures=f"{FIGURE}.value {RATE}",
    ),
    "BulletinFigureSerializer": carried(
        place="directorates.Place.code",
        period="reporting.Edition.period_start",
        category="reporting.Category.code",
        value=f"{FIGURE}.value {RATE}",
        hidden=f"{FIGURE}.hidden {VALUE}.reasons",
        version=f"{VALUE}.version reporting.IndicatorVersion.number",
        numerator=f"{VALUE}.numerator",
        denominator=f"{VALUE}.denominator",
        reasons=f"{VALUE}.reasons",
        people=f"{VALUE}.people",
    ),
    "BulletinSignerSerializer": carried(
        organisation=f"{BODY}.code",
        role="reporting.BulletinSigner.role",
        answer=f"{ANSWER}.kind",
        reason=f"{ANSWER}.words_why",
        at=f"{ANSWER}.at",
    ),
    "InputsSerializer": carried(
        counted="reporting.EditionReport.edition",
        set_aside="reporting.EditionAside.edition",
        digest=f"{INPUTS}.digest",
        figures_digest=f"{INPUTS}.figures_digest",
        code_version=f"{INPUTS}.code_version",
        code_digest=f"{INPUTS}.code_digest",
        head=f"{INPUTS}.head",
        verified=f"{VERIFICATION}.faults",
    ),
    "VerificationSerializer": carried(
        at=f"{VERIFICATION}.at", figures=f"{VERIFICATION}.figures", faults=f"{VERIFICATION}.faults"
    ),
}
