"""Pictures of a version: numbered, described in both languages, shown where a text names them, fixed like any text."""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from coordination.search.actions.entries import index_texts
from directorates.foundation import typesetting
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Refused
from policies.actions import picture_marks, pictures
from policies.actions.pdf import Made, Tongues, policy_as_pdf
from policies.actions.pictures import add_picture, describe_picture, take_out_picture
from policies.models import Policy, PolicyPicture, PolicySection, PolicyVersion
from policies.rules.pictures import LONGEST_SIDE, look, size_of
from policies.rules.verify import digest_of
from tests.api.callers import Caller
from tests.factories import UserFactory
from tests.policies.library import DAY, Library
from tests.policies.stationery import PLAIN, svg
from tests.reporting.attached import SOMEWHERE, jpeg, pdf, png
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WORDS = {"words_ar": "خطوات غسل اليدين", "words_en": "Steps of hand washing"}
ADDRESS = "/policies/infection/1/"


def add(library: Library, **said: Any) -> PolicyPicture:
    """A drawing, added to the draft."""
    asked: dict[str, Any] = {"name": "steps.svg", "content": PLAIN, "by": library.manager, "version": library.draft}
    return add_picture(at=timezone.now(), **asked | WORDS | said)


def take_out(library: Library, picture: PolicyPicture, **said: Any) -> None:
    """Take a picture out of the draft."""
    asked: dict[str, Any] = {"picture": picture, "by": library.manager, "at": timezone.now()}
    take_out_picture(**asked | said)


def describe(library: Library, picture: PolicyPicture, **said: Any) -> PolicyPicture:
    """Say otherwise what a picture shows."""
    asked: dict[str, Any] = {"picture": picture, "seen": {}, "by": library.manager, "at": timezone.now()}
    return describe_picture(**asked | WORDS | said)


def showing(library: Library, mark: str = "![](picture:1)", **said: Any) -> PolicySection:
    """A section whose text shows a picture in both languages."""
    return library.write(**{"text_ar": f"هكذا:\n\n{mark}", "text_en": f"Like this:\n\n{mark}"} | said)


def faults(deed: Callable[[], object]) -> list[tuple[str, str]]:
    """What speaks against a deed."""
    with pytest.raises(Problem) as told:
        deed()
    return [(one.field, one.code) for one in told.value.errors]


# --- What is taken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (PLAIN, "image/svg+xml", (640, 640)),
        (svg("").replace(b"0 0 20 20", b"0 0 20 10"), "image/svg+xml", (640, 320)),
        (png(), "image/png", (40, 30)),
        (jpeg(), "image/jpeg", (60, 40)),
        (png(3200, 1000), "image/png", (LONGEST_SIDE, 500)),
    ],
)
def test_drawings_pictures_and_photographs_are_taken_with_their_size(
    content: bytes, kind: str, size: tuple[int, int]
) -> None:
    kept = look(content)
    assert kept.content_type == kind
    assert size_of(kind, kept.content) == size


def test_what_a_camera_wrote_beside_a_photograph_is_not_kept() -> None:
    library = Library()
    kept = add(library, name="photo.jpg", content=jpeg(located=True))
    with Image.open(BytesIO(bytes(kept.content))) as picture:
        assert not picture.getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ", "type"),
        (pdf("A page"), "type"),
        (png()[:60], "broken"),
        (svg("<script>alert(1)</script>"), "drawing_runs"),
        (svg('<image href="https://example.org/a.png"/>'), "drawing_picture"),
        (svg('<rect width="1" height="1" style="fill: url(https://example.org/a)"/>'), "drawing_links"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + PLAIN, "entities"),
        (svg(f"<text>{SOMEWHERE}</text>"), "location"),
    ],
)
def test_what_is_no_harmless_picture_is_refused_with_the_reason(content: bytes, code: str) -> None:
    library = Library()
    assert faults(lambda: add(library, content=content)) == [("file", code)]
    assert not PolicyPicture.objects.exists()


