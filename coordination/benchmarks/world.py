"""The bench's country: places, organisations, people, facilities and two templates."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from coordination.reporting.models import (
    Assignment,
    Category,
    CategorySet,
    Element,
    Programme,
    ReportTemplate,
    Section,
    SectionElement,
    Slot,
    TemplateVersion,
)
from directorates.models import (
    Dataset,
    Jurisdiction,
    JurisdictionDecision,
    Membership,
    Organisation,
    Place,
    User,
)
from directorates.models.validity import lasting
from directorates.permissions import open_role
from directorates.roles import Role
from facilities.models import Facility, OperatingStatus, Support

FIRST = datetime.date(2016, 1, 1)
GOVERNORATES, DISTRICTS, SUBDISTRICTS, FACILITIES, DIRECTORATES, NGOS = 14, 60, 270, 2000, 8, 20


@dataclass(frozen=True)
class World:
    """What the goals need by name."""

    monthly: ReportTemplate
    weekly: ReportTemplate
    officer: User
    coordinator: User
    manager: User
    ngo: Organisation


def make_world() -> World:
    """Everything that reports refer to; a few thousand rows."""
    organisations = _organisations()
    _places(organisations)
    dataset = Dataset.objects.create(code="bench", name_ar="قياس", name_en="Bench", custodian=organisations["body"])
    programme = Programme.objects.create(code="bench", name_ar="قياس", name_en="Bench")
    made = {"programme": programme, "dataset": dataset, "name_ar": "قياس"}
    monthly = ReportTemplate.objects.create(
        code="bench-monthly", period_type="month", due_days=10, name_en="Monthly", **made
    )
    weekly = ReportTemplate.objects.create(
        code="bench-weekly", period_type="week_sunday", due_days=2, name_en="Weekly", **made
    )
    _questions(monthly, elements=12, categories=5)
    _questions(weekly, elements=15, categories=2)
    make_facilities(range(FACILITIES), (monthly, weekly))
    # The coordinator comes first: reports that are loaded are written by the first person.
    coordinator = person_of(organisations["ngo-0"], Role.NGO_COORDINATOR, "coordinator")
    officers = [
        person_of(organisations[f"directorate-{n}"], Role.DATA_OFFICER, f"officer-{n}") for n in range(DIRECTORATES)
    ]
    manager = person_of(organisations["body"], Role.DATA_MANAGER, "manager")
    return World(monthly, weekly, officers[0], coordinator, manager, organisations["ngo-0"])


def _organisations() -> dict[str, Organisation]:
    kinds = {"body": "body"}
    kinds |= {f"directorate-{number}": "directorate" for number in range(DIRECTORATES)}
    kinds |= {f"ngo-{number}": "ngo" for number in range(NGOS)}
    rows = [
        Organisation(code=code, kind=kind, name_ar=code, name_en=code, short_ar=code, short_en=code)
        for code, kind in kinds.items()
    ]
    return {row.code: row for row in Organisation.objects.bulk_create(rows)}


def _places(organisations: dict[str, Organisation]) -> None:
    """A tree of places; every ninth governorate has no directorate."""
    country = _level([("SY", None)], 0)
    governorates = _level([(f"SY{n:02}", country[0]) for n in range(GOVERNORATES)], 1)
    districts = _level([(f"SYD{n:03}", governorates[n % GOVERNORATES]) for n in range(DISTRICTS)], 2)
    _level([(f"SYS{n:04}", districts[n % DISTRICTS]) for n in range(SUBDISTRICTS)], 3)
    for number, governorate in enumerate(governorates):
        if number % (DIRECTORATES + 1) == DIRECTORATES:
            continue
        organisation, valid = organisations[f"directorate-{number % (DIRECTORATES + 1)}"], lasting(FIRST)
        decision = JurisdictionDecision.objects.create(organisation=organisation, place=governorate, valid=valid)
        Jurisdiction.objects.bulk_create(
            Jurisdiction(decision=decision, organisation=organisation, place=place, valid=valid)
            for place in Place.objects.under(governorate).filter(level=3)
        )


def _level(codes: list[tuple[str, Place | None]], level: int) -> list[Place]:
    return Place.objects.bulk_create(
        Place(
            code=code,
            level=level,
            parent=parent,
            path=f"{parent.path if parent else ''}{code}/",
            name_ar=code,
            name_en=code,
            search=code,
        )
        for code, parent in codes
    )


def _questions(template: ReportTemplate, *, elements: int, categories: int) -> None:
    """A published version: elements with categories (a tenth of the answers are decimals), and one ratio."""
    # As rules can name them.
    code = template.code.replace("-", "_")
    groups = CategorySet.objects.create(code=code, name_ar=code, name_en=code)
    rows = [
        Category(category_set=groups, code=f"c{n}", order=n, name_ar="ف", name_en=f"C{n}") for n in range(categories)
    ]
    made = Category.objects.bulk_create(rows)
    asked = Element.objects.bulk_create(
        Element(code=f"{code}_{n}", type="decimal", category_set=groups, name_ar="ب", name_en=f"E{n}", minimum=0)
        for n in range(elements)
    )
    ratio = Element.objects.create(
        code=f"{code}_ratio",
        type="decimal",
        over_place="ratio",
        over_time="none",
        numerator=asked[0],
        denominator=asked[1],
        name_ar="ن",
        name_en="Ratio",
    )
    version = TemplateVersion.objects.create(template=template, number=1, valid=lasting(FIRST))
    section = Section.objects.create(version=version, code="all", name_ar="الكل", name_en="All")
    SectionElement.objects.bulk_create(
        SectionElement(section=section, element=element, order=order, required=False)
        for order, element in enumerate([*asked, ratio])
    )
    Slot.objects.bulk_create(
        Slot(template=template, element=element, category=category, number=place * categories + order + 1)
        for place, element in enumerate(asked)
        for order, category in enumerate(made)
    )
    TemplateVersion.objects.filter(pk=version.pk).update(status="published", published_at=timezone.now())


def make_facilities(numbers: range, templates: tuple[ReportTemplate, ...]) -> None:
    """Facilities spread over sub-districts, supported by NGOs in turn, reporting by the templates."""
    organisations = Organisation.objects.in_bulk(field_name="code")
    places = list(Place.objects.filter(level=3).order_by("pk"))
    valid = lasting(FIRST)
    made = Facility.objects.bulk_create(
        Facility(
            code=f"B{n:05}",
            type="health_centre",
            place=places[n % SUBDISTRICTS],
            opened=FIRST,
            name_ar="مركز",
            name_en=f"Centre {n}",
            search=f"b{n:05} | centre {n}",
        )
        for n in numbers
    )
    ngos = [organisations[f"ngo-{number}"] for number in range(NGOS)]
    Support.objects.bulk_create(
        Support(facility=facility, organisation=ngos[n % NGOS], valid=valid)
        for n, facility in zip(numbers, made, strict=True)
    )
    OperatingStatus.objects.bulk_create(
        OperatingStatus(facility=facility, status="functioning", valid=valid, at=timezone.now()) for facility in made
    )
    Assignment.objects.bulk_create(
        Assignment(template=template, facility=facility, valid=valid) for template in templates for facility in made
    )


def person_of(organisation: Organisation, role: Role, name: str) -> User:
    """Somebody with a role, acting for the organisation."""
    person = User.objects.create(email=f"{name}@bench.invalid", name=name, language="en")
    open_role(organisation, role)
    Membership.objects.create(person=person, organisation=organisation, role=role, valid=lasting(FIRST))
    return person
