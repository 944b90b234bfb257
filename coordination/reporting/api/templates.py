"""`GET templates/` and `GET templates/{code}/?version=`: what each report asks."""

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.templates import PrecedenceOf, VersionStatus
from coordination.reporting.rules.expressions import Missing, Operator
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import (
    CategorySpec,
    ElementSpec,
    ElementType,
    OptionSpec,
    OverPlace,
    OverTime,
    RuleSpec,
    Severity,
)
from directorates.foundation.reading import Parameters, get_by_code
from directorates.models.naming import TwoNames
from directorates.permissions import Permission, may


class BothNamesSerializer(serializers.Serializer[Any]):
    """Words in both languages."""

    ar = serializers.CharField()
    en = serializers.CharField()


class CodeAndNameSerializer(serializers.Serializer[Any]):
    """A category or an option."""

    code = serializers.CharField()
    name = BothNamesSerializer()


class ElementSerializer(serializers.Serializer[Any]):
    """A question; one that is a ratio over place is computed from two others and never asked."""

    code = serializers.CharField()
    name = BothNamesSerializer()
    type = serializers.ChoiceField(choices=list(ElementType))
    required = serializers.BooleanField()  # type: ignore[assignment]
    min = serializers.CharField(allow_null=True)
    max = serializers.CharField(allow_null=True)
    over_time = serializers.ChoiceField(choices=list(OverTime))
    over_place = serializers.ChoiceField(choices=list(OverPlace))
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    categories = CodeAndNameSerializer(many=True)
    options = CodeAndNameSerializer(many=True)


class SectionSerializer(serializers.Serializer[Any]):
    """A part of a template."""

    code = serializers.CharField()
    name = BothNamesSerializer()
    elements = ElementSerializer(many=True)


class RuleSerializer(serializers.Serializer[Any]):
    """A statement over elements that should hold."""

    code = serializers.CharField()
    left = serializers.CharField()
    operator = serializers.ChoiceField(choices=list(Operator))
    right = serializers.CharField()
    severity = serializers.ChoiceField(choices=list(Severity))
    missing = serializers.ChoiceField(choices=list(Missing))
    message = BothNamesSerializer()


class TemplateSerializer(serializers.Serializer[Any]):
    """A report template in one of its versions."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    name = BothNamesSerializer()
    period_type = serializers.ChoiceField(choices=list(PeriodType))
    due_days = serializers.IntegerField()
    function = serializers.CharField(help_text="What it reports on, as mandates name it; empty where that is not said.")
    counts_first = serializers.ChoiceField(
        choices=PrecedenceOf.choices,
        help_text="Which of several reports about one facility counts until they are settled.",
    )
    sections = SectionSerializer(many=True)
    rules = RuleSerializer(many=True)


class Templates(generics.GenericAPIView[ReportTemplate]):
    """Report templates, each in the version of today."""

    @extend_schema(operation_id="templates", responses=TemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """A page of templates."""
        rows = ReportTemplate.objects.visible_to(request.user).order_by("code").prefetch_related(_versions(request))
        page = self.paginate_queryset(rows)
        found = [(template, current(template.shown)) for template in page or ()]  # type: ignore[attr-defined]
        return self.get_paginated_response([template_of(version) for _template, version in found if version])


class OneTemplate(APIView):
    """One report template."""

    @extend_schema(
        operation_id="template",
        parameters=[OpenApiParameter("version", type=int, description="Its number; without it, the version of today.")],
        responses=TemplateSerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        """The template in the version asked for."""
        rows = ReportTemplate.objects.visible_to(request.user).prefetch_related(_versions(request))
        versions: list[TemplateVersion] = get_by_code(rows, code).shown  # type: ignore[attr-defined]
        parameters = Parameters(request.query_params)
        number = parameters.number("version")
        found = current(versions) if number is None else next((v for v in versions if v.number == number), None)
        if found is None:
            parameters.unknown("version", number or "")
        parameters.done()
        return Response(template_of(found)) if found else Response()


def _versions(request: Request) -> "Prefetch[str]":
    """The versions that the caller may see, in `shown`."""
    rows = TemplateVersion.objects.select_related("template").order_by("number")
    rows = rows if may(request.user, Permission.MANAGE_TEMPLATES) else rows.published()
    return Prefetch("versions", rows, to_attr="shown")


def current(versions: list[TemplateVersion]) -> TemplateVersion | None:
    """The published version in force today, else the last published, else the last draft."""
    today = timezone.localdate()
    published = [version for version in versions if version.status != VersionStatus.DRAFT]
    in_force = [version for version in published if today in version.valid]
    found = in_force or published or versions
    return found[-1] if found else None


def template_of(version: TemplateVersion) -> dict[str, Any]:
    """A template in one version, as programs read it."""
    spec = specification_of(version)
    template = version.template
    sections = [
        {
            "code": section.code,
            "name": _both(section),
            "elements": [element_of(element) for element in section.elements],
        }
        for section in spec.sections
    ]
    return {
        "code": template.code,
        "version": version.number,
        "status": version.status,
        "name": _both(template),
        "period_type": template.period_type,
        "due_days": template.due_days,
        "function": template.function,
        "counts_first": template.counts_first,
        "sections": sections,
        "rules": [rule_of(rule) for rule in spec.rules],
    }


def element_of(element: ElementSpec) -> dict[str, Any]:
    """An element, as programs read it."""
    return {
        "code": element.code,
        "name": _both(element),
        "type": element.type.value,
        "required": element.required,
        "min": _plain(element.minimum),
        "max": _plain(element.maximum),
        "over_time": element.over_time.value,
        "over_place": element.over_place.value,
        "numerator": element.numerator,
        "denominator": element.denominator,
        "categories": [{"code": category.code, "name": _both(category)} for category in element.categories],
        "options": [{"code": option.code, "name": _both(option)} for option in element.options],
    }


def rule_of(rule: RuleSpec) -> dict[str, Any]:
    """A rule, as programs read it."""
    return {
        "code": rule.code,
        "left": str(rule.left),
        "operator": rule.operator.value,
        "right": str(rule.right),
        "severity": rule.severity.value,
        "missing": rule.missing.value,
        "message": {"ar": rule.message_ar, "en": rule.message_en},
    }


def _both(thing: Any | TwoNames | CategorySpec | OptionSpec) -> dict[str, str]:
    return {"ar": thing.name_ar, "en": thing.name_en}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