def test_a_picture_too_heavy_for_a_slow_link_is_refused() -> None:
    noise = BytesIO()
    Image.effect_noise((900, 900), 90).save(noise, "PNG")
    assert faults(lambda: add(Library(), content=noise.getvalue())) == [("file", "weight")]


def test_everything_wrong_with_it_is_told_at_once() -> None:
    library = Library()
    wrong = {"content": b"MZ", "words_ar": " ", "words_en": f"{SOMEWHERE}"}
    assert sorted(faults(lambda: add(library, **wrong))) == [
        *(("file", "type"), ("words_ar", "required"), ("words_en", "location")),
    ]
    assert ("words_ar", "too_long") in faults(lambda: add(library, words_ar="x" * 501))


def test_a_version_has_so_many_pictures_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(pictures, "MOST", 1)
    add(library)
    with pytest.raises(Problem) as told:
        add(library, content=png())
    assert (told.value.code, told.value.status) == ("too_many", 409)
    monkeypatch.setattr(pictures, "MOST", 40)
    monkeypatch.setattr(pictures, "MOST_TOGETHER", 200)
    assert faults(lambda: add(library, content=png())) == [("file", "too_heavy")]


def test_the_same_picture_is_kept_once_and_other_words_for_it_are_not_thrown_away() -> None:
    library = Library()
    first = add(library)
    assert add(library) == first
    assert faults(lambda: add(library, words_en="Another thing")) == [("file", "there")]
    assert [one.number for one in library.draft.pictures.all()] == [1]


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_sent_twice_at_the_same_moment_is_kept_once() -> None:
    library = Library()
    answers = at_once(*[lambda: add(library)] * 3)
    assert {one.pk for one in answers if isinstance(one, PolicyPicture)} == {PolicyPicture.objects.get().pk}


def test_only_those_who_prepare_the_policy_add_describe_and_take_out() -> None:
    library = Library()
    picture = add(library)
    for deed in (
        add,
        lambda one, **said: describe(one, picture, **said),
        lambda one, **said: take_out(one, picture, **said),
    ):
        with pytest.raises(Refused):
            deed(library, by=library.reader)


# --- The text that shows it ------------------------------------------------------------------------------------------


def test_a_text_shows_its_pictures_with_words_in_its_language_to_whoever_reads_it() -> None:
    library = Library()
    picture = add(library)
    showing(library)
    library.force()
    page = library.browser(library.reader).get(ADDRESS).text
    url = f"{ADDRESS}pictures/file/{picture.digest}/"
    for words in WORDS.values():
        assert f'<img src="{url}" alt="{words}" width="640" height="640" loading="lazy" decoding="async">' in page
    opened = library.browser(library.reader).get(url)
    assert (opened.content, opened.headers["Content-Type"]) == (bytes(picture.content), "image/svg+xml")
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    assert "default-src 'none'" in opened.headers["Content-Security-Policy"]
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Cache-Control"].startswith("private")


def test_whoever_does_not_read_the_version_does_not_see_its_pictures() -> None:
    library = Library()
    url = f"{ADDRESS}pictures/file/{add(library).digest}/"
    showing(library)
    assert library.browser(library.reader).get(url).status_code == 404
    kept = library.browser(library.manager).get(url)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "no-store")
    library.consult(library.ngo)
    assert library.browser(library.reader).get(url).status_code == 200
    assert url in library.browser(library.reader).get(ADDRESS).text
    assert library.browser(UserFactory()).get(url).status_code in (403, 404)
    assert library.browser(library.reader).get(f"{ADDRESS}pictures/file/{'0' * 64}/").status_code == 404


def test_more_pictures_in_more_sections_are_no_more_queries() -> None:
    library = Library()
    client, counted = library.browser(), []
    for number, colour in enumerate(("red", "green", "blue"), 1):
        add(library, content=png(colour=colour))
        showing(library, f"![](picture:{number})", heading_en=colour)
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(ADDRESS)
        assert page.text.count('loading="lazy"') == 2 * number
        counted.append(len(asked))
    assert len(set(counted)) == 1


