"""What stands on the paper of a bulletin, in one language: facts, completeness, parts, signatures, differences, hashes."""

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.formats import dates
from coordination.reporting.actions.bulletin_maps import legend_of, map_name, map_of
from coordination.reporting.models.bulletin_rates import Rate
from coordination.reporting.models.bulletin_reading import Changed, Line, ReadBulletin, ShownPart, Value
from coordination.reporting.models.indicators import IndicatorVersion
from coordination.reporting.templatetags.bulletins import causes_text, changed_period, rate_name, rate_text
from coordination.reporting.templatetags.figures import figure_text
from coordination.reporting.templatetags.indicators import formula_text, side_text
from coordination.reporting.templatetags.reporting import words_for_period
from policies.actions.pdf_parts import Line as Words
from policies.actions.pdf_parts import Listing, Piece, ltr, said
from policies.rules.blocks import blocks_of
from policies.rules.verify import GROUP, grouped

NO_DATA = "–"


@dataclass(frozen=True)
class Paper:
    """A bulletin to be set; `address` is where its hash is looked up, "" before it is published."""

    read: ReadBulletin
    at: datetime.datetime
    address: str


def part_of(paper: Paper, language: str) -> dict[str, Any]:
    """The whole of a bulletin in one language."""
    with translation.override(language):
        bulletin = paper.read.bulletin
        read = paper.read
        lists = [*_people(read), _signatures(read), _differences(read), _rate_differences(read), _hashes(read)]
        return {
            "lang": language,
            "title": bulletin.series.name,
            "subtitle": _period(paper.read),
            "state": str(bulletin.get_state_display()),
            "holds": bulletin.is_published,
            "warning": _warning(paper.read),
            "above": [bulletin.series.dataset.custodian.name],
            "facts": _facts(paper),
            "logo": pgettext("branding", "Logo"),
            "before": [one for one in (_errata(paper.read), _contested(paper.read), _completeness(paper.read)) if one],
            "parts": [_part(one, language) for one in paper.read.parts],
            "lists": [one for one in lists if one is not None],
            "check": _check(paper),
            "foot": _foot(paper),
        }


def _period(read: ReadBulletin) -> str:
    """The period in words, a week numbered as the programme numbers it."""
    template = next((edition.template for edition in read.editions.values()), None)
    return words_for_period(template, read.bulletin.period) if template else read.bulletin.period.id


def _warning(read: ReadBulletin) -> str:
    """What whoever holds the paper must not miss."""
    bulletin = read.bulletin
    if bulletin.is_draft:
        return _("Not published: figures and texts can still change.")
    if not bulletin.is_published:
        return _("Not published: it waits for signatures.")
    if (by := read.corrected_by) is not None and by.at is not None:
        return _("Corrected by bulletin %(number)s of %(day)s.") % {
            "number": by.number,
            "day": dates.short_day(timezone.localdate(by.at)),
        }
    return ""


def _facts(paper: Paper) -> list[tuple[str, Words]]:
    """What it is, a label and a line each."""
    bulletin = paper.read.bulletin
    found: list[tuple[str, Words]] = []
    if bulletin.number and bulletin.at:
        found.append((pgettext("bulletin", "Number"), [ltr(bulletin.number)]))
        found.append((pgettext("edition", "Published"), [dates.long_moment(bulletin.at)]))
    if bulletin.corrects:
        found.append((pgettext("edition", "Corrects"), [_("bulletin number"), " ", ltr(bulletin.corrects.number)]))
    hidden = _(
        "Numbers below %(smallest)s other than 0; figures of fewer than %(facilities)s facilities; figures of which one "
        "organisation gives more than %(share)s%%; and others from which these could be worked out."
    )
    for report, limits in paper.read.limits:
        words = hidden % asdict(limits)
        found.append((_("What is hidden"), [f"{report}: {words}" if report else words]))
    if not bulletin.is_published:
        found.append((_("As it stood on"), [dates.long_moment(paper.at)]))
    return found


def _completeness(read: ReadBulletin) -> Listing:
    """How many reports came, and how many on time, over what was expected and over what was received."""
    rows = [
        [
            _cell(one.template.name),
            *(_cell(ltr(f"{number:,}")) for number in (one.row.expected, one.row.answered, one.row.received)),
            *(_cell(_percent(share)) for share in (one.complete, one.timely_of_expected, one.timely_of_received)),
        ]
        for one in read.completeness
    ]
    columns = [
        pgettext("figures", "Report"),
        pgettext("reports", "Expected"),
        _("Received of those expected"),
        _("All received"),
        _("Completeness"),
        _("On time, of those expected"),
        _("On time, of those received"),
    ]
    return {"title": _("Completeness"), "columns": columns, "widths": [5, 2, 3, 2, 3, 3, 3], "rows": rows}


