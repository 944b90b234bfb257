"""Plausible figures: by kind and size of the facility, the season, and chance; every rule of the templates holds unless
a report is made to break one, and then its reason stands beside it."""

import calendar
import datetime as dt
import math
from dataclasses import dataclass
from random import Random

from coordination.demonstration.dice import count, dice, split
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.periods import Period
from facilities.models.facilities import FacilityType, Service

SEX_AGE = ("m_u5", "f_u5", "m_5p", "f_5p")
SEX_AGE_SHARES = (0.17, 0.15, 0.31, 0.37)
AGE = ("u5", "5p")
REASONS = (
    "تجمّع نازحين جدد في المنطقة هذا الشهر.",
    "حملة لقاح في القرى المجاورة.",
    "أُغلقت منشأة مجاورة وانتقل المراجعون إلينا.",
    "تأخر وصول الدفعة السابقة من اللقاحات.",
)
EVENTS = (
    "تجمّع حالات إسهال بين أطفال مخيم، بدأ منذ ثلاثة أيام. أُخذت عينات ماء.",
    "حالات طفح جلدي مع حرارة في مدرسة، نحو عشرة أطفال.",
    "Cluster of vomiting after a shared meal, about 15 people.",
)
REMARKS = ("زيارة إشرافية خلال الشهر.", "انقطاع الكهرباء أسبوعًا.", "وصلت شحنة أدوية في منتصف الشهر.")


@dataclass(frozen=True)
class Profile:
    """What a facility is like: its kind, its services, how many people come in a month, its beds."""

    code: str
    kind: FacilityType
    services: frozenset[str]
    attendance: float
    beds: int


def profile(code: str, kind: FacilityType, services: frozenset[str]) -> Profile:
    """The profile of a facility, drawn once for all its reports."""
    random = dice("profile", code)
    usual = {
        FacilityType.HOSPITAL: 3200,
        FacilityType.HEALTH_CENTRE: 1900,
        FacilityType.MOBILE_CLINIC: 900,
        FacilityType.MEDICAL_POINT: 650,
    }[kind]
    beds = random.randrange(18, 70) if Service.INPATIENT in services else 0
    return Profile(code, kind, services, usual * math.exp(random.gauss(0, 0.35)), beds)


def season(day: dt.date, peak: float, strength: float) -> float:
    """How a thing rises and falls over the year: 1 on average, highest in the month `peak` (1 to 12)."""
    return 1 + strength * math.cos((day.month + day.day / 30 - peak) / 12 * 2 * math.pi)


# Of a hundred thousand consultations: usual cases, month of the peak, strength of the season, share under five, deaths
# among the cases.
DISEASES: dict[str, tuple[float, float, float, float, float]] = {
    "afp": (2, 7, 0.2, 0.6, 0.02),
    "measles": (14, 4, 0.7, 0.7, 0.004),
    "awd": (9, 8, 0.8, 0.6, 0.004),
    "meningitis": (12, 3, 0.4, 0.5, 0.03),
    "pertussis": (10, 5, 0.4, 0.9, 0.01),
    "diphtheria": (0.4, 2, 0.3, 0.6, 0.05),
    "oad": (4800, 8, 0.5, 0.6, 0.00005),
    "abd": (420, 8, 0.5, 0.55, 0.0004),
    "ajs": (240, 11, 0.4, 0.35, 0.0005),
    "typhoid": (520, 9, 0.5, 0.1, 0.0003),
    "sari": (380, 1, 0.7, 0.65, 0.012),
    "ili": (7200, 1, 0.8, 0.35, 0),
    "leish_cut": (900, 3, 0.6, 0.3, 0),
    "leish_visc": (3, 5, 0.3, 0.8, 0.02),
}
OTHER_DISEASES: dict[str, tuple[float, float, float]] = {
    "bronchiolitis": (1100, 1, 0.7),
    "chickenpox": (520, 4, 0.6),
    "brucellosis": (260, 5, 0.4),
    "scabies": (1300, 1, 0.5),
    "lice": (900, 11, 0.3),
    "mumps": (130, 4, 0.4),
    "tonsillitis": (3100, 2, 0.4),
    "impetigo": (330, 8, 0.4),
    "hfmd": (60, 6, 0.4),
    "tuberculosis": (15, 3, 0.1),
}


