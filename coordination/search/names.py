"""What is found by name, code or number: facilities, reports, places, organisations; only what the reader may see."""

from django.db.models import Case, F, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.facility_reports import week_rules
from coordination.reporting.models import Submission
from coordination.reporting.rules.periods import Language, period_name
from coordination.search.kinds import Asked, Found, Group
from directorates.models import Organisation, OrganisationName, Place
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.places import Level
from directorates.permissions import Permission, may
from directorates.rules.text import latin_digits, search_key
from facilities.models import Facility


def _facilities_at(place: str) -> str:
    """The address of the register, narrowed to a place."""
    return f"{reverse('facilities:facilities')}?place={place}"


def _find_places(asked: Asked) -> QuerySet[Place]:
    """Places by code or any spelling, the larger ones first."""
    return Place.objects.named_like(asked.text).select_related("parent__parent").order_by("level", "code")


def _show_place(asked: Asked, place: Place) -> Found:
    """A place: what it lies in, and its facilities behind the link."""
    around = [one.name for one in reversed(place.line()[:-1])]
    detail = " · ".join([str(place.get_level_display()), *around, place.code])
    if not may(asked.user, Permission.VIEW_FACILITIES):
        return Found(place.name, detail)
    narrowed = place.level != Level.COUNTRY
    return Found(place.name, detail, _facilities_at(place.code) if narrowed else reverse("facilities:facilities"))


def _find_facilities(asked: Asked) -> QuerySet[Facility]:
    """Facilities by code, name or place; those named so before those that lie in a place named so."""
    own = Case(When(search__contains=search_key(asked.text), then=Value(0)), default=Value(1))
    rows = Facility.objects.visible_to(asked.user).standing().placed_for(asked.user)
    # Most of what is asked for names no place: then none is compared with every facility.
    if Place.objects.named_like(asked.text).exists():
        rows = rows.named_like(asked.text, "told_path")
    else:
        rows = rows.filter(search__contains=search_key(asked.text))
    return rows.with_name_key().order_by(own, F("name_key"), "code")


def _show_facility(asked: Asked, facility: Facility) -> Found:
    """A facility: type, place, status."""
    around = [one.name for one in reversed(facility.told_place.line())]
    # The chief sub-district, its district and often the governorate bear one name: it is said once.
    detail = " · ".join([str(facility.get_type_display()), *dict.fromkeys(around), facility.code])
    url = reverse("facilities:facility", args=[facility.code])
    return Found(facility.name, detail, url, facility.status, facility.get_status_display())


def _find_organisations(asked: Asked) -> list[Organisation]:
    """Organisations by code or any name they ever bore; they are few, so no key of theirs is stored."""
    key = search_key(asked.text)

    def names(one: Organisation) -> list[str]:
        borne: list[Organisation | OrganisationName] = [one, *one.names.all()]
        return [text for n in borne for text in (n.name_ar, n.name_en, n.short_ar, n.short_en)]

    rows = Organisation.objects.prefetch_related("names").order_by("kind", "code")
    return [one for one in rows if key in search_key(" | ".join((one.code, *names(one))))]


def _show_organisation(asked: Asked, organisation: Organisation) -> Found:
    """An organisation: its kind, its status where it does not act, and its facilities behind the link."""
    detail = f"{organisation.get_kind_display()} · {organisation.short}"
    filters = {Kind.NGO: "supported_by", Kind.DIRECTORATE: "directorate"}
    url = ""
    if may(asked.user, Permission.VIEW_FACILITIES) and (name := filters.get(Kind(organisation.kind))):
        url = f"{reverse('facilities:facilities')}?{name}={organisation.code}"
    if organisation.status == OrganisationStatus.ACTIVE:
        return Found(organisation.name, detail, url)
    return Found(organisation.name, detail, url, organisation.status, organisation.get_status_display())


def _find_reports(asked: Asked) -> QuerySet[Submission]:
    """Reports by receipt number, or a part of it."""
    number = latin_digits(asked.text).upper()
    if not any(character.isdecimal() for character in number):
        return Submission.objects.none()
    rows = Submission.objects.visible_to(asked.user).filter(receipt__contains=number)
    related = rows.select_related("template__programme", "facility", "reporter")
    return related.prefetch_related("template__programme__week_rules").order_by("-submitted", "id")


def _show_report(asked: Asked, report: Submission) -> Found:
    """A report: template, facility, period, reporter, status."""
    language: Language = "en" if get_language() == "en" else "ar"
    period = period_name(report.period, language, week_rules(report.template))
    detail = f"{report.template.name} · {report.facility.name} · {period} · {report.reporter.short}"
    url = reverse("reporting:report", args=[report.pk])
    return Found(str(report), detail, url, report.status, report.get_status_display())


NAMES = (
    Group("facilities", pgettext_lazy("room", "Facilities"), _find_facilities, _show_facility),
    Group("reports", pgettext_lazy("room", "Reports"), _find_reports, _show_report),
    Group("places", _("Places"), _find_places, _show_place),
    Group("organisations", _("Organisations"), _find_organisations, _show_organisation),
)
