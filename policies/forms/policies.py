"""What is asked of policies: which to show, what a new one is called."""

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import LineField, StandingForm
from directorates.models import User
from policies.models import PolicyKind
from policies.models.policies import PolicyQuerySet
from policies.waits import WAITS

# Words that stand in addresses in the place of a policy's code.
RESERVED = ("new", "acknowledgements", "mandates", "agreements", "branding", "members", "verify")
IN_FORCE, COMING, PROPOSED, DRAFTED, PAST = "in-force", "coming", "proposed", "draft", "past"


class PolicyFilter(forms.Form):
    """Which policies to show."""

    q = LineField(
        label=_("Code or name"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("policy", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("policies", "All")), *PolicyKind.choices],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("policies", "All")),
            (IN_FORCE, pgettext_lazy("policies", "In force")),
            (COMING, pgettext_lazy("policies", "Adopted, hold later")),
            (PROPOSED, pgettext_lazy("policies", "Proposed")),
            (DRAFTED, pgettext_lazy("policies", "Being drafted")),
            (PAST, pgettext_lazy("policies", "Not in force any more")),
        ],
    )
    waits = forms.ChoiceField(
        label=pgettext_lazy("policies", "Wait for us"),
        required=False,
        choices=[("", pgettext_lazy("policies", "All")), *((code, words) for code, (words, *_ask) in WAITS.items())],
    )

    def narrow(self, rows: PolicyQuerySet, seen: Any, day: datetime.date, user: User) -> PolicyQuerySet:
        """The policies that were asked for; their state goes by the versions that the reader sees (`seen`)."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text)
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("waits"):
            _words, ask, policy = WAITS[asked["waits"]]
            rows = rows.filter(pk__in=ask(user, day).order_by().values(policy))
        of = seen.filter(policy=OuterRef("pk"))
        holding, coming = Exists(of.at(day)), Exists(of.coming(day))
        match asked.get("state"):
            case "in-force":
                return rows.filter(holding)
            case "coming":
                return rows.filter(coming)
            case "proposed":
                return rows.filter(Exists(of.proposed()))
            case "draft":
                return rows.filter(Exists(of.drafts()))
            case "past":
                return rows.filter(Exists(of.adopted()) & ~holding & ~coming)
        return rows


class PolicyForm(forms.Form):
    """A policy's kind and names."""

    kind = forms.ChoiceField(label=pgettext_lazy("policy", "Kind"), choices=PolicyKind.choices)
    name_ar = LineField(label=_("Name in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar"}))
    name_en = LineField(label=_("Name in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en"}))


class NewPolicyForm(PolicyForm):
    """The same with the code, which stays for good."""

    code = LineField(
        label=_("Code"),
        required=False,
        max_length=60,
        help_text=_(
            "Small Latin letters, digits and hyphens; it stays for good. Left blank, it comes from the English name."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """The code, made of the English name where none was written."""
        given = super().clean() or self.cleaned_data
        wished = given.get("code") or slugify(given.get("name_en", ""))[:60].strip("-_")
        if wished != slugify(wished) or not wished or wished in RESERVED:
            self.add_error(
                "code", forms.ValidationError(_("Write small Latin letters, digits and hyphens."), code="code")
            )
        given["code"] = wished
        return given


class RenamePolicyForm(StandingForm, PolicyForm):
    """Another kind or other names."""

    field_order = ("kind", "name_ar", "name_en", "stood")
