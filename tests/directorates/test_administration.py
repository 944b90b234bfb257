"""The technical administration: open to administrators of the body, read-only, without what is secret."""

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from directorates.actions.tokens import make_token
from directorates.foundation.administration import site
from directorates.models import AccessToken, AuditEvent, Invitation, User
from directorates.roles import Role
from facilities.models import ExactPosition
from tests.factories import PASSWORD, BodyFactory, DirectorateFactory, FacilityFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
ROOT = "/technical-administration/"


@pytest.fixture
def administrator() -> User:
    """An administrator of the body."""
    return member(Role.ADMINISTRATOR, BodyFactory())


@pytest.fixture
def inside(client: Client, administrator: User) -> Client:
    """A browser in which the administrator signed in."""
    client.force_login(administrator)
    return client


def addresses() -> list[str]:
    """The list of every model that is shown."""
    return [f"{ROOT}{model._meta.app_label}/{model._meta.model_name}/" for model in site._registry]


def test_every_list_opens_in_both_languages(inside: Client, administrator: User) -> None:
    FacilityFactory()
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        User.objects.filter(pk=administrator.pk).update(language=language)
        for address in (ROOT, *addresses()):
            page = inside.get(address)
            assert page.status_code == 200, address
            assert f'dir="{direction}"' in page.content.decode()


def test_one_of_each_opens_and_cannot_be_changed(inside: Client, administrator: User) -> None:
    FacilityFactory()
    inside.post("/account/", {"name": "Someone", "language": "en", "zone": "Asia/Damascus"})
    opened = 0
    for model in site._registry:
        first = model._default_manager.first()
        if first is None:
            continue
        opened += 1
        address = f"{ROOT}{model._meta.app_label}/{model._meta.model_name}/{first.pk}/change/"
        assert inside.get(address).status_code == 200, address
        assert inside.post(address, {"name": "x"}).status_code == 403
        assert inside.post(address.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403
    assert opened >= 5


def test_nothing_is_added(inside: Client) -> None:
    for address in addresses():
        assert inside.get(f"{address}add/").status_code == 403


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.DATA_MANAGER, "body"), (Role.DIRECTOR, "directorate"), (Role.NGO_COORDINATOR, "ngo"), (Role.DONOR, "donor")],
)
def test_nobody_else_comes_in(client: Client, role: Role, kind: str) -> None:
    client.force_login(member(role, OrganisationFactory(kind=kind)))
    for address in (ROOT, *addresses()):
        assert client.get(address, follow=True).status_code == 403


def test_each_list_asks_for_itself(rf: RequestFactory, administrator: User) -> None:
    request = rf.get(ROOT)
    for person, open_to in ((administrator, True), (member(Role.DIRECTOR, DirectorateFactory()), False)):
        request.user = person
        found = {
            (one.has_module_permission(request), one.has_view_permission(request)) for one in site._registry.values()
        }
        assert found == {(open_to, open_to)}


def test_being_marked_as_staff_or_superuser_opens_nothing(client: Client) -> None:
    person = member(Role.DIRECTOR, DirectorateFactory(), is_staff=True, is_superuser=True)
    client.force_login(person)
    assert client.get(ROOT, follow=True).status_code == 403


def test_the_entrance_is_the_portals_own(client: Client) -> None:
    answer = client.get(ROOT, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
    assert "next=" in answer.redirect_chain[-1][0]


def test_what_is_secret_is_not_shown(inside: Client, administrator: User) -> None:
    for model in (ExactPosition, AccessToken, Invitation):
        assert model not in site._registry
    names = {model._meta.model_name for model in site._registry}
    assert names.isdisjoint(
        {"revision", "draft", "submission", "storedrequest", "session", "authtoken", "outboxmessage"}
    )
    now = timezone.now()
    token, key = make_token(by=administrator, at=now, expires=now, name="x")
    pages = inside.get(f"{ROOT}directorates/user/{administrator.pk}/change/").content.decode()
    pages += inside.get(f"{ROOT}directorates/auditevent/").content.decode()
    event = AuditEvent.objects.latest("id")
    pages += inside.get(f"{ROOT}directorates/auditevent/{event.pk}/change/").content.decode()
    for secret in (token.digest, key, administrator.password, PASSWORD):
        assert secret not in pages


def test_signing_in_is_stopped_and_allowed_again_through_the_action(inside: Client, administrator: User) -> None:
    person = member(Role.DIRECTOR, DirectorateFactory())
    for deed, active in (("keep_out", False), ("let_back_in", True)):
        inside.post(f"{ROOT}directorates/user/", {"action": deed, "_selected_action": [person.pk]})
        person.refresh_from_db()
        assert person.is_active is active
    assert set(AuditEvent.objects.values_list("what", flat=True)) >= {"keep_out", "let_in"}
    page = inside.post(
        f"{ROOT}directorates/user/", {"action": "keep_out", "_selected_action": [administrator.pk]}, follow=True
    )
    assert "another administrator" in page.content.decode()
