"""What is asked of parties: who is invited to join."""

from typing import Any

from django import forms

from directorates.forms.people import OrganisationField
from directorates.models import Organisation
from policies.models import Agreement


class NamePartyForm(forms.Form):
    """An organisation that is invited."""

    organisation = OrganisationField()

    def __init__(self, data: Any, agreement: Agreement) -> None:
        """Offer those that are no party now."""
        super().__init__(data)
        there = agreement.parties.filter(valid__isnull=False, valid__endswith=None).values("organisation")
        rows = Organisation.objects.exclude(pk__in=there).order_by("kind", "code")
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]
