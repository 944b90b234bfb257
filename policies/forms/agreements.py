"""What is asked of agreements: which to show, what a draft says about itself, when it is opened, entered, given up or ended."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.forms.people import OrganisationField
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField, StandingForm, TextField
from directorates.models import Organisation, User
from policies.actions.agreements import LONGEST_REASON, LONGEST_SUMMARY, AgreementSaid
from policies.actions.signatures import LONGEST_EVIDENCE
from policies.forms.versions import SeenForm
from policies.models import AgreementKind, AgreementText, Party
from policies.models.agreements import RULES, AgreementQuerySet
from policies.rules.agreements import ForceRule

IN_FORCE, COMING, OVER, OPEN, DRAFTED, GIVEN_UP, ALL = "", "coming", "over", "open", "draft", "given_up", "all"
TO_SIGN, TO_CONSENT = "to_sign", "to_consent"


# What is the same on every day.
UNDATED: dict[str, Callable[[AgreementQuerySet], AgreementQuerySet]] = {
    OPEN: AgreementQuerySet.open,
    DRAFTED: AgreementQuerySet.drafts,
    GIVEN_UP: AgreementQuerySet.given_up_ones,
    ALL: AgreementQuerySet.all,
}


class AgreementFilter(forms.Form):
    """Which agreements to show: those in force today, unless others are asked for."""

    q = LineField(
        label=pgettext_lazy("agreement", "Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("agreement", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("agreements", "All")), *AgreementKind.choices],
    )
    organisation = OrganisationField(
        label=pgettext_lazy("agreement", "Party"), required=False, empty_label=pgettext_lazy("organisation", "All")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (IN_FORCE, pgettext_lazy("agreements", "In force")),
            (COMING, pgettext_lazy("agreements", "Signed, hold later")),
            (OVER, pgettext_lazy("agreements", "Ended")),
            (OPEN, pgettext_lazy("agreements", "Open for signature")),
            (TO_SIGN, pgettext_lazy("agreements", "Wait for our signature")),
            (TO_CONSENT, pgettext_lazy("agreements", "Wait for our consent")),
            (DRAFTED, pgettext_lazy("agreements", "Drafts")),
            (GIVEN_UP, pgettext_lazy("agreements", "Given up")),
            (ALL, pgettext_lazy("agreements", "At any time")),
        ],
    )
    day = DayField(label=pgettext_lazy("agreements", "On the day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the organisations that are named in any."""
        super().__init__(*args, **kwargs)
        parties = Organisation.objects.filter(agreement_parties__isnull=False).distinct()
        self.fields["organisation"].queryset = parties  # type: ignore[attr-defined]

    def chosen(self) -> datetime.date:
        """The day that was asked for; today where none was, or none that can be read."""
        self.is_valid()
        day: datetime.date | None = self.cleaned_data.get("day")
        return day or timezone.localdate()

    def narrow(self, rows: AgreementQuerySet, user: User) -> AgreementQuerySet:
        """The agreements that were asked for, as they are on the day."""
        day = self.chosen()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text)
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("organisation"):
            rows = rows.with_party(asked["organisation"])
        match asked.get("state"):
            case "coming":
                return rows.coming(day)
            case "over":
                return rows.over(day)
            case "to_sign":
                return rows.filter(pk__in=Party.objects.to_sign(user, day).order_by().values("agreement"))
            case "to_consent":
                return rows.filter(pk__in=AgreementText.objects.to_consent(user, day).order_by().values("agreement"))
            case "open" | "draft" | "given_up" | "all" as state:
                return UNDATED[state](rows)
        return rows.at(day)


class PartiesField(forms.ModelMultipleChoiceField):
    """Some organisations, by their codes."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Its name."""
        return str(obj.name)


class AgreementForm(StandingForm):
    """What a draft says about itself."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("agreement", "Kind"), choices=[("", NOTHING_CHOSEN), *AgreementKind.choices]
    )
    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))
    summary_ar = TextField(label=_("What it is about, in Arabic"), required=False, max_length=LONGEST_SUMMARY)
    summary_en = TextField(label=_("What it is about, in English"), required=False, max_length=LONGEST_SUMMARY)
    parties = PartiesField(
        Organisation.objects.none(), to_field_name="code", label=pgettext_lazy("agreement", "Parties")
    )
    rule = forms.ChoiceField(
        label=_("Comes into force"),
        choices=[(one.value, words) for one, words in RULES.items()],
        initial=ForceRule.ALL.value,
        widget=forms.RadioSelect,
        help_text=_("An accord always needs the signature of every party."),
    )
    since = DayField(
        label=_("First day"), required=False, help_text=_("Left blank, it holds from the day of the last signature.")
    )
    until = DayField(label=_("Last day"), required=False, help_text=_("Left blank, it holds until its parties leave."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every organisation: a record may name one that acts no more."""
        super().__init__(*args, **kwargs)
        self.fields["parties"].queryset = Organisation.objects.order_by("kind", "code")  # type: ignore[attr-defined]

    @property
    def said(self) -> AgreementSaid:
        """What was written."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "stood"}
        return AgreementSaid(**given | {"parties": list(given["parties"])})


class RecordForm(SeenForm):
    """When a paper was signed by all its parties, and what shows it."""

    day = DayField(label=_("Signed on"))
    evidence = TextField(
        label=_("What shows it"),
        max_length=LONGEST_EVIDENCE,
        help_text=_("The paper, where it is kept, who signed for whom. Everybody reads it."),
    )


class WhyForm(forms.Form):
    """A reason of what is not in force."""

    why = TextField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It stays with the agreement. The parties read it; once it is in force, everybody does."),
    )


class EverybodyWhyForm(forms.Form):
    """A reason that everybody reads."""

    why = TextField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stands with the agreement; everybody reads it.")
    )


class EndForm(forms.Form):
    """With which day something ended, and why."""

    last_day = DayField(label=_("Last day"))
    why = TextField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("It stands with the agreement; everybody reads it.")
    )
