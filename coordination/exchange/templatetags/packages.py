"""How the things of a package are shown: their kind, their fate, and why."""

from django import template
from django.utils.safestring import SafeString

from coordination.exchange.words import FATES, KINDS, path_words, reason_words
from coordination.reporting.rules.package_items import Change, Fate, Item
from coordination.reporting.rules.packages import Kind
from coordination.templatetags.tansiq import chip

register = template.Library()
LOOKS = {
    Fate.NEW: ("ok", "plus"),
    Fate.CHANGED: ("info", "edit"),
    Fate.SAME: ("", "check"),
    Fate.HELD: ("warn", "lock"),
    Fate.DIFFERS: ("warn", "info"),
    Fate.LEFT_OUT: ("", "minus"),
}


@register.filter
def kind_words(kind: Kind) -> str:
    """The kind in the plural."""
    return str(KINDS[kind])


@register.filter
def fate_words(fate: Fate) -> str:
    """The fate in a word or two."""
    return str(FATES[fate])


@register.filter
def fate_chip(fate: Fate) -> SafeString:
    """The fate as a chip."""
    tone, picture = LOOKS[fate]
    return chip("", str(FATES[fate]), tone=tone, picture=picture)


@register.filter
def why(item: Item) -> str:
    """Why something is not carried, or differs."""
    return reason_words(item.reason, dict(item.params)) if item.reason else ""


@register.filter
def where(change: Change) -> str:
    """The part of a definition that differs."""
    return path_words(change.path)
