"""Errata: said in both languages beside figures that never change; of reports that count otherwise since, numbers alone."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.corrections import accept_correction, ask_correction
from coordination.reporting.actions.errata import publish_erratum, waive_erratum
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import Edition, Erratum, Submission
from coordination.reporting.models.errata import changed_since, errata_due
from coordination.reporting.rules.answers import Answer
from directorates.foundation.models import Notice
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Dataset
from directorates.permissions import Refused
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.corrected import Corrected
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TEXTS = {"text_ar": "صُحّح عدد الزيارات.", "text_en": "The number of visits was corrected."}


@pytest.fixture
def scene() -> Corrected:
    """An approved report."""
    return Corrected()


@pytest.fixture
def quiet_broker() -> Iterator[None]:
    """Threads commit for real; nobody is asked to relay."""
    with mock.patch("directorates.foundation.outbox.hurry"):
        yield


def write(scene: Corrected, edition: Edition, **said: Any) -> Erratum:
    """The custodian publishes an erratum."""
    given: dict[str, Any] = {"by": scene.manager, "edition": edition, "at": timezone.now()} | TEXTS | said
    return publish_erratum(**given)


def corrected_of(scene: Corrected, report: Submission) -> None:
    """One report corrected, the whole way."""
    now = timezone.now()
    held = ask_correction(by=scene.coordinator, submission=report, reason="Wrong", at=now)
    accept_correction(by=scene.officer, request=held, at=now)
    save_draft(
        by=scene.coordinator, submission=report, answers=[Answer("visits", None, 987654)], seen=None, at=timezone.now()
    )
    approve(
        by=scene.officer,
        submission=submit(by=scene.coordinator, submission=report, at=timezone.now()),
        at=timezone.now(),
    )


def test_an_erratum_is_written_by_the_custodian_in_both_languages(scene: Corrected) -> None:
    edition = scene.publish()
    for person in (scene.officer, scene.coordinator, member("administrator", scene.body)):
        with pytest.raises(Refused):
            write(scene, edition, by=person)
    with pytest.raises(Problem) as told:
        write(scene, edition, text_ar=" ", text_en="At 35.93102, 36.63312")
    assert {(one.field, one.code) for one in told.value.errors} == {("text_ar", "required"), ("text_en", "location")}
    first = write(scene, edition)
    assert write(scene, edition) == first, "the same again changes nothing"
    assert write(scene, edition, text_en="More.").number == 2
    assert AuditEvent.objects.filter(what="publish_erratum").count() == 2
    for change in (lambda: Erratum.objects.update(text_en="x"), lambda: Erratum.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quiet_broker")
def test_two_errata_at_once_are_both_kept_and_the_same_twice_is_one() -> None:
    scene = Corrected()
    edition = scene.publish()
    at_once(
        lambda: write(scene, edition),
        lambda: write(scene, edition),
        lambda: write(scene, edition, text_en="Something else."),
    )
    assert sorted(Erratum.objects.values_list("number", flat=True)) in ([1, 2], [1, 2, 3])
    assert set(Erratum.objects.values_list("text_en", flat=True)) == {TEXTS["text_en"], "Something else."}


def test_an_erratum_is_due_after_a_correction_until_the_custodian_says_something(scene: Corrected) -> None:
    edition = scene.publish()
    assert not errata_due(scene.manager).exists()
    scene.correct()
    assert list(errata_due(scene.manager)) == [edition]
    assert not errata_due(scene.officer).exists()
    page = signed_in(scene.manager, "en").get(f"/reports/editions/{edition.pk}/")
    assert page.context["erratum_due"]
    waive_erratum(by=scene.manager, edition=edition, reason="Hidden anyway", at=timezone.now())
    assert not errata_due(scene.manager).exists()
    page = signed_in(member("observer", OrganisationFactory(kind="cluster")), "en").get(
        f"/reports/editions/{edition.pk}/"
    )
    assert "Hidden anyway" not in page.text
    scene.correct(40)
    assert list(errata_due(scene.manager)) == [edition]
    again = waive_erratum(by=scene.manager, edition=edition, reason="Hidden anyway", at=timezone.now())
    assert {event.details["reason"] for event in AuditEvent.objects.filter(what="waive_erratum")} == {"Hidden anyway"}
    assert again.number == 2, "the same words about a later correction are a note of their own"
    assert not errata_due(scene.manager).exists()


def test_of_few_reports_that_count_otherwise_no_number_is_told_and_never_a_value(scene: Corrected) -> None:
    observer = member("observer", OrganisationFactory(kind="cluster"))
    others = [
        approve(by=scene.officer, submission=scene.sent(facility=scene.other_facility()), at=timezone.now())
        for _number in range(3)
    ]
    edition = scene.publish()
    assert changed_since(observer, edition) == []
    for number, report in enumerate(others, start=1):
        corrected_of(scene, report)
        (told,) = changed_since(observer, edition)
        assert told.directorate == scene.directorate
        assert told.reports == (number if number >= edition.facilities else None)
    answer = Caller(observer).get(f"editions/{edition.pk}/errata/").json()
    assert answer["changed"] == [{"directorate": scene.directorate.code, "reports": 3}]
    assert answer["least"] == 3
    text = signed_in(observer, "en").get(f"/reports/editions/{edition.pk}/").text
    assert "987" not in text
    assert all(report.facility.code not in text for report in others)


def test_what_is_no_longer_counted_counts_otherwise_too(scene: Corrected) -> None:
    edition = scene.publish()
    own = scene.sent(reporter=scene.directorate, by=scene.colleague, doc={"s1": 4})
    approve(by=scene.officer, submission=own, at=timezone.now())
    (told,) = changed_since(scene.manager, edition)
    assert (told.directorate, told.reports) == (scene.directorate, None)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_erratum_stands_above_the_figures_in_files_and_in_answers(scene: Corrected, language: str) -> None:
    edition = scene.publish()
    client = signed_in(scene.manager, language)
    address = f"/reports/editions/{edition.pk}/"
    assert client.get(f"{address}errata/new/").status_code == 200
    wrong = client.post(f"{address}errata/new/", {"text_ar": "", "text_en": TEXTS["text_en"]})
    assert (wrong.status_code, TEXTS["text_en"] in wrong.text) == (400, True)
    done = client.post(f"{address}errata/new/", TEXTS)
    assert (done.status_code, done.headers["Location"]) == (302, f"{address}#errata")
    observer = member("observer", OrganisationFactory(kind="cluster"), language=language)
    text = signed_in(observer, language).get(address).text
    said = TEXTS[f"text_{language}"]
    assert text.index(said) < text.index('id="figures"')
    told = dict(LISTINGS["edition"].listed(observer, f"edition={edition.pk}").filters)
    assert (said if language == "ar" else TEXTS["text_en"]) in told.values() or TEXTS["text_ar"] in told.values()
    answer = Caller(observer).get(f"editions/{edition.pk}/").json()["errata"]["results"]
    assert [(one["number"], one["text"]["ar"], one["text"]["en"]) for one in answer] == [
        (1, TEXTS["text_ar"], TEXTS["text_en"])
    ]


def test_programs_write_an_erratum_and_are_told_every_fault(scene: Corrected) -> None:
    edition = scene.publish()
    caller, address = Caller(scene.manager), f"editions/{edition.pk}/errata/"
    wrong = caller.post(address, {"text": {"ar": "", "fr": "x"}, "other": 1})
    assert {one["field"] for one in wrong.json()["errors"]} >= {"text.fr", "other"}
    wrong = caller.post(address, {"text": {"ar": ""}})
    assert {(one["field"], one["code"]) for one in wrong.json()["errors"]} == {
        ("text.ar", "required"),
        ("text.en", "required"),
    }
    made = caller.post(address, {"text": {"ar": "نص", "en": "Text"}})
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert Caller(scene.officer).post(address, {"text": {"ar": "نص", "en": "Text"}}).status_code == 403


def test_everybody_who_reads_the_edition_is_told_once_and_nobody_else(scene: Corrected) -> None:
    edition = scene.publish()
    reader = member("observer", OrganisationFactory(kind="cluster"))
    left = member("observer", OrganisationFactory(kind="cluster"))
    left.memberships.all().delete()
    erratum = write(scene, edition)
    assert write(scene, edition) == erratum
    told = Notice.objects.filter(kind="erratum")
    assert set(told.values_list("person", flat=True)) >= {reader.pk, scene.coordinator.pk, scene.officer.pk}
    assert not told.filter(person__in=[left.pk, scene.manager.pk]).exists()
    assert told.filter(person=reader).count() == 1
    title, body = words_of(told.get(person=reader), "en")
    assert edition.template.name_en not in title
    assert edition.template.name_en in body
    assert TEXTS["text_en"] not in body
    assert told.get(person=reader).url == f"/reports/editions/{edition.pk}/#errata"
    waive_erratum(by=scene.manager, edition=edition, reason="Nothing to say", at=timezone.now())
    assert told.filter(person=reader).count() == 1


def test_of_data_that_are_read_by_agreement_only_its_readers_are_told(scene: Corrected) -> None:
    edition = scene.publish()
    reader = member("observer", OrganisationFactory(kind="cluster"))
    Dataset.objects.update(by_agreement=True)
    write(scene, edition)
    assert not Notice.objects.filter(kind="erratum", person=reader).exists()
