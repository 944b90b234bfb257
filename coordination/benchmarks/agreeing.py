"""Goals of shared policies: a long text with many remarks as pages, what changed in it, and a ballot of many voting at once."""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.utils import timezone

from coordination.benchmarks.measure import Goal, p95, seconds
from coordination.benchmarks.visitors import page_times, signed_in
from coordination.benchmarks.world import person_of
from directorates.foundation.sight import seeing
from directorates.models import Organisation, User
from directorates.models.validity import lasting
from directorates.permissions import sight_of
from directorates.roles import Role
from policies.actions.ballots import close_ballots, open_ballot, vote
from policies.actions.policies import begin_policy
from policies.actions.versions import begin_version
from policies.models import Ballot, BodyMember, PolicyComment, PolicyInvitation, PolicySection, PolicyVersion, Vote
from policies.models.ballots import tally_of
from policies.rules.ballots import Choice, Majority
from policies.views.versions import compared

# Sixty pages of a book in each language, each a section.
PAGES, ON_A_PAGE, COMMENTS, RUNS = 60, 2_500, 400, 40
MEMBERS, AT_ONCE = 500, 100
# So many of them are in the database at a moment; the others wait for the web server, as its queue has it.
CONNECTIONS = 60
# What a page may take for 95 of 100, and a difference of two versions.
PAGE_SECONDS, DIFFERENCE_SECONDS = 0.3, 1.0
ARABIC = "تُعقم الأدوات بعد كل مريض ويدون في الدفتر التاريخ والساعة ورقم الدورة واسم من قام بها وتحفظ اللقاحات"
ENGLISH = "instruments are sterilised after every patient and the book says date hour number of cycle who did it"


def goals(ngo: Organisation) -> Iterator[Goal]:
    """The goals of policies, in order."""
    dice = random.Random(4)  # noqa: S311
    body = Organisation.objects.get(code="body")
    manager = person_of(body, Role.POLICY_MANAGER, "policies")
    version = _long_policy(manager, ngo, dice)
    reader = person_of(ngo, Role.ORGANISATION_ADMINISTRATOR, "reader")
    client, address = signed_in(reader), f"/policies/{version.policy.code}/1/"
    yield _pages("page of a long policy", client, [address, f"{address}?both=1"])
    yield _pages("its comments", client, [f"{address}discussion/?page={number}" for number in (1, 2, 3)])
    yield _difference(version, manager, dice)
    yield from _ballot(manager, dice)


def _text(words: Sequence[str], dice: random.Random) -> str:
    """As many characters as stand on a page, in sentences of some words."""
    said = ""
    while len(said) < ON_A_PAGE:
        said += " ".join(dice.sample(words, 12)) + ".\n\n"
    return said


def _long_policy(manager: User, ngo: Organisation, dice: random.Random) -> PolicyVersion:
    """A proposed text of sixty pages, with four hundred comments of an organisation that is asked."""
    now = timezone.now()
    draft = begin_policy(code="bench", kind="policy", name_ar="ضبط", name_en="Long", by=manager, at=now)
    many = [[f"{one}{two}" for one in words.split() for two in words.split()] for words in (ARABIC, ENGLISH)]
    sections = PolicySection.objects.bulk_create(
        PolicySection(
            version=draft, anchor=f"page-{number}", order=number, heading_ar=f"صفحة {number}",
            heading_en=f"Page {number}", text_ar=_text(many[0], dice), text_en=_text(many[1], dice),
        )
        for number in range(PAGES)
    )  # fmt: skip
    PolicyVersion.objects.filter(pk=draft.pk).update(fixed=now, digest="0" * 64)
    PolicyInvitation.objects.create(version=draft, organisation=ngo, asked=True, at=now)
    PolicyComment.objects.bulk_create(
        PolicyComment(
            version=draft, section=dice.choice(sections), organisation=ngo, text="We have no autoclave", by=manager,
            at=now, key=uuid4(),
        )
        for _ in range(COMMENTS)
    )  # fmt: skip
    return PolicyVersion.objects.select_related("policy").get(pk=draft.pk)


def _pages(name: str, client: Client, addresses: Sequence[str]) -> Goal:
    """How long pages take in turn, against what one may."""
    times = page_times(client, addresses, RUNS)
    return Goal(name, p95(times) / PAGE_SECONDS, 1.0, details={"p95": p95(times), "pages": PAGES})


