"""The drill of a seal: a directorate with its facilities, reports, sessions and keys, and how soon all of it is closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from coordination.benchmarks.visitors import signed_in
from coordination.exchange.actions import exports
from coordination.reporting.models import Programme, ReportTemplate, Revision, Submission, TemplateVersion
from directorates.actions.seals import CONFIRMED_WITHIN, seal
from directorates.actions.tokens import make_token
from directorates.foundation import jobs
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import Dataset, Membership, Organisation, Place, User
from directorates.models.validity import lasting
from directorates.permissions import open_role, sight_of
from directorates.roles import Role
from facilities.models import Facility

KEYS = 20
PAGE, PROGRAM = "/notices/", "/api/v1/submissions/?page_size=1"
NAME = "drill-seal"


@dataclass(frozen=True)
class Closed:
    """One wall: what it is, whether it opened before and was closed after, and how many seconds after the seal began."""

    name: str
    closed: bool
    seconds: float


@dataclass(frozen=True)
class Drilled:
    """Whom the drill asks: the people of the directorate with a session each, its keys, and others who read its reports."""

    directorate: Organisation
    director: User
    officer: User
    watcher: User
    manager: User
    sessions: list[Client]
    keys: list[str]
    file: Job


def drill(*, facilities: int, sessions: int) -> list[Closed]:
    """Build the directorate, seal it, ask every wall; nothing of it stays, the transaction is rolled back."""
    with override_settings(ALLOWED_HOSTS=["*"]), transaction.atomic():
        try:
            return _drill(facilities, sessions)
        finally:
            transaction.set_rollback(True)


def _drill(facilities: int, sessions: int) -> list[Closed]:
    world = _world(facilities, sessions)
    walls: list[tuple[str, Callable[[], bool]]] = [
        (f"rows of {facilities} reports, for the directorate", lambda: _rows(world.officer, world) == 0),
        (f"rows of {facilities} reports, for another reader", lambda: _rows(world.watcher, world) == 0),
        ("names of its people", lambda: _named(world) != world.director.name),
        ("a file written before", lambda: not _opens(world)),
        (f"{len(world.keys)} keys of programs", lambda: all(_answer(key) == 403 for key in world.keys)),
        (
            f"{sessions} open sessions",
            lambda: all(one.get(PAGE, secure=settings.HTTPS).status_code == 403 for one in world.sessions),
        ),
    ]
    opened = [
        *(_rows(one, world) == facilities for one in (world.officer, world.watcher)),
        _named(world) == world.director.name,
        _opens(world),
        all(_answer(key) == 200 for key in world.keys),
        all(one.get(PAGE, secure=settings.HTTPS).status_code == 200 for one in world.sessions),
    ]
    begun = perf_counter()
    seal(by=_fresh(world.director), organisation=world.directorate, reason=NAME, at=timezone.now())
    found = []
    for before, (name, closed) in zip(opened, walls, strict=True):
        done = closed() and before
        found.append(Closed(name, done, perf_counter() - begun))
    return found


def _world(facilities: int, sessions: int) -> Drilled:
    """The directorate and whoever reads its reports, under codes that nothing else has."""
    country, _new = Place.objects.get_or_create(
        level=0, defaults={"code": "SY", "path": "SY/", "name_ar": "سوريا", "name_en": "Syria"}
    )
    place = Place.objects.create(
        code=f"{NAME}-3", level=3, parent=country, path=f"{country.path}{NAME}-3/", name_ar=NAME, name_en=NAME
    )
    directorate, ngo, watching, body = (_organisation(k) for k in ("directorate", "ngo", "surveillance", "body"))
    _reports(directorate, ngo, watching, body, place, facilities)
    people = [_person(directorate, Role.DATA_OFFICER, n) for n in range(1, sessions)]
    director = _person(directorate, Role.DIRECTOR, 0)
    manager = _person(body, Role.DATA_MANAGER, sessions)
    watcher = _person(watching, Role.SURVEILLANCE_OFFICER, sessions + 1)
    day = CONFIRMED_WITHIN
    made = [
        make_token(by=_fresh(one), at=timezone.now(), expires=timezone.now() + day, with_factor=True)
        for one in people[:KEYS]
    ]
    keys = [key for _token, key in made]
    return Drilled(
        directorate=directorate,
        director=director,
        officer=people[0],
        watcher=watcher,
        manager=manager,
        sessions=[signed_in(one, "testserver") for one in (director, *people)],
        keys=keys,
        file=_file(manager),
    )


def _organisation(kind: str) -> Organisation:
    code = f"{NAME}-{kind}"
    return Organisation.objects.create(code=code, kind=kind, name_ar=code, name_en=code, short_ar=code, short_en=code)


def _person(organisation: Organisation, role: Role, number: int) -> User:
    person = User.objects.create(email=f"{NAME}-{number}@drill.invalid", name=f"Drilled {number}", language="en")
    open_role(organisation, role)
    Membership.objects.create(person=person, organisation=organisation, role=role, valid=lasting(timezone.localdate()))
    return person


def _reports(
    directorate: Organisation, ngo: Organisation, watching: Organisation, body: Organisation, place: Place, count: int
) -> None:
    """A waiting report of each facility."""
    dataset = Dataset.objects.create(code=NAME, name_ar=NAME, name_en=NAME, custodian=watching)
    programme = Programme.objects.create(code=NAME, name_ar=NAME, name_en=NAME)
    template = ReportTemplate.objects.create(
        code=NAME, programme=programme, dataset=dataset, period_type="month", due_days=10, name_ar=NAME, name_en=NAME
    )
    day, now = timezone.localdate().replace(day=1), timezone.now()
    version = TemplateVersion.objects.create(template=template, number=1, valid=lasting(day))
    writer = _person(ngo, Role.NGO_COORDINATOR, -1)
    names = {"place": place, "type": "health_centre", "name_ar": NAME, "name_en": NAME}
    held = Facility.objects.bulk_create(
        Facility(code=f"{NAME}-{n}", search=f"{NAME} {n}", **names) for n in range(count)
    )
    common = {"template": template, "version": version, "period_start": day, "reporter": ngo, "due": day}
    common |= {"created": now, "changed": now, "subdistrict": place, "place_path": place.path, "dataset": dataset}
    common |= {"directorate": directorate, "reviewer": directorate}
    reports = Submission.objects.bulk_create(Submission(facility=one, **common) for one in held)
    revisions = Revision.objects.bulk_create(Revision(submission=one, number=1, at=now, by=writer) for one in reports)
    for number, (report, revision) in enumerate(zip(reports, revisions, strict=True)):
        report.status, report.revision, report.submitted, report.receipt = (
            "submitted",
            revision,
            now,
            f"{NAME}-{number}",
        )
    Submission.objects.bulk_update(reports, ["status", "revision", "submitted", "receipt"], batch_size=500)


def _file(manager: User) -> Job:
    """A list that the body's data manager wrote to a file before the seal."""
    now, by = timezone.now(), _fresh(manager)
    file = jobs.keep_file(by=by, at=now, name=f"{NAME}.csv", content_type="text/csv", content=b"")
    return Job.objects.create(
        kind=exports.EXPORT,
        by=by,
        acting_id=by.acting_id,
        asked=now,
        file=file,
        arguments={"rights": exports.rights_told(by)},
    )


def _fresh(person: User) -> User:
    """The person as the next request has it."""
    return User.objects.get(pk=person.pk)


@contextmanager
def _as(person: User) -> Iterator[None]:
    with seeing(sight_of(_fresh(person))):
        yield


def _rows(person: User, world: Drilled) -> int:
    """How many of the directorate's reports the database itself shows a person."""
    with _as(person):
        return Submission.objects.filter(directorate=world.directorate).count()


def _named(world: Drilled) -> str:
    """What the body's data manager reads as the name of the director."""
    with _as(world.manager):
        return str(_fresh(world.director))


def _opens(world: Drilled) -> bool:
    """Whether the file is handed out."""
    try:
        jobs.take_file(job=world.file, kind=exports.KIND, by=_fresh(world.manager))
    except Problem:
        return False
    return True


def _answer(key: str) -> int:
    """What a program gets."""
    return Client().get(PROGRAM, headers={"Authorization": f"Token {key}"}, secure=settings.HTTPS).status_code
