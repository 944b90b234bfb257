"""The unified logo and stationery: which files are taken, what is in force on a day, who keeps and who takes them."""

import datetime
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from coordination.context import Frame
from coordination.middleware import CONTENT_POLICY
from directorates.foundation import attachments, typesetting
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from directorates.rules.attached import Unfit
from policies.actions.ballots import USUAL
from policies.actions.brand_files import REASONS
from policies.actions.branding import Said, keep_branding, take_brand_file, withdraw_branding
from policies.actions.policies import begin_policy
from policies.actions.versions import begin_version
from policies.logo import logo_on
from policies.models import BrandFile, BrandState, BrandVersion, PolicyKind, PolicyVersion
from policies.rules.branding import look
from tests.api.callers import Caller
from tests.factories import UserFactory, member
from tests.policies.claims import taken_along
from tests.policies.library import DAY, Library
from tests.policies.stationery import CORE, DOCUMENT, NAME, PLAIN, RELATIONS, field, relation, svg, word
from tests.reporting.attached import SOMEWHERE, jpeg, pdf, png

pytestmark = pytest.mark.django_db
Files = list[tuple[str, bytes]]
TEMPLATE = RELATIONS.format(relation("attachedTemplate", "https://example.org/a.dotm", external=True))
PNG_TYPE = '<Default Extension="png" ContentType="image/png"/>'


class Stationery(Library):
    """The same library, whose manager keeps the logo as well."""

    def keep(self, kind: str = "logo", files: Files | None = None, **said: Any) -> BrandVersion:
        """A version, the plain logo in force since today where nothing else is said."""
        words: dict[str, Any] = {"kind": kind, "code": "", "name_ar": "الشعار", "name_en": "The logo"}
        words |= {
            "rules_ar": "لا تُغيَّر ألوانه.",
            "rules_en": "Keep **its colours**.",
            "basis": "Meeting 7",
            "since": self.today,
        }
        by = said.pop("by", self.manager)
        return keep_branding(said=Said(**words | said), files=files or [("a.svg", PLAIN)], by=by, at=timezone.now())

    def end(self, version: BrandVersion, last_day: datetime.date, why: str = "It was copied") -> BrandVersion:
        """A withdrawal."""
        return withdraw_branding(version=version, last_day=last_day, why=why, by=self.manager, at=timezone.now())


@pytest.fixture
def house() -> Stationery:
    """The body and whoever keeps its stationery."""
    return Stationery()


def code_of(content: bytes) -> str:
    """Why a file is not taken; the reason can be told in words."""
    with pytest.raises(Unfit) as found:
        look(content)
    assert str(REASONS[found.value.code]) % found.value.params
    return found.value.code


def codes(problem: Problem) -> list[tuple[str, str]]:
    """Fields and codes of the faults."""
    return [(one.field, one.code) for one in problem.errors]


def nested_patterns(fill: str, deep: int = 8) -> str:
    """Patterns that are filled with patterns: each ten times as much to draw."""
    rect = '<rect x="{}" width="1" height="10" {}/>'
    inside = ["".join(rect.format(place, fill.format(one + 1)) for place in range(10)) for one in range(deep)]
    patterns = [
        f'<pattern id="p{place}" width="1" height="1" patternContentUnits="objectBoundingBox">{one}</pattern>'
        for place, one in enumerate(inside)
    ]
    return f'<rect width="20" height="20" {fill.format(0)}/>{"".join(patterns)}<linearGradient id="p{deep}"/>'


