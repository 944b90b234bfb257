"""Where what stands out is walked: a centre with ten weeks behind it, and a report with a nought too many."""

import datetime
from typing import Any

from coordination.reporting.models import Comparison, Submission
from coordination.reporting.rules.periods import Period
from directorates.models import User
from tests.reporting.clinic import Clinic
from tests.reporting.reports import sent

USUAL = (880, 910, 935, 870, 905, 890, 925, 915, 860, 900)
# What is typed, as a number is that was typed once too often, and what is usual.
TYPED, LOW, HIGH = "9000", "870", "925"
WORD = "تأكّد بالهاتف: العدد 900"


class ClinicPast:
    """The centre, its people, ten weeks of reports, and the draft of the eleventh."""

    def __init__(self) -> None:
        """Everything that stands before the report is sent."""
        self.clinic = Clinic()
        self.manager: User = self.clinic.officer
        version, period = self.clinic.template.versions.get(), self.clinic.period
        names: dict[str, Any] = {"facility": self.clinic.facility, "reporter": self.clinic.ngo, "by": self.clinic.clerk}
        for number in USUAL:
            period = period.previous()
            sent(version, start=period.start, doc=self._document(number), at=self._moment(period), **names)
        self.draft = self.clinic.draft()

    def _document(self, consultations: int) -> dict[str, int | float]:
        """A week's numbers."""
        texts = self.clinic.complete() | {self.clinic.slot("week_consultations"): str(consultations)}
        return {slot: int(text) for slot, text in texts.items()}

    @staticmethod
    def _moment(period: Period) -> datetime.datetime:
        return datetime.datetime.combine(period.end, datetime.time(9), datetime.UTC)

    def typed(self) -> dict[str, str]:
        """The eleventh week, by field."""
        return self.clinic.complete() | {self.clinic.slot("week_consultations"): TYPED}

    def speak(self, language: str) -> None:
        """Everybody reads this language."""
        User.objects.update(language=language)

    def submission(self) -> Submission:
        """The report that is followed."""
        return Submission.objects.get(pk=self.draft.pk)

    def compared(self) -> bool:
        """Whether the worker has laid the report beside its past."""
        return Comparison.objects.filter(revision__submission=self.draft.pk, at__isnull=False).exists()
