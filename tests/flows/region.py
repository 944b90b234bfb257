"""Where the whole way of a report is walked: two governorates with a directorate each, neighbours that already reported."""

import time
from collections.abc import Callable
from typing import TypeVar

from celery import current_app
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext

from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.submissions import open_draft, save_draft, submit
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.rules.values import Answer
from directorates.models import AuditEvent, Organisation, User
from facilities.models import Facility
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    assigned,
    competent,
    member,
)
from tests.reporting.clinic import Clinic

Found = TypeVar("Found")
ELEMENT = "consultations"
CATEGORIES = ("m_u5", "f_u5", "m_5p", "f_5p")
# What the neighbours reported in each category of the item that is followed.
NEIGHBOUR, AWAY = 10, 100
SECONDS = 20


def until(tried: Callable[[], Found], seconds: float = SECONDS) -> Found:
    """What is found once it is true."""
    end = time.monotonic() + seconds
    while not (found := tried()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.1)
    return found


class Region:
    """The clinic in Idlib with its neighbour, a centre in Aleppo, somebody of another NGO; the neighbours' reports count already."""

    def __init__(self) -> None:
        """Everything that stands before the report is filled."""
        self.clinic = Clinic("services-monthly")
        self.template, self.period = self.clinic.template, self.clinic.period
        beside = SubdistrictFactory(parent=self.clinic.place.parent)
        competent(self.clinic.directorate, beside)
        self.neighbour: Facility = FacilityFactory(place=beside, supporters=[self.clinic.ngo])
        aleppo = GovernorateFactory(code="SY02", name_ar="حلب", name_en="Aleppo")
        place = SubdistrictFactory(parent=DistrictFactory(parent=aleppo))
        self.away: Facility = FacilityFactory(place=place, supporters=[self.clinic.ngo])
        self.aleppo_directorate: Organisation = DirectorateFactory(name_ar="صحة حلب", name_en="Aleppo HD")
        competent(self.aleppo_directorate, aleppo)
        aleppo_officer = member("data_officer", self.aleppo_directorate)
        self.manager: User = member("data_manager", self.clinic.body, name="Maha")
        self.reader: User = member("ngo_coordinator", OrganisationFactory(), name="Olga")
        assigned(self.template, self.clinic.facility, self.neighbour, self.away, first=self.period.start)
        self._reported(self.neighbour, NEIGHBOUR, self.clinic.officer)
        self._reported(self.away, AWAY, aleppo_officer)
        # The scheduler's own task, through broker and worker.
        current_app.send_task("reporting.expect")
        until(
            lambda: ExpectedReport.objects.filter(template=self.template, period_start=self.period.start).count() >= 4
        )

    def _reported(self, facility: Facility, number: int, officer: User) -> None:
        """A neighbour's report, sent and approved."""
        at = timezone.now()
        draft = open_draft(
            by=self.clinic.clerk,
            template=self.template,
            facility=facility,
            period=self.period,
            reporter=self.clinic.ngo,
            at=at,
        )
        save_draft(by=self.clinic.clerk, submission=draft, answers=self.answers(number), seen=None, at=at)
        approve(by=officer, submission=submit(by=self.clinic.clerk, submission=draft, at=at), at=at)

    def answers(self, number: int) -> list[Answer]:
        """The same as answers."""
        names = {slot: key for key, slot in self.clinic.spec.slots.items()}
        return [Answer(*names[slot], text) for slot, text in self.typed(number).items()]

    def typed(self, number: int) -> dict[str, str]:
        """All that is required, by field; the item that is followed says a number in each category."""
        return self.clinic.complete(1) | {self.clinic.slot(ELEMENT, one): str(number) for one in CATEGORIES}

    def speak(self, language: str) -> None:
        """Everybody reads this language."""
        User.objects.update(language=language)

    def submission(self) -> Submission:
        """The report that is followed."""
        return Submission.objects.get(facility=self.clinic.facility)

    def figures(self, level: str) -> str:
        """The address of the figures of the item, by a kind of place."""
        named = f"template={self.template.code}&period={self.period.id}&element={ELEMENT}"
        return f"/reports/figures/?{named}&level={level}"

    def true_figures(self, number: int | None) -> dict[str, int]:
        """What the item comes to while the report says a number in each category; None where it does not count."""
        idlib, aleppo = 4 * (NEIGHBOUR + (number or 0)), 4 * AWAY
        directorates = {self.clinic.directorate.code: idlib, self.aleppo_directorate.code: aleppo}
        return {"SY": idlib + aleppo, "SY07": idlib, "SY02": aleppo} | directorates

    def deeds(self) -> list[tuple[str, str]]:
        """Who did what to the report, as the record has it, in order; who of others read it stands there too."""
        rows = AuditEvent.objects.filter(kind="reporting.submission", thing=str(self.submission().pk)).order_by("id")
        rows = rows.exclude(what="read")
        return [(row.by.name if row.by else "", row.what) for row in rows.select_related("by")]


def said(language: str, words: str, context: str = "") -> str:
    """What the portal's catalogue says for a sentence."""
    with translation.override(language):
        return pgettext(context, words) if context else gettext(words)
