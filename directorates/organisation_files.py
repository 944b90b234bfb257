"""Organisations that come as files of the project."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from directorates.actions.organisations import Names, found, rename
from directorates.models import Organisation
from directorates.models.organisations import Kind

REFERENCE = Path(__file__).parent / "data" / "organisations.yaml"


def load_organisations(path: Path, *, at: dt.datetime) -> list[Organisation]:
    """Found the organisations of a file that are not there yet, and give them their names in order; answer those."""
    entries = yaml.safe_load(path.read_bytes())
    there = set(Organisation.objects.values_list("code", flat=True))
    return [_load(entry, at) for entry in entries if entry["code"] not in there]


@transaction.atomic
def _load(entry: Mapping[str, Any], at: dt.datetime) -> Organisation:
    first, *later = entry["names"]
    organisation = found(
        code=entry["code"], kind=Kind(entry["kind"]), names=_names(first), since=first["from"], by=None, at=at
    )
    for names in later:
        rename(organisation=organisation, names=_names(names), since=names["from"], by=None, at=at)
    return organisation


def _names(entry: Mapping[str, Any]) -> Names:
    name, short = entry["name"], entry["short"]
    return Names(name["ar"], name["en"], short["ar"], short["en"])
