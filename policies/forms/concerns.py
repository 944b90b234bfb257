"""What is asked of concerns: what each is about and how serious; the answer; whether it is settled."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.fields import TextField
from policies.actions.concerns import LONGEST_CONCERN
from policies.forms.consultations import RemarkForm
from policies.models.concerns import Seriousness


class ConcernForm(RemarkForm):
    """A concern of the organisation acted for."""

    about = TextField(label=_("What the concern is about"), max_length=LONGEST_CONCERN)
    seriousness = forms.ChoiceField(label=_("How serious it is"), choices=Seriousness, widget=forms.RadioSelect)
    proposal = TextField(
        label=_("The change you propose"),
        required=False,
        max_length=LONGEST_CONCERN,
        help_text=_("Best as the words that should stand there."),
    )


class SaidForm(forms.Form):
    """Words on a concern, under as many as the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class AnswerForm(SaidForm):
    """The answer of those who prepare the text."""

    changes = forms.TypedChoiceField(
        label=pgettext_lazy("concern", "What comes of it"),
        choices=[
            ("yes", pgettext_lazy("concern", "The text changes in the next version")),
            ("no", pgettext_lazy("concern", "The text stays as it is")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = TextField(label=_("What changes, or why nothing does"), max_length=LONGEST_CONCERN)


class SettleForm(SaidForm):
    """What the organisation makes of the answer."""

    settled = forms.TypedChoiceField(
        label=pgettext_lazy("concern", "For us this concern is"),
        choices=[
            ("yes", pgettext_lazy("our concern is", "Settled")),
            ("no", pgettext_lazy("our concern is", "Not settled")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = TextField(label=_("Note"), required=False, max_length=LONGEST_CONCERN)
