"""Drafts: opened once, saved by several people, sent; nothing typed is lost."""

import pytest
from django.utils import timezone

from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.actions.submissions import (
    examine,
    save_draft,
    submit,
)
from coordination.reporting.forms.submissions import DueFilter, ReportFilter
from coordination.reporting.models import Draft, ExpectedReport, Revision, Submission
from coordination.reporting.rules.values import Answer
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Refused
from facilities.models import Facility, Support
from tests.factories import (
    DirectorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    member,
    signed_in,
)
from tests.reporting.filing import PERIOD, codes, drafted, filed, given
from tests.reporting.reports import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


# Drafts


def test_opening_twice_is_one_draft(scene: Scene) -> None:
    first, again = drafted(scene), drafted(scene)
    assert first == again
    assert first.status == "draft"
    assert [event.what for event in first.history.all()] == ["started"]
    assert AuditEvent.objects.filter(what="start").count() == 1


def test_a_draft_keeps_what_cannot_be_read_and_judges_the_whole(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits="٤٥"), seen=1, at=timezone.now())
    saved = save_draft(by=scene.coordinator, submission=draft, answers=given(births="a few"), seen=2, at=timezone.now())
    kept = Draft.objects.get()
    assert (kept.doc, kept.notes) == ({"s1": 45}, {"s2": {"raw": "a few"}})
    assert saved.edition == 3
    assert [(fault.code, fault.element) for fault in saved.outcome.errors] == [("not_a_number", "births")]
    with pytest.raises(Problem) as refused:
        submit(by=scene.coordinator, submission=draft, at=timezone.now())
    assert codes(refused.value) == [("values[1].value", "not_a_number")]


def test_saving_the_same_again_changes_nothing(scene: Scene) -> None:
    draft = drafted(scene)
    for _attempt in range(3):
        saved = save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
        assert (saved.edition, saved.theirs) == (2, [])


def test_blank_empties_an_answer(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4, births=1), seen=1, at=timezone.now())
    blank = [Answer("visits", None, None, "blank")]
    save_draft(by=scene.coordinator, submission=draft, answers=blank, seen=2, at=timezone.now())
    assert Draft.objects.get().doc == {"s2": 1}


def test_the_second_of_two_people_is_shown_what_changed_and_overwrites_nothing(scene: Scene) -> None:
    draft = drafted(scene)
    second = member("ngo_coordinator", scene.ngo, name="Second")
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
    saved = save_draft(by=second, submission=draft, answers=given(visits=5, births=1), seen=1, at=timezone.now())
    assert [(change.element, change.value, change.by) for change in saved.theirs] == [
        ("visits", 4, scene.coordinator.name)
    ]
    assert Draft.objects.get().doc == {"s1": 4, "s2": 1}
    saved = save_draft(by=second, submission=draft, answers=given(visits=5), seen=saved.edition, at=timezone.now())
    assert saved.theirs == []
    assert Draft.objects.get().doc["s1"] == 5


def test_another_window_of_the_same_person_counts_as_another_but_the_same_window_does_not(scene: Scene) -> None:
    draft, at = drafted(scene), timezone.now()
    by = scene.coordinator
    save_draft(by=by, submission=draft, answers=given(visits=4), seen=1, at=at, source="one")
    same = save_draft(by=by, submission=draft, answers=given(visits=45), seen=1, at=at, source="one")
    assert same.theirs == []
    other = save_draft(by=by, submission=draft, answers=given(visits=7), seen=1, at=at, source="two")
    assert [change.value for change in other.theirs] == [45]


def test_a_program_is_refused_whole_where_the_draft_changed_meanwhile(scene: Scene) -> None:
    draft, at = drafted(scene), timezone.now()
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=at)
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=draft, answers=given(births=1), seen=1, at=at, strict=True)
    problem = refused.value
    assert (problem.code, problem.status) == ("changed", 412)
    assert [(change["element"], change["value"]) for change in problem.extra["changes"]] == [("visits", "4")]
    assert Draft.objects.get().doc == {"s1": 4}


