"""The frame around pages, the entrance, and the pages that say what went wrong."""

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from coordination import context, errors
from directorates.foundation.models import Notice
from directorates.models import User
from directorates.roles import Role
from tests.factories import PASSWORD, BodyFactory, DirectorateFactory, OrganisationFactory, UserFactory, member

HEADINGS = {
    ("400.html", "ar"): "تعذّرت قراءة الطلب",
    ("400.html", "en"): "The request could not be read",
    ("500.html", "ar"): "تعذّر إتمام العملية",
    ("500.html", "en"): "This could not be completed",
    ("403.html", "ar"): "غير متاح لهذا الدور",
    ("403.html", "en"): "Not open to this role",
    ("403_csrf.html", "ar"): "بقيت الصفحة مفتوحة مدة طويلة",
    ("403_csrf.html", "en"): "The page was open too long",
    ("404.html", "ar"): "لا صفحة بهذا العنوان",
    ("404.html", "en"): "There is no page here",
}
DIRECTIONS = {"ar": '<html lang="ar" dir="rtl">', "en": '<html lang="en" dir="ltr">'}


@pytest.mark.parametrize(("template", "language"), [key for key in HEADINGS if key[0] in {"400.html", "500.html"}])
def test_the_plain_pages_need_neither_request_nor_database(template: str, language: str) -> None:
    # No `django_db` mark: a query here fails the test.
    with translation.override(language):
        text = render_to_string(template, {"number": "3F9A21C0"})
    assert DIRECTIONS[language] in text
    assert f"<h1>{HEADINGS[template, language]}</h1>" in text


@pytest.mark.django_db
@pytest.mark.parametrize(("template", "language"), HEADINGS)
def test_every_error_page_speaks_both_languages(client: Client, template: str, language: str) -> None:
    request = RequestFactory().get("/somewhere/")
    request.user = UserFactory()
    with translation.override(language):
        text = render_to_string(template, request=request)
    assert DIRECTIONS[language] in text
    assert f"<h1>{HEADINGS[template, language]}</h1>" in text


def test_a_broken_page_gives_a_number_to_follow_up() -> None:
    request = RequestFactory().get("/")
    with translation.override("en"):
        answer = errors.broken(request)
    assert answer.status_code == 500
    assert "Follow-up number" in answer.content.decode()


@pytest.mark.django_db
def test_a_missing_page_is_framed_and_says_no_more_than_that(client: Client) -> None:
    client.force_login(member(Role.DATA_OFFICER, DirectorateFactory(), language="en"))
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no page here, or it is not open to this role." in answer.content.decode()
    assert 'class="rooms"' in answer.content.decode()


@pytest.mark.django_db
def test_an_expired_form_is_answered_in_our_own_words() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "x"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "The page was open too long" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("ar", "تسجيل الدخول"), ("en", "Sign in")])
def test_the_entrance_greets_in_both_languages(client: Client, language: str, words: str) -> None:
    text = client.get("/accounts/login/", headers={"accept-language": language}).content.decode()
    assert DIRECTIONS[language] in text
    assert words in text
    assert 'class="rooms"' not in text


@pytest.mark.django_db
def test_a_wrong_password_is_one_error_for_all_who_guess(client: Client) -> None:
    UserFactory(email="known@example.org")
    answers = [
        client.post("/accounts/login/", {"login": login, "password": "wrong"}, headers={"accept-language": "ar"})
        for login in ("known@example.org", "unknown@example.org")
    ]
    for answer in answers:
        assert "بيانات الدخول غير صحيحة. المطلوب التحقق من البريد وكلمة المرور." in answer.content.decode()
        assert "<title>أخطاء: " in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/login/"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_account_pages_fit_the_frame(client: Client, address: str, language: str) -> None:
    text = client.get(address, headers={"accept-language": language}).content.decode()
    assert DIRECTIONS[language] in text
    assert "tansiq/tansiq" in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/password/change/", "/accounts/logout/"])
def test_the_account_pages_of_a_person_fit_the_frame(client: Client, address: str) -> None:
    person = member(Role.OBSERVER, OrganisationFactory(), language="en")
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    text = client.get(address).content.decode()
    assert "tansiq/tansiq" in text
    assert "<h1>" in text


def rooms_of(user: object) -> list[str]:
    """The addresses of the rooms open to someone."""
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    return [room.url for room in context.Frame(request).rooms]


