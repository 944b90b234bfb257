"""Which stored fields each answer of the API, column of a file, line of the log and search carries.

A name stands here with the fields it is made of, a computed one with all that it is computed from; () is made of no field.
`tests/test_sensitivity.py` compares this with the code and with the registry: what is added there is classified here.
"""

from collections.abc import Mapping

from coordination.carried_agreements import AGREED, AGREEMENTS, ARTICLE, OWED
from coordination.carried_body import LIFE
from coordination.carried_borders import BORDERS
from coordination.carried_bulletins import BULLETINS, PART
from coordination.carried_corrections import CORRECTIONS, ERRATUM
from coordination.carried_double_reports import DOUBLE_REPORTS
from coordination.carried_indicators import INDICATORS
from coordination.carried_mandates import DISPUTE, DISPUTE_EVENT, MANDATE, MANDATES
from coordination.carried_meetings import CORRECTION, DECISION, MEETING, MEETINGS, MINUTES
from coordination.carried_policies import PICTURE, POLICIES, POLICY, SECTION, TEXT
from coordination.carried_quality import QUALITY
from coordination.carried_runs import RUNS
from coordination.carried_views import VIEWS
from coordination.carrying import BODY, Carried, carried

FACILITY = "facilities.Facility"
PLACE = "directorates.Place"
REPORT = "reporting.Submission"
EXPECTED = "reporting.ExpectedReport"
ELEMENT = "reporting.Element"
TEMPLATE = "reporting.ReportTemplate"
VERSION = "reporting.TemplateVersion"
RULE = "reporting.ValidationRule"
CELL = "reporting.Cell"
COVERAGE = "reporting.Coverage"
PROPOSAL = "facilities.ChangeProposal"
JOB = "directorates.Job"
CATEGORY = "reporting.Category"
EDITION = "reporting.Edition"
EXPLAINED = "reporting.ExplainedReport"
EVIDENCE = "reporting.MissingEvidence"
ATTACHMENT = "reporting.Attachment"
SHARED = "directorates.SharingAgreement"

FACILITY_NAMES = f"{FACILITY}.name_ar {FACILITY}.name_en"
BODY_NAMES = f"{BODY}.name_ar {BODY}.name_en"
PLACE_NAMES = f"{PLACE}.name_ar {PLACE}.name_en"
ANSWERS = "reporting.Revision.doc reporting.Revision.notes"
WRITTEN = f"{ANSWERS} reporting.Draft.doc reporting.Draft.notes"
PERSON = "directorates.User.name directorates.User.email"
FIGURE = f"{CELL}.total {CELL}.n {CELL}.numerator {CELL}.denominator"

_REPORT = carried(
    id=f"{REPORT}.id",
    template=f"{TEMPLATE}.code",
    version=f"{VERSION}.number",
    facility=f"{FACILITY}.code",
    period=f"{REPORT}.period_start",
    reporter=f"{BODY}.code",
    status=f"{REPORT}.status",
    receipt=f"{REPORT}.receipt",
    warnings=f"reporting.Revision.warnings {WRITTEN}",
    history="reporting.SubmissionEvent.note reporting.SubmissionEvent.what reporting.SubmissionEvent.by",
    counted="reporting.CountedReport.submission",
)

_EDITION = carried(
    id=f"{EDITION}.id",
    template=f"{TEMPLATE}.code",
    period=f"{EDITION}.period_start",
    published=f"{EDITION}.at",
    publisher=f"{EDITION}.acting {BODY}.code",
    reports=f"{EDITION}.reports",
    smallest=f"{EDITION}.smallest",
    facilities=f"{EDITION}.facilities",
    share=f"{EDITION}.share",
)

