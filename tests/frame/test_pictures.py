"""Every picture of numbers has its words and, in its section, the same as a table or a list, which is printed with it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.frame.pictures import picture_faults, pictures_in

TEMPLATES = Path(settings.BASE_DIR) / "templates"
DRAWN = re.compile(r'<svg class="(?:chart|trail)')
# Templates that draw, with the templates in which the table or list stands that says the same.
BEHIND = {
    "reporting/figures_bars.html": "reporting/figures_chart_body.html",
    "reporting/value_bars.html": "reporting/indicator_series.html reporting/edition_series.html",
    "reporting/map.html": "reporting/map.html",
    "reporting/runs_lag.html": "reporting/runs_lag.html",
    "policies/alliances_drawing.html": "policies/alliances.html",
    # The table of the page stands open in the same section.
    "reporting/funnel.html": "",
    # A small line beside the sentence that it draws, which is its words.
    "reporting/trail.html": "",
}


def drawing() -> set[str]:
    """The templates that draw numbers."""
    return {
        str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if DRAWN.search(path.read_text("utf-8"))
    }


def test_no_template_draws_without_a_table_or_list_behind_it() -> None:
    assert drawing() == set(BEHIND)
    for template, others in BEHIND.items():
        text = (TEMPLATES / template).read_text("utf-8")
        assert re.search(r'role="(img|group)" aria-label="', text), template
        for other in others.split():
            assert '<details class="behind' in (TEMPLATES / other).read_text("utf-8"), other


def test_what_stands_behind_a_picture_is_printed() -> None:
    printed = (Path(settings.BASE_DIR) / "static/tansiq/tansiq.css").read_text("utf-8").partition("@media print")[2]
    assert ".behind::details-content { content-visibility: visible" in printed


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        ('<main><section><svg class="chart" role="img" aria-label="x"></svg><table></table></section></main>', 0),
        ('<main><section><svg class="chart" role="img" aria-label="x"></svg></section><table></table></main>', 1),
        ('<main><section><svg class="chart"></svg><table></table></section></main>', 1),
        ('<main><svg class="chart" role="img" aria-label="x"></svg><ul class="legend"></ul></main>', 1),
        ('<main><svg class="icon"></svg><svg class="trail" role="img" aria-label="x"></svg></main>', 0),
    ],
)
def test_a_picture_without_words_or_table_is_found(page: str, faults: int) -> None:
    assert len(picture_faults(page)) == faults
    assert pictures_in(page) == page.count("chart") + page.count("trail")