def test_words_between_the_brackets_take_the_place_of_its_own() -> None:
    library = Library()
    add(library)
    showing(library, '![Wash "well" <b>](picture:1)')
    assert 'alt="Wash &quot;well&quot; &lt;b&gt;"' in library.browser().get(ADDRESS).text


def test_marks_that_show_nothing_are_faults_all_at_once_and_nothing_is_lost() -> None:
    library = Library()
    add(library)
    wrong: dict[str, Any] = {
        "text_ar": "![](picture:2) ![](picture:1)",
        "text_en": "One\n\n![x](https://example.org/x.png)\n\n![](picture:3) ![y][z]\n\n[z]: https://example.org",
    }
    assert faults(lambda: library.write(**wrong)) == [
        *(("text_ar", "no_picture"), ("text_en", "no_picture"), ("text_en", "foreign_picture")),
        ("text_en", "foreign_picture"),
    ]
    headings = {"heading_ar": "أ", "heading_en": "A"}
    page = library.browser().post(f"{ADDRESS}sections/new/", wrong | headings)
    assert page.status_code == 400
    for words in (
        "There is no picture 3",
        "Line 3: pictures from elsewhere",
        "Line 5: ",
        "![x](https://example.org/x.png)",
    ):
        assert words in page.text
    assert not library.draft.sections.exists()


def test_what_is_written_as_code_is_no_mark() -> None:
    library = Library()
    library.write(text_en="`![](picture:9)` \\![](picture:9)\n\n    ![](https://example.org/a.png)")
    assert "<img" not in library.draft.sections.get().text_en


def test_a_picture_that_a_section_shows_is_not_taken_out() -> None:
    library = Library()
    picture, other = add(library), add(library, content=png())
    section = showing(library)
    with pytest.raises(Problem) as told:
        take_out(library, picture)
    assert (told.value.code, told.value.status) == ("shown", 409)
    assert "Sterilising" in str(told.value.detail)
    take_out(library, other)
    take_out(library, other)
    library.write(section, text_en="Nothing", text_ar="لا شيء")
    take_out(library, picture)
    assert not library.draft.pictures.exists()


def test_a_draft_whose_marks_show_nothing_is_not_opened_to_others() -> None:
    library = Library()
    library.write(text_ar="")
    PolicySection.objects.update(text_en="![](picture:7) ![x](https://example.org/x.png)")
    library.draft.refresh_from_db()
    found = [("sections", code) for code in ("no_text", "no_picture", "foreign_picture")]
    assert faults(lambda: library.consult(library.ngo)) == found
    library.directors(1)
    assert faults(library.ballot) == found
    assert faults(library.force) == found


# --- With the version ------------------------------------------------------------------------------------------------


def test_a_text_shows_a_hundred_pictures_and_no_more() -> None:
    library = Library()
    add(library)
    showing(library, "![](picture:1)\n\n" * 100)
    assert faults(lambda: showing(library, "![](picture:1)\n\n" * 101)) == [
        ("text_ar", "too_many_pictures"),
        ("text_en", "too_many_pictures"),
    ]


def test_pictures_that_cannot_be_set_on_paper_together_are_told_before_the_text_is_fixed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_marks, "MOST_SECONDS", 2)
    library = Library()
    curves = "".join(f'<path d="M{one % 19} 1C3 {one % 17} 9 4 {one % 13} 5"/>' for one in range(300))
    # Quick enough alone: a few tenths of a second.
    add(library, content=svg(f'<defs><g id="a">{curves}</g></defs>' + '<use href="#a"/>' * 90))
    section = showing(library, "![](picture:1)\n\n" * 100)
    assert faults(library.force) == [("sections", "too_heavy")]
    assert PolicyVersion.objects.get(pk=library.draft.pk).is_draft
    showing(library, section=section)
    library.force()