# Only answers: what a serializer merely takes in is named in TAKES.
API: Mapping[str, Carried] = {
    "WordsSerializer": carried(
        ar=f"{SECTION}.heading_ar {SECTION}.text_ar {ARTICLE}.text_ar {OWED}.text_ar {AGREED}.summary_ar {PICTURE}.words_ar"
        f" {PART}.heading_ar {PART}.text_ar",
        en=f"{SECTION}.heading_en {SECTION}.text_en {ARTICLE}.text_en {OWED}.text_en {AGREED}.summary_en {PICTURE}.words_en"
        f" {PART}.heading_en {PART}.text_en",
    ),
    **POLICIES,
    "PictureSerializer": carried(
        **{name: f"{PICTURE}.{name}" for name in ("number", "size", "width", "height")},
        words=f"{PICTURE}.words_ar {PICTURE}.words_en",
        type=f"{PICTURE}.content_type",
        sha256=f"{PICTURE}.digest",
        url=f"{POLICY}.code {TEXT}.number {PICTURE}.digest",
    ),
    "PolicySectionSerializer": carried(
        anchor=f"{SECTION}.anchor {ARTICLE}.anchor",
        heading=f"{SECTION}.heading_ar {SECTION}.heading_en {ARTICLE}.heading_ar {ARTICLE}.heading_en",
        text=f"{SECTION}.text_ar {SECTION}.text_en {ARTICLE}.text_ar {ARTICLE}.text_en",
    ),
    **AGREEMENTS,
    **MANDATES,
    **LIFE,
    **BORDERS,
    **CORRECTIONS,
    **DOUBLE_REPORTS,
    **QUALITY,
    **RUNS,
    **VIEWS,
    **INDICATORS,
    **MEETINGS,
    "NameSerializer": carried(ar=f"{PLACE}.name_ar {BODY}.name_ar {FACILITY}.name_ar", en=f"{FACILITY}.name_en"),
    "OrganisationSerializer": carried(
        code=f"{BODY}.code", kind=f"{BODY}.kind", name=BODY_NAMES, status=f"{BODY}.status"
    ),
    "PlaceSerializer": carried(
        code=f"{PLACE}.code",
        level=f"{PLACE}.level",
        name=PLACE_NAMES,
        parent=f"{PLACE}.parent",
    ),
    # The key itself is not stored: it is told once, to whom it was made for.
    "TokenSerializer": carried(token="", expires="directorates.AccessToken.expiry"),
    "FacilitySerializer": carried(
        code=f"{FACILITY}.code",
        name=FACILITY_NAMES,
        type=f"{FACILITY}.type",
        place=f"{PLACE}.code {FACILITY}.place",
        status=f"{FACILITY}.status",
        services="facilities.FacilityService.service",
        supported_by=f"facilities.Support.organisation {BODY}.code",
        directorate=f"directorates.Jurisdiction.organisation {BODY}.code",
    ),
    "ReportDueSerializer": carried(
        template=f"{TEMPLATE}.code",
        version=f"{VERSION}.number",
        facility=f"{FACILITY}.code",
        period=f"{EXPECTED}.period_start",
        reporter=f"{BODY}.code",
        status=f"{REPORT}.status",
        due=f"{EXPECTED}.due",
        days_late=f"{EXPECTED}.due",
        submission=f"{REPORT}.id",
    ),
    "AttachmentSerializer": carried(
        id=f"{ATTACHMENT}.id",
        name=f"{ATTACHMENT}.name",
        type=f"{ATTACHMENT}.content_type",
        size=f"{ATTACHMENT}.size",
        status=f"{ATTACHMENT}.state",
        reporter=f"{BODY}.code",
        at=f"{ATTACHMENT}.at",
    ),
    "SubmissionRowSerializer": _REPORT,
    "SubmissionSerializer": {**_REPORT, **carried(values=WRITTEN)},
    "ValueSerializer": carried(
        element=f"{ELEMENT}.code", category=f"{CATEGORY}.code", value=WRITTEN, state=WRITTEN, reason=WRITTEN
    ),
    "WarningSerializer": carried(
        rule=f"{RULE}.code", elements=f"{ELEMENT}.code", message=f"{RULE}.message_ar {RULE}.message_en"
    ),
    "HistorySerializer": carried(
        at="reporting.SubmissionEvent.at",
        by=f"reporting.SubmissionEvent.by {PERSON}",
        what="reporting.SubmissionEvent.what",
        note="reporting.SubmissionEvent.note",
    ),
    "FigureSerializer": carried(
        place=f"{PLACE}.code",
        element=f"{ELEMENT}.code",
        category=f"{CATEGORY}.code",
        value=FIGURE,
        hidden=FIGURE,
        expected=f"{COVERAGE}.expected",
        received=f"{COVERAGE}.received",
        on_time=f"{COVERAGE}.on_time",
        excused=f"{COVERAGE}.excused",
    ),
    "MissingReportSerializer": carried(
        template=f"{TEMPLATE}.code",
        facility=f"{FACILITY}.code",
        period=f"{EXPECTED}.period_start",
        reporter=f"{BODY}.code",
        directorate=f"{BODY}.code",
        due=f"{EXPECTED}.due",
        excused=f"{EXPLAINED}.reason",
        reasons=f"{EXPLAINED}.reason",
    ),
    "MissingWordSerializer": carried(
        side=f"{EXPLAINED}.side",
        organisation=f"{BODY}.code",
        reason=f"{EXPLAINED}.reason",
        text="reporting.Explanation.text",
        at="reporting.Explanation.at",
        files=f"{EVIDENCE}.id",
    ),
    "MissingFileSerializer": carried(
        id=f"{EVIDENCE}.id", name=f"{EVIDENCE}.name", type=f"{EVIDENCE}.content_type", size=f"{EVIDENCE}.size"
    ),
    "ExplainedSerializer": carried(done=f"{EXPLAINED}.reason", same=f"{EXPLAINED}.reason", received=f"{REPORT}.status"),
    "EditionSerializer": _EDITION,
    "EditionFigureSerializer": carried(
        place=f"{PLACE}.code",
        element=f"{ELEMENT}.code",
        category=f"{CATEGORY}.code",
        value="reporting.EditionFigure.value",
        hidden="reporting.EditionFigure.hidden",
    ),
    "OneEditionSerializer": _EDITION
    | carried(
        results="reporting.EditionFigure.value",
        disputes=f"{DISPUTE}.state",
        errata=f"{ERRATUM}.id",
        corrects=f"{EDITION}.corrects",
        corrected_by=f"{EDITION}.corrects",
        inputs="reporting.EditionInputs.digest reporting.Verification.faults",
    ),
    **BULLETINS,
    "FiguresSerializer": carried(
        computed_at="reporting.Computed.at",
        up_to_date="reporting.Touched.period_start",
        results=FIGURE,
        disputes=f"{DISPUTE}.state",
        border_changes="directorates.Jurisdiction.valid",
        place_changes="directorates.PlaceChange.first",
        lost=f"{FIGURE} {COVERAGE}.excused",
    ),
    "ContestedSerializer": carried(
        id=f"{DISPUTE}.id",
        function=f"{DISPUTE}.function",
        place=f"{PLACE}.code",
        status=f"{DISPUTE}.state",
        first=f"{DISPUTE}.first {BODY}.code",
        second=f"{DISPUTE}.second {BODY}.code",
    ),
    "NotOpenSerializer": carried(count="reporting.CountedReport.submission", value=ANSWERS),
    "SourceSerializer": carried(
        submission=f"{REPORT}.id",
        reporter=f"{BODY}.code",
        facility=f"{FACILITY}.code",
        value=ANSWERS,
        role="reporting.CountedReport.rule reporting.CountedReport.overlay",
        reason="reporting.CountedReport.rule reporting.Settlement.way reporting.Settlement.reason",
        corrected="reporting.CorrectionRequest.ended_at",
    ),
    "SourcesSerializer": carried(results=ANSWERS, not_open=ANSWERS),
    "AcrossFigureSerializer": carried(
        place=f"{PLACE}.code", category=f"{CATEGORY}.code", value=FIGURE, answers=f"{CELL}.n"
    ),
    "AcrossSerializer": carried(
        templates=f"{TEMPLATE}.code",
        passed_over=f"{TEMPLATE}.code",
        results=FIGURE,
        disputes=f"{DISPUTE}.state",
        border_changes="directorates.Jurisdiction.valid",
        place_changes="directorates.PlaceChange.first",
    ),
    "TemplateSerializer": carried(
        code=f"{TEMPLATE}.code",
        version=f"{VERSION}.number",
        status=f"{VERSION}.status",
        name=f"{TEMPLATE}.name_ar {TEMPLATE}.name_en",
        period_type=f"{TEMPLATE}.period_type",
        due_days=f"{TEMPLATE}.due_days",
        function=f"{TEMPLATE}.function",
        counts_first=f"{TEMPLATE}.counts_first",
        sections="reporting.Section.code reporting.SectionElement.element",
        rules=f"{RULE}.code",
    ),
    "BothNamesSerializer": carried(ar=f"{ELEMENT}.name_ar", en=f"{ELEMENT}.name_en"),
    "CodeAndNameSerializer": carried(code=f"{CATEGORY}.code", name=f"{CATEGORY}.name_ar {CATEGORY}.name_en"),
    "SectionSerializer": carried(
        code="reporting.Section.code",
        name="reporting.Section.name_ar reporting.Section.name_en",
        elements="reporting.SectionElement.element",
    ),
    "ElementSerializer": carried(
        code=f"{ELEMENT}.code",
        name=f"{ELEMENT}.name_ar {ELEMENT}.name_en",
        type=f"{ELEMENT}.type",
        required="reporting.SectionElement.required",
        min=f"{ELEMENT}.minimum",
        max=f"{ELEMENT}.maximum",
        over_time=f"{ELEMENT}.over_time",
        over_place=f"{ELEMENT}.over_place",
        numerator=f"{ELEMENT}.numerator",
        denominator=f"{ELEMENT}.denominator",
        categories=f"{CATEGORY}.code",
        options=f"{ELEMENT}.options",
    ),
    "RuleSerializer": carried(
        code=f"{RULE}.code",
        left=f"{RULE}.left",
        operator=f"{RULE}.operator",
        right=f"{RULE}.right",
        severity=f"{RULE}.severity",
        missing=f"{RULE}.missing",
        message=f"{RULE}.message_ar {RULE}.message_en",
    ),
}
TAKES = frozenset(
    {
        *("CredentialsSerializer", "GivenValueSerializer", "NewSubmissionSerializer", "ChangedValuesSerializer"),
        *("NoteSerializer", "ReasonSerializer", "FileSerializer", "ExplainSerializer", "ExplainWithFilesSerializer"),
        *("NewCommentSerializer", "NewConcernSerializer"),
        *("CellSerializer", "TermsSerializer", "WhichSerializer", "RefusalSerializer", "ArbiterSerializer"),
        "SavedViewBodySerializer",
        *("QuestionSerializer", "SaidSerializer", "OutcomeSerializer"),
        "BulletinWordSerializer",
        *("AskCorrectionSerializer", "NewErratumSerializer"),
    }
)

