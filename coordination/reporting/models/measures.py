"""What a template's figures can be asked for: its numeric elements with their formulas, categories and slots."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache

from coordination.reporting.models.elements import Category, Element
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.templates import ReportTemplate, Slot, TemplateVersion
from coordination.reporting.rules.figures import Formula, Parts
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import headline_slots
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, ElementType, OverPlace
from directorates.models.validity import lasting

# What stands in a cell's `category` for the whole of an element.
WHOLE = 0


@dataclass(frozen=True)
class Measure:
    """A numeric element as cells hold it: ids for reading, slots for looking into reports."""

    id: int
    element: ElementSpec
    categories: tuple[tuple[int, CategorySpec], ...]
    # By category id; the whole under 0.
    parts: dict[int, Parts] = field(hash=False)
    # The first summed element of its section: what tells the size of the work at a glance.
    headline: bool = False

    @property
    def formula(self) -> Formula:
        """Its two formulas."""
        return Formula(self.element.over_time, self.element.over_place)

    @property
    def is_share(self) -> bool:
        """Whether its figure is a share of one that is read in per cent."""
        return self.element.over_place is OverPlace.RATIO and self.element.type is ElementType.PERCENT

    @property
    def adds_up(self) -> bool:
        """Whether figures of places add up to that of the place around them."""
        return self.element.over_place is OverPlace.SUM

    def category(self, code: str) -> int | None:
        """The id of one of its categories."""
        return next((number for number, category in self.categories if category.code == code), None)


def measures_of(template: ReportTemplate, period: Period) -> dict[str, Measure]:
    """What can be asked for in a period, by code, in the order of the questions; of several versions all of it."""
    return measures_between(template, period.start, period.last_day)


def measures_between(template: ReportTemplate, first: datetime.date, last: datetime.date) -> dict[str, Measure]:
    """The same of the days from the first to the last."""
    versions = TemplateVersion.objects.published().filter(template=template, valid__overlap=lasting(first, last))
    found: dict[str, Measure] = {}
    for version in versions.order_by("-number"):
        kept = _kept(version.pk, version.published_at)
        found |= {code: measure for code, measure in kept.items() if code not in found}
    return found


@lru_cache(maxsize=256)
def _kept(version: int, _published: datetime.datetime | None) -> dict[str, Measure]:
    """The measures of a published version, which never change."""
    row = TemplateVersion.objects.select_related("template").get(pk=version)
    specification = specification_of(row)
    specs = [one for one in specification.elements if one.type.is_numeric and one.over_place != OverPlace.NONE]
    headlines = {element.code for element, _slots in headline_slots(specification, most=len(specification.sections))}
    elements = {one.code: one for one in Element.objects.filter(code__in=[spec.code for spec in specs])}
    categories = defaultdict[int | None, dict[str, int]](dict)
    for one in Category.objects.filter(category_set__in=[one.category_set_id for one in elements.values()]):
        categories[one.category_set_id][one.code] = one.pk
    slots = defaultdict[int, dict[int, str]](dict)
    for slot in Slot.objects.filter(template=row.template_id):
        slots[slot.element_id][slot.category_id or WHOLE] = slot.name
    return {
        spec.code: replace(
            _measure(spec, elements[spec.code], categories[elements[spec.code].category_set_id], slots),
            headline=spec.code in headlines,
        )
        for spec in specs
    }


def _measure(
    spec: ElementSpec, element: Element, categories: dict[str, int], slots: dict[int, dict[int, str]]
) -> Measure:
    own = slots.get(element.pk, {})
    if spec.is_computed:
        numerator, denominator = (
            tuple(slots.get(part or 0, {}).values()) for part in (element.numerator_id, element.denominator_id)
        )
        parts = {WHOLE: Parts((), numerator, denominator)}
    else:
        parts = {category: Parts((slot,)) for category, slot in own.items()} | {WHOLE: Parts(tuple(own.values()))}
    numbered = tuple((categories[one.code], one) for one in spec.categories)
    return Measure(element.pk, spec, numbered, parts)