def weekly_answers(profile: Profile, period: Period, reporter: str, broken: bool) -> list[Answer]:
    """A week of surveillance; `broken` makes more children than usual come, with the reason."""
    random = dice("week", profile.code, period.id, reporter)
    consultations = max(40, count(random, profile.attendance / 4.3 * season(period.start, 1, 0.12)))
    young = round(consultations * (random.uniform(0.82, 0.88) if broken else random.uniform(0.24, 0.38)))
    reason = random.choice(REASONS) if broken else None
    found = [
        Answer("week_consultations", None, consultations),
        Answer("week_consultations_u5", None, young, None, reason),
    ]
    for code, (rate, peak, strength, under_five, lethality) in DISEASES.items():
        cases = count(random, consultations * rate / 100_000 * season(period.start, peak, strength))
        few = round(cases * under_five)
        parts = [*split(random, few, (0.52, 0.48)), *split(random, cases - few, (0.49, 0.51))]
        found += [Answer(f"cases_{code}", category, part) for category, part in zip(SEX_AGE, parts, strict=True)]
        if lethality:
            deaths = min(cases, count(random, cases * lethality))
            found += [Answer(f"deaths_{code}", "u5", 0), Answer(f"deaths_{code}", "5p", deaths)]
    for code, (rate, peak, strength) in OTHER_DISEASES.items():
        cases = count(random, consultations * rate / 100_000 * season(period.start, peak, strength))
        parts = split(random, cases, (0.45, 0.55))
        found += [Answer(f"cases_{code}", category, part) for category, part in zip(AGE, parts, strict=True)]
    if random.random() < 0.012:
        found.append(Answer("unusual_event", None, random.choice(EVENTS)))
    return found


def monthly_answers(profile: Profile, period: Period, reporter: str, broken: bool) -> list[Answer]:
    """A month of services; `broken` makes more third doses than first ones be given, with the reason."""
    random = dice("month", profile.code, period.id, reporter)
    made = _Month(random, profile, period, broken)
    made.outpatient()
    made.trauma()
    if Service.DELIVERY in profile.services:
        made.deliveries()
    if Service.SURGERY in profile.services:
        made.surgery()
    if Service.VACCINATION in profile.services:
        made.vaccination()
    if Service.INPATIENT in profile.services:
        made.inpatient()
    made.staff()
    made.supplies()
    return made.found


