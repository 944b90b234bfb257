"""The upkeep of the invented register: proposals that wait, rival ones, decided ones, and two entries of one facility."""

import datetime as dt
from collections.abc import Sequence

from coordination.demonstration.people import Cast
from directorates.models import Organisation, Place
from facilities.actions.decisions import decide
from facilities.actions.proposals import Wish, propose, propose_new
from facilities.actions.register import FacilityEntry, StatusEntry, SupportEntry, register_many
from facilities.models import ChangeProposal, Facility
from facilities.models.facilities import FacilityType, Service
from facilities.models.proposals import Field
from facilities.models.statuses import Operating

DIRECTORATE, GOVERNORATE = "idlib", "SY07"
SUPPORTER, RIVAL = "uossm", "sams"
# The second entry of a facility is called nearly as the first.
TWICE = {"ar": "مركز {name}", "en": "{name} PHC"}


class Upkeep:
    """What organisations proposed for facilities of one governorate before a moment, and what was decided."""

    def __init__(self, cast: Cast, now: dt.datetime, today: dt.date) -> None:
        """Keep who acts, and when."""
        self.cast, self.now, self.today = cast, now, today

    def lay_out(self) -> None:
        """A handful of each kind; fewer where the register is small."""
        supported = self._supported(SUPPORTER)
        for facility, deed in zip(supported, (self._services, self._closing, self._refused, self._name), strict=False):
            deed(facility)
        for facility in supported[:1]:
            self._rival(facility)
            self._twice(facility)
            self._new(facility.place)

    def _supported(self, code: str) -> Sequence[Facility]:
        """The working facilities that an organisation supports in the governorate."""
        organisation, place = Organisation.objects.get(code=code), Place.objects.get(code=GOVERNORATE)
        rows = Facility.objects.under(place).supported_by(organisation, self.today)
        return list(rows.filter(status=Operating.FUNCTIONING).select_related("place").order_by("code")[:4])

    def _proposed(
        self, facility: Facility, days: int, reason: str, *wishes: Wish, by: str = SUPPORTER
    ) -> ChangeProposal:
        """A proposal of some days ago."""
        at, person = self.now - dt.timedelta(days=days, hours=3), self.cast.reporter(by)
        return propose(facility=facility, wishes=wishes, reason=reason, by=person, at=at)

    def _services(self, facility: Facility) -> None:
        """Waits since a few days."""
        held = {row.service for row in facility.services.all()} ^ {Service.LABORATORY.value}
        wish = Wish(Field.SERVICES, sorted(held))
        self._proposed(facility, 3, "جُهّز المخبر الشهر الماضي ويعمل يوميًا.", wish)

    def _rival(self, facility: Facility) -> None:
        """The directorate of a neighbour knows the same facility otherwise; both stand together."""
        services = [Service.OUTPATIENT.value, Service.EMERGENCY.value]
        wishes = (Wish(Field.SERVICES, services), Wish(Field.OTHER_NAMES, [*facility.other_names, "المركز القديم"]))
        self._proposed(facility, 2, "بحسب الزيارة المشتركة الأخيرة.", *wishes, by="aleppo")

    def _closing(self, facility: Facility) -> None:
        """Waits longer than a week: the director sees it."""
        wish = Wish(Field.STATUS, Operating.OUT_OF_SERVICE.value, self.today - dt.timedelta(days=12))
        self._proposed(facility, 9, "توقفت المولدة ولا وقود منذ أسبوعين.", wish)

    def _refused(self, facility: Facility) -> None:
        """Was refused yesterday, with the reason."""
        kinds = (FacilityType.MEDICAL_POINT, FacilityType.HEALTH_CENTRE)
        other = next(kind for kind in kinds if kind != facility.type)
        proposal = self._proposed(facility, 5, "لم يبق فيها سوى طبيب واحد.", Wish(Field.TYPE, other.value))
        decide(
            proposal=proposal,
            approve=(),
            refuse=[Field.TYPE],
            reason="الكادر كامل بحسب زيارة الأسبوع الماضي. يمكن الاقتراح من جديد بعد انتهاء العقود.",
            by=self.cast.reviewer(DIRECTORATE),
            at=self.now - dt.timedelta(days=1),
        )

    def _name(self, facility: Facility) -> None:
        """Waits longer than two weeks: the body may decide."""
        wish = Wish(Field.NAME_EN, f"{facility.name_en} (New Building)")
        self._proposed(facility, 16, "انتقل العمل إلى المبنى الجديد في الناحية نفسها.", wish)

    def _new(self, place: Place) -> None:
        """A facility that the register does not know yet."""
        wishes = [
            Wish(Field.NAME_AR, "نقطة الميرمية الطبية"),
            Wish(Field.NAME_EN, "Al-Miramiya Medical Point"),
            Wish(Field.TYPE, FacilityType.MEDICAL_POINT.value),
            Wish(Field.SERVICES, [Service.OUTPATIENT.value]),
            Wish(Field.SUPPORT_BEGIN, RIVAL, self.today - dt.timedelta(days=20)),
        ]
        by, at = self.cast.reporter(RIVAL), self.now - dt.timedelta(days=6)
        propose_new(place=place, wishes=wishes, reason="افتُتحت الشهر الماضي في المخيم.", by=by, at=at)

    def _twice(self, facility: Facility) -> None:
        """Another supporter's list had the same facility under a code of its own."""
        name_ar, name_en = facility.name_ar.split()[1], facility.name_en.split()[0]
        entry = FacilityEntry(
            code=f"{facility.code}-B",
            name_ar=TWICE["ar"].format(name=name_ar),
            name_en=TWICE["en"].format(name=name_en),
            type=FacilityType(facility.type),
            place=facility.place,
            services=(Service.OUTPATIENT,),
            statuses=(StatusEntry(Operating.FUNCTIONING, self.today - dt.timedelta(days=90)),),
            supports=(SupportEntry(Organisation.objects.get(code=RIVAL), self.today - dt.timedelta(days=80)),),
        )
        register_many(entries=[entry], by=self.cast.administrator, at=self.now)
