"""Texts of policies as HTML: what authors may do, and what nobody can smuggle in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules.markdown import Shown, foreign_pictures, html_of, pictures_in, words_of

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


# --- Pictures --------------------------------------------------------------------------------------------------------

BASIN = {1: Shown("/a", "A basin", 40, 30)}
SHOWN = '<img src="/a" alt="A basin" width="40" height="30" loading="lazy" decoding="async">'


def test_a_mark_shows_the_picture_of_its_number_with_its_size_once_it_is_scrolled_to() -> None:
    assert html_of("![](picture:1)", BASIN) == f"<p>{SHOWN}</p>\n"
    assert SHOWN in html_of("- **![](picture:1)**", BASIN)
    assert f"<td>{SHOWN}</td>" in html_of("| ![](picture:1) |\n|---|\n| ![](picture:1) |", BASIN)
    assert 'alt="Six"' in html_of("![Six](picture:1)", BASIN)


def test_a_changed_picture_is_shown_although_the_text_was_shown_before() -> None:
    html_of("![](picture:1)", BASIN)
    assert 'alt="Two"' in html_of("![](picture:1)", {1: Shown("/b", "Two", 1, 1)})


def test_in_a_text_without_pictures_a_mark_stays_as_typed_and_one_that_shows_nothing_says_its_words() -> None:
    assert html_of("![a & b](picture:1)") == "<p>![a &amp; b](picture:1)</p>\n"
    assert html_of("![a & b](picture:1)", {}) == "<p>a &amp; b</p>\n"
    assert words_of("![](picture:1) ![Basin](picture:2)").split() == ["Basin"]


@pytest.mark.parametrize(
    "text",
    [
        "[x](picture:1)",
        "![x](picture:1 'title')",
        "![x](picture:one)",
        "![x](PICTURE:1)",
        "![x](/policies/infection/1/pictures/file/a/)",
        "![x](data:image/png;base64,AAAA)",
        "![x][y]\n\n[y]: picture:1",
    ],
)
def test_no_other_address_shows_a_picture(text: str) -> None:
    assert "<img" not in html_of(text, BASIN)
    assert "href" not in html_of(text, BASIN)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("![](picture:1)", []),
        ("One\n\n![x](https://example.org/a.png)\n\n- ![y](b.png)", [3, 5]),
        ("![x][y] ![z](picture:x)\n\n[y]: c.png", [1]),
        ("`![x](a.png)`\n\n    ![x](a.png)\n\n\\![x](a.png)", []),
        ("| a |\n|---|\n| ![x](a.png) |", [3]),
    ],
)
def test_pictures_from_elsewhere_are_found_by_line(text: str, lines: list[int]) -> None:
    assert foreign_pictures(text) == lines


def test_the_numbers_that_a_text_names_are_found_once_each_and_none_in_code() -> None:
    assert pictures_in("![](picture:2) ![a](picture:1)\n\n> ![](picture:2)\n\n`![](picture:3)`") == [2, 1]


@given(st.text(alphabet="![]()pictures:123 <>\"'&`*\n\\", max_size=200))
def test_whatever_is_typed_only_our_pictures_come_out(text: str) -> None:
    html = html_of(text, BASIN)
    assert (
        RUNS.search(
            re.sub(r'<img src="/a" alt="[^"<>]*" width="40" height="30" loading="lazy" decoding="async">', "", html)
        )
        is None
    )
