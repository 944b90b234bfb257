"""One version of a report template as files: its items in their sections, and its rules."""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.elements import RIGHTS
from coordination.exchange.listings.listing import Listed, Listing, row_in
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.versions import Outline
from coordination.reporting.templatetags.building import missing_sentence, operator_words, severity_sentence
from directorates.foundation.reading import get_by_code
from directorates.models import User


def _version(user: User, asked: QueryDict) -> TemplateVersion:
    """The version that the address names, as far as the person may see it."""
    template = get_by_code(ReportTemplate.objects.visible_to(user), asked.get("template", ""))
    rows = TemplateVersion.objects.visible_to(user).filter(template=template).select_related("template")
    return get_object_or_404(rows, number=row_in(asked, "version"))


def _told(version: TemplateVersion) -> dict[str, Any]:
    """What the page of the file says beside its rows, and where its list stands."""
    told = [(_("Report template"), version.template.name), (_("Version"), str(version.number))]
    return {"filters": told, "at": {"code": version.template.code, "number": version.number}}


def _items(user: User, asked: QueryDict) -> Listed:
    """A row an item, in the order in which it is asked."""
    version = _version(user, asked)
    columns = [
        Column("section", _("Section"), width=30),
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("name_ar", _("Name in Arabic"), width=40),
        Column("name_en", _("Name in English"), width=40),
        Column("type", _("Type"), width=16),
        Column("categories", _("Categories"), Kind.CODE),
        Column("least", _("Lowest value"), Kind.NUMBER),
        Column("most", _("Highest value"), Kind.NUMBER),
        Column("required", pgettext("item", "Required")),
        Column("over_time", _("Over time"), width=12),
        Column("over_place", _("Over place"), width=12),
    ]
    rows = [
        [
            *(section.name, one.code, one.name_ar, one.name_en, str(one.get_type_display())),
            *(one.category_set.code if one.category_set else "", one.minimum, one.maximum),
            _("computed") if one.over_place == "ratio" else _("yes") if place.required else _("no"),
            *(str(one.get_over_time_display()), str(one.get_over_place_display())),
        ]
        for section in Outline(version).sections
        for place in section.placed  # type: ignore[attr-defined]
        for one in (place.element,)
    ]
    return Listed(_("Items of a version"), columns, rows, len(rows), **_told(version))


def _rules(user: User, asked: QueryDict) -> Listed:
    """A row a rule."""
    version = _version(user, asked)
    columns = [
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("left", _("Left side"), Kind.CODE, width=40),
        Column("operator", _("Comparison"), width=24),
        Column("right", _("Right side"), Kind.CODE, width=40),
        Column("severity", _("If it does not hold"), width=40),
        Column("missing", _("Missing values"), width=40),
        Column("message_ar", _("What it says, in Arabic"), width=60),
        Column("message_en", _("What it says, in English"), width=60),
    ]
    rows = [
        [
            *(one.code, one.left, operator_words(one.operator), one.right),
            *(severity_sentence(one.severity), missing_sentence(one.missing), one.message_ar, one.message_en),
        ]
        for one in Outline(version).rules
    ]
    return Listed(_("Rules of a version"), columns, rows, len(rows), **_told(version))


LISTINGS = (
    Listing("version-items", gettext_lazy("Items of a version"), RIGHTS, "reporting:version", _items),
    Listing("version-rules", gettext_lazy("Rules of a version"), RIGHTS, "reporting:version", _rules),
)
