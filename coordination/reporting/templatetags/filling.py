"""How a form that is being filled is written: steps, totals, fields and last period's values."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext, pgettext_lazy

from coordination.reporting.rules.answers import State
from coordination.reporting.rules.numbers import format_number
from coordination.reporting.rules.periods import Period, PeriodType, period_name
from coordination.reporting.rules.readings import Said
from coordination.reporting.rules.sheets import Field, Remark, SectionSheet, Sum
from coordination.reporting.rules.specification import ElementSpec, ElementType
from coordination.reporting.rules.typed import CLOSED, NOT_KNOWN
from coordination.reporting.templatetags.reporting import answer
from directorates.models import Organisation
from directorates.models.naming import in_language

register = template.Library()

# What a paper form says, which stands in both languages at once.
PAPER = {
    "facility": gettext_lazy("Facility"),
    "period": gettext_lazy("Period"),
    "reporter": gettext_lazy("Reported by"),
    "receipt": gettext_lazy("Receipt number"),
    "total": gettext_lazy("Total"),
    "name": gettext_lazy("Name and function"),
    "date": pgettext_lazy("paper", "Date"),
    "signature": gettext_lazy("Signature"),
    "none": pgettext_lazy("paper", "none"),
    "not_known": pgettext_lazy("answer", "Not known"),
    "closed": pgettext_lazy("answer", "Service not provided"),
}


@register.simple_tag
def both(key: str) -> SafeString:
    """Words of the paper form in Arabic, then in English."""
    with override("ar"):
        arabic = str(PAPER[key])
    with override("en"):
        english = str(PAPER[key])
    return format_html('{} <span lang="en" dir="ltr">{}</span>', arabic, english)


@register.filter
def control(element: ElementSpec) -> str:
    """The kind of field an element takes: number, choice, text or date."""
    if element.type in (ElementType.BOOLEAN, ElementType.CHOICE):
        return "choice"
    return element.type.value if element.type in (ElementType.TEXT, ElementType.DATE) else "number"


@register.filter
def keyboard(element: ElementSpec) -> str:
    """The keyboard that a phone shows for a number."""
    return "numeric" if element.type is ElementType.INTEGER else "decimal"


@register.filter
def choices(element: ElementSpec) -> list[tuple[str, str]]:
    """What can be chosen, the two states included."""
    if element.type is ElementType.BOOLEAN:
        found = [("yes", _("Yes")), ("no", _("No"))]
    else:
        found = [(option.code, in_language(option.name_ar, option.name_en)) for option in element.options]
    return [
        *found,
        (NOT_KNOWN, pgettext("answer", "Not known")),
        (CLOSED, pgettext("answer", "Service not provided")),
    ]


@register.filter
def offers(element: ElementSpec, text: str) -> bool:
    """Whether a text is one of the choices; what is none stays in the form as it was typed."""
    return not text or any(text == code for code, _words in choices(element))


@register.simple_tag
def was(said: Said, element: ElementSpec) -> SafeString | str:
    """What was answered for the last period, as short as a field is wide."""
    marks = {State.NOT_KNOWN.value: NOT_KNOWN, State.CLOSED.value: CLOSED}
    if said.state in marks:
        return marks[said.state]
    if said.number is not None:
        return format_number(said.number).replace("-", "\N{MINUS SIGN}", 1)
    return answer(said, element)


@register.simple_tag
def total(found: Sum) -> str:
    """A total as the form's script writes it too: 1,234 or, with an unknown in it, ≥1,234."""
    if found.number is None:
        return ""
    return f"{'≥' if found.at_least else ''}{format_number(found.number)}"


@register.filter
def after(sections: tuple[SectionSheet, ...], place: int) -> SectionSheet | None:
    """The section at a place counted from nought, if there are so many."""
    return sections[place] if place < len(sections) else None


@register.filter
def step(section: SectionSheet) -> str:
    """How far a step is: errors, asked, done, part, optional, empty."""
    if section.errors:
        return "errors"
    if section.open_questions:
        return "asked"
    if section.empty:
        return "optional" if section.optional else "empty"
    return "part" if section.left else "done"


@register.filter
def step_words(section: SectionSheet) -> str:
    """The same in words."""
    words = {
        "errors": lambda: (
            ngettext("%(count)d to correct", "%(count)d to correct", section.errors) % {"count": section.errors}
        ),
        "asked": lambda: (
            ngettext("%(count)d question", "%(count)d questions", section.open_questions)
            % {"count": section.open_questions}
        ),
        "part": lambda: (
            ngettext("%(count)d field left", "%(count)d fields left", section.left) % {"count": section.left}
        ),
        "done": lambda: pgettext("section", "Complete"),
        "optional": lambda: pgettext("section", "Optional"),
        "empty": lambda: pgettext("section", "Empty"),
    }
    return words[step(section)]()


@register.simple_tag
def label_of(element: ElementSpec, category: Any = None) -> str:
    """A field in words: the element and its category."""
    words = in_language(element.name_ar, element.name_en)
    if category is None:
        return words
    names = {"element": words, "category": in_language(category.name_ar, category.name_en)}
    return _("%(element)s, %(category)s") % names


@register.simple_tag
def answered(field: Field, element: ElementSpec) -> SafeString | str:
    """An answer in the check: what stands there, or words where nothing does."""
    if not field.text:
        return format_html('<span class="muted">{}</span>', pgettext("answer", "blank"))
    if field.fault and field.now.number is None:
        return format_html('<bdi class="bad">{}</bdi>', field.text)
    return answer(field.now, element)


@register.filter
def said(remark: Remark) -> str:
    """What a broken rule says, in the words of its template."""
    return in_language(remark.message_ar, remark.message_en)


@register.filter
def share(number: Decimal, element: ElementSpec) -> SafeString:
    """A computed answer: a percentage, or a quotient with one decimal."""
    percent = element.type is ElementType.PERCENT
    return format_html(
        '<span class="n">{}{}</span>', f"{number * (100 if percent else 1):,.1f}", "%" if percent else ""
    )


@register.filter
def whole(words: str) -> SafeString:
    """Words with parts of their own, such as a date, as one part of a chip."""
    return format_html("<span>{}</span>", words)


@register.filter
def listed(bodies: list[Organisation]) -> str:
    """The short names of some bodies, one after the other."""
    return _(", ").join(dict.fromkeys(body.short for body in bodies))


@register.filter
def period_id(thing: Any) -> str:
    """The period of an expected report as systems exchange it."""
    return Period(PeriodType(thing.template.period_type), thing.period_start).id


@register.filter
def both_periods(thing: Any) -> SafeString:
    """The period in both languages, for paper."""
    rules = thing.template.programme.week_rules_kept if thing.period.type.is_week else ()
    arabic, english = period_name(thing.period, "ar", rules), period_name(thing.period, "en", rules)
    return format_html('{} · <bdi lang="en">{}</bdi>', arabic, english)
