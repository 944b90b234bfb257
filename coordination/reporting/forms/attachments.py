"""What is asked about attachments: the file, and why one is refused."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.attachments import LONGEST_REASON
from directorates.foundation.attachments import WORDS
from directorates.foundation.fields import TextField
from directorates.rules.attached import MEGABYTE, MOST_BYTES


class AttachForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A picture (JPEG, PNG) or a PDF, up to 8 MB. What the camera wrote beside a picture is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={"required": _("A file has to be chosen."), "empty": WORDS["empty"]},
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Its name and its content, if it is not too large to be looked at."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(str(WORDS["large"]) % {"most": MOST_BYTES // MEGABYTE}, code="large")
        return str(file.name), file.read()


class RefuseForm(forms.Form):
    """Why a file is not kept."""

    reason = TextField(
        label=_("Reason"),
        help_text=_("Whoever attached the file reads it. Nothing of the file is kept."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write the reason; the reporter sees it.")},
    )
