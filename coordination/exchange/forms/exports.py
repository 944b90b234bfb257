"""In which form a list is taken along."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coordination.exchange.actions.exports import Format

FORMATS = (
    (Format.XLSX.value, _("Workbook for Excel or LibreOffice (.xlsx): dates and numbers stay what they are")),
    (Format.CSV.value, _("Plain table (.csv): for other programs")),
)


# Of an address, what has nothing to do with which rows there are. The format and the mark of a plain table are posted:
# in an address these words are filters, as the mark of reports to review is.
APART = frozenset({"page", "csrfmiddlewaretoken", "next"})


def filters_in(given: QueryDict) -> str:
    """The part of an address that says which rows are asked for, in one order."""
    kept = sorted((name, value) for name, values in given.lists() for value in values if name not in APART and value)
    query = QueryDict(mutable=True)
    for name, value in kept:
        query.appendlist(name, value)
    return query.urlencode()


class ExportForm(forms.Form):
    """The format and, for a plain table, the mark that Excel needs to read Arabic."""

    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, widget=forms.RadioSelect, initial=Format.XLSX.value)
    mark = forms.BooleanField(
        label=_("Let Excel recognise Arabic in a plain table (byte-order mark)"), required=False, initial=True
    )
