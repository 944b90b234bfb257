"""Members of the body: directorates that joined on a day vote on policies, until they leave; kept by its administrators."""

import datetime
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from coordination.demonstration.policies import enter_members
from directorates.actions.organisations import dissolve, suspend
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice, Organisation, OrganisationName, User
from directorates.models.organisations import OrganisationStatusChange
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from policies import migrations
from policies.actions.body_members import join_body, leave_body
from policies.actions.dissolutions import follow_dissolutions
from policies.models import BodyMember, MemberState
from policies.models.body_members import members_on
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, OrganisationFactory, UserFactory, member
from tests.policies.claims import taken_along
from tests.policies.library import DAY, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PAGE = "/policies/members/"


class Body(Library):
    """The same library with an administrator of the body, a member, and a directorate that is none."""

    def __init__(self) -> None:
        super().__init__()
        self.keeper: User = member(Role.ADMINISTRATOR, self.body)
        self.inside: Organisation = DirectorateFactory(name_en="Inside HD", short_en="INSIDE")
        self.outside: Organisation = DirectorateFactory(name_en="Outside HD", short_en="OUTSIDE", in_body=False)

    def join(self, *directorates: Organisation, **said: Any) -> list[BodyMember]:
        """Join from today on."""
        asked: dict[str, Any] = {"since": self.today, "basis": "Meeting 3", "by": self.keeper, "at": timezone.now()}
        return join_body(directorates=directorates or (self.outside,), **asked | said)

    def leave(self, directorate: Organisation, last_day: datetime.date, **said: Any) -> BodyMember:
        """Leave with a day."""
        held = BodyMember.objects.filter(directorate=directorate).latest("pk")
        asked: dict[str, Any] = {"why": "Its own way", "by": self.keeper, "at": timezone.now()}
        return leave_body(member=held, last_day=last_day, **asked | said)

    def electors(self) -> list[Organisation]:
        """Who can vote in a ballot that is opened now."""
        return [one.organisation for one in self.ballot().electors.order_by("organisation__code")]


def faults(problem: Problem) -> list[tuple[str, str]]:
    """Fields and codes."""
    return [(one.field, one.code) for one in problem.errors]


def test_those_vote_that_are_members_on_the_day_on_which_the_ballot_is_opened() -> None:
    body = Body()
    gone, other = (DirectorateFactory() for _ in range(2))
    body.leave(gone, body.today - DAY)
    late = DirectorateFactory(in_body=False)
    body.join(late, since=body.today + DAY)
    assert set(body.electors()) == {body.inside, other}
    assert set(members_on(body.today + DAY)) == {body.inside, other, late}
    assert gone in members_on(body.today - DAY)


def test_without_a_member_nobody_votes_and_that_is_told() -> None:
    body = Body()
    body.leave(body.inside, body.today - DAY)
    with pytest.raises(Problem) as told:
        body.electors()
    assert ("closes", "nobody_votes") in faults(told.value)


def test_who_leaves_while_a_ballot_is_open_still_votes_in_it() -> None:
    body = Body()
    director = member(Role.DIRECTOR, body.inside)
    ballot = body.ballot()
    body.leave(body.inside, body.today)
    assert body.vote(ballot, director).elector.organisation == body.inside


def test_only_administrators_of_the_body_enter_members() -> None:
    body = Body()
    for person in (body.manager, member(Role.DIRECTOR, body.outside), body.reader):
        with pytest.raises(Refused):
            body.join(by=person)
        with pytest.raises(Refused):
            body.leave(body.inside, body.today, by=person)
    assert body.browser(body.manager).get(f"{PAGE}new/").status_code == 403
    assert "Inside HD" in body.browser(body.reader).get(PAGE).text
    assert body.browser(UserFactory()).get(PAGE).status_code == 403