@pytest.mark.parametrize("why", ["machine", "broken"])
def test_where_the_trial_fails_for_something_else_the_pictures_are_not_blamed_and_nothing_changes(
    why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library()
    add(library)
    showing(library)
    if why == "machine":
        monkeypatch.setattr(typesetting, "PATIENCE", 0.001)
    else:
        monkeypatch.setattr(typesetting, "TYPESETTER", (sys.executable, "-c", "raise SystemExit(3)"))
    for deed in (library.force, library.ballot, lambda: library.consult(library.ngo)):
        with pytest.raises(Problem) as told:
            deed()
        assert (told.value.code, told.value.status) == ("not_tried", 503)
        assert "try again" in str(told.value.detail)
    assert PolicyVersion.objects.get(pk=library.draft.pk).is_draft
    asked = {"seen": library.draft.edition, "adopted": library.today.isoformat(), "basis": "Meeting 4",
             "since": library.today.isoformat()}  # fmt: skip
    page = library.browser().post(f"{ADDRESS}force/", asked)
    assert "could not be tried now" in page.text


@pytest.mark.django_db(transaction=True)
def test_while_pictures_are_set_on_trial_others_work_on_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    add(library)
    showing(library)
    took: list[object] = []

    @transaction.atomic
    def locking() -> list[Policy]:
        return list(Policy.objects.select_for_update(nowait=True))

    def meanwhile(*given: Any, **more: Any) -> bytes:
        took.extend(at_once(locking))
        return typesetting.typeset(*given, **more)

    monkeypatch.setattr(picture_marks, "typeset", meanwhile)
    library.force()
    assert took == [[library.policy]]


def test_nothing_changes_a_picture_once_others_read_the_text_even_in_the_database() -> None:
    library = Library()
    picture = add(library)
    showing(library)
    library.force()
    for deed in (
        lambda: add(library, content=png()),
        lambda: describe(library, picture, words_en="Else"),
        lambda: take_out(library, picture),
    ):
        with pytest.raises(Problem) as told:
            deed()
        assert (told.value.code, told.value.status) == ("not_draft", 409)
    for change in (
        lambda: PolicyPicture.objects.update(words_en="Else"),
        lambda: PolicyPicture.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_next_draft_begins_with_its_pictures_and_has_them_for_itself() -> None:
    library = Library()
    picture = add(library)
    showing(library)
    library.force(since=library.today - DAY, adopted=library.today - DAY)
    draft = library.next_draft()
    taken = draft.pictures.get()
    assert taken.pk != picture.pk
    assert (taken.known(), bytes(taken.content)) == (picture.known(), bytes(picture.content))
    describe(library, taken, words_en="Six steps")
    picture.refresh_from_db()
    assert picture.words_en == WORDS["words_en"]


def test_the_hash_holds_pictures_and_is_as_before_where_there_are_none() -> None:
    library = Library()
    picture = add(library)
    section = showing(library)
    held = library.force()
    assert held.digest == digest_of("infection", 1, [section.words()], [], [picture.known()])
    assert digest_of("infection", 1, [section.words()], [], []) == digest_of("infection", 1, [section.words()])
    digests = {
        digest_of("infection", 1, [section.words()], [], given)
        for given in ([], [(1, "a", "ب", "b")], [(2, "a", "ب", "b")], [(1, "c", "ب", "b")], [(1, "a", "ب", "c")])
    }
    assert len(digests) == 5
    told = Caller(library.reader).get("/api/v1/policies/infection/").json()
    said = {name: told[name] for name in ("version", "sections")} | {"policy": told["code"]}
    said["pictures"] = [{name: one[name] for name in ("number", "sha256", "words")} for one in told["pictures"]]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert told["sha256"] == held.digest == hashlib.sha256(text.encode()).hexdigest()
    assert [(one["number"], one["type"], one["width"]) for one in told["pictures"]] == [(1, "image/svg+xml", 640)]
    # A program needs no session of a browser for it.
    opened = Caller(library.reader).get(told["pictures"][0]["url"])
    assert (opened.status_code, hashlib.sha256(opened.content).hexdigest()) == (200, picture.digest)
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert Caller(UserFactory()).get(told["pictures"][0]["url"]).status_code == 403
    assert Caller(library.reader).get("/api/v1/policies/infection/1/files/nothing/").status_code == 404


def test_another_picture_and_other_words_are_differences() -> None:
    library = Library()
    add(library)
    add(library, content=png(), words_en="A basin")
    showing(library)
    library.force(since=library.today - DAY, adopted=library.today - DAY)
    draft = library.next_draft()
    compare = "/policies/infection/compare/?from=1&to=2"
    assert "The two texts are the same." in library.browser().get(compare).text
    first, second = draft.pictures.order_by("number")
    describe(library, first, words_en="Six steps of hand washing")
    page = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", library.browser().get(compare).text)
    assert "The two texts are the same." not in page
    assert "its words changed" in page
    assert re.search(r"<ins>Six\s*</ins>|<ins>Six steps\s*</ins>", page)
    assert "Picture 2" not in page
    take_out(library, second)
    add(library, content=png(colour="black"), words_en="A basin")
    page = library.browser().get(compare).text
    assert page.count("/pictures/file/") == 3
    assert f"/policies/infection/1/pictures/file/{second.digest}/" in page


def test_pictures_stand_on_paper() -> None:
    library = Library()
    add(library)
    add(library, content=png(colour="red"))
    showing(library, "![](picture:1) and ![](picture:2)\n\n| a | b |\n|---|---|\n| ![](picture:2) | c |")
    held = library.force()
    made = policy_as_pdf(version=held, tongues=Tongues.BOTH, by=library.reader, at=timezone.now())
    assert isinstance(made, Made)
    read = PdfReader(BytesIO(made.content))
    assert sum(len(page.images) for page in read.pages) >= 2
    said = " ".join(page.extract_text() for page in read.pages)
    assert "picture:" not in said
    assert "are part of the hash" in " ".join(said.split())


def test_the_search_finds_what_a_picture_shows_and_not_its_mark() -> None:
    library = Library()
    add(library, words_en="Autoclave")
    showing(library, "![Basin](picture:1)")
    library.force()
    index_texts()
    client = library.browser(library.reader)
    assert "Infection control" in client.get("/search/?q=autoclave").text
    found = client.get("/search/?q=basin").text
    assert "<mark>Basin</mark>" in found
    assert "picture:1" not in found
    assert "Infection control" not in client.get("/search/?q=picture").text


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_picture_is_added_described_shown_and_taken_out_on_pages() -> None:
    library = Library()
    client, to = library.browser(), f"{ADDRESS}pictures/"
    assert f'href="{to}"' in client.get(ADDRESS).text
    assert "This version has no picture." in client.get(to).text
    lacking = client.post(
        to, {"file": SimpleUploadedFile("x.svg", PLAIN), "words_ar": "", "words_en": "Basin of water"}
    )
    assert lacking.status_code == 400
    assert "Basin of water" in lacking.text
    given = {"file": SimpleUploadedFile("غسل.svg", PLAIN, "image/svg+xml"), **WORDS}
    assert client.post(to, given).status_code == 302
    page = client.get(to).text
    for words in ('value="![](picture:1)"', *WORDS.values(), "No section shows it yet."):
        assert words in page
    assert "![](picture:1)" in client.get(f"{ADDRESS}sections/new/").text
    stood = json.dumps(WORDS)
    said = {"words_ar": "الخطوات", "words_en": "The steps", "stood": stood}
    assert client.post(f"{to}1/words/", said).status_code == 302
    late = client.post(f"{to}1/words/", said | {"words_en": "Mine"})
    assert late.status_code == 400
    assert "Mine" in late.text
    assert "By now it says: The steps" in late.text
    showing(library)
    assert "Take its mark out of the text first" in client.post(f"{to}1/take-out/", follow=True).text
    PolicySection.objects.all().delete()
    client.post(f"{to}1/take-out/")
    client.post(f"{to}1/take-out/")
    assert not library.draft.pictures.exists()
    assert [one.what for one in AuditEvent.objects.order_by("pk") if "picture" in one.what] == [
        *("add_picture", "describe_picture", "take_out_picture"),
    ]
