"""Rules of a draft: kept in one spelling, over what is asked alone; tried on example values and never kept by that."""

import json
from pathlib import Path
from typing import Any

import pytest

from coordination.reporting.actions.validation_rules import remove_rule
from coordination.reporting.forms.validation_rules import Trial
from coordination.reporting.models.versions import Outline
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from tests.factories import member
from tests.reporting.workshop import Workshop

pytestmark = pytest.mark.django_db

SAID = {"message_ar": "الولادات {left} أكثر من {right}", "message_en": "Births {left} above {right}"}


@pytest.fixture
def workshop() -> Workshop:
    """A draft that asks visits and births."""
    made = Workshop()
    made.section("visits", "births")
    return made


def tried(workshop: Workshop, **given: Any) -> Trial:
    """A trial: births at most visits, unless said."""
    data = {"left": "births", "operator": "<=", "right": "visits", "missing": "skip_any", **SAID}
    return Trial(data | given, Outline(workshop.draft).source.spec)


def test_a_rule_is_kept_in_one_spelling_and_changed_under_its_code(workshop: Workshop) -> None:
    rule = workshop.rule(left="  births+1 ", right="2*(visits)")
    assert (rule.code, rule.left, rule.right) == ("rule-1", "births + 1", "2 * visits")
    changed = workshop.rule(rule=rule, left="births", severity="warning")
    assert (changed.pk, changed.code, changed.severity) == (rule.pk, "rule-1", "warning")
    assert workshop.rule().code == "rule-2"
    remove_rule(rule=changed, **workshop.deed)
    assert [one.code for one in Outline(workshop.draft).rules] == ["rule-2"]


def test_everything_wrong_with_a_rule_is_told_at_once_at_its_fields(workshop: Workshop) -> None:
    with pytest.raises(Problem) as caught:
        workshop.rule(left="births +", right="deaths", message_ar="{value}", operator="~", severity="mild")
    found = {(fault.field, fault.code) for fault in caught.value.errors}
    assert found >= {
        ("left", "expression_incomplete"),
        ("right", "unknown_operand"),
        ("message_ar", "not_arabic"),
        ("operator", "unknown_word"),
        ("severity", "unknown_word"),
    }
    assert Outline(workshop.draft).rules == []


def test_only_who_manages_templates_writes_rules(workshop: Workshop) -> None:
    with pytest.raises(Refused):
        workshop.rule(by=member("data_manager", workshop.body))


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"v-births": "3", "v-visits": "12"}, True),
        ({"v-births": "٣", "v-visits": "2"}, False),
        ({"v-births": "3"}, None),
        ({"v-births": "many", "v-visits": "2"}, None),
    ],
)
def test_a_rule_is_tried_on_example_values(workshop: Workshop, values: dict[str, str], holds: bool | None) -> None:
    trial = tried(workshop, **values)
    assert (trial.tried, trial.holds) == (True, holds)


def test_a_broken_rule_says_its_message_with_both_values(workshop: Workshop) -> None:
    trial = tried(workshop, **{"v-births": "1500", "v-visits": "2.5"})
    assert trial.said == ("الولادات 1,500 أكثر من 2.5", "Births 1,500 above 2.5")


def test_missing_values_count_as_the_rule_says(workshop: Workshop) -> None:
    assert tried(workshop, missing="zero", **{"v-births": "3"}).holds is False
    assert tried(workshop, missing="skip_all").tried is False
    assert tried(workshop, operator="compulsory_pair", **{"v-births": "3"}).holds is False


def test_a_half_written_rule_is_told_and_what_can_be_read_stands(workshop: Workshop) -> None:
    trial = tried(workshop, right="visits + (")
    assert (trial.ready, list(trial.faults)) == (False, ["right"])
    assert [example.cell for example in trial.examples] == [("births", None)]
    assert tried(workshop, left="", right="").tried is False


def test_the_longest_numbers_and_any_text_break_no_trial(workshop: Workshop, shared: Path) -> None:
    nines = "9" * 15
    trial = tried(workshop, left="births * births * births * births", **{"v-births": nines, "v-visits": nines})
    assert trial.holds is False
    assert trial.said[1].startswith("Births 99")
    spec = Outline(workshop.draft).source.spec
    for text in json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8")):
        names = ("left", "operator", "missing", "message_en", "v-visits")
        trial = Trial({"right": "visits", **dict.fromkeys(names, text)}, spec)
        assert trial.holds in (True, False, None)
        assert len(trial.sides) == len(trial.said)
