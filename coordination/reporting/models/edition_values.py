"""What published editions say of one item: of places over periods, as they stand for a reader; what they hide is hidden."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser

from coordination.reporting.models.editions import Edition, EditionFigure, EditionPlace
from coordination.reporting.models.elements import Element
from coordination.reporting.models.figures import open_places
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission


@dataclass(frozen=True)
class PublishedValue:
    """What is published of an item in a place and period; of sub-districts not how many reports came."""

    # None where nobody answered, or no edition is published.
    number: Decimal | None = None
    hidden: bool = False
    published: bool = True
    covered: Covered | None = None

    @property
    def least(self) -> bool:
        """Editions do not say where a report knows no number."""
        return False


def standing_editions(user: User | AnonymousUser, template: ReportTemplate) -> dict[datetime.date, int]:
    """By the first day of each period, the edition of a report that no other corrects, of those open to a person."""
    rows = Edition.objects.visible_to(user).current().filter(template=template)
    return dict(rows.order_by("-period_start").values_list("period_start", "pk"))


def published_values(
    user: User | AnonymousUser,
    template: ReportTemplate,
    element: Element,
    places: Sequence[Place],
    editions: Mapping[Period, int],
) -> dict[tuple[int, Period], PublishedValue]:
    """An item in some editions by place and period, in three queries; places that are not open to the person are left out."""
    opened = open_places(user, template, Permission.VIEW_EDITIONS).filter(pk__in=[one.pk for one in places])
    levels = dict(opened.values_list("pk", "level"))
    periods = {edition: period for period, edition in editions.items()}
    rows = EditionFigure.objects.filter(edition__in=periods, element=element, category=None, place__in=levels)
    figures = {(place, periods[edition]): one for edition, place, *one in rows.values_list("edition", "place", "value")}
    covered, few = _told(periods, levels)
    return {
        (place, period): _value(figures.get((place, period)), covered.get((place, period)), few=(place, period) in few)
        for place in levels
        for period in editions
    }


def _value(figure: Sequence[Decimal | None] | None, covered: Covered | None, *, few: bool) -> PublishedValue:
    """What an edition shows; nothing of a sub-district of so few facilities that each would be told."""
    if few:
        return PublishedValue(hidden=True)
    if figure is None:
        return PublishedValue(covered=covered)
    return PublishedValue(figure[0], hidden=figure[0] is None, covered=covered)


def _told(
    periods: Mapping[int, Period], levels: Mapping[int, int]
) -> tuple[dict[tuple[int, Period], Covered], set[tuple[int, Period]]]:
    """How many reports stand behind, but of sub-districts; and which of these have too few facilities to be shown."""
    rows = EditionPlace.objects.filter(edition__in=periods, place__in=levels)
    covered, few = {}, set()
    counts = rows.values_list("edition", "place", "edition__facilities", "expected", "received", "answered")
    for edition, place, facilities, expected, received, answered in counts:
        key = (place, periods[edition])
        if levels[place] < Level.SUBDISTRICT:
            covered[key] = Covered(expected, received, 0, answered)
        elif expected < facilities:
            few.add(key)
    return covered, few
