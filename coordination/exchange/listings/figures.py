"""Figures as files: the table as shown, the grid of facilities by period, the reports behind one figure."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import (
    Listed,
    Listing,
    Told,
    filters_told,
    moment_of,
    period_cells,
    period_columns,
)
from coordination.exchange.tables import Column, Kind
from coordination.reporting.actions.sources import record_sources
from coordination.reporting.forms.figures import Asked, FiguresFilter
from coordination.reporting.models.border_changes import Changed
from coordination.reporting.models.completeness import grid
from coordination.reporting.models.contested import contested, contested_by_holder
from coordination.reporting.models.corrections import corrected_in
from coordination.reporting.models.figures_compared import Compared
from coordination.reporting.models.overviews import Overview, Row
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.templatetags.figures import mark_words
from coordination.reporting.templatetags.reporting import words_for_period
from coordination.reporting.views.figures import PERIODS
from coordination.reporting.views.figures_across import across_shown
from coordination.reporting.views.sources import Behind, behind_in
from directorates.models import Organisation, PlaceChange, User
from directorates.models.naming import in_language
from directorates.permissions import Permission
from policies.models import MandateDispute

RIGHTS = (Permission.VIEW_FIGURES,)
MOST = 100_000


def _table(user: User, asked: QueryDict) -> Listed:
    wanted = Asked(asked, user, timezone.localdate())
    overview = wanted.overview
    columns = [
        Column("template", pgettext("filter", "Report"), Kind.CODE, width=20),
        *period_columns(),
        Column("as", _("Jurisdictions"), Kind.CODE),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", str(overview.level.label), width=24),
        Column("expected", pgettext("reports", "Expected"), Kind.NUMBER),
        Column("received", pgettext("reports", "Received"), Kind.NUMBER),
        Column("excused", pgettext("reports", "Excused"), Kind.NUMBER),
        Column("received_of_expected", _("Received of those expected"), Kind.NUMBER),
        Column("on_time", pgettext("reports", "On time"), Kind.NUMBER),
        Column("on_time_of_expected", _("On time of those expected"), Kind.NUMBER),
        *(
            Column(one.element.code, in_language(one.element.name_ar, one.element.name_en), Kind.NUMBER, width=24)
            for one in overview.shown
        ),
        disputed_column(),
    ]
    rows = [*overview.rows, overview.total]
    disputes = contested(user, overview.template, overview.period, overview.focus)
    disputed = contested_by_holder(disputes, [row.holder for row in rows], overview.period)
    cells = [[*_row(overview, row), disputed_cell(disputed.get(row.holder, ()))] for row in rows]
    told = [*filters_told(FiguresFilter(wanted), apart=("show",)), *borders_told(overview), *_corrected_told(overview)]
    return Listed(overview.template.name, columns, cells, len(rows), told)


def borders_told(overview: Overview | Compared | Changed) -> list[Told]:
    """What changed hands between the periods that the page compares, as it says beside the figures."""
    label, places = _("Borders changed"), _("Places changed")
    hands = [
        (label, f"{one.day.isoformat()}: {_code(one.before)} > {_code(one.after)} ({one.places})")
        for one in overview.border_changes
    ]
    return hands + [(places, _changed(one)) for one in overview.place_changes]


def _corrected_told(overview: Overview) -> list[Told]:
    """How many of the counted reports are corrected, as the page says above the figures."""
    found = corrected_in(overview.template, overview.period, overview.focus)
    return [(_("Corrected reports"), f"{found.reports} ({moment_of(found.last)})")] if found.last else []


def _changed(change: PlaceChange) -> str:
    """A change of places in one line: the day, what happened, the codes before and since."""
    sides = (" ".join(place.code for place in places) for places in (change.formers, change.laters))
    codes = " > ".join(sides) if change.formers else change.place.code
    return f"{change.first.isoformat()}: {change.get_kind_display()}: {codes}"


def _code(organisation: Organisation | None) -> str:
    """A directorate's code; a dash for nobody."""
    return organisation.code if organisation else "–"


def disputed_column(hxl: str = "") -> Column:
    """The column that says of a row that two organisations claimed to lead what it is about."""
    return Column("disputed", _("Who leads is disputed"), width=30, hxl=hxl)


def disputed_cell(disputes: Iterable[MandateDispute]) -> str:
    """The two sides of each dispute, and how far it is."""
    return " | ".join(
        f"{one.first.organisation.short} · {one.second.organisation.short} ({one.get_state_display()})"
        for one in disputes
    )


def _row(overview: Overview, row: Row) -> list[object]:
    """A place or a directorate with its figures, unrounded; none where there are no data."""
    covered, holder = row.covered, row.holder
    return [
        overview.template.code,
        *period_cells(overview.period),
        overview.borders.value,
        holder.code if holder else "",
        holder.name if holder else _("Outside every jurisdiction"),
        *(
            covered.expected,
            covered.received,
            covered.excused,
            covered.answered,
            covered.on_time,
            covered.answered_on_time,
        ),
        *(value.number for value in row.values),
    ]