# --- Files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<script>alert(1)</script>", "drawing_runs"),
        ('<g xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></g>', "drawing_runs"),
        ('<rect width="1" height="1" onload="alert(1)"/>', "drawing_runs"),
        ('<rect width="1" height="1" ONCLICK="alert(1)"/>', "drawing_runs"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "drawing_runs"),
        ("<foreignObject><p/></foreignObject>", "drawing_holds"),
        ('<image href="https://example.org/a.png"/>', "drawing_picture"),
        ('<image href="data:image/png;base64,AAAA"/>', "drawing_picture"),
        ('<a href="https://example.org"><path d="M0 0"/></a>', "drawing_links"),
        ('<use href="https://example.org/a.svg#b"/>', "drawing_links"),
        ('<use xlink:href=" java&#10;script:alert(1)"/>', "drawing_links"),
        ('<rect fill="url(https://example.org/a.svg#b)"/>', "drawing_links"),
        ("<style>@import url(https://example.org/a.css);</style>", "drawing_links"),
        ("<style>rect{fill:u\\72l(https://example.org)}</style>", "drawing_links"),
        ("<style>rect{background:image-set('https://example.org')}</style>", "drawing_links"),
        ('<rect style="background:url(//example.org/a)"/>', "drawing_links"),
        ('<style><title/>@import url("https://example.org")</style>', "drawing_part"),
        (
            '<style>a{font-family:"/*"} rect{fill:url(https://example.org)} b{font-family:"*/"}</style>',
            "drawing_links",
        ),
        (
            """<rect style='font-family:"/*";fill:url(https://example.org);--a:"*/"'/>""",
            "drawing_links",
        ),
        ('<filter id="f"><feTurbulence/></filter>', "drawing_part"),
        ('<g id="a"/><g id="a"/>', "drawing_ids"),
        (nested_patterns('fill="url(#p{})"'), "heavy"),
        (nested_patterns("style=\"fill:url( '#p{}')\""), "heavy"),
        ('<mask id="m"><use href="#u"/></mask><rect id="u" mask="url(#m)"/>', "heavy"),
        ('<pattern id="p"/><g fill="url(#p)"><pattern id="q"><rect/></pattern></g>', "heavy"),
        ("<g>" * 200 + "</g>" * 200, "heavy"),
        ("<g/>" * 70_000, "drawing_large"),
        ('<g id="a"><use href="#b"/></g><g id="b"><path d="M0"/></g><use href="#a"/>', "heavy"),
        ("<rect", "broken"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused_with_its_reason(inside: str, code: str) -> None:
    assert code_of(svg(inside)) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg("<text>&a;</text>"), "entities"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + svg("<text>&b;</text>"), "entities"),
        (b'<!DOCTYPE svg SYSTEM "https://example.org/a.dtd">' + svg("<text>&b;</text>"), "entities"),
        (b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>", "type"),
        (svg("<g/>").decode().encode("utf-16"), "type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "drawing_size"),
        (b"", "empty"),
        (b"MZ" + b"0" * 100, "type"),
        (jpeg(located=False), "type"),
        (pdf("a", script="app.alert(1)"), "inside"),
        (b"%PDF-" + b"0" * 8_000_001, "large"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "word_old"),
        (b"PK\x03\x04" + b"0" * 600, "broken"),
    ],
)
def test_what_is_none_of_the_four_formats_or_more_than_one_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (word(more={"word/vbaProject.bin": b"x"}), "word_macros"),
        (word(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'), "word_macros"),
        (
            word(
                types='<Override PartName="/word/d.xml" '
                'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
            ),
            "word_macros",
        ),
        (word(more={"word/activeX/activeX1.bin": b"x"}), "word_holds"),
        (word(more={"word/embeddings/a.xlsx": b"x"}), "word_holds"),
        (word(relations=relation("aFChunk", "a.html")), "word_holds"),
        (word(relations=relation("attachedTemplate", "https://example.org/a.dotm", external=True)), "word_loads"),
        (word(relations=relation("image", "https://example.org/a.png", external=True)), "word_loads"),
        (word(relations=relation("hyperlink", "file:///etc/passwd", external=True)), "word_loads"),
        (word(body=field("DDEAUTO c:\\x")), "word_loads"),
        (word(body="<w:r><w:instrText>INCLUDE</w:instrText><w:instrText>PICTURE a</w:instrText></w:r>"), "word_loads"),
        (word(relations=relation("comments", "comments.xml")), "word_remarks"),
        (word(body='<w:ins w:author="Somebody"/>'), "word_remarks"),
        (word(more={"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "entities"),
        (word(more={"word/a.bin": b"0" * 45_000_000}), "heavy"),
        (word(main="doc/document.xml"), "word_holds"),
        (word(main="Word/document.xml", body=field("DDEAUTO c:\\x")), "word_loads"),
        (word(main="WORD/DOCUMENT.XML", body='<w:ins w:author="Somebody"/>'), "word_remarks"),
        (word(main="word/document.bin", body=field("DDEAUTO c:\\x")), "word_loads"),
        (word(main="docProps/document.png", body='<w:ins w:author="Somebody"/>'), "word_remarks"),
        (word(more={"package/services/metadata/core-properties/a.psmdcp": CORE}), "word_holds"),
        (word(more={"word/_rels/settings.xml.RELS": TEMPLATE}), "word_loads"),
        (word(more={"word/_rels/a.png": TEMPLATE}, types=PNG_TYPE), "word_holds"),
        (word(more={"word/a.png": DOCUMENT.format(field("DDE"))}, types=PNG_TYPE), "word_holds"),
        (word(more={"word/a.dat": b"x"}), "word_holds"),
        (word(more={"word/DOCUMENT.xml": DOCUMENT.format("")}), "broken"),
        (word(types='<Default Extension="XML" ContentType="image/png"/>'), "broken"),
        (
            word(
                more={"word/a.svg": svg("<script/>")},
                types=PNG_TYPE.replace('"png', '"svg').replace("/png", "/svg+xml"),
            ),
            "drawing_runs",
        ),
    ],
    ids=range(28),
)
def test_a_word_file_that_runs_loads_or_holds_something_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_a_drawing_is_built_anew_of_what_draws() -> None:
    given = svg(
        '<metadata><who xmlns="x">Somebody</who></metadata><!-- Somebody --><i:part xmlns:i="http://inkscape.example" a="b"/>'
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<rect width="4" height="4" fill="url(#g)" transform="rotate(3)" style="stroke:#000"/><use xlink:href="#g"/>'
    )
    kept = look(given).content.decode()
    assert "Somebody" not in kept
    assert "inkscape" not in kept
    assert 'fill="url(#g)"' in kept
    assert look(kept.encode()).content.decode() == kept
    sized = look(b'<svg xmlns="http://www.w3.org/2000/svg" width="30px" height="20"><rect/></svg>').content
    assert b'viewBox="0 0 30 20"' in sized


@pytest.mark.parametrize(
    "frame", ["0 0 0 0", "none", "0 0 20", "0 0 20 -1", "0 0 20 20 20", "0 0 1e999 1", "0 0 nan 1"]
)
def test_a_drawing_without_a_frame_in_which_it_can_be_drawn_is_refused(frame: str) -> None:
    assert code_of(PLAIN.replace(b"0 0 20 20", frame.encode())) == "drawing_size"


@pytest.mark.parametrize(
    "inside",
    [
        '<linearGradient id="g"/><mask id="m"><rect fill="url(#g)"/></mask><g mask="url(#m)"><rect/></g>',
        '<rect id="r"/><clipPath id="c"><use href="#r"/></clipPath><g clip-path="url(#c)"><clipPath id="d"/></g>',
        "<style>/* Layer 1 */ .a{fill:#fff}</style><rect class='a'/>",
    ],
)
def test_what_drawing_programs_write_is_taken(inside: str) -> None:
    assert look(svg(inside)).content_type == "image/svg+xml"


def test_a_drawing_that_takes_too_long_on_paper_is_refused(house: Stationery) -> None:
    rules = "".join(f".p{one}{{fill:url(#p{one})}}" for one in range(9))
    inside = f"<style>{rules}</style>" + nested_patterns('class="p{}"')
    with pytest.raises(Problem) as told:
        house.keep(files=[("a.svg", svg(inside))])
    assert codes(told.value) == [("upload", "heavy")]


def test_of_a_word_file_no_name_of_its_author_is_kept() -> None:
    looked = look(word(relations=relation("hyperlink", "https://example.org", external=True)))
    with zipfile.ZipFile(BytesIO(looked.content)) as kept:
        assert kept.testzip() is None
        assert kept.namelist()[0] == "[Content_Types].xml"
        assert not any(NAME.encode() in kept.read(name) for name in kept.namelist())
        assert b"Letterhead" in kept.read("word/document.xml")
    assert looked.ways == ()


def test_of_a_word_file_names_go_and_places_are_found_wherever_its_parts_lie() -> None:
    types = f'{PNG_TYPE}<Default Extension="svg" ContentType="image/svg+xml"/>'
    lying: dict[str, str | bytes] = {
        "DOCPROPS/Who.XML": CORE,
        "customXml/who.xml": CORE,
        "customXml/place.xml": f"<a>{SOMEWHERE}</a>",
    }
    looked = look(word(main="Word/document.xml", more=lying, types=types))
    assert looked.ways == ("decimal",)
    more: dict[str, str | bytes] = {"word/media/a.png": png(), "word/media/b.svg": PLAIN}
    with zipfile.ZipFile(BytesIO(look(word(more=lying | more, types=types)).content)) as kept:
        assert not any(NAME.encode() in kept.read(name) for name in kept.namelist())
        assert kept.read("word/media/a.png").startswith(b"\x89PNG")
    assert look(word(SOMEWHERE, main="Word/Document.bin")).ways == ("decimal",)


def test_a_logo_stays_see_through() -> None:
    given = BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(given, "PNG")
    with Image.open(BytesIO(look(given.getvalue()).content)) as kept:
        assert kept.mode == "RGBA"
        assert kept.getpixel((0, 0)) == (0, 0, 0, 0)


# --- Versions --------------------------------------------------------------------------------------------------------


def test_what_follows_ends_what_was_before_and_both_stay_readable(house: Stationery) -> None:
    first = house.keep(since=house.today - 30 * DAY)
    second = house.keep(since=house.today + DAY)
    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.last_day == house.today
    assert [first.state(day) for day in (house.today, house.today + DAY)] == [
        BrandState.IN_FORCE,
        BrandState.SUPERSEDED,
    ]
    assert list(BrandVersion.objects.at(house.today)) == [first]
    assert list(BrandVersion.objects.at(house.today + DAY)) == [second]
    assert set(BrandVersion.objects.visible_to(house.reader)) == {first, second}
    assert take_brand_file(file=first.files.get(), by=house.reader).startswith(b"<?xml")
    told = AuditEvent.objects.filter(what="take_branding", by=house.reader).get()
    assert told.details == {"code": "logo", "version": 1, "format": "svg"}


def test_one_is_in_force_on_a_day_of_each_kind_and_of_each_form(house: Stationery) -> None:
    house.keep()
    house.keep("stamp", [("a.png", png())])
    house.keep("form", [("a.docx", word())], code="referral")
    house.keep("form", [("a.docx", word())], code="consent")
    assert BrandVersion.objects.at(house.today).count() == 4
    with pytest.raises(Problem) as told:
        house.keep()
    assert codes(told.value) == [("since", "taken")]
    held = BrandVersion.objects.filter(kind="logo").get()
    held.pk, held.number = None, 9
    with pytest.raises(IntegrityError, match="one_brand_version_at_a_time"), transaction.atomic():
        held.save(force_insert=True)


def test_all_faults_are_told_at_once_and_nothing_is_kept(house: Stationery) -> None:
    files = [
        ("a.svg", svg("<script/>")),
        ("b.docx", word(more={"word/vbaProject.bin": b""})),
        ("c.pdf", pdf(SOMEWHERE)),
    ]
    with pytest.raises(Problem) as told:
        house.keep(files=files, code="x", rules_ar="", rules_en=SOMEWHERE, basis="", since=house.today + 400 * DAY)
    assert codes(told.value) == [
        ("rules_ar", "required"), ("rules_en", "location"), ("basis", "required"), ("code", "code"), ("since", "too_late"),
        ("upload", "location"), ("upload", "drawing_runs"), ("upload", "word_macros"),
    ]  # fmt: skip
    assert "b.docx" in str(told.value.errors[-1].message)
    assert not BrandVersion.objects.exists()
    with pytest.raises(Problem) as told:
        house.keep(files=[("a.svg", PLAIN), ("b.svg", PLAIN)])
    assert codes(told.value) == [("upload", "twice")]


def test_names_are_needed_short_and_give_no_location(house: Stationery) -> None:
    for name in ("", " ", "x" * 201, SOMEWHERE):
        with pytest.raises(Problem) as told:
            house.keep(name_ar=name, name_en=name)
        code = "required" if not name.strip() else "location" if name == SOMEWHERE else "too_long"
        assert codes(told.value) == [("name_ar", code), ("name_en", code)]
    assert house.keep(name_en="  The\nlogo ").name_en == "The logo"


def test_the_files_of_one_request_are_looked_at_until_one_moment(
    house: Stationery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "TOGETHER", 0)
    with pytest.raises(Problem) as told:
        house.keep(files=[("a.svg", PLAIN), ("b.png", png())])
    assert codes(told.value) == [("upload", "heavy")] * 2


def test_whoever_serves_a_request_waits_longer_than_for_what_it_starts() -> None:
    started = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    serves = int(started.partition('"--timeout", "')[2].partition('"')[0])
    assert max(attachments.PATIENCE, attachments.TOGETHER, typesetting.PATIENCE) + 10 < serves


def test_the_past_is_filled_where_nothing_was_in_force_and_changed_nowhere(house: Stationery) -> None:
    house.keep(since=house.today - 10 * DAY)
    older = house.keep(since=house.today - 90 * DAY)
    assert older.last_day == house.today - 11 * DAY
    with pytest.raises(Problem) as told:
        house.keep(since=house.today - 5 * DAY)
    assert codes(told.value) == [("since", "in_the_past")]


def test_what_is_withdrawn_ends_and_what_never_held_lets_the_one_before_hold_on(house: Stationery) -> None:
    first = house.keep()
    coming = house.keep(since=house.today + 9 * DAY)
    with pytest.raises(Problem) as told:
        house.end(first, house.today)
    assert (told.value.code, told.value.status) == ("not_in_force", 409)
    house.end(coming, house.today)
    first.refresh_from_db()
    coming.refresh_from_db()
    assert (coming.state(house.today), first.last_day) == (BrandState.WITHDRAWN, None)
    with pytest.raises(Problem) as told:
        house.end(first, house.today - DAY, why="")
    assert codes(told.value) == [("why", "required"), ("last_day", "in_the_past")]
    house.end(first, house.today + DAY)
    assert not BrandVersion.objects.at(house.today + 2 * DAY).exists()


def test_only_those_who_manage_policies_keep_them(house: Stationery) -> None:
    held = house.keep(by=member(Role.ADMINISTRATOR, house.body))
    for person in (house.reader, member(Role.DATA_MANAGER, house.body)):
        with pytest.raises(Refused):
            house.keep("stamp", by=person)
        with pytest.raises(Refused):
            withdraw_branding(version=held, last_day=house.today, why="x", by=person, at=timezone.now())
    with pytest.raises(Refused):
        take_brand_file(file=held.files.get(), by=UserFactory())
    assert not BrandVersion.objects.visible_to(UserFactory()).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_brandversion SET rules_en = 'x'",
        "UPDATE policies_brandversion SET valid = daterange('2001-01-01', upper(valid))",
        "DELETE FROM policies_brandversion",
        "UPDATE policies_brandfile SET content = ''",
        "DELETE FROM policies_brandfile",
    ],
)
def test_the_database_lets_nobody_change_what_was_kept(house: Stationery, statement: str) -> None:
    house.keep()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    BrandVersion.objects.update(valid=lasting(house.today, house.today))


# --- Pages -----------------------------------------------------------------------------------------------------------


def posted(client: Client, *files: tuple[str, bytes], **said: str) -> Any:
    """A new version, sent from its page."""
    asked = {"kind": "logo", "code": "", "name_ar": "الشعار", "name_en": "The logo", "rules_ar": "ق", "rules_en": "R"}
    asked |= {"basis": "Meeting 7", "since": timezone.localdate().isoformat()} | said
    upload = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/policies/branding/new/", asked | {"upload": upload})


def test_a_version_is_kept_found_and_downloaded_on_pages(house: Stationery) -> None:
    answer = posted(house.browser(), ("logo.svg", PLAIN), ("logo.png", png()))
    held = BrandVersion.objects.get()
    assert answer.headers["Location"] == f"/policies/branding/{held.pk}/"
    reader = house.browser(house.reader)
    listed = reader.get("/policies/branding/?kind=logo").text
    assert "The logo" in listed
    assert "In force" in listed
    assert "The logo" not in reader.get("/policies/branding/?kind=stamp").text
    shown = reader.get(f"/policies/branding/{held.pk}/").text
    assert "Meeting 7" in shown
    file = reader.get(f"/policies/branding/{held.pk}/svg/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="logo-1.svg"'
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert reader.get(f"/policies/branding/{held.pk}/docx/").status_code == 404
    assert reader.get("/policies/branding/new/").status_code == 403
    assert "Logo,,1,In force" in taken_along(reader, "branding", "")


def test_a_refused_file_loses_nothing_that_was_typed(house: Stationery) -> None:
    answer = posted(house.browser(), ("logo.svg", svg("<script/>")), rules_en="Keep its colours whole.")
    assert answer.status_code == 400
    assert "holds a program or an animation" in answer.text
    assert "logo.svg" in answer.text
    assert "Keep its colours whole." in answer.text
    assert "choose them again" in answer.text
    large = posted(house.browser(), ("a.pdf", b"%PDF-" + b"0" * 9_000_000), ("b.pdf", b"%PDF-" + b"0" * 9_000_000))
    assert large.text.count("larger than 8 MB") >= 2
    assert posted(house.browser()).status_code == 400


def test_sent_twice_is_told_and_kept_once(house: Stationery) -> None:
    client = house.browser()
    assert posted(client, ("logo.svg", PLAIN)).status_code == 302
    assert "holds from that day already" in posted(client, ("logo.svg", PLAIN)).text
    assert BrandVersion.objects.count() == 1


def test_it_is_withdrawn_on_a_page(house: Stationery) -> None:
    held = house.keep()
    address = f"/policies/branding/{held.pk}/withdraw/"
    assert house.browser().post(address, {"last_day": "2001-01-01", "why": "x"}).status_code == 400
    assert (
        house.browser().post(address, {"last_day": house.today.isoformat(), "why": "It was copied"}).status_code == 302
    )
    assert "It was copied" in house.browser(house.reader).get(f"/policies/branding/{held.pk}/").text


# --- Where the logo stands ---------------------------------------------------------------------------------------------


def test_every_page_bears_the_logo_in_force_and_visitors_see_it_where_nothing_runs(house: Stationery) -> None:
    visitor = Client()
    assert "i-logo" in visitor.get("/accounts/login/").text
    held = house.keep()
    # Kept in the transaction of this test, which never ends: what happens after it is done here.
    cache.clear()
    address = f"/policies/branding/logo/{held.files.get().digest}/"
    page = visitor.get("/accounts/login/").text
    assert f'<img src="{address}" alt="">' in page
    picture = visitor.get(address)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert picture.headers["Content-Security-Policy"] != CONTENT_POLICY
    assert "immutable" in picture.headers["Cache-Control"]
    assert visitor.get("/policies/branding/logo/" + "0" * 64 + "/").status_code == 404


def test_a_logo_of_later_is_shown_to_nobody_before_its_day(house: Stationery) -> None:
    coming = house.keep(since=house.today + DAY)
    assert Client().get(f"/policies/branding/logo/{coming.files.get().digest}/").status_code == 404
    assert logo_on(house.today) is None
    found = logo_on(house.today + DAY)
    assert found is not None
    assert found.name_en == "The logo"


def test_a_large_picture_goes_over_the_wire_no_larger_than_it_is_shown(house: Stationery) -> None:
    held = house.keep(files=[("a.png", png(2000, 1000))])
    picture = Client().get(f"/policies/branding/logo/{held.files.get().digest}/")
    with Image.open(BytesIO(picture.content)) as drawn:
        assert drawn.height == 96


def test_a_logo_is_read_and_made_small_once_however_often_strangers_ask_for_it(house: Stationery) -> None:
    held = house.keep(files=[("a.png", png(2000, 1000))])
    address = f"/policies/branding/logo/{held.files.get().digest}/"
    first = Client().get(address)
    with CaptureQueriesContext(connection) as asked:
        again = Client().get(address)
    assert (again.content, again.headers["Content-Type"]) == (first.content, "image/png")
    assert not any("brandfile" in one["sql"] for one in asked)


def test_the_logo_costs_pages_no_query_once_it_is_known(house: Stationery, rf: Any) -> None:
    house.keep()
    request = rf.get("/")
    assert Frame(request).logo is not None
    with CaptureQueriesContext(connection) as asked:
        assert Frame(request).logo is not None
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_a_new_logo_is_shown_as_soon_as_it_is_kept() -> None:
    house, visitor = Stationery(), Client()
    assert "i-logo" in visitor.get("/accounts/login/").text
    held = house.keep()
    assert held.files.get().digest in visitor.get("/accounts/login/").text
    house.end(held, house.today - DAY + DAY)
    assert held.files.get().digest in visitor.get("/accounts/login/").text


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_what_is_in_force_and_take_files(house: Stationery) -> None:
    first = house.keep(since=house.today - 30 * DAY)
    house.keep(since=house.today)
    caller = Caller(house.reader)
    day = (house.today - DAY).isoformat()
    (told,) = caller.get(f"/api/v1/branding/?kind=logo&on={day}").json()["results"]
    file = BrandFile.objects.get(version=first)
    assert (told["id"], told["number"], told["until"]) == (first.pk, 1, day)
    assert told["rules"]["en"] == "Keep **its colours**."
    assert told["files"] == [{"format": "svg", "size": file.size, "sha256": file.digest}]
    taken = caller.get(f"/api/v1/branding/{first.pk}/files/svg/")
    assert taken.content == bytes(file.content)
    assert caller.get(f"/api/v1/branding/{first.pk}/files/pdf/").status_code == 404
    assert caller.get("/api/v1/branding/?on=2019-02-30").json()["errors"][0]["code"] == "not_a_day"


# --- What the parties decided ----------------------------------------------------------------------------------------


def decided(house: Stationery, kind: str = "logo", code: str = "our-logo", **said: Any) -> PolicyVersion:
    """A text on the logo that a ballot of the directorates adopted, in force since today."""
    house.draft = begin_policy(
        code=code, kind=kind, name_ar="الشعار الموحد", name_en="The unified logo", by=house.manager, at=timezone.now()
    )
    (director,) = house.directors(1)
    ballot = house.ballot(soon=True)
    house.vote(ballot, director)
    house.count(ballot)
    return house.force(adopted=None, basis="", seen=None, **said)


def test_a_logo_rests_on_the_text_that_a_ballot_adopted_and_both_pages_say_so(house: Stationery) -> None:
    text = decided(house)
    kept = house.keep(rests_on=text)
    client = house.browser(house.reader)
    pages = [f"/policies/branding/{kept.pk}/", "/policies/our-logo/1/"]
    assert f'href="{pages[1]}"' in client.get(pages[0]).text
    assert f'href="{pages[0]}"' in client.get(pages[1]).text
    (row,) = Caller(house.reader).get("/api/v1/branding/").json()["results"]
    assert (row["policy"], row["policy_version"], row["decided_by"]) == ("our-logo", 1, "Meeting 7")
    house.end(kept, house.today)
    house.keep(since=house.today + DAY)
    rows = Caller(house.reader).get("/api/v1/branding/").json()["results"]
    assert [row["policy"] for row in rows] == [None, "our-logo"]
    told = AuditEvent.objects.filter(what="keep_branding").order_by("pk").first()
    assert told is not None
    assert told.details["policy"] == "our-logo"


def test_it_rests_on_no_text_of_another_kind_none_that_nobody_adopted_and_none_that_holds_later(
    house: Stationery,
) -> None:
    text = decided(house, kind="stationery", code="letters")
    for kind, fits in (("logo", False), ("letterhead", True), ("stamp", True)):
        if fits:
            assert house.keep(kind, rests_on=text).rests_on == text
        else:
            with pytest.raises(Problem) as told:
                house.keep(kind, rests_on=text)
            assert codes(told.value) == [("rests_on", "unfit")]
    draft = begin_version(policy=text.policy, by=house.manager, at=timezone.now())
    with pytest.raises(Problem) as told:
        house.keep("letterhead", since=house.today + DAY, rests_on=draft)
    assert codes(told.value) == [("rests_on", "unfit")]
    with pytest.raises(Problem) as told:
        house.keep("form", code="visit", since=house.today - DAY, rests_on=text)
    assert codes(told.value) == [("rests_on", "unfit")]
    with pytest.raises(Problem) as told:
        house.keep("stamp", since=house.today - DAY, rests_on=text)
    assert ("rests_on", "too_early") in codes(told.value)


def test_nothing_that_begins_later_rests_on_a_text_that_ended_and_its_days_stand_beside_it(house: Stationery) -> None:
    text = decided(house)
    house.withdraw(text, last_day=house.today)
    with pytest.raises(Problem) as told:
        house.keep(since=house.today + DAY, rests_on=text)
    assert codes(told.value) == [("rests_on", "too_late")]
    kept = house.keep(rests_on=text)
    offered = house.browser().get("/policies/branding/new/").text
    assert "The unified logo · 1 · In force" in offered
    assert f"\u2068{house.today.isoformat()}\u2069 – \u2068{house.today.isoformat()}\u2069" in offered
    page = house.browser(house.reader).get(f"/policies/branding/{kept.pk}/").text
    assert "In force" in page.split("Adopted text that decided it")[1].split("Kept by")[0]


def test_a_logo_to_come_says_that_its_text_was_called_off_or_ends_before(house: Stationery) -> None:
    text = decided(house, since=house.today + 5 * DAY)
    kept = house.keep(since=house.today + 9 * DAY, rests_on=text)
    page = f"/policies/branding/{kept.pk}/"
    assert "nothing stands behind these files" not in house.browser(house.reader).get(page).text
    house.withdraw(text, last_day=house.today + 6 * DAY)
    assert "The text that decided it ends before" in house.browser(house.reader).get(page).text
    house.withdraw(text, last_day=house.today)
    shown = house.browser(house.reader).get(page).text
    assert "nothing stands behind these files any more" in shown
    assert "called off on" in shown


def test_on_what_it_rests_never_changes_even_in_the_database(house: Stationery) -> None:
    text, kept = decided(house), house.keep()
    with pytest.raises(IntegrityError), transaction.atomic():
        BrandVersion.objects.filter(pk=kept.pk).update(rests_on=text)


def test_whoever_keeps_it_chooses_among_the_adopted_texts_on_the_page(house: Stationery) -> None:
    text = decided(house)
    client = house.browser()
    assert "Unified logo · The unified logo · 1" in client.get("/policies/branding/new/").text
    said = {
        "kind": "logo", "name_ar": "الشعار", "name_en": "The logo", "rules_ar": "ا", "rules_en": "a", "basis": "Ballot",
        "since": house.today.isoformat(), "rests_on": text.pk, "upload": SimpleUploadedFile("a.svg", PLAIN),
    }  # fmt: skip
    assert client.post("/policies/branding/new/", said).status_code == 302
    assert BrandVersion.objects.get().rests_on == text


def test_logo_and_stationery_are_voted_on_by_the_rules_of_forms(house: Stationery) -> None:
    assert {USUAL[kind] for kind in ("form", "logo", "stationery")} == {USUAL["form"]}
    assert set(USUAL) == set(PolicyKind)
