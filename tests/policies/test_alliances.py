"""Who stood with whom: groups, critical mass and whom no agreement covers, by pure rules and in the picture."""

import datetime
import random
import time
from itertools import combinations

import pytest
from django.utils import timezone

from policies.actions.agreements import end_agreement
from policies.actions.parties import leave_agreement
from policies.actions.signatures import object_to_signature
from policies.models.alliances import MOST_TIES, ties_of, uncovered
from policies.rules.alliances import (
    Purse,
    Tie,
    groups,
    mass_by_year,
    mass_on,
    most_mutual,
    neighbours,
    standing,
)
from policies.rules.timelines import draw, lanes_of
from tests.policies.pacts import DAY, Pacts

NOW = timezone.now


def day(text: str) -> datetime.date:
    """A day of ISO 8601."""
    return datetime.date.fromisoformat(text)


def test_who_is_joined_through_others_is_of_one_group_and_the_largest_comes_first() -> None:
    assert groups([{1, 2}, {2, 3}, {7, 8}]) == [frozenset({1, 2, 3}), frozenset({7, 8})]
    assert groups([]) == []


def test_the_critical_mass_are_those_each_of_whom_stands_with_each_other() -> None:
    # A chain of accords is a large group and no critical mass.
    assert most_mutual([{1, 2}, {2, 3}, {3, 4}]) == (frozenset({1, 2}), True)
    # Three accords of two that close a triangle are one of three.
    assert most_mutual([{1, 2}, {2, 3}, {1, 3}, {3, 4}]) == (frozenset({1, 2, 3}), True)
    assert most_mutual([{1, 2, 3, 4, 5}, {5, 6}]) == (frozenset({1, 2, 3, 4, 5}), True)
    assert most_mutual([]) == (frozenset(), True)


def test_the_largest_set_is_the_one_that_trying_all_of_them_finds() -> None:
    dice = random.Random(7)
    for _round in range(60):
        agreements = [set(dice.sample(range(9), dice.randint(2, 4))) for _one in range(dice.randint(1, 8))]
        near = neighbours(agreements)
        largest = max(
            len(some)
            for size in range(1, 10)
            for some in combinations(sorted(near), size)
            if all(b in near[a] for a, b in combinations(some, 2))
        )
        found, exact = most_mutual(agreements)
        assert (len(found), exact) == (largest, True)
        assert all(b in near[a] for a, b in combinations(sorted(found), 2))


def test_where_the_steps_run_out_the_figure_is_a_lower_bound_and_says_so() -> None:
    accords = [{one, other} for one, other in combinations(range(30), 2) if (one + other) % 3]
    found, exact = most_mutual(accords, Purse(5))
    assert (len(found) >= 2, exact) == (True, False)


def test_all_days_of_a_question_share_its_steps() -> None:
    dice, first = random.Random(5), datetime.date(2010, 1, 1)
    # As many as `ties_of` gives, two of each accord, and no more.
    pairs = [pair for pair in combinations(range(60), 2) if dice.random() < 0.9][: MOST_TIES // 2]
    ties = [
        Tie(number, one, first + number * datetime.timedelta(days=1))
        for number, pair in enumerate(pairs)
        for one in pair
    ]
    began, purse = time.monotonic(), Purse()
    years = mass_by_year(ties, 2010, 2015, datetime.date(2015, 12, 31), purse)
    assert time.monotonic() - began < 3
    assert purse.left <= 0
    assert not years[-1].exact
    assert len(years[-1].mutual) >= 2


def test_it_is_found_in_time_among_a_hundred_organisations() -> None:
    dice = random.Random(3)
    agreements = [set(dice.sample(range(100), dice.randint(2, 5))) for _one in range(200)]
    assert len(most_mutual(agreements)[0]) >= 5


def test_an_agreement_in_which_one_stands_alone_joins_nobody() -> None:
    ties = [Tie(1, 1, day("2015-01-01")), Tie(1, 2, day("2015-01-01"), day("2015-12-31"))]
    assert standing(ties, day("2015-06-01")) == {1: {1, 2}}
    assert standing(ties, day("2016-06-01")) == {}
    assert mass_on(ties, day("2016-06-01")).mutual == frozenset()


def test_each_year_tells_the_day_on_which_most_stood_with_each_other() -> None:
    ties = [
        *(Tie(1, one, day("2015-03-01"), day("2017-06-30")) for one in range(5)),
        *(Tie(2, one, day("2017-09-01")) for one in (0, 1)),
        *(Tie(3, one, day("2018-02-01"), day("2018-03-01")) for one in (0, 1, 2)),
    ]
    years = mass_by_year(ties, 2014, 2019, day("2019-05-01"))
    assert [(one.day.isoformat(), len(one.mutual)) for one in years] == [
        ("2014-01-01", 0),
        ("2015-03-01", 5),
        ("2016-01-01", 5),
        ("2017-01-01", 5),
        ("2018-02-01", 3),
        ("2019-01-01", 2),
    ]
    assert mass_by_year(ties, 2014, 2030, day("2015-01-01"))[-1].day == day("2015-01-01")


def test_bars_of_the_same_time_lie_in_lanes_and_time_runs_with_reading() -> None:
    ties = [
        Tie(1, 1, day("2015-01-01"), day("2015-12-31")),
        Tie(2, 1, day("2015-06-01")),
        Tie(3, 1, day("2016-01-01"), day("2016-12-31")),
        Tie(1, 2, day("2015-01-01"), day("2015-12-31")),
    ]
    assert [[tie.agreement for tie in lane] for lane in lanes_of(ties[:3])] == [[1, 3], [2]]
    drawn = {
        rtl: draw(ties, [2, 1], day("2015-01-01"), day("2016-12-31"), 300, rtl=rtl, day=day("2015-01-01"))
        for rtl in (False, True)
    }
    assert [row.organisation for row in drawn[False].rows] == [2, 1]
    left, right = (drawn[rtl].rows[0].bars[0] for rtl in (False, True))
    assert left.x == pytest.approx(300 - right.x - right.width, abs=0.2)
    assert left.width == right.width
    for one in drawn.values():
        assert all(bar.x >= 0 and bar.x + bar.width <= 300 for row in one.rows for bar in row.bars)
        assert one.height > max(bar.y for row in one.rows for bar in row.bars)
    assert draw(ties, [1], day("2015-01-01"), day("2016-12-31"), 300, rtl=False, day=day("2020-01-01")).day is None


@pytest.mark.django_db
def test_ties_end_with_the_party_or_the_agreement_and_leave_out_who_objects() -> None:
    pacts = Pacts()
    since = day("2015-01-01")
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=since, rule="two")
    left = pacts.party(made, pacts.first_manager)
    leave_agreement(party=left, last_day=day("2017-12-31"), why="x", by=pacts.keeper, at=NOW())
    end_agreement(agreement=made, last_day=day("2018-06-30"), why="x", by=pacts.keeper, at=NOW())
    found = {tie.organisation: (tie.first, tie.last) for tie in ties_of(pacts.reader)}
    assert found == {
        pacts.directorate.pk: (since, day("2018-06-30")),
        pacts.first.pk: (since, day("2017-12-31")),
        pacts.second.pk: (since, day("2018-06-30")),
    }
    object_to_signature(party=pacts.party(made, pacts.second_manager), why="x", by=pacts.second_manager, at=NOW())
    assert pacts.second.pk not in {tie.organisation for tie in ties_of(pacts.reader)}
    pacts.open(pacts.directorate, pacts.second, name_en="Open")
    assert {tie.agreement for tie in ties_of(pacts.director)} == {made.pk}, "what is not in force joins nobody"


