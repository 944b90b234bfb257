"""Which stored fields each column of a file carries, by the function that names the column (see `coordination/carried.py`).

A column whose name is computed (a question, a period) stands under the words of the code that name it.
"""

from collections.abc import Mapping

from coordination.carried import (
    ANSWERS,
    BODY,
    BODY_NAMES,
    CATEGORY,
    CELL,
    COVERAGE,
    DISPUTE,
    EDITION,
    ELEMENT,
    EXPECTED,
    FACILITY,
    FACILITY_NAMES,
    FIGURE,
    JOB,
    MANDATE,
    PERSON,
    PLACE,
    PLACE_NAMES,
    PROPOSAL,
    REPORT,
    TEMPLATE,
)
from coordination.carried_agreements import AGREED, OWED, OWED_EVENT, PARTY
from coordination.carried_body import MEMBERSHIP
from coordination.carried_borders import BORDER_FILES
from coordination.carried_bulletins import PEOPLE, VALUE
from coordination.carried_double_reports import DOUBLE, SETTLEMENT
from coordination.carried_indicators import INDICATOR_FILES
from coordination.carried_meetings import DECISION, ITEM, MEETING, SAID
from coordination.carried_policies import BRAND, BRAND_FILE, POLICY
from coordination.carried_quality import QUALITY_FILES
from coordination.carried_runs import RUN_FILES
from coordination.carried_views import VIEW_FILES
from coordination.carrying import Carried, carried

NOTICE = "directorates.Notice"
DEPUTY = "directorates.Deputyship"
PACKAGE = "reporting.PackageImport"
INVITATION = "directorates.Invitation"
MEMBER = "directorates.Membership"
EVENT = "directorates.AuditEvent"
WITNESS = "directorates.RecordWitness"
SEAL = "directorates.DirectorateSeal"
AGREEMENT = "directorates.SharingAgreement"
GRANT = "facilities.PositionGrant"
READING = "facilities.PositionReading"
RULE = "reporting.ValidationRule"
NOTED = "policies.ComplianceNote"
CORRECTION = "reporting.CorrectionRequest"
EMBEDDED = "reporting.EmbeddedFigure"
SCHEDULE = "reporting.ConsolidationSchedule"
RUN = "reporting.ConsolidationRun"

