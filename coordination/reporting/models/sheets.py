"""A report on somebody's desk: what is asked, what was written so far, and what stands beside it while it is written."""

from functools import cached_property

from coordination.reporting.models.elements import Element
from coordination.reporting.models.reviews import document_before
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Draft, Status, Submission, SubmissionEvent, What
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import TemplateSpec
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.naming import in_language


class Desk:
    """Everything that the form of a report shows; each part is looked up when the page asks for it."""

    def __init__(self, submission: Submission, user: User) -> None:
        """Keep the report and its writer."""
        self.submission, self.user = submission, user

    @cached_property
    def spec(self) -> TemplateSpec:
        """What is asked."""
        return specification_of(self.submission.version)

    @cached_property
    def draft(self) -> Draft | None:
        """The working copy; none before the first word is saved to a report that was sent back."""
        return Draft.objects.filter(submission=self.submission.pk).select_related("by").first()

    @property
    def now(self) -> Document:
        """What was written so far: the working copy, or what was last reported."""
        source = self.draft or self.submission.revision
        return Document(source.doc, source.notes) if source else Document()

    @cached_property
    def before(self) -> Document:
        """What the facility reported for the period before."""
        return document_before(self.submission, self.user)

    @property
    def period_before(self) -> Period:
        """The period whose values stand under the fields."""
        return self.submission.period.previous()

    @cached_property
    def others(self) -> list[Organisation]:
        """The bodies that already reported this facility and period; their names, never their values."""
        return already_reported(self.submission)

    @cached_property
    def sent_back(self) -> SubmissionEvent | None:
        """Why the report came back, where it did."""
        if self.submission.status != What.RETURNED:
            return None
        events = SubmissionEvent.objects.filter(submission=self.submission.pk, what=What.RETURNED)
        return events.select_related("acting").order_by("-pk").first()

    @cached_property
    def moved(self) -> SubmissionEvent | None:
        """When the draft moved to a new version of its template, and what was dropped; only before it is first sent."""
        if self.submission.status != Status.DRAFT:
            return None
        events = SubmissionEvent.objects.filter(submission=self.submission.pk, what=What.MOVED)
        return events.order_by("-pk").first()

    @property
    def retired(self) -> bool:
        """Whether the template ended before the period, so that the report is no longer expected and cannot be sent."""
        last = self.submission.version.last_day
        return last is not None and last < self.submission.period_start

    @cached_property
    def helps(self) -> dict[str, str]:
        """What helps to answer an element, by its code, in the reader's language."""
        elements = Element.objects.filter(code__in=[element.code for element in self.spec.elements])
        rows = elements.exclude(help_ar="", help_en="").values_list("code", "help_ar", "help_en")
        return {code: in_language(arabic, english) for code, arabic, english in rows}


@unwalled
def already_reported(submission: Submission) -> list[Organisation]:
    """The bodies that reported what this report, perhaps not yet written, is about."""
    named = submission.template, submission.facility, submission.period, submission.reporter
    return [found.reporter for found in Submission.objects.others(*named)]
