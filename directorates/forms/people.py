"""What is asked about people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.forms.places import areas
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField
from directorates.foundation.sight import hidden_people
from directorates.models import Organisation, Place, User
from directorates.models.organisations import OrganisationStatus
from directorates.roles import ROLES, Role
from directorates.rules.text import search_key


class OrganisationField(forms.ModelChoiceField):
    """One of the organisations that the reader may choose, named in the address by its code."""

    def __init__(self, **extra: Any) -> None:
        """Nothing to choose from until the form says what."""
        extra = {"to_field_name": "code", "label": _("Organisation"), "empty_label": NOTHING_CHOSEN} | extra
        super().__init__(Organisation.objects.none(), **extra)


EVERYWHERE = _("Nothing chosen: everywhere the organisation works.")


class PlacesField(forms.MultipleChoiceField):
    """Where a role, or what is agreed, is limited to some places: governorates and districts, as places."""

    def __init__(self, help_text: Any = EVERYWHERE) -> None:
        """Any number of places, or none."""
        super().__init__(
            choices=areas,
            label=_("Only in these places"),
            help_text=help_text,
            required=False,
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )

    def clean(self, value: Any) -> list[Place]:
        """The places of the codes."""
        return list(Place.objects.filter(code__in=super().clean(value)).order_by("code"))


def roles_in(organisations: Any) -> list[tuple[str, Any]]:
    """The roles that exist in at least one of some organisations."""
    kinds = set(organisations.values_list("kind", flat=True))
    return [(role.value, role.label) for role in Role if ROLES[role].kinds & kinds]


class PeopleFilter(forms.Form):
    """Which memberships to show."""

    q = LineField(label=_("Name or e-mail"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    organisation = OrganisationField(required=False, empty_label=pgettext_lazy("organisation", "All"))
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(
        label=_("Role held"),
        required=False,
        choices=[("", _("Now or later")), ("ended", _("In the past")), ("all", _("At any time"))],
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        """Only what the reader manages can be chosen."""
        super().__init__(*args, **kwargs)
        self.organisations = organisations
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", pgettext_lazy("role", "All")), *roles_in(organisations)]  # type: ignore[attr-defined]

    def _named_like(self, key: str) -> list[int]:
        """The people whom a text finds, in any spelling: they are few, so no key of theirs is stored."""
        known = (
            User.objects.filter(memberships__organisation__in=self.organisations)
            .exclude(pk__in=hidden_people())
            .distinct()
        )
        return [pk for pk, *texts in known.values_list("pk", "name", "email") if key in search_key(" | ".join(texts))]

    def condition(self) -> Q:
        """The condition that the filters say; what cannot be read filters nothing and is told beside its field."""
        self.is_valid()
        asked, today = self.cleaned_data, timezone.localdate()
        found = Q()
        if key := search_key(asked.get("q", "")):
            found &= Q(person__in=self._named_like(key))
        if organisation := asked.get("organisation"):
            found &= Q(organisation=organisation)
        if role := asked.get("role"):
            found &= Q(role=role)
        ended = Q(valid__endswith__lte=today)
        return found & {"": ~ended | Q(valid__endswith=None), "ended": ended, "all": Q()}[asked.get("state", "")]


class RoleForm(forms.Form):
    """A role in an organisation, from a day on, everywhere or in some places."""

    organisation = OrganisationField()
    role = forms.ChoiceField(label=_("Role"))
    since = DayField(label=_("From"))
    places = PlacesField()

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        """Only active organisations that the reader manages, and the roles that exist there."""
        super().__init__(*args, **kwargs)
        active = organisations.filter(status=OrganisationStatus.ACTIVE)
        self.fields["organisation"].queryset = active  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", NOTHING_CHOSEN), *roles_in(active)]  # type: ignore[attr-defined]
        self.fields["since"].initial = timezone.localdate


class EmailForm(forms.Form):
    """Somebody by the e-mail address."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)


class InviteForm(EmailForm):
    """Whom to invite to which role."""

    organisation = OrganisationField()
    role = forms.ChoiceField(label=_("Role"))
    places = PlacesField()

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        """Only active organisations that the reader manages, and the roles that exist there."""
        super().__init__(*args, **kwargs)
        active = organisations.filter(status=OrganisationStatus.ACTIVE)
        self.fields["organisation"].queryset = active  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", NOTHING_CHOSEN), *roles_in(active)]  # type: ignore[attr-defined]


class EndRoleForm(forms.Form):
    """The last day of a role."""

    last_day = DayField(label=_("Last day"), help_text=_("From the next day on the role gives nothing."))


class ReasonForm(forms.Form):
    """Why something is asked that others decide."""

    reason = LineField(label=_("Reason"), max_length=300)


class JoinForm(forms.Form):
    """What someone new says when accepting an invitation."""

    name = LineField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters; four unrelated words are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        """Keep the e-mail: a password must not resemble it."""
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """A password that is not easily guessed; everything wrong with it at once."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password

    def clean_again(self) -> str:
        """The same password once more."""
        again: str = self.cleaned_data["again"]
        if again != self.data.get(self.add_prefix("password")):
            raise forms.ValidationError(_("The two passwords differ."), code="password_mismatch")
        return again