def test_all_that_is_wrong_with_who_joins_is_told_at_once() -> None:
    body = Body()
    ngo, idle = OrganisationFactory(), DirectorateFactory(in_body=False, status="suspended")
    with pytest.raises(Problem) as told:
        body.join(ngo, idle, body.inside, basis=" ", since=body.today + 400 * DAY)
    assert faults(told.value) == [
        ("directorates", "no_directorate"),
        ("directorates", "not_active"),
        ("directorates", "member"),
        ("since", "too_late"),
        ("basis", "required"),
    ]
    with pytest.raises(Problem) as told:
        join_body(directorates=[], since=body.today, basis="x", by=body.keeper, at=timezone.now())
    assert faults(told.value) == [("directorates", "required")]


def test_a_last_day_can_be_said_anew_until_it_is_past_and_one_that_cannot_be_is_told() -> None:
    body = Body()
    body.join()
    for day, code in ((body.today - DAY, "before_first"), (body.today + 400 * DAY, "too_late")):
        with pytest.raises(Problem) as told:
            body.leave(body.outside, day)
        assert faults(told.value) == [("last_day", code)]
    for _twice in range(2):
        assert body.leave(body.outside, body.today).last_day == body.today
    assert AuditEvent.objects.filter(what="leave_body").count() == 1
    assert body.leave(body.outside, body.today + DAY).last_day == body.today + DAY
    later = timezone.now() + 3 * DAY
    with pytest.raises(Problem) as told:
        body.leave(body.outside, body.today + 5 * DAY, at=later)
    assert told.value.code == "left"
    assert body.leave(body.outside, body.today + DAY, at=later).last_day == body.today + DAY


def test_what_was_to_begin_later_is_called_off_and_can_be_entered_anew() -> None:
    body = Body()
    body.join(since=body.today + 5 * DAY)
    for _twice in range(2):
        held = body.leave(body.outside, body.today)
    assert (held.state(body.today + 9 * DAY), held.called_off) == (MemberState.CALLED_OFF, body.today)
    assert body.outside not in members_on(body.today + 5 * DAY)
    assert AuditEvent.objects.filter(what="leave_body").count() == 1
    with pytest.raises(Problem) as told:
        body.leave(body.outside, body.today + 9 * DAY)
    assert told.value.code == "left"
    (again,) = body.join(since=body.today + 5 * DAY)
    assert again.pk != held.pk
    assert body.outside in members_on(body.today + 5 * DAY)
    page = body.browser(body.reader).get(PAGE).text
    assert "Never joined" in page
    with pytest.raises(DatabaseError), transaction.atomic():
        BodyMember.objects.filter(pk=held.pk).update(called_off=None)


def test_nobody_joins_before_it_was_there() -> None:
    body = Body()
    names = {"name_ar": "ا", "name_en": "a", "short_ar": "ا", "short_en": "a"}
    OrganisationName.objects.create(organisation=body.outside, valid=lasting(datetime.date(2013, 3, 1)), **names)
    with pytest.raises(Problem) as told:
        body.join(since=datetime.date(1900, 1, 1))
    assert faults(told.value) == [("since", "before_founded")]
    assert "2013-03-01" in str(told.value.errors[0].message)
    body.join(since=datetime.date(2013, 3, 1))


def test_a_last_day_stays_before_the_next_membership() -> None:
    body = Body()
    body.leave(body.inside, body.today)
    body.join(body.inside, since=body.today + 3 * DAY)
    first = BodyMember.objects.filter(directorate=body.inside).earliest("pk")
    with pytest.raises(Problem) as told:
        leave_body(member=first, last_day=body.today + 3 * DAY, why="x", by=body.keeper, at=timezone.now())
    assert faults(told.value) == [("last_day", "followed")]


def test_whoever_votes_for_the_directorate_is_told_what_was_entered() -> None:
    body = Body()
    director = member(Role.DIRECTOR, body.outside)
    body.join()
    body.leave(body.outside, body.today + DAY)
    body.leave(body.outside, body.today + 2 * DAY)
    told = Notice.objects.filter(kind="member", person=director).order_by("pk")
    assert [(one.values["what"], one.values["day"]) for one in told] == [
        ("joined", body.today.isoformat()),
        ("left", (body.today + DAY).isoformat()),
        ("left", (body.today + 2 * DAY).isoformat()),
    ]
    page = body.browser(director).get("/notices/").text
    assert "Your directorate is entered as a member of the coordination body" in page
    assert not Notice.objects.filter(kind="member").exclude(person=director).exists()


