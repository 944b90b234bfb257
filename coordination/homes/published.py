"""What was published last: the figures of whoever reads published editions, and not those of now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery

from coordination.reporting.models import Edition
from coordination.reporting.models.contested import contested_by_holder, contested_in
from coordination.reporting.models.editions import EditionFigure, EditionPlace
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.rules.counting import completeness
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, rights_of
from policies.models import MandateDispute

# The first figures that are not hidden stand on a home; the others in the edition.
HEADLINES = 3


@dataclass(frozen=True)
class Figure:
    """A figure of an edition beside that of the edition before; None where nobody answered."""

    measure: Measure
    now: EditionFigure | None
    before: EditionFigure | None


@dataclass(frozen=True)
class LastEdition:
    """The last edition of one template, of the greatest place whose figures in it are open, beside the one before."""

    edition: Edition
    before: Edition | None
    place: Place | None
    covered: EditionPlace | None
    figures: tuple[Figure, ...]
    contested: Sequence[MandateDispute]

    @property
    def percent(self) -> float | None:
        """How many of the expected reports count, in per cent; None where none was expected."""
        share = completeness(self.covered.expected, self.covered.answered) if self.covered else None
        return None if share is None else float(share) * 100


class Published:
    """The last editions that a person may see, of reports whose figures of now the person may not see."""

    def __init__(self, user: User) -> None:
        """Keep who asks."""
        self.user = user

    @cached_property
    def last(self) -> list[LastEdition]:
        """The last edition of each template, in the order of the templates."""
        rows = (
            Edition.objects.visible_to(self.user)
            .current()
            .exclude(rights_of(self.user).datasets(Permission.VIEW_FIGURES, "template__dataset"))
        )
        newest = rows.filter(template=OuterRef("template")).order_by("-period_start")
        kept = rows.named().with_corrections().order_by("template__code", "-period_start")
        last = kept.filter(pk=Subquery(newest.values("pk")[:1]))
        second = {row.template_id: row for row in kept.filter(pk=Subquery(newest.values("pk")[1:2]))}
        return [self._read(edition, second.get(edition.template_id)) for edition in last]

    def _read(self, edition: Edition, before: Edition | None) -> LastEdition:
        place = edition.open_places(self.user).order_by("level", "code").first()
        # How many report from a sub-district would tell where single facilities lie.
        covered = edition.places.filter(place=place, place__level__lt=Level.SUBDISTRICT).first()
        measures = [one for one in measures_of(edition.template, edition.period).values() if one.headline]
        now, then = (_wholes(one, place, measures) for one in (edition, before))
        told = [one for one in measures if (held := now.get(one.id)) and held.value][:HEADLINES] or measures[:1]
        figures = tuple(Figure(one, now.get(one.id), then.get(one.id)) for one in told)
        disputes = contested_by_holder(contested_in(self.user, edition), [place], edition.period).get(place, [])
        return LastEdition(edition, before, place, covered, figures, disputes)


def _wholes(edition: Edition | None, place: Place | None, measures: Sequence[Measure]) -> Mapping[int, EditionFigure]:
    """The wholes of some items of a place in an edition, by the item."""
    if edition is None or place is None:
        return {}
    asked: dict[str, Any] = {"place": place, "category": None, "element__in": [one.id for one in measures]}
    return {row.element_id: row for row in edition.figures.filter(**asked)}
