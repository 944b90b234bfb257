"""With whom a view or a dashboard is shared."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.view_shares import Audience
from directorates.foundation.fields import NOTHING_CHOSEN
from directorates.models import Membership, Organisation, User

PERSON, ORGANISATION, EVERYBODY = "person", "organisation", "everybody"
AUDIENCES = (
    (PERSON, _("A colleague in my organisation")),
    (ORGANISATION, _("An organisation")),
    (EVERYBODY, _("Everybody who may see the figures")),
)


class ShareForm(forms.Form):
    """A colleague, an organisation, or everybody who may see the figures."""

    audience = forms.ChoiceField(label=_("With whom"), choices=AUDIENCES, initial=PERSON, widget=forms.RadioSelect)
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Colleague"), required=False, empty_label=NOTHING_CHOSEN
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=NOTHING_CHOSEN
    )

    def __init__(self, data: Any, user: User) -> None:
        """Offer colleagues of today and organisations that act."""
        super().__init__(data)
        fields: Any = self.fields
        here = Membership.objects.at(timezone.localdate()).filter(organisation=user.acting_id)
        fields[PERSON].queryset = User.objects.filter(pk__in=here.values("person"), is_active=True).exclude(pk=user.pk)
        fields[ORGANISATION].queryset = Organisation.objects.filter(status="active").order_by("code")

    def clean(self) -> dict[str, Any]:
        """The one that is meant has to be named."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        meant = given.get("audience")
        if meant in (PERSON, ORGANISATION) and meant not in self.errors and given.get(meant) is None:
            self.add_error(meant, _("Choose with whom."))
        return given

    @property
    def chosen(self) -> Audience:
        """With whom; what was chosen beside it is passed over."""
        given = self.cleaned_data
        match given["audience"]:
            case "person":
                return Audience(person=given[PERSON])
            case "organisation":
                return Audience(organisation=given[ORGANISATION])
        return Audience(everybody=True)
