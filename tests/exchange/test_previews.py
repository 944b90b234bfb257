"""What a preview keeps of a file that is full of remarks: errors first, rows to be corrected before others."""

from coordination.exchange.rules.findings import Finding, Weight
from coordination.exchange.rules.layouts import merged_rows
from coordination.exchange.rules.previews import MOST_MARKED, MOST_ROWS, MOST_SHOWN, Preview, RowTold, Verdict
from coordination.exchange.tables import Grid


def row(number: int, verdict: Verdict) -> RowTold:
    """A row of a file."""
    return RowTold("S", number, ("", ""), "", verdict, False, 1, 0)


def test_notes_take_no_room_from_errors() -> None:
    preview = Preview("reports")
    preview.add([Finding("sent_same", "S", n, weight=Weight.NOTE) for n in range(MOST_MARKED + 5)])
    preview.add([Finding("not_a_number", "S", n) for n in range(3)])
    assert len(preview.findings) == MOST_MARKED + 3
    shape = preview.shape()
    assert [one["code"] for one in shape["findings"]] == [*["not_a_number"] * 3, *["sent_same"] * MOST_SHOWN]
    assert (shape["errors"], shape["notes"], preview.found) == (3, MOST_MARKED + 5, MOST_MARKED + 8)


def test_rows_to_be_corrected_are_listed_before_others_where_not_all_can_be() -> None:
    preview = Preview("reports")
    for number in range(MOST_ROWS + 10):
        preview.add_row(row(number, Verdict.READY))
    preview.add_row(row(900, Verdict.FAULTY))
    preview.add_row(row(901, Verdict.EMPTY))
    assert [one.number for one in preview.rows] == [*range(MOST_ROWS - 1), 900]
    assert preview.shape()["told"] == MOST_ROWS + 11


def test_overlapping_merged_ranges_cost_one_pass() -> None:
    grid = Grid("S", (), merged=((2, 1, 100_000, 3),) * 10_000 + ((0, 4, 1, 5),))
    found = merged_rows(grid)
    assert (len(found), found[0], found[50]) == (100_001, (0, 4), (50, 1))
