"""Indicators as files: how each is computed, the values of one as its page shows them, and populations with their sources."""

from collections.abc import Mapping

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.figures import disputed_cell, disputed_column
from coordination.exchange.listings.listing import (
    Listed,
    Listing,
    filters_told,
    moment_of,
    period_cells,
    period_columns,
)
from coordination.exchange.tables import Column, Kind
from coordination.reporting.forms.indicator_values import AskedIndicator, ValuesFilter
from coordination.reporting.models import Indicator
from coordination.reporting.models.contested import contested_by_holder
from coordination.reporting.models.indicator_values import Holder, IndicatorValues
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period
from coordination.reporting.templatetags.indicators import reasons_text
from coordination.reporting.views.populations import populations_listed
from directorates.models import User
from directorates.permissions import Permission
from policies.models import MandateDispute

RIGHTS = (Permission.VIEW_EDITIONS,)
CHUNK = 1000
# Of each holder of a period the disputes over who leads there.
Disputed = Mapping[Holder, list[MandateDispute]]


def _indicators(user: User, asked: QueryDict) -> Listed:
    """A row a version of every indicator in use."""
    columns = [
        Column("code", _("Code"), Kind.CODE, width=24),
        Column("name_ar", _("Name in Arabic"), width=30),
        Column("name_en", _("Name in English"), width=30),
        Column("version", _("Version"), Kind.NUMBER),
        Column("since", _("For periods from"), Kind.DATE),
        Column("numerator", _("Numerator"), Kind.CODE, width=40),
        Column("denominator", _("Denominator"), Kind.CODE, width=40),
        Column("factor", _("Multiplied by"), Kind.NUMBER),
        Column("unit_ar", _("Unit in Arabic"), width=18),
        Column("unit_en", _("Unit in English"), width=18),
        Column("decimals", _("Decimals"), Kind.NUMBER),
        Column("better", pgettext("indicator", "Which way is better"), Kind.CODE),
        Column("templates", _("Reports that it draws on"), Kind.CODE, width=30),
        Column("why", _("Why it was changed"), width=40),
    ]
    rows = [
        [
            *(one.code, one.name_ar, one.name_en, version.number, version.since, version.numerator),
            *(version.denominator, version.factor, version.unit_ar, version.unit_en, version.decimals, one.better),
            *(" ".join(template.code for template in version.drawn.templates), version.why),
        ]
        for one in Indicator.objects.visible_to(user).in_use().named().order_by("code")
        for version in one.formulas
    ]
    return Listed(_("Indicators"), columns, rows, len(rows))


def _indicator(user: User, asked: QueryDict) -> Listed:
    """A row a place and period, the chosen period first, with both sides, and why where there is no value."""
    indicator = get_object_or_404(Indicator.objects.visible_to(user).named(), code=asked.get("indicator", ""))
    wanted = AskedIndicator(asked, indicator, user, timezone.localdate())
    columns = [
        Column("indicator", _("Indicator"), Kind.CODE, width=24),
        Column("version", _("Version"), Kind.NUMBER),
        *period_columns(),
        Column("as", _("Jurisdictions"), Kind.CODE),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("numerator", _("Numerator"), Kind.NUMBER),
        Column("denominator", _("Denominator"), Kind.NUMBER),
        Column("value", indicator.name, Kind.NUMBER, width=24),
        Column("reasons", _("Why not computable"), width=30),
        Column("uneven", _("Items answered by different numbers of reports")),
        Column("expected", pgettext("reports", "Expected"), Kind.NUMBER),
        Column("received", _("Received of those expected"), Kind.NUMBER),
        Column("drawn_from", _("Worked out of"), Kind.CODE),
        disputed_column(),
    ]
    rows = []
    if not wanted.nothing and wanted.focus:
        key: int = wanted.focus.pk
        for period in wanted.periods[::-1]:
            holders = wanted.rows.holders
            disputed = contested_by_holder(wanted.rows.contested(period), [*holders.values(), wanted.focus], period)
            rows += [_row(wanted, wanted.rows, period, pk, holder, disputed) for pk, holder in holders.items()]
            rows.append(_row(wanted, wanted.whole, period, key, wanted.focus, disputed))
    told = [] if wanted.nothing else filters_told(ValuesFilter(wanted))
    return Listed(indicator.name, columns, rows, len(rows), told, {"code": indicator.code})


def _row(
    asked: AskedIndicator, values: IndicatorValues, period: Period, key: int, holder: Holder, disputed: Disputed
) -> list[object]:
    """A place in a period; numbers unrounded."""
    found, drawn = values.outcome(key, period), asked.drawn.get(period)
    together = sum((one for _template, one in values.covered(key, period)), Covered())
    return [
        *(asked.indicator.code, drawn.number if drawn else None, *period_cells(period), asked.borders.value),
        *(holder.code if holder else "", holder.name if holder else _("Outside every jurisdiction")),
        *(found.numerator, found.denominator, found.value, reasons_text(found.reasons)),
        *(_("yes") if found.uneven else "", together.expected, together.answered, values.drawn_from.value),
        disputed_cell(disputed.get(holder, ())),
    ]


def _populations(user: User, asked: QueryDict) -> Listed:
    """What sources say, as the page lists it."""
    form, found = populations_listed(user, asked)
    columns = [
        Column("place", _("P-code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("year", _("Year"), Kind.NUMBER),
        Column("group", pgettext("population", "Group"), Kind.CODE, width=22),
        Column("number", pgettext("population", "Number of people"), Kind.NUMBER),
        Column("source", pgettext("population", "Source"), width=40),
        Column("dated", _("Date of the source"), Kind.DATE),
        Column("entered", pgettext("population", "Entered"), Kind.CODE, width=22),
        Column("organisation", _("Organisation"), Kind.CODE),
        Column("taken_back", pgettext("population", "Taken back"), Kind.CODE, width=22),
    ]
    rows = (
        [
            *(row.place.code, row.place.name, row.year, row.group, row.number, row.source, row.dated),
            *(moment_of(row.at), row.acting.code, moment_of(row.taken_back_at)),
        ]
        for row in found.iterator(CHUNK)
    )
    return Listed(_("Populations"), columns, rows, found.count(), filters_told(form))


LISTINGS = (
    Listing("indicators", gettext_lazy("Indicators"), RIGHTS, "reporting:indicators", _indicators),
    Listing("indicator", gettext_lazy("Values of an indicator"), RIGHTS, "reporting:indicator", _indicator),
    Listing("populations", gettext_lazy("Populations"), RIGHTS, "reporting:populations", _populations),
)
