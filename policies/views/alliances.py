"""The picture of alliances: who stood with whom over time, which groups act together on a day, whom no agreement covers."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language_bidi

from directorates.foundation.pages import SignedIn
from directorates.models import Organisation
from directorates.permissions import Permission, require
from policies.forms.alliances import AllianceFilter
from policies.models import Agreement, AgreementKind
from policies.models.alliances import are_cut, covered_on, ties_of, uncovered
from policies.rules.alliances import Mass, Purse, Tie, groups, mass_by_year, mass_on, standing
from policies.rules.timelines import Bar, Row, Timeline, draw

# The widths of both drawings, in the units of their view boxes.
WIDE, NARROW = 900.0, 328.0
# So much of the future is drawn where an agreement reaches into it.
AHEAD = datetime.timedelta(days=366)


# How bars of each kind look; their numbers tell them apart without.
SHADES = {
    AgreementKind.CHARTER: "s5",
    AgreementKind.MEMORANDUM: "s4",
    AgreementKind.TRIPARTITE: "s3",
    AgreementKind.BILATERAL: "s2",
}


@dataclass(frozen=True)
class Numbered:
    """An agreement under the number that it has in the picture, and how its bars look."""

    number: int
    agreement: Agreement

    @property
    def shade(self) -> str:
        """The class of its bars."""
        return SHADES[AgreementKind(self.agreement.kind)]


@dataclass(frozen=True)
class Drawing:
    """One of both drawings; `look` says for which width. Each row with its organisation, each bar with its agreement."""

    look: str
    timeline: Timeline
    rows: list[tuple[Row, Organisation, list[tuple[Bar, Numbered]]]]
    rtl: bool


@dataclass(frozen=True)
class Line:
    """One tie in words: which organisation in which agreement, from when until when."""

    organisation: Organisation
    of: Numbered
    first: datetime.date
    last: datetime.date | None


@dataclass(frozen=True)
class Figure:
    """A year, or a day, with how many stood each with each, and who."""

    mass: Mass
    mutual: list[Organisation]
    share: float

    @property
    def size(self) -> int:
        """How many stand each with each."""
        return len(self.mutual)

    @property
    def told(self) -> str:
        """The same as it is told: where the search ended early, at least so many."""
        return f"{self.size}" if self.mass.exact else f"≥ {self.size}"


def _span(ties: Iterable[Tie], today: datetime.date, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """From the beginning of the first year that is told of until today, the chosen day, or a year ahead where days are known."""
    held = list(ties)
    first = min([day, *(tie.first for tie in held)])
    known = [min(tie.last, today + AHEAD) for tie in held if tie.last is not None]
    return datetime.date(first.year, 1, 1), max([today, day, *known])


def _order(ties: list[Tie], organisations: Mapping[int, Organisation]) -> list[int]:
    """Who stood in most agreements first."""
    counts: dict[int, int] = {}
    for tie in ties:
        counts[tie.organisation] = counts.get(tie.organisation, 0) + 1
    return sorted(counts, key=lambda one: (-counts[one], organisations[one].kind, organisations[one].code))


def _drawings(
    ties: list[Tie], organisations: Mapping[int, Organisation], numbers: Mapping[int, Numbered],
    today: datetime.date, day: datetime.date,
) -> list[Drawing]:  # fmt: skip
    """The picture for a wide page and for a telephone."""
    order, (first, last), rtl = _order(ties, organisations), _span(ties, today, day), get_language_bidi()
    found = []
    for look, width in (("wide", WIDE), ("phone", NARROW)):
        drawn = draw(ties, order, first, last, width, rtl=rtl, day=day)
        rows = [
            (row, organisations[row.organisation], [(bar, numbers[bar.agreement]) for bar in row.bars])
            for row in drawn.rows
        ]
        found.append(Drawing(look, drawn, rows, rtl))
    return found


def _figures(masses: Iterable[Mass], organisations: Mapping[int, Organisation]) -> list[Figure]:
    """Figures with the names behind them, and each as a share of the largest."""
    held = list(masses)
    most = max((len(one.mutual) for one in held), default=0) or 1
    return [Figure(one, _named(one.mutual, organisations), 100 * len(one.mutual) / most) for one in held]


def _named(group: Iterable[int], organisations: Mapping[int, Organisation]) -> list[Organisation]:
    return sorted((organisations[one] for one in group), key=lambda one: (one.kind, one.code))


@login_required
def alliances(request: SignedIn) -> HttpResponse:
    """Who stood with whom over time, and who acts together on a day."""
    require(request.user, Permission.VIEW_POLICIES)
    form, today = AllianceFilter(request.GET or {"day": timezone.localdate()}), timezone.localdate()
    day, ties = form.chosen(), ties_of(request.user, form.kind_asked)
    organisations = Organisation.objects.in_bulk({tie.organisation for tie in ties})
    agreements = Agreement.objects.in_bulk({tie.agreement for tie in ties})
    known = dict.fromkeys(tie.agreement for tie in ties)
    numbers = {pk: Numbered(number, agreements[pk]) for number, pk in enumerate(known, start=1)}
    held, purse, until = standing(ties, day), Purse(), max(today, day)
    (figure,) = _figures([mass_on(ties, day, purse)], organisations)
    years = mass_by_year(ties, min(tie.first.year for tie in ties), until.year, until, purse) if ties else []
    context = {
        "form": form,
        "day": day,
        "figure": figure,
        "held": len(held),
        "groups": [_named(group, organisations) for group in groups(held.values())],
        "uncovered": uncovered(covered_on(request.user, day), day),
        "cut": are_cut(request.user, form.kind_asked),
        "years": _figures(years, organisations)[::-1],
        "drawings": _drawings(ties, organisations, numbers, today, day) if ties else [],
        "kinds": sorted({(one.shade, one.agreement.get_kind_display()) for one in numbers.values()}, reverse=True),
        "lines": [Line(organisations[one.organisation], numbers[one.agreement], one.first, one.last) for one in ties],
    }
    return render(request, "policies/alliances.html", context)


urls = [path("agreements/alliances/", alliances, name="alliances")]
