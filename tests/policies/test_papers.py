"""Scanned papers: a legacy policy is kept as it was signed, with what is known of it, and is fixed like any text."""

import datetime
import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from policies.actions.papers import add_paper, take_out_paper
from policies.actions.versions import begin_version
from policies.models import PolicyPaper
from policies.rules.verify import digest_of
from tests.api.callers import Caller
from tests.policies.library import DAY, Library
from tests.reporting.attached import SOMEWHERE, pdf, png
from tests.threads import at_once

pytestmark = pytest.mark.django_db
ISSUER = "وزارة الصحة"


def add(library: Library, **said: Any) -> PolicyPaper:
    """A scanned circular of 2014, added to the draft."""
    asked: dict[str, Any] = {
        "name": "circular.pdf",
        "content": pdf("Circular"),
        "issuer": ISSUER,
        "reference": "12/2014",
    }
    asked |= {"dated": datetime.date(2014, 3, 2), "by": library.manager, "version": library.draft}
    return add_paper(at=timezone.now(), **asked | said)


def test_a_scanned_paper_is_a_text_and_comes_into_force_without_sections() -> None:
    library = Library()
    paper = add(library)
    held = library.force()
    assert list(held.papers.all()) == [paper]
    page = library.browser(library.reader).get("/policies/infection/1/").text
    for words in ("Scanned papers", ISSUER, "12/2014", "circular.pdf"):
        assert words in page
    opened = library.browser(library.reader).get(f"/policies/infection/1/papers/{paper.pk}/")
    assert (opened.content, opened.headers["Content-Type"]) == (bytes(paper.content), "application/pdf")
    assert opened.headers["Content-Disposition"].startswith("attachment")
    told = Caller(library.reader).get("/api/v1/policies/infection/").json()["papers"]
    assert [(one["issuer"], one["reference"], one["dated"]) for one in told] == [(ISSUER, "12/2014", "2014-03-02")]
    assert Caller(library.reader).get(told[0]["url"]).content == opened.content
    assert told[0]["sha256"] == hashlib.sha256(opened.content).hexdigest()
    assert held.digest == digest_of("infection", 1, [], [told[0]["sha256"]])


def test_nothing_is_added_to_or_taken_out_of_a_fixed_text_even_in_the_database() -> None:
    library = Library()
    paper = add(library)
    library.force()
    for deed in (lambda: add(library, content=png()), lambda: take(library, paper)):
        with pytest.raises(Problem) as told:
            deed()
        assert (told.value.code, told.value.status) == ("not_draft", 409)
    for change in (
        lambda: PolicyPaper.objects.update(issuer="Another"),
        lambda: PolicyPaper.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def take(library: Library, paper: PolicyPaper) -> None:
    """Take a paper out again."""
    take_out_paper(paper=paper, by=library.manager, at=timezone.now())


def test_it_is_taken_out_of_a_draft_again_and_a_new_version_begins_without_it() -> None:
    library = Library()
    paper = add(library)
    take(library, paper)
    take(library, paper)
    assert not library.draft.papers.exists()
    add(library)
    library.force()
    assert not begin_version(policy=library.policy, by=library.manager, at=timezone.now()).papers.exists()


def test_everything_wrong_with_it_is_told_at_once() -> None:
    library = Library()
    wrong = {"content": b"MZ", "issuer": " ", "reference": "x" * 101, "dated": library.today + DAY}
    with pytest.raises(Problem) as told:
        add(library, **wrong)
    found = {(one.field, one.code) for one in told.value.errors}
    assert found == {
        *(("file", "type"), ("issuer", "required"), ("reference", "too_long"), ("dated", "in_the_future")),
    }
    with pytest.raises(Problem) as told:
        add(library, content=pdf(SOMEWHERE))
    assert [(one.field, one.code) for one in told.value.errors] == [("file", "location")]
    assert SOMEWHERE not in str(told.value.errors)
    assert not PolicyPaper.objects.exists()


def test_only_those_who_prepare_the_policy_add_papers() -> None:
    library = Library()
    with pytest.raises(Refused):
        add(library, by=library.reader)
    with pytest.raises(Refused):
        take_out_paper(paper=add(library), by=library.reader, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_same_paper_sent_twice_at_the_same_moment_is_kept_once() -> None:
    library = Library()
    answers = at_once(*[lambda: add(library)] * 3)
    assert {one.pk for one in answers if isinstance(one, PolicyPaper)} == {PolicyPaper.objects.get().pk}


def test_a_paper_is_added_and_taken_out_on_pages_and_what_is_wrong_stays_typed() -> None:
    library = Library()
    client = library.browser(library.manager)
    address = "/policies/infection/1/papers/new/"
    scanned = SimpleUploadedFile("تعميم.pdf", pdf("Circular"), "application/pdf")
    lacking = client.post(address, {"file": SimpleUploadedFile("x.exe", b"MZ"), "issuer": ISSUER, "reference": "12"})
    assert lacking.status_code == 400
    assert "This is no picture" in lacking.text
    assert ISSUER in lacking.text
    client.post(address, {"file": scanned, "issuer": ISSUER, "reference": "", "dated": ""})
    paper = library.draft.papers.get()
    assert paper.name == "تعميم.pdf"
    assert paper.name in client.get("/policies/infection/1/").text
    client.post(f"/policies/infection/1/papers/{paper.pk}/take-out/")
    assert not library.draft.papers.exists()
