"""The addresses of the API, `/api/v1/`; each noun has its module in the app that owns it."""

from django.urls import path, re_path

from coordination.api import schema
from coordination.api.nothing import Nothing
from coordination.meetings.api.action_items import ActionItems
from coordination.meetings.api.decisions import Decisions
from coordination.meetings.api.meetings import Meetings, OneMeeting
from coordination.reporting.api.attachments import Attachments, OneAttachment
from coordination.reporting.api.corrections import (
    AcceptCorrection,
    Corrections,
    RefuseCorrection,
    WithdrawCorrection,
)
from coordination.reporting.api.double_reports import (
    Confirm,
    Decide,
    DoubleReports,
    NameArbiter,
    OneDoubleReport,
    Propose,
    Refuse,
)
from coordination.reporting.api.due import ReportsDue
from coordination.reporting.api.editions import Editions, OneEdition
from coordination.reporting.api.errata import Errata
from coordination.reporting.api.figures import Consolidations, ConsolidationSources
from coordination.reporting.api.figures_across import Across
from coordination.reporting.api.missing import Missing
from coordination.reporting.api.runs import Runs
from coordination.reporting.api.submissions import Approve, OneSubmission, Reopen, SendBack, Submissions, Submit
from coordination.reporting.api.templates import OneTemplate, Templates
from directorates.api.handovers import Handovers
from directorates.api.jurisdictions import Jurisdictions
from directorates.api.organisations import Organisations
from directorates.api.place_changes import PlaceChanges
from directorates.api.places import Places
from directorates.api.tokens import Tokens
from facilities.api.facilities import Facilities, OneFacility
from policies.api.acknowledgements import Acknowledgements
from policies.api.agreements import Agreements, OneAgreement
from policies.api.ballots import Ballots
from policies.api.branding import Branding, OneBrandFile
from policies.api.disputes import Disputes
from policies.api.mandates import Mandates
from policies.api.policies import OnePolicy, OnePolicyFile, Policies

app_name = "api"

urlpatterns = [
    path("auth/token/", Tokens.as_view(), name="auth_token"),
    path("places/", Places.as_view(), name="places"),
    path("place-changes/", PlaceChanges.as_view(), name="place_changes"),
    path("organisations/", Organisations.as_view(), name="organisations"),
    path("jurisdictions/", Jurisdictions.as_view(), name="jurisdictions"),
    path("handovers/", Handovers.as_view(), name="handovers"),
    path("facilities/", Facilities.as_view(), name="facilities"),
    path("facilities/<str:code>/", OneFacility.as_view(), name="facility"),
    path("templates/", Templates.as_view(), name="templates"),
    path("templates/<str:code>/", OneTemplate.as_view(), name="template"),
    path("reports-due/", ReportsDue.as_view(), name="reports_due"),
    path("missing/", Missing.as_view(), name="missing"),
    path("submissions/", Submissions.as_view(), name="submissions"),
    path("submissions/<uuid:pk>/", OneSubmission.as_view(), name="submission"),
    path("submissions/<uuid:pk>/submit/", Submit.as_view(), name="submission_submit"),
    path("submissions/<uuid:pk>/approve/", Approve.as_view(), name="submission_approve"),
    path("submissions/<uuid:pk>/send-back/", SendBack.as_view(), name="submission_send_back"),
    path("submissions/<uuid:pk>/reopen/", Reopen.as_view(), name="submission_reopen"),
    path("submissions/<uuid:pk>/attachments/", Attachments.as_view(), name="attachments"),
    path("submissions/<uuid:pk>/attachments/<int:number>/", OneAttachment.as_view(), name="attachment"),
    path("submissions/<uuid:pk>/corrections/", Corrections.as_view(), name="corrections"),
    path(
        "submissions/<uuid:pk>/corrections/<int:number>/accept/", AcceptCorrection.as_view(), name="correction_accept"
    ),
    path(
        "submissions/<uuid:pk>/corrections/<int:number>/refuse/", RefuseCorrection.as_view(), name="correction_refuse"
    ),
    path(
        "submissions/<uuid:pk>/corrections/<int:number>/withdraw/",
        WithdrawCorrection.as_view(),
        name="correction_withdraw",
    ),
    path("double-reports/", DoubleReports.as_view(), name="double_reports"),
    path("double-reports/<int:pk>/", OneDoubleReport.as_view(), name="double_report"),
    path("double-reports/<int:pk>/propose/", Propose.as_view(), name="double_propose"),
    path("double-reports/<int:pk>/confirm/", Confirm.as_view(), name="double_confirm"),
    path("double-reports/<int:pk>/refuse/", Refuse.as_view(), name="double_refuse"),
    path("double-reports/<int:pk>/arbiter/", NameArbiter.as_view(), name="double_arbiter"),
    path("double-reports/<int:pk>/decide/", Decide.as_view(), name="double_decide"),
    path("consolidations/", Consolidations.as_view(), name="consolidations"),
    path("consolidations/runs/", Runs.as_view(), name="consolidation_runs"),
    path("consolidations/across/", Across.as_view(), name="consolidations_across"),
    path("consolidations/sources/", ConsolidationSources.as_view(), name="consolidation_sources"),
    path("policies/", Policies.as_view(), name="policies"),
    path("policies/<str:code>/", OnePolicy.as_view(), name="policy"),
    path("policies/<str:code>/<int:number>/files/<slug:digest>/", OnePolicyFile.as_view(), name="policy_file"),
    path("branding/", Branding.as_view(), name="branding"),
    path("branding/<int:pk>/files/<slug:ending>/", OneBrandFile.as_view(), name="brand_file"),
    path("mandates/", Mandates.as_view(), name="mandates"),
    path("agreements/", Agreements.as_view(), name="agreements"),
    path("agreements/<int:pk>/", OneAgreement.as_view(), name="agreement"),
    path("disputes/", Disputes.as_view(), name="disputes"),
    path("policies/<str:code>/ballots/", Ballots.as_view(), name="ballots"),
    path("policies/<str:code>/acknowledgements/", Acknowledgements.as_view(), name="acknowledgements"),
    path("meetings/", Meetings.as_view(), name="meetings"),
    path("meetings/<int:pk>/", OneMeeting.as_view(), name="meeting"),
    path("decisions/", Decisions.as_view(), name="decisions"),
    path("action-items/", ActionItems.as_view(), name="action_items"),
    path("editions/", Editions.as_view(), name="editions"),
    path("editions/<int:pk>/", OneEdition.as_view(), name="edition"),
    path("editions/<int:pk>/errata/", Errata.as_view(), name="errata"),
    # Whatever the address holds, line breaks too: every answer here is a problem in JSON.
    re_path(r"^[\s\S]*/$", Nothing.as_view(), name="nothing"),
]

__all__ = ["app_name", "schema", "urlpatterns"]
