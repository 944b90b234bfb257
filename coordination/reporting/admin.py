"""Elements and templates in the technical administration; what reports say has no place here."""

from django.contrib import admin

from coordination.reporting.models import CategorySet, Element, Programme, ReportTemplate, TemplateVersion
from directorates.foundation.administration import ReadOnly, site


@admin.register(Programme, site=site)
class ProgrammeAdmin(ReadOnly):
    """Programmes."""

    list_display = ("code", "name_ar", "name_en")
    fields = ("code", "name_ar", "name_en")


@admin.register(CategorySet, site=site)
class CategorySetAdmin(ReadOnly):
    """Ways to disaggregate."""

    list_display = ("code", "name_ar", "name_en")
    fields = ("code", "name_ar", "name_en")


@admin.register(Element, site=site)
class ElementAdmin(ReadOnly):
    """Elements with their formulas."""

    list_display = ("code", "name_ar", "name_en", "type", "category_set", "over_time", "over_place")
    list_filter = ("type", "category_set", "over_time", "over_place")
    list_select_related = ("category_set",)
    search_fields = ("code", "name_ar", "name_en")
    fields = (
        *("code", "name_ar", "name_en", "type", "category_set", "over_time", "over_place"),
        *("numerator", "denominator", "minimum", "maximum", "options", "help_ar", "help_en"),
    )


@admin.register(ReportTemplate, site=site)
class ReportTemplateAdmin(ReadOnly):
    """Report templates."""

    list_display = ("code", "name_ar", "name_en", "programme", "dataset", "period_type", "due_days")
    list_select_related = ("programme", "dataset")
    fields = ("code", "name_ar", "name_en", "programme", "dataset", "period_type", "due_days")


@admin.register(TemplateVersion, site=site)
class TemplateVersionAdmin(ReadOnly):
    """Versions of templates; a published one never changes."""

    list_display = ("template", "number", "status", "valid", "published_at")
    list_filter = ("status", "template")
    list_select_related = ("template",)
    fields = ("template", "number", "status", "valid", "published_at")
