"""A policy on paper: what stands in it, that no word of it is code, who gets it, and how long it takes."""

import json
import resource
import time
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from directorates.foundation.jobs import run
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.foundation.typesetting import typeset
from directorates.models import AuditEvent
from directorates.permissions import Refused
from policies.actions import pdf
from policies.actions.branding import Said, keep_branding
from policies.actions.pdf import Made, Tongues, policy_as_pdf
from policies.actions.pictures import add_picture
from policies.models import PolicyPicture, PolicySection, PolicyVersion
from policies.rules.ballots import Choice
from policies.rules.blocks import blocks_of
from policies.rules.verify import grouped
from tests.factories import UserFactory
from tests.policies.library import RULE_EN, Library
from tests.policies.stationery import PLAIN
from tests.policies.test_long import ARABIC, ENGLISH
from tests.policies.test_papers import add
from tests.reporting.attached import png

pytestmark = pytest.mark.django_db
HOSTILE = """$x$ #let x = 1 #read("/etc/passwd") @ref <label> \\ `#eval("1")` [a](https://example.org "t") // no comment

#import "@preview/cetz:0.3.0"

| #table | b |
|---|---|
| #image("/etc/passwd") | **c** |
"""


def words(content: bytes) -> str:
    """What a PDF says, blanks as they may be."""
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def taken(library: Library, version: PolicyVersion, tongues: Tongues = Tongues.EN, by: Any = None) -> bytes:
    """The PDF of a version, made at once."""
    made = policy_as_pdf(version=version, tongues=tongues, by=by or library.reader, at=timezone.now())
    assert isinstance(made, Made)
    return made.content


# --- What stands in it -----------------------------------------------------------------------------------------------


def test_markdown_becomes_plain_data() -> None:
    text = "# A\n\nOne *two* **three** `four` [five](https://example.org)\nsix\n\n3. a\n4. b\n   - c\n\n> d\n\n---\n\n    e\n"
    heading, paragraph, numbers, quote, rule, code = blocks_of(text)
    assert heading == {"t": "heading", "level": 1, "c": [{"t": "text", "s": "A"}]}
    assert [one["t"] for one in paragraph["c"]] == [
        "text", "em", "text", "strong", "text", "code", "text", "link", "space", "text",
    ]  # fmt: skip
    assert (numbers["start"], numbers["numbered"], len(numbers["c"])) == (3, True, 2)
    assert numbers["c"][1]["c"][1]["numbered"] is False
    assert (quote["t"], rule["t"], code) == ("quote", "rule", {"t": "lines", "s": "e"})
    (table,) = blocks_of("| a | b |\n|---|---|\n| c |  |\n")
    assert (table["columns"], len(table["head"]), len(table["rows"])) == (2, 2, 1)


def test_the_paper_says_what_the_version_is_who_voted_how_and_which_concerns_stay() -> None:
    library = Library()
    one, two, three = library.directors(3)
    library.consult(library.ngo)
    library.concern(about="Gloves are short")
    library.over()
    ballot = library.ballot(over=True)
    library.vote(ballot, one)
    library.vote(ballot, two, Choice.RESERVED, "Where there is water")
    library.vote(ballot, three, Choice.AGAINST)
    library.count(ballot)
    library.draft.refresh_from_db()
    held = library.force(adopted=None, basis="")
    said = words(taken(library, held))
    told = ("Infection control", "In force", RULE_EN.split()[0], "Ballot of", "Voted: 3", "Simple majority: Adopted")
    for text in (*told, "Where there is water", "Against", "Gloves are short", "Which directorates apply it"):
        assert text in said, text
    assert grouped(held.digest).split()[-1] in said
    assert "/policies/verify/" in said
    assert "Scanned papers" not in said
    assert "papers above" not in said
    assert library.reader.name not in said


def test_the_paper_names_scanned_papers_and_their_hashes() -> None:
    library = Library()
    scan = add(library)
    undated = add(library, content=png(), dated=None, reference="", issuer="Idlib", name="last.png")
    held = library.force()
    said = words(taken(library, held))
    for text in ("Scanned papers", "12/2014", "2014-03-02", "circular.pdf", "Idlib", "last.png", "papers above"):
        assert text in said, text
    for one in (scan, undated):
        assert all(group in said for group in grouped(one.digest).split())
    assert "circular.pdf" in words(taken(library, held, Tongues.AR))


