"""The table of roles is one: in the code, on the page in both languages, in the docs."""

from pathlib import Path

import pytest
from django.conf import settings

from directorates.management.commands.make_roles_page import PAGE, roles_page
from directorates.models.organisations import Kind
from directorates.permissions import Permission
from directorates.roles import LABELS, NEED_SECOND_FACTOR, ROLES, Anchor, Role, needs_second_step
from tests.factories import OrganisationFactory, UserFactory, member, signed_in


def test_the_docs_say_what_the_code_says() -> None:
    assert (Path(settings.BASE_DIR) / PAGE).read_text(encoding="utf-8") == roles_page()


def test_every_role_and_every_right_is_explained() -> None:
    assert set(ROLES) == set(Role)
    assert set(LABELS) == set(Permission)
    assert all(rights.kinds <= {kind.value for kind in Kind} for rights in ROLES.values())


def test_whoever_approves_administers_or_reads_others_reports_shows_a_second_step() -> None:
    free = {role for role in Role if not needs_second_step(role)}
    assert free == {Role.NGO_COORDINATOR, Role.FACILITY_REPORTER, Role.OBSERVER, Role.DONOR}


def test_no_right_is_given_to_nobody() -> None:
    given = {one for rights in ROLES.values() for held in rights.permits.values() for one in held}
    assert given == set(Permission)
    assert given >= NEED_SECOND_FACTOR


def test_only_the_body_founds_organisations_and_only_directors_and_it_seal() -> None:
    for permission, roles in (
        (Permission.MANAGE_ORGANISATIONS, {Role.ADMINISTRATOR}),
        (Permission.SEAL_DIRECTORATES, {Role.ADMINISTRATOR, Role.DIRECTOR}),
        (Permission.RUN_CONSOLIDATION, {Role.DATA_MANAGER}),
    ):
        assert {role for role in Role if permission in ROLES[role].permits.get(Anchor.OWN, ())} == roles


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_is_open_to_every_role_and_to_nobody_without_one(language: str) -> None:
    page = signed_in(member(Role.DONOR, OrganisationFactory(kind="donor")), language).get("/people/roles/")
    text = page.content.decode()
    assert all(f'id="{role.value}"' in text for role in Role)
    assert signed_in(UserFactory(), language).get("/people/roles/").status_code == 403
