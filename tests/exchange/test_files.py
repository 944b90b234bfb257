"""Files as people send them: what is no workbook is told as what it is, and nothing of it is read; text and numbers survive."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from coordination.exchange import csv_files, files, xlsx, xlsx_parts
from coordination.exchange.rules.messages import FILES
from coordination.exchange.tables import MOST_BYTES, MOST_ROWS, Column, FileProblem, Kind, Page, Row, Sheet, letters

COLUMNS = [
    Column("row", "names", hidden=True),
    Column("name", "Name"),
    Column("number", "Number", Kind.NUMBER, open=True),
]
RELATIONSHIPS = "http://schemas.openxmlformats.org"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def book(*rows: list[object]) -> bytes:
    """A small workbook of ours."""
    return xlsx.write(title="Table", columns=COLUMNS, rows=[["fill", *row] for row in rows], language="en")


def changed(content: bytes, **parts: bytes | Callable[[bytes], bytes] | None) -> bytes:
    """A workbook with some parts replaced, added or (None) left out; two underscores stand for a slash."""
    given = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = given.pop(name, old.read(name))
            if part is not None:
                new.writestr(name, part(old.read(name)) if callable(part) else part)
        for name, part in given.items():
            assert isinstance(part, bytes)
            new.writestr(name, part)
    return file.getvalue()


def code_of(content: bytes) -> str:
    """Why a file cannot be read; its words can be said."""
    with pytest.raises(FileProblem) as problem:
        [list(sheet.rows) for sheet in files.read(content).sheets]
    assert "%(" not in str(FILES[problem.value.code]) % problem.value.params
    return problem.value.code


def sheet_of(xml: str) -> bytes:
    """A workbook whose one sheet holds this XML."""
    return changed(book(), xl__worksheets__sheet1_dot_xml=SHEET.format(xml).encode())


def test_text_stays_text_and_numbers_stay_numbers() -> None:
    texts = ["=1+1", "+963 944", "-5", "@x", "١٢", "\u202eabc", "00123", "\x07bell", "a\ufffeb", "=HYPERLINK(1)"]
    content = book(
        *([text, number] for number, text in enumerate(texts)), ["n", -5], ["d", Decimal("-1.25")], [None, None]
    )
    shown = [row[1:3] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)][
        1:
    ]
    assert [text for text, _number in shown[:-1]] == [
        *("=1+1", "+963 944", "-5", "@x", "١٢", "abc", "00123", "bell", "ab", "=HYPERLINK(1)", "n", "d"),
    ]
    assert [number for _text, number in shown][-3:] == [-5, -1.25, None]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    read = [row for _number, row in files.read(content).sheets[0].filled()][1:]
    assert [row[1:3] for row in read][:1] == [["=1+1", 0.0]]


def test_csv_keeps_numbers_and_text_too() -> None:
    rows: list[list[object]] = [
        ["fill", "=1+1", -5],
        ["fill", "-5", Decimal("-1.5")],
        ["fill", "قيمة، «ب»", None],
        ["fill", 'a"b\nc', 0],
    ]
    content = csv_files.write(columns=COLUMNS, rows=rows, tag="tansiq:1:reports")
    assert content.decode("utf-8-sig").splitlines()[3:5] == ["fill,'=1+1,-5", "fill,'-5,-1.5"]
    (sheet,) = files.read(content).sheets
    assert [row[1:] for _number, row in sheet.filled()][3:] == [
        *(["=1+1", "-5"], ["-5", "-1.5"], ["قيمة، «ب»", None], ['a"b\nc', "0"]),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_as_spreadsheets_save_it(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (["tag", "اسم"], ["fill", '"a;,\tb"'], [], ["fill", "٣"]))
    (sheet,) = files.read(text.encode(encoding)).sheets
    assert [row for _number, row in sheet.filled()] == [["tag", "اسم"], ["fill", "a;,\tb"], ["fill", "٣"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n", "empty_file"),
        (b"%PDF-1.7 ...", "not_a_workbook"),
        (b"\x89PNG\r\n", "not_a_workbook"),
        (b"<html><table><tr><td>1", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        ("اسم".encode("cp1256"), "not_utf8"),
        (b"a,b\n\x00,c", "not_a_workbook"),
        (b'a,"b\nc', "unreadable_csv"),
        (b"a," + b"x" * 200_000, "unreadable_csv"),
        (b"x" * (MOST_BYTES + 1), "file_too_large"),
        (b"a\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b"a\n" + b"\n" * MOST_ROWS, "too_many_rows"),
        (b"," * 2000, "too_many_columns"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_told(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_rows_beyond_those_that_are_taken_are_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_ROWS", 3)
    assert len(list(csv_files.read(b"a\n\n\n\n\n").sheets[0].rows)) == 3


def test_macros_links_passwords_and_other_formats_are_refused() -> None:
    content = book(["a", 1])
    assert code_of(changed(content, xl__vbaProject_dot_bin=b"\0")) == "macros"
    typed = changed(
        content, **{"[Content_Types].xml": lambda part: part.replace(b"sheet.main", b"sheet.macroEnabled.main")}
    )
    assert code_of(typed) == "macros"
    assert code_of(changed(content, xl__externalLinks__externalLink1_dot_xml=b"<x/>")) == "external_links"
    assert code_of(changed(content, xl__workbook_dot_xml=None)) == "not_a_workbook"
    assert code_of(changed(content, xl__workbook_dot_bin=b"\0")) == "binary_workbook"
    assert code_of(changed(content, mimetype=b"ods", content_dot_xml=b"<x/>")) == "open_document"
    flagged = bytearray(content)
    for match in re.finditer(b"PK\x01\x02", content):
        flagged[match.start() + 8] |= 1
    assert code_of(bytes(flagged)) == "encrypted"


def test_damaged_packages_are_told() -> None:
    content = book(["a", 1])
    assert code_of(content[: len(content) // 2]) == "damaged"
    assert code_of(changed(content, xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData>")) == "damaged"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert code_of(changed(content, xl__worksheets__sheet1_dot_xml=bomb)) == "damaged"
    assert code_of(changed(content, xl__worksheets__sheet1_dot_xml=None)) == "damaged"
    assert code_of(sheet_of('<row><c r="Ä1"><v>1</v></c></row>')) == "damaged"
    assert code_of(changed(content, xl__workbook_dot_xml=b"<workbook/>")) == "damaged"
    merged = '</sheetData><mergeCells><mergeCell ref="bad"/></mergeCells><sheetData>'
    assert code_of(sheet_of(merged)) == "damaged"


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = book(["a", 1])
    assert code_of(changed(content, xl__worksheets__sheet1_dot_xml=b" " * 120_000_000)) == "bomb"
    assert code_of(changed(content, xl__media__image1_dot_png=b"\0" * 5_000_000)) == "bomb"
    # One that lies about its length is caught by its check sum.
    lying = bytearray(changed(content, xl__worksheets__sheet1_dot_xml=SHEET.format(" " * 5_000).encode()))
    start = bytes(lying).rindex(b"xl/worksheets/sheet1.xml") - 46
    lying[start + 24 : start + 28] = (100).to_bytes(4, "little")
    assert code_of(bytes(lying)) == "damaged"
    monkeypatch.setattr(xlsx_parts, "MOST_LETTERS", 50_000)
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>'
    repeated = changed(sheet_of(cells), xl__sharedStrings_dot_xml=shared.encode())
    assert code_of(repeated) == "too_much_text"
    longer = changed(sheet_of(cells), xl__sharedStrings_dot_xml=shared.replace("xxx", "xxxxx").encode())
    assert code_of(longer) == "text_too_long"


def test_too_much_is_told_with_its_true_number() -> None:
    assert code_of(sheet_of('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')) == "too_many_rows"
    assert code_of(sheet_of('<row r="1"><c r="XFD1"><v>1</v></c></row>')) == "too_many_columns"
    with pytest.raises(FileProblem) as problem:
        files.read(sheet_of('<row r="90000"><c r="ALL90000"><v>1</v></c></row>'))
    assert (problem.value.code, problem.value.params["given"]) == ("too_many_cells", "90,000,000")
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_002))
    assert len(list(files.read(sheet_of(rows)).sheets[0].filled())) == 100_001


def with_sheets(content: bytes, number: int, xml: str) -> bytes:
    """A workbook of so many equal sheets."""
    spaces = re.search(rb"<workbook [^>]*>", zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml"))
    assert spaces is not None
    named = "".join(
        f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}" xmlns:r="{RELATIONSHIPS}/officeDocument/2006/relationships"/>'
        for n in range(1, number + 1)
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONSHIPS}/officeDocument/2006/relationships/worksheet"'
        f' Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, number + 1)
    )
    parts = {f"xl/worksheets/sheet{n}.xml": SHEET.format(xml).encode() for n in range(1, number + 1)}
    parts["xl/workbook.xml"] = spaces[0] + f"<sheets>{named}</sheets></workbook>".encode()
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{RELATIONSHIPS}/package/2006/relationships">{related}</Relationships>'.encode()
    )
    return changed(content, **parts)


def test_what_all_sheets_span_together_is_counted_before_room_is_made_for_any() -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2000"><c r="ALL2000"><v>1</v></c></row>'
    assert len(list(files.read(with_sheets(book(), 1, corners)).sheets[0].filled())) == 2
    assert code_of(with_sheets(book(), 2, corners)) == "too_many_cells"


def test_rows_whose_numbers_would_lead_the_reader_astray_are_refused() -> None:
    assert code_of(sheet_of(f'<row r="{"9" * 5_000}"><c><v>1</v></c></row>')) == "damaged"
    assert code_of(sheet_of('<row r="٣"><c><v>1</v></c></row>')) == "damaged"
    assert code_of(sheet_of('<row r="9999999"><c r="A1"><v>1</v></c></row><row><c><v>2</v></c></row>')) == "damaged"
    far = '<row r="9999999"/><row><c><v>2</v></c></row>'
    assert code_of(sheet_of(far)) == "too_many_rows"


def test_no_formula_passes_for_a_value_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    # 200 reports of 60 values, all of them computed elsewhere.
    row = "".join(f"<c><f>1+1</f><v>{n}</v></c>" for n in range(60))
    (sheet,) = files.read(sheet_of(f"<row>{row}</row>" * 200)).sheets
    assert len(sheet.formulas) == 12_000
    monkeypatch.setattr(xlsx_parts, "MOST_FORMULAS", 11_999)
    assert code_of(sheet_of(f"<row>{row}</row>" * 200)) == "too_many_formulas"
    monkeypatch.setattr(xlsx_parts, "MOST_MERGED", 1)
    merged = '</sheetData><mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells><sheetData>'
    assert code_of(sheet_of(merged)) == "too_many_merged"


def test_a_text_is_too_long_wherever_it_stands() -> None:
    inline = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'
    assert code_of(sheet_of(inline.format("x" * 40_001))) == "text_too_long"
    assert code_of(sheet_of(f'<row><c t="str"><v>{"x" * 40_001}</v></c></row>')) == "text_too_long"
    assert [row for _n, row in files.read(sheet_of(inline.format("x" * 30_000))).sheets[0].filled()] == [["x" * 30_000]]


def test_formulas_merged_cells_and_places_are_found() -> None:
    row = '<row r="3"><c r="C3"><f>A1+1</f><v>5</v></c><c><v>6</v></c></row><row><c><v>7</v></c></row>'
    merged = '</sheetData><mergeCells><mergeCell ref="C3:D4"/></mergeCells><sheetData>'
    (sheet,) = files.read(sheet_of(row + merged)).sheets
    assert sheet.formulas == {(2, 2)}
    assert sheet.merged == ((2, 2, 3, 3),)
    assert [(number, list(cells)) for number, cells in sheet.filled()] == [
        *((2, [None, None, 5.0, 6.0]), (3, [7.0, None, None, None])),
    ]


def test_a_sheet_to_be_filled_is_locked_but_for_its_open_columns() -> None:
    columns = [
        *COLUMNS,
        Column("a:x", "X", Kind.DATE, above="A", choices=("–", "×"), open=True),
        Column("a:y", "Y", above="A"),
    ]
    rows = [
        Row(["fill", "n", 1, datetime.date(2019, 5, 7), None], marks={2: "Wrong\x01\ufffe"}),
        Row(["before", "n", 2, None, None], muted=True),
    ]
    sheets = [
        Sheet("A/B: [1]?*" * 5, columns, rows, tag="tansiq:1:x"),
        Sheet("A/B: [1]?*" * 5, columns, [], tag="tansiq:1:x"),
    ]
    content = xlsx.write_book(
        sheets, language="ar", pages=[Page("كيف", ["أ", "ب"], "tansiq:1:words")], about={"made": "now"}
    )
    written: Any = openpyxl.load_workbook(io.BytesIO(content))
    first = written.worksheets[0]
    assert len({sheet.title for sheet in written.worksheets}) == 4
    assert all(sheet.sheet_view.rightToLeft for sheet in written.worksheets[:3])
    assert first["C4"].comment.text == "Wrong"
    assert [first[cell].protection.locked for cell in ("B4", "C4", "D4", "C5")] == [True, False, False, True]
    assert [str(one) for one in first.merged_cells.ranges] == ["D2:E2"]
    assert first.freeze_panes == "C4"
    assert first["D4"].number_format == "yyyy-mm-dd"
    assert [letters(number) for number in (0, 25, 26, 701, 702)] == [
        get_column_letter(n + 1) for n in (0, 25, 26, 701, 702)
    ]
