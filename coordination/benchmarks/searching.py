"""Goals of the search: its page among five thousand texts, for a director and for an observer, and keeping their words."""

import datetime
import random
from collections.abc import Iterator
from functools import partial

from django.db.models import TextField, Value
from django.db.models.functions import Cast, LPad
from django.test import Client
from django.utils import timezone

from coordination.benchmarks.measure import Goal, p95, seconds
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.visitors import signed_in
from coordination.benchmarks.world import FIRST, person_of
from coordination.meetings.models import Decision, Meeting, MeetingInvitation, Minutes
from coordination.search.actions.entries import index_texts
from directorates.models import Organisation, Place, User
from directorates.models.validity import lasting
from directorates.roles import Role
from policies.models import Policy, PolicySection, PolicyVersion

POLICIES, SECTIONS, MEETINGS = 4_000, 8, 500
# What a page may take, for 95 of 100; and what keeping all words in step may take where nothing was changed.
SECONDS, STILL = 0.15, 0.5
RUNS = 60
TABLES = ("search_searchentry", "policies_policy", "policies_policyversion", "policies_policysection")
# Words of a paragraph, paragraphs from which sections are put together, words of a language.
LENGTH, PARAGRAPHS, WORDS = 80, 2_000, 4_000
_LETTERS = {"ar": "بتثجحخدرزسشصضطعغفقكلمنهوي", "en": "bcdfghklmnprstvwz"}
_VOWELS = {"ar": ["ا", "و", "ي", ""], "en": ["a", "e", "i", "o", "u"]}


def goals(plain: Plain, manager: User) -> Iterator[Goal]:
    """Five thousand texts, some words of which stand in all and some in one; what is asked is the same for both."""
    dice = random.Random(4)  # noqa: S311 - the same texts each time
    spoken = {code: _words(dice, code) for code in _LETTERS}
    texts = {code: _paragraphs(dice, words) for code, words in spoken.items()}
    body = Organisation.objects.get(code="body")
    directorate = Organisation.objects.get(code="directorate-0")
    _policies(dice, texts, body, manager)
    _meetings(dice, texts, body, directorate, manager)
    written = index_texts()
    plain.run(*(f"ANALYZE {table}" for table in TABLES))
    asked = _queries(spoken)
    observer = Organisation.objects.create(
        code="watch", kind="cluster", name_ar="ر", name_en="W", short_ar="ر", short_en="W"
    )
    for name, role, organisation in (("director", Role.DIRECTOR, directorate), ("observer", Role.OBSERVER, observer)):
        client = signed_in(person_of(organisation, role, f"searching-{name}"))
        yield _goal(f"search page: {name}", client, asked, written)
    still = p95([seconds(index_texts) for _ in range(5)])
    yield Goal("search: nothing new", still / STILL, 1.0, details={"p95": still, "texts": written})


def _words(dice: random.Random, code: str) -> list[str]:
    """Words of three to five syllables, those that stand everywhere first."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        syllables = (f"{dice.choice(_LETTERS[code])}{dice.choice(_VOWELS[code])}" for _ in range(dice.randint(2, 4)))
        found["".join(syllables) + dice.choice(_LETTERS[code])] = None
    return list(found)


def _paragraphs(dice: random.Random, words: list[str]) -> list[str]:
    """Paragraphs in which the n-th word stands as often as n goes into the first (Zipf)."""
    weights = [1 / (number + 1) for number in range(len(words))]
    return [" ".join(dice.choices(words, weights, k=LENGTH)) + "." for _ in range(PARAGRAPHS)]


def _queries(spoken: dict[str, list[str]]) -> list[str]:
    """One word that stands everywhere, two, one in each language, rare ones, and one that stands nowhere."""
    arabic, english = spoken["ar"], spoken["en"]
    return [
        arabic[0],
        f"{arabic[1]} {english[2]}",
        f"{arabic[40]} {arabic[60]}",
        f"ال{arabic[200]}",
        english[900],
        "policy 77",
        "nowhereatall",
    ]


def _policies(dice: random.Random, texts: dict[str, list[str]], body: Organisation, manager: User) -> None:
    """Policies in force: written as drafts, since a fixed text takes no section."""
    now, country = timezone.now(), Place.objects.get(level=0)
    rows = [
        Policy(
            code=f"policy-{n}",
            kind="policy",
            name_ar=f"سياسة {n}",
            name_en=f"Policy {n}",
            owner=body,
            place=country,
            search=f"policy {n} | سياسه {n} | policy {n}",
        )
        for n in range(POLICIES)
    ]
    made = Policy.objects.bulk_create(rows)
    versions = PolicyVersion.objects.bulk_create(
        PolicyVersion(policy=one, number=1, begun=now, changed=now, changed_by=manager) for one in made
    )
    PolicySection.objects.bulk_create(
        (
            PolicySection(
                version=version,
                anchor=f"s{order}",
                order=order,
                heading_ar=f"فقرة {order}",
                heading_en=f"Section {order}",
                text_ar=dice.choice(texts["ar"]),
                text_en=dice.choice(texts["en"]),
            )
            for version in versions
            for order in range(SECTIONS)
        ),
        batch_size=1000,
    )
    # Nobody verifies them here: a hash for each, of no text.
    digest = LPad(Cast("pk", TextField()), 64, Value("0"))
    PolicyVersion.objects.update(fixed=now, digest=digest, valid=lasting(FIRST), adopted=FIRST, basis="Bench")


def _meetings(
    dice: random.Random, texts: dict[str, list[str]], body: Organisation, guest: Organisation, manager: User
) -> None:
    """Meetings of the body, half of them with the directorate, each with minutes and a decision."""
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    rows = [
        Meeting(
            kind="body",
            title=f"Meeting {n}",
            begins=now - (n + 2) * hour,
            ends=now - (n + 1) * hour,
            zone="UTC",
            organisation=body,
            called=now,
            called_by=manager,
            search=f"meeting {n}",
        )
        for n in range(MEETINGS)
    ]
    made = Meeting.objects.bulk_create(rows)
    MeetingInvitation.objects.bulk_create(MeetingInvitation(meeting=one, organisation=guest) for one in made[::2])
    told = {"by": manager, "at": now}
    Decision.objects.bulk_create(
        Decision(meeting=one, number=1, subject="Subject", text=dice.choice(texts["ar"]), search="subject", **told)
        for one in made
    )
    Minutes.objects.bulk_create(
        Minutes(meeting=one, text="\n\n".join(dice.choices(texts["ar"], k=10)), changed=now, changed_by=manager)
        for one in made
    )


def _goal(name: str, client: Client, asked: list[str], texts: int) -> Goal:
    """How long the page takes for one query after another, against what it may."""

    def page(text: str) -> None:
        answer = client.get("/search/", {"q": text})
        if answer.status_code != 200:
            raise RuntimeError(f"{text}: {answer.status_code}")

    for text in asked:
        page(text)
    times = [seconds(partial(page, asked[run % len(asked)])) for run in range(RUNS)]
    return Goal(name, p95(times) / SECONDS, 1.0, details={"p95": p95(times), "texts": texts})
