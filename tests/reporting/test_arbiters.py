"""Arbiters: named where the sides do not agree, by whoever reviews; they judge no case of their own and read no longer than their time."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.actions.arbiters import decide_settlement, name_arbiter
from coordination.reporting.actions.double_reports import WITHIN, escalate_double_reports
from coordination.reporting.actions.settlements import Said, confirm_settlement, refuse_settlement
from coordination.reporting.models import DoubleReport, Submission
from coordination.reporting.models.double_reports import DoubleDeed, DoubleState
from coordination.reporting.rules.settlements import Way
from directorates.foundation.models import Notice
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Refused
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports about one facility and month: 10 and 2, 12 and 5; the later counts."""
    return Doubled()


def code_of(problem: pytest.ExceptionInfo[Problem]) -> tuple[str, int]:
    """Why something was refused."""
    return problem.value.code, problem.value.status


def told(person: User, what: str) -> str:
    """The words of the last notice of that kind that a person got."""
    notice = Notice.objects.filter(person=person, values__what=what).order_by("-pk").first()
    return " ".join(words_of(notice, "en")) if notice else ""


def test_no_arbiter_is_named_while_the_sides_have_time_and_none_refused(scene: Doubled) -> None:
    def name() -> DoubleReport:
        return name_arbiter(double=scene.double, arbiter=scene.body, by=scene.director, at=timezone.now())

    address, browser = f"/reports/double/{scene.double.pk}/", signed_in(scene.director)
    with pytest.raises(Problem) as problem:
        name()
    assert code_of(problem) == ("too_early", 409)
    assert "arbiter/" not in browser.get(address).text
    own = scene.propose(Way.ADD)
    refuse_settlement(double=scene.double, settlement=own, reason="A slip", by=scene.coordinator, at=timezone.now())
    with pytest.raises(Problem):
        name()
    made = scene.propose(Way.ADD)
    refuse_settlement(double=scene.double, settlement=made, reason="One ward", by=scene.rival, at=timezone.now())
    assert f"{address}arbiter/" in browser.get(address).text
    assert name().state == DoubleState.ARBITRATION