def test_sending_a_draft_keeps_it_as_a_revision_and_leaves_no_draft(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=4), seen=1, at=timezone.now())
    assert examine(submission=draft, at=timezone.now()).faults == []
    sent = submit(by=scene.coordinator, submission=draft, at=timezone.now())
    assert (sent.status, sent.revision.doc) == ("submitted", {"s1": 4})  # type: ignore[union-attr]
    assert not Draft.objects.exists()
    assert [event.what for event in sent.history.all()] == ["started", "submitted"]


def test_a_sent_report_is_neither_written_nor_sent_again(scene: Scene) -> None:
    sent = filed(scene)
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=sent, answers=given(visits=1), seen=None, at=timezone.now())
    assert (refused.value.code, refused.value.status, refused.value.extra["state"]) == ("wrong_state", 409, "submitted")
    with pytest.raises(Problem) as refused:
        submit(by=scene.coordinator, submission=sent, at=timezone.now())
    assert refused.value.code == "wrong_state"


def test_a_report_sent_back_starts_from_what_was_reported_and_keeps_its_receipt(scene: Scene) -> None:
    sent = filed(scene)
    send_back(by=scene.officer, submission=sent, reason="Count again", at=timezone.now())
    saved = save_draft(by=scene.coordinator, submission=sent, answers=given(visits=12), seen=None, at=timezone.now())
    assert saved.outcome.doc == {"s1": 12, "s2": 2}
    again = submit(by=scene.coordinator, submission=sent, at=timezone.now())
    assert (again.receipt, again.first_submitted) == (sent.receipt, sent.first_submitted)
    assert again.revision is not None
    assert (again.revision.number, again.status) == (2, "submitted")
    assert Revision.objects.get(number=1).doc == {"s1": 10, "s2": 2}


def test_whoever_reports_for_a_facility_sees_who_else_did_without_values(scene: Scene) -> None:
    filed(scene, by=scene.officer, reporter=scene.directorate)
    found = Submission.objects.others(scene.template, scene.facility, PERIOD, scene.ngo)
    assert [row.reporter for row in found] == [scene.directorate]
    assert not Submission.objects.others(scene.template, scene.facility, PERIOD, scene.directorate).exists()


def test_an_approved_report_cannot_be_changed_by_its_reporter(scene: Scene) -> None:
    sent = filed(scene)
    approve(by=scene.officer, submission=sent, at=timezone.now())
    with pytest.raises(Problem) as refused:
        save_draft(by=scene.coordinator, submission=sent, answers=given(visits=1), seen=None, at=timezone.now())
    assert refused.value.extra["state"] == "approved"


def test_a_draft_is_not_sent_once_its_reporter_no_longer_supports_the_facility(scene: Scene) -> None:
    draft = drafted(scene)
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=1, births=1), seen=1, at=timezone.now())
    Support.objects.filter(facility=scene.facility).delete()
    with pytest.raises(Refused) as refused:
        submit(by=scene.coordinator, submission=draft, at=timezone.now())
    assert refused.value.code == "not_supported"
    assert not Revision.objects.exists()


# Who finds what


def test_reports_wait_for_the_reviewer_whose_they_are(scene: Scene) -> None:
    waiting = filed(scene)
    others = [
        scene.coordinator,
        member("data_officer", DirectorateFactory(for_place=SubdistrictFactory())),
        member("data_officer", scene.directorate, places=[SubdistrictFactory()]),
        member("data_manager", scene.body),
    ]
    assert list(Submission.objects.to_review(scene.officer)) == [waiting]
    assert [person for person in others if Submission.objects.to_review(person).exists()] == []


