"""Reports in workbooks: what the file holds, what comes back, and what is done with it."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from coordination.exchange import files
from coordination.exchange.actions.reports import take_reports
from coordination.exchange.models.reports import documents_before, to_send
from coordination.exchange.rules.messages import words_of
from coordination.exchange.rules.previews import Verdict
from coordination.exchange.tables import Book
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.extensions import extend
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.models.standings import Filing
from coordination.reporting.rules.periods import parse_period
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Membership
from directorates.models.validity import lasting
from directorates.permissions import Refused
from facilities.models import Support
from tests.exchange.ward import APRIL, FIRST_ROW, MAY, Filling, Ward, elements, found
from tests.factories import (
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    assigned,
    member,
    published,
)
from tests.reporting.reports import sent

# What no workbook can hold.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    """Two facilities, two months."""
    return Ward()


def taken(ward: Ward, content: bytes, **wish: Any) -> dict[str, int]:
    """Take a file's rows: send what is in order unless said otherwise."""
    wished = {"send": True, "good_only": True} | wish
    return take_reports(by=ward.coordinator, book=files.read(content), at=timezone.now(), **wished).shape()


def test_a_workbook_comes_back_as_reports(ward: Ward) -> None:
    filling = ward.workbook().put(visits__u5=4, visits__o5="٦", births=3, balance=-12.5, stock="40%", ambulance="Yes")
    filling.put(power="Public grid", remark="=1+1", inspected=datetime.date(2019, 5, 7))
    filling.cell("remark").data_type = "s"
    preview = ward.preview(filling.saved())
    assert found(preview) == []
    assert preview.counts == {"ready": 1, "new": 1, "changed": 0, "empty": 3}
    assert taken(ward, filling.saved()) == {"sent": 1, "drafts": 0, "same": 0, "left": 0}
    report = ward.report()
    assert report.status == "submitted"
    assert report.revision is not None
    slots = ward.slots
    said: dict[str, float] = {
        slots[cell]: number for cell, number in {("visits", "u5"): 4, ("visits", "o5"): 6, ("births", None): 3}.items()
    }
    said |= {slots["balance", None]: -12.5, slots["stock", None]: 40, slots["ambulance", None]: 1}
    assert report.revision.doc == said
    texts = {slots["power", None]: "grid", slots["remark", None]: "=1+1", slots["inspected", None]: "2019-05-07"}
    assert report.revision.notes == {slot: {"text": text} for slot, text in texts.items()}


def test_a_report_whose_due_date_was_put_off_keeps_the_later_day_in_a_workbook_too(ward: Ward) -> None:
    content, day = ward.workbook().put(visits__u5=4, births=3).put("W1", visits__u5=1).saved(), timezone.localdate()
    extended = ExpectedReport.objects.filter(facility__code="W0", period_start=MAY)
    extend(by=ward.officer, expected=list(extended), until=day, reason="No power", at=timezone.now())
    assert taken(ward, content)["sent"] == 2
    assert ward.report("W0").due == day
    assert ward.report("W1").due < day