def test_what_both_sides_settled_goes_to_no_arbiter_by_no_way(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    later = timezone.now() + WITHIN + DAY
    with pytest.raises(Problem) as problem:
        name_arbiter(double=scene.double, arbiter=scene.body, by=scene.director, at=later)
    assert code_of(problem) == ("not_open", 409)
    answer = Caller(scene.director).post(f"double-reports/{scene.double.pk}/arbiter/", {"arbiter": scene.body.code})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    page = f"/reports/double/{scene.double.pk}/arbiter/"
    assert signed_in(scene.director).post(page, {"arbiter": scene.body.pk}).status_code in (302, 400)
    assert (scene.double.state, scene.counted) == (DoubleState.SETTLED, {"s1": 22, "s2": 7})


def test_a_side_that_wants_out_of_a_settlement_finds_no_arbiter_for_it(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    made = scene.propose(Way.LARGER)
    refuse_settlement(double=scene.double, settlement=made, reason="We agreed", by=scene.rival, at=timezone.now())
    scene.propose(Way.LARGER, reason="Once more")
    with pytest.raises(Problem) as problem:
        name_arbiter(double=scene.double, arbiter=scene.body, by=scene.director, at=timezone.now())
    assert code_of(problem) == ("settled", 409)
    address = f"/reports/double/{scene.double.pk}/"
    assert f"{address}arbiter/" not in signed_in(scene.director).get(address).text


def test_an_arbiter_that_became_a_side_decides_nothing(scene: Doubled) -> None:
    scene.name(scene.directorate)
    scene.sent(reporter=scene.directorate, by=scene.officer, doc={"s1": 30})
    said = Said(Way.TAKE, "Ours is right", taken=scene.directorate)
    with pytest.raises(Problem) as problem:
        decide_settlement(double=scene.double, said=said, by=scene.director, at=timezone.now())
    assert code_of(problem) == ("no_arbiter", 409)
    scene.name(scene.body)
    assert scene.double.arbiter == scene.body, "another one is named at any time"


def test_an_arbiter_has_time_of_its_own_and_after_it_reads_no_more(scene: Doubled) -> None:
    cluster = OrganisationFactory(kind="cluster")
    judge = member("organisation_administrator", cluster)
    scene.name(cluster)
    named = timezone.localdate() + WITHIN + DAY
    assert (scene.double.due, scene.double.told_above) == (named + WITHIN, 0)
    last = timezone.now() + WITHIN + DAY + WITHIN
    escalate_double_reports(at=last)
    assert DoubleReport.objects.visible_to(judge).exists()
    for _twice in range(2):
        escalate_double_reports(at=last + DAY)
    assert (scene.double.state, scene.double.arbiter) == (DoubleState.OPEN, None)
    assert not DoubleReport.objects.visible_to(judge).exists()
    assert scene.double.events.filter(kind=DoubleDeed.SILENT).get().arbiter == cluster
    assert "You can name another one" in told(scene.director, "silent")
    assert DoubleReport.objects.visible_to(scene.director).to_settle(scene.director).exists()
    name_arbiter(double=scene.double, arbiter=scene.body, by=scene.director, at=last + DAY)


def test_what_is_proposed_stays_proposed_when_an_arbiter_goes(scene: Doubled) -> None:
    scene.name(scene.body)
    made = scene.propose(Way.ADD)
    DoubleReport.objects.update(due=timezone.localdate() - DAY)
    escalate_double_reports(at=timezone.now())
    assert (scene.double.state, scene.double.proposal) == (DoubleState.PROPOSED, made)
    confirm_settlement(double=scene.double, settlement=made, by=scene.rival, at=timezone.now())
    assert scene.counted == {"s1": 22, "s2": 7}


def reviewed_by_body(scene: Doubled) -> None:
    """The directorate acts no more, and the body reviews."""
    Submission.objects.update(reviewer=scene.body)


def test_where_the_body_reviews_its_data_manager_names_and_is_told(scene: Doubled) -> None:
    reviewed_by_body(scene)
    administrator = member("administrator", scene.body)
    escalate_double_reports(at=timezone.now() + WITHIN + DAY)
    assert "You can name an arbiter" in told(scene.manager, "above")
    assert told(administrator, "above") == "", "who cannot read it is sent to no closed page"
    assert DoubleReport.objects.visible_to(scene.manager).to_settle(scene.manager).exists()
    cluster = OrganisationFactory(kind="cluster")
    for person in (administrator, scene.director):
        with pytest.raises(Refused):
            scene.name(cluster, by=person)
    page = f"/reports/double/{scene.double.pk}/"
    browser = signed_in(scene.manager)
    assert f"{page}arbiter/" in browser.get(page).text
    scene.name(cluster, by=scene.manager)
    assert scene.double.arbiter == cluster


def test_whoever_is_told_at_last_is_told_what_they_can_do(scene: Doubled) -> None:
    escalate_double_reports(at=timezone.now() + WITHIN + DAY)
    escalate_double_reports(at=timezone.now() + WITHIN * 2 + DAY)
    assert scene.double.told_above == 2
    assert "The body asks them to name an arbiter" in told(scene.manager, "above")
    assert "You can name an arbiter" in told(scene.director, "above")
    assert Notice.objects.filter(person=scene.director, values__what="above").count() == 2
    assert "Whoever reviews the reports can name an arbiter" in told(scene.rival, "above")


def test_a_side_that_proposes_without_end_is_stopped_for_a_day_and_stops_nobody_else(scene: Doubled) -> None:
    for number in range(10):
        scene.propose(Way.ADD, reason=f"Reason {number}")
    with pytest.raises(Problem) as problem:
        scene.propose(Way.ADD, reason="Once more")
    assert code_of(problem) == ("too_many", 409)
    made = scene.propose(Way.LARGER, by=scene.rival)
    confirm_settlement(double=scene.double, settlement=made, by=scene.coordinator, at=timezone.now())
    back = scene.propose(Way.RULE, reason="Back")
    confirm_settlement(double=scene.double, settlement=back, by=scene.rival, at=timezone.now())
    scene.name(scene.body)
    decide_settlement(double=scene.double, said=Said(Way.LARGER, "x"), by=scene.manager, at=timezone.now())
    assert scene.double.state == DoubleState.SETTLED
