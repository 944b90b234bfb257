"""Where the upkeep of the register is walked: a hospital that two NGOs support, a second entry of it, what both owe."""

from collections.abc import Iterable

from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.models import ExpectedReport
from directorates.models import User
from facilities.models import ChangeProposal, Facility
from tests.facilities.proposing import DAY, Register
from tests.factories import assigned, published

WHY, WHY_NOT, WHY_ONE = "انقطع الوقود عن المنشأة", "The laboratory works: seen on Monday", "مبنى واحد في شارع واحد"


class Upkeep:
    """A register whose two entries of one hospital report monthly; last month's reports are expected."""

    def __init__(self, language: str) -> None:
        """Everything that stands before somebody proposes."""
        self.register = Register()
        self.hospital = self._entry("SY07-H001", "مشفى الزيتون", "Al-Zaytoun Hospital")
        self.twin = self._entry("SY07-H002", "مستشفى الزيتون", "Zaytoun Hospital")
        assigned(published().template, self.hospital, self.twin)
        expect(today=timezone.localdate())
        User.objects.update(language=language)
        self.name = self.hospital.name_ar if language == "ar" else self.hospital.name_en

    def _entry(self, code: str, arabic: str, english: str) -> Facility:
        """A hospital in the register."""
        return self.register.another(code, name_ar=arabic, name_en=english, type="hospital")

    @property
    def closing_day(self) -> str:
        """The first day of last month: closed from then on, nothing is expected for it."""
        first = timezone.localdate().replace(day=1) - DAY
        return first.replace(day=1).isoformat()

    def last_month_owed(self) -> int:
        """How many reports are expected of the hospital for last month."""
        start = ExpectedReport.objects.order_by("-period_start").values_list("period_start", flat=True)[:1]
        return ExpectedReport.objects.filter(facility=self.hospital, period_start__in=start).count()

    def states(self) -> list[str]:
        """How the proposals stand, in the order in which they were made."""
        return list(ChangeProposal.objects.order_by("pk").values_list("state", flat=True))

    def people(self) -> Iterable[User]:
        """Who walks: two coordinators, the officer."""
        return self.register.nour, self.register.tarek, self.register.officer