def test_only_what_was_entered_alike_is_passed_over_and_the_count_is_true() -> None:
    body = Body()
    body.join()
    said = {"directorates": [body.outside.pk], "since": body.today.isoformat(), "basis": "Meeting 3"}
    client = body.browser(body.keeper)
    page = client.post(f"{PAGE}new/", said, follow=True).text
    assert "1 was entered so before, and stays as it is." in page
    assert "directorate was entered" not in page
    assert client.post(f"{PAGE}new/", said | {"basis": "Another meeting"}).status_code == 400
    body.leave(body.outside, body.today)
    assert client.post(f"{PAGE}new/", said).status_code == 400
    assert BodyMember.objects.filter(directorate=body.outside).count() == 1


def test_a_dissolved_directorate_is_a_member_until_that_day() -> None:
    body = Body()
    coming = DirectorateFactory(in_body=False)
    body.join(coming, since=body.today + 9 * DAY)
    for one, day in ((body.inside, body.today - DAY), (coming, body.today)):
        dissolve(organisation=one, since=day, reason="Its money ended", by=None, at=timezone.now())
    assert (follow_dissolutions(at=timezone.now()), follow_dissolutions(at=timezone.now())) == (2, 0)
    held = BodyMember.objects.get(directorate=body.inside)
    assert (held.last_day, held.state(body.today), held.dissolved) == (body.today - DAY, MemberState.LEFT, True)
    assert BodyMember.objects.get(directorate=coming).state(body.today) is MemberState.CALLED_OFF
    assert "The directorate was dissolved" in body.browser(body.reader).get(PAGE).text
    with pytest.raises(Problem) as told:
        body.leave(body.inside, body.today)
    assert told.value.code == "left"


def test_a_member_that_cannot_speak_says_so_and_never_looks_like_one_that_votes() -> None:
    body = Body()
    suspend(organisation=body.inside, since=body.today, reason="Under inquiry", by=None, at=timezone.now())
    assert "suspended since" in body.browser(body.reader).get(PAGE).text
    assert ",Member," in taken_along(body.browser(body.reader), "members", "")
    assert "Suspended" in taken_along(body.browser(body.reader), "members", "")


def test_the_page_that_opens_a_ballot_says_who_votes_in_it_and_who_does_not() -> None:
    body = Body()
    body.write()
    text = body.browser(body.manager).get("/policies/infection/1/ballots/new/").text
    assert "Each directorate that acts and is a member of the body today has one vote." in text
    before, after = text.split("have no vote in this ballot")
    assert "Inside HD" in before
    assert "Outside HD" in after
    assert "Inside HD" not in after
    assert f'href="{PAGE}"' in after
    assert f'href="{PAGE}new/"' not in after, "the manager of policies enters nobody"
    body.join()
    assert (
        "have no vote in this ballot" not in body.browser(body.manager).get("/policies/infection/1/ballots/new/").text
    )


def test_members_are_read_by_programs_and_taken_along_with_when_each_was_entered() -> None:
    body = Body()
    body.join(since=body.today + DAY)
    told = Caller(body.reader).get("/api/v1/members/").json()["results"]
    assert [(one["directorate"], one["status"], one["basis"]) for one in told] == [
        (body.inside.code, "member_standing", ""),
        (body.outside.code, "member_coming", "Meeting 3"),
    ]
    asked = Caller(body.reader).get("/api/v1/members/", {"on": body.today.isoformat()}).json()["results"]
    assert [one["directorate"] for one in asked] == [body.inside.code]
    assert Caller(UserFactory()).get("/api/v1/members/").status_code == 403
    file = taken_along(body.browser(body.reader), "members", "")
    assert f"{body.outside.code},Outside HD,Member later,{(body.today + DAY).isoformat()}," in file
    assert body.today.isoformat() in file
    assert "Entered on" in body.browser(body.reader).get(PAGE).text


