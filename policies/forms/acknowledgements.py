"""What is asked of acknowledgements: from when a directorate applies a policy, and for which facilities."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from directorates.forms.people import OrganisationField
from directorates.foundation.fields import DayField
from directorates.models import Organisation, User
from directorates.models.organisations import Kind
from facilities.models import Facility
from facilities.models.facilities import FacilityQuerySet
from policies.models import Acknowledgement, PolicyKind, PolicyVersion
from policies.models.acknowledgements import ACKNOWLEDGING, speaking


class AcknowledgeForm(forms.Form):
    """That it was read; a directorate may apply it later than it holds."""

    since = DayField(
        label=_("We apply it from"), required=False, help_text=_("Left blank: from the day from which it holds.")
    )

    def __init__(self, data: Any, *, directorate: bool) -> None:
        """Only directorates say from when they apply it."""
        super().__init__(data)
        if not directorate:
            del self.fields["since"]


class FacilitiesField(forms.ModelMultipleChoiceField):
    """Some facilities, by their codes."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Name and code."""
        return f"{obj.name} · {obj.code}"


class FacilitiesForm(forms.Form):
    """The facilities whose people have read it."""

    facilities = FacilitiesField(Facility.objects.none(), to_field_name="code", label=_("Facilities"))

    def __init__(self, data: Any, rows: QuerySet[Facility]) -> None:
        """Offer the facilities that have not acknowledged it."""
        super().__init__(data)
        self.fields["facilities"].queryset = rows  # type: ignore[attr-defined]


MISSING, READ, ALL = "", "read", "all"


def following(user: User, day: datetime.date) -> QuerySet[PolicyVersion]:
    """The versions that hold on a day, of which a person may read; by the code of their policy."""
    rows = PolicyVersion.objects.visible_to(user).at(day).select_related("policy")
    return rows.order_by("policy__code")


def asked_as(version: PolicyVersion, day: datetime.date) -> str:
    """How a list of facilities is asked for a version: by its policy, and by its number too where it holds later than on a day."""
    code = version.policy.code
    return f"{code}:{version.number}" if version.first_day is not None and version.first_day > day else code


class MatrixFilter(forms.Form):
    """Which policies in force to show, and which organisations."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("policy", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("policies", "All")), *PolicyKind.choices],
    )
    of = forms.ChoiceField(
        label=pgettext_lazy("acknowledgements", "Organisations"),
        required=False,
        choices=[
            ("", pgettext_lazy("organisation", "All")),
            *((one.value, one.label) for one in Kind if one in ACKNOWLEDGING),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("organisation", "All")),
            ("missing", pgettext_lazy("organisation", "Something not acknowledged")),
        ],
    )

    def versions(self, user: User, day: datetime.date) -> QuerySet[PolicyVersion]:
        """The versions in force that were asked for."""
        self.is_valid()
        rows = following(user, day)
        return rows.filter(policy__kind=self.cleaned_data["kind"]) if self.cleaned_data.get("kind") else rows

    def organisations(self, versions: Sequence[PolicyVersion]) -> QuerySet[Organisation]:
        """The organisations that acknowledge, as they were asked for; directorates first."""
        self.is_valid()
        kind = self.cleaned_data.get("of")
        rows = Organisation.objects.active().filter(kind__in=[kind] if kind else ACKNOWLEDGING)
        if self.cleaned_data.get("state") == "missing":
            own = Q(acknowledgements__facility=None, acknowledgements__version__in=versions)
            rows = rows.annotate(read=Count("acknowledgements", filter=own)).filter(read__lt=len(versions))
        return rows.order_by("kind", "code")


def _offer(version: PolicyVersion, day: datetime.date) -> str:
    """A version by the name of its policy, and from which day where that is to come."""
    if version.first_day is None or version.first_day <= day:
        return version.policy.name
    told = {"policy": version.policy.name, "number": version.number, "day": version.first_day.isoformat()}
    return gettext("%(policy)s · version %(number)s, from %(day)s") % told


class FacilityAcknowledgementFilter(forms.Form):
    """Of which policy, of whose facilities, and whether they have acknowledged it: those that have not, unless others are asked."""

    policy = forms.ChoiceField(label=_("The policy"), required=False)
    organisation = OrganisationField(
        label=pgettext_lazy("facilities", "Who speaks for them"),
        required=False,
        empty_label=pgettext_lazy("organisation", "All"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (MISSING, pgettext_lazy("facilities", "Not yet acknowledged")),
            (READ, pgettext_lazy("facilities", "Acknowledged")),
            (ALL, pgettext_lazy("facilities", "All")),
        ],
    )

    def __init__(self, data: Any, user: User, day: datetime.date) -> None:
        """Offer what holds or will, and who acknowledges."""
        super().__init__(data)
        coming = PolicyVersion.objects.visible_to(user).coming(day).select_related("policy")
        held = [*following(user, day), *coming.order_by("policy__code", "number")]
        self.offered = {asked_as(one, day): one for one in held}
        self.fields["policy"].choices = [(asked, _offer(one, day)) for asked, one in self.offered.items()]  # type: ignore[attr-defined]
        rows = Organisation.objects.active().filter(kind__in=ACKNOWLEDGING).order_by("kind", "code")
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]

    @property
    def version(self) -> PolicyVersion | None:
        """The version that was asked for; the first of all where none was; None where nothing holds, or there is none such."""
        self.is_valid()
        if "policy" in self.errors:
            return None
        asked = self.cleaned_data.get("policy") or next(iter(self.offered), "")
        return self.offered.get(asked)

    def narrow(self, rows: FacilityQuerySet, day: datetime.date) -> FacilityQuerySet:
        """The facilities that were asked for, each with when it acknowledged the version (`read_at`)."""
        read = Acknowledgement.objects.filter(version=self.version, facility=OuterRef("pk"))
        rows = rows.with_directorate(day).annotate(read_at=Subquery(read.values("at")[:1]))
        if (organisation := self.cleaned_data.get("organisation")) is not None:
            support = speaking(day).filter(facility=OuterRef("pk"))
            ours = Exists(support.filter(organisation=organisation))
            rows = rows.filter(ours | Q(~Exists(support), directorate_id=organisation.pk))
        match self.cleaned_data.get("state"):
            case "read":
                return rows.filter(read_at__isnull=False)
            case "all":
                return rows
        return rows.filter(read_at=None)
