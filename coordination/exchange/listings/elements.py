"""The library of elements as a file."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import Category
from coordination.reporting.views.elements import category_sets_listed, elements_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000
# Whoever has any role may read what published templates are made of.
RIGHTS = (Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS, Permission.VIEW_EDITIONS, Permission.MANAGE_TEMPLATES)


def _elements(user: User, asked: QueryDict) -> Listed:
    form, rows = elements_listed(user, asked)
    columns = [
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("type", _("Type"), width=16),
        Column("categories", _("Categories"), Kind.CODE),
        Column("least", _("Lowest value"), Kind.NUMBER),
        Column("most", _("Highest value"), Kind.NUMBER),
        Column("over_time", _("Over time"), width=12),
        Column("over_place", _("Over place"), width=12),
        Column("templates", _("Report templates"), Kind.NUMBER),
    ]
    cells = (
        [
            *(row.code, row.name_ar, row.name_en, str(row.get_type_display())),
            *(row.category_set.code if row.category_set else "", row.minimum, row.maximum),
            *(str(row.get_over_time_display()), str(row.get_over_place_display())),
            row.templates,  # type: ignore[attr-defined]
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Library of elements"), columns, cells, rows.count(), filters_told(form))


def _categories(user: User, _asked: QueryDict) -> Listed:
    """A row a category, in the order of its set."""
    columns = [
        Column("set", _("Category set"), Kind.CODE, width=24),
        Column("set_name_ar", _("Name in Arabic"), width=30),
        Column("set_name_en", _("Name in English"), width=30),
        Column("category", pgettext("category", "Category"), Kind.CODE, width=20),
        Column("name_ar", _("Name in Arabic"), width=30),
        Column("name_en", _("Name in English"), width=30),
    ]
    rows = category_sets_listed(user)
    cells = (
        [row.code, row.name_ar, row.name_en, one.code, one.name_ar, one.name_en]
        for row in rows.iterator(CHUNK)
        for one in row.categories.all()
    )
    return Listed(_("Category sets"), columns, cells, Category.objects.filter(category_set__in=rows).count())


LISTINGS = (
    Listing("elements", gettext_lazy("Library of elements"), RIGHTS, "reporting:elements", _elements),
    Listing("categories", gettext_lazy("Category sets"), RIGHTS, "reporting:category_sets", _categories),
)
