"""The pages on which templates are built, without a script: every way to the end, and what stands in between."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.publications import retire_template
from coordination.reporting.actions.sections import remove_item
from coordination.reporting.actions.submissions import save_draft
from coordination.reporting.models import Draft, Element, Section, SectionElement, Submission
from coordination.reporting.models import TemplateVersion as Version
from coordination.reporting.models.versions import Outline
from tests.factories import (
    CategorySetFactory,
    DatasetFactory,
    ElementFactory,
    OrganisationFactory,
    ProgrammeFactory,
    TemplateFactory,
    member,
    published,
)
from tests.reporting.filing import drafted, given
from tests.reporting.reports import MAY, Scene
from tests.reporting.workshop import Workshop, month

pytestmark = pytest.mark.django_db

READ = ["", "{code}/", "{code}/1/", "{code}/1/preview/", "{code}/1/preview/frame/", "{code}/compare/"]
BUILD = [
    *("new/", "{code}/draft/", "{code}/draft/discard/", "{code}/draft/sections/new/", "{code}/draft/rules/new/"),
    *("{code}/draft/publish/", "{code}/retire/", "{code}/draft/sections/{section}/", "{code}/draft/rules/{rule}/"),
    *("{code}/draft/sections/{section}/items/", "{code}/2/preview/", "{code}/2/preview/frame/", "{code}/2/"),
]
LIBRARY = ["elements/new/", "elements/near/?name_en=visit", "elements/visits/change/", "elements/sets/new/"]


@pytest.fixture
def workshop() -> Workshop:
    """A draft copied from a published version, with one more section and a rule; and a set of categories."""
    original = published()
    made = Workshop(original.template, original)
    made.section("surgeries", name="Surgery")
    made.rule()
    CategorySetFactory()
    return made


def addresses(workshop: Workshop, paths: list[str]) -> list[str]:
    """The addresses of some pages on a draft."""
    section = Section.objects.get(version=workshop.draft, name_en="Surgery").pk
    (rule,) = Outline(workshop.draft).rules
    names = {"code": workshop.template.code, "section": section, "rule": rule.pk}
    return [f"/reports/templates/{path.format(**names)}" for path in paths]


def draft_page(workshop: Workshop, rest: str = "") -> str:
    """A page under the draft."""
    return f"/reports/templates/{workshop.template.code}/draft/{rest}"


def state() -> tuple[int, ...]:
    """How many rows there are of what a page could write."""
    return tuple(model.objects.count() for model in (Submission, Draft, Version, Section, SectionElement, Element))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_opens_for_an_administrator_and_reading_writes_nothing(workshop: Workshop, language: str) -> None:
    client, before = workshop.browser(language=language), state()
    pages = addresses(workshop, READ + BUILD) + [f"/reports/{path}" for path in LIBRARY]
    pages += [
        "/reports/elements/",
        "/reports/elements/visits/",
        "/reports/elements/sets/",
        "/reports/elements/sets/age/",
    ]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        # A part of a page has no root.
        assert "/near/" in address or f'<html lang="{language}"' in answer.content.decode(), address
    assert state() == before


def test_members_read_what_is_published_and_never_a_draft(workshop: Workshop) -> None:
    reader = member("observer", OrganisationFactory(kind="cluster"))
    client = workshop.browser(reader)
    for address in [*addresses(workshop, READ), "/reports/elements/", "/reports/elements/visits/"]:
        page = client.get(address)
        assert page.status_code == 200, address
        assert "/draft/" not in page.content.decode(), address
    for address in addresses(workshop, BUILD) + [f"/reports/{path}" for path in LIBRARY]:
        assert client.get(address).status_code in (403, 404), address
    blank = Workshop(TemplateFactory(code="only-a-draft"))
    assert client.get(f"/reports/templates/{blank.template.code}/").status_code == 404
    assert "only-a-draft" not in client.get("/reports/templates/").content.decode()


def test_nobody_posts_a_deed_without_the_right_and_strangers_sign_in_first(workshop: Workshop) -> None:
    client, before = workshop.browser(member("data_manager", workshop.body)), state()
    posts = [
        "draft/deed/",
        "draft/start/",
        "draft/publish/",
        "draft/discard/",
        "draft/sections/new/",
        "draft/rules/try/",
    ]
    for path in posts:
        answer = client.post(f"/reports/templates/{workshop.template.code}/{path}", {"edition": workshop.edition})
        assert answer.status_code == 403, path
    assert Client().get("/reports/templates/").status_code == 302
    assert state() == before


def test_a_template_is_built_and_published_through_the_pages() -> None:
    workshop = Workshop()
    ProgrammeFactory()
    DatasetFactory()
    ElementFactory(code="visits")
    client = workshop.browser()
    made = {"code": "surgery", "name_ar": "الجراحة", "name_en": "Surgery", "programme": "services"}
    made |= {"dataset": "services", "period_type": "month", "due_days": "10"}
    assert client.post("/reports/templates/new/", made).headers["Location"] == "/reports/templates/surgery/draft/"
    version = Version.objects.get(template__code="surgery")
    page = "/reports/templates/surgery/draft/"

    def post(path: str, **data: Any) -> Any:
        version.refresh_from_db()
        answer = client.post(page + path, {"edition": version.edition} | data)
        assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.content.decode())
        return answer

    post("sections/new/", name_ar="العمليات", name_en="Operations")
    section = Section.objects.get(version=version)
    new = {"name_ar": "عمليات كبرى", "name_en": "Major operations", "type": "integer", "minimum": "0"}
    new |= {"over_time": "sum", "over_place": "sum", "next": f"{page}sections/{section.pk}/items/"}
    there = client.post("/reports/elements/new/", new).headers["Location"]
    assert there == f"{page}sections/{section.pk}/items/?q=major_operations"
    assert "major_operations" in client.get(there).content.decode()
    post(f"sections/{section.pk}/items/", element=["major_operations", "visits"])
    rule = {"left": "major_operations", "operator": "<=", "right": "visits", "severity": "warning"}
    rule |= {
        "missing": "skip_any",
        "message_ar": "العمليات {left} أكثر من {right}",
        "message_en": "{left} above {right}",
    }
    post("rules/new/", **rule)
    place = SectionElement.objects.get(section=section, element__code="visits")
    post("deed/", deed=f"item-free:{place.pk}")
    post("publish/", period="202701")
    version.refresh_from_db()
    assert (version.status, version.first_day and version.first_day.isoformat()) == ("published", "2027-01-01")
    assert client.get("/reports/templates/surgery/1/").status_code == 200
    # The second press of the same button finds that it is done.
    again = client.post(f"{page}publish/", {"edition": version.edition, "period": "202701"})
    assert again.headers["Location"] == "/reports/templates/surgery/"


def test_the_second_person_keeps_what_was_typed_and_is_told(workshop: Workshop) -> None:
    client, seen = workshop.browser(workshop.colleague), workshop.edition
    workshop.section(name="Other")
    typed = {"edition": seen, "name_ar": "قسم جديد", "name_en": "Typed in vain?"}
    answer = client.post(draft_page(workshop, "sections/new/"), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Typed in vain?" in page
    assert "last by Lina" in page
    assert f'value="{workshop.edition}"' in page
    told = client.post(draft_page(workshop, "deed/"), {"edition": seen, "deed": "rule-remove:1"}, follow=True)
    assert told.status_code == 200
    assert len(Outline(workshop.draft).rules) == 1


def test_a_button_does_its_deed_and_a_script_gets_the_part_alone(workshop: Workshop) -> None:
    client = workshop.browser()
    section = Section.objects.get(version=workshop.draft, name_en="Surgery")
    data = {"edition": workshop.edition, "deed": f"section-up:{section.pk}"}
    answer = client.post(draft_page(workshop, "deed/"), data, headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert (answer.status_code, "<html" in part, 'id="draft"' in part) == (200, False, True)
    assert list(workshop.asked()) == ["Surgery", "Section"]
    whole = client.post(draft_page(workshop, "deed/"), data | {"edition": workshop.edition})
    assert whole.headers["Location"].endswith(f"#section-{section.pk}")


@pytest.mark.parametrize("deed", ["", "section-up", "section-up:x", "section-up:" + "9" * 40, "drop:1", "item-up:٣"])
def test_a_deed_that_cannot_be_read_is_not_found_or_told(workshop: Workshop, deed: str) -> None:
    before = workshop.asked()
    answer = workshop.browser().post(draft_page(workshop, "deed/"), {"edition": workshop.edition, "deed": deed})
    assert answer.status_code in (302, 404)
    assert workshop.asked() == before


def test_a_row_that_is_gone_is_told_on_the_page(workshop: Workshop) -> None:
    client = workshop.browser()
    data = {"edition": workshop.edition, "deed": "item-remove:999999"}
    assert (
        "no longer part of the draft" in client.post(draft_page(workshop, "deed/"), data, follow=True).content.decode()
    )


def test_every_fault_of_a_draft_leads_to_where_it_is_mended(workshop: Workshop) -> None:
    place = SectionElement.objects.get(section__version=workshop.draft, element__code="births")
    remove_item(place=place, **workshop.deed)
    empty = workshop.section(name="Empty")
    (rule,) = Outline(workshop.draft).rules
    page = workshop.browser().get(draft_page(workshop)).content.decode()
    faults = page.partition('id="faults"')[2].partition("</section>")[0]
    assert f'href="#section-{empty.pk}"' in faults
    assert f'href="{draft_page(workshop, f"rules/{rule.pk}/")}"' in faults
    publish = workshop.browser().get(draft_page(workshop, "publish/")).content.decode()
    assert "2 things in the draft are to be mended first." in publish
    assert 'method="post" class="panel' not in publish


def test_a_rule_is_tried_by_a_button_and_nothing_is_kept(workshop: Workshop) -> None:
    client, before = workshop.browser(), workshop.edition
    typed = {
        "left": "births",
        "operator": "<=",
        "right": "visits",
        "missing": "skip_any",
        "message_en": "{left} > {right}",
    }
    typed |= {"v-births": "5", "v-visits": "3", "try": "1", "edition": str(before)}
    page = client.post(draft_page(workshop, "rules/new/"), typed).content.decode()
    assert "The rule does not hold." in page
    assert "5 &gt; 3" in page
    assert 'value="births"' in page
    part = client.post(draft_page(workshop, "rules/try/"), typed | {"v-visits": "8"}).content.decode()
    assert "The rule holds" in part
    assert "<html" not in part
    assert workshop.edition == before


def test_the_preview_checks_what_is_typed_and_keeps_nothing(workshop: Workshop) -> None:
    client, before = workshop.browser(), state()
    frame = f"/reports/templates/{workshop.template.code}/2/preview/frame/"
    slots = Outline(workshop.draft).spec.slots
    page = client.post(frame + "?lang=en", {slots["visits", None]: "1", slots["births", None]: "many"})
    words = page.content.decode()
    assert "A number is needed" in words
    assert "Nothing was kept" in words
    assert 'value="many"' in words
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert client.get("/reports/templates/").headers["X-Frame-Options"] == "DENY"
    good = dict.fromkeys(slots.values(), "3")
    assert "This could be sent." in client.post(frame + "?lang=en", good).content.decode()
    assert state() == before


@pytest.mark.parametrize("shown", ["form", "phone", "paper"])
def test_the_preview_speaks_the_language_that_is_chosen(workshop: Workshop, shown: str) -> None:
    client = workshop.browser(language="ar")
    address = f"/reports/templates/{workshop.template.code}/2/preview/"
    outer = client.get(f"{address}?as={shown}&lang=en").content.decode()
    assert f"preview/frame/?as={shown}&amp;lang=en" in outer
    assert '<html lang="ar" dir="rtl">' in outer
    inner = client.get(f"{address}frame/?as={shown}&lang=en").content.decode()
    assert '<html lang="en" dir="ltr">' in inner
    assert "Element surgeries" in inner


def test_sent_reports_stand_in_the_way_and_the_page_names_them_and_the_way_out() -> None:
    today = timezone.localdate().replace(day=1)
    scene = Scene()
    sent = scene.sent(start=today)
    workshop = Workshop(scene.template, scene.version)
    client, address, period = workshop.browser(), draft_page(workshop, "publish/"), month(today)
    page = client.get(address, {"period": period.id}).content.decode()
    assert "One report of these periods was sent already." in page
    assert str(sent.receipt) in page
    assert f'href="?period={period.next().id}"' in page
    refused = client.post(address, {"period": period.id, "edition": workshop.edition})
    assert refused.status_code == 409
    assert client.post(address, {"period": period.next().id, "edition": workshop.edition}).status_code == 302


def test_answers_are_dropped_only_after_the_tick_on_the_page() -> None:
    today = timezone.localdate().replace(day=1)
    scene = Scene()
    report = drafted(scene, period=month(today))
    save_draft(by=scene.coordinator, submission=report, answers=given(visits=4, births=2), seen=None, at=timezone.now())
    workshop = Workshop(scene.template, scene.version)
    place = SectionElement.objects.get(section__version=workshop.draft, element__code="births")
    remove_item(place=place, **workshop.deed)
    client, address, period = workshop.browser(), draft_page(workshop, "publish/"), today.strftime("%Y%m")
    page = client.get(address, {"period": period}).content.decode()
    assert "One draft of these periods moves to the new version" in page
    assert "Element births (drafts with an answer: 1)" in page
    data = {"period": period, "edition": workshop.edition}
    refused = client.post(address, data)
    assert refused.status_code == 409
    assert "dropped only after a tick" in refused.content.decode()
    assert client.post(address, data | {"agreed": "births"}).status_code == 302
    form = workshop.browser(scene.coordinator).get(f"/reports/{report.pk}/fill/").content.decode()
    assert "The questions of this report changed" in form
    assert "Element births" in form


def test_the_writer_of_a_later_draft_is_told_that_the_template_ended() -> None:
    scene = Scene()
    report = drafted(scene, period=month())
    workshop = Workshop(scene.template, scene.version)
    retire_template(template=scene.template, period=month(MAY), by=workshop.builder, at=timezone.now())
    form = workshop.browser(scene.coordinator).get(f"/reports/{report.pk}/fill/").content.decode()
    assert "This report is no longer expected" in form


def test_a_template_is_retired_through_its_page(workshop: Workshop) -> None:
    client = workshop.browser()
    address = f"/reports/templates/{workshop.template.code}/retire/"
    period = timezone.localdate().strftime("%Y%m")
    assert (
        "No report of a later period is expected any more." in client.get(address, {"period": period}).content.decode()
    )
    assert client.post(address, {"period": "soon"}).status_code == 400
    assert client.post(address, {"period": period}).status_code == 302
    assert client.post(address, {"period": period}).status_code == 302
    assert workshop.template.versions.get(number=1).status == "retired"


def test_a_comparison_says_in_words_what_changed(workshop: Workshop) -> None:
    page = workshop.browser().get(f"/reports/templates/{workshop.template.code}/compare/").content.decode()
    assert "Surgery" in page
    assert "Element surgeries" in page
    assert "Births ({left}) above visits ({right})." in re.sub(r"<[^>]+>", "", page)
    nonsense = workshop.browser().get(f"/reports/templates/{workshop.template.code}/compare/?before=x&after=99")
    assert nonsense.status_code == 200


def test_the_library_is_searched_and_a_near_item_is_shown_before_a_new_one(workshop: Workshop) -> None:
    client = workshop.browser()
    assert "surgeries" in client.get("/reports/elements/", {"q": "SURGER"}).content.decode()
    new = {"name_ar": "بند surgeries", "name_en": "Element surgery", "type": "integer", "over_time": "sum"}
    new |= {"over_place": "sum"}
    shown = client.post("/reports/elements/new/", new)
    assert shown.status_code == 400
    assert "None of these is meant" in shown.content.decode()
    # Whatever else is wrong is told in the same answer.
    wrong = client.post("/reports/elements/new/", new | {"name_ar": ""}).content.decode()
    assert "None of these is meant" in wrong
    assert 'name="name_ar"' in wrong
    assert client.post("/reports/elements/new/", new | {"aware": "on"}).status_code == 302
    assert Element.objects.filter(code="element_surgery").exists()
    near = client.get("/reports/elements/near/", {"name_en": "Element surgerie"}).content.decode()
    assert "Near to this one in the library:" in near


def test_ticked_items_stay_ticked_where_somebody_changed_the_draft_meanwhile(workshop: Workshop) -> None:
    ElementFactory(code="visits_by_night")
    section, seen = Section.objects.get(version=workshop.draft, name_en="Surgery"), workshop.edition
    workshop.section("elsewhere", name="Other")
    page = draft_page(workshop, f"sections/{section.pk}/items/")
    answer = workshop.browser().post(page, {"element": "visits_by_night", "edition": seen})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "changed elsewhere" in text
    assert re.search(r'value="visits_by_night"[^>]* checked', text)
    assert f'name="edition" value="{workshop.edition}"' in text
    again = {"element": "visits_by_night", "edition": workshop.edition}
    assert workshop.browser().post(page, again).status_code == 302
    assert SectionElement.objects.filter(section=section, element__code="visits_by_night").exists()


def test_choices_and_categories_are_written_a_line_each(workshop: Workshop) -> None:
    client = workshop.browser()
    said = {"name_ar": "الجنس", "name_en": "Sex", "code": "sex", "categories": "m | ذكور | Male\nf | إناث"}
    wrong = client.post("/reports/elements/sets/new/", said)
    assert "Line 2" in wrong.content.decode()
    both = client.post("/reports/elements/sets/new/", said | {"categories": "m | ذكور\nf | إناث"}).content.decode()
    assert "Line 1" in both
    assert "Line 2" in both
    assert "m | ذكور | Male" in wrong.content.decode()
    said["categories"] += " | Female"
    assert client.post("/reports/elements/sets/new/", said).status_code == 302
    choice = {"name_ar": "حالة الطريق", "name_en": "Road state", "type": "choice", "over_time": "sum"}
    choice |= {"over_place": "sum", "options": "open | مفتوح | Open\nshut | مغلق | Shut"}
    assert client.post("/reports/elements/new/", choice).status_code == 302
    made = Element.objects.get(code="road_state")
    assert (made.over_time, [one["code"] for one in made.options]) == ("none", ["open", "shut"])


def test_no_text_breaks_a_page(workshop: Workshop, shared: Path) -> None:
    client = workshop.browser()
    texts = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    for text in texts[::40]:
        assert client.get("/reports/elements/", {"q": text}).status_code == 200
        assert client.get(draft_page(workshop, "publish/"), {"period": text}).status_code == 200
        for path, names in [("sections/new/", ("name_ar", "name_en")), ("rules/new/", ("left", "right", "message_ar"))]:
            answer = client.post(draft_page(workshop, path), {"edition": text} | dict.fromkeys(names, text))
            assert answer.status_code in (302, 400, 409), text
        new = client.post("/reports/templates/new/", dict.fromkeys(("code", "name_ar", "name_en"), text))
        assert new.status_code in (302, 400), text


def test_the_administration_room_leads_to_the_templates() -> None:
    workshop = Workshop()
    assert 'href="/reports/templates/"' in workshop.browser().get("/people/").content.decode()
    director = member("director", OrganisationFactory(kind="directorate"))
    assert 'href="/reports/templates/"' not in workshop.browser(director).get("/people/").content.decode()
