"""What comes of a ballot, by numbers alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules.ballots import Choice, Majority, Outcome, Tally


@pytest.mark.parametrize(
    ("tally", "majority", "quorum", "outcome"),
    [
        (Tally(10, plain=3, against=2), Majority.SIMPLE, 50, Outcome.ADOPTED),
        (Tally(10, plain=2, against=3), Majority.SIMPLE, 50, Outcome.REJECTED),
        (Tally(10, plain=2, against=2), Majority.SIMPLE, 50, Outcome.NO_QUORUM),
        (Tally(10, plain=2, against=2, abstained=1), Majority.SIMPLE, 50, Outcome.TIED),
        (Tally(3, abstained=3), Majority.SIMPLE, 50, Outcome.TIED),
        (Tally(6, plain=3, reserved=1, against=2), Majority.TWO_THIRDS, 100, Outcome.ADOPTED),
        (Tally(7, plain=4, against=3), Majority.TWO_THIRDS, 50, Outcome.REJECTED),
        (Tally(5, plain=1, abstained=4), Majority.CONSENSUS, 50, Outcome.ADOPTED),
        (Tally(5, plain=4, against=1), Majority.CONSENSUS, 50, Outcome.REJECTED),
        (Tally(0), Majority.SIMPLE, 1, Outcome.NO_QUORUM),
        (Tally(3, plain=2), Majority.SIMPLE, 67, Outcome.NO_QUORUM),
        (Tally(3, plain=2), Majority.SIMPLE, 66, Outcome.ADOPTED),
    ],
)
def test_quorum_and_majority_decide(tally: Tally, majority: Majority, quorum: int, outcome: Outcome) -> None:
    assert tally.outcome(majority, quorum) is outcome


@pytest.mark.parametrize(
    ("tally", "needed"),
    [
        (Tally(10, plain=4, reserved=1, against=4, abstained=1), (5, 6, 9)),
        (Tally(10, plain=5, against=5), (6, 7, 10)),
        (Tally(10, plain=8), (5, 6, 8)),
        (Tally(10, plain=4, against=3), (4, 5, 7)),
        (Tally(10, plain=1), (1, 1, 1)),
        (Tally(10, abstained=10), (1, 1, 1)),
    ],
)
def test_how_many_have_to_be_for_it_is_reckoned_of_those_for_or_against(
    tally: Tally, needed: tuple[int, int, int]
) -> None:
    assert tuple(tally.needed_for(one) for one in (Majority.SIMPLE, Majority.TWO_THIRDS, Majority.CONSENSUS)) == needed


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 9))
def test_what_is_needed_is_what_decides(favour: int, against: int, abstained: int) -> None:
    tally = Tally(favour + against + abstained, plain=favour, against=against, abstained=abstained)
    carried = {
        Majority.SIMPLE: favour > against,
        Majority.TWO_THIRDS: favour > 0 and 3 * favour >= 2 * (favour + against),
        Majority.CONSENSUS: favour > 0 and against == 0,
    }
    for majority, does in carried.items():
        assert (favour >= tally.needed_for(majority)) is does
        if tally.reaches(1):
            assert (tally.outcome(majority, 1) is Outcome.ADOPTED) is does


@given(st.lists(st.sampled_from([None, *Choice])), st.sampled_from(list(Majority)), st.integers(1, 100))
def test_one_vote_more_in_favour_never_turns_an_adoption_into_anything_else(
    votes: list[Choice | None], majority: Majority, quorum: int
) -> None:
    tally = Tally.of(votes)
    assert tally.electors == len(votes)
    assert tally.voted == sum(vote is not None for vote in votes)
    if tally.outcome(majority, quorum) is Outcome.ADOPTED and None in votes:
        more = list(votes)
        more[more.index(None)] = Choice.FOR
        assert Tally.of(more).outcome(majority, quorum) is Outcome.ADOPTED
