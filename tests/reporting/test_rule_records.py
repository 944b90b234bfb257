"""The rules' own record: how often checked, how often broken, how often it was right to break them."""

import datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.broken_rules import validate_version
from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import RuleRecord, Submission
from coordination.reporting.models.rule_records import rule_lines
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.values import Answer
from directorates.models import User
from tests.api.callers import Caller
from tests.factories import TemplateFactory, member, published, signed_in
from tests.reporting.corrected import Corrected
from tests.reporting.filing import filed
from tests.reporting.filing import given as answers
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db
APRIL = Period(PeriodType.MONTH, datetime.date(2019, 4, 1))
MORE_BIRTHS = {
    "left": "visits",
    "operator": ">=",
    "right": "births",
    "message_en": "Births {right} beyond visits {left}",
}
NEVER = {"left": "visits", "operator": "<", "right": "1000000", "severity": "alert"}


@pytest.fixture
def scene() -> Scene:
    """A template with a rule that asks for a reason and one that nobody breaks."""
    return Scene(version=published(rules=[MORE_BIRTHS, NEVER]))


@pytest.fixture
def administrator(scene: Scene) -> User:
    """Whoever writes rules."""
    return member("administrator", scene.body)


def explained(scene: Scene, **other: object) -> Submission:
    """A report that breaks the first rule and says why."""
    said = [Answer("visits", None, 3, "reported", "Home births"), Answer("births", None, 5)]
    return filed(scene, answers=said, **other)


def record_of(scene: Scene) -> dict[str, tuple[int, ...]]:
    """Each rule's counts."""
    return {
        line.rule.code: (line.checked, line.broken, line.approved, line.corrected, line.waiting, line.explained)
        for line in rule_lines(RuleRecord.objects.all(), scene.template)
    }


def test_an_approved_break_was_right_and_a_corrected_one_was_not(scene: Scene) -> None:
    right = explained(scene)
    wrong = explained(scene, facility=scene.other_facility())
    explained(scene, facility=scene.other_facility())
    approve(by=scene.officer, submission=right, at=timezone.now())
    send_back(by=scene.officer, submission=wrong, reason="Count again", at=timezone.now())
    save_draft(by=scene.coordinator, submission=wrong, answers=answers(visits=9), seen=None, at=timezone.now())
    submit(by=scene.coordinator, submission=wrong, at=timezone.now())
    validate_version(scene.version)
    assert record_of(scene) == {"rule-0": (3, 2, 1, 1, 1, 2), "rule-1": (3, 0, 0, 0, 0, 0)}
    line = rule_lines(RuleRecord.objects.all(), scene.template)[0]
    assert line.share == Decimal(2) / 3
    assert line.right == Decimal("0.5")


def test_what_was_sent_back_and_still_breaks_the_rule_is_not_decided(scene: Scene) -> None:
    report = explained(scene)
    send_back(by=scene.officer, submission=report, reason="Count again", at=timezone.now())
    validate_version(scene.version)
    assert record_of(scene)["rule-0"] == (0, 0, 0, 0, 1, 1)


def test_a_rule_that_waits_for_a_missing_value_was_not_checked(scene: Scene) -> None:
    filed(scene, answers=answers(visits=3))
    validate_version(scene.version)
    assert record_of(scene) == {"rule-0": (0, 0, 0, 0, 0, 0), "rule-1": (1, 0, 0, 0, 0, 0)}


def test_counting_again_counts_nothing_twice_and_follows_what_changed(scene: Scene) -> None:
    report = explained(scene)
    for _number in range(2):
        validate_version(scene.version)
    assert record_of(scene)["rule-0"] == (1, 1, 0, 0, 1, 1)
    approve(by=scene.officer, submission=report, at=timezone.now())
    validate_version(scene.version)
    assert record_of(scene)["rule-0"] == (1, 1, 1, 0, 0, 1)


