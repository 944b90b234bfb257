"""The house's factories: the smallest true thing of each kind; tests say only what matters to them."""

import datetime
from collections.abc import Iterable
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

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
    ValidationRule,
)
from directorates.actions.deputies import confirm_deputy
from directorates.actions.roles_by_two import confirm_role
from directorates.models import (
    Dataset,
    Deputyship,
    Invitation,
    Jurisdiction,
    JurisdictionDecision,
    Membership,
    Organisation,
    Place,
    User,
)
from directorates.models.confirmers import deputy_offers
from directorates.models.validity import lasting
from directorates.permissions import open_role
from directorates.roles import Role
from directorates.second_factor import has_factor, needs_second_factor, note_shown
from facilities.models import Facility, Support
from policies.models import BodyMember

PASSWORD = "a long enough pass-phrase"
LONG_AGO = datetime.date(2010, 1, 1)


class CountryFactory(DjangoModelFactory[Place]):
    """The country, the same one whenever it is asked for."""

    class Meta:
        model = Place
        django_get_or_create = ("code",)

    code = "SY"
    level = 0
    name_ar = "سوريا"
    name_en = "Syria"


class GovernorateFactory(DjangoModelFactory[Place]):
    """A governorate."""

    class Meta:
        model = Place
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"SY{n + 10}")
    level = 1
    parent = factory.SubFactory(CountryFactory)
    name_ar = factory.LazyAttribute(lambda o: f"محافظة {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Governorate {o.code}")


class DistrictFactory(GovernorateFactory):
    """A district."""

    code = factory.Sequence(lambda n: f"SYD{n:04}")
    level = 2
    parent = factory.SubFactory(GovernorateFactory)


class SubdistrictFactory(GovernorateFactory):
    """A sub-district."""

    code = factory.Sequence(lambda n: f"SYS{n:06}")
    level = 3
    parent = factory.SubFactory(DistrictFactory)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """An organisation, an NGO unless said."""

    class Meta:
        model = Organisation
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"org-{n}")
    kind = "ngo"
    name_ar = factory.LazyAttribute(lambda o: f"جهة {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Organisation {o.code}")
    short_ar = factory.SelfAttribute("name_ar")
    short_en = factory.LazyAttribute(lambda o: o.code.upper())


class DirectorateFactory(OrganisationFactory):
    """A health directorate; `for_place` makes it competent there since long ago."""

    class Meta:
        skip_postgeneration_save = True

    kind = "directorate"
    code = factory.Sequence(lambda n: f"directorate-{n}")

    @factory.post_generation
    def for_place(self: Organisation, create: bool, place: Place | None, **_kwargs: Any) -> None:
        """Make the directorate competent for a place and everything inside it."""
        if place is not None:
            competent(self, place)

    @factory.post_generation
    def in_body(self: Organisation, create: bool, asked: bool | None, **_kwargs: Any) -> None:
        """Make the directorate a member of the body since long ago, unless it is to be none."""
        if create and asked is not False:
            BodyMember.objects.get_or_create(
                directorate=self, defaults={"valid": lasting(LONG_AGO), "at": timezone.now()}
            )


class BodyFactory(OrganisationFactory):
    """The coordination body, the same one whenever it is asked for."""

    kind = "body"
    code = "body"


def competent(
    organisation: Organisation,
    place: Place,
    first: datetime.date = LONG_AGO,
    last: datetime.date | None = None,
) -> JurisdictionDecision:
    """Make an organisation competent for a place and its sub-districts for a time."""
    valid = lasting(first, last)
    decision = JurisdictionDecision.objects.create(organisation=organisation, place=place, valid=valid)
    for part in Place.objects.under(place).filter(level=3):
        Jurisdiction.objects.create(decision=decision, organisation=organisation, place=part, valid=valid)
    return decision


class UserFactory(DjangoModelFactory[User]):
    """A person with a working password and no role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)
    language = "en"


def member(
    role: Role | str,
    organisation: Organisation,
    *,
    first: datetime.date = LONG_AGO,
    last: datetime.date | None = None,
    places: Iterable[Place] = (),
    **fields: Any,
) -> User:
    """A person with a role in an organisation."""
    person = fields.pop("person", None) or UserFactory(**fields)
    CountryFactory()
    open_role(organisation, Role(role))
    membership = Membership.objects.create(
        person=person, organisation=organisation, role=role, valid=lasting(first, last)
    )
    membership.places.set(places)
    return person


class FacilityFactory(DjangoModelFactory[Facility]):
    """A health centre in a sub-district; `supporters` support it since long ago."""

    class Meta:
        model = Facility
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"F{n:04}")
    type = "health_centre"
    place = factory.SubFactory(SubdistrictFactory)
    name_ar = factory.LazyAttribute(lambda o: f"مركز {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Centre {o.code}")

    @factory.post_generation
    def supporters(self: Facility, create: bool, given: Iterable[Organisation] | None, **_kwargs: Any) -> None:
        """Who supports the facility."""
        for organisation in given or ():
            Support.objects.create(facility=self, organisation=organisation, valid=lasting(LONG_AGO))


class DatasetFactory(DjangoModelFactory[Dataset]):
    """A dataset in the body's custody."""

    class Meta:
        model = Dataset
        django_get_or_create = ("code",)

    code = "services"
    custodian = factory.SubFactory(BodyFactory)
    name_ar = "الخدمات"
    name_en = "Services"


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """A programme."""

    class Meta:
        model = Programme
        django_get_or_create = ("code",)

    code = "services"
    name_ar = "الخدمات"
    name_en = "Services"