def test_an_upgraded_demonstration_enters_only_those_that_are_no_members_yet() -> None:
    body = Body()
    names = {"name_ar": "ا", "name_en": "a", "short_ar": "ا", "short_en": "a"}
    for one, day in ((body.body, datetime.date(2017, 10, 1)), (body.outside, datetime.date(2018, 2, 1))):
        OrganisationName.objects.create(organisation=one, valid=lasting(day), **names)
    for _twice in range(2):
        enter_members(cast("Any", SimpleNamespace(administrator=body.keeper)), timezone.now())
    rows = {one.directorate: one.first_day for one in BodyMember.objects.all()}
    assert rows[body.outside] == datetime.date(2018, 2, 1)
    assert len(rows) == BodyMember.objects.count() == 2


def test_who_comes_back_is_a_member_anew_and_its_days_never_overlap() -> None:
    body = Body()
    body.leave(body.inside, body.today)
    with pytest.raises(Problem):
        body.join(body.inside)
    body.join(body.inside, since=body.today + DAY)
    assert BodyMember.objects.filter(directorate=body.inside).count() == 2
    assert [body.join(body.inside, since=body.today + DAY), AuditEvent.objects.filter(what="join_body").count()] == [
        [],
        1,
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        BodyMember.objects.create(directorate=body.inside, valid=lasting(body.today), at=timezone.now())


def test_when_and_why_one_joined_never_changes_even_in_the_database() -> None:
    body = Body()
    body.join()
    body.leave(body.outside, body.today)
    for deed in (
        "UPDATE policies_bodymember SET basis = 'x'",
        "UPDATE policies_bodymember SET valid = daterange(lower(valid), NULL), left_why = ''",
        "DELETE FROM policies_bodymember",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_enter_a_member_once() -> None:
    body = Body()
    done = at_once(body.join, lambda: body.join(since=body.today - DAY))
    assert BodyMember.objects.filter(directorate=body.outside).count() == 1
    assert sum(isinstance(one, Problem) for one in done) == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_members_are_entered_and_leave_on_pages(language: str) -> None:
    body = Body()
    client = body.browser(body.keeper, language)
    said = {"directorates": [body.outside.pk], "since": body.today.isoformat(), "basis": "Meeting 3"}
    assert client.post(f"{PAGE}new/", {"basis": ""}).status_code == 400
    for _twice in range(2):
        assert client.post(f"{PAGE}new/", said).headers["Location"] == PAGE
    held = BodyMember.objects.get(directorate=body.outside)
    assert client.post(f"{PAGE}{held.pk}/leave/", {"last_day": "", "why": ""}).status_code == 400
    told = {"last_day": body.today.isoformat(), "why": "Its own way"}
    assert client.post(f"{PAGE}{held.pk}/leave/", told).headers["Location"] == PAGE
    page = client.get(PAGE).text
    assert "Meeting 3" in page
    assert "Its own way" in page
    before = (body.today - DAY).isoformat()
    assert [one.directorate for one, _state, _ends in client.get(f"{PAGE}?day={before}").context["rows"]] == [
        body.inside
    ]


def test_directorates_of_before_are_members_since_their_first_name_or_status() -> None:
    named, known, unknown, gone = (DirectorateFactory(in_body=False) for _ in range(4))
    day = datetime.date(2013, 3, 1)
    for first in (day + 400 * DAY, day):
        names = {"name_ar": "ا", "name_en": "a", "short_ar": "ا", "short_en": "a"}
        last = day + 399 * DAY if first == day else None
        OrganisationName.objects.create(organisation=named, valid=lasting(first, last), **names)
    OrganisationStatusChange.objects.create(organisation=known, status="active", since=day, at=timezone.now())
    Organisation.objects.filter(pk=gone.pk).update(status="dissolved")
    (migration,) = (name for _, name, _ in iter_modules(migrations.__path__) if name.endswith("_body_members"))
    with connection.cursor() as cursor:
        cursor.execute(import_module(f"{migrations.__name__}.{migration}").THERE)
    rows = {one.directorate: one.first_day for one in BodyMember.objects.all()}
    assert rows == {named: day, known: day, unknown: None}
    assert set(members_on(timezone.localdate())) == {named, known, unknown}