COLUMNS: Mapping[str, Carried] = {
    "agreements._agreements": {
        **carried(dataset=f"{AGREEMENT}.dataset directorates.Dataset.code", level=f"{AGREEMENT}.level"),
        **carried(dataset_name="directorates.Dataset.name_ar directorates.Dataset.name_en"),
        **carried(state=f"{AGREEMENT}.accepted {AGREEMENT}.ended {AGREEMENT}.valid"),
        **carried(custodian=f"{AGREEMENT}.custodian {BODY}.code", recipient=f"{AGREEMENT}.recipient {BODY}.code"),
        **carried(places=f"directorates.SharingAgreement_places.place {PLACE}.code", purpose=f"{AGREEMENT}.purpose"),
        **carried(first=f"{AGREEMENT}.valid", last=f"{AGREEMENT}.valid"),
        **carried(accepted=f"{AGREEMENT}.accepted", ended=f"{AGREEMENT}.ended"),
    },
    "assignments._assignments": {
        **carried(template=f"{TEMPLATE}.code", code=f"{FACILITY}.code", name_ar=f"{FACILITY}.name_ar"),
        **carried(name_en=f"{FACILITY}.name_en", type=f"{FACILITY}.type", place=f"{PLACE}.code"),
        "from": ("reporting.Assignment.valid",),
        "until": ("reporting.Assignment.valid",),
    },
    "policies._policies": {
        **carried(code=f"{POLICY}.code", name_ar=f"{POLICY}.name_ar", name_en=f"{POLICY}.name_en"),
        **carried(kind=f"{POLICY}.kind", version="policies.PolicyVersion.number"),
        **carried(since="policies.PolicyVersion.valid", owner=f"{POLICY}.owner {BODY}.code"),
    },
    "acknowledgements._acknowledgements": {
        **carried(organisation=f"{BODY}.code", organisation_name=BODY_NAMES, policy=f"{POLICY}.code"),
        **carried(version="policies.PolicyVersion.number", acknowledged="policies.Acknowledgement.at"),
        **carried(since="policies.Acknowledgement.since"),
    },
    "acknowledgements._facilities": {
        **carried(policy=f"{POLICY}.code", version="policies.PolicyVersion.number", code=f"{FACILITY}.code"),
        **carried(name=FACILITY_NAMES, place=f"{FACILITY}.place {PLACE}.code"),
        **carried(organisations=f"facilities.Support.organisation {BODY}.code"),
        **carried(acknowledged="policies.Acknowledgement.at"),
    },
    "branding._branding": {
        **carried(kind=f"{BRAND}.kind", code=f"{BRAND}.code", version=f"{BRAND}.number", state=f"{BRAND}.valid"),
        **carried(name_ar=f"{BRAND}.name_ar", name_en=f"{BRAND}.name_en", decided_by=f"{BRAND}.basis"),
        **carried(since=f"{BRAND}.valid", until=f"{BRAND}.valid", files=f"{BRAND_FILE}.format"),
    },
    "body_members._members": {
        **carried(code=f"{BODY}.code", directorate=BODY_NAMES, state=f"{MEMBERSHIP}.valid {MEMBERSHIP}.called_off"),
        **carried(since=f"{MEMBERSHIP}.valid", until=f"{MEMBERSHIP}.valid", called_off=f"{MEMBERSHIP}.called_off"),
        **carried(basis=f"{MEMBERSHIP}.basis", why=f"{MEMBERSHIP}.left_why {MEMBERSHIP}.dissolved"),
        **carried(entered=f"{MEMBERSHIP}.at", silence=f"{BODY}.status {SEAL}.since"),
    },
    "mandates._mandates": {
        **carried(function=f"{MANDATE}.function", place=f"{MANDATE}.place {PLACE}.code", place_name=PLACE_NAMES),
        **carried(
            organisation=f"{MANDATE}.organisation {BODY}.code", since=f"{MANDATE}.valid", until=f"{MANDATE}.valid"
        ),
        **carried(called_off=f"{MANDATE}.called_off", came=f"{MANDATE}.came", basis=f"{MANDATE}.basis"),
        **carried(silence=f"{BODY}.status {SEAL}.since", silent_since="directorates.OrganisationStatusChange.since"),
    },
    "mandates._disputes": {
        **carried(function=f"{DISPUTE}.function", place=f"{DISPUTE}.place {PLACE}.code", place_name=PLACE_NAMES),
        **carried(first=f"{DISPUTE}.first {BODY}.code", second=f"{DISPUTE}.second {BODY}.code"),
        **carried(state=f"{DISPUTE}.state", opened=f"{DISPUTE}.opened"),
        **carried(decided_for=f"{DISPUTE}.decided_for {BODY}.code"),
    },
    "policy_agreements._agreements": {
        **carried(name_ar=f"{AGREED}.name_ar", name_en=f"{AGREED}.name_en", kind=f"{AGREED}.kind"),
        **carried(state=f"{AGREED}.valid {AGREED}.opened {AGREED}.given_up {AGREED}.called_off"),
        **carried(since=f"{AGREED}.valid {AGREED}.since", until=f"{AGREED}.valid {AGREED}.until"),
        **carried(parties=f"{PARTY}.organisation {BODY}.code", recorded=f"{AGREED}.recorded"),
        **carried(keeper=f"{AGREED}.keeper {BODY}.code"),
    },
    "policy_agreements._obligations": {
        **carried(agreement=f"{AGREED}.name_ar {AGREED}.name_en", organisation=f"{OWED}.organisation {BODY}.code"),
        **carried(text_ar=f"{OWED}.text_ar", text_en=f"{OWED}.text_en", due=f"{OWED}.due"),
        **carried(state=f"{OWED_EVENT}.state", overdue=f"{OWED_EVENT}.state {OWED}.due"),
    },
    "meetings._meetings": {
        **carried(kind=f"{MEETING}.kind", title=f"{MEETING}.title", begins=f"{MEETING}.begins", ends=f"{MEETING}.ends"),
        **carried(zone=f"{MEETING}.zone", state=f"{MEETING}.called_off {MEETING}.ends"),
        **carried(organisation=f"{MEETING}.organisation {BODY}.code", why=f"{MEETING}.called_off_why"),
    },
    "meetings._decisions": {
        **carried(
            day=f"{MEETING}.begins", meeting=f"{MEETING}.title", organisation=f"{MEETING}.organisation {BODY}.code"
        ),
        **carried(number=f"{DECISION}.number", subject=f"{DECISION}.subject", text=f"{DECISION}.text"),
        **carried(
            about=f"{DECISION}.policy_version {POLICY}.code policies.PolicyVersion.number {DECISION}.agreement "
            f"{DECISION}.dispute policies.MandateDispute.id {DECISION}.brand_version"
        ),
        **carried(open=f"{SAID}.state", done=f"{SAID}.state", dropped=f"{SAID}.state"),
    },
    "meetings._action_items": {
        **carried(day=f"{MEETING}.begins", meeting=f"{MEETING}.title", decision=f"{ITEM}.decision {DECISION}.number"),
        **carried(text=f"{ITEM}.text", owner=f"{ITEM}.owner {BODY}.code", due=f"{ITEM}.due"),
        **carried(state=f"{SAID}.state {ITEM}.due", said=f"{SAID}.at", note=f"{SAID}.note"),
    },
    "double_reports._double_reports": {
        **carried(template=f"{TEMPLATE}.code", facility=f"{FACILITY}.code"),
        **carried(other=f"{DOUBLE}.other {TEMPLATE}.code"),
        **carried(facility_name=FACILITY_NAMES),
        **carried(state=f"{DOUBLE}.state", found=f"{DOUBLE}.found", due=f"{DOUBLE}.due"),
        **carried(arbiter=f"{DOUBLE}.arbiter {BODY}.code", way=f"{SETTLEMENT}.way", reason=f"{SETTLEMENT}.reason"),
    },
    "editions._editions": {
        **carried(template=f"{TEMPLATE}.code", reports=f"{EDITION}.reports"),
        **carried(hidden=f"{EDITION}.hidden", published=f"{EDITION}.at", acting=f"{EDITION}.acting {BODY}.code"),
        **carried(errata="reporting.Erratum.kind", corrected=f"{EDITION}.corrects"),
    },
    "editions._edition": {
        **carried(place=f"{PLACE}.code", place_name=PLACE_NAMES, item=f"{ELEMENT}.code"),
        **carried(expected="reporting.EditionPlace.expected", received="reporting.EditionPlace.received"),
        **carried(total="reporting.EditionFigure.value", hidden="reporting.EditionFigure.hidden"),
        "one.code": ("reporting.EditionFigure.value",),
    },
    "bulletins._bulletins": {
        **carried(series="reporting.BulletinSeries.name_ar reporting.BulletinSeries.name_en"),
        **carried(number="reporting.Bulletin.number", state="reporting.Bulletin.state"),
        **carried(corrects="reporting.Bulletin.corrects reporting.Bulletin.number", published="reporting.Bulletin.at"),
        **carried(acting=f"reporting.Bulletin.acting {BODY}.code"),
    },
    "bulletins._bulletin": {
        **carried(part="reporting.BulletinPart.heading_ar reporting.BulletinPart.heading_en"),
        **carried(place=f"{PLACE}.code", place_name=PLACE_NAMES, template=f"{TEMPLATE}.code"),
        **carried(item=f"{ELEMENT}.code reporting.Indicator.code"),
        **carried(
            item_name=f"{ELEMENT}.name_ar {ELEMENT}.name_en reporting.Indicator.name_ar reporting.Indicator.name_en"
        ),
        **carried(category="reporting.Category.code", value=f"reporting.EditionFigure.value {VALUE}.value"),
        **carried(hidden=f"reporting.EditionFigure.hidden {VALUE}.reasons", reasons=f"{VALUE}.reasons"),
        **carried(version="reporting.IndicatorVersion.number", numerator=f"{VALUE}.numerator"),
        **carried(denominator=f"{VALUE}.denominator", people=f"{PEOPLE}.number {PEOPLE}.group {PEOPLE}.year"),
        **carried(sources=f"{PEOPLE}.source {PEOPLE}.dated"),
        **carried(period="reporting.Bulletin.period_start", first_day="reporting.Bulletin.period_start"),
        **carried(last_day="reporting.Bulletin.period_start"),
    },
    "elements._elements": {
        **carried(code=f"{ELEMENT}.code", name_ar=f"{ELEMENT}.name_ar", name_en=f"{ELEMENT}.name_en"),
        **carried(type=f"{ELEMENT}.type", categories="reporting.CategorySet.code"),
        **carried(least=f"{ELEMENT}.minimum", most=f"{ELEMENT}.maximum"),
        **carried(over_time=f"{ELEMENT}.over_time", over_place=f"{ELEMENT}.over_place"),
        **carried(templates="reporting.SectionElement.element"),
    },
    "elements._categories": {
        **carried(set="reporting.CategorySet.code", set_name_ar="reporting.CategorySet.name_ar"),
        **carried(set_name_en="reporting.CategorySet.name_en", category=f"{CATEGORY}.code"),
        **carried(name_ar=f"{CATEGORY}.name_ar", name_en=f"{CATEGORY}.name_en"),
    },
    "facilities._facilities": {
        **carried(code=f"{FACILITY}.code", name_ar=f"{FACILITY}.name_ar", name_en=f"{FACILITY}.name_en"),
        **carried(type=f"{FACILITY}.type", place=f"{PLACE}.code {FACILITY}.place", place_name=PLACE_NAMES),
        **carried(status=f"{FACILITY}.status", since="facilities.OperatingStatus.valid"),
        **carried(supported_by=f"facilities.Support.organisation {BODY}.code"),
    },
    "facilities._proposals": {
        **carried(proposal=f"{PROPOSAL}.id", facility=f"{FACILITY}.code", place=f"{PLACE}.code"),
        **carried(asked=f"{PROPOSAL}.at", acting=f"{PROPOSAL}.acting", field="facilities.FieldChange.field"),
        **carried(state="facilities.FieldChange.state", reason=f"{PROPOSAL}.reason"),
    },
    "facilities._duplicates": {
        **carried(first=f"{FACILITY}.code", first_name=FACILITY_NAMES, second=f"{FACILITY}.code"),
        **carried(second_name=FACILITY_NAMES, place=f"{PLACE}.code", one_name=f"{FACILITY}.search"),
        **carried(same_place=f"{FACILITY}.place"),
    },
    "figures._table": {
        **carried(template=f"{TEMPLATE}.code", place=f"{PLACE}.code", place_name=PLACE_NAMES),
        **carried(expected=f"{COVERAGE}.expected", received=f"{COVERAGE}.received", on_time=f"{COVERAGE}.on_time"),
        **carried(received_of_expected=f"{COVERAGE}.received", on_time_of_expected=f"{COVERAGE}.on_time"),
        **carried(excused=f"{COVERAGE}.excused"),
        "as": (),
        "one.element.code": tuple(FIGURE.split()),
    },
    "figures.disputed_column": carried(
        disputed=f"policies.MandateDispute.state policies.MandateDispute.first policies.MandateDispute.second {BODY_NAMES}"
    ),
    "figures._grid": {
        **carried(facility=f"{FACILITY}.code", facility_name=FACILITY_NAMES, completeness=f"{EXPECTED}.due"),
        **carried(completeness_unexcused=f"{EXPECTED}.due reporting.ExplainedReport.reason"),
        "period.id": (f"{REPORT}.status", f"{EXPECTED}.due", "reporting.ExplainedReport.reason"),
    },
    "figures._across": {
        **carried(item=f"{ELEMENT}.code", place=f"{PLACE}.code", place_name=PLACE_NAMES, total=FIGURE),
        **carried(answers=f"{CELL}.n"),
        "one.code": tuple(FIGURE.split()),
    },
    "figures._sources": {
        **carried(facility=f"{FACILITY}.code", facility_name=FACILITY_NAMES, reporter=f"{BODY}.code"),
        **carried(receipt=f"{REPORT}.receipt", role="reporting.CountedReport.rule"),
        **carried(reason="reporting.CountedReport.rule", corrected="reporting.CorrectionRequest.ended_at"),
        "code": tuple(ANSWERS.split()),
        "element.code": tuple(ANSWERS.split()),
    },
    "listing.period_columns": carried(
        period=f"{REPORT}.period_start", first_day=f"{REPORT}.period_start", last_day=f"{REPORT}.period_start"
    ),
    "notices._notices": {
        **carried(told=f"{NOTICE}.at", notice=f"{NOTICE}.kind", more=f"{NOTICE}.values", address=f"{NOTICE}.url"),
        **carried(read=f"{NOTICE}.read"),
    },
    "packages._packages": {
        **carried(package=f"{PACKAGE}.title", file=f"{PACKAGE}.file_name", uploaded=f"{PACKAGE}.at"),
        **carried(by=f"{PACKAGE}.by {PERSON}", status=f"{PACKAGE}.applied_at", imported=f"{PACKAGE}.applied_at"),
    },
    "packages._items": {
        **carried(part=f"{PACKAGE}.receipt", code=f"{PACKAGE}.receipt", status=f"{PACKAGE}.receipt"),
        **carried(name_ar=f"{PACKAGE}.receipt", name_en=f"{PACKAGE}.receipt"),
        **carried(why=f"{PACKAGE}.receipt", changes=f"{PACKAGE}.receipt"),
    },
    "people._people": {
        **carried(name="directorates.User.name", email="directorates.User.email", organisation=f"{BODY}.code"),
        **carried(role=f"{MEMBER}.role", places="directorates.Membership_places.place"),
        **carried(since=f"{MEMBER}.valid", last_day=f"{MEMBER}.valid", kept_out="directorates.User.is_active"),
    },
    "people._invitations": {
        **carried(email=f"{INVITATION}.email {INVITATION}.person", asked=f"{INVITATION}.at"),
        **carried(by=f"{INVITATION}.by {PERSON}", confirmed_by=f"{INVITATION}.confirmed_by {PERSON}"),
        **carried(state=f"{INVITATION}.confirmed_at {INVITATION}.accepted_at {INVITATION}.ended_at"),
        **carried(role=f"{INVITATION}.role", expires=f"{INVITATION}.expires"),
        **carried(organisation=f"{INVITATION}.organisation {BODY}.code", places="directorates.Invitation_places.place"),
    },
    "people._deputies": {
        **carried(name=PERSON, until=f"{DEPUTY}.valid", ended=f"{DEPUTY}.ended", by=f"{DEPUTY}.by {PERSON}"),
        **carried(at=f"{DEPUTY}.at", confirmed_by=f"{DEPUTY}.confirmed_by {PERSON}"),
        "from": (f"{DEPUTY}.valid",),
    },
    "positions._grants": {
        **carried(facility=f"{GRANT}.facility {FACILITY}.code", place=f"{GRANT}.place {PLACE}.code"),
        **carried(name=f"{FACILITY_NAMES} {PLACE_NAMES}", recipient=f"{GRANT}.organisation {BODY}.code"),
        **carried(state=f"{GRANT}.ended_how {GRANT}.until facilities.PositionApproval.acting"),
        **carried(person=f"{GRANT}.person {PERSON}", asked=f"{GRANT}.day", until=f"{GRANT}.until"),
    },
    "positions._readings": {
        **carried(facility=f"{READING}.facility {FACILITY}.code", name=FACILITY_NAMES),
        **carried(by=f"{READING}.by {PERSON}", acting=f"{READING}.acting {BODY}.code"),
        **carried(at=f"{READING}.at", reason=f"{READING}.reason"),
    },
    "reports._where_and_what": {
        **carried(facility=f"{FACILITY}.code", facility_name=FACILITY_NAMES, place=f"{PLACE}.code"),
        **carried(place_name=PLACE_NAMES, template=f"{TEMPLATE}.code", reporter=f"{BODY}.code"),
    },
    "reports._reports": carried(
        status=f"{REPORT}.status", sent=f"{REPORT}.submitted", due=f"{REPORT}.due", receipt=f"{REPORT}.receipt"
    ),
    "reports._due": carried(status=f"{REPORT}.status", due=f"{EXPECTED}.due", days_late=f"{EXPECTED}.due"),
    "reports._deadlines": carried(due=f"{EXPECTED}.due"),
    "reports._missing": carried(
        due=f"{EXPECTED}.due",
        reason="reporting.ExplainedReport.reason",
        said_by_directorate="reporting.ExplainedReport.reason",
        said_by_reporter="reporting.ExplainedReport.reason",
    ),
    "reports._inbox": carried(
        sent=f"{REPORT}.submitted",
        marked=f"{REPORT}.marks reporting.Comparison.found",
        held="reporting.Attachment.state",
        receipt=f"{REPORT}.receipt",
    ),
    "reports._answers": {
        **carried(status=f"{REPORT}.status"),
        "f'{element.code}.{category.code}' if category else element.code": tuple(ANSWERS.split()),
    },
    "templates._templates": {
        **carried(code=f"{TEMPLATE}.code", name_ar=f"{TEMPLATE}.name_ar", name_en=f"{TEMPLATE}.name_en"),
        **carried(programme="reporting.Programme.name_ar reporting.Programme.name_en"),
        **carried(every=f"{TEMPLATE}.period_type", due_days=f"{TEMPLATE}.due_days"),
        **carried(reporting="reporting.Assignment.facility", version="reporting.TemplateVersion.number"),
    },
    "versions._items": {
        **carried(section="reporting.Section.name_ar reporting.Section.name_en", code=f"{ELEMENT}.code"),
        **carried(name_ar=f"{ELEMENT}.name_ar", name_en=f"{ELEMENT}.name_en", type=f"{ELEMENT}.type"),
        **carried(categories="reporting.CategorySet.code", least=f"{ELEMENT}.minimum", most=f"{ELEMENT}.maximum"),
        **carried(required="reporting.SectionElement.required"),
        **carried(over_time=f"{ELEMENT}.over_time", over_place=f"{ELEMENT}.over_place"),
    },
    "versions._rules": {
        **carried(code=f"{RULE}.code", left=f"{RULE}.left", operator=f"{RULE}.operator", right=f"{RULE}.right"),
        **carried(severity=f"{RULE}.severity", missing=f"{RULE}.missing"),
        **carried(message_ar=f"{RULE}.message_ar", message_en=f"{RULE}.message_en"),
    },
    "compliance._compliance": {
        **carried(policy=f"{POLICY}.code", version="policies.PolicyVersion.number"),
        **carried(organisation=f"{BODY}.code", organisation_name=BODY_NAMES, extent=f"{NOTED}.extent"),
        **carried(said=f"{NOTED}.text", evidence="policies.Evidence.id", at=f"{NOTED}.at"),
    },
    "corrections._corrections": {
        **carried(facility=f"{FACILITY}.code", facility_name=FACILITY_NAMES, template=f"{TEMPLATE}.code"),
        **carried(reporter=f"{BODY}.code", number=f"{CORRECTION}.number", acting=f"{CORRECTION}.acting {BODY}.code"),
        **carried(asked=f"{CORRECTION}.at", state=f"{CORRECTION}.state", decided=f"{CORRECTION}.decided_at"),
    },
    "embedded_figures._embedded": {
        **carried(template=f"{TEMPLATE}.code", item=f"{ELEMENT}.code"),
        **carried(item_name=f"{ELEMENT}.name_ar {ELEMENT}.name_en", level=f"{EMBEDDED}.level"),
        **carried(state=f"{EMBEDDED}.until {EMBEDDED}.revoked", sites=f"{EMBEDDED}.sites", until=f"{EMBEDDED}.until"),
    },
    "lost_services._lost": {
        **carried(template=f"{TEMPLATE}.code", place=f"{PLACE}.code", place_name=PLACE_NAMES),
        **carried(excused="reporting.ExplainedReport.reason", item=f"{ELEMENT}.code"),
        **carried(item_name=f"{ELEMENT}.name_ar {ELEMENT}.name_en"),
        **carried(middle=ANSWERS, low=ANSWERS, high=ANSWERS, behind=f"{EXPECTED}.due"),
        "why": (),
    },
    "schedules._schedules": {
        **carried(template=f"{TEMPLATE}.code", template_name=f"{TEMPLATE}.name_ar {TEMPLATE}.name_en"),
        **carried(often=f"{SCHEDULE}.rhythm {SCHEDULE}.hour {SCHEDULE}.weekday", next=f"{SCHEDULE}.started"),
        **carried(last=f"{RUN}.began", state=f"{RUN}.state", differed=f"{RUN}.cells"),
    },
    "record._record": {
        **carried(
            number=f"{EVENT}.id", when=f"{EVENT}.at", who=f"{EVENT}.by {PERSON}", acting=f"{EVENT}.acting {BODY}.code"
        ),
        **carried(deed=f"{EVENT}.what", thing=f"{EVENT}.kind {EVENT}.thing {EVENT}.details"),
        **carried(concerns=f"{EVENT}.concerns {BODY}.code", refused=f"{EVENT}.refused", way=f"{EVENT}.way"),
        **carried(address=f"{EVENT}.address"),
    },
    "record._witnesses": {
        **carried(name=f"{WITNESS}.name", organisation=f"{WITNESS}.organisation {BODY}.code"),
        **carried(email=f"{WITNESS}.email"),
    },
    **BORDER_FILES,
    **QUALITY_FILES,
    **RUN_FILES,
    **VIEW_FILES,
    **INDICATOR_FILES,
    "seals._seals": {
        **carried(directorate=f"{SEAL}.organisation {BODY}.code", directorate_name=BODY_NAMES),
        **carried(state=f"{SEAL}.since {SEAL}.lifted {SEAL}.withdrawn", reason=f"{SEAL}.reason"),
        **carried(asked=f"{SEAL}.asked", asked_as=f"{SEAL}.asked_as {BODY}.code", since=f"{SEAL}.since"),
        **carried(confirmed_as=f"{SEAL}.confirmed_as {BODY}.code", lift_asked=f"{SEAL}.lift_asked"),
        **carried(lift_asked_as=f"{SEAL}.lift_asked_as {BODY}.code", lift_reason=f"{SEAL}.lift_reason"),
        **carried(lifted=f"{SEAL}.lifted", lifted_as=f"{SEAL}.lifted_as {BODY}.code"),
    },
    "job_listing._jobs": {
        **carried(job=f"{JOB}.id", kind=f"{JOB}.kind", state=f"{JOB}.state", problem=f"{JOB}.result"),
        **carried(by=f"{JOB}.by {PERSON}", acting=f"{JOB}.acting", asked=f"{JOB}.asked"),
        **carried(seconds=f"{JOB}.started {JOB}.finished", file="directorates.StoredFile.name"),
    },
}
