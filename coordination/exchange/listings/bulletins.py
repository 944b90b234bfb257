"""A bulletin's figures as a file: every row of every part; the CSV carries HXL hashtags, and what is hidden is hidden alike."""

from collections.abc import Iterator, Mapping

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.figures import disputed_cell, disputed_column
from coordination.exchange.listings.listing import (
    Listed,
    Listing,
    Told,
    moment_of,
    period_cells,
    period_columns,
    row_in,
)
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import Bulletin, BulletinPart, Category
from coordination.reporting.models.bulletin_rates import Rate
from coordination.reporting.models.bulletin_reading import Line, ReadBulletin, ShownPart, Value
from coordination.reporting.models.bulletins import READING
from coordination.reporting.models.contested import contested_by_holder, contested_in
from coordination.reporting.templatetags.indicators import reasons_text
from coordination.reporting.views.bulletins import bulletins_listed
from directorates.models import Place, User

CHUNK = 1000
# What only the rows of indicators have: version, both sides, why there is no value, populations and their sources.
NO_SIDES = (None,) * 6


def _bulletin(user: User, asked: QueryDict) -> Listed:
    """The figures of the bulletin that the address names, as its page shows them to the person."""
    found = get_object_or_404(Bulletin.objects.visible_to(user).named(), pk=row_in(asked, "bulletin"))
    read = ReadBulletin(found, user)
    columns = [
        Column("period", _("Period"), Kind.CODE, hxl="#meta+period+code"),
        Column("first_day", _("First day"), Kind.DATE, hxl="#date+start"),
        Column("last_day", _("Last day"), Kind.DATE, hxl="#date+end"),
        Column("part", _("Heading"), width=30, hxl="#meta+part"),
        Column("place", _("Code"), Kind.CODE, hxl="#loc+code"),
        Column("place_name", _("Place"), width=24, hxl="#loc+name"),
        disputed_column(hxl="#meta+disputed"),
        Column("template", pgettext("figures", "Report"), Kind.CODE, width=20, hxl="#meta+source+code"),
        Column("item", _("Item"), Kind.CODE, width=24, hxl="#indicator+code"),
        Column("item_name", _("Name"), width=30, hxl="#indicator+name"),
        Column("category", pgettext("element", "Category"), Kind.CODE, hxl="#indicator+category+code"),
        Column("version", _("Version"), Kind.NUMBER, hxl="#indicator+version+num"),
        Column("numerator", _("Numerator"), Kind.NUMBER, hxl="#indicator+numerator+num"),
        Column("denominator", _("Denominator"), Kind.NUMBER, hxl="#indicator+denominator+num"),
        Column("reasons", _("Why not computable"), width=30, hxl="#indicator+reason"),
        Column("people", _("Populations that it was divided by"), width=30, hxl="#population+text"),
        Column("sources", pgettext("population", "Source"), width=40, hxl="#meta+source+population"),
        Column("value", _("Value"), Kind.NUMBER, hxl="#indicator+value+num"),
        Column("hidden", pgettext("edition", "Hidden"), Kind.CODE, hxl="#status+hidden"),
    ]
    disputed = _disputed(read)
    rows = [row for shown in read.parts for line in shown.lines for row in _rows(read, shown, line, disputed)]
    told = [(_("Period"), found.period.id), (_("Hash of the content"), found.digest), *_said_since(read)]
    return Listed(found.series.name, columns, rows, len(rows), told, {"pk": found.pk})


def _said_since(read: ReadBulletin) -> list[Told]:
    """What corrected it, and the errata of its editions: they stand above the figures of a file too."""
    words = _("Erratum %(number)d, %(at)s")
    found = [
        (f"{one.edition.template.name}: {words % {'number': one.number, 'at': moment_of(one.at)}}", one.text)
        for one in read.errata
    ]
    if (by := read.corrected_by) is not None:
        found.insert(0, (pgettext("edition", "Corrected by"), f"{_('bulletin number')} {by.number}"))
    return found


# By report and place, the two sides of each dispute.
Disputed = Mapping[tuple[int, Place], str]


