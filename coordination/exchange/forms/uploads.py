"""A file that is sent, and what is to be done with its rows."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from coordination.exchange.rules.messages import FILES
from coordination.exchange.tables import MEGABYTE, MOST_BYTES

SUFFIXES = (".xlsx", ".csv")
ACCEPTED = ",".join((*SUFFIXES, "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))


class UploadForm(forms.Form):
    """A workbook or CSV."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or CSV, up to 20 MB. Nothing is changed before the preview was confirmed."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=False,
        error_messages={"required": _("A file has to be chosen."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        """The file, if it is not too large to be read at all."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            words = str(FILES["file_too_large"]) % {"most": MOST_BYTES // MEGABYTE}
            raise forms.ValidationError(words, code="file_too_large")
        return file


class TakeForm(forms.Form):
    """What is to be done with the rows of a file that was read."""

    rows = forms.ChoiceField(label=_("Rows"), widget=forms.RadioSelect, choices=())
    deed = forms.ChoiceField(label=_("What is done with them"), widget=forms.RadioSelect, choices=())

    def __init__(self, data: Any, *, good: int, faulty: int, can_send: bool) -> None:
        """Offer what there is to choose."""
        first = {"rows": "good" if good else "all", "deed": "send" if good and can_send else "draft"}
        super().__init__(data, initial=first)
        rows = [("good", _("Only the rows in order"))] if good else []
        if faulty:
            rows.append(("all", _("All rows; those that need a correction are kept as drafts")))
        deeds = [("send", _("Send the rows in order for review"))] if good and can_send else []
        deeds.append(("draft", _("Keep as drafts, to be sent later")))
        self.fields["rows"].choices = rows  # type: ignore[attr-defined]
        self.fields["deed"].choices = deeds  # type: ignore[attr-defined]
        if not can_send:
            # What is no report is written as it is, and never kept as a draft.
            del self.fields["deed"]