@pytest.mark.django_db
def test_rooms_open_by_role() -> None:
    assert rooms_of(member(Role.DONOR, OrganisationFactory(kind="donor"))) == [
        "/",
        "/reports/editions/",
        "/policies/",
        "/sharing/",
    ]
    assert rooms_of(member(Role.DATA_OFFICER, DirectorateFactory())) == [
        "/",
        "/reports/",
        "/reports/figures/",
        "/facilities/",
        "/policies/",
        "/sharing/",
    ]
    assert "/people/" in rooms_of(member(Role.ADMINISTRATOR, BodyFactory()))


def frame_of(user: User) -> context.Frame:
    """The frame around somebody's pages."""
    request = RequestFactory().get("/")
    request.user = user
    return context.Frame(request)


@pytest.mark.django_db
def test_the_frame_leads_to_the_record_whoever_reads_it_and_counts_ones_own_notices() -> None:
    donor = member(Role.DONOR, OrganisationFactory(kind="donor"))
    coordinator = member(Role.NGO_COORDINATOR, OrganisationFactory())
    Notice.objects.create(person=coordinator, kind="sealed", key="1", at=timezone.now())
    assert (frame_of(coordinator).reads_record, frame_of(donor).reads_record) == (True, False)
    assert (frame_of(coordinator).notices, frame_of(donor).notices) == (1, 0)


@pytest.mark.django_db
def test_only_the_nearest_room_is_here() -> None:
    request = RequestFactory().get("/reports/figures/")
    request.user = member(Role.DATA_OFFICER, DirectorateFactory())
    assert [room.url for room in context.Frame(request).rooms if room.here] == ["/reports/figures/"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "role", "room"),
    [
        ("/exchange/reports/", Role.DATA_OFFICER, "/reports/"),
        ("/exchange/facilities/", Role.DATA_OFFICER, "/facilities/"),
        ("/reports/templates/services-monthly/", Role.DATA_OFFICER, "/reports/"),
        ("/reports/templates/services-monthly/", Role.ADMINISTRATOR, "/people/"),
        ("/reports/elements/births/", Role.ADMINISTRATOR, "/people/"),
        ("/reports/indicators/rate/", Role.DATA_OFFICER, "/reports/figures/"),
        ("/exchange/populations/", Role.ADMINISTRATOR, "/reports/figures/"),
        ("/exchange/packages/7/", Role.ADMINISTRATOR, "/people/"),
        ("/meetings/decisions/", Role.DATA_OFFICER, "/sharing/"),
        ("/meetings/7/", Role.ADMINISTRATOR, "/sharing/"),
    ],
)
def test_a_page_that_lies_elsewhere_belongs_to_the_room_that_leads_to_it(address: str, role: Role, room: str) -> None:
    request = RequestFactory().get(address)
    request.user = member(role, BodyFactory() if role == Role.ADMINISTRATOR else DirectorateFactory())
    assert [one.url for one in context.Frame(request).rooms if one.here] == [room]


@pytest.mark.django_db
def test_a_page_that_belongs_to_no_room_lights_none() -> None:
    request = RequestFactory().get("/jobs/")
    request.user = member(Role.DATA_OFFICER, DirectorateFactory())
    assert not [one.url for one in context.Frame(request).rooms if one.here]


@pytest.mark.django_db
def test_a_person_of_two_organisations_can_switch_and_of_one_cannot(client: Client) -> None:
    person = member(Role.OBSERVER, OrganisationFactory(), language="en")
    client.force_login(person)
    assert 'name="organisation"' not in client.get("/no-such-page/").content.decode()
    member(Role.OBSERVER, OrganisationFactory(), person=person)
    text = client.get("/no-such-page/").content.decode()
    assert text.count('name="organisation"') == 4  # in the bar, and in the account's menu on a phone


@pytest.mark.django_db
def test_nothing_speaks_of_a_demonstration_outside_one(client: Client, settings: object) -> None:
    member(Role.OBSERVER, OrganisationFactory(), email="observer@cluster.example")
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    text = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert "cluster.example" not in text
    assert "Demonstration" not in text


@pytest.mark.django_db
def test_the_demonstration_says_so_and_lists_its_accounts_to_sign_in_with(client: Client, settings: object) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    assert "Demonstration" not in client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    member(Role.OBSERVER, OrganisationFactory(), email="observer@cluster.example")
    member(Role.OBSERVER, OrganisationFactory(), email="someone@example.org")
    text = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert "Demonstration data: not real" in text
    assert 'value="observer@cluster.example"' in text
    assert "someone@example.org" not in text


def test_the_first_language_is_arabic() -> None:
    assert settings.LANGUAGE_CODE == "ar"
