"""The library: found by any spelling, near ones shown before a new one, changed only while nothing published asks it."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from coordination.reporting.actions.elements import keep_category_set, keep_element
from coordination.reporting.models import CategorySet, Element
from coordination.reporting.models.versions import element_data
from coordination.reporting.rules.templates import read_element
from coordination.reporting.views.elements import near
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    ElementFactory,
    OrganisationFactory,
    UserFactory,
    member,
    published,
    signed_in,
)
from tests.reporting.clinic import load_shipped
from tests.reporting.workshop import Workshop
from tests.threads import at_once

pytestmark = pytest.mark.django_db

WHOLE: dict[str, Any] = {
    "name_ar": "العمليات",
    "name_en": "Surgeries",
    "type": "integer",
    "category_set": None,
    "minimum": 0,
    "maximum": None,
    "over_time": "sum",
    "over_place": "sum",
    "numerator": None,
    "denominator": None,
    "options": [],
    "help_ar": "",
    "help_en": "",
}


@pytest.fixture
def builder() -> User:
    """An administrator of the body."""
    return member("administrator", BodyFactory())


def keep(builder: User, **given: Any) -> Element:
    """Make or change an element."""
    wanted = {"element": None, "code": "surgeries", "by": builder} | WHOLE
    return keep_element(**(wanted | given))


def faults(builder: User, **given: Any) -> set[tuple[str, str]]:
    """Where and what is wrong; and nothing was written."""
    before = Element.objects.count()
    with pytest.raises(Problem) as caught:
        keep(builder, **given)
    assert Element.objects.count() == before
    return {(fault.field, fault.code) for fault in caught.value.errors}


def test_elements_are_found_by_any_spelling_and_near_ones_by_letters_they_share() -> None:
    BodyFactory()
    OrganisationFactory(code="acu", kind="surveillance")
    load_shipped()
    library = Element.objects.all()
    assert "cases_measles" in library.named_like("حصبة").values_list("code", flat=True)
    assert "cases_measles" in library.named_like("الحصبه").values_list("code", flat=True)
    assert list(library.named_like("deliveries_caes").values_list("code", flat=True)) == ["deliveries_caesarean"]
    for names, expected in {
        ("", "", "Caesarean delivery"): "deliveries_caesarean",
        ("", "", "measles suspected"): "cases_measles",
        ("", "الولادات القيصرية", ""): "deliveries_caesarean",
        ("maternal_death", "", ""): "maternal_deaths",
    }.items():
        assert expected in [one.code for one in library.near(*names)[:3]], names
    assert library.near("", "المياه الجوفية", "Ground water") == []
    assert library.near("", "", "") == []


def test_a_near_one_is_made_only_by_who_saw_it(builder: User) -> None:
    keep(builder)
    near = Element.objects.all().near("surgery", "العملية", "Surgery")
    assert [one.code for one in near] == ["surgeries"]
    with pytest.raises(Problem) as caught:
        keep(builder, code="surgery", near=near)
    assert (caught.value.code, caught.value.status) == ("similar", 409)
    assert keep(builder, code="surgery", near=near, aware=True).code == "surgery"
    assert AuditEvent.objects.filter(what="make", kind="reporting.element").count() == 2


@pytest.mark.django_db(transaction=True)
def test_made_twice_at_once_under_one_code_it_is_made_once_and_the_second_is_told(builder: User) -> None:
    sets: dict[str, Any] = {"category_set": None, "code": "ward", "by": builder, "name_ar": "الجناح"}
    groups = [("a", "أ", "A"), ("b", "ب", "B")]
    for deeds, model in (
        ([lambda: keep(builder, code="same", aware=True)] * 4, Element),
        ([lambda: keep_category_set(name_en="Ward", categories=groups, **sets)] * 4, CategorySet),
    ):
        answers = at_once(*deeds)
        told = [fault.code for answer in answers if isinstance(answer, Problem) for fault in answer.errors]
        assert told == ["taken"] * 3
        assert model.objects.count() == 1


def test_a_code_that_is_taken_is_told(builder: User) -> None:
    keep(builder)
    assert faults(builder) == {("code", "taken")}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"code": "1-2"}, {("code", "not_a_code")}),
        ({"name_ar": "Surgeries", "name_en": ""}, {("name_ar", "not_arabic"), ("name_en", "unreadable_text")}),
        ({"minimum": 5, "maximum": 4}, {(".", "bounds_crossed")}),
        ({"maximum": 10**13}, {("maximum", "bound_out_of_range")}),
        ({"type": "choice", "over_time": "none", "over_place": "none"}, {(".", "options_and_choice")}),
        ({"over_place": "ratio"}, {(".", "ratio_and_parts")}),
        ({"type": "text"}, {(".", "not_to_be_summed")}),
        ({"help_en": "Only English"}, {("help_ar", "unreadable_text")}),
    ],
)
def test_an_element_is_judged_as_in_a_file(builder: User, given: dict[str, Any], expected: set[Any]) -> None:
    assert faults(builder, **given) == expected


def test_a_choice_and_a_ratio_are_made_by_hand(builder: User) -> None:
    none = {"type": "choice", "over_time": "none", "over_place": "none", "minimum": None}
    options = [
        {"code": "good", "name_ar": "جيد", "name_en": "Good"},
        {"code": "bad", "name_ar": "سيئ", "name_en": "Bad"},
    ]
    assert keep(builder, code="state", options=options, **none).options == options
    births, deaths = ElementFactory(code="births"), ElementFactory(code="deaths")
    ratio = {"over_place": "ratio", "numerator": deaths, "denominator": births, "type": "percent", "minimum": None}
    assert keep(builder, code="lethality", **ratio).numerator == deaths


def test_an_element_changes_until_a_published_version_asks_it(builder: User) -> None:
    workshop = Workshop()
    workshop.section("visits")
    visits = Element.objects.get(code="visits")
    changed = keep(builder, element=visits, code="visits", name_en="All visits")
    assert Element.objects.all().named_like("all visits").get() == changed
    workshop.publish()
    with pytest.raises(Problem) as caught:
        keep(builder, element=visits, code="visits", name_en="Other")
    assert (caught.value.code, Element.objects.get(code="visits").name_en) == ("published", "All visits")


def test_what_a_published_ratio_is_computed_from_stays_too(builder: User) -> None:
    births, deaths = ElementFactory(code="births"), ElementFactory(code="deaths")
    ratio = ElementFactory(code="share", over_place="ratio", numerator=deaths, denominator=births)
    published(elements=[ratio])
    with pytest.raises(Problem) as caught:
        keep(builder, element=deaths, code="deaths")
    assert caught.value.code == "published"


def test_a_category_set_is_made_changed_and_kept_once_published(builder: User) -> None:
    given: dict[str, Any] = {"code": "sex", "name_ar": "الجنس", "name_en": "Sex", "by": builder}
    pair = [("m", "ذكور", "Male"), ("f", "إناث", "Female")]
    held = keep_category_set(category_set=None, categories=pair, **given)
    assert list(held.categories.values_list("code", flat=True)) == ["m", "f"]
    keep_category_set(category_set=held, categories=[*pair, ("o", "آخر", "Other")], **given)
    assert held.categories.count() == 3
    for bad, code in [
        ([("m", "ذكور", "Male")], "too_few"),
        ([*pair, pair[0]], "used_twice"),
        ([("M!", "ذ", "x"), pair[0]], "not_a_code"),
    ]:
        with pytest.raises(Problem) as caught:
            keep_category_set(category_set=held, categories=bad, **given)
        assert [(fault.field, fault.code) for fault in caught.value.errors] == [("categories", code)]
    published(elements=[ElementFactory(code="visits", category_set=held)])
    with pytest.raises(Problem) as stays:
        keep_category_set(category_set=held, categories=pair, **given)
    assert (stays.value.code, held.categories.count()) == ("published", 3)


def test_only_who_manages_templates_changes_the_library_and_every_member_reads_it(builder: User) -> None:
    reader = member("observer", OrganisationFactory(kind="cluster"))
    with pytest.raises(Refused):
        keep(reader)
    with pytest.raises(Refused):
        keep_category_set(category_set=None, code="x", name_ar="س", name_en="x", categories=(), by=reader)
    made = keep(builder)
    assert list(Element.objects.visible_to(reader)) == [made]
    assert not Element.objects.visible_to(UserFactory()).exists()
    assert CategorySetFactory() in CategorySet.objects.visible_to(reader)


def test_bad_names_break_nothing(builder: User, shared: Path) -> None:
    for text in json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))[::4]:
        assert Element.objects.all().near(text, text, text) is not None
        given: dict[str, Any] = {"name_ar": f"بند {text}", "name_en": text, "help_ar": f"بند {text}", "help_en": text}
        with suppress(Problem), transaction.atomic():
            made = keep(builder, **given)
            assert read_element(made.code, element_data(made), {})[1] == []
            made.delete()


def test_the_library_is_read_by_whoever_has_a_role_and_built_by_whoever_manages_templates() -> None:
    published()
    CategorySetFactory()
    workshop = Workshop()
    workshop.section("visits", "surgeries")
    found = {}
    for person in (workshop.builder, member("observer", OrganisationFactory())):
        client = signed_in(person)
        shelf, used, free = (client.get(f"/reports/elements/{code}").context for code in ("", "visits/", "surgeries/"))
        sets = client.get("/reports/elements/sets/").context
        assert (len(sets["page"]), sets["manages"]) == (1, shelf["manages"])
        found[person] = (
            len(shelf["page"]),
            shelf["manages"],
            used["uses"].count(),
            free["uses"].count(),
            free["changes"],
        )
    # What only a draft asks is not told to a reader.
    assert list(found.values()) == [(3, True, 2, 1, True), (3, False, 1, 0, False)]
    nobody = UserFactory()
    client, request = signed_in(nobody), RequestFactory().get("/")
    request.user = nobody
    assert [list(client.get(f"/reports/elements/{rest}").context["page"]) for rest in ("", "sets/")] == [[], []]
    assert [client.get(f"/reports/elements/{one}/").status_code for one in ("visits", "sets/age")] == [404, 404]
    assert near(request, "visits", "", "") == []  # type: ignore[arg-type]


def test_the_second_of_two_who_change_an_item_is_told_and_overwrites_only_knowingly() -> None:
    workshop = Workshop()
    workshop.section("surgeries")
    client, address = workshop.browser(), "/reports/elements/surgeries/change/"
    opened = client.get(address).context["form"]
    typed = {name: opened[name].value() or "" for name in opened.fields}
    typed |= {"name_en": "Mine", "options": ""}
    held = Element.objects.get(code="surgeries")
    said = {name: getattr(held, name) for name in WHOLE} | {"name_en": "Theirs", "type": "decimal"}
    keep_element(element=held, code=held.code, by=workshop.builder, **said)
    answer = client.post(address, typed)
    assert 'value="Mine"' in answer.content.decode()
    errors = answer.context["form"].errors
    assert (errors["name_en"], errors["type"]) == (["By now it says: Theirs"], ["By now it says: Decimal number"])
    assert "name_ar" not in errors
    assert Element.objects.get(code="surgeries").name_en == "Theirs"
    again = client.post(address, typed | {"stood": answer.context["form"]["stood"].value()})
    assert again.status_code == 302
    assert Element.objects.get(code="surgeries").name_en == "Mine"
    assert client.post(address, typed | {"stood": "[1]"}).context["form"].errors["stood"]