def _difference(version: PolicyVersion, manager: User, dice: random.Random) -> Goal:
    """What changed in a sixth of the words of every section, word by word in both languages."""
    after = begin_version(policy=version.policy, by=manager, at=timezone.now())
    changed = list(after.sections.all())
    for section in changed:
        for field in ("text_ar", "text_en"):
            words = getattr(section, field).split(" ")
            setattr(section, field, " ".join(one if dice.random() > 1 / 6 else one[::-1] for one in words))
    PolicySection.objects.bulk_update(changed, ["text_ar", "text_en"])
    times = [seconds(lambda: compared(version.sections.all(), after.sections.all())) for _run in range(3)]
    worst = max(times)
    return Goal("difference of long versions", worst / DIFFERENCE_SECONDS, 1.0, details={"seconds": worst})


def _ballot(manager: User, dice: random.Random) -> Iterator[Goal]:
    """Five hundred members vote, a hundred at once, a fifth of them twice; what is counted is what was given last."""
    now = timezone.now()
    voters = _members()
    draft = begin_policy(code="bench-vote", kind="policy", name_ar="تصويت", name_en="Vote", by=manager, at=now)
    PolicySection.objects.create(
        version=draft, anchor="one", order=0, heading_ar="واحد", heading_en="One", text_ar="نص", text_en="Text"
    )
    closes = now + timedelta(days=1)
    ballot = open_ballot(
        version=draft, majority=Majority.SIMPLE, quorum=50, closes=closes, seen=draft.edition, by=manager, at=now
    )
    given = {
        one.pk: [dice.choice(list(Choice)) for _time in range(2 if number % 5 == 0 else 1)]
        for number, one in enumerate(voters)
    }
    lost, taken = _all_vote(ballot, voters, given)
    last = Counter(str(choices[-1]) for choices in given.values())
    close_ballots(at=closes)
    ballot = Ballot.objects.get(pk=ballot.pk)
    counted = Counter(
        Vote.objects.filter(elector__ballot=ballot)
        .order_by("elector_id", "-pk")
        .distinct("elector_id")
        .values_list("choice", flat=True)
    )
    wrong = sum((counted - last).values()) + sum((last - counted).values()) + lost
    tally = tally_of(ballot)
    exact = ballot.outcome == tally.outcome(Majority.SIMPLE, 50) and Vote.objects.filter(
        elector__ballot=ballot
    ).count() == _expected(given)
    details = {"seconds": taken, "members": len(voters), "votes": sum(len(one) for one in given.values())}
    yield Goal("ballot of many at once, wrong votes", float(wrong), 0.0, exact=exact, details=details)


def _expected(given: dict[int, list[Choice]]) -> int:
    """How many votes stand: the same given twice stands once."""
    return sum(1 if len(set(choices)) == 1 else len(choices) for choices in given.values())


def _members() -> list[User]:
    """Directorates, each with a director who is signed up."""
    there = Organisation.objects.filter(kind="directorate").count()
    Organisation.objects.bulk_create(
        Organisation(
            code=f"member-{n}", kind="directorate", name_ar=f"م{n}", name_en=f"M{n}", short_ar=f"م{n}", short_en=f"M{n}"
        )
        for n in range(MEMBERS - there)
    )
    every = list(Organisation.objects.filter(kind="directorate").order_by("pk"))
    new = [one for one in every if not one.body_memberships.exists()]
    BodyMember.objects.bulk_create(BodyMember(directorate=one, valid=lasting(None), at=timezone.now()) for one in new)
    return [person_of(one, Role.DIRECTOR, f"director-{one.code}") for one in every]


def _all_vote(ballot: Ballot, voters: Sequence[User], given: dict[int, list[Choice]]) -> tuple[int, float]:
    """A hundred threads vote for their members in turn; answers how many votes were refused, and the seconds of all."""
    start, served = threading.Barrier(AT_ONCE), threading.BoundedSemaphore(CONNECTIONS)
    refused: list[Exception] = []

    def one_vote(person: User, choice: Choice) -> None:
        reservation = "When water comes" if choice == Choice.RESERVED else ""
        with served:
            try:
                with seeing(sight_of(person)):
                    vote(ballot=ballot, choice=choice, reservation=reservation, by=person, at=timezone.now())
            except Exception as problem:  # noqa: BLE001 - whatever kept a vote out is counted
                refused.append(problem)
            finally:
                connection.close()

    def some(number: int) -> None:
        start.wait()
        for person in voters[number::AT_ONCE]:
            for choice in given[person.pk]:
                one_vote(person, choice)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        taken = seconds(lambda: list(threads.map(some, range(AT_ONCE))))
    return len(refused), taken