def test_the_workbook_shows_what_was_written_and_what_was_reported_last(ward: Ward) -> None:
    april = ward.workbook().put("W0", "201904", visits__u5=7, births=2, balance=-3, ambulance="No", stock="–")
    taken(ward, april.saved())
    drafted = ward.workbook().put("W1", "201905", births="×", remark="later", power="grid")
    taken(ward, drafted.saved(), send=False, good_only=False)
    filling = ward.workbook("ar")
    assert filling.sheet.sheet_view.rightToLeft
    last = filling.sheet[filling.row("W0", "201904", "before")]
    shown = {filling.sheet[1][cell.column - 1].value: cell.value for cell in last if cell.value is not None}
    assert shown["visits:u5"] == 7
    assert (shown["balance"], shown["ambulance"], shown["stock"]) == (-3, "لا", "– غير معروف")
    assert last[6].font.italic
    assert [filling.cell(code, "W1").value for code in ("births", "remark", "power")] == [
        *("× الخدمة متوقفة", "later", "الشبكة"),
    ]
    assert not filling.cell("births", "W1").protection.locked
    assert filling.cell("facility", "W1").protection.locked
    assert filling.sheet.protection.sheet
    assert filling.sheet.row_dimensions[1].hidden
    with pytest.raises(IndexError):
        filling.row("W0", "201904")  # sent already
    # What was handed out and comes back as it is changes nothing.
    assert taken(ward, filling.saved(), send=False, good_only=False) == {"sent": 0, "drafts": 0, "same": 1, "left": 0}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_the_lists_offer_is_read(ward: Ward, language: str) -> None:
    filling = ward.workbook(language)
    hidden = filling.book["tansiq"]
    assert hidden.sheet_state == "veryHidden"
    lists = [[cell.value for cell in column if cell.value is not None] for column in hidden.iter_cols(min_col=3)]
    assert len(lists) == 3
    assert len(filling.sheet.data_validations.dataValidation) == 3
    (power,) = (offered for offered in lists if ("الشبكة" if language == "ar" else "Public grid") in offered)
    for number, word in enumerate(power):
        filling.put(["W0", "W1"][number % 2], ["201904", "201905"][number // 2], power=word, births=number)
    assert found(ward.preview(filling.saved())) == []
    taken(ward, filling.saved())
    slot = ward.slots["power", None]
    said = {str(row.revision.notes[slot]) for row in Submission.objects.all() if row.revision}
    assert said == {"{'text': 'grid'}", "{'state': 'not_known'}", "{'state': 'closed'}"}


def test_every_fault_is_told_at_its_cell(ward: Ward) -> None:
    filling = ward.workbook().put(visits__u5="many", births=501, balance="1,5", stock=140, ambulance="perhaps")
    filling.put(power="moonlight", inspected="31/05", visits__o5=2.5)
    filling.put("W1", births=9, visits__u5=1, visits__o5=1)
    preview = ward.preview(filling.saved())
    codes = {code: filling.cell(code.replace("__", ":")).coordinate for code in ("visits__u5", "visits__o5", "births")}
    assert (codes["visits__u5"], "not_a_number") in found(preview)
    assert (codes["visits__o5"], "not_whole") in found(preview)
    assert (codes["births"], "above_maximum") in found(preview)
    told = [code for where, code in found(preview)]
    assert told == [
        *("not_a_number", "not_whole", "above_maximum", "ambiguous_comma", "above_maximum", "not_a_boolean"),
        *("unknown_option", "not_a_date", "rule_broken"),
    ]
    assert found(preview)[-1] == (filling.cell("births", "W1").coordinate, "rule_broken")
    assert preview.counts["faulty"] == 2
    assert preview.findings[0].name_en == "Element visits · u5"


def test_what_spreadsheets_make_of_numbers_is_told(ward: Ward) -> None:
    filling = ward.workbook().put(births=datetime.date(2019, 2, 1), inspected=43592, stock=datetime.time(3, 15))
    filling.cell("births").number_format = "yyyy-mm-dd"
    filling.cell("inspected").number_format = "General"
    filling.put("W1", births="=SUM(F5:G5)", visits__u5=4)
    filling.put("W1", "201904", remark="x", births=True)
    preview = ward.preview(filling.saved())
    assert found(preview) == [
        (filling.cell("births", "W1", "201904").coordinate, "not_a_number"),
        (filling.cell("births").coordinate, "date_for_number"),
        (filling.cell("stock").coordinate, "date_for_number"),
        (filling.cell("births", "W1").coordinate, "formula"),
    ]
    taken(ward, filling.saved(), send=False, good_only=False)
    assert ward.report().draft.notes[ward.slots["inspected", None]] == {"text": "2019-05-07"}
    assert ward.slots["births", None] not in ward.report("W1").draft.doc


def test_a_warning_takes_a_reason_in_its_column(ward: Ward) -> None:
    filling = ward.workbook().put(visits__u5=700, visits__o5=700)
    preview = ward.preview(filling.saved())
    assert found(preview) == [(filling.cell("visits:u5").coordinate, "reason_required")]
    assert taken(ward, filling.saved()) == {"sent": 0, "drafts": 0, "same": 0, "left": 1}
    filling.put(reason="A campaign").put("W1", births=1, visits__u5=2, reason="for nothing")
    preview = ward.preview(filling.saved())
    assert [code for _where, code in found(preview)] == ["rule_answered", "reason_not_needed"]
    assert taken(ward, filling.saved())["sent"] == 2
    revision = ward.report().revision
    assert revision is not None
    assert revision.warnings[0]["reason"] == "A campaign"


def test_only_good_rows_or_all_of_them(ward: Ward) -> None:
    filling = ward.workbook().put(births=1, visits__u5=2).put("W1", births="?!", visits__u5=5)
    assert taken(ward, filling.saved()) == {"sent": 1, "drafts": 0, "same": 0, "left": 1}
    assert taken(ward, filling.saved(), good_only=False) == {"sent": 0, "drafts": 1, "same": 0, "left": 1}
    kept = ward.report("W1")
    assert (kept.status, kept.draft.doc) == ("draft", {ward.slots["visits", "u5"]: 5})
    assert kept.draft.notes == {ward.slots["births", None]: {"raw": "?!"}}


def test_the_same_file_twice_doubles_nothing(ward: Ward) -> None:
    content = ward.workbook().put(births=1, visits__u5=2).put("W1", births=2, visits__u5=2).saved()
    taken(ward, content)
    before = (Submission.objects.count(), AuditEvent.objects.count(), ward.report().receipt)
    preview = ward.preview(content)
    assert preview.counts == {"sent": 2, "new": 0, "changed": 0, "empty": 2}
    assert [code for _where, code in found(preview)] == ["sent_same", "sent_same"]
    assert taken(ward, content) == {"sent": 0, "drafts": 0, "same": 0, "left": 2}
    assert before == (Submission.objects.count(), AuditEvent.objects.count(), ward.report().receipt)


def test_a_blank_never_overwrites_and_a_sent_report_is_never_touched(ward: Ward) -> None:
    taken(ward, ward.workbook().put(births=1, visits__u5=2, remark="kept").saved(), send=False)
    filling = ward.workbook()
    filling.cell("remark").value = None
    filling.put(births=2)
    assert taken(ward, filling.saved()) == {"sent": 1, "drafts": 0, "same": 0, "left": 0}
    revision = ward.report().revision
    assert revision is not None
    assert revision.notes == {ward.slots["remark", None]: {"text": "kept"}}
    assert revision.doc[ward.slots["births", None]] == 2
    preview = ward.preview(filling.put(births=2, visits__u5=3).saved())
    assert [(one.code, one.params["count"]) for one in preview.findings if one.sheet != "How to fill"] == [
        ("sent_other", "1")
    ]
    taken(ward, filling.saved(), good_only=False)
    assert ward.report().revisions.count() == 1


def test_what_a_row_would_replace_is_told_in_both_languages(ward: Ward) -> None:
    filling = ward.workbook().put(births=1, visits__u5=2, stock="×", power="grid", remark="as it was")
    taken(ward, filling.saved(), send=False)
    again = ward.workbook().put(births=3, visits__u5=2, stock=40, remark="otherwise", balance=5)
    notes = [one for one in ward.preview(again.saved()).findings if one.code == "replaces"]
    assert [(one.where, one.params["held_en"]) for one in notes] == [
        (again.cell("births").coordinate, "1"),
        (again.cell("stock").coordinate, "× Service not provided"),
        (again.cell("remark").coordinate, "as it was"),
    ]
    with translation.override("ar"):
        assert "× الخدمة متوقفة" in words_of(notes[1])


def test_a_report_that_was_sent_back_is_corrected_by_a_workbook(ward: Ward) -> None:
    taken(ward, ward.workbook().put(births=1, visits__u5=2, remark="as it was").saved())
    Submission.objects.update(status="returned")
    filling = ward.workbook()
    assert filling.cell("births").value == 1
    assert taken(ward, filling.put(births=2).saved())["sent"] == 1
    last = ward.report().revision
    assert last is not None
    assert (last.number, last.doc[ward.slots["births", None]]) == (2, 2)
    assert last.notes == {ward.slots["remark", None]: {"text": "as it was"}}


def test_required_items_are_told_each_and_hinder_no_draft() -> None:
    ward = Ward(1, months=(datetime.date(2019, 5, 1),), required=True, rules=())
    content = ward.workbook().put(births=1).saved()
    preview = ward.preview(content)
    assert [code for _where, code in found(preview)] == ["required"] * 8
    assert len({where for where, _code in found(preview)}) == 8
    assert taken(ward, content, send=False, good_only=False)["drafts"] == 1


def test_verdicts_are_as_the_page_has_them(ward: Ward) -> None:
    rows = ward.preview(ward.workbook().put(births=1, visits__u5=2).saved()).rows
    assert [(row.number, row.verdict, row.is_new, row.changes) for row in rows] == [(5, Verdict.READY, True, 2)]


def test_another_organisations_sheet_is_not_read(ward: Ward) -> None:
    other = OrganisationFactory(code="other-ngo")
    stranger = member("ngo_coordinator", other)
    content = ward.workbook().put(births=1).saved()
    preview = ward.preview(content, by=stranger)
    assert [one.code for one in preview.findings] == ["other_reporter"]
    assert not preview.rows
    with pytest.raises(Problem) as problem:
        take_reports(by=stranger, book=files.read(content), at=timezone.now(), send=True, good_only=True)
    assert problem.value.code == "no_rows"


def test_support_and_a_role_that_ended_give_nothing(ward: Ward) -> None:
    content = ward.workbook().put(births=1).put("W1", births=1).saved()
    Support.objects.filter(facility__code="W1").update(
        valid=lasting(datetime.date(2010, 1, 1), datetime.date(2019, 4, 30))
    )
    preview = ward.preview(content)
    assert [code for _where, code in found(preview)] == ["not_supported"]
    assert [row.verdict for row in preview.rows] == [Verdict.READY, Verdict.BARRED]
    Membership.objects.update(valid=lasting(datetime.date(2010, 1, 1), datetime.date(2019, 4, 30)))
    with pytest.raises(Refused):
        ward.preview(content)


def test_a_role_without_the_right_is_refused(ward: Ward) -> None:
    observer = member("observer", ward.ngo)
    with pytest.raises(Refused):
        take_reports(by=observer, book=Book(()), at=timezone.now(), send=True, good_only=True)


def test_rows_that_name_no_report_are_told(ward: Ward) -> None:
    filling = ward.workbook().put(births=1, visits__u5=2).put("W1", births=1).put("W1", "201904", births=1)
    filling.put("W0", "201904", births=1)
    filling.cell("period", "W0", "201904").value = "2019Q2"
    filling.cell("facility", "W1", "201904").value = "NO-SUCH"
    filling.cell("facility", "W1").value = "W0"
    assert [code for _where, code in found(ward.preview(filling.saved()))] == [
        *("wrong_period_type", "unknown_facility", "duplicate_row"),
    ]
    last = filling.sheet.max_row + 1
    for number, values in enumerate((("W1", None), (None, 201905), ("W1", "209901"), ("W1", 201904.0))):
        for place, value in zip((2, 4, filling.column("births")), (*values, 3), strict=True):
            filling.sheet.cell(last + number, place).value = value
    assert [code for _where, code in found(ward.preview(filling.saved()))][3:] == [
        *("no_period", "no_facility", "period_not_begun"),
    ]


def test_only_ones_own_reports_are_asked_and_facilities_that_one_does_not_see_are_unknown(ward: Ward) -> None:
    other = OrganisationFactory()
    theirs = FacilityFactory(code="Z1", place=ward.place, supporters=[other])
    assigned(ward.template, theirs, first=APRIL)
    expect(today=datetime.date(2019, 6, 5), first=APRIL, template=ward.template)
    assert {row.facility.code for row in to_send(ward.coordinator)} == {"W0", "W1"}
    assert not to_send(ward.officer).exists()
    content = ward.workbook().put(births=1, visits__u5=2).saved()
    elsewhere = member("facility_reporter", ward.ngo, places=[SubdistrictFactory()])
    assert {code for _where, code in found(ward.preview(content, by=elsewhere))} == {"unknown_facility"}


def test_columns_are_found_wherever_they_were_moved(ward: Ward) -> None:
    filling = ward.workbook().put(births=3, visits__u5=4)
    filling.sheet.move_range(f"A1:{filling.sheet.dimensions.partition(':')[2]}", rows=2, cols=3)
    assert found(ward.preview(filling.saved())) == []
    filling = ward.workbook().put(births=3, visits__u5=4, stock=5)
    filling.sheet.cell(1, filling.column("births")).value = "birthz"
    filling.sheet.cell(1, filling.column("stock")).value = "balance"
    filling.sheet.cell(5, filling.sheet.max_column + 2).value = 7
    assert [code for _where, code in found(ward.preview(filling.saved()))] == [
        *("missing_column", "missing_column", "unknown_column", "column_twice", "outside"),
    ]
    filling.sheet.cell(1, 2).value = "facilities"
    assert "missing_key" in [code for _where, code in found(ward.preview(filling.saved()))]


def test_merged_cells_hidden_and_foreign_sheets_are_told(ward: Ward) -> None:
    filling = ward.workbook().put(births=3, visits__u5=4)
    first, second = filling.cell("births"), filling.cell("balance")
    filling.sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")
    filling.book.create_sheet("Mine").append([1, 2])
    hidden = filling.book.create_sheet("Secret")
    hidden.append([3])
    hidden.sheet_state = "hidden"
    preview = ward.preview(filling.saved())
    assert [(one.sheet, one.code) for one in preview.findings if one.row is None] == [
        *(("Mine", "other_sheet"), ("Secret", "hidden_sheet")),
    ]
    assert (first.coordinate, "merged") in found(preview)
    assert preview.counts["faulty"] == 1


def test_what_another_organisation_reported_before_stands_in_the_workbook_of_who_may_read_it(ward: Ward) -> None:
    other = OrganisationFactory()
    author = member("ngo_coordinator", other)
    sent(ward.version, facility=ward.facilities[0], reporter=other, by=author, start=APRIL)
    filing = Filing(ward.template, ward.facilities[0], parse_period("201905"), ward.ngo)
    assert [len(documents_before(one, [filing])) for one in (ward.coordinator, ward.officer, author)] == [0, 1, 1]


def test_another_version_of_the_template_is_told(ward: Ward) -> None:
    filling = ward.workbook().put(births=3, visits__u5=4)
    tag = filling.sheet.cell(1, 1).value
    for other, code in (
        (tag.replace(":1:reports:", ":2:reports:"), "other_edition"),
        (tag.replace(":reports:", ":places:"), "other_noun"),
        (tag.replace(ward.template.code, "no-such"), "unknown_template"),
        # What is being built is told to nobody.
        (tag.replace(ward.template.code, TemplateFactory().code), "unknown_template"),
        (tag.replace(f"{ward.template.code}:1", f"{ward.template.code}:7"), "unknown_version"),
        ("something else", "no_sheet"),
    ):
        filling.sheet.cell(1, 1).value = other
        preview = ward.preview(filling.saved())
        assert preview.findings[0].code == code
        assert not preview.rows


def test_a_period_asked_in_another_version_is_told() -> None:
    ward = Ward(1, last=datetime.date(2019, 4, 30))
    content = ward.workbook().put("W0", "201904", births=3).saved()
    published(ward.template, elements(), number=2, first=MAY)
    expect(today=datetime.date(2019, 6, 5), first=MAY, template=ward.template)
    both = ward.workbook()
    assert [sheet.title[-1] for sheet in both.book.worksheets[:2]] == ["1", "2"]
    assert found(ward.preview(content)) == []
    both.sheet.cell(FIRST_ROW, 4).value = "201905"
    preview = ward.preview(both.put("W0", "201905", births=3).saved())
    assert [(one.code, one.params["expected"]) for one in preview.findings] == [("other_version", "2")]


def test_naughty_strings_are_kept_or_told_and_never_break(shared: Path) -> None:
    strings = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    ward = Ward(32)
    rows = [(one.code, period) for one in ward.facilities for period in ("201904", "201905")]
    filling = ward.workbook()
    columns = [filling.column(code) for code in ("remark", "births", "reason", "power")]
    numbers = [filling.row(*row) for row in rows]
    cells = [(row, column) for row in numbers for column in columns]
    for start in range(0, len(strings), len(cells)):
        filling = Filling(filling.content)
        for (row, column), text in zip(cells, strings[start : start + len(cells)], strict=False):
            cell = filling.sheet.cell(row, column)
            cell.value = NOT_XML.sub("", text)
            cell.data_type = "s"
        content = filling.saved()
        preview = ward.preview(content)
        assert sum(preview.counts[name] for name in ("ready", "faulty", "empty")) == len(rows)
    # The last few are kept as they were typed.
    taken(ward, content, send=False, good_only=False)
