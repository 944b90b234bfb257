"""The record as people read it: one's own organisation's, in words, with where each deed came from; its head and witnesses."""

import ast
import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from directorates import audit
from directorates.actions.chain import head, link_record
from directorates.audit import record, record_reading
from directorates.models import AuditEvent, RecordWitness
from directorates.permissions import Permission
from directorates.record_words import DEEDS, deed_of, thing_of
from directorates.roles import ROLES, Role
from tests.api.callers import Caller
from tests.factories import BodyFactory, OrganisationFactory, UserFactory, member, signed_in
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db
WRITERS = {"record", "record_concerning", "record_many", "entry", "keep_change"}


@pytest.fixture
def clinic() -> Clinic:
    """A health centre with two NGOs and its directorate."""
    return Clinic()


def page(client: Client, query: str = "") -> str:
    """The record's page."""
    answer = client.get(f"/record/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, query: str = "") -> int:
    """How many entries the page lists."""
    found = re.findall(r'<th scope="row">', page(client, query))
    return len(found)


# --- Words ---------------------------------------------------------------------------------------------------------


def deeds_in(path: Path) -> set[str]:
    """The deeds that a file records, where they are written out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS and len(node.args) > 1:
            found |= {one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)}
    return {one for one in found if isinstance(one, str) and re.fullmatch("[a-z_]+", one)}


def test_every_deed_has_words() -> None:
    found = set()
    for app in ("coordination", "directorates", "facilities"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            found |= deeds_in(path)
    assert {"submit", "approve", "invite"} - found <= {"submit", "approve"}
    assert len(found) > 40
    assert found - {"proposal_"} - DEEDS.keys() == set()
    with translation.override("ar"):
        assert all(re.search("[ء-ي]", str(words)) for words in DEEDS.values())


def test_a_refusal_is_told_by_the_right_that_was_missing() -> None:
    event = AuditEvent(what=Permission.MANAGE_PEOPLE.value, refused=True, kind="directorates.membership", thing="7")
    with translation.override("en"):
        assert deed_of(event) == "was refused: manage people and roles"
        assert thing_of(event) == ("membership", "7")
    assert thing_of(AuditEvent(kind="gone.thing", thing="9")) == ("gone.thing", "9")
    assert thing_of(AuditEvent(kind="", thing="")) == ("", "")


# --- The page ------------------------------------------------------------------------------------------------------


def test_an_organisation_reads_its_own_record_and_no_other(clinic: Clinic) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    own, other = clinic.browser(), clinic.browser(clinic.stranger)
    assert "Rana" in page(own)
    assert "sent" in page(own, "what=submit")
    assert "Rana" not in page(other)
    assert "Nothing is recorded yet." in page(other)


def test_reading_another_organisations_report_stands_in_both_records(clinic: Clinic) -> None:
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    officer, director = clinic.browser(clinic.officer), member("director", clinic.directorate)
    assert rows(clinic.browser(), "what=read") == 0
    officer.get(f"/reports/{report.pk}/")
    Caller(clinic.officer).get(f"submissions/{report.pk}/")
    clinic.browser().get(f"/reports/{report.pk}/")
    assert AuditEvent.objects.filter(what="read").count() == 2
    for client in (clinic.browser(), clinic.browser(director)):
        text = page(client, "what=read")
        assert text.count("Huda") == 2
        assert "of UOSSM" in text
        assert "a program with a key" in text
    assert rows(clinic.browser(clinic.stranger), "what=read") == 0


def test_the_page_needs_the_right(clinic: Clinic) -> None:
    officer = clinic.browser(clinic.officer)
    assert officer.get("/record/").status_code == 403
    assert "/record/" not in officer.get("/").content.decode()
    assert 'href="/record/"' in clinic.browser().get("/").content.decode()
    assert Client().get("/record/").status_code == 302
    # The refusal itself is recorded, and its organisation reads of it.
    refused = AuditEvent.objects.get(refused=True)
    assert (refused.what, refused.way, refused.address) == ("view_record", "page", "127.0.0.1")
    assert rows(clinic.browser(member("director", clinic.directorate)), "refused=on") == 1


def test_filters_hold_and_nonsense_is_told_beside_its_field(clinic: Clinic) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    client, today = clinic.browser(), timezone.localdate()
    everything = rows(client)
    assert everything >= 2
    assert rows(client, f"first={today}&last={today}&q=rana&way=page") == everything - 1
    assert rows(client, f"last={today - datetime.timedelta(days=1)}") == 0
    assert "No entry fits these filters." in page(client, "q=nobody")
    for query in ("first=x", "what=nonsense", "way=%00", "q=%E2%80%AE", "first=9999-99-99", "page=x", "last=1"):
        assert client.get(f"/record/?{query}").status_code == 200


def test_the_record_is_taken_along_and_that_is_recorded(clinic: Clinic) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    answer = clinic.browser().post("/exchange/exports/record/?what=submit", {"format": "csv"})
    head_line, row = answer.content.decode("utf-8-sig").strip().splitlines()
    assert head_line.startswith("Number,When,Who")
    assert "Rana" in row
    assert AuditEvent.objects.latest("pk").details["listing"] == "record"
    assert clinic.browser(clinic.officer).post("/exchange/exports/record/", {"format": "csv"}).status_code == 403


def test_the_list_costs_the_same_for_many_as_for_few(clinic: Clinic, django_assert_max_num_queries: object) -> None:
    for number in range(40):
        record(clinic.clerk, "describe", clinic.clerk, number=number)
    client = clinic.browser()
    client.get("/record/")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert rows(client) == 40


def test_every_role_that_may_read_a_record_is_of_its_own_organisation() -> None:
    readers = {
        role for role, rights in ROLES.items() if any(Permission.VIEW_RECORD in p for p in rights.permits.values())
    }
    assert readers == {
        Role.ADMINISTRATOR,
        Role.DATA_MANAGER,
        Role.DIRECTOR,
        Role.NGO_COORDINATOR,
        Role.ORGANISATION_ADMINISTRATOR,
        Role.SURVEILLANCE_OFFICER,
    }
    for role in readers:
        person = member(role, OrganisationFactory(kind=min(ROLES[role].kinds)))
        other = UserFactory()
        record(other, "describe", other)
        record_reading(person, other, OrganisationFactory().pk)
        assert [event.what for event in audit.visible_to(person)] == ["read"]


# --- The head ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_everybody_who_signs_in_finds_whether_a_head_of_before_is_part_of_the_record() -> None:
    person = member("observer", OrganisationFactory(kind="cluster"))
    client = signed_in(person, "en")
    assert "Nothing is linked yet." in client.get("/record/head/").content.decode()
    record(person, "describe", person)
    link_record(at=timezone.now())
    last = head()
    assert last is not None
    assert last.hash in client.get("/record/head/").content.decode()
    told = client.get(f"/record/head/?head=%20{last.hash.upper()}").content.decode()
    assert "Yes: it is link 1, made" in re.sub("<[^>]+>", "", told)
    assert "altered or taken away" in client.get(f"/record/head/?head={'0' * 64}").content.decode()
    for nonsense in ("", "x", "0" * 300, "%00", "٣"):
        assert client.get(f"/record/head/?head={nonsense}").status_code == 200
    assert Client().get("/record/head/").status_code == 302


def test_witnesses_are_named_and_ended_by_who_keeps_organisations() -> None:
    body = BodyFactory()
    administrator, ngo = member("administrator", body), OrganisationFactory()
    client, coordinator = signed_in(administrator, "en"), signed_in(member("ngo_coordinator", ngo), "en")
    given = {"name": "Archive", "email": "archive@example.org", "organisation": ngo.pk}
    assert coordinator.post(reverse("directorates:new_witness"), given).status_code == 403
    assert client.post(reverse("directorates:new_witness"), given).status_code == 302
    again = client.post(reverse("directorates:new_witness"), given | {"email": "ARCHIVE@example.org"})
    assert (again.status_code, "gets the head already" in again.content.decode()) == (400, True)
    wrong = client.post(reverse("directorates:new_witness"), {"name": "", "email": "x", "organisation": "0"})
    assert wrong.status_code == 400
    assert set(wrong.context["witness_form"].errors) == {"name", "email", "organisation"}
    witness = RecordWitness.objects.get()
    shown = coordinator.get("/record/head/").content.decode()
    assert "Archive" in shown
    assert "archive@example.org" not in shown
    # Without the right nobody learns which witnesses there are.
    for one in (witness.pk, 0):
        assert coordinator.post(reverse("directorates:no_witness", args=[one])).status_code == 403
    for _twice in range(2):
        assert client.post(reverse("directorates:no_witness", args=[witness.pk])).status_code == 302
    witness.refresh_from_db()
    assert witness.ended is not None
    assert client.post(reverse("directorates:new_witness"), given).status_code == 302
    assert RecordWitness.objects.filter(ended=None).count() == 1
    assert list(AuditEvent.objects.filter(what__endswith="_witness").order_by("pk").values_list("what", flat=True)) == [
        "name_witness",
        "end_witness",
        "name_witness",
    ]
