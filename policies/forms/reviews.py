"""What is asked of reviews: by when, and what came of one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import DayField, TextField
from policies.actions.reviews import LONGEST_OUTCOME


class PlanReviewForm(forms.Form):
    """By when a text is looked at again."""

    due = DayField(label=_("Review due"), help_text=_("A month before, those who keep the policy are told."))


class FinishReviewForm(forms.Form):
    """What came of a review, and when the next one is due."""

    outcome = TextField(
        label=_("What came of it"),
        max_length=LONGEST_OUTCOME,
        help_text=_("Everybody who reads the policy reads it: it stays as it is, or what a new version is to change."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    again = DayField(label=_("Next review due"), required=False)
