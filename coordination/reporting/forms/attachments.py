"""What is asked about attachments: the file, and why one is refused."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.attachments import LONGEST_REASON
from directorates.foundation.fields import AttachedFileField, TextField


class AttachForm(forms.Form):
    """A file."""

    file = AttachedFileField()


class RefuseForm(forms.Form):
    """Why a file is not kept."""

    reason = TextField(
        label=_("Reason"),
        help_text=_("Whoever attached the file reads it. Nothing of the file is kept."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write the reason; the reporter sees it.")},
    )
