"""Filters and tags that every template may use; the list with examples is in `templates/components/README.md`.

Blocks of a page are in `templates/components/`; what stands inside a line (icon, chip, number) is made here.
"""

import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from coordination import states
from coordination.formats import dates
from directorates.models.naming import in_language

register = template.Library()

Number = int | float | Decimal
MINUS = "\N{MINUS SIGN}"
# What is typed with Latin letters and digits keeps its own direction; people's own words bring theirs.
LEFT_TO_RIGHT = frozenset({"email", "url", "number", "tel", "password", "date", "time", "datetime-local"})


def component(name: str, **context: Any) -> SafeString:
    """One component, without the context of its page."""
    return render_to_string(f"components/{name}.html", context)


# --- Numbers, dates, names -----------------------------------------------------------------------------------------


@register.filter
def grouped(value: Number | None, places: int | None = None) -> str:
    """A number as plain text, for attributes and options: 1,234.5; Django alone would cut 66.67 to 66.6."""
    if value is None:
        return ""
    if places is not None:
        value = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    text = formats.number_format(value, places, use_l10n=True, force_grouping=True)
    return text.replace("-", MINUS, 1)


@register.filter
def number(value: Number | None, places: int | None = None) -> SafeString | str:
    """A number in its own left-to-right island."""
    return format_html('<span class="n">{}</span>', grouped(value, places)) if value is not None else ""


@register.filter
def percent(value: Number | None, places: int = 1) -> SafeString | str:
    """A percentage whose sign stays behind the number."""
    return format_html('<span class="n">{}%</span>', grouped(value, places)) if value is not None else ""


@register.filter
def bdi(value: Any) -> SafeString | str:
    """A code, phone, e-mail or Latin name: left to right wherever it stands."""
    return format_html('<bdi dir="ltr">{}</bdi>', value) if value not in (None, "") else ""


@register.filter
def person_text(value: Any) -> SafeString | str:
    """What a person wrote, in the direction of its own first letter, lines kept."""
    return format_html('<span class="person" dir="auto">{}</span>', value) if value else ""


@register.filter
def name(value: Any) -> str:
    """The Arabic or the English name of a thing, whichever fits the reader."""
    if isinstance(value, dict):
        return in_language(value.get("ar", ""), value.get("en", ""))
    return in_language(value.name_ar, value.name_en) if value else ""


@register.filter
def day(value: datetime.date | None) -> SafeString | str:
    """A day in running text, with its weekday."""
    return format_html('<time datetime="{}">{}</time>', f"{value:%Y-%m-%d}", dates.long_day(value)) if value else ""


@register.filter
def short_day(value: datetime.date | None) -> SafeString | str:
    """A day in running text, without its weekday."""
    return format_html('<time datetime="{}">{}</time>', f"{value:%Y-%m-%d}", dates.short_day(value)) if value else ""


@register.filter
def moment(value: datetime.datetime | None) -> SafeString | str:
    """A moment in running text: the day and the clock."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), dates.long_moment(value)) if value else ""


@register.filter
def clock(value: datetime.datetime | None) -> SafeString | str:
    """The time of day."""
    if not value:
        return ""
    return format_html('<time class="n" datetime="{}">{}</time>', value.isoformat(), dates.clock(value))


@register.filter
def iso(value: datetime.date | None) -> SafeString | str:
    """A day or moment in a table: 2019-05-07, with 14:02 where there is a time."""
    if not value:
        return ""
    here = dates.local(value)
    text = f"{here:%Y-%m-%d %H:%M}" if isinstance(here, datetime.datetime) else f"{here:%Y-%m-%d}"
    return format_html('<time class="n" datetime="{}">{}</time>', value.isoformat(), text)


# --- Inside a line -------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A picture from our sprite, decoration only: words stand beside it. `flip` mirrors an arrow."""
    source = f"{static('tansiq/icons.svg')}#i-{name}"
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"/></svg>', classes, source)


