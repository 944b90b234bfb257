"""What an import would do: each thing of a package compared with what is here, and the versions that would follow."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from coordination.reporting.models.elements import CategorySet
from coordination.reporting.models.packages import known_of
from coordination.reporting.models.specifications import category_set_sources, element_sources, source_of
from coordination.reporting.models.templates import ReportTemplate, SectionElement, Slot, TemplateVersion, VersionStatus
from coordination.reporting.rules.expressions import MAX_LENGTH, ExpressionProblem, cells_read
from coordination.reporting.rules.package_codes import Coded, settle
from coordination.reporting.rules.package_items import (
    Change,
    Fate,
    Item,
    changes_between,
    filled_element,
    filled_set,
    items_of,
    outline,
    with_words_of,
)
from coordination.reporting.rules.packages import Kind, OfferedTemplate, Package, Remark
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.rules.specification import RuleSpec, SectionSpec, TemplateSpec
from coordination.reporting.rules.templates import (
    CategorySetSource,
    DatasetSource,
    ElementSource,
    Named,
    ProgrammeSource,
    TemplateSource,
)

Definition = TypeVar("Definition", CategorySetSource, ElementSource)
CHANGING = (Fate.NEW, Fate.CHANGED)


@dataclass(frozen=True)
class Home:
    """Where new templates belong, and the periods of those whose format says none."""

    programme: ProgrammeSource
    dataset: DatasetSource
    period_type: PeriodType = PeriodType.MONTH
    due_days: int = 15


@dataclass(frozen=True)
class PlannedTemplate:
    """One template: what its version would say, and what becomes of it."""

    offered: OfferedTemplate
    source: TemplateSource
    fate: Fate


@dataclass
class Plan:
    """Everything an import would do."""

    package: Package
    coded: Coded
    templates: list[PlannedTemplate] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        """Whether applying it would write anything."""
        return any(one.fate in CHANGING for one in self.templates)


def plan_of(package: Package, home: Home, today: datetime.date) -> Plan:
    """What importing a package would do now, in about ten queries a template."""
    coded = settle(package, known_of(package))
    work = _Work(Plan(package, coded), home, today)
    work.compare_sets()
    work.compare_elements()
    for offered in package.templates:
        work.compare_template(offered)
    work.plan.items += [*work.rules.values(), *items_of(package.remarks), *items_of(work.remarks)]
    return work.plan


def published_elements(codes: list[str]) -> set[str]:
    """Those of the codes that a published version asks: their definitions never change."""
    rows = SectionElement.objects.filter(element__code__in=codes)
    rows = rows.exclude(section__version__status=VersionStatus.DRAFT)
    return set(rows.values_list("element__code", flat=True))


@dataclass
class _Work:
    """A comparison under way."""

    plan: Plan
    home: Home
    today: datetime.date
    sets: dict[str, CategorySetSource] = field(default_factory=dict)
    elements: dict[str, ElementSource] = field(default_factory=dict)
    # Codes of what is new or changed: the templates that use it are written anew.
    fresh: set[str] = field(default_factory=set)
    rules: dict[str, Item] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def compare_sets(self) -> None:
        """Category sets; one that reports or drafts were made with keeps its categories."""
        given = self.plan.coded.category_sets
        stored = category_set_sources([one.code for one in given.values()])
        fixed = set(
            CategorySet.objects.filter(code__in=stored, pk__in=_published_sets()).values_list("code", flat=True)
        )
        in_slots = set(
            Slot.objects.filter(category__category_set__code__in=stored).values_list(
                "category__category_set__code", flat=True
            )
        )
        for uid, one in given.items():
            held = stored.get(one.code)
            lost = held is not None and {c.code for c in held.categories} - {c.code for c in one.categories}
            standing = one.code in fixed or bool(lost and one.code in in_slots)
            said = filled_set(one, held) if held else one
            self.sets[uid] = self.compared(Kind.CATEGORY_SET, said, held, standing)

    def compare_elements(self) -> None:
        """Elements; one that a published version asks stays as it is."""
        given = self.plan.coded.elements
        codes = [one.spec.code for one in given.values()]
        stored, fixed = element_sources(codes), published_elements(codes)
        for uid, one in given.items():
            chosen, code = self.plan.package.elements[uid].category_set, one.spec.code
            categories = self.sets[chosen].categories if chosen else ()
            said, held = replace(one, spec=replace(one.spec, categories=categories)), stored.get(code)
            said = filled_element(said, held) if held else said
            self.elements[uid] = self.compared(Kind.ELEMENT, said, held, code in fixed)

    def compared(self, kind: Kind, given: Definition, held: Definition | None, standing: bool) -> Definition:
        """The definition to go on with, its item written down."""
        changes = changes_between(held, given) if held is not None else ()
        fate = Fate.NEW if held is None else Fate.SAME if not changes else Fate.HELD if standing else Fate.CHANGED
        words = given.spec if isinstance(given, ElementSource) else given
        self.plan.items.append(Item(kind, fate, words.name_ar, words.name_en, words.code, changes=changes))
        if fate in CHANGING:
            self.fresh.add(words.code)
        return held if held is not None and fate is Fate.HELD else given

    def compare_template(self, offered: OfferedTemplate) -> None:
        """One template against the latest version here."""
        template = (
            ReportTemplate.objects.select_related("programme", "dataset__custodian")
            .filter(code=self.plan.coded.templates[offered.uid])
            .first()
        )
        source = self.source(offered)
        if template is None:
            self.add(offered, source, Fate.NEW, ())
            return
        latest = TemplateVersion.objects.filter(template=template).order_by("-number").first()
        published = template.versions.published().exists()
        source, changes = self.kept(offered, source, template, published)
        if latest is None:
            self.add(offered, source, Fate.CHANGED, changes)
            return
        stored = source_of(latest)
        source = with_words_of(source, stored)
        changes += changes_between(outline(stored, stored), outline(source, stored))
        is_draft = latest.status == VersionStatus.DRAFT
        fresh = bool(self.fresh & {*(e.spec.code for e in source.elements), *(s.code for s in source.category_sets)})
        number = latest.number if is_draft or not changes else latest.number + 1
        first_day = latest.first_day if is_draft else self.first_day(source.spec.period_type, latest.first_day)
        source = replace(source, first_day=first_day, spec=replace(source.spec, version=number))
        fate = Fate.CHANGED if changes or (fresh and is_draft) else Fate.SAME
        self.add(offered, source, fate, changes, stored.spec.rules)

    def kept(
        self, offered: OfferedTemplate, source: TemplateSource, template: ReportTemplate, published: bool
    ) -> tuple[TemplateSource, tuple[Change, ...]]:
        """The template under the programme and dataset it has, and once published with its name and periods as well."""
        programme, dataset = template.programme, template.dataset
        source = replace(
            source,
            programme=ProgrammeSource(programme.code, programme.name_ar, programme.name_en, programme.week_rules_kept),
            dataset=DatasetSource(dataset.code, dataset.name_ar, dataset.name_en, dataset.custodian.code),
        )
        if offered.period_type is None:
            # The format says no periods, so those that are here hold.
            spec = replace(source.spec, period_type=PeriodType(template.period_type))
            source = replace(source, due_days=template.due_days, spec=spec)
        said = {"period": str(source.spec.period_type), "due_days": str(source.due_days)}
        here = {"period": str(template.period_type), "due_days": str(template.due_days)}
        changes = tuple(Change(key, here[key], said[key]) for key in said if said[key] != here[key])
        if not published:
            return source, changes
        name = Named(template.code, template.name_ar, template.name_en)
        if changes:
            item = Item(Kind.TEMPLATE, Fate.HELD, name.name_ar, name.name_en, name.code, changes=changes)
            self.plan.items.append(item)
        spec = replace(source.spec, period_type=PeriodType(template.period_type))
        return replace(source, template=name, due_days=template.due_days, spec=spec), ()

    def source(self, offered: OfferedTemplate) -> TemplateSource:
        """What a new version of the template says."""
        coded = replace(self.plan.coded, elements=self.elements, category_sets=self.sets)
        sections = self.whole(coded.sections(offered))
        code = coded.templates[offered.uid]
        period_type = offered.period_type or self.home.period_type
        spec = TemplateSpec(code, 1, period_type, sections)
        spec = replace(spec, rules=tuple(self.readable(coded.rules(offered), spec)))
        asked = {element.code for element in spec.elements}
        elements = {one.spec.code: one for one in self.elements.values() if one.spec.code in asked}
        sets = {one.code: one for one in self.sets.values()}
        return TemplateSource(
            template=Named(code, offered.name_ar, offered.name_en),
            programme=self.home.programme,
            dataset=self.home.dataset,
            due_days=offered.due_days if offered.period_type else self.home.due_days,
            first_day=self.first_day(period_type, None),
            category_sets=tuple(sets[key] for key in dict.fromkeys(e.category_set for e in elements.values()) if key),
            elements=tuple(elements.values()),
            spec=spec,
        )

    def whole(self, sections: tuple[SectionSpec, ...]) -> tuple[SectionSpec, ...]:
        """The sections without shares whose parts are not asked beside them: one that stays as published may want others."""
        asked = {element.code for section in sections for element in section.elements if not element.is_computed}
        found = []
        for section in sections:
            kept = [one for one in section.elements if not one.is_computed or {one.numerator, one.denominator} <= asked]
            for lost in set(section.elements) - set(kept):
                self.remarks.append(Remark(Kind.ELEMENT, lost.name_en or lost.name_ar, lost.code, "part_missing"))
            found.append(replace(section, elements=tuple(kept)))
        return tuple(section for section in found if section.elements)

    def readable(self, rules: tuple[RuleSpec, ...], spec: TemplateSpec) -> Iterator[RuleSpec]:
        """The rules that the template can check; definitions that stand in the way may have taken a cell from them."""
        for rule in rules:
            name = rule.message_en or rule.message_ar
            if any(len(str(side)) > MAX_LENGTH for side in (rule.left, rule.right)):
                self.remarks.append(Remark(Kind.RULE, name, rule.code, "expression_too_long"))
                continue
            try:
                cells_read(rule.operands, spec.cells)
            except ExpressionProblem as problem:
                self.remarks.append(Remark(Kind.RULE, name, rule.code, problem.code, dict(problem.params)))
                continue
            yield rule

    def add(
        self,
        offered: OfferedTemplate,
        source: TemplateSource,
        fate: Fate,
        changes: tuple[Change, ...],
        stored: tuple[RuleSpec, ...] = (),
    ) -> None:
        """Write down a template and its rules."""
        named = source.template
        self.plan.templates.append(PlannedTemplate(offered, source, fate))
        shown = tuple(change for change in changes if not change.path.startswith("rules."))
        item = Item(Kind.TEMPLATE, fate, named.name_ar, named.name_en, named.code, changes=shown)
        self.plan.items.append(item)
        held = {rule.code: rule for rule in stored}
        for rule in source.spec.rules:
            before = held.get(rule.code)
            differing = changes_between(before, rule) if before else ()
            fate = Fate.NEW if before is None else Fate.CHANGED if differing else Fate.SAME
            found = Item(Kind.RULE, fate, rule.message_ar, rule.message_en, rule.code, changes=differing)
            if rule.code not in self.rules or fate is not Fate.SAME:
                self.rules[rule.code] = found

    def first_day(self, period_type: PeriodType, after: datetime.date | None) -> datetime.date:
        """The first day of the next period, after the version before: only a proposal, publishing says it."""
        return period_containing(max(self.today, after or self.today), period_type).next().start


def _published_sets() -> Any:
    """The category sets of elements that a published version asks."""
    places = SectionElement.objects.exclude(section__version__status=VersionStatus.DRAFT)
    return places.exclude(element__category_set=None).values("element__category_set")
