"""What is asked of a rule, and the example values on which it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.forms.templates import EditionForm
from coordination.reporting.models import ValidationRule
from coordination.reporting.models.templates import Severity
from coordination.reporting.rules.expressions import (
    Cell,
    Expression,
    ExpressionProblem,
    Missing,
    Number,
    Operator,
    cells_read,
    compare,
    evaluate,
    parse,
)
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.numbers import NumberProblem, format_number, read_number
from coordination.reporting.rules.specification import TemplateSpec
from coordination.reporting.rules.templates import LONGEST_RULE
from directorates.foundation.fields import LineField, TextField
from directorates.rules.text import clean_text

OPERATORS = {
    Operator.AT_MOST: pgettext_lazy("rule", "≤ is at most"),
    Operator.LESS: pgettext_lazy("rule", "< is less than"),
    Operator.EQUAL: pgettext_lazy("rule", "= equals"),
    Operator.NOT_EQUAL: pgettext_lazy("rule", "≠ differs from"),
    Operator.AT_LEAST: pgettext_lazy("rule", "≥ is at least"),
    Operator.GREATER: pgettext_lazy("rule", "> is more than"),
    Operator.COMPULSORY_PAIR: pgettext_lazy("rule", "is answered together with"),
    Operator.EXCLUSIVE_PAIR: pgettext_lazy("rule", "is never answered together with"),
}
MISSING = {
    Missing.SKIP_ANY: _("If any value is missing, the rule is not checked"),
    Missing.SKIP_ALL: _("If all values are missing, it is not checked; otherwise a missing one counts as 0"),
    Missing.ZERO: _("A missing value counts as 0"),
}
SEVERITIES = {
    Severity.ERROR: _("Error: the report cannot be sent"),
    Severity.WARNING: _("Warning: it can be sent with a reason"),
    Severity.ALERT: _("Alert: it is sent, and the surveillance unit is told"),
}
LONGEST_EXAMPLE = 40
# Products of the longest numbers that can be typed are rounded without overflow.
DIGITS = 500


class RuleForm(EditionForm):
    """A rule: two sides, how they are compared, what follows, and the words to say."""

    left = LineField(
        label=_("Left side"), max_length=500, widget=forms.TextInput(attrs={"list": "codes", "dir": "ltr"})
    )
    operator = forms.ChoiceField(label=_("Comparison"), choices=list(OPERATORS.items()))
    right = LineField(
        label=_("Right side"),
        max_length=500,
        help_text=_(
            "A number, the code of an item, or a sum such as visits.u5 + visits.o5. Signs: + - * / and brackets."
        ),
        widget=forms.TextInput(attrs={"list": "codes", "dir": "ltr"}),
    )
    severity = forms.ChoiceField(label=_("If it does not hold"), choices=list(SEVERITIES.items()), initial="warning")
    missing = forms.ChoiceField(label=_("Missing values"), choices=list(MISSING.items()))
    message_ar = TextField(
        label=_("What is said, in Arabic"),
        max_length=LONGEST_RULE,
        help_text=_("{left} and {right} become the two values."),
        widget=forms.Textarea(attrs={"rows": 2, "lang": "ar"}),
    )
    message_en = TextField(
        label=_("What is said, in English"),
        max_length=LONGEST_RULE,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )

    def taken(self) -> dict[str, Any]:
        """The fields of the rule, as the action takes them; messages are one line."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "edition"}
        return said | {name: clean_text(said[name]) for name in ("message_ar", "message_en")}


def said_by(rule: ValidationRule) -> dict[str, Any]:
    """What a rule says, for the fields."""
    names = ("left", "operator", "right", "severity", "missing", "message_ar", "message_en")
    return {name: getattr(rule, name) for name in names}


@dataclass(frozen=True)
class Example:
    """One value that the rule reads, as it was typed for the trial."""

    cell: Cell
    text: str
    fault: str = ""

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"v-{self.cell[0]}" if self.cell[1] is None else f"v-{self.cell[0]}.{self.cell[1]}"

    @property
    def anchor(self) -> str:
        """The id of its field: the script that keeps what was typed looks for it by a selector, where a dot is a class."""
        return self.name.replace(".", "--")


class Trial:
    """A rule tried on example values: nothing is kept of it."""

    def __init__(self, data: Mapping[str, Any], spec: TemplateSpec) -> None:
        """Read the sides and the values; what cannot be read is told and the rest stands."""
        self.spec = spec
        self.faults: dict[str, str] = {}
        self.left, self.right = self._side("left", data), self._side("right", data)
        self.operator = _one_of(Operator, data.get("operator"), Operator.AT_MOST)
        self.missing = _one_of(Missing, data.get("missing"), Missing.SKIP_ANY)
        self.messages = {
            name: clean_text(str(data.get(name) or ""))[:LONGEST_RULE] for name in ("message_ar", "message_en")
        }
        self.examples = tuple(self._example(cell, data) for cell in self._cells())
        self.values = {one.cell: number for one in self.examples if (number := _number(one)) is not None}

    def _side(self, name: str, data: Mapping[str, Any]) -> Expression | None:
        text = clean_text(str(data.get(name) or ""))
        if not text:
            return None
        try:
            tree = parse(text)
            cells_read(tree.operands(), self.spec.cells)
        except ExpressionProblem as problem:
            self.faults[name] = message_for(problem.code, problem.params)
            return None
        return tree

    def _cells(self) -> tuple[Cell, ...]:
        operands = [operand for side in (self.left, self.right) if side for operand in side.operands()]
        return cells_read(operands, self.spec.cells)

    def _example(self, cell: Cell, data: Mapping[str, Any]) -> Example:
        example = Example(cell, "")
        text = clean_text(str(data.get(example.name) or ""))[:LONGEST_EXAMPLE]
        try:
            if text:
                read_number(text)
        except NumberProblem as problem:
            return Example(cell, text, message_for(problem.code, problem.params))
        return Example(cell, text)

    @property
    def ready(self) -> bool:
        """Whether both sides could be read."""
        return self.left is not None and self.right is not None

    @property
    def tried(self) -> bool:
        """Whether there is anything to say: values were typed, or none are needed."""
        return self.ready and (bool(self.values) or not self.examples)

    @property
    def holds(self) -> bool | None:
        """Whether the rule holds; None where it is not checked."""
        if self.left is None or self.right is None:
            return None
        return compare(self.left, self.operator, self.right, self.values, self.spec.cells, self.missing)

    @property
    def sides(self) -> tuple[str, str]:
        """The values of both sides, as the message shows them."""
        missing = Missing.ZERO if self.missing is Missing.SKIP_ALL else self.missing
        found = [
            evaluate(side, self.values, self.spec.cells, missing) for side in (self.left or _NONE, self.right or _NONE)
        ]
        with localcontext(prec=DIGITS):
            left, right = ("–" if value is None else format_number(round(value, 2)) for value in found)
        return left, right

    @property
    def said(self) -> tuple[str, str]:
        """What would be said, in Arabic and in English."""
        left, right = self.sides
        arabic, english = (
            self.messages[name].replace("{left}", left).replace("{right}", right)
            for name in ("message_ar", "message_en")
        )
        return arabic, english


_NONE = Number(Decimal(0))


def _number(example: Example) -> Decimal | None:
    return read_number(example.text) if example.text and not example.fault else None


def _one_of(kind: Any, given: Any, default: Any) -> Any:
    return kind(given) if given in {one.value for one in kind} else default
