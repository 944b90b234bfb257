"""What belongs to one person: the database shows files and notices to nobody else, whatever else they may see."""

import pytest
from django.db import connection
from django.utils import timezone

from directorates.foundation.jobs import keep_file
from directorates.foundation.models import Notice, StoredFile
from directorates.foundation.notices import Told, notify
from directorates.foundation.sight import NOTHING, PORTAL, Sight, seeing
from directorates.models import User
from directorates.permissions import sight_of
from directorates.roles import Role
from tests.factories import BodyFactory, OrganisationFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.wall]


@pytest.fixture
def owner() -> User:
    """A coordinator who was told something and keeps a file."""
    person = member(Role.NGO_COORDINATOR, OrganisationFactory())
    with seeing(sight_of(member(Role.ADMINISTRATOR, BodyFactory()))):
        notify("seal", [Told(person.pk, "told", {})], url="/", at=timezone.now())
    with seeing(sight_of(person)):
        keep_file(by=person, at=timezone.now(), name="a.csv", content_type="text/csv", content=b"a")
    return person


def counted(sight: Sight) -> tuple[int, int]:
    """How many notices and files a sight opens, in plain SQL."""
    with seeing(sight), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM directorates_notice), (SELECT count(*) FROM directorates_storedfile)"
        )
        notices, files = cursor.fetchone()
        return notices, files


def test_files_and_notices_are_seen_by_their_person_and_by_the_portals_own_work(owner: User) -> None:
    assert counted(sight_of(owner)) == (1, 1)
    assert counted(PORTAL) == (1, 1)
    assert counted(NOTHING) == (0, 0)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_MANAGER])
def test_no_other_role_sees_them_whatever_it_keeps_running(owner: User, role: Role) -> None:
    assert counted(sight_of(member(role, BodyFactory()))) == (0, 0)


def test_nobody_changes_or_takes_away_what_is_anothers(owner: User) -> None:
    with seeing(sight_of(member(Role.ADMINISTRATOR, BodyFactory()))):
        assert Notice.objects.update(read=timezone.now()) == 0
        assert StoredFile.objects.all().delete()[0] == 0
    assert counted(PORTAL) == (1, 1)
