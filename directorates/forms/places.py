"""Places to choose from."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from directorates.models import Place
from directorates.models.places import Level
from directorates.rules.text import clean_text

Choices = list[tuple[Any, Any]]


def areas(chosen: str = "") -> Choices:
    """Governorates with their districts to choose from, and the sub-district chosen elsewhere, if one was."""
    rows = Place.objects.filter(
        Q(level__in=(Level.GOVERNORATE, Level.DISTRICT)) | Q(code=clean_text(chosen), level=Level.SUBDISTRICT)
    )
    groups: dict[str, tuple[Place, Choices]] = {}
    for place in rows.order_by("path"):
        if place.level == Level.GOVERNORATE:
            groups[place.path] = (place, [(place.code, _("%(place)s, all of it") % {"place": place.name})])
        elif group := next((found for path, found in groups.items() if place.path.startswith(path)), None):
            group[1].append((place.code, place.name))
    return [(place.name, options) for place, options in groups.values()]


def subdistricts() -> Choices:
    """Every sub-district to choose from, by district."""
    groups: dict[str, Choices] = {}
    rows = Place.objects.standing().filter(level=Level.SUBDISTRICT).select_related("parent__parent").order_by("path")
    for place in rows:
        district = place.parent
        name = f"{district.parent.name} · {district.name}" if district and district.parent else str(district)
        groups.setdefault(name, []).append((place.code, place.name))
    return list(groups.items())
