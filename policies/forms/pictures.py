"""What is asked of pictures: the file, and what it shows in both languages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directorates.foundation.fields import AttachedFileField, LineField, StandingForm
from policies.actions.pictures import LONGEST_WORDS

HELP = _(
    "For those who do not see it, and in its place where it cannot be loaded: what it says, not that it is a picture."
)


class PictureForm(forms.Form):
    """A new picture."""

    file = AttachedFileField(
        label=_("Picture"),
        help_text=_(
            "SVG, PNG or JPEG; a drawing up to 60 kB, others up to 8 MB. What the camera wrote beside it is not kept, nor more "
            "than 1600 points on the longer side."
        ),
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml,image/png,image/jpeg"}),
        error_messages={"required": _("Choose a picture.")},
    )
    words_ar = LineField(
        label=_("What it shows, in Arabic"),
        max_length=LONGEST_WORDS,
        help_text=HELP,
        widget=forms.TextInput(attrs={"lang": "ar"}),
    )
    words_en = LineField(
        label=_("What it shows, in English"), max_length=LONGEST_WORDS, widget=forms.TextInput(attrs={"lang": "en"})
    )


class WordsForm(StandingForm):
    """What a picture shows, said otherwise."""

    words_ar = LineField(
        label=_("What it shows, in Arabic"),
        max_length=LONGEST_WORDS,
        help_text=HELP,
        widget=forms.TextInput(attrs={"lang": "ar"}),
    )
    words_en = LineField(
        label=_("What it shows, in English"), max_length=LONGEST_WORDS, widget=forms.TextInput(attrs={"lang": "en"})
    )
