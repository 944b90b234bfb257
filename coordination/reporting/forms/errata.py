"""What is asked about errata: the text in both languages, or why none is needed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.errata import LONGEST_TEXT
from directorates.foundation.fields import TextField


class ErratumForm(forms.Form):
    """The text in both languages."""

    text_ar = TextField(
        label=_("Text in Arabic"),
        max_length=LONGEST_TEXT,
        help_text=_("What changed, since when, and what readers should do. No facility and no number that is hidden."),
        error_messages={"required": _("An erratum is read in both languages.")},
    )
    text_en = TextField(
        label=_("Text in English"),
        max_length=LONGEST_TEXT,
        error_messages={"required": _("An erratum is read in both languages.")},
    )


class WaiveForm(forms.Form):
    """Why no erratum is needed."""

    reason = TextField(
        label=_("Reason"),
        max_length=LONGEST_TEXT,
        help_text=_("It stands in the record of this organisation; readers of the edition do not see it."),
        error_messages={"required": _("Write why no erratum is needed.")},
    )
