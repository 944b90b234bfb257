"""The quorum: a share of the invited organisations, counted by a pure rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.meetings.rules.quorum import Quorum, quorum_of


@pytest.mark.parametrize(
    ("presences", "share", "needed", "reached"),
    [
        ([True, True, False, False], 50, 2, True),
        ([True, True, True, False, False, False, False], 50, 4, False),
        ([True, False, False], 67, 3, False),
        ([True, True, True], 100, 3, True),
        ([False, False], 0, 0, True),
        ([True, None], 50, 1, True),
    ],
)
def test_the_share_of_those_invited_is_rounded_up(
    presences: list[bool | None], share: int, needed: int, reached: bool
) -> None:
    found = quorum_of(presences, share)
    assert found is not None
    assert (found.needed, found.reached) == (needed, reached)


def test_there_is_no_quorum_before_somebody_wrote_who_was_there() -> None:
    assert quorum_of([None, None], 50) is None
    assert quorum_of([], 50) is None


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 100))
def test_all_of_them_always_suffice_and_one_more_never_harms(invited: int, present: int, share: int) -> None:
    assert Quorum(invited, invited, share).reached
    assert not Quorum(invited, present, share).reached or Quorum(invited, present + 1, share).reached
    assert Quorum(invited, present, share).needed * 100 >= invited * share
