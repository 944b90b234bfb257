"""Every code has words, with the parameters that come with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.utils.translation import override

from coordination.reporting.rules import messages
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.expressions import ExpressionProblem, parse
from coordination.reporting.rules.messages import MESSAGES, message_for
from coordination.reporting.rules.numbers import NumberProblem, parse_number
from coordination.reporting.rules.periods import PeriodError, PeriodType, parse_period
from coordination.reporting.rules.template_words import SOURCE_MESSAGES
from coordination.reporting.rules.values import evaluate
from tests.reporting.specifications import SPEC

RULES = Path(messages.__file__).parent
RAISED = re.compile(r"(?:Problem|PeriodError|fault|NumberProblem)\(\s*\"([a-z_]+)\"")


def refusal(reader: Callable[[str], object], text: str) -> tuple[str, Mapping[str, str]]:
    """The code and parameters with which a reader refuses a text."""
    try:
        reader(text)
    except (PeriodError, NumberProblem, ExpressionProblem) as refused:
        return refused.code, refused.params
    raise AssertionError(text)


def test_every_code_that_the_rules_give_has_words() -> None:
    written = {code for path in RULES.glob("*.py") for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 25
    assert written - {"rule_broken"} <= {*MESSAGES, *SOURCE_MESSAGES}


def test_no_words_are_left_without_a_code() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in RULES.glob("*.py") if path.name != "messages.py")
    assert [code for code in MESSAGES if f'"{code}"' not in sources] == []


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        *((parse_number, text) for text in ("x", "1,5", "9" * 20, "0.0000001")),
        *((parse_period, text) for text in ("x", "202413", "0001")),
        (lambda text: parse_period(text, PeriodType.WEEK), "2024"),
        *((parse, text) for text in ("(", "x;", "(" * 20, "1" * 600)),
    ],
)
def test_a_refusal_brings_the_parameters_of_its_message(reader: Callable[[str], object], value: str) -> None:
    code, params = refusal(reader, value)
    assert "%(" not in message_for(code, params)


def test_every_fault_of_a_report_can_be_told() -> None:
    wrong = [5, "", "x", "1,5", "1.5", -1, "9" * 20, [], "x\x00", True, "2999-01-01"]
    answers = [
        Answer(found.code, category, value, state, "x\x00")
        for found in SPEC.elements
        for category in (None, "u5", "x")
        for value in wrong
        for state in (None, "closed", "x")
    ]
    for answer in answers:
        for problem in evaluate(SPEC, [answer, answer], complete=True).errors:
            assert "%(" not in message_for(problem.code, problem.params)


def test_a_broken_rule_speaks_the_words_of_its_template_in_the_readers_language() -> None:
    params = {"message_ar": "الأسرّة", "message_en": "Beds"}
    with override("ar"):
        assert message_for("rule_broken", params) == "الأسرّة"
    with override("en"):
        assert message_for("rule_broken", params) == "Beds"