def _grid(user: User, asked: QueryDict) -> Listed:
    wanted = Asked(asked, user, timezone.localdate())
    overview = wanted.overview
    periods = [Period(PeriodType(overview.template.period_type), overview.parts[-1])]
    while len(periods) < PERIODS:
        periods.insert(0, periods[0].previous())
    found = grid(user, overview.template, periods, overview.focus, overview.today, most=MOST)
    columns = [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        Column("completeness", pgettext("reports", "Completeness"), Kind.NUMBER),
        Column("completeness_unexcused", _("Completeness without the excused"), Kind.NUMBER),
        *(Column(period.id, _days_told(period), width=30) for period in periods),
    ]
    rows = [
        [
            *(line.facility.code, line.facility.name, line.share, line.share_unexcused),
            *(str(mark_words(square)) for square in line.squares),
        ]
        for line in found.lines
    ]
    told = filters_told(FiguresFilter(wanted), apart=("show", "element", "level"))
    return Listed(_("Reports of each facility"), columns, rows, len(rows), told)


def _days_told(period: Period) -> str:
    """A period of the grid with its days, so that no week is taken for another."""
    return f"{period.id} ({period.start.isoformat()} … {period.last_day.isoformat()})"


def _across(user: User, asked: QueryDict) -> Listed:
    """One item over all reports: a row a place with the whole, its categories and how many answers stand behind them."""
    shown = across_shown(user, asked)
    form, measure = shown["form"], shown.get("measure")
    categories = [category for _number, category in measure.categories] if measure else []
    code = measure.element.code if measure else ""
    columns = [
        Column("item", _("Item"), Kind.CODE, width=24),
        *period_columns(),
        Column("place", _("Code"), Kind.CODE),
        Column("place_name", _("Place"), width=24),
        Column("total", _("Total"), Kind.NUMBER),
        *(Column(one.code, in_language(one.name_ar, one.name_en), Kind.NUMBER) for one in categories),
        Column("answers", pgettext("column", "Answers"), Kind.NUMBER),
        disputed_column(),
    ]
    holders = [row["holder"] for row in shown.get("rows", ())]
    disputed = contested_by_holder(shown["contested"], holders, shown["period"]) if holders else {}
    rows = []
    for row in shown.get("rows", ()):
        holder, named = row["holder"], [code, *period_cells(shown["period"])]
        where = [holder.code, holder.name] if holder else ["", _("Outside every jurisdiction")]
        told = disputed_cell(disputed.get(holder, ()))
        rows.append([*named, *where, row["value"], *row["parts"], row["answers"], told])
    changed = borders_told(shown["changed"]) if "changed" in shown else []
    return Listed(_("One item over all reports"), columns, rows, len(rows), [*filters_told(form), *changed])


def _sources(user: User, asked: QueryDict) -> Listed:
    behind = behind_in(user, asked)
    if behind is None:
        raise Http404
    # Taken along it is read as on the page: the custodian's record says so, not the reader's own alone.
    record_sources(by=user, template=behind.asked.template, period=behind.asked.period, where=behind.where)
    element = behind.measure.element
    parts = [("numerator", _("Numerator")), ("denominator", _("Denominator"))] if element.is_computed else []
    columns = [
        Column("facility", _("Facility code"), Kind.CODE),
        Column("facility_name", _("Facility"), width=30),
        *period_columns(),
        Column("reporter", _("Reported by"), Kind.CODE),
        Column("receipt", _("Receipt number"), Kind.CODE, width=20),
        *(Column(code, label, Kind.NUMBER) for code, label in parts),
        Column(element.code, in_language(element.name_ar, element.name_en), Kind.NUMBER, width=24),
        Column("role", _("In the figure"), Kind.CODE),
        Column("reason", _("Reason"), width=40),
        Column("corrected", pgettext("figure", "Corrected since"), Kind.CODE, width=22),
    ]
    title, rows = _("The reports behind this figure"), behind.found.rows
    return Listed(title, columns, _source_rows(behind), len(rows), _of_figure(behind))


def _of_figure(behind: Behind) -> list[Told]:
    """Which figure it is, in the words of its page."""
    element, where, template = behind.measure.element, behind.where, behind.asked.template
    holder = where.place or where.directorate
    return [
        (pgettext("figures", "Report"), template.name),
        (_("Item"), in_language(element.name_ar, element.name_en)),
        (_("Period"), words_for_period(template, behind.asked.period)),
        (_("Place"), holder.name if holder else _("Outside every jurisdiction")),
    ]


def _source_rows(behind: Behind) -> Iterator[list[object]]:
    kind = PeriodType(behind.asked.template.period_type)
    for source in behind.found.rows:
        row: Any = source.submission
        parts = [source.sums.numerator, source.sums.denominator] if behind.measure.element.is_computed else []
        yield [
            *(row.facility.code, row.facility.name),
            *period_cells(Period(kind, row.period_start)),
            *(row.reporter.code, row.receipt if source.opens else "", *parts),
            *(behind.found.give(source), source.role.value, str(source.reason)),
            moment_of(source.corrected) if source.corrected else "",
        ]


LISTINGS = (
    Listing("figures", gettext_lazy("Figures by place"), RIGHTS, "reporting:figures", _table),
    Listing("grid", gettext_lazy("Reports of each facility"), RIGHTS, "reporting:figures", _grid),
    Listing("across", gettext_lazy("One item over all reports"), RIGHTS, "reporting:figures_across", _across),
    Listing("sources", gettext_lazy("The reports behind this figure"), RIGHTS, "reporting:sources", _sources),
)