class CategorySetFactory(DjangoModelFactory[CategorySet]):
    """Two age groups: under five, five and over."""

    class Meta:
        model = CategorySet
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "age"
    name_ar = "العمر"
    name_en = "Age"

    @factory.post_generation
    def categories(self: CategorySet, create: bool, given: Iterable[str] | None, **_kwargs: Any) -> None:
        """The groups, by code."""
        for order, code in enumerate(given or ("u5", "o5")):
            Category.objects.get_or_create(
                category_set=self, code=code, defaults={"order": order, "name_ar": code, "name_en": code}
            )


class ElementFactory(DjangoModelFactory[Element]):
    """A whole number of nought or more that is summed."""

    class Meta:
        model = Element
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"element_{n}")
    type = "integer"
    minimum = 0
    name_ar = factory.LazyAttribute(lambda o: f"بند {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Element {o.code}")


class TemplateFactory(DjangoModelFactory[ReportTemplate]):
    """A monthly template, due ten days after the month."""

    class Meta:
        model = ReportTemplate

    code = factory.Sequence(lambda n: f"template-{n}")
    programme = factory.SubFactory(ProgrammeFactory)
    dataset = factory.SubFactory(DatasetFactory)
    period_type = "month"
    due_days = 10
    name_ar = factory.LazyAttribute(lambda o: f"نموذج {o.code}")
    name_en = factory.LazyAttribute(lambda o: f"Template {o.code}")


def published(
    template: ReportTemplate | None = None,
    elements: Iterable[Element] | None = None,
    *,
    rules: Iterable[dict[str, Any]] = (),
    required: bool = False,
    number: int = 1,
    first: datetime.date = LONG_AGO,
    last: datetime.date | None = None,
) -> TemplateVersion:
    """A published version of a template with these elements in one section, its slots and its rules."""
    template = template or TemplateFactory()
    elements = list(
        elements if elements is not None else (ElementFactory(code="visits"), ElementFactory(code="births"))
    )
    version = TemplateVersion.objects.create(template=template, number=number, valid=lasting(first, last))
    section = Section.objects.create(version=version, code="main", name_ar="القسم", name_en="Section")
    for order, element in enumerate(elements):
        SectionElement.objects.create(section=section, element=element, order=order, required=required)
        if element.over_place == "ratio":
            continue
        categories = list(element.category_set.categories.all()) if element.category_set else [None]
        for category in categories:
            Slot.objects.get_or_create(
                template=template,
                element=element,
                category=category,
                defaults={"number": template.slots.count() + 1},
            )
    for order, rule in enumerate(rules):
        defaults = {
            "code": f"rule-{order}",
            "severity": "warning",
            "missing": "skip_any",
            "message_ar": "قاعدة",
            "message_en": "A rule",
            "order": order,
        }
        ValidationRule.objects.create(version=version, **(defaults | rule))
    version.status = "published"
    version.published_at = timezone.now()
    version.save()
    return version


def assigned(template: ReportTemplate, *facilities: Facility, first: datetime.date = LONG_AGO) -> None:
    """Have facilities report by a template since a day."""
    for facility in facilities:
        Assignment.objects.create(template=template, facility=facility, valid=lasting(first))


def signed_in(person: Any, language: str = "en") -> Client:
    """A browser without scripts in which a person is signed in and reads a language."""
    # A real sign-in stores the password anew, and a session is bound to what is stored.
    person.refresh_from_db()
    person.language = language
    person.save(update_fields=["language"])
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def show_second_factor(client: Client, person: User) -> None:
    """Have a signed-in browser's session say that a second factor was shown."""
    note_shown(client.session, person)


def with_app(person: User) -> str:
    """Set up the app of the second step, and recovery codes; answer the app's secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def recovery_code(person: User) -> str:
    """A recovery code that was not used yet."""
    return str(Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0])


def second_step(person: User) -> str:
    """A code for whoever needs a second step, which is set up first, or has one; nothing for the others."""
    fresh = User.objects.get(pk=person.pk)
    if not needs_second_factor(fresh) and not has_factor(fresh):
        return ""
    if not has_factor(fresh):
        with_app(fresh)
    return recovery_code(fresh)


def confirmed(invitation: Invitation) -> Invitation:
    """The offer of a role, confirmed by another administrator of the body: where nobody else manages the people there."""
    second = member(Role.ADMINISTRATOR, BodyFactory())
    return confirm_role(invitation=invitation, by=second, at=timezone.now())


def confirmed_deputy(deputyship: Deputyship) -> Deputyship:
    """A deputyship, confirmed by whoever may: where nobody else manages the people there, an administrator of the body."""
    now = timezone.now()
    (offer,) = deputy_offers([deputyship], timezone.localdate(now))
    second = offer.people[0] if offer.people else member(Role.ADMINISTRATOR, BodyFactory())
    return confirm_deputy(deputyship=deputyship, by=User.objects.get(pk=second.pk), at=now)
