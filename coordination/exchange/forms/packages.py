"""What is asked about a package: the file, which of its templates, and where new ones belong."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.exchange.actions.packages import Choice
from coordination.exchange.json_files import MOST_BYTES
from coordination.reporting.models import Programme
from coordination.reporting.rules.package_codes import as_slug, distinct
from coordination.reporting.rules.packages import OfferedTemplate, Package
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.templates import DatasetSource, ProgrammeSource
from directorates.forms.people import OrganisationField
from directorates.foundation.fields import LineField
from directorates.models import Dataset, Organisation

PERIODS = [
    (PeriodType.MONTH.value, pgettext_lazy("period type", "Month")),
    (PeriodType.QUARTER.value, pgettext_lazy("period type", "Quarter")),
    (PeriodType.YEAR.value, pgettext_lazy("period type", "Year")),
    (PeriodType.WEEK.value, pgettext_lazy("period type", "Week from Monday")),
    (PeriodType.WEEK_SUNDAY.value, pgettext_lazy("period type", "Week from Sunday")),
]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A DHIS2 package of metadata (JSON) or an XLSForm (workbook), at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".json,.xlsx,.xls,application/json"}),
        error_messages={"required": _("A file is needed."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        """The file, unless it is too large to be looked at."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB."), params={"limit": MOST_BYTES // 1024 // 1024}
            )
        return file


class TemplatesForm(forms.Form):
    """Which templates of a package."""

    templates = forms.MultipleChoiceField(
        label=_("Templates in this package"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("This template is not in the package.")},
    )

    def __init__(self, data: Any, package: Package, **extra: Any) -> None:
        """Offer what the package has; nothing said means all of it."""
        super().__init__(
            data if data and "templates" in data else {"templates": [t.uid for t in package.templates]}, **extra
        )
        self.fields["templates"].choices = [(one.uid, _named(one)) for one in package.templates]  # type: ignore[attr-defined]

    @property
    def uids(self) -> tuple[str, ...]:
        """Those that were chosen; what is not in the package is passed over."""
        return tuple(self.cleaned_data.get("templates", ())) if self.is_valid() else ()


def _named(one: OfferedTemplate) -> str:
    return one.name_en or one.name_ar


class HomeForm(forms.Form):
    """Where new templates belong: a programme and a dataset that are here, or new ones; their periods if unsaid."""

    programme = forms.ModelChoiceField(
        Programme.objects.all(),
        to_field_name="code",
        label=_("Programme"),
        required=False,
        empty_label=pgettext_lazy("programme", "A new one, named below"),
    )
    programme_ar = LineField(label=_("New programme: name in Arabic"), max_length=200, required=False)
    programme_en = LineField(label=_("New programme: name in English"), max_length=200, required=False)
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(),
        to_field_name="code",
        label=_("Dataset"),
        help_text=_("Whoever has the custody of the dataset decides who reads the reports."),
        required=False,
        empty_label=pgettext_lazy("dataset", "A new one, named below"),
    )
    dataset_ar = LineField(label=_("New dataset: name in Arabic"), max_length=200, required=False)
    dataset_en = LineField(label=_("New dataset: name in English"), max_length=200, required=False)
    custodian = OrganisationField(required=False)
    period_type = forms.ChoiceField(label=_("Period"), choices=PERIODS)
    due_days = forms.IntegerField(
        label=_("Days until due"), help_text=_("After the end of the period."), min_value=0, max_value=366
    )

    def __init__(self, *args: Any, package: Package, fresh: bool = True, **extra: Any) -> None:
        """The periods are asked only where the package says none; where nothing is new, nothing is asked."""
        super().__init__(*args, **extra)
        self.fresh = fresh
        self.fields["custodian"].queryset = Organisation.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["custodian"].label = _("New dataset: in the custody of")
        if not fresh:
            self.fields.clear()
        elif all(one.period_type for one in package.templates):
            del self.fields["period_type"], self.fields["due_days"]

    def clean(self) -> dict[str, Any]:
        """Something that is here, or everything that a new one needs."""
        given: dict[str, Any] = super().clean() or {}
        for noun in ("programme", "dataset") if self.fresh else ():
            if given.get(noun) or noun in self.errors:
                continue
            names = [f"{noun}_ar", f"{noun}_en", *(["custodian"] if noun == "dataset" else [])]
            for name in names:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed for a new one."))
        return given

    def choice(self, uids: tuple[str, ...]) -> Choice:
        """What was asked for, as the action takes it."""
        given = self.cleaned_data
        if not self.fresh:
            return Choice(uids, ProgrammeSource(), DatasetSource())
        programme, dataset = given["programme"], given["dataset"]
        periods = (
            {"period_type": PeriodType(given["period_type"]), "due_days": given["due_days"]}
            if "due_days" in given
            else {}
        )
        return Choice(
            uids,
            ProgrammeSource(programme.code, programme.name_ar, programme.name_en)
            if programme
            else ProgrammeSource(
                _code(given["programme_en"], Programme, "programme"), given["programme_ar"], given["programme_en"]
            ),
            DatasetSource(dataset.code, dataset.name_ar, dataset.name_en, dataset.custodian.code)
            if dataset
            else DatasetSource(
                _code(given["dataset_en"], Dataset, "dataset"),
                given["dataset_ar"],
                given["dataset_en"],
                given["custodian"].code,
            ),
            **periods,
        )


def _code(name: str, table: type[Programme] | type[Dataset], fallback: str) -> str:
    """A free code for something new."""
    return distinct(as_slug(name, fallback), set(table.objects.values_list("code", flat=True)), 40)