# What one search answers with and looks in, by group.
SEARCH: Carried = carried(
    facilities=f"{FACILITY}.code {FACILITY_NAMES} {FACILITY}.search {FACILITY}.type {FACILITY}.place {FACILITY}.status",
    reports=f"{REPORT}.receipt {REPORT}.status {REPORT}.period_start {TEMPLATE}.name_ar {FACILITY_NAMES} {BODY}.short_ar",
    places=f"{PLACE}.code {PLACE_NAMES} {PLACE}.search {PLACE}.level {PLACE}.parent",
    organisations=f"{BODY}.code {BODY_NAMES} {BODY}.kind {BODY}.status {BODY}.short_ar directorates.OrganisationName.name_ar",
)

# What it shows of texts, and looks in: of rows that the reader has a right to, as the API does.
TEXTS: Carried = carried(
    policies=f"{POLICY}.code {POLICY}.name_ar {POLICY}.kind {TEXT}.number {TEXT}.valid {SECTION}.heading_ar {SECTION}.text_ar",
    decisions=f"{DECISION}.subject {DECISION}.text {DECISION}.number {MEETING}.title {MEETING}.begins {BODY}.short_ar",
    minutes=f"{MINUTES}.text {MINUTES}.closed {CORRECTION}.text {MEETING}.title {MEETING}.begins {BODY}.short_ar",
    mandates=f"{MANDATE}.function {MANDATE}.basis {MANDATE}.ended_why {MANDATE}.valid {PLACE_NAMES} {BODY_NAMES}",
    disputes=f"{DISPUTE}.function {DISPUTE}.state {DISPUTE_EVENT}.text {DISPUTE_EVENT}.basis {PLACE_NAMES} {BODY_NAMES}",
    agreements=f"{AGREED}.name_ar {AGREED}.summary_ar {AGREED}.kind {AGREED}.valid {ARTICLE}.heading_ar {ARTICLE}.text_ar",
    sharing=f"{SHARED}.purpose {SHARED}.valid {SHARED}.ended {BODY_NAMES} directorates.Dataset.name_ar",
)

# What is handed to the log, as it stands in the code. An error is said by `coordination/logs.py`, which leaves rows out.
LOG: Carried = {
    "number": (),
    "request.path": (f"{FACILITY}.code", f"{REPORT}.id"),
    "path": (f"{FACILITY}.code", f"{REPORT}.id"),
    "problem": (),
    "name": (),
    "(timezone.now() - begun).total_seconds()": (),
}
