"""Facilities: where care is given."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Collate
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.naming import TwoNames
from directorates.models.places import beneath
from directorates.permissions import Columns, Permission, scoped
from directorates.rules.text import search_key
from facilities.models.operating import Operating
from facilities.models.precision import told_to


class FacilityType(models.TextChoices):
    """What kind of place of care it is."""

    HOSPITAL = "hospital", _("Hospital")
    HEALTH_CENTRE = "health_centre", _("Primary health-care centre")
    MOBILE_CLINIC = "mobile_clinic", _("Mobile clinic")
    MEDICAL_POINT = "medical_point", _("Medical point")
    LABORATORY = "laboratory", _("Laboratory")


class Service(models.TextChoices):
    """What care a facility gives."""

    OUTPATIENT = "outpatient", _("Outpatient consultations")
    EMERGENCY = "emergency", _("Emergency department")
    INPATIENT = "inpatient", _("Inpatient care")
    SURGERY = "surgery", _("Surgery")
    DELIVERY = "delivery", _("Deliveries")
    VACCINATION = "vaccination", _("Vaccination")
    INTENSIVE_CARE = "intensive_care", _("Intensive care")
    LABORATORY = "laboratory", _("Laboratory tests")


class FacilityQuerySet(models.QuerySet["Facility"]):
    """Named queries over facilities."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The facilities whose entry in the register the person may see."""
        return self.filter(scoped(user, Permission.VIEW_FACILITIES, Facility.SCOPES[Permission.VIEW_FACILITIES]))

    def standing(self) -> Self:
        """Those that are entries of their own: not merged into another one."""
        return self.filter(merge=None)

    def placed_for(self, user: User | AnonymousUser) -> Self:
        """With the place that the reader is told for each (`told_place`, `told_path`), by which they may then be narrowed."""
        standing = Facility.objects.standing()
        told = {f"told_{column}": told_to(user, column, standing) for column in ("id", "path")}
        return self.annotate(**told).select_related("place__parent__parent__parent")

    def under(self, place: Place, path: str = "place__path") -> Self:
        """Those in a place or inside it; by `told_path` as far as a reader is told."""
        return self.filter(beneath(place.path, path))

    def supported_by(self, organisation: Organisation, date: datetime.date) -> Self:
        """Those that an organisation supports on a date."""
        return self.filter(supports__organisation=organisation, supports__valid__contains=date)

    def named_like(self, text: str, path: str = "place__path") -> Self:
        """Those found by code, by any spelling of their names, or of a place they lie in; by `told_path` as far as told."""
        inside = Func(OuterRef(path), F("path"), function="starts_with", output_field=models.BooleanField())
        around = Exists(Place.objects.named_like(text).filter(inside))
        return self.filter(Q(search__contains=search_key(text)) | around)

    def with_directorate(self, date: datetime.date) -> Self:
        """With the directorate competent on a date in `directorate_id` (None where there is none)."""
        competent = Jurisdiction.objects.filter(place=OuterRef("place"), valid__contains=date)
        return self.annotate(directorate_id=Subquery(competent.values("organisation")[:1]))

    def with_name_key(self) -> Self:
        """With the sorting key of the name in the reader's language in `name_key`: a part of the search key."""
        part = 3 if get_language() == "en" else 2
        key = Func(F("search"), Value(" | "), Value(part), function="split_part", output_field=models.TextField())
        return self.annotate(name_key=Collate(key, "C"))


class Facility(TwoNames):
    """A place of care in the register; its exact position stands in a table apart."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    type = models.CharField(_("type"), max_length=16, choices=FacilityType)
    place = models.ForeignKey(Place, models.PROTECT, related_name="facilities", verbose_name=_("sub-district"))
    other_names = ArrayField(models.CharField(max_length=200), verbose_name=_("other names"), default=list, blank=True)
    search = models.TextField(editable=False, default="")
    opened = models.DateField(_("open since"), null=True, blank=True)
    # Today's status, written by the action that appends to the history in `statuses.py`.
    status = models.CharField(
        _("operating status"), max_length=24, choices=Operating, default=Operating.FUNCTIONING, editable=False
    )

    objects = FacilityQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.VIEW_FACILITIES: Columns(path="place__path"),
        Permission.MANAGE_FACILITIES: Columns(organisations=("competent_today",), path="place__path"),
        Permission.PROPOSE_FACILITIES: Columns(path="place__path"),
        Permission.SUBMIT_REPORTS: Columns(path="place__path"),
        Permission.KEEP_POSITIONS: Columns(organisations=("competent_today",), path="place__path"),
        Permission.READ_POSITIONS: Columns(path="place__path"),
    }

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["code"]
        indexes = [GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="facility_search")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the search key in step."""
        self.keep_in_step()
        super().save(*args, **kwargs)

    def keep_in_step(self) -> None:
        """Derive the search key from code and names; for writing many at once."""
        self.search = " | ".join(
            search_key(text) for text in (self.code, self.name_ar, self.name_en, *self.other_names)
        )

    def standing(self) -> dict[str, str]:
        """What its description says, as a page carries it along."""
        return {
            "name_ar": self.name_ar,
            "name_en": self.name_en,
            "other_names": "\n".join(self.other_names),
            "type": self.type,
            "services": " ".join(sorted(row.service for row in self.services.all())),
        }

    def standing_told(self) -> dict[str, str]:
        """The same in words."""
        services = sorted(str(Service(row.service).label) for row in self.services.all())
        told = {"other_names": " · ".join(self.other_names), "type": str(FacilityType(self.type).label)}
        return self.standing() | told | {"services": " · ".join(services)}

    @property
    def told_place(self) -> Place:
        """The place that the reader of a query with `placed_for` is told; without such a query none is."""
        place = self.place
        while place.pk != self.told_id and place.parent:  # type: ignore[attr-defined]
            place = place.parent
        return place

    @property
    def competent_today(self) -> int | None:
        """The id of the directorate competent for the facility today."""
        found = Jurisdiction.objects.competent(self.place, timezone.localdate())
        return found.pk if found else None

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class FacilityService(models.Model):
    """A service that a facility gives."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="services")
    service = models.CharField(_("service"), max_length=20, choices=Service)

    class Meta:
        verbose_name = _("service of a facility")
        verbose_name_plural = _("services of facilities")
        ordering = ["facility", "service"]
        constraints = [models.UniqueConstraint(fields=["facility", "service"], name="a_service_once")]

    def __str__(self) -> str:
        """The service."""
        return self.get_service_display()