@register.simple_tag
def chip(state: str, words: str, tone: str | None = None, picture: str = "") -> SafeString:
    """A state as icon and words; the look comes from `coordination/states.py` unless named."""
    seen = states.look(state)
    classes = seen.tone if tone is None else tone
    return format_html('<span class="chip {}">{}<span>{}</span></span>', classes, icon(picture or seen.icon), words)


@register.simple_tag
def meter(share: Number | None, target: Number | None = None) -> SafeString:
    """A bar from 0 to 100 with a mark at the target; the number itself stands beside it."""
    width = f"{min(max(float(share or 0), 0), 100):.1f}"
    mark = format_html('<path d="M{} 0v8" stroke-width="1.5"/>', f"{target:g}") if target is not None else ""
    return format_html(
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8" stroke="none"/>{}</svg>',
        width,
        mark,
    )


@register.simple_tag
def htmx() -> SafeString:
    """The script behind parts of pages, on the pages that have them; its settings keep to the content policy."""
    return component("htmx")


# --- Head of a page ------------------------------------------------------------------------------------------------


@register.simple_block_tag
def page_head(content: str, title: str, subtitle: str = "") -> SafeString:
    """The page's one title, a line under it, and (the content) its chip or one primary action."""
    return component("page_head", title=title, subtitle=subtitle, content=content if content.strip() else "")


@register.simple_tag
def breadcrumbs(*pairs: Any) -> SafeString:
    """The way here: label, address, label, address …; the page itself is not repeated."""
    return component("breadcrumbs", steps=list(zip(pairs[::2], pairs[1::2], strict=True)))


# --- Blocks --------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(
    content: str,
    title: str = "",
    id: str = "",  # noqa: A002 - templates call it as HTML does
    extra: str = "",
    flush: bool = False,
    level: int = 2,
) -> SafeString:
    """A surface with a heading; `extra` stands at the end of the heading, `flush` for lists and tables."""
    return component("panel", content=content, title=title, id=id, extra=extra, flush=flush, level=level)


@register.simple_block_tag
def note(content: str, tone: str = "", picture: str = "", title: str = "") -> SafeString:
    """A remark with a coloured edge, an icon and words."""
    pictures = {"ok": "check", "warn": "warn", "bad": "warn", "info": "info", "excused": "minus"}
    return component("note", content=content, tone=tone, picture=picture or pictures.get(tone, ""), title=title)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A list of facts; inside stand `fact` tags."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One fact of a list; nothing at all where it is empty."""
    return format_html("<dt>{}</dt><dd>{}</dd>", label, content) if content.strip() else SafeString("")


@register.simple_tag
def history(entries: Any) -> SafeString:
    """Who did what and when, with the note; entries have at, by, what, note (attributes or keys)."""
    return component("history", entries=entries)


@register.simple_block_tag
def aside_part(content: str, title: str, picture: str = "") -> SafeString:
    """A part of the right column."""
    return component("aside_part", content=content, title=title, picture=picture)


@register.simple_block_tag
def visibility(content: str) -> SafeString:
    """The part of the right column that says who can see this record."""
    return component("visibility", content=content)


@register.simple_tag
def key_figure(
    label: str,
    value: Any,
    below: str = "",
    share: Number | None = None,
    target: Number | None = None,
    url: str = "",
    tone: str = "muted",
) -> SafeString:
    """A figure large enough to read across a desk, with a bar where it is a share."""
    return component(
        "key_figure", label=label, value=value, below=below, share=share, target=target, url=url, tone=tone
    )


@register.simple_block_tag
def work_row(
    content: str,
    title: str,
    detail: str = "",
    action: str = "",
    url: str = "",
    primary: bool = False,
    remark: str = "",
    tone: str = "warn",
) -> SafeString:
    """One piece of work in a `<ul class="work">`: what, its state (the content), what to do, and a remark below."""
    shown = {"content": content, "title": title, "detail": detail, "action": action, "url": url}
    return component("work_row", **shown, primary=primary, remark=remark, tone=tone)


