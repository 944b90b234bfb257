"""The indicators of the demonstration, and invented populations of every sub-district for those that need them."""

import datetime as dt
from pathlib import Path

import yaml

from coordination.demonstration.dice import dice
from coordination.demonstration.people import Cast
from coordination.reporting.actions.indicators import make_indicator
from coordination.reporting.actions.populations import Entry, enter_populations, entry_of
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.indicator_formulas import WrittenFormula
from coordination.reporting.rules.indicators import Group
from directorates.models import Place
from directorates.models.places import Level

TEXTS = Path(__file__).parent / "data" / "indicators.yaml"
TEMPLATE = "services-monthly"
ALWAYS = dt.date(2000, 1, 1)
SOURCE = "تقدير مخترع للبيانات التجريبية · Invented for the demonstration"
# Of all people, the share of each group.
SHARES = {Group.TOTAL: 1.0, Group.UNDER_ONE: 0.029}
# How many live in a sub-district, about: half of them fewer.
MIDDLE, SPREAD = 30_000, 0.7


def keep_indicators(cast: Cast, now: dt.datetime) -> None:
    """Make each indicator of the file."""
    template = ReportTemplate.objects.get(code=TEMPLATE)
    for said in yaml.safe_load(TEXTS.read_text(encoding="utf-8")):
        written = WrittenFormula(
            numerator=said["numerator"],
            denominator=said["denominator"],
            templates=[template],
            factor=said["factor"],
            decimals=said["decimals"],
            since=ALWAYS,
            unit_ar=said["unit"]["ar"],
            unit_en=said["unit"]["en"],
        )
        make_indicator(
            code=said["code"],
            name_ar=said["name"]["ar"],
            name_en=said["name"]["en"],
            reading_ar=said["reading"]["ar"],
            reading_en=said["reading"]["en"],
            better=said["better"],
            written=written,
            by=cast.administrator,
            at=now,
        )


def count_people(cast: Cast, now: dt.datetime, years: list[int]) -> None:
    """Invent how many live in every sub-district in some years, growing a little from one to the next."""
    first = min(years)
    entries: list[Entry] = []
    for place in Place.objects.standing().filter(level=Level.SUBDISTRICT).order_by("code"):
        people = MIDDLE * dice("people", place.code).lognormvariate(0, SPREAD)
        for year in years:
            there = people * 1.02 ** (year - first)
            entries += [
                entry_of(
                    place=place,
                    year=year,
                    group=group.value,
                    number=round(there * share),
                    source=SOURCE,
                    dated=dt.date(year, 1, 1),
                )
                for group, share in SHARES.items()
            ]
    enter_populations(entries=entries, by=cast.manager, at=now)
