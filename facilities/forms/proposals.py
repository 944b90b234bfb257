"""What is asked about proposed changes: filters, the values proposed, the decision."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from directorates.forms.places import areas
from directorates.foundation.fields import NOTHING_CHOSEN, CarriedField, DayField, LineField, TextField
from directorates.models import Organisation, Place
from directorates.models.organisations import Kind
from directorates.rules.text import search_key
from facilities.actions.wishes import Wish
from facilities.forms.facilities import DescriptionForm, SubdistrictField
from facilities.models import Facility
from facilities.models.proposals import (
    CHANGEABLE,
    LONGEST_REASON,
    OF_A_NEW_ONE,
    Compared,
    Field,
    ProposalQuerySet,
    ProposalState,
)
from facilities.models.statuses import Operating
from facilities.rules.proposals import Escalation, same_value

APPROVE, REFUSE, LATER = "approve", "refuse", "later"


class ProposalFilter(forms.Form):
    """Which proposals to show: the open ones unless asked otherwise."""

    q = LineField(label=_("Facility"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("proposal", "Open")),
            *[choice for choice in ProposalState.choices if choice[0] != "open"],
            ("all", pgettext_lazy("proposal state", "All")),
        ],
    )
    place = forms.ChoiceField(label=_("Governorate or district"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(facility_proposals__isnull=False).distinct(),
        to_field_name="code",
        label=_("Proposed by"),
        required=False,
        empty_label=pgettext_lazy("organisation", "All"),
    )
    waiting = forms.TypedChoiceField(
        label=pgettext_lazy("proposal", "Waiting"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", pgettext_lazy("duration", "Any time")),
            (Escalation.DIRECTOR.value, _("7 days or longer")),
            (Escalation.BODY.value, _("14 days or longer")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Places are read anew for every page."""
        super().__init__(*args, **kwargs)
        found = areas(str(self.data.get("place", "")))
        self.fields["place"].choices = [("", pgettext("place", "All")), *found]  # type: ignore[attr-defined]

    def narrow(self, rows: ProposalQuerySet) -> ProposalQuerySet:
        """The proposals that the filters leave; what cannot be read filters nothing and is told beside its field."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state") or ProposalState.OPEN
        rows = rows if state == "all" else rows.filter(state=state)
        if text := asked.get("q"):
            rows = rows.filter(facility__search__contains=search_key(text))
        if code := asked.get("place"):
            rows = rows.under(Place.objects.get(code=code))
        if organisation := asked.get("organisation"):
            rows = rows.filter(acting=organisation)
        if days := asked.get("waiting"):
            rows = rows.asked_by(timezone.localdate() - datetime.timedelta(days=days))
        return rows


class WishesForm(DescriptionForm):
    """Values that are proposed, with the reason."""

    support_begin = forms.ModelChoiceField(
        Organisation.objects.none(),
        to_field_name="code",
        label=_("Support begins: which organisation"),
        required=False,
        empty_label=pgettext_lazy("support", "no change"),
    )
    support_begin_day = DayField(label=_("Support begins: on which day"), required=False)
    reason = TextField(
        label=_("Reason"),
        help_text=_("What happened, and how it is known. Whoever decides reads it; it stays in the history."),
        max_length=LONGEST_REASON,
    )

    def offer_support(self, name: str, organisations: QuerySet[Organisation]) -> None:
        """Let one of these organisations be chosen; without any, nothing is asked."""
        if not organisations.exists():
            self.leave_out(name)
            return
        self.fields[name].queryset = organisations  # type: ignore[attr-defined]

    def leave_out(self, name: str) -> None:
        """Do not ask for a field, nor for its day."""
        for key in (name, f"{name}_day"):
            self.fields.pop(key, None)

    def value(self, name: str) -> Any:
        """What was given for a field, as proposals hold it."""
        given = self.cleaned_data[name]
        if isinstance(given, list):
            return [str(one) for one in given]
        if isinstance(given, Organisation):
            return given.code
        return "" if given is None else str(given)

    def wish(self, name: Field) -> Wish:
        """What was given for a field, with its day."""
        return Wish(name, self.value(name), self.cleaned_data.get(f"{name}_day"))


class ProposeForm(WishesForm):
    """Other values for an entry: it begins with what stands; only what differs is proposed."""

    status = forms.TypedChoiceField(label=_("Operating status"), choices=Operating.choices, coerce=Operating)
    status_day = DayField(
        label=_("This status holds since"), required=False, help_text=_("Needed where the status is another one.")
    )
    support_end = forms.ModelChoiceField(
        Organisation.objects.none(),
        to_field_name="code",
        label=_("Support ends: which organisation"),
        required=False,
        empty_label=pgettext_lazy("support", "no change"),
    )
    support_end_day = DayField(label=_("Support ends: the last day"), required=False)
    # What stood when the page was opened: what someone else changes meanwhile is not proposed back.
    stood = CarriedField(required=False)

    field_order = (
        *("name_ar", "name_en", "type", "services", "other_names", "status", "status_day"),
        *("support_end", "support_end_day", "support_begin", "support_begin_day", "reason"),
    )

    def __init__(
        self,
        *args: Any,
        allowed: Sequence[Field],
        begin: QuerySet[Organisation],
        end: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        """Ask only for what the person may propose; of an NGO's support only its own."""
        super().__init__(*args, **kwargs)
        for name in CHANGEABLE:
            if name not in allowed:
                self.leave_out(name)
        for key, organisations in (("support_begin", begin), ("support_end", end)):
            if key in self.fields:
                self.offer_support(key, organisations)

    def wishes(self) -> list[Wish]:
        """The fields of which another value was given than the page began with."""
        stood = self.cleaned_data.get("stood")
        before = stood if isinstance(stood, dict) else {}
        found = [self.wish(name) for name in CHANGEABLE if name in self.fields]
        supports = (Field.SUPPORT_BEGIN, Field.SUPPORT_END)
        return [
            one
            for one in found
            if (one.new != "" if one.field in supports else not _same(one.new, before.get(one.field)))
        ]


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same, whatever a page sent as the other."""
    if isinstance(other, list) and not all(isinstance(part, str) for part in other):
        return False
    return same_value(one, other)


class ProposeNewForm(WishesForm):
    """A facility that is not in the register yet."""

    place = SubdistrictField(
        Place.objects.none(), to_field_name="code", label=_("Sub-district"), empty_label=NOTHING_CHOSEN
    )
    opened = DayField(label=_("Open since"), required=False)
    another = forms.BooleanField(label=_("It is none of these entries: propose it all the same"), required=False)

    field_order = (
        *("name_ar", "name_en", "place", "type", "opened", "services", "other_names"),
        *("support_begin", "support_begin_day", "reason", "another"),
    )

    def __init__(self, *args: Any, places: QuerySet[Place], begin: QuerySet[Organisation], **kwargs: Any) -> None:
        """Sub-districts and organisations that may be named; whether it is another one is asked where it looks known."""
        super().__init__(*args, **kwargs)
        self.alike: list[Facility] = []
        self.fields["another"].widget = forms.HiddenInput()
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.offer_support("support_begin", begin)

    def looks_known(self, alike: list[Facility]) -> bool:
        """Whether entries like it are in the register and nobody said yet that it is none of them; then it is asked."""
        self.alike = alike
        self.fields["another"].widget = forms.CheckboxInput() if alike else forms.HiddenInput()
        if not alike or self.cleaned_data["another"]:
            return False
        self.add_error("another", _("Entries like this one are in the register already."))
        return True

    def wishes(self) -> list[Wish]:
        """What was given."""
        return [self.wish(name) for name in OF_A_NEW_ONE if name in self.fields and self.value(name)]


class DecisionForm(forms.Form):
    """What becomes of each open change of a proposal; a new facility is approved or refused as a whole."""

    code = LineField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Needed to approve: letters A to Z, digits and hyphens; it never changes."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    reason = TextField(
        label=_("Reason"),
        required=False,
        help_text=_("Needed where something is refused. The proposer sees it."),
        max_length=LONGEST_REASON,
    )
    keep = forms.BooleanField(label=_("Leave other open proposals about the same fields open"), required=False)
    read = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, lines: Sequence[Compared], new: bool, **kwargs: Any) -> None:
        """One question a change, or one for all where the facility is new."""
        super().__init__(*args, **kwargs)
        self.names = [line.change.field for line in lines if line.change.state == ProposalState.OPEN]
        self.new = new
        choices = [(APPROVE, pgettext_lazy("deed", "Approve")), (REFUSE, pgettext_lazy("deed", "Refuse"))]
        if not new and len(self.names) > 1:
            choices.append((LATER, _("Leave open")))
        for name in ["whole"] if new else self.names:
            self.fields[f"decide_{name}"] = forms.ChoiceField(
                label=pgettext_lazy("proposal", "Decision"),
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
            )
        if not new:
            del self.fields["code"]
        if not any(line.rivals for line in lines):
            del self.fields["keep"]

    def question(self, name: str) -> forms.BoundField | None:
        """What is asked about a field by itself, where it is asked."""
        return self[f"decide_{name}"] if f"decide_{name}" in self.fields else None

    def chosen(self, what: str) -> list[str]:
        """The fields for which this was chosen."""
        if self.new:
            return self.names if self.cleaned_data.get("decide_whole") == what else []
        return [name for name in self.names if self.cleaned_data.get(f"decide_{name}") == what]


def supporters_to_begin(acting: Organisation | None) -> QuerySet[Organisation]:
    """Whose support a person may propose: an NGO its own, others that of any NGO."""
    rows = Organisation.objects.active().filter(kind=Kind.NGO)
    return rows.filter(pk=acting.pk) if acting is not None and acting.kind == Kind.NGO else rows
