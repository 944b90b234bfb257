"""Compliance notes: how far an organisation applies what holds, with evidence, read by itself and by those who keep it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from directorates.foundation import attachments
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.compliance import note_compliance
from policies.actions.versions import begin_version
from policies.models import ComplianceNote, Evidence
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member
from tests.policies.library import DAY, Library
from tests.reporting.attached import SOMEWHERE, pdf, png
from tests.threads import at_once

pytestmark = pytest.mark.django_db
SAID = "Two of our three clinics sterilise after every patient."


class Applied(Library):
    """A library whose policy holds, with the administrator of an NGO."""

    def __init__(self) -> None:
        super().__init__()
        self.version = self.holding()
        self.administrator = member(Role.ORGANISATION_ADMINISTRATOR, self.ngo)

    def note(self, **said: Any) -> ComplianceNote:
        """A note of the NGO with a picture."""
        asked: dict[str, Any] = {"extent": "partly", "text": SAID, "files": [("log.png", png())]}
        asked |= {"version": self.version, "by": self.administrator, "at": timezone.now()}
        return note_compliance(**asked | said)


def test_it_is_read_by_the_organisation_and_by_those_who_keep_the_policy_and_by_nobody_else() -> None:
    library = Applied()
    note = library.note()
    evidence = note.evidence.get()
    other = member(Role.NGO_COORDINATOR, OrganisationFactory())
    for person, told in (
        (library.administrator, True),
        (library.reader, True),
        (library.manager, True),
        (other, False),
    ):
        client = library.browser(person)
        assert (SAID in client.get("/policies/infection/1/compliance/").text) is told
        answer = client.get(f"/policies/infection/1/compliance/evidence/{evidence.pk}/")
        assert (answer.status_code == 200) is told


def test_its_files_are_looked_at_until_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Applied()
    monkeypatch.setattr(attachments, "TOGETHER", 0)
    with pytest.raises(Problem) as told:
        library.note(files=[("a.png", png()), ("b.png", png(3, 3))])
    assert [(one.field, one.code) for one in told.value.errors] == [("files", "heavy")] * 2


def test_the_last_note_stands_first_and_earlier_ones_stay() -> None:
    library = Applied()
    library.note()
    library.note(extent="full", text="All three do by now.", files=[])
    page = library.browser(library.manager).get("/policies/infection/1/compliance/").text
    assert page.index("All three do by now.") < page.index(SAID)
    for change in (
        lambda: ComplianceNote.objects.update(text="Otherwise"),
        lambda: Evidence.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_everything_wrong_is_told_at_once_with_the_names_of_the_files() -> None:
    library = Applied()
    files = [("broken.pdf", b"%PDF-1.7"), ("fine.png", png()), ("map.pdf", pdf(SOMEWHERE))]
    with pytest.raises(Problem) as told:
        library.note(extent="wholly", text="", files=files)
    fields = [one.field for one in told.value.errors]
    assert sorted(fields) == ["extent", "files", "files", "text"]
    words = " ".join(str(one.message) for one in told.value.errors)
    assert "broken.pdf" in words
    assert "map.pdf" in words
    assert SOMEWHERE not in words
    assert not ComplianceNote.objects.exists()


def test_who_does_not_acknowledge_for_an_organisation_notes_nothing() -> None:
    library = Applied()
    reporter = member(Role.FACILITY_REPORTER, library.ngo)
    for person in (library.manager, reporter, member(Role.OBSERVER, library.ngo)):
        with pytest.raises(Refused):
            library.note(by=person)


def test_of_what_holds_no_more_nothing_is_noted() -> None:
    library = Applied()
    library.withdraw(library.version, last_day=library.today)
    assert library.note().extent == "partly"
    draft = begin_version(policy=library.policy, by=library.manager, at=timezone.now())
    for said in ({"version": draft}, {"at": timezone.now() + DAY}):
        with pytest.raises(Problem) as told:
            library.note(**said)
        assert (told.value.code, told.value.status) == ("not_in_force", 409)


@pytest.mark.django_db(transaction=True)
def test_the_same_note_sent_twice_at_the_same_moment_is_kept_once() -> None:
    library = Applied()
    answers = at_once(*[library.note] * 3)
    assert {one.pk for one in answers if isinstance(one, ComplianceNote)} == {ComplianceNote.objects.get().pk}


def test_a_note_is_written_on_a_page() -> None:
    library = Applied()
    client = library.browser(library.administrator)
    assert "How far we apply it" in client.get("/policies/infection/1/compliance/").text
    given = {
        "extent": "not_yet",
        "text": SAID,
        "first": SimpleUploadedFile("list.pdf", pdf("Circular"), "application/pdf"),
    }
    lacking = client.post("/policies/infection/1/compliance/new/", given | {"extent": ""})
    assert lacking.status_code == 400
    assert SAID in lacking.text
    given["first"] = SimpleUploadedFile("list.pdf", pdf("Circular"), "application/pdf")
    assert client.post("/policies/infection/1/compliance/new/", given).status_code == 302
    page = client.get("/policies/infection/1/compliance/").text
    for words in ("Not applied yet", SAID, "list.pdf"):
        assert words in page
    assert "غير مطبّقة بعد" in library.browser(library.administrator, "ar").get("/policies/infection/1/compliance/").text


def test_programs_read_the_own_notes_and_those_of_policies_that_are_kept() -> None:
    library = Applied()
    note = library.note()
    other = member(Role.NGO_COORDINATOR, OrganisationFactory())
    for person, told in ((library.administrator, [note.pk]), (library.manager, [note.pk]), (other, [])):
        rows = Caller(person).get("policies/infection/compliance/").json()["results"]
        assert [one["id"] for one in rows] == told, person
    (row,) = Caller(library.manager).get("policies/infection/compliance/?version=1").json()["results"]
    assert (row["extent"], row["text"], row["organisation"]) == ("partly", SAID, library.ngo.code)
    assert [one["name"] for one in row["evidence"]] == ["log.png"]
