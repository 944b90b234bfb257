"""What is asked of double reports: which to show, what should count and why, who decides."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.settlements import LONGEST_REASON, Said
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.double_reports import DoubleReportQuerySet, DoubleState, WayOf
from coordination.reporting.models.side_by_side import Row, SideBySide
from coordination.reporting.rules.numbers import NumberProblem, parse_number
from coordination.reporting.rules.settlements import GROUNDED, Part, Way
from coordination.reporting.rules.specification import SectionSpec
from directorates.forms.people import OrganisationField
from directorates.foundation.fields import TextField
from directorates.models import Organisation, User
from directorates.models.organisations import OrganisationStatus

EVERY, WAITING, OVER = "all", "", "over"
OWN, ADD, VALUE, NOTHING = "", "add", "value", "none"
TAKE = "take:"
# A number as it is typed; longer ones are refused before they are read.
LONGEST_NUMBER = 40


class DoubleFilter(forms.Form):
    """Which double reports to show."""

    template = forms.ModelChoiceField(
        ReportTemplate.objects.none(),
        label=_("Report"),
        required=False,
        to_field_name="code",
        empty_label=pgettext_lazy("reports", "All"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (WAITING, pgettext_lazy("double reports", "To be settled")),
            *DoubleState.choices,
            (EVERY, pgettext_lazy("double reports", "All")),
        ],
    )
    mine = forms.BooleanField(label=_("Only those that wait for me"), required=False)

    def __init__(self, data: Any, user: User) -> None:
        """Offer the reports that the reader knows."""
        super().__init__(data)
        self.user = user
        self.fields["template"].queryset = ReportTemplate.objects.visible_to(user).order_by("code")  # type: ignore[attr-defined]

    def narrow(self, rows: DoubleReportQuerySet) -> DoubleReportQuerySet:
        """Those that were asked for."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("template"):
            rows = rows.following(asked["template"])
        if asked.get("mine"):
            rows = rows.to_settle(self.user)
        state = asked.get("state") or WAITING
        if state == WAITING:
            return rows.waiting()
        return rows if state == EVERY else rows.filter(state=state)


class ReasonForm(forms.Form):
    """Why something is refused or taken back."""

    reason = TextField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Both sides read it, and it stays."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def revisions(self) -> list[int] | None:
        """The revisions that the page showed; None where it named none."""
        return revisions_in(self.cleaned_data.get("seen", ""))


class ArbiterForm(forms.Form):
    """Who decides."""

    arbiter = OrganisationField(label=_("Arbiter"))

    def __init__(self, data: Any, page: SideBySide) -> None:
        """Offer the organisations that act and sent none of the reports."""
        super().__init__(data)
        sides = [report.reporter_id for report in page.reports]
        rows = Organisation.objects.filter(status=OrganisationStatus.ACTIVE).exclude(pk__in=sides)
        self.fields["arbiter"].queryset = rows.order_by("kind", "code")  # type: ignore[attr-defined]


def revisions_in(text: str) -> list[int] | None:
    """The ids of revisions that a hidden field carries; None where it carries none that can be read."""
    try:
        held = json.loads(text) if text else None
    except ValueError:
        return []
    return None if held is None else [one for one in held if type(one) is int] if isinstance(held, list) else []


def _item(row: Row) -> str:
    """An item in the reader's language, as faults name it."""
    element, category = row.beside.element, row.beside.category
    names = [one.name_en if get_language() == "en" else one.name_ar for one in (element, category) if one is not None]
    return " · ".join(names)


