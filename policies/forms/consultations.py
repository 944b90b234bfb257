"""What is asked of consultations: whom to ask and until when; what somebody remarks."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import DayField, TextField
from directorates.foundation.problems import Problem
from directorates.models import Organisation
from policies.actions.consultations import LONGEST_COMMENT, LONGEST_QUESTION, organisations_to_ask
from policies.forms.versions import SeenForm
from policies.models import Consultation, PolicySection, PolicyVersion
from policies.models.acknowledgements import ACKNOWLEDGING

USUAL_DAYS = datetime.timedelta(days=14)


class OrganisationsField(forms.ModelMultipleChoiceField):
    """Some organisations, by their codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        """Any number of organisations."""
        super().__init__(Organisation.objects.none(), to_field_name="code", **options)

    def label_from_instance(self, obj: Any) -> str:
        """The name with what kind of organisation it is."""
        return f"{obj.name} · {obj.get_kind_display()}"


class ConsultForm(SeenForm):
    """Whom to ask about a text, from when until when."""

    first = DayField(label=pgettext_lazy("consultation", "Open from"))
    last = DayField(label=pgettext_lazy("consultation", "Last day"))
    question = TextField(
        label=_("What you want to know"),
        required=False,
        max_length=LONGEST_QUESTION,
        help_text=_("The invited read it above the text."),
    )
    organisations = OrganisationsField(
        label=_("Who is asked"), help_text=_("Whoever is invited reads this version for good.")
    )

    def __init__(self, data: Any, version: PolicyVersion) -> None:
        """Offer every organisation that acts, directorates and NGOs chosen at first."""
        rows = organisations_to_ask(version)
        today = timezone.localdate()
        usual = [one.code for one in rows if one.kind in ACKNOWLEDGING]
        initial = {"seen": version.edition, "organisations": usual}
        initial |= {"first": today, "last": today + USUAL_DAYS}
        super().__init__(data, initial=initial)
        self.fields["organisations"].queryset = rows  # type: ignore[attr-defined]


class ChangeConsultationForm(forms.Form):
    """Another last day, and more organisations."""

    last = DayField(label=pgettext_lazy("consultation", "Last day"))
    organisations = OrganisationsField(
        label=_("Ask these as well"), required=False, help_text=_("Whoever is invited already stays so.")
    )

    def __init__(self, data: Any, consultation: Consultation) -> None:
        """Offer the organisations that are not invited yet."""
        super().__init__(data, initial={"last": consultation.last_day})
        there = consultation.version.invitations.filter(asked=True).values("organisation")
        rows = organisations_to_ask(consultation.version).exclude(pk__in=there)
        self.fields["organisations"].queryset = rows  # type: ignore[attr-defined]


class SectionChoice(forms.ModelChoiceField):
    """A section of the version, or its whole."""

    def __init__(self, **options: Any) -> None:
        """None of the sections is the whole version."""
        super().__init__(
            PolicySection.objects.none(),
            to_field_name="anchor",
            required=False,
            label=pgettext_lazy("policy", "About"),
            empty_label=_("The whole version"),
            **options,
        )


class RemarkForm(forms.Form):
    """Something said about a version or one of its sections; the page carries a key, so that it is kept once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    section = SectionChoice()

    def __init__(self, data: Any, version: PolicyVersion, section: str = "") -> None:
        """Offer the sections; `section` is the anchor of the one that was chosen on the page."""
        super().__init__(data, initial={"key": uuid.uuid4(), "section": section})
        self.fields["section"].queryset = version.sections.all()  # type: ignore[attr-defined]

    def begin_anew(self, problem: Problem) -> None:
        """Where the page was sent before with other words, these are sent under a key of their own."""
        if problem.code == "sent_before":
            data = self.data.copy()  # type: ignore[attr-defined]
            data["key"] = str(uuid.uuid4())
            self.data = data


class CommentForm(RemarkForm):
    """A comment."""

    text = TextField(label=_("Comment"), max_length=LONGEST_COMMENT)