# --- Lists ---------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def listing(content: str, caption: str) -> SafeString:
    """The frame of a table: it scrolls by itself and its first column stays."""
    return component("listing", content=content, caption=caption)


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, label: str, classes: str = "", standard: str = "") -> SafeString:
    """A column's head that sorts by `?sort=key` (then `-key`) and keeps the filters; `standard` is the sort unasked."""
    query = context["request"].GET.copy()
    sort = query.get("sort") or standard
    rising, falling = sort == key, sort == f"-{key}"
    query.pop("page", None)
    query["sort"] = f"-{key}" if rising else key
    order = "ascending" if rising else "descending" if falling else ""
    address = f"?{query.urlencode()}"
    return component("sort_header", label=label, classes=classes, order=order, address=address)


@register.simple_tag(takes_context=True)
def pages(context: template.Context, page: Page, export: str = "") -> SafeString:
    """How many there are and the way to the others, filters kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    kept = f"{query.urlencode()}&" if query else ""
    return component("pages", page=page, kept=kept, export=export)


@register.simple_tag
def empty_state(why: str, what: str = "", action: str = "", url: str = "") -> SafeString:
    """Why a list is empty and what to do about it."""
    return component("empty_state", why=why, what=what, action=action, url=url)


@register.simple_tag(takes_context=True)
def filter_row(context: template.Context, form: BaseForm) -> SafeString:
    """The filters of a list as a form that lives in the address; the sort is kept, the page is not."""
    query = context["request"].GET
    used = any(value for key in form.fields for value in query.getlist(form.add_prefix(key)))
    return component("filter_row", form=form, used=used, sort=query.get("sort", ""))


# --- Forms ---------------------------------------------------------------------------------------------------------


def _attributes(bound: BoundField, small: bool) -> dict[str, Any]:
    """The class and direction of a widget, under what it names itself."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "textarea")
    style = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}
    own = str(widget.attrs.get("class", ""))
    attributes: dict[str, Any] = {"class": f"{style.get(kind, 'form-control')} {own}".strip()}
    if kind in LEFT_TO_RIGHT:
        attributes["dir"] = "ltr"
    elif kind in ("text", "search", "textarea") and "dir" not in widget.attrs:
        # The blank placeholder lets the style sheet see an empty field, which would be left to right otherwise.
        attributes |= {"dir": "auto", "placeholder": widget.attrs.get("placeholder", " ")}
    if bound.errors and not small:
        attributes["aria-invalid"] = "true"
    return attributes


@register.simple_tag
def field(
    bound: BoundField,
    label: str = "",
    help: str | None = None,  # noqa: A002 - the word of forms
    small: bool = False,
    **extra: Any,
) -> SafeString:
    """A form's field with label, help and error; more attributes as `autocomplete="email"`, `data_x="y"`."""
    kind = getattr(bound.field.widget, "input_type", "")
    many = bound.field.widget.use_fieldset
    attributes = _attributes(bound, small) | {key.replace("_", "-"): value for key, value in extra.items()}
    if label:
        bound.label = label
    if help is not None:
        bound.help_text = help
    widget = bound if many else bound.as_widget(attrs=attributes)
    return component(
        "field", bound=bound, widget=widget, many=many, single=kind == "checkbox" and not many, small=small
    )


@register.simple_tag
def error_summary(*forms: BaseForm | str | None) -> SafeString:
    """Every error of the forms at once, above them, each a link to its field; it takes the focus."""
    found: list[tuple[str, str, str]] = []
    for form in forms:
        if not isinstance(form, BaseForm) or not form.is_bound:
            continue
        found += [("", "", str(message)) for message in form.non_field_errors()]
        for bound in form:
            target = f"{bound.auto_id}_0" if bound.field.widget.use_fieldset else bound.auto_id
            found += [(target, str(bound.label), str(text)) for text in bound.errors]
    return component("error_summary", found=found) if found else SafeString("")
