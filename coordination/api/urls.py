"""The addresses of the API, `/api/v1/`; each noun has its module in the app that owns it."""

from django.urls import path, re_path

from coordination.api import schema
from coordination.api.nothing import Nothing
from coordination.meetings.api.action_items import ActionItems
from coordination.meetings.api.decisions import Decisions
from coordination.meetings.api.meetings import Meetings, OneMeeting
from coordination.reporting.api.attachments import Attachments, OneAttachment
from coordination.reporting.api.bulletins import AnswerBulletin, Bulletins, OneBulletin
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
from coordination.reporting.api.figures_compared import ComparedFigures
from coordination.reporting.api.follow_ups import (
    Answer,
    Ask,
    AskAgain,
    FollowUps,
    OneFollowUp,
    SettleFollowUp,
)
from coordination.reporting.api.indicators import Indicators, IndicatorValuesOf, OneIndicator
from coordination.reporting.api.missing import Missing, MissingFile
from coordination.reporting.api.quality import QualityOfReports
from coordination.reporting.api.rule_records import RuleRecords
from coordination.reporting.api.runs import Runs
from coordination.reporting.api.saved_views import OneSavedView, SavedViews
from coordination.reporting.api.submissions import Approve, OneSubmission, Reopen, SendBack, Submissions, Submit
from coordination.reporting.api.templates import OneTemplate, Templates
from directorates.api.handovers import Handovers
from directorates.api.jurisdictions import Jurisdictions
from directorates.api.notices import Notices
from directorates.api.organisations import Organisations
from directorates.api.place_changes import PlaceChanges
from directorates.api.places import Places
from directorates.api.tokens import Tokens
from facilities.api.facilities import Facilities, OneFacility
from policies.api.acknowledgements import Acknowledgements
from policies.api.agreements import Agreements, OneAgreement
from policies.api.ballots import Ballots
from policies.api.body_members import BodyMembers
from policies.api.branding import Branding, OneBrandFile
from policies.api.compliance import ComplianceNotes
from policies.api.discussions import Comments, Concerns
from policies.api.disputes import Disputes
from policies.api.mandates import Mandates
from policies.api.obligations import Obligations
from policies.api.policies import OnePolicy, OnePolicyFile, Policies
from policies.api.reviews import Reviews

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
    path("rule-records/", RuleRecords.as_view(), name="rule_records"),
    path("templates/<str:code>/", OneTemplate.as_view(), name="template"),
    path("reports-due/", ReportsDue.as_view(), name="reports_due"),
    path("missing/", Missing.as_view(), name="missing"),
    path("missing/files/<int:number>/", MissingFile.as_view(), name="missing_file"),
    path("submissions/", Submissions.as_view(), name="submissions"),
    path("submissions/<uuid:pk>/", OneSubmission.as_view(), name="submission"),
    path("submissions/<uuid:pk>/submit/", Submit.as_view(), name="submission_submit"),
    path("submissions/<uuid:pk>/approve/", Approve.as_view(), name="submission_approve"),
    path("submissions/<uuid:pk>/send-back/", SendBack.as_view(), name="submission_send_back"),
    path("submissions/<uuid:pk>/reopen/", Reopen.as_view(), name="submission_reopen"),
    path("submissions/<uuid:pk>/attachments/", Attachments.as_view(), name="attachments"),
    path("submissions/<uuid:pk>/attachments/<int:number>/", OneAttachment.as_view(), name="attachment"),
    path("submissions/<uuid:pk>/follow-ups/", Ask.as_view(), name="submission_ask"),
    path("quality/", QualityOfReports.as_view(), name="quality"),
    path("follow-ups/", FollowUps.as_view(), name="follow_ups"),
    path("follow-ups/<int:pk>/", OneFollowUp.as_view(), name="follow_up"),
    path("follow-ups/<int:pk>/answer/", Answer.as_view(), name="follow_up_answer"),
    path("follow-ups/<int:pk>/ask-again/", AskAgain.as_view(), name="follow_up_again"),
    path("follow-ups/<int:pk>/settle/", SettleFollowUp.as_view(), name="follow_up_settle"),
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
    path("indicators/", Indicators.as_view(), name="indicators"),
    path("indicators/<str:code>/", OneIndicator.as_view(), name="indicator"),
    path("indicators/<str:code>/values/", IndicatorValuesOf.as_view(), name="indicator_values"),
    path("consolidations/", Consolidations.as_view(), name="consolidations"),
    path("consolidations/runs/", Runs.as_view(), name="consolidation_runs"),
    path("consolidations/across/", Across.as_view(), name="consolidations_across"),
    path("consolidations/compare/", ComparedFigures.as_view(), name="consolidations_compare"),
    path("consolidations/sources/", ConsolidationSources.as_view(), name="consolidation_sources"),
    path("policies/", Policies.as_view(), name="policies"),
    path("policies/<str:code>/", OnePolicy.as_view(), name="policy"),
    path("policies/<str:code>/<int:number>/files/<slug:digest>/", OnePolicyFile.as_view(), name="policy_file"),
    path("branding/", Branding.as_view(), name="branding"),
    path("branding/<int:pk>/files/<slug:ending>/", OneBrandFile.as_view(), name="brand_file"),
    path("members/", BodyMembers.as_view(), name="members"),
    path("mandates/", Mandates.as_view(), name="mandates"),
    path("agreements/", Agreements.as_view(), name="agreements"),
    path("agreements/<int:pk>/", OneAgreement.as_view(), name="agreement"),
    path("obligations/", Obligations.as_view(), name="obligations"),
    path("reviews/", Reviews.as_view(), name="reviews"),
    path("notices/", Notices.as_view(), name="notices"),
    path("disputes/", Disputes.as_view(), name="disputes"),
    path("policies/<str:code>/ballots/", Ballots.as_view(), name="ballots"),
    path("policies/<str:code>/acknowledgements/", Acknowledgements.as_view(), name="acknowledgements"),
    path("policies/<str:code>/comments/", Comments.as_view(), name="policy_comments"),
    path("policies/<str:code>/concerns/", Concerns.as_view(), name="policy_concerns"),
    path("policies/<str:code>/compliance/", ComplianceNotes.as_view(), name="policy_compliance"),
    path("meetings/", Meetings.as_view(), name="meetings"),
    path("meetings/<int:pk>/", OneMeeting.as_view(), name="meeting"),
    path("decisions/", Decisions.as_view(), name="decisions"),
    path("action-items/", ActionItems.as_view(), name="action_items"),
    path("views/", SavedViews.as_view(), name="views"),
    path("views/<int:pk>/", OneSavedView.as_view(), name="view"),
    path("editions/", Editions.as_view(), name="editions"),
    path("editions/<int:pk>/", OneEdition.as_view(), name="edition"),
    path("bulletins/", Bulletins.as_view(), name="bulletins"),
    path("bulletins/<int:pk>/", OneBulletin.as_view(), name="bulletin"),
    path("bulletins/<int:pk>/answer/", AnswerBulletin.as_view(), name="bulletin_answer"),
    path("editions/<int:pk>/errata/", Errata.as_view(), name="errata"),
    # Whatever the address holds, line breaks too: every answer here is a problem in JSON.
    re_path(r"^[\s\S]*/$", Nothing.as_view(), name="nothing"),
]

__all__ = ["app_name", "schema", "urlpatterns"]