def _contested(read: ReadBulletin) -> Listing | None:
    """Who claimed to lead what the figures are about, where two did."""
    rows = [
        [
            _cell(f"{one.get_function_display()} · {one.place.name}"),
            _cell(f"{one.first.organisation.name} · {one.second.organisation.name}"),
            _cell(str(one.get_state_display())),
        ]
        for one in read.contested
    ]
    columns = [_("Function"), pgettext("mandate", "Claimed by"), _("State")]
    told = _(
        "Two organisations claimed to lead this in the period. Each facility's report counts once, whichever side it was sent to."
    )
    listing: Listing = {"title": _("Who leads is disputed"), "words": [[told]], "columns": columns, "rows": rows}
    return listing | {"widths": [4, 6, 3]} if rows else None


def _percent(share: Decimal | None) -> Piece:
    return ltr(NO_DATA if share is None else f"{share}%")


def _part(shown: ShownPart, language: str) -> dict[str, Any]:
    """A part with its heading, text and figures."""
    part = shown.part
    told: dict[str, Any] = {
        "heading": part.heading,
        "blocks": blocks_of(part.text),
        "map": map_name(shown) if map_of(shown) is not None else None,
        "bars": part.has_bars,
        "columns": [],
        "keys": legend_of(shown, {line.whole.number: _figure(line.whole)["s"] for line in shown.lines}),
        "rows": [],
        "note": "",
    }
    named = pgettext("bulletin", "Period") if part.over_time else _("Place")
    if shown.version is not None:
        return told | _part_of_rates(shown, shown.version, named)
    if shown.is_text or shown.measure is None:
        return told
    element = shown.measure.element
    item = element.name_en if language == "en" else element.name_ar
    told["columns"] = [named, item, *(one.name for one in shown.categories)]
    told["rows"] = [_row(shown, line) for line in shown.lines]
    if shown.hidden:
        told["note"] = _("Hidden figures: %(count)s") % {"count": shown.hidden}
    return told


def _part_of_rates(shown: ShownPart, version: IndicatorVersion, named: str) -> dict[str, Any]:
    """What a part of an indicator shows: values, both their sides where there are no bars, and the formula."""
    sides = [] if shown.part.has_bars else [_("Numerator"), _("Denominator")]
    note = f"{_('Formula')}: {formula_text(version)}"
    if shown.not_computable:
        note += " · " + _("Values not computable: %(count)s") % {"count": shown.not_computable}
    return {
        "columns": [named, rate_name(shown), *sides],
        "rows": [_row(shown, line) for line in shown.lines],
        "note": note,
    }


def _row(shown: ShownPart, line: Line) -> dict[str, Any]:
    """A row: what it is named, its figures as text, and how long its bar is."""
    name = line.place.name if line.place else ""
    if line.period is not None and shown.edition is not None:
        name = words_for_period(shown.edition.template, line.period)
    bar = None if line.whole.percent is None else float(line.whole.percent)
    cells = [_figure(one) for one in (line.whole, *line.parts)]
    if isinstance(line.whole, Rate) and not shown.part.has_bars:
        cells += [_side(one) for one in (line.whole.row.numerator, line.whole.row.denominator)]
    return {"name": name, "cells": cells, "bar": bar}


def _side(number: Decimal | None) -> dict[str, Any]:
    return {"s": NO_DATA if number is None else side_text(number), "hidden": False}


def _figure(value: Value | Rate) -> dict[str, Any]:
    if isinstance(value, Rate):
        return {"s": rate_text(value), "hidden": value.number is None}
    if value.hidden:
        return {"s": pgettext("edition", "hidden"), "hidden": True}
    return {"s": NO_DATA if value.number is None else figure_text(value.number, value.measure), "hidden": False}


def _signatures(read: ReadBulletin) -> Listing | None:
    """Who signed, who refused and why, who did not answer."""
    if not read.signatures:
        return None
    rows = []
    for signer, answer in read.signatures:
        word: Words = [str(answer.get_kind_display()) if answer else _("No answer")]
        if answer and answer.words_why:
            word += [": ", said(answer.words_why)]
        when = ltr(timezone.localdate(answer.at).isoformat()) if answer else ltr(NO_DATA)
        role = str(signer.get_role_display())
        rows.append([_cell(signer.organisation.name), _cell(role), {"pieces": word}, _cell(when)])
    columns = [_("Organisation"), _("Asked as"), pgettext("bulletin", "Answer"), pgettext("paper", "Date")]
    return {"title": _("Signatures"), "columns": columns, "widths": [4, 4, 6, 2], "rows": rows}


def _differences(read: ReadBulletin) -> Listing | None:
    """What a correction shows otherwise."""
    if read.bulletin.corrects is None or (read.rates.changes and not read.differences):
        return None
    columns = [_("Place"), _("Item"), _("Before"), pgettext("bulletin", "Now")]
    rows = [
        [
            _cell(one.place.name),
            _cell(_item(one)),
            _cell(_told(one, one.difference.before, there=one.difference.had)),
            _cell(_told(one, one.difference.after, there=one.difference.has)),
        ]
        for one in read.differences
    ]
    words: list[Words] = [[_("Where a difference would tell of few facilities, the new figure is hidden.")]]
    if not rows:
        words = [[_("No figure is otherwise than it was.")]]
    title = _("What was corrected")
    return {"title": title, "words": words, "columns": columns, "widths": [4, 6, 2, 2], "rows": rows}


