"""Filters for letters, which are plain text, and for notices, which keep plain values."""

import datetime

from django import template

from directorates.foundation import letters
from directorates.roles import Role

register = template.Library()
register.filter("isolated", letters.isolated)


@register.filter
def day_of(text: str) -> datetime.date:
    """A day kept as text."""
    return datetime.date.fromisoformat(text)


@register.filter
def role_words(code: str) -> str:
    """The words of a role kept by its code."""
    return str(Role(code).label)
