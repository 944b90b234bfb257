"""The question how much waits for a person: put together once, for it asks nothing and holds no moment, and anew for other rights."""

import datetime
import zoneinfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.homes.waits import Asker, question
from directorates.models import Membership, User
from directorates.permissions import rights_of
from directorates.roles import Role
from tests.factories import DirectorateFactory, OrganisationFactory, SubdistrictFactory, member
from tests.reporting.reports import Scene, wide_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


def asker(user: User, zone: str = "UTC") -> Asker:
    """Who asks as the organisation acted for, with the rights of now, kept as they are for the length of a request."""
    user.rights_kept = {}
    return Asker(user.pk, user.acting_id, rights_of(user), timezone.localdate(), zone, user)


def again(user: User) -> int:
    """How much waits, asked by the person's next request."""
    user.rights_kept = {}
    return waiting_count(user)


@pytest.mark.parametrize("role", Role)
def test_putting_the_question_together_asks_the_database_nothing_and_keeps_no_moment(role: Role) -> None:
    kind = "directorate" if role in {Role.DIRECTOR, Role.DATA_OFFICER} else "body"
    person = member(role, DirectorateFactory() if kind == "directorate" else OrganisationFactory(kind=kind))
    asked = asker(person)
    assert asked.rights.scopes
    question.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        statement, parameters = question(asked)
    assert len(queries) == 0
    # Nothing can wait for whoever only reads.
    assert ("COUNT(*)" in statement) is (role not in {Role.OBSERVER, Role.DONOR})
    assert not [one for one in parameters if isinstance(one, datetime.datetime)]


def test_the_question_is_put_together_once_for_the_same_rights_on_the_same_day(scene: Scene) -> None:
    assert question(asker(scene.officer)) is question(asker(User.objects.get(pk=scene.officer.pk)))
    assert question(asker(scene.officer, "Asia/Damascus")) is not question(asker(scene.officer))
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    first = asker(scene.officer)
    later = Asker(first.person, first.acting, first.rights, tomorrow, first.zone, first.user)
    assert question(later) is not question(first)


def test_other_rights_are_asked_for_otherwise_at_once(scene: Scene) -> None:
    scene.sent()
    assert again(scene.officer) == 1
    held = Membership.objects.get(person=scene.officer)
    held.places.add(SubdistrictFactory())
    assert again(scene.officer) == 0
    held.places.clear()
    assert again(scene.officer) == 1


def test_days_are_counted_by_the_clock_of_the_reader(scene: Scene) -> None:
    scene.sent()
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            assert again(scene.officer) == 1
