"""The record of actions: written with the deed, refusals apart, never changed."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from directorates.actions.people import end_membership, invite
from directorates.audit import record, record_refusal
from directorates.models import AuditEvent, Invitation, Membership
from directorates.permissions import Permission, Refused
from directorates.roles import Role
from tests.factories import BodyFactory, DirectorateFactory, OrganisationFactory, UserFactory, member


@pytest.mark.django_db
def test_a_deed_is_recorded_with_who_as_what_and_which_thing() -> None:
    body = BodyFactory()
    administrator = member(Role.ADMINISTRATOR, body)
    invitation, _secret = invite(
        email="new@example.org", organisation=body, role=Role.OBSERVER, by=administrator, at=timezone.now()
    )
    event = AuditEvent.objects.get()
    assert (event.by, event.acting, event.what, event.refused) == (administrator, body, "invite", False)
    assert (event.kind, event.thing) == ("directorates.invitation", str(invitation.pk))


@pytest.mark.django_db
def test_a_deed_that_fails_leaves_no_record() -> None:
    person = UserFactory()

    def fails() -> None:
        with transaction.atomic():
            record(person, "describe", person)
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_although_what_was_refused_is_undone() -> None:
    director = member(Role.DIRECTOR, DirectorateFactory())
    other = Membership.objects.get(person=member(Role.DIRECTOR, DirectorateFactory()))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        end_membership(membership=other, by=director, last_day=timezone.localdate())
    record_refusal(director, refusal.value)
    event = AuditEvent.objects.get()
    assert (event.by, event.what, event.refused) == (director, Permission.MANAGE_PEOPLE, True)
    assert event.thing == str(other.organisation.pk)
    other.refresh_from_db()
    assert other.last_day is None


@pytest.mark.django_db(transaction=True)
def test_a_refusal_cannot_be_recorded_inside_the_transaction_of_the_deed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record_refusal(None, Refused(Permission.MANAGE_PEOPLE))


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_refused_answers_403_and_stands_on_record(client: Client) -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory())
    client.force_login(person)
    assert client.get("/people/").status_code == 403
    event = AuditEvent.objects.get(refused=True)
    assert (event.by, event.what) == (person, Permission.MANAGE_PEOPLE)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET refused = true", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_the_record(statement: str) -> None:
    record(UserFactory(), "describe", UserFactory())
    table = AuditEvent._meta.db_table
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_consolidation_cannot_read_exact_positions() -> None:
    """What the application itself sees of them, and only encrypted, is in `tests/facilities/test_positions.py`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('tansiq_figures', 'facilities_exactposition', 'SELECT')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_the_record_holds_no_secret() -> None:
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    _invitation, secret = invite(
        email="new@example.org", organisation=BodyFactory(), role=Role.OBSERVER, by=administrator, at=timezone.now()
    )
    kept: list[Any] = [*AuditEvent.objects.values(), *Invitation.objects.values()]
    assert secret not in json.dumps(kept, default=str)
