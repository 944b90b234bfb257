"""Freezing what an edition is made of, in the transaction that makes it; and which program did so."""

import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from coordination.reporting.models import Edition, EditionAside, EditionExpected, EditionInputs, EditionReport
from coordination.reporting.models.edition_sources import Sources
from coordination.reporting.rules import (
    counting,
    edition_corrections,
    edition_figures,
    edition_inputs,
    expressions,
    figures,
    fingerprints,
    missing,
    numbers,
    specification,
    suppression,
    ties,
)
from coordination.reporting.rules.edition_inputs import sha256
from directorates.actions.chain import head

BATCH = 2000
# What a figure depends on: with these sources the same inputs give the same figures.
RULES = (
    *(counting, edition_corrections, edition_figures, edition_inputs, expressions, figures, fingerprints),
    *(missing, numbers, specification, suppression, ties),
)


@lru_cache(maxsize=1)
def code_digest() -> str:
    """The SHA-256 over the sources of the rules that make figures, in the order of their names."""
    paths = sorted(Path(str(module.__file__)) for module in RULES)
    return sha256("\n".join(f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in paths))


@lru_cache(maxsize=1)
def code_version() -> str:
    """The version of the program, as it names itself."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def keep_inputs(edition: Edition, sources: Sources, figures_hash: str) -> EditionInputs:
    """Write what an edition was made of; the database lets nobody change it afterwards."""
    for report in sources.reports:
        report.edition = edition
    for aside in sources.set_aside:
        aside.edition = edition
    for owed in sources.owed:
        owed.edition = edition
    EditionReport.objects.bulk_create(sources.reports, BATCH)
    EditionAside.objects.bulk_create(sources.set_aside, BATCH)
    EditionExpected.objects.bulk_create(sources.owed, BATCH)
    last = head()
    return EditionInputs.objects.create(
        edition=edition,
        facts=sources.facts.as_json(),
        code_version=code_version(),
        code_digest=code_digest(),
        digest=sources.digest,
        figures_digest=figures_hash,
        head=last.hash if last else "",
        head_number=last.number if last else 0,
    )
