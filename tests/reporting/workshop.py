"""A template that is being built: the body's two administrators, a library, a draft, and short ways to change it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.publications import publish_version
from coordination.reporting.actions.sections import add_section, ask_elements
from coordination.reporting.actions.validation_rules import keep_rule
from coordination.reporting.actions.versions import start_version
from coordination.reporting.models import Element, ReportTemplate, Section, TemplateVersion, ValidationRule
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import User
from tests.factories import BodyFactory, ElementFactory, TemplateFactory, member, signed_in

JUNE = dt.date(2019, 6, 1)


def month(day: dt.date = JUNE) -> Period:
    """The month that begins on a day."""
    return Period(PeriodType.MONTH, day)


@dataclass
class Workshop:
    """A template without versions unless one is given, and its draft."""

    template: ReportTemplate = field(default_factory=TemplateFactory)
    copied: TemplateVersion | None = None

    def __post_init__(self) -> None:
        self.body = BodyFactory()
        self.builder: User = member("administrator", self.body, name="Lina")
        self.colleague: User = member("administrator", self.body, name="سعيد")
        self.draft = start_version(template=self.template, copied=self.copied, by=self.builder, at=timezone.now())

    @property
    def deed(self) -> dict[str, Any]:
        """Who builds, when, and the edition as it is now."""
        return {"seen": self.edition, "by": self.builder, "at": timezone.now()}

    @property
    def edition(self) -> int:
        """The draft's edition as it is now."""
        return TemplateVersion.objects.get(pk=self.draft.pk).edition

    def section(self, *codes: str, name: str = "Main") -> Section:
        """A new section that asks these whole numbers, made where the library has none of the code."""
        section = add_section(version=self.draft, name_ar=f"قسم {name}", name_en=name, **self.deed)
        elements = [Element.objects.filter(code=code).first() or ElementFactory(code=code) for code in codes]
        ask_elements(section=section, elements=elements, **self.deed)
        return section

    def rule(self, left: str = "births", right: str = "visits", **given: Any) -> ValidationRule:
        """A new rule of the draft."""
        said = {
            "rule": None,
            "left": left,
            "operator": "<=",
            "right": right,
            "severity": "error",
            "missing": "skip_any",
            "message_ar": "الولادات ({left}) أكثر من المعاينات ({right}).",
            "message_en": "Births ({left}) above visits ({right}).",
        }
        return keep_rule(version=self.draft, **(said | self.deed | given))

    def publish(self, period: Period | None = None, **given: Any) -> TemplateVersion:
        """Publish the draft, from June 2019 unless said."""
        wanted: dict[str, Any] = {"version": self.draft, "period": period or month(), "agreed": ()} | self.deed
        return publish_version(**(wanted | given))

    def asked(self) -> dict[str, list[str]]:
        """The codes of the items by the names of their sections, in order."""
        rows = Section.objects.filter(version=self.draft).order_by("order")
        return {row.name_en: list(row.places.order_by("order").values_list("element__code", flat=True)) for row in rows}

    def browser(self, person: User | None = None, language: str = "en") -> Client:
        """A browser without scripts in which an administrator reads a language."""
        return signed_in(person or self.builder, language)