def test_filters_name_no_template_that_is_being_built_and_nobody_whose_reports_are_not_read(scene: Scene) -> None:
    filed(scene)
    TemplateFactory(code="hidden")

    def offered(form: ReportFilter | DueFilter, name: str) -> set[str]:
        return {str(code) for code, _name in form.fields[name].choices if code}  # type: ignore[attr-defined]

    for person, periods, reporters in (
        (scene.coordinator, {PERIOD.id}, {scene.ngo.code}),
        (member("ngo_coordinator", OrganisationFactory()), set(), set()),
    ):
        found = ReportFilter({}, person)
        assert (offered(found, "period"), offered(found, "reporter")) == (periods, reporters)
        assert offered(found, "template") == offered(DueFilter({}, person), "template") == {scene.template.code}


def test_what_is_not_seen_cannot_be_started_and_answers_like_what_does_not_exist(scene: Scene) -> None:
    TemplateFactory(code="hidden")
    asked = {"template": scene.template.code, "facility": scene.facility.code, "period": PERIOD.id}
    local = member("ngo_coordinator", scene.ngo, places=[SubdistrictFactory()])
    client = signed_in(local)
    for name, unseen in (("facility", scene.facility.code), ("template", "hidden")):
        pages = [client.get("/reports/start/", asked | {name: code}) for code in (unseen, "nothing")]
        assert [page.status_code for page in pages] == [400, 400]
        first, second = (page.context["form"].errors[name] for page in pages)
        assert first == second
    assert signed_in(scene.coordinator).get("/reports/start/", asked).status_code == 200


# Pages


def test_reports_are_listed_for_those_who_read_them_and_lead_on_whoever_sends_some(scene: Scene) -> None:
    report = filed(scene)
    stranger, director = member("ngo_coordinator", OrganisationFactory()), member("director", scene.directorate)
    found = {}
    for person in (scene.coordinator, stranger, director):
        page = signed_in(person).get("/reports/").context
        found[person] = (list(page["page"]), page["writes"])
    assert list(found.values()) == [([report], True), ([], True), ([report], False)]


def test_what_is_due_is_shown_to_whoever_sends_it(scene: Scene) -> None:
    report = filed(scene)
    expect(scene, scene.other_facility())
    found = {}
    for person in (scene.coordinator, scene.officer, member("director", scene.directorate)):
        client = signed_in(person)
        due, receipt = (client.get(f"/reports/{rest}").context for rest in ("due/", f"{report.pk}/receipt/"))
        found[person] = (len(due["page"]), due["writes"], receipt["next"] is not None, receipt["writes"])
    assert list(found.values()) == [
        (1, True, True, True),
        # Whoever is competent sees that it is expected, and sends what is the directorate's own.
        (0, True, False, False),
        (0, False, False, False),
    ]


def expect(scene: Scene, facility: Facility) -> None:
    """The NGO owes a report about a facility."""
    ExpectedReport.objects.create(
        template=scene.template,
        facility=facility,
        period_start=PERIOD.start,
        reporter=scene.ngo,
        due=PERIOD.last_day,
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )


def test_what_is_being_corrected_stands_on_its_writers_paper_alone(scene: Scene) -> None:
    report = filed(scene)
    send_back(by=scene.officer, submission=report, reason="Twice", at=timezone.now())
    save_draft(by=scene.coordinator, submission=report, answers=given(visits=4711), seen=None, at=timezone.now())
    people = (scene.coordinator, scene.officer)
    papers = [signed_in(one).get(f"/reports/{report.pk}/paper/").content.decode() for one in people]
    assert ["4711" in paper for paper in papers] == [True, False]


def test_whoever_reads_anothers_report_on_paper_is_in_its_record(scene: Scene) -> None:
    report = filed(scene)
    read = AuditEvent.objects.filter(what="read", thing=str(report.pk), concerns=scene.ngo)
    page = f"/reports/{report.pk}/paper/"
    for person, query, entries in (
        (scene.coordinator, "", 0),
        (scene.officer, "?blank=1", 0),
        (scene.officer, "", 1),
    ):
        assert signed_in(person).get(page + query).status_code == 200
        assert read.count() == entries, (person, query)
    assert read.get().by == scene.officer
