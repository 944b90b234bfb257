"""What is asked of the logo and stationery: which to show, a new version with its files, why one is withdrawn."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.attachments import WORDS
from directorates.foundation.fields import DayField, LineField, TextField
from directorates.foundation.letters import isolated
from directorates.models import User
from directorates.rules.attached import MEGABYTE, MOST_BYTES
from policies.actions.brand_files import MOST_FILES
from policies.actions.branding import LONGEST_BASIS, LONGEST_NAME, LONGEST_REASON, LONGEST_RULES, Said
from policies.models import BrandKind, BrandVersion, PolicyVersion
from policies.models.branding import TYPES, BrandVersionQuerySet, texts_to_rest_on


class BrandFilter(forms.Form):
    """Which versions to show: of a kind, and those in force on a day, or of every time."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("branding", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("branding", "All")), *BrandKind.choices],
    )
    day = DayField(label=_("In force on"), required=False)

    def narrow(self, rows: BrandVersionQuerySet) -> BrandVersionQuerySet:
        """The versions that were asked for."""
        self.is_valid()
        if kind := self.cleaned_data.get("kind"):
            rows = rows.filter(kind=kind)
        day: datetime.date | None = self.cleaned_data.get("day")
        return rows.at(day) if day else rows


class ManyFiles(forms.FileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each with its name and content; none larger than can be looked at."""

    widget = ManyFiles(attrs={"accept": ",".join((".svg,.png,.pdf,.docx", *TYPES.values()))})

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Names and contents; all that is too large is told at once."""
        given: Sequence[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        large = [one for one in given if (one.size or 0) > MOST_BYTES]
        if large:
            words = str(WORDS["large"]) % {"most": MOST_BYTES // MEGABYTE}
            raise forms.ValidationError([forms.ValidationError(f"{one.name}: {words}", code="large") for one in large])
        # More than can be kept are told by the action; they are not read for that.
        return [(str(one.name), one.read() if place < MOST_FILES else b"") for place, one in enumerate(given)]


class TextOfPolicyField(forms.ModelChoiceField):
    """A version of a policy, by name and number, and from when until when it holds."""

    def label_from_instance(self, obj: Any) -> str:
        """Kind, name, number, state and days."""
        told = f"{obj.policy.get_kind_display()} · {obj.policy.name} · {obj.number} · {obj.state(timezone.localdate()).label}"
        first, last = (isolated(day.isoformat()) if day else "" for day in (obj.first_day, obj.last_day))
        return f"{told} · {isolated(f'{first} – {last}')}" if last else f"{told} · {first}"


class BrandForm(forms.Form):
    """A new version of the logo, the letterhead, the stamp or a form."""

    kind = forms.ChoiceField(label=pgettext_lazy("branding", "Kind"), choices=BrandKind.choices)
    code = LineField(
        label=_("Code of the form"),
        required=False,
        max_length=60,
        help_text=_("For forms only, the same in each version: small Latin letters, digits and hyphens."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name_ar = LineField(
        label=_("Name in Arabic"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"lang": "ar"})
    )
    name_en = LineField(
        label=_("Name in English"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"lang": "en"})
    )
    upload = FilesField(
        label=_("Files"),
        help_text=_(
            "SVG, PNG, PDF or Word (.docx), one of each at most, up to 8 MB. The top bar of the portal shows the logo that is "
            "SVG or PNG. Macros, programs and links to elsewhere are refused; names of authors are taken out."
        ),
        error_messages={"required": _("Choose at least one file.")},
    )
    rules_ar = TextField(
        label=_("Rules of use in Arabic"),
        max_length=LONGEST_RULES,
        help_text=_("Who uses it for what, and what must not be done with it. Markdown, as in policies."),
        widget=forms.Textarea(attrs={"rows": 5, "lang": "ar"}),
    )
    rules_en = TextField(
        label=_("Rules of use in English"),
        max_length=LONGEST_RULES,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )
    basis = LineField(
        label=pgettext_lazy("branding", "Decided by"),
        max_length=LONGEST_BASIS,
        help_text=_("The meeting, ballot or decision, so that others find it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    rests_on = TextOfPolicyField(
        label=_("Adopted text that decided it"),
        queryset=PolicyVersion.objects.none(),
        required=False,
        empty_label=pgettext_lazy("branding", "None: it was decided elsewhere"),
        help_text=_(
            "A logo rests on a policy of the kind “Unified logo”; letterhead and stamp on “Unified stationery”."
        ),
    )
    since = DayField(label=_("In force from"), help_text=_("The version before ends on the day before."))

    def __init__(self, data: Any = None, files: Any = None, *, user: User, after: BrandVersion | None = None) -> None:
        """Begin with what the version before says, where one is named; offer the adopted texts that a person reads."""
        begun: dict[str, Any] = {"since": timezone.localdate()}
        if after is not None:
            kept = ("kind", "code", "name_ar", "name_en", "rules_ar", "rules_en")
            begun |= {name: getattr(after, name) for name in kept}
        super().__init__(data, files, initial=begun)
        field: Any = self.fields["rests_on"]
        field.queryset = texts_to_rest_on(user)

    def clean_code(self) -> str:
        """The code, if it can be one."""
        given: str = self.cleaned_data["code"]
        if given != slugify(given):
            raise forms.ValidationError(_("Write small Latin letters, digits and hyphens."), code="code")
        return given

    @property
    def said(self) -> dict[str, Any]:
        """What an action is told."""
        given = dict(self.cleaned_data)
        files = given.pop("upload")
        return {"said": Said(**given), "files": files}


class WithdrawBrandForm(forms.Form):
    """From when it is used no more, and why."""

    last_day = DayField(label=_("Last day"))
    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody who reads policies reads it."))