@pytest.mark.django_db
def test_whom_no_agreement_covers_is_told() -> None:
    pacts = Pacts()
    pacts.signed()
    held = {tie.organisation for tie in ties_of(pacts.reader)}
    codes = {one.code for one in uncovered(held, pacts.today)}
    assert {"uossm", pacts.body.code} <= codes
    assert not codes & {"idlib", "sams"}


@pytest.mark.django_db
def test_who_stands_in_an_agreement_of_another_kind_is_not_told_to_stand_in_none() -> None:
    pacts = Pacts()
    pacts.signed()
    page = pacts.browser(pacts.reader).get("/policies/agreements/alliances/?kind=charter")
    assert not {one.code for one in page.context["uncovered"]} & {"idlib", "sams"}


@pytest.mark.django_db
def test_where_not_all_ties_are_told_the_picture_says_so_and_misses_nobody_who_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pacts = Pacts()
    pacts.signed(ago=10)
    client, url = pacts.browser(pacts.reader), "/policies/agreements/alliances/"
    assert "begun last" not in client.get(url).text
    pacts.signed(pacts.director, pacts.second_manager, name_en="Later")
    monkeypatch.setattr("policies.models.alliances.MOST_TIES", 2)
    page = client.get(url)
    assert "begun last" in page.text
    assert "sams" not in {one.code for one in page.context["uncovered"]}


@pytest.mark.django_db
def test_the_picture_tells_the_same_on_a_day_as_a_drawing_in_words_and_as_a_table() -> None:
    pacts = Pacts()
    client = pacts.browser(pacts.reader)
    assert "Nobody stood with anybody" in client.get("/policies/agreements/alliances/").text
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=day("2015-01-01"), name_en="Old charter")
    end_agreement(agreement=made, last_day=day("2018-06-30"), why="x", by=pacts.keeper, at=NOW())
    pacts.signed(name_en="New accord", ago=3)
    now = client.get("/policies/agreements/alliances/")
    assert (now.context["figure"].size, len(now.context["groups"])) == (2, 1)
    before = client.get("/policies/agreements/alliances/?day=2016-01-01")
    assert before.context["figure"].size == 3
    assert before.text.count("Old charter") >= 6
    assert "UOSSM" in before.text
    assert before.text.count('<svg class="chart') == 2
    assert [(one.mass.day.year, one.size) for one in before.context["years"]][-1] == (2015, 3)
    assert "Old charter" not in client.get("/policies/agreements/alliances/?kind=bilateral").text
    assert client.get("/policies/agreements/alliances/?day=2016-99-01").status_code == 200
    arabic = pacts.browser(pacts.reader, "ar").get("/policies/agreements/alliances/").text
    assert 'dir="rtl"' in arabic


@pytest.mark.django_db
def test_a_day_far_off_costs_no_more_than_others() -> None:
    pacts = Pacts()
    pacts.signed()
    client = pacts.browser(pacts.reader)
    for asked in ("1900-01-01", "2099-12-31"):
        assert client.get(f"/policies/agreements/alliances/?day={asked}").status_code == 200
    assert pacts.today + DAY