def test_while_a_report_is_corrected_on_request_its_approved_break_stays_right() -> None:
    scene = Corrected(
        version=published(rules=[{"left": "visits", "operator": "<", "right": "10", "severity": "alert"}])
    )
    # Ten visits break it, which was found and approved.
    assert validate_version(scene.version).cells == 1
    scene.accepted()
    for deed in (lambda: None, lambda: scene.resend(3)):
        deed()
        validate_version(scene.version)
        assert record_of(scene) == {"rule-0": (1, 1, 1, 0, 0, 0)}
    approve(by=scene.officer, submission=scene.report, at=timezone.now())
    validate_version(scene.version)
    assert record_of(scene) == {"rule-0": (1, 0, 0, 1, 0, 0)}


@pytest.fixture
def client(scene: Scene, administrator: User) -> Client:
    """The administrator, with two months of record."""
    explained(scene)
    filed(scene, period=APRIL)
    validate_version(scene.version)
    return signed_in(administrator)


def page(client: Client, scene: Scene, query: str = "") -> str:
    """The page of the record."""
    return str(client.get(f"/reports/templates/{scene.template.code}/record/{query}").content.decode())


def test_the_page_names_each_rule_with_its_counts_and_keeps_its_filters(client: Client, scene: Scene) -> None:
    text = page(client, scene)
    assert "Births … beyond visits …" in text
    assert text.index("rule-0") < text.index("rule-1")
    assert page(client, scene, "?sort=rule").index("rule-0") < text.index("rule-1")
    assert page(client, scene, "?sort=-rule").index("rule-1") < page(client, scene, "?sort=-rule").index("rule-0")
    assert "rule-0" not in page(client, scene, "?severity=alert")
    # In April nobody broke it.
    lines = client.get(f"/reports/templates/{scene.template.code}/record/?until=201904").context["page"].object_list
    assert [(line.checked, line.broken) for line in lines if line.rule.code == "rule-0"] == [(1, 0)]
    assert "severity=alert" in page(client, scene, "?severity=alert")
    assert client.get(f"/reports/templates/{scene.template.code}/record/?until=never&sort=x").status_code == 200


def test_it_is_open_to_those_who_write_rules_or_run_consolidation_alone(client: Client, scene: Scene) -> None:
    address = f"/reports/templates/{scene.template.code}/record/"
    assert signed_in(member("data_manager", scene.body)).get(address).status_code == 200
    for person in (scene.officer, scene.coordinator):
        assert signed_in(person).get(address).status_code == 403
        assert signed_in(person).post(f"{address}check/").status_code == 403


def test_a_template_that_is_being_built_is_there_for_those_who_build_alone(client: Client, scene: Scene) -> None:
    building = TemplateFactory()
    address, query = f"/reports/templates/{building.code}/record/", urlencode({"template": building.code})
    manager = member("data_manager", scene.body)
    assert client.get(address).status_code == 200
    assert signed_in(manager).get(address).status_code == 404
    assert signed_in(manager).post(f"{address}check/").status_code == 404
    with pytest.raises(Http404):
        LISTINGS["rule_records"].listed(manager, query)


def test_asking_from_the_page_leads_to_the_job(client: Client, scene: Scene) -> None:
    answer = client.post(f"/reports/templates/{scene.template.code}/record/check/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/jobs/")


def test_the_file_holds_what_the_page_shows(client: Client, scene: Scene, administrator: User) -> None:
    listed = LISTINGS["rule_records"].listed(
        administrator, urlencode({"template": scene.template.code, "severity": "warning"})
    )
    (row,) = map(list, listed.rows)
    assert row[0] == "rule-0"
    assert row[4:] == [2, 1, 0, 0, 1, 1]


def test_programs_read_the_record(client: Client, scene: Scene, administrator: User) -> None:
    caller = Caller(administrator)
    told = caller.get("rule-records/", {"template": scene.template.code, "period": "201905"}).json()
    assert told["results"][0] | {"message": None} == {
        "rule": "rule-0",
        "severity": "warning",
        "message": None,
        "checked": 1,
        "broken": 1,
        "approved": 0,
        "corrected": 0,
        "waiting": 1,
        "explained": 1,
    }
    assert caller.get("rule-records/").status_code == 400
    assert caller.get("rule-records/", {"template": "none", "period": "x"}).status_code == 400
    assert Caller(scene.officer).get("rule-records/", {"template": scene.template.code}).status_code == 403
