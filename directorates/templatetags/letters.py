"""Filters for letters, which are plain text."""

from django import template

from directorates.foundation import letters

register = template.Library()
register.filter("isolated", letters.isolated)