class _Month:
    """A monthly report in the making."""

    def __init__(self, random: Random, profile: Profile, period: Period, broken: bool) -> None:
        self.random, self.profile, self.period, self.broken = random, profile, period, broken
        self.found: list[Answer] = []
        self.consultations = max(60, count(random, profile.attendance * season(period.start, 1, 0.15)))
        self.hospital = profile.kind is FacilityType.HOSPITAL

    def add(self, element: str, value: object, category: str | None = None, reason: str | None = None) -> None:
        """One answer."""
        self.found.append(Answer(element, category, value, None, reason))

    def add_parts(self, element: str, categories: tuple[str, ...], whole: int, shares: tuple[float, ...]) -> None:
        """A number by its categories."""
        for category, part in zip(categories, split(self.random, whole, shares), strict=True):
            self.add(element, part, category)

    def some(self, share: float) -> int:
        """A count that goes with how many come."""
        return count(self.random, self.consultations * share)

    def outpatient(self) -> None:
        """Consultations and referrals."""
        self.add_parts("consultations", SEX_AGE, self.consultations, SEX_AGE_SHARES)
        self.add("emergency_visits", self.some(0.18 if Service.EMERGENCY in self.profile.services else 0.01))
        self.add("antenatal_visits", self.some(0.06))
        self.add("referrals_out", self.some(0.012 if self.hospital else 0.03))
        if self.random.random() < 0.02:
            self.found.append(Answer("referrals_in", None, None, "not_known", "سجل الإحالات مفقود."))
        else:
            self.add("referrals_in", self.some(0.03 if self.hospital else 0.002))

    def trauma(self) -> None:
        """Injuries; in some months far more come at once."""
        burst = 2.5 if self.random.random() < 0.06 else 1
        cases = self.some((0.05 if self.hospital else 0.008) * burst)
        self.add_parts("trauma_cases", SEX_AGE, cases, (0.09, 0.06, 0.6, 0.25))
        self.add("burns", self.some(0.003 * season(self.period.start, 1, 0.5)))

    def deliveries(self) -> None:
        """Births; twins make the births more than the deliveries."""
        deliveries = self.some(0.045 if self.hospital else 0.012)
        caesarean = min(deliveries, count(self.random, deliveries * (0.24 if self.hospital else 0)))
        still = min(deliveries, count(self.random, deliveries * 0.009))
        self.add("deliveries", deliveries)
        self.add("deliveries_caesarean", caesarean)
        self.add("live_births", deliveries - still + count(self.random, deliveries * 0.011))
        self.add("stillbirths", still)
        self.add("maternal_deaths", min(deliveries, count(self.random, deliveries * 0.0003)))

    def surgery(self) -> None:
        """Operations."""
        self.add("surgeries_major", self.some(0.035))
        self.add("surgeries_minor", self.some(0.05))

    def vaccination(self) -> None:
        """Doses by age; fewer at each further dose."""
        first = 20 + self.some(0.05)
        self.add("vaccine_bcg", count(self.random, first * 0.9))
        self.add("vaccine_hepatitis_b_birth", count(self.random, first * 0.5))
        second, third = round(first * self.random.uniform(0.86, 0.98)), round(first * self.random.uniform(0.74, 0.9))
        if self.broken:
            third = first + 5 + count(self.random, 12)
        for dose, given in ((1, first), (2, second), (3, third)):
            self.add_parts(f"vaccine_penta{dose}", ("u1", "y1_4"), given, (0.82, 0.18))
        if self.broken:
            last = self.found.pop()
            self.add(str(last.element), last.value, "y1_4", self.random.choice(REASONS))
        self.add_parts("vaccine_mmr1", ("u1", "y1_4"), count(self.random, first * 0.8), (0.3, 0.7))
        self.add("vaccine_mmr2", count(self.random, first * 0.6))
        self.add("vaccine_tetanus_women", count(self.random, first * 0.3))

    def inpatient(self) -> None:
        """Admissions, and beds: occupied days never exceed those available."""
        days = calendar.monthrange(self.period.start.year, self.period.start.month)[1]
        beds = self.profile.beds
        available = beds * days - (count(self.random, beds) if self.random.random() < 0.2 else 0)
        occupied = round(available * min(0.98, self.random.gauss(0.66, 0.1)))
        admissions = max(1, round(occupied / self.random.uniform(2.4, 3.6)))
        self.add_parts("admissions", SEX_AGE, admissions, (0.12, 0.1, 0.38, 0.4))
        self.add("discharges", max(1, admissions - count(self.random, 2)))
        deaths = min(admissions, count(self.random, admissions * 0.014))
        self.add_parts("deaths_inpatient", AGE, deaths, (0.25, 0.75))
        self.add("beds_available", beds)
        self.add("beds_intensive", beds // 9 if Service.INTENSIVE_CARE in self.profile.services else 0)
        self.add("bed_days_available", available)
        self.add("bed_days_occupied", occupied)

    def staff(self) -> None:
        """Who works there, much the same every month."""
        steady = dice("staff", self.profile.code)
        size = 1 + self.profile.attendance / 900 + self.profile.beds / 12
        for element, share in (("doctors", 1.0), ("nurses", 1.9), ("technicians", 0.7), ("other", 1.4)):
            whole = max(1, round(size * share * steady.uniform(0.7, 1.3)))
            self.add_parts(f"staff_{element}", ("m", "f"), whole, (0.6, 0.4))
        self.add("staff_midwives", round(size * 0.5) if Service.DELIVERY in self.profile.services else 0)

    def supplies(self) -> None:
        """Medicines, electricity, cold chain, supervision."""
        for element, mean in (("antibiotics", 2.0), ("insulin", 4.5), ("rehydration", 1.0)):
            self.add(f"stockout_days_{element}", min(28, count(self.random, mean)))
        self.add("essential_medicines", round(min(100, max(20, self.random.gauss(74, 12)))))
        self.add("fuel_days", round(max(0, self.random.gauss(9, 4)), 1))
        if Service.VACCINATION in self.profile.services:
            self.add("cold_chain", self.random.random() < 0.93)
        self.add("power_source", self.random.choices(("network", "generator", "solar"), (1, 6, 3))[0])
        if self.random.random() < 0.3:
            day = self.period.start + dt.timedelta(days=self.random.randrange(27))
            self.add("last_supervision", day.isoformat())
        if self.random.random() < 0.05:
            self.add("remarks", self.random.choice(REMARKS))
