"""What stands out, found in stored reports: after each was sent, and over all of them; and a reviewer's word on it."""

import datetime
import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination.benchmarks.other_outliers import unusual_figures
from coordination.reporting.actions.filing import FiledReport
from coordination.reporting.actions.outliers import compare_all, compare_waiting, look
from coordination.reporting.actions.reviews import approve, approve_many, send_back
from coordination.reporting.actions.submissions import open_draft, save_draft, submit, submit_many
from coordination.reporting.models import Comparison, Look, Submission, SubmissionEvent
from coordination.reporting.models.outliers import LONGEST_WORD, Standouts
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.outliers import Kind, asked_of, finding_of, first_looked_at
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.tasks import compare
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Refused
from tests.factories import ElementFactory, member, published
from tests.reporting.filing import codes, filed, given
from tests.reporting.reports import MAY, Scene, send_again
from tests.threads import at_once

pytestmark = pytest.mark.django_db

USUAL = [31, 20, 45, 28, 33, 40, 25, 36, 30, 29]


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template of visits and births."""
    return Scene()


def month(number: int) -> datetime.date:
    """The first day of a month, May 2019 being nought."""
    whole = 2019 * 12 + 4 + number
    return datetime.date(whole // 12, whole % 12 + 1, 1)


def with_a_past(scene: Scene, numbers: list[int] = USUAL, **more: Any) -> None:
    """Reports of the months before May."""
    for back, number in enumerate(reversed(numbers), 1):
        scene.sent(start=month(-back), doc={"s1": number, "s2": 1}, **more)


def outlier(scene: Scene, value: int = 400) -> Submission:
    """The report of May with an unusual figure, compared."""
    with_a_past(scene)
    submission = filed(scene, answers=given(visits=value, births=1))
    compare_waiting(at=timezone.now())
    return submission


def kept(submission: Submission) -> list[tuple[str, str]]:
    """What was found in the present revision."""
    findings = Comparison.objects.get(revision=submission.revision_id).findings
    return [(one["kind"], one["slot"]) for one in findings]


# After a report was sent


def test_sending_leaves_a_row_that_waits_and_a_message_and_the_task_compares(scene: Scene) -> None:
    with_a_past(scene)
    submission = filed(scene, answers=given(visits=400, births=1))
    waiting = Comparison.objects.get()
    assert (waiting.revision_id, waiting.at, waiting.found) == (submission.revision_id, None, 0)
    assert OutboxMessage.objects.filter(task="reporting.compare", arguments=[]).exists()
    assert compare() == 1
    (finding,) = map(finding_of, Comparison.objects.get(at__isnull=False).findings)
    assert (finding.kind, finding.slot, finding.value, finding.past) == (Kind.UNUSUAL, "s1", 400, 10)
    assert (finding.low, finding.high) == (25, 40)


def test_a_draft_that_is_sent_is_compared_too_and_again_after_its_correction(scene: Scene) -> None:
    with_a_past(scene)
    at = timezone.now()
    names: dict[str, Any] = {"template": scene.template, "facility": scene.facility, "reporter": scene.ngo, "at": at}
    draft = open_draft(by=scene.coordinator, period=Period(PeriodType.MONTH, MAY), **names)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=400, births=1), seen=None, at=at)
    first = submit(by=scene.coordinator, submission=draft, at=at)
    compare_waiting(at=at)
    assert kept(first) == [("unusual", "s1")]
    send_back(by=scene.officer, submission=first, reason="See the register", at=at)
    save_draft(by=scene.coordinator, submission=first, answers=given(visits=40, births=1), seen=None, at=at)
    second = submit(by=scene.coordinator, submission=first, at=at)
    compare_waiting(at=at)
    assert kept(second) == []
    assert Comparison.objects.count() == 2


def test_comparing_twice_changes_nothing(scene: Scene) -> None:
    submission = outlier(scene)
    before = Comparison.objects.values().get()
    assert compare_waiting(at=timezone.now()).reports == 0
    assert sum(one.reports for one in compare_all(template=scene.template, at=timezone.now())) == len(USUAL)
    assert Comparison.objects.values().get(revision=submission.revision_id) == before


def test_a_revision_that_was_corrected_before_its_turn_is_passed_over(scene: Scene) -> None:
    with_a_past(scene)
    first = filed(scene, answers=given(visits=400, births=1))
    superseded = first.revision_id
    send_back(by=scene.officer, submission=first, reason="See the register", at=timezone.now())
    send_again(Submission.objects.get(pk=first.pk), by=scene.coordinator, doc={"s1": 41, "s2": 1})
    assert compare_waiting(at=timezone.now()).reports == 0
    assert not Comparison.objects.filter(revision=superseded).exists()


def test_many_reports_of_one_import_are_compared_in_small_batches(scene: Scene) -> None:
    with_a_past(scene)
    with_a_past(scene, facility=(other := scene.other_facility()))
    period = Period(PeriodType.MONTH, MAY)
    rows = [
        FiledReport(scene.template, facility, period, scene.ngo, given(visits=visits, births=1))
        for facility, visits in ((scene.facility, 400), (other, 33))
    ]
    odd, plain = submit_many(by=scene.coordinator, reports=rows, at=timezone.now())
    done = compare_waiting(at=timezone.now(), batch=1)
    assert (done.reports, done.standing_out) == (2, 1)
    assert (kept(odd), kept(plain)) == ([("unusual", "s1")], [])


def test_a_report_that_was_sent_back_is_no_past(scene: Scene) -> None:
    with_a_past(scene)
    Submission.objects.filter(period_start__in=[month(-1), month(-2), month(-3)]).update(status=Status.RETURNED)
    submission = filed(scene, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    assert kept(submission) == []


def test_another_facilitys_past_and_later_periods_are_none_of_its_own(scene: Scene) -> None:
    with_a_past(scene, facility=scene.other_facility())
    for ahead in range(1, 10):
        scene.sent(start=month(-ahead - 30), doc={"s1": 30, "s2": 1})
    submission = filed(scene, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    assert kept(submission) == []


def test_what_was_found_is_never_changed_and_a_word_neither(scene: Scene) -> None:
    submission = outlier(scene)
    word = look(by=scene.officer, submission=submission, kind="unusual", slot="s1", word="Phoned", at=timezone.now())
    for deed in (
        lambda: Comparison.objects.filter(at__isnull=False).update(found=0, findings=[]),
        lambda: Comparison.objects.filter(at__isnull=False).delete(),
        lambda: Look.objects.filter(pk=word.pk).update(word="x"),
        lambda: connection.cursor().execute("DELETE FROM reporting_look"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    assert kept(submission) == [("unusual", "s1")]


# Over all reports


def scattered(seed: int) -> Scene:
    """Facilities whose reports are drawn by lot: gaps, blanks, two reporters, leaps, approved or not."""
    kinds = ("integer", "integer", "decimal")
    elements = [ElementFactory(code=f"lot-{number}", type=kind) for number, kind in enumerate(kinds)]
    scene, random = Scene(version=published(elements=elements)), Random(seed)
    good = []
    for facility in (scene.facility, scene.other_facility()):
        level = random.choice([0, 3, 40, 900])
        for number in range(-28, 1):
            for reporter, by in ((scene.ngo, scene.coordinator), (scene.directorate, scene.officer)):
                if random.random() < (0.85 if reporter == scene.ngo else 0.2):
                    doc = drawn(random, level)
                    row = scene.sent(facility=facility, start=month(number), reporter=reporter, by=by, doc=doc)
                    good += [row] if random.random() < 0.6 else []
    approve_many(by=member("data_officer", scene.directorate), submissions=good, at=timezone.now())
    return scene


def drawn(random: Random, level: int) -> dict[str, int | float]:
    """A document by lot, with slips of the keyboard here and there."""
    doc: dict[str, int | float] = {}
    for slot in ("s1", "s2", "s3"):
        if random.random() < 0.9:
            number = max(0, random.gauss(level, level**0.5 + 0.5)) * random.choice([1] * 12 + [0, 9])
            doc[slot] = round(number, 2) if slot == "s3" else round(number)
    return doc


@pytest.mark.parametrize("seed", range(2))
def test_the_pass_over_all_agrees_with_each_report_by_itself_and_with_the_database(seed: int) -> None:
    scene = scattered(seed)
    done = list(compare_all(template=scene.template, at=timezone.now()))
    rows = list(Submission.objects.select_related("version", "template", "revision"))
    assert sum(one.reports for one in done) == len(rows) == Comparison.objects.count()
    manager = member("data_manager", scene.body)
    unusual: dict[tuple[int, str], float] = {}
    for row in rows:
        found = [finding_of(one) for one in Comparison.objects.get(revision=row.revision_id).findings]
        alone = Standouts(row, manager)
        alone.__dict__["comparison"] = None
        assert list(alone.findings) == found, row
        unusual |= {(row.revision_id or 0, one.slot): one.strength for one in found if one.kind is Kind.UNUSUAL}
    assert unusual == pytest.approx(by_the_database(scene), abs=0.02)
    assert unusual


def by_the_database(scene: Scene) -> dict[tuple[int, str], float]:
    """The same by one SQL statement a period."""
    asked = asked_of(specification_of(scene.version))
    found: dict[tuple[int, str], float] = {}
    for number in range(-28, 1):
        start = month(number)
        found |= unusual_figures(
            _rows,
            template=scene.template.pk,
            start=start,
            first=first_looked_at(Period(PeriodType.MONTH, start)),
            slots=[slot for slot, _whole in asked.numbers],
            counts=[slot for slot, whole in asked.numbers if whole],
        )
    return found


def _rows(sql: str, given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def test_the_command_compares_what_is_already_there_and_names_what_it_does_not_know(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    with_a_past(scene)
    odd = scene.sent(doc={"s1": 400, "s2": 1})
    call_command("find_outliers", scene.template.code)
    assert f"{scene.template.code}: 11 compared, 1 with something unusual" in capsys.readouterr().out
    assert kept(odd) == [("unusual", "s1")]
    call_command("find_outliers")
    assert f"{scene.template.code}: 0 compared, 0 with something unusual" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nonsense"):
        call_command("find_outliers", "nonsense")


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_pass_at_once_compare_each_report_once() -> None:
    scene = Scene()
    with_a_past(scene)
    for facility in (scene.facility, scene.other_facility(), scene.other_facility()):
        filed(scene, facility=facility, answers=given(visits=400, births=1))
    at = timezone.now()
    done = at_once(
        lambda: compare_waiting(at=at, batch=1),
        lambda: compare_waiting(at=at, batch=1),
        lambda: list(compare_all(template=scene.template, at=at)),
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    assert Comparison.objects.filter(at=at).count() == len(USUAL) + 3
    assert list(Comparison.objects.filter(found__gt=0).values_list("found", flat=True)) == [1]


# A reviewer's word


def looked(scene: Scene, submission: Submission, **other: Any) -> Look:
    """The officer's word on the unusual figure."""
    wanted: dict[str, Any] = {
        "by": scene.officer,
        "kind": "unusual",
        "slot": "s1",
        "word": "Phoned: a new camp",
        "at": timezone.now(),
    }
    return look(submission=submission, **(wanted | other))


