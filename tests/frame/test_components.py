"""The pieces that pages are made of."""

from collections.abc import Iterator

import pytest
from django import forms
from django.core.paginator import Paginator
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from coordination import states


def render(source: str, address: str = "/", **context: object) -> str:
    """A piece of a template, as a page at an address would show it, on one line."""
    request = RequestFactory().get(address)
    return " ".join(Template(source).render(Context({"request": request, **context})).split())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The words of the tests."""
    with translation.override("en"):
        yield


class Filters(forms.Form):
    """A list's filters."""

    place = forms.CharField(label="Place", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "All"), ("late", "Late")])


class Correction(forms.Form):
    """A small form."""

    beds = forms.IntegerField(label="Beds", help_text="At the end of the month")
    why = forms.ChoiceField(label="Why", widget=forms.RadioSelect, choices=[("a", "Typing"), ("b", "New data")])
    note = forms.CharField(label="Note", required=False)


def test_a_chip_says_its_state_in_words_and_icon() -> None:
    text = render('{% chip "overdue" "8 days late" %}')
    assert 'class="chip bad"' in text
    assert "#i-warn" in text
    assert "8 days late" in text


def test_a_state_nobody_settled_looks_plain() -> None:
    assert states.look("unheard-of").tone == ""


def test_words_are_escaped_everywhere() -> None:
    bad = "<b>x</b>"
    source = (
        '{{ bad|bdi }}{{ bad|person_text }}{% chip "due" bad %}{% page_head bad bad %}{% endpage_head %}'
        '{% panel bad %}{{ bad }}{% endpanel %}{% note "warn" title=bad %}{{ bad }}{% endnote %}'
        "{% fact bad %}{{ bad }}{% endfact %}{% empty_state bad bad bad bad %}"
        "{% key_figure bad bad below=bad url=bad %}"
        "{% work_row bad detail=bad action=bad url=bad remark=bad %}{{ bad }}{% endwork_row %}{% breadcrumbs bad bad %}"
        "{% listing bad %}{{ bad }}{% endlisting %}{% sort_header bad bad classes=bad %}"
    )
    assert bad not in render(source, bad=bad)


def test_what_people_wrote_brings_its_own_direction() -> None:
    assert render("{{ text|person_text }}", text="Checked.") == '<span class="person" dir="auto">Checked.</span>'


def test_a_bar_is_never_longer_than_its_track() -> None:
    assert 'width="100.0"' in render("{% meter 130 %}")
    assert 'width="0.0"' in render("{% meter none %}", none=None)


def test_a_columns_head_sorts_and_keeps_the_filters() -> None:
    text = render('{% sort_header "due" "Due" %}', "/?place=SY07&page=3")
    assert "place=SY07" in text
    assert "sort=due" in text
    assert "page=" not in text
    assert "aria-sort" not in text


def test_a_second_press_turns_the_order_around() -> None:
    rising = render('{% sort_header "due" "Due" %}', "/?sort=due")
    assert "sort=-due" in rising
    assert 'aria-sort="ascending"' in rising
    falling = render('{% sort_header "due" "Due" standard="-due" %}')
    assert 'aria-sort="descending"' in falling
    assert "sort=due" in falling


def test_the_way_to_the_other_pages_keeps_the_filters() -> None:
    page = Paginator(range(120), 50).page(2)
    text = render("{% pages page %}", "/?place=SY07&page=2", page=page)
    assert "?place=SY07&amp;page=1" in text
    assert "?place=SY07&amp;page=3" in text
    assert '<span class="n">51</span> to <span class="n">100</span> of <span class="n">120</span>' in text


def test_a_short_list_says_only_how_many() -> None:
    text = render("{% pages page %}", page=Paginator(range(7), 50).page(1))
    assert 'Count: <span class="n">7</span>' in text
    assert "page=" not in text


def test_filters_can_be_cleared_where_some_are_set() -> None:
    assert "Clear filters" not in render("{% filter_row form %}", form=Filters({}))
    text = render("{% filter_row form %}", "/?place=SY07&sort=-due", form=Filters({"place": "SY07"}))
    assert "Clear filters" in text
    assert 'name="sort" value="-due"' in text


def test_a_fields_help_and_error_are_tied_to_it() -> None:
    text = render("{% field form.beds %}", form=Correction({"beds": "x"}))
    assert 'aria-describedby="id_beds_helptext id_beds_error"' in text
    assert 'id="id_beds_helptext"' in text
    assert 'id="id_beds_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'dir="ltr"' in text


@pytest.mark.parametrize(
    "chosen", [None, "b", 1_000, "x'\""], ids=["nothing", "in a group", "a number", "what has to be escaped"]
)
def test_a_drop_down_list_is_what_django_writes_with_groups_and_what_is_chosen(chosen: object) -> None:
    choices = [("", "All"), ("Group", [("a", "A & B"), ("b", "<B>")]), (1_000, "A thousand"), ("x'\"", "Quotes")]
    widget = forms.Select(attrs={"class": "form-select", "required": True}, choices=choices)
    ours = widget.render("of", chosen, {"id": "id_of"}, renderer=get_default_renderer())
    theirs = widget.render("of", chosen, {"id": "id_of"}, renderer=DjangoTemplates())
    assert ours.split() == theirs.split()
    assert ours.count(" selected") == 1


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    text = render("{% field form.why %}", form=Correction({}))
    assert "<legend>Why</legend>" in text
    assert 'aria-describedby="id_why_error"' in text
    assert 'id="id_why_0"' in text


def test_only_what_may_stay_empty_is_marked() -> None:
    assert "(optional)" in render("{% field form.note %}", form=Correction())
    assert "(optional)" not in render("{% field form.beds %}", form=Correction())


def test_the_summary_lists_every_error_and_links_to_its_field() -> None:
    text = render("{% error_summary form %}", form=Correction({"beds": "x"}))
    assert "2 errors to correct" in text
    assert '<a href="#id_beds">Beds: Enter a whole number.</a>' in text
    assert '<a href="#id_why_0">Why: This field is required.</a>' in text
    assert "data-focus" in text


@pytest.mark.parametrize("form", [None, "", Correction()])
def test_no_summary_without_errors(form: object) -> None:
    assert render("{% error_summary form %}", form=form) == ""


def test_an_empty_fact_vanishes() -> None:
    assert render('{% facts %}{% fact "Since" %} {% endfact %}{% endfacts %}') == '<dl class="facts"></dl>'


def test_a_running_job_asks_again_and_a_finished_one_does_not() -> None:
    source = '{% include "components/progress_strip.html" with text="Rebuilding" done=1 total=4 url="/job/" %}'
    assert 'hx-get="/job/"' in render(source)
    assert ">Refresh<" in render(source)
    assert "hx-get" not in render(source, finished=True)
    assert "hx-get" not in render(source, failed=True)