def _rate_differences(read: ReadBulletin) -> Listing | None:
    """What a correction shows otherwise in indicators, and where the difference comes from."""
    rows = [
        [
            _cell(one.place.name),
            _cell(one.indicator.name),
            _cell(changed_period(read, one)),
            *(_cell(_rate(rate)) for rate in (one.before, one.after)),
            _cell(causes_text(one)),
        ]
        for one in read.rates.changes
    ]
    columns = [
        *(_("Place"), _("Indicator"), pgettext("bulletin", "Period"), _("Before"), pgettext("bulletin", "Now")),
        pgettext("bulletin", "The difference comes from"),
    ]
    title = _("What was corrected in indicators")
    return {"title": title, "columns": columns, "widths": [3, 5, 3, 3, 3, 4], "rows": rows} if rows else None


def _rate(rate: Rate | None) -> Piece:
    if rate is None:
        return ltr(NO_DATA)
    return rate_text(rate) if rate.number is None else ltr(rate_text(rate))


def _people(read: ReadBulletin) -> Iterator[Listing]:
    """The populations that shown values were divided by, a table for each group, year and sources."""
    kept: list[Words] = [[_("They were frozen with the bulletin: what sources say later changes nothing of it.")]]
    for number, held in enumerate(read.rates.by_source):
        first, columns = held.first, [_("Place"), pgettext("population", "Number of people")]
        named: Words = [first.group_words, " · ", ltr(first.year)]
        for source, dated in first.sources:
            named += [" · ", said(source), " ", ltr(dated.isoformat())]
        if first.more:
            named.append(" · " + _("other sources: %(count)d") % {"count": first.more})
        rows = [[_cell(one.place.name), _cell(ltr(f"{one.number:,}"))] for one in held.rows]
        if held.with_sums:
            columns.append(pgettext("population", "Figures added up"))
            rows = [[*row, _cell(ltr(len(one.figures)))] for row, one in zip(rows, held.rows, strict=True)]
        yield {
            "title": first.group_words if number else _("Populations that indicators were divided by"),
            "words": [named] if number else [*kept, named],
            "columns": columns,
            "widths": [3, 2, 2][: len(columns)],
            "rows": rows,
        }


def _item(one: Changed) -> str:
    element = one.measure.element
    name = element.name_en if translation.get_language() == "en" else element.name_ar
    return f"{name} · {one.category.name}" if one.category else name


def _told(one: Changed, number: Decimal | None, *, there: bool) -> Piece:
    if not there:
        return ltr(NO_DATA)
    return pgettext("edition", "hidden") if number is None else ltr(figure_text(number, one.measure))


def _errata(read: ReadBulletin) -> Listing | None:
    """What was said of its figures since they were published."""
    rows = [
        [
            _cell(one.edition.template.name),
            _cell(ltr(one.number)),
            {"pieces": [said(one.text)]},
            _cell(ltr(timezone.localdate(one.at).isoformat())),
        ]
        for one in read.errata
    ]
    columns = [
        pgettext("figures", "Report"),
        pgettext("bulletin", "Number"),
        pgettext("erratum", "Erratum"),
        pgettext("paper", "Date"),
    ]
    return {"title": _("Errata"), "columns": columns, "widths": [3, 1, 8, 2], "rows": rows} if rows else None


def _hashes(read: ReadBulletin) -> Listing | None:
    """What each report's figures were made of, as hashes, and the head of the record."""
    rows = [
        [_cell(edition.template.name), _cell(ltr(grouped(held.digest))), _cell(ltr(grouped(held.figures_digest)))]
        for edition in read.editions.values()
        if (held := read.inputs.get(edition.pk)) is not None
    ]
    columns = [pgettext("figures", "Report"), _("Hash of the inputs"), _("Hash of the figures")]
    below: list[Words] = []
    if read.bulletin.head:
        below = [[_("Head of the record when it was published:"), " ", ltr(grouped(read.bulletin.head))]]
    title = _("What the figures were made of")
    return {"title": title, "columns": columns, "widths": [3, 5, 5], "rows": rows, "below": below} if rows else None


def _check(paper: Paper) -> dict[str, str] | None:
    """The hash of the content, and where anybody may ask what it is of."""
    if not paper.address:
        return None
    words = _(
        "This is the hash (SHA-256) of texts, layout and figures, as they were signed. At the address below anybody can ask, "
        "without an account, of which bulletin it is, and whether that was corrected since."
    )
    return {
        "title": _("Verify this bulletin"),
        "words": words,
        "address": paper.address.partition("?")[0],
        "link": paper.address,
        "digest": grouped(paper.read.bulletin.digest),
    }


def _foot(paper: Paper) -> Words:
    """What stands below each page."""
    bulletin = paper.read.bulletin
    known: Words = [" · ", ltr(grouped(bulletin.digest)[: 2 * GROUP + 1] + " …")] if paper.address else []
    number = f" · {bulletin.number}" if bulletin.number else ""
    return [ltr(f"{bulletin.series.code} · {bulletin.period.id}{number}"), *known]


def _cell(piece: Piece) -> dict[str, Words]:
    return {"pieces": [piece]}
