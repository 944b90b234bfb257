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
