"""Texts of policies as HTML: what authors may do, and what nobody can smuggle in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules.markdown import html_of

RUNS = re.compile(
    r"<(?!/?(p|h[3-6]|ul|ol|li|a|strong|em|code|pre|blockquote|hr|br|table|thead|tbody|tr|th|td)\b)[a-z/!]",
    re.IGNORECASE,
)


def test_paragraphs_lists_tables_and_quotations_are_laid_out() -> None:
    html = html_of("Before **all**:\n\n- wash\n  - dry\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said")
    for tag in ("<strong>all</strong>", "<li>wash", "<li>dry</li>", "<td>1</td>", "<blockquote>"):
        assert tag in html


def test_headings_stand_below_those_of_the_sections() -> None:
    assert html_of("# One\n\n##### Five") == "<h3>One</h3>\n<h6>Five</h6>\n"


def test_a_link_leads_to_a_page_and_tells_it_nothing() -> None:
    assert html_of("[x](https://example.org/a)") == (
        '<p><a href="https://example.org/a" rel="noreferrer nofollow">x</a></p>\n'
    )
    assert 'href="#sterilising"' in html_of("[x](#sterilising)")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/who-reads.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//example.org)",
        "<iframe src='https://example.org'></iframe>",
        '<https://example.org/"onmouseover=alert(1)>',
        "[x]: javascript:alert(1)\n\n[x]",
        "`<b>`\n\n    <b>",
        "<!-- <b> --><?php ?>",
    ],
)
def test_nothing_that_runs_and_nothing_from_elsewhere_gets_through(text: str) -> None:
    html = html_of(text)
    assert RUNS.search(html) is None
    assert re.search(r"<[^>]*\s(on\w+|src|style)=", html) is None
    assert re.search(r'href="(?!https?:|mailto:|#)', html) is None


@given(st.text(alphabet="<>\"'&![]()#`*_-|:/ \n\tabcjsxضص\u202e", max_size=200))
def test_whatever_is_typed_only_known_tags_come_out(text: str) -> None:
    assert RUNS.search(html_of(text)) is None
