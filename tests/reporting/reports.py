"""Reports in any state without the walk through the form: for tests of what comes after sending."""

import datetime
import itertools
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from coordination.reporting.models import ReportTemplate, Revision, Submission, SubmissionEvent, TemplateVersion
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from directorates.models import Jurisdiction, Organisation, Place, User
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
    published,
)

MAY = datetime.date(2019, 5, 1)
_numbers = itertools.count(1)


@dataclass
class Scene:
    """A directorate with a data officer, an NGO with a coordinator, a facility, a monthly template."""

    place: Place = field(default_factory=SubdistrictFactory)
    version: TemplateVersion = field(default_factory=published)

    def __post_init__(self) -> None:
        self.body: Organisation = BodyFactory()
        self.directorate: Organisation = DirectorateFactory(for_place=self.place)
        self.ngo: Organisation = OrganisationFactory()
        self.officer = member("data_officer", self.directorate)
        self.coordinator = member("ngo_coordinator", self.ngo)
        self.facility: Facility = FacilityFactory(place=self.place, supporters=[self.ngo])

    @property
    def template(self) -> ReportTemplate:
        """The monthly template."""
        return self.version.template

    def other_facility(self) -> Facility:
        """Another facility of the same supporter, in the same sub-district."""
        return FacilityFactory(place=self.place, supporters=[self.ngo])

    def sent(self, **given: Any) -> Submission:
        """A report of the NGO that waits for review."""
        return sent(self.version, **({"facility": self.facility, "reporter": self.ngo, "by": self.coordinator} | given))


def wide_scene() -> Scene:
    """A scene in a governorate with a district of its own."""
    return Scene(place=SubdistrictFactory(parent=DistrictFactory()))


def sent(
    version: TemplateVersion,
    *,
    facility: Facility,
    reporter: Organisation,
    by: User,
    start: datetime.date = MAY,
    doc: dict[str, int | float] | None = None,
    notes: dict[str, dict[str, str]] | None = None,
    warnings: list[dict[str, Any]] | None = None,
    at: datetime.datetime | None = None,
) -> Submission:
    """A submitted report with one revision, as sending leaves it."""
    at = at or timezone.now() - datetime.timedelta(hours=1)
    period = Period(PeriodType(version.template.period_type), start)
    competent = Jurisdiction.objects.competent(facility.place, period.last_day)
    warnings = warnings or []
    submission = Submission.objects.create(
        template=version.template,
        version=version,
        facility=facility,
        period_start=start,
        reporter=reporter,
        due=due_date(period, version.template.due_days),
        created=at,
        changed=at,
        subdistrict=facility.place,
        place_path=facility.place.path,
        directorate=competent or Jurisdiction.objects.last_competent(facility.place, period.last_day),
        reviewer=competent or BodyFactory(),
        dataset=version.template.dataset,
    )
    SubmissionEvent.objects.create(submission=submission, at=at, by=by, acting=reporter, what="started")
    return send_again(submission, by=by, doc=doc, notes=notes, warnings=warnings, at=at)


def send_again(
    submission: Submission,
    *,
    by: User,
    doc: dict[str, int | float] | None = None,
    notes: dict[str, dict[str, str]] | None = None,
    warnings: list[dict[str, Any]] | None = None,
    at: datetime.datetime | None = None,
) -> Submission:
    """A further revision of a report, sent."""
    at = at or timezone.now()
    revision = Revision.objects.create(
        submission=submission,
        number=submission.revisions.count() + 1,
        doc=doc if doc is not None else {"s1": 10, "s2": 2},
        notes=notes or {},
        warnings=warnings or [],
        at=at,
        by=by,
    )
    submission.revision = revision
    submission.status = "submitted"
    submission.receipt = submission.receipt or f"SY07-2019-{next(_numbers):04}"
    submission.first_submitted = submission.first_submitted or at
    submission.submitted = submission.changed = at
    submission.marks = len(warnings or [])
    submission.save()
    SubmissionEvent.objects.create(
        submission=submission, at=at, by=by, acting_id=by.acting_id, what="submitted", revision=revision
    )
    return submission


def warning(elements: tuple[str, ...] = ("visits",), **given: Any) -> dict[str, Any]:
    """A broken rule as a revision keeps it."""
    kept = {
        "rule": "rule-0",
        "elements": list(elements),
        "severity": "warning",
        "message": {"ar": "الزيارات أقل من الولادات", "en": "Fewer visits than births"},
        "reason": "Counted twice at the gate",
    }
    return kept | given