def _disputed(read: ReadBulletin) -> Disputed:
    """Of which places of each report it is disputed who leads, in the period of the bulletin."""
    if not read.contested:
        return {}
    found: dict[tuple[int, Place], str] = {}
    for template, edition in read.editions.items():
        shown = (one for one in read.parts if one.part.indicator_id or one.part.template_id == template)
        places = {line.place for one in shown for line in one.lines if line.place} | {*filter(None, [read.country])}
        held = contested_by_holder(contested_in(read.user, edition), places, read.bulletin.period)
        found |= {(template, place): disputed_cell(told) for place, told in held.items() if isinstance(place, Place)}
    return found


def _rows(read: ReadBulletin, shown: ShownPart, line: Line, disputed: Disputed) -> Iterator[list[object]]:
    """The whole of an item, then each of its categories; of an indicator its value."""
    period = line.period or read.bulletin.period
    named = [line.place.code, line.place.name] if line.place else [None, None]
    if shown.part.over_time and (country := read.country) is not None:
        named = [country.code, country.name]
    template, element = shown.part.template, shown.part.element
    # Of earlier periods the editions behind tell.
    place = (line.place or read.country) if period == read.bulletin.period else None
    of_part = {template.pk} if template else read.editions.keys()
    told = dict.fromkeys(filter(None, (disputed.get((one, place)) for one in of_part))) if place else {}
    head: list[object] = [*period_cells(period), shown.part.heading, *named, " · ".join(told)]
    if isinstance(line.whole, Rate):
        yield _rate(head, shown.part, line.whole)
        return
    item = [template.code if template else "", element.code if element else "", element.name if element else ""]
    kept: list[tuple[Category | None, Value]] = [(None, line.whole), *zip(shown.categories, line.parts, strict=True)]
    for category, value in kept:
        number = None if value.number is None else value.number.normalize()
        yield [*head, *item, category.code if category else None, *NO_SIDES, number, "hidden" if value.hidden else None]


def _rate(head: list[object], part: BulletinPart, rate: Rate) -> list[object]:
    """A value of an indicator with both its sides unrounded, or why there is none, and what it was divided by."""
    row, indicator = rate.row, part.indicator
    numbers = [None if one is None else one.normalize() for one in (row.value, row.numerator, row.denominator)]
    sources = dict.fromkeys(f"{source} ({day})" for one in rate.people for source, day in one.sources)
    people = " · ".join(f"{one.group} {one.year}: {one.number}" for one in rate.people)
    return [
        *(*head, "", indicator.code if indicator else "", str(indicator), None),
        *(row.version.number if row.version else None, *numbers[1:], reasons_text(rate.reasons)),
        *(people, " · ".join(sources), numbers[0], "hidden" if rate.hidden else None),
    ]


def _bulletins(user: User, asked: QueryDict) -> Listed:
    """The bulletins that the page lists."""
    waits, found = bulletins_listed(user, asked)
    columns = [
        Column("series", _("Bulletin"), width=40),
        *period_columns(),
        Column("number", pgettext("bulletin", "Number"), Kind.NUMBER),
        Column("state", _("State"), width=20),
        Column("corrects", pgettext("bulletin", "Corrects number"), Kind.NUMBER),
        Column("published", pgettext("edition", "Published"), Kind.CODE, width=22),
        Column("acting", _("Organisation"), Kind.CODE),
    ]
    cells = (
        [
            *(row.series.name, *period_cells(row.period), row.number, str(row.get_state_display())),
            *(row.corrects.number if row.corrects else None, moment_of(row.at) if row.at else ""),
            row.acting.code if row.acting else "",
        ]
        for row in found.iterator(CHUNK)
    )
    told = [(_("State"), pgettext("bulletins", "To be answered"))] if waits else []
    return Listed(_("Bulletins"), columns, cells, found.count(), told)


LISTINGS = (
    Listing("bulletins", gettext_lazy("Bulletins"), READING, "reporting:bulletins", _bulletins),
    Listing("bulletin", gettext_lazy("Bulletin"), READING, "reporting:bulletin", _bulletin),
)