def test_a_draft_says_that_it_is_one_and_bears_no_hash() -> None:
    library = Library()
    library.write()
    said = words(taken(library, library.draft, by=library.manager))
    assert "Draft: this text can still change" in said
    assert "verify" not in said


def test_no_word_of_a_policy_is_read_as_code() -> None:
    library = Library()
    library.write(heading_en="#panic()", text_en=HOSTILE, text_ar=HOSTILE)
    said = words(taken(library, library.draft, Tongues.BOTH, library.manager))
    for text in (
        "#panic()",
        '#read("/etc/passwd")',
        "@ref <label>",
        "$x$",
        "#import",
        "// no comment",
        '#image("/etc/passwd")',
    ):
        assert text in said, text
    assert "root:" not in said


def test_the_compiler_reads_nothing_beside_its_folder(tmp_path: Any) -> None:
    template = tmp_path / "outside.typ"
    template.write_text('#read("/etc/hostname")\n')
    with pytest.raises(Problem) as told:
        typeset(template, {}, {})
    assert (told.value.code, told.value.status) == ("not_set", 503)


def test_both_languages_stand_one_after_the_other_and_arabic_reads_from_the_right() -> None:
    library = Library()
    held = library.holding()
    pages = PdfReader(BytesIO(taken(library, held, Tongues.BOTH))).pages
    assert len(pages) == 2
    assert "Infection control" in pages[1].extract_text()
    assert "Infection control" not in pages[0].extract_text()
    assert len(PdfReader(BytesIO(taken(library, held, Tongues.AR))).pages) == 1


def test_the_paper_bears_the_logo_in_force_on_its_day() -> None:
    library = Library()
    held = library.holding()
    plain = taken(library, held)
    said = Said("logo", "", "ش", "L", "ق", "R", "Meeting", library.today)
    keep_branding(said=said, files=[("a.svg", PLAIN)], by=library.manager, at=timezone.now())
    assert len(taken(library, held)) != len(plain)


DEEP = [
    "*" * 120 + "deep" + "*" * 120,
    "*" * 2_000 + "deep" + "*" * 2_000,
    ">" * 19 + " " + "*" * 99 + "deep" + "*" * 99,
    "".join("  " * place + "- a\n" for place in range(8)) + "  " * 8 + "- deep\n",
    "> " * 12 + "| deep |\n" + "> " * 12 + "|---|\n" + "> " * 12 + "| **b** |\n",
]


@pytest.mark.parametrize("text", ["[here]()", f"[here](https://example.org/{'a' * 8_000})"])
def test_a_link_that_leads_nowhere_or_too_far_is_set_as_its_words(text: str) -> None:
    (paragraph,) = blocks_of(f"{text}\n")
    assert paragraph["c"] == [{"t": "text", "s": "here"}]
    library = Library()
    library.write(text_en=text)
    assert "here" in words(taken(library, library.draft, by=library.manager))


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_what_stands_very_deep_in_other_things_is_set_with_all_its_words(text: str) -> None:
    library = Library()
    library.write(text_en=text)
    assert "deep" in words(taken(library, library.draft, by=library.manager))


# --- Who gets it -----------------------------------------------------------------------------------------------------


def test_a_draft_is_set_for_those_who_read_it_alone_and_every_paper_is_on_record() -> None:
    library = Library()
    library.write()
    with pytest.raises(Problem) as told:
        taken(library, library.draft)
    assert (told.value.code, told.value.status) == ("gone", 409)
    with pytest.raises(Refused):
        taken(library, library.draft, by=UserFactory())
    assert library.browser(library.reader).post("/policies/infection/1/pdf/", {"tongues": "ar"}).status_code == 404
    taken(library, library.draft, by=library.manager)
    record = AuditEvent.objects.get(what="take_policy")
    assert record.details == {"policy": "infection", "version": 1, "language": "en"}