def test_a_word_stands_in_history_and_record_and_nothing_else_changes(scene: Scene) -> None:
    submission = outlier(scene)
    looked(scene, submission, word="\u202ePhoned:\x00 a new camp ")
    assert Look.objects.get().word == "Phoned: a new camp"
    event = SubmissionEvent.objects.get(what="looked")
    assert (event.note, event.by, event.acting_id) == ("Phoned: a new camp", scene.officer, scene.officer.acting_id)
    assert AuditEvent.objects.get(what="look").details == {"revision": submission.revision_id, "finding": "unusual s1"}
    fresh = Submission.objects.get(pk=submission.pk)
    assert (fresh.status, fresh.edition) == (submission.status, submission.edition)
    approve(by=scene.officer, submission=fresh, at=timezone.now())


def test_the_same_word_twice_is_one_and_another_word_is_kept_beside(scene: Scene) -> None:
    submission = outlier(scene)
    assert looked(scene, submission) == looked(scene, submission)
    looked(scene, submission, word="And seen in the register")
    assert list(Look.objects.values_list("word", flat=True)) == ["Phoned: a new camp", "And seen in the register"]
    assert SubmissionEvent.objects.filter(what="looked").count() == 2


@pytest.mark.parametrize(
    ("other", "code", "status"),
    [
        ({"word": " \u202e\x00 "}, "invalid", 400),
        ({"word": "x" * (LONGEST_WORD + 1)}, "invalid", 400),
        ({"kind": "copy", "slot": ""}, "changed", 409),
        ({"slot": "s999'; --"}, "changed", 409),
    ],
)
def test_a_word_that_cannot_be_kept_says_why(scene: Scene, other: dict[str, str], code: str, status: int) -> None:
    submission = outlier(scene)
    with pytest.raises(Problem) as caught:
        looked(scene, submission, **other)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert not Look.objects.exists()
    assert not SubmissionEvent.objects.filter(what="looked").exists()


