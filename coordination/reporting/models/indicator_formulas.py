"""A formula as somebody writes it, read against the reports that it is to draw on; every fault at once."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.reporting.models.elements import Category, Element, OverPlace, OverTime
from coordination.reporting.models.indicators import Drawn, IndicatorOperand
from coordination.reporting.models.templates import ReportTemplate, SectionElement, VersionStatus
from coordination.reporting.rules.expressions import MAX_LENGTH, Cell, Expression, ExpressionProblem, parse, value_of
from coordination.reporting.rules.indicators import FACTORS, MOST_DECIMALS, NAMED, IndicatorFormula
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import FIRST_YEAR, LAST_YEAR, PeriodType
from coordination.reporting.rules.specification import ElementType
from directorates.foundation.problems import Fault
from directorates.rules.text import clean_text

LONGEST_UNIT = 60


@dataclass(frozen=True)
class WrittenFormula:
    """What is divided by what, the reports that answer it, and how the outcome is shown; from which day on it holds."""

    numerator: str
    denominator: str
    templates: Sequence[ReportTemplate]
    factor: int
    decimals: int
    since: datetime.date
    unit_ar: str = ""
    unit_en: str = ""

    @property
    def units(self) -> tuple[str, str]:
        """The unit in both languages, cleaned."""
        return clean_text(self.unit_ar), clean_text(self.unit_en)


@dataclass(frozen=True)
class ReadFormula:
    """A formula that can be computed, with what answers each operand."""

    formula: IndicatorFormula
    rows: tuple[tuple[ReportTemplate, Element, Category | None], ...]

    @property
    def operands(self) -> list[IndicatorOperand]:
        """What answers each operand, not kept yet."""
        return [IndicatorOperand(template=one, element=element, category=group) for one, element, group in self.rows]

    @property
    def drawn(self) -> Drawn:
        """The same as values are read by."""
        return Drawn(self.formula, tuple((one.cell, one.template) for one in self.operands))


def read_formula(written: WrittenFormula) -> tuple[ReadFormula | None, list[Fault]]:
    """The formula and what is wrong with it; none while anything is."""
    faults = list(_faults_of_look(written))
    trees: dict[str, Expression] = {}
    for field in ("numerator", "denominator"):
        try:
            trees[field] = _spelled(getattr(written, field))
        except ExpressionProblem as problem:
            faults.append(Fault(field, problem.code, message_for(problem.code, problem.params)))
    faults += _faults_of_reports(written.templates)
    answers = _Answers(written.templates, [cell[0] for tree in trees.values() for cell in tree.operands()])
    rows: dict[Cell, tuple[ReportTemplate, Element, Category | None]] = {}
    for field, tree in trees.items():
        for cell in dict.fromkeys(tree.operands()):
            if cell[0] in NAMED and cell[1] is None:
                continue
            found, fault = answers.of(field, cell)
            if found is not None:
                rows[cell] = found
            faults += [fault] if fault else []
    if len(trees) == 2 and not any(cell[0] not in NAMED for tree in trees.values() for cell in tree.operands()):
        faults.append(Fault("numerator", "no_item", _("An indicator is worked out of at least one item of a report.")))
    below = trees.get("denominator")
    if below is not None and not below.operands() and not value_of(below, {}):
        faults.append(Fault("denominator", "zero", _("This is always zero, and nothing can be divided by it.")))
    if faults or len(trees) < 2:
        return None, faults
    formula = IndicatorFormula(trees["numerator"], trees["denominator"], written.factor)
    return ReadFormula(formula, tuple(rows.values())), []


def _spelled(text: str) -> Expression:
    """An expression that can be kept in its one spelling, with blanks that its writer may have left out."""
    tree = parse(text)
    if len(str(tree)) > MAX_LENGTH:
        raise ExpressionProblem("expression_too_long", MAX_LENGTH)
    return tree


def _faults_of_look(written: WrittenFormula) -> Iterator[Fault]:
    """What is wrong with how the outcome is shown, and from when it holds."""
    if written.factor not in FACTORS:
        yield Fault("factor", "unknown", _("This is not one of the choices."))
    if not 0 <= written.decimals <= MOST_DECIMALS:
        yield Fault("decimals", "out_of_range", _("From %(least)d to %(most)d.") % {"least": 0, "most": MOST_DECIMALS})
    if not FIRST_YEAR <= written.since.year <= LAST_YEAR:
        words = _("Periods lie between the years %(first)s and %(last)s.")
        yield Fault("since", "out_of_range", words % {"first": FIRST_YEAR, "last": LAST_YEAR})
    arabic, english = written.units
    if bool(arabic) != bool(english):
        yield Fault(
            "unit_en" if arabic else "unit_ar", "required", _("A unit is written in both languages, or in none.")
        )
    for field, text in (("unit_ar", arabic), ("unit_en", english)):
        if len(text) > LONGEST_UNIT:
            words = _("This text is too long: at most %(most)d characters.")
            yield Fault(field, "too_long", words % {"most": LONGEST_UNIT})


def _faults_of_reports(templates: Sequence[ReportTemplate]) -> Iterator[Fault]:
    """No report, or reports whose periods never make up the same one."""
    if not templates:
        yield Fault("templates", "required", _("At least one report is needed."))
    kinds = {PeriodType(one.period_type) for one in templates}
    if len(kinds) > 1 and any(kind.is_week for kind in kinds):
        yield Fault(
            "templates", "not_nested", _("Weeks make up no month: weekly reports and others cannot be put together.")
        )


class _Answers:
    """Which of some reports ask which elements."""

    def __init__(self, templates: Sequence[ReportTemplate], codes: Sequence[str]) -> None:
        """Read the elements, and who asks them in a version that is or was published."""
        self.elements = {one.code: one for one in Element.objects.filter(code__in=codes).select_related("category_set")}
        sets = [one.category_set_id for one in self.elements.values() if one.category_set_id]
        self.categories = {
            (one.category_set_id, one.code): one for one in Category.objects.filter(category_set__in=sets)
        }
        places = SectionElement.objects.filter(element__code__in=codes, section__version__template__in=templates)
        places = places.exclude(section__version__status=VersionStatus.DRAFT)
        by_id: Mapping[int, ReportTemplate] = {one.pk: one for one in templates}
        self.asking: dict[str, dict[int, ReportTemplate]] = defaultdict(dict)
        for code, template in places.values_list("element__code", "section__version__template"):
            self.asking[code][template] = by_id[template]

    def of(self, field: str, cell: Cell) -> tuple[tuple[ReportTemplate, Element, Category | None] | None, Fault | None]:
        """The one report that answers an operand, or what is wrong with it."""
        name = cell[0] if cell[1] is None else f"{cell[0]}.{cell[1]}"
        element, asking = self.elements.get(cell[0]), list(self.asking.get(cell[0], {}).values())
        if element is None or not asking:
            words = _("The expression names %(given)s, which none of these reports asks.")
            return None, Fault(field, "unknown_operand", words % {"given": name[:60]})
        category = self.categories.get((element.category_set_id or 0, cell[1] or ""))
        if cell[1] is not None and category is None:
            return None, Fault(
                field, "unknown_category", _("The item has no category %(given)s.") % {"given": name[:60]}
            )
        if (
            not ElementType(element.type).is_numeric
            or element.over_place != OverPlace.SUM
            or element.over_time == OverTime.NONE
        ):
            words = _("%(given)s is no number that adds up over places: shares, means and texts are not divided again.")
            return None, Fault(field, "no_sum", words % {"given": name[:60]})
        if len(asking) > 1:
            words = _(
                "%(given)s is asked by several of these reports (%(reports)s), and would count twice. One of them has to go."
            )
            told = {"given": name[:60], "reports": ", ".join(sorted(one.code for one in asking))}
            return None, Fault(field, "asked_twice", words % told)
        return (asking[0], element, category), None