def test_it_is_asked_for_on_a_page() -> None:
    library = Library()
    library.holding()
    client = library.browser(library.reader)
    assert 'href="/policies/infection/1/pdf/"' in client.get("/policies/infection/1/").text
    assert "Both, Arabic first" in client.get("/policies/infection/1/pdf/").text
    answer = client.post("/policies/infection/1/pdf/", {"tongues": "both"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="infection-1-both.pdf"'
    assert client.post("/policies/infection/1/pdf/", {"tongues": "fr"}).status_code == 400


def test_whoever_asks_very_often_waits_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    library.holding()
    monkeypatch.setattr("policies.views.pdf.MOST", 1)
    (client, other), asked = map(library.browser, (library.reader, library.manager)), {"tongues": "ar"}
    assert client.post("/policies/infection/1/pdf/", asked).status_code == 200
    late = client.post("/policies/infection/1/pdf/", asked)
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    assert client.get("/policies/infection/1/pdf/").status_code == 200
    assert other.post("/policies/infection/1/pdf/", asked).status_code == 200


# --- How long it takes -----------------------------------------------------------------------------------------------


def long_draft(library: Library, sections: int) -> PolicyVersion:
    """A draft of many pages."""
    arabic, english = (f"{' '.join(text.split() * 12)}.\n\n" * 2 for text in (ARABIC, ENGLISH))
    PolicySection.objects.bulk_create(
        PolicySection(
            version=library.draft, anchor=f"s{number}", order=number, heading_ar=f"قسم {number}",
            heading_en=f"Section {number}", text_ar=arabic, text_en=english,
        )
        for number in range(sections)
    )  # fmt: skip
    return library.draft


def processor() -> float:
    """Seconds of a processor that this process and those it started took: what others do meanwhile counts for nothing."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def test_sixty_pages_take_less_than_three_seconds() -> None:
    library = Library()
    draft = long_draft(library, 86)
    begun = processor()
    content = taken(library, draft, Tongues.AR, library.manager)
    took = processor() - begun
    assert len(PdfReader(BytesIO(content)).pages) >= 60
    assert took < 3


def test_pictures_count_as_often_as_they_are_shown_and_many_are_set_behind_the_page() -> None:
    library = Library()
    add_picture(
        version=library.draft,
        name="a.svg",
        content=PLAIN,
        words_ar="أ",
        words_en="a",
        by=library.manager,
        at=timezone.now(),
    )
    section = library.write(text_en="![](picture:1) " * 4)
    assert isinstance(asked(library), Made)
    library.write(section, text_en="![](picture:1) " * 5)
    assert isinstance(asked(library), Job)
    assert isinstance(asked(library, Tongues.AR), Made), "none is shown in Arabic"
    PolicyPicture.objects.update(size=pdf.AT_ONCE * pdf.BYTES_A_CHARACTER // 2)
    library.write(section, text_en="![](picture:1) " * 2)
    assert isinstance(asked(library), Job)


def asked(library: Library, tongues: Tongues = Tongues.EN) -> Made | Job:
    """What comes of asking for the draft."""
    return policy_as_pdf(version=library.draft, tongues=tongues, by=library.manager, at=timezone.now())


def test_what_takes_long_after_all_is_set_behind_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    draft = long_draft(library, 300)
    monkeypatch.setattr(pdf, "SECONDS_AT_ONCE", 1)
    monkeypatch.setattr(pdf, "AT_ONCE", 10**9)
    job = policy_as_pdf(version=draft, tongues=Tongues.BOTH, by=library.manager, at=timezone.now())
    assert isinstance(job, Job)


def test_a_long_one_is_set_behind_the_page_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    held = library.holding()
    monkeypatch.setattr(pdf, "AT_ONCE", 10)
    asked: dict[str, Any] = {"version": held, "tongues": Tongues.AR, "by": library.reader}
    job, same = (policy_as_pdf(**asked, at=timezone.now()) for _ in range(2))
    assert isinstance(job, Job)
    assert job == same
    assert run(job.pk, pdf.KIND)
    job.refresh_from_db()
    assert job.state == "done", json.dumps(job.result)
    assert job.file is not None
    assert bytes(job.file.content).startswith(b"%PDF-")
    assert pdf.KIND.still_open(library.reader, job)
    assert not pdf.KIND.still_open(UserFactory(), job)
    assert library.browser(library.reader).post("/policies/infection/1/pdf/", {"tongues": "ar"}).status_code == 302