def test_both_faults_of_a_word_name_its_field(scene: Scene) -> None:
    submission = outlier(scene)
    with pytest.raises(Problem) as caught:
        looked(scene, submission, word="")
    assert codes(caught.value) == [("word", "required")]


def test_a_word_on_an_older_revision_or_on_what_is_no_longer_in_review_is_refused(scene: Scene) -> None:
    submission = outlier(scene)
    seen = Submission.objects.get(pk=submission.pk)
    seen.revision_id = (submission.revision_id or 0) - 1
    with pytest.raises(Problem) as caught:
        looked(scene, seen)
    assert caught.value.code == "changed"
    approve(by=scene.officer, submission=submission, at=timezone.now())
    with pytest.raises(Problem) as caught:
        looked(scene, submission)
    assert caught.value.code == "wrong_state"


def test_only_who_reviews_the_report_puts_a_word_on_it(scene: Scene) -> None:
    submission = outlier(scene)
    ended = member("data_officer", scene.directorate, last=timezone.localdate() - datetime.timedelta(days=1))
    elsewhere = Scene().officer
    for person in (scene.coordinator, ended, elsewhere, member("director", scene.directorate)):
        with pytest.raises(Refused):
            looked(scene, submission, by=person)
    assert not Look.objects.exists()


def test_hostile_words_are_kept_as_text(scene: Scene, shared: Any) -> None:
    submission = outlier(scene)
    texts = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))[::8]
    for text in texts:
        with suppress(Problem):
            looked(scene, submission, word=text)
    words = list(Look.objects.values_list("word", flat=True))
    assert len(words) > len(texts) * 0.9
    assert not set("".join(words)) & set("\x00\u202a\u202b\u202c\u202d\u202e")