class SettlementForm(ReasonForm):
    """What should count: a way, perhaps whose report it stands on, perhaps what counts of each item that differs."""

    way = forms.ChoiceField(label=_("What should count"), widget=forms.RadioSelect)
    taken = OrganisationField(label=_("The report of"), required=False)

    knowing = forms.BooleanField(
        label=_("It is settled knowing that these rules are broken"),
        required=False,
        help_text=_("The other side reads which, before it confirms."),
    )

    field_order = ("way", "taken", "reason", "knowing")

    def __init__(self, data: Any, page: SideBySide) -> None:
        """Offer the sides, and a choice for every item that they answer otherwise."""
        super().__init__(data, initial={"seen": json.dumps(page.revisions)})
        self.page = page
        ways = [(value, words) for value, words in WayOf.choices if value != Way.RULE]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        ids = [report.reporter_id for report in page.reports]
        self.fields["taken"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
        self.fields["taken"].help_text = _(
            "Needed where one report counts, where each counts for its own services, and for a value for each item."
        )
        for section in page.sections:
            self._offer_section(section)
        for row in page.differing:
            self._offer(row)

    def _offer_section(self, section: SectionSpec) -> None:
        """Whose a part of the report is, where each counts for its own services."""
        choices: list[tuple[str, Any]] = [(OWN, _("as in the report chosen above"))]
        choices += [(f"{TAKE}{one.reporter.code}", one.reporter.short) for one in self.page.reports]
        name = section.name_en if get_language() == "en" else section.name_ar
        self.fields[f"section_{section.code}"] = forms.ChoiceField(required=False, choices=choices, label=name)

    def _offer(self, row: Row) -> None:
        slot, sides = row.beside.slot, self.page.reports
        choices: list[tuple[str, Any]] = [(OWN, _("as in the report chosen above"))]
        choices += [(f"{TAKE}{one.reporter.code}", one.reporter.short) for one in sides]
        choices += [(ADD, _("all added")), (VALUE, _("this number:")), (NOTHING, _("nothing counts"))]
        self.fields[f"cell_{slot}"] = forms.ChoiceField(required=False, choices=choices, label=_item(row))
        self.fields[f"value_{slot}"] = forms.CharField(
            required=False,
            label=pgettext_lazy("settlement", "this number: %(item)s") % {"item": _item(row)},
            max_length=LONGEST_NUMBER,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}),
        )

    @property
    def items(self) -> "list[tuple[Row, forms.BoundField, forms.BoundField]]":
        """The items that differ with their two fields, as the page shows them."""
        rows = self.page.differing
        return [(row, self[f"cell_{row.beside.slot}"], self[f"value_{row.beside.slot}"]) for row in rows]

    @property
    def sections(self) -> "list[forms.BoundField]":
        """Whose each part of the report is, as the page shows it."""
        return [self[f"section_{section.code}"] for section in self.page.sections]

    def clean(self) -> dict[str, Any]:
        """Read the choice of each item; a number that cannot be read is told at its item."""
        asked = super().clean() or self.cleaned_data
        codes = {one.reporter.code: one.reporter_id for one in self.page.reports}
        asked["parts"] = {}
        if asked.get("way") == Way.SPLIT:
            asked["parts"] = self._by_section(asked, codes)
        if asked.get("way") != Way.VALUES:
            return asked
        for row in self.page.differing:
            slot = row.beside.slot
            part = self._part(slot, asked, codes)
            if part is not None:
                asked["parts"][slot] = part
        return asked

    def _by_section(self, asked: Mapping[str, Any], codes: Mapping[str, int]) -> dict[str, Part]:
        """Of each item of the parts that were given to one side, that side's own answer."""
        found = {}
        for row in self.page.rows:
            choice = asked.get(f"section_{row.beside.section.code}") or OWN
            if choice != OWN:
                found[row.beside.slot] = Part(take=codes.get(choice.removeprefix(TAKE)))
        return found

    def _part(self, slot: str, asked: Mapping[str, Any], codes: Mapping[str, int]) -> Part | None:
        choice = asked.get(f"cell_{slot}") or OWN
        if choice.startswith(TAKE):
            return Part(take=codes.get(choice.removeprefix(TAKE)))
        if choice == ADD:
            return Part(add=True)
        if choice == NOTHING:
            return Part()
        if choice != VALUE:
            return None
        try:
            return Part(value=parse_number(asked.get(f"value_{slot}") or ""))
        except NumberProblem:
            self.add_error(f"value_{slot}", _("This is no number."))
            return None

    @property
    def said(self) -> Said:
        """What was asked for, as the action takes it."""
        asked = self.cleaned_data
        way = Way(asked["way"])
        taken = asked.get("taken") if way in GROUNDED else None
        return Said(way, asked["reason"], taken, asked["parts"], self.revisions, asked["knowing"])
