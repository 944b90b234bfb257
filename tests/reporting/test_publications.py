"""Publishing and retiring: which version ends, which drafts move, which answers are dropped, what stands in the way."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections, transaction
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.publications import retire_template
from coordination.reporting.actions.sections import remove_item
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import Draft, ExpectedReport, SectionElement, Submission, TemplateVersion
from coordination.reporting.models.publications import Consequences, earliest_beginning
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.versions import Outline
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent
from directorates.permissions import Refused
from tests.factories import assigned
from tests.reporting.filing import drafted, filed, given
from tests.reporting.reports import MAY, Scene
from tests.reporting.workshop import JUNE, Workshop, month

pytestmark = pytest.mark.django_db


def next_version(scene: Scene) -> Workshop:
    """A draft copied from what is in force."""
    return Workshop(scene.template, scene.version)


def without_births(workshop: Workshop) -> None:
    """The draft no longer asks births."""
    place = SectionElement.objects.get(section__version=workshop.draft, element__code="births")
    remove_item(place=place, **workshop.deed)


def write(scene: Scene, submission: Submission, **values: object) -> None:
    """Answers in a draft."""
    save_draft(by=scene.coordinator, submission=submission, answers=given(**values), seen=None, at=timezone.now())


def test_a_published_version_takes_over_on_its_first_day_and_slots_stay() -> None:
    scene = Scene()
    workshop = next_version(scene)
    workshop.section("surgeries", name="Surgery")
    version = workshop.publish()
    scene.version.refresh_from_db()
    assert (scene.version.last_day, version.first_day, version.last_day) == (dt.date(2019, 5, 31), JUNE, None)
    slots = specification_of(version).slots
    assert (slots["visits", None], slots["births", None], slots["surgeries", None]) == ("s1", "s2", "s3")
    event = AuditEvent.objects.get(what="publish")
    assert (event.by, event.details["first"], event.details["moved"]) == (workshop.builder, "201906", 0)


def test_published_twice_it_is_published_once() -> None:
    scene = Scene()
    workshop = next_version(scene)
    seen = workshop.edition
    first = workshop.publish()
    again = workshop.publish(seen=seen)
    assert (again, again.published_at) == (first, first.published_at)
    assert AuditEvent.objects.filter(what="publish").count() == 1


def test_a_draft_with_faults_is_not_published_and_all_of_them_are_told() -> None:
    scene = Scene()
    workshop = next_version(scene)
    workshop.section(name="Empty")
    workshop.rule()
    without_births(workshop)
    scene.sent(start=JUNE)
    with pytest.raises(Problem) as caught:
        workshop.publish()
    assert sorted(fault.code for fault in caught.value.errors) == ["bad_template", "bad_template", "reports_exist"]
    assert TemplateVersion.objects.get(pk=workshop.draft.pk).status == "draft"


def test_drafts_of_later_periods_move_with_their_answers_and_earlier_ones_stay() -> None:
    scene = Scene()
    earlier, later = drafted(scene), drafted(scene, period=month())
    write(scene, later, visits=12, births=3)
    workshop = next_version(scene)
    workshop.section("surgeries", name="Surgery")
    assert Consequences(scene.template, month()).drafts_count == 1
    version = workshop.publish()
    earlier.refresh_from_db()
    later.refresh_from_db()
    assert (earlier.version, later.version) == (scene.version, version)
    assert Draft.objects.get(submission=later).doc == {"s1": 12, "s2": 3}
    moved = later.history.get(what="moved")
    assert (moved.by, moved.acting, moved.note) == (workshop.builder, workshop.body, "")
    write(scene, later, surgeries=4)
    assert submit(by=scene.coordinator, submission=later, at=timezone.now()).revision.doc["s3"] == 4  # type: ignore[union-attr]


def test_answers_that_are_no_longer_asked_go_only_after_a_tick_and_are_named() -> None:
    scene = Scene()
    draft = drafted(scene, period=month())
    write(scene, draft, visits=12, births=3)
    workshop = next_version(scene)
    without_births(workshop)
    lost = Consequences(scene.template, month()).lost(Outline(workshop.draft))
    assert [(one.element.code, one.drafts) for one in lost] == [("births", 1)]
    with pytest.raises(Problem) as caught:
        workshop.publish(agreed=["visits"])
    assert (caught.value.code, [fault.field for fault in caught.value.errors]) == ("drops_answers", ["agreed"])
    assert Draft.objects.get(submission=draft).doc == {"s1": 12, "s2": 3}
    workshop.publish(agreed=["births"])
    assert Draft.objects.get(submission=draft).doc == {"s1": 12}
    assert "Element births" in draft.history.get(what="moved").note
    assert AuditEvent.objects.get(what="publish").details["dropped"] == ["births"]


def test_an_open_form_that_still_shows_the_old_questions_loses_nothing_that_is_asked() -> None:
    scene = Scene()
    draft = drafted(scene, period=month())
    write(scene, draft, visits=12)
    seen = Submission.objects.get(pk=draft.pk).edition
    workshop = next_version(scene)
    without_births(workshop)
    workshop.publish()
    answers = given(visits=13, births=1)
    saved = save_draft(by=scene.coordinator, submission=draft, answers=answers, seen=seen, at=timezone.now())
    assert [fault.code for fault in saved.refused] == ["unknown_element"]
    assert Draft.objects.get(submission=draft).doc == {"s1": 13}


def test_sent_reports_stand_in_the_way_and_stay_under_their_version() -> None:
    scene = Scene()
    sent = scene.sent(start=dt.date(2019, 7, 1))
    workshop = next_version(scene)
    follows = Consequences(scene.template, month())
    assert (follows.sent_count, follows.sent_named) == (1, [sent])
    with pytest.raises(Problem) as caught:
        workshop.publish()
    assert [fault.code for fault in caught.value.errors] == ["reports_exist"]
    earliest = earliest_beginning(scene.template)
    assert earliest == month(dt.date(2019, 8, 1))
    workshop.publish(earliest)
    sent.refresh_from_db()
    assert sent.version == scene.version


def test_a_version_begins_after_the_one_before() -> None:
    scene = Scene()
    next_version(scene).publish()
    third = Workshop(scene.template, scene.version)
    with pytest.raises(Problem) as caught:
        third.publish()
    assert [fault.code for fault in caught.value.errors] == ["not_later"]
    assert third.publish(month(dt.date(2019, 9, 1))).number == 3


def test_the_first_version_of_a_template_can_begin_in_any_period() -> None:
    workshop = Workshop()
    workshop.section("visits")
    assert earliest_beginning(workshop.template) is None
    assert workshop.publish(month(MAY)).number == 1


def test_after_retirement_nothing_is_expected_and_later_drafts_cannot_be_sent() -> None:
    scene = Scene()
    assigned(scene.template, scene.facility, first=dt.date(2019, 4, 1))
    expect(today=dt.date(2019, 8, 5))
    late = drafted(scene, period=month(dt.date(2019, 7, 1)))
    write(scene, late, visits=1, births=1)
    workshop = next_version(scene)
    ended = retire_template(template=scene.template, period=month(), by=workshop.builder, at=timezone.now())
    assert (ended.status, ended.last_day) == ("retired", dt.date(2019, 6, 30))
    starts = ExpectedReport.objects.order_by("period_start").values_list("period_start", flat=True)
    assert list(starts) == [dt.date(2019, 4, 1), MAY, JUNE]
    with pytest.raises(Problem) as caught:
        submit(by=scene.coordinator, submission=late, at=timezone.now())
    assert "no_version" in {fault.code for fault in caught.value.errors}
    again = retire_template(template=scene.template, period=month(), by=workshop.builder, at=timezone.now())
    assert again.last_day == ended.last_day
    assert AuditEvent.objects.filter(what="retire").count() == 1


def test_a_retired_template_is_opened_again_by_a_later_version_and_the_gap_stays() -> None:
    scene = Scene()
    workshop = next_version(scene)
    retire_template(template=scene.template, period=month(MAY), by=workshop.builder, at=timezone.now())
    version = workshop.publish(month(dt.date(2019, 9, 1)))
    scene.version.refresh_from_db()
    assert (scene.version.last_day, version.first_day) == (dt.date(2019, 5, 31), dt.date(2019, 9, 1))
    assert TemplateVersion.objects.for_period(scene.template, dt.date(2019, 7, 1)) is None


def test_a_template_is_not_retired_before_reports_that_were_sent() -> None:
    scene = Scene()
    scene.sent(start=JUNE)
    workshop = next_version(scene)
    with pytest.raises(Problem) as caught:
        retire_template(template=scene.template, period=month(MAY), by=workshop.builder, at=timezone.now())
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [("period", "reports_exist")]
    blank = Workshop()
    with pytest.raises(Problem) as none:
        retire_template(template=blank.template, period=month(MAY), by=blank.builder, at=timezone.now())
    assert none.value.code == "wrong_state"


def test_only_who_manages_templates_publishes_and_retires() -> None:
    scene = Scene()
    workshop = next_version(scene)
    with pytest.raises(Refused):
        workshop.publish(by=scene.coordinator)
    with pytest.raises(Refused):
        retire_template(template=scene.template, period=month(), by=scene.officer, at=timezone.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", [drafted, partial(filed, send=False)], ids=["form", "program"])
def test_a_report_begun_while_a_version_is_published_begins_in_it(start: Callable[..., Submission]) -> None:
    scene = Scene()
    workshop = next_version(scene)

    @unwalled
    def begin() -> Submission:
        try:
            return start(scene, period=month())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            version = workshop.publish()
            begun = pool.submit(begin)
            with pytest.raises(TimeoutError):
                begun.result(timeout=1)
        assert begun.result(timeout=20).version_id == version.pk
