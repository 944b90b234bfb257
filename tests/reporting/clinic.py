"""A health centre whose reports are filled: the shipped templates, its NGO with two people, the directorate, a second NGO."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.submissions import open_draft
from coordination.reporting.actions.templates import load_template
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.rules.specification import TemplateSpec
from coordination.reporting.template_files import read_file, shipped
from directorates.models import Organisation, User
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    competent,
    member,
    signed_in,
)


@cache
def _shipped() -> tuple[Mapping[str, Any], ...]:
    """What the files of the shipped templates say, read once: reading them takes longer than loading."""
    return tuple(read_file(file).data for file in shipped())


def load_shipped() -> None:
    """Load the templates that ship with the portal."""
    for source in _shipped():
        load_template(source=source, by=None, at=timezone.now())


@dataclass
class Clinic:
    """What a test of filling needs; `slots` are looked up by element and category."""

    template_code: str = "ewarn-weekly"

    def __post_init__(self) -> None:
        self.body = BodyFactory(short_ar="الجسم التقني", short_en="Technical Body")
        OrganisationFactory(code="acu", kind="surveillance")
        load_shipped()
        self.template = ReportTemplate.objects.select_related("programme").get(code=self.template_code)
        governorate = GovernorateFactory(code="SY07", name_ar="إدلب", name_en="Idlib")
        district = DistrictFactory(parent=governorate, name_ar="معرة النعمان", name_en="Al Ma'ra")
        self.place = SubdistrictFactory(parent=district, name_ar="معرة النعمان", name_en="Ma'arrat An Nu'man")
        self.directorate: Organisation = DirectorateFactory(
            name_ar="مديرية صحة إدلب",
            name_en="Idlib Health Directorate",
            short_ar="صحة إدلب",
            short_en="Idlib HD",
        )
        competent(self.directorate, governorate)
        self.ngo: Organisation = OrganisationFactory(code="uossm", short_ar="أوسوم", short_en="UOSSM")
        self.other_ngo: Organisation = OrganisationFactory(code="sams", short_ar="سامز", short_en="SAMS")
        self.facility = FacilityFactory(
            code="SY070300-01",
            place=self.place,
            supporters=[self.ngo, self.other_ngo],
            name_ar="مركز الياسمين الصحي",
            name_en="Jasmine Health Centre",
        )
        self.clerk: User = member("ngo_coordinator", self.ngo, name="Rana", email="rana@uossm.org")
        self.colleague: User = member("ngo_coordinator", self.ngo, name="سامر", email="samer@uossm.org")
        self.officer: User = member("data_officer", self.directorate, name="Huda", email="huda@idlib.org")
        self.stranger: User = member("ngo_coordinator", self.other_ngo, name="Noor", email="noor@sams.org")
        self.period = period_containing(timezone.localdate(), PeriodType(self.template.period_type)).previous()

    @property
    def spec(self) -> TemplateSpec:
        """What is asked."""
        return specification_of(self.template.versions.get())

    def slot(self, element: str, category: str | None = None) -> str:
        """The name of a field."""
        return self.spec.slots[element, category]

    def draft(
        self, by: User | None = None, period: Period | None = None, reporter: Organisation | None = None
    ) -> Submission:
        """A draft of the centre's report."""
        return open_draft(
            by=by or self.clerk,
            template=self.template,
            facility=self.facility,
            period=period or self.period,
            reporter=reporter or self.ngo,
            at=timezone.now(),
        )

    def complete(self, number: int = 3, **given: str) -> dict[str, str]:
        """Texts that answer all that is required; others by slot."""
        texts = {
            slot: str(number)
            for element, _cell, slot in self.spec.questions()
            if element.required and element.type.is_numeric
        }
        if self.template_code == "ewarn-weekly":
            texts |= {self.slot("week_consultations"): "900", self.slot("week_consultations_u5"): "300"}
        return texts | given

    def browser(self, person: User | None = None, language: str = "en") -> Client:
        """A browser without scripts in which a person is signed in and reads a language."""
        return signed_in(person or self.clerk, language)


def sent_from(
    clinic: Clinic, client: Client, submission: Submission, texts: dict[str, Any] | None = None
) -> Submission:
    """The report after it was filled and sent through the pages."""
    client.post(f"/reports/{submission.pk}/fill/", texts or clinic.complete())
    client.post(f"/reports/{submission.pk}/check/")
    submission.refresh_from_db()
    return submission


def days_ago(days: int) -> datetime.date:
    """A day, seen from today."""
    return timezone.localdate() - datetime.timedelta(days=days)
