"""The nouns of reporting, a file each."""

from coordination.reporting.models.assignments import Assignment
from coordination.reporting.models.attachments import Attachment
from coordination.reporting.models.broken_rules import BrokenRule
from coordination.reporting.models.bulletin_indicators import BulletinPopulation, BulletinValue
from coordination.reporting.models.bulletins import (
    Bulletin,
    BulletinAnswer,
    BulletinEdition,
    BulletinPart,
    BulletinSeries,
    BulletinSigner,
)
from coordination.reporting.models.claims import Claim
from coordination.reporting.models.consolidation import Belonging, Cell, Computed, Coverage, Touched
from coordination.reporting.models.corrections import CorrectionRequest
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.dashboards import Dashboard, DashboardView
from coordination.reporting.models.double_reports import DoubleReport, DoubleReportEvent, Settlement
from coordination.reporting.models.edition_inputs import EditionAside, EditionExpected, EditionInputs, EditionReport
from coordination.reporting.models.editions import Edition, EditionDispute, EditionFigure, EditionPlace
from coordination.reporting.models.elements import Category, CategorySet, Element
from coordination.reporting.models.embedded_figures import EmbeddedFigure
from coordination.reporting.models.errata import Erratum
from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.extensions import Extension
from coordination.reporting.models.follow_ups import FollowUp, FollowUpWord
from coordination.reporting.models.indicators import Indicator, IndicatorOperand, IndicatorVersion
from coordination.reporting.models.missing import ExplainedReport, Explanation, MissingEvidence
from coordination.reporting.models.outliers import Comparison, Look
from coordination.reporting.models.packages import ExternalId, PackageImport
from coordination.reporting.models.populations import Population
from coordination.reporting.models.receipts import ReceiptSeries
from coordination.reporting.models.reminders import Escalation, Reminder
from coordination.reporting.models.requests import StoredRequest
from coordination.reporting.models.rule_records import RuleRecord
from coordination.reporting.models.runs import ConsolidationRun, ConsolidationTrouble
from coordination.reporting.models.saved_views import SavedView
from coordination.reporting.models.schedules import ConsolidationSchedule
from coordination.reporting.models.submissions import Draft, Revision, Submission, SubmissionEvent
from coordination.reporting.models.templates import (
    Programme,
    ReportTemplate,
    Section,
    SectionElement,
    Slot,
    TemplateVersion,
    ValidationRule,
    WeekLabelRule,
)
from coordination.reporting.models.verifications import Verification
from coordination.reporting.models.view_shares import ViewShare

__all__ = [
    "Assignment",
    "Attachment",
    "Belonging",
    "BrokenRule",
    "Bulletin",
    "BulletinAnswer",
    "BulletinEdition",
    "BulletinPart",
    "BulletinPopulation",
    "BulletinSeries",
    "BulletinSigner",
    "BulletinValue",
    "Category",
    "CategorySet",
    "Cell",
    "Claim",
    "Comparison",
    "Computed",
    "ConsolidationRun",
    "ConsolidationSchedule",
    "ConsolidationTrouble",
    "CorrectionRequest",
    "CountedReport",
    "Coverage",
    "Dashboard",
    "DashboardView",
    "DoubleReport",
    "DoubleReportEvent",
    "Draft",
    "Edition",
    "EditionAside",
    "EditionDispute",
    "EditionExpected",
    "EditionFigure",
    "EditionInputs",
    "EditionPlace",
    "EditionReport",
    "Element",
    "EmbeddedFigure",
    "Erratum",
    "Escalation",
    "ExpectedReport",
    "ExplainedReport",
    "Explanation",
    "Extension",
    "ExternalId",
    "FollowUp",
    "FollowUpWord",
    "Indicator",
    "IndicatorOperand",
    "IndicatorVersion",
    "Look",
    "MissingEvidence",
    "PackageImport",
    "Population",
    "Programme",
    "ReceiptSeries",
    "Reminder",
    "ReportTemplate",
    "Revision",
    "RuleRecord",
    "SavedView",
    "Section",
    "SectionElement",
    "Settlement",
    "Slot",
    "StoredRequest",
    "Submission",
    "SubmissionEvent",
    "TemplateVersion",
    "Touched",
    "ValidationRule",
    "Verification",
    "ViewShare",
    "WeekLabelRule",
]
