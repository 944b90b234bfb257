"""How bulletins are written on pages: periods, figures, texts in Markdown, differences."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from coordination.reporting.models import BulletinPart, Edition, EditionInputs
from coordination.reporting.models.bulletin_rates import People, Rate, RateChanged
from coordination.reporting.models.bulletin_reading import Changed, ReadBulletin, ShownPart, Value
from coordination.reporting.rules.bulletin_indicators import Cause
from coordination.reporting.templatetags.figures import figure_text
from coordination.reporting.templatetags.indicators import PERCENT, reasons_text, value_text
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.models.naming import in_language
from policies.rules.markdown import html_of

register = template.Library()


@register.simple_tag
def bulletin_period(read: ReadBulletin) -> str:
    """The period in words; a week is numbered as the programme of its reports numbers it."""
    of = next((edition.template for edition in read.editions.values()), None)
    return words_for_period(of, read.bulletin.period) if of else read.bulletin.period.id


@register.filter
def bulletin_value(value: Value | Rate) -> SafeString | str:
    """A figure; words where it is hidden or not computable, a dash where nobody answered."""
    if isinstance(value, Rate):
        text = rate_text(value)
        # Why there is none is a sentence, which on a phone has to wrap.
        return format_html('<span class="muted text-wrap">{}</span>' if value.number is None else "<bdi>{}</bdi>", text)
    if value.hidden:
        return format_html('<span class="muted">{}</span>', pgettext("edition", "hidden"))
    return "–" if value.number is None else format_html("<bdi>{}</bdi>", figure_text(value.number, value.measure))


def rate_text(rate: Rate) -> str:
    """The value of an indicator as plain text or, in words, why there is none."""
    if rate.number is None or rate.version is None:
        return _("Not computable: %(reasons)s") % {"reasons": reasons_text(rate.reasons)}
    return value_text(rate.number, rate.version)


@register.filter
def rate_name(shown: ShownPart) -> str:
    """An indicator with its unit, where the name does not say it and it is no per cent sign, which stands with each value."""
    name, unit = str(shown.part.indicator), shown.version.unit if shown.version else ""
    return name if unit == PERCENT or unit.casefold() in name.casefold() else f"{name} ({unit})"


@register.filter
def people_sources(people: People) -> SafeString:
    """Who said how many people live there, with the day of each source, and how many more said so."""
    rows = ((source, dated.isoformat()) for source, dated in people.sources)
    named = format_html_join(" · ", '<span dir="auto">{}</span> <bdi dir="ltr">{}</bdi>', rows)
    more = _("other sources: %(count)d") % {"count": people.more}
    return format_html("{} · {}", named, more) if people.more else named


CAUSES = {
    Cause.FIGURES: pgettext_lazy("correction", "the figures of reports"),
    Cause.POPULATION: pgettext_lazy("correction", "the population"),
    Cause.FORMULA: pgettext_lazy("correction", "the formula"),
}


@register.filter
def causes_text(one: RateChanged) -> str:
    """Where a difference comes from, in words."""
    return " · ".join(str(CAUSES[cause]) for cause in one.causes)


@register.filter
def share_of(share: Decimal | None) -> SafeString | str:
    """A share in per cent, rounded before it came here."""
    return "–" if share is None else format_html("<bdi>{}%</bdi>", share)


@register.filter
def part_text(part: BulletinPart) -> SafeString:
    """The text of a part in the reader's language; the renderer lets no HTML of the author's through."""
    return mark_safe(html_of(part.text))  # noqa: S308


@register.simple_tag
def part_map(maps: Mapping[int, Any], shown: ShownPart) -> Any:
    """The map of a part, where it has one."""
    return maps.get(shown.part.pk)


@register.filter
def changed_item(one: Changed) -> str:
    """An item and its category, in words."""
    element = one.measure.element
    name = in_language(element.name_ar, element.name_en)
    return f"{name} · {one.category.name}" if one.category else name


@register.filter
def changed_before(one: Changed) -> SafeString | str:
    """What the earlier edition shows of a figure; a word where it hides it, a dash where it has none."""
    return _changed(one, one.difference.before, there=one.difference.had)


@register.filter
def changed_after(one: Changed) -> SafeString | str:
    """What the later one shows."""
    return _changed(one, one.difference.after, there=one.difference.has)


def _changed(one: Changed, number: Decimal | None, *, there: bool) -> SafeString | str:
    if not there:
        return "–"
    if number is None:
        return format_html('<span class="muted">{}</span>', pgettext("edition", "hidden"))
    return format_html("<bdi>{}</bdi>", figure_text(number, one.measure))


@register.simple_tag
def edition_inputs(read: ReadBulletin, edition: Edition) -> EditionInputs | None:
    """The hashes of an edition of a bulletin."""
    return read.inputs.get(edition.pk)


@register.simple_tag
def changed_period(read: ReadBulletin, one: RateChanged) -> str:
    """Of which period a value is."""
    return words_for_period(next(iter(read.editions.values())).template, one.period)
