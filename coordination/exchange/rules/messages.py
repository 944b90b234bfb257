"""The words for everything that can be found in a file; what is wrong with an answer speaks as it does in the form."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordination.exchange.rules.findings import Finding
from coordination.reporting.rules.messages import MESSAGES as ANSWERS
from coordination.reporting.rules.messages import message_for

FILES: Mapping[str, Promise] = {
    "empty_file": _("The file is empty."),
    "file_too_large": _("The file is larger than %(most)s MB. It can be split into several."),
    "not_a_workbook": _("This is no workbook. A file in the format .xlsx or CSV is needed."),
    "old_workbook": _(
        "This file is protected by a password, or it is in the old format .xls. It can be taken once it is saved as .xlsx "
        "without a password."
    ),
    "open_document": _("This is a file in the format .ods. It can be taken once it is saved as .xlsx."),
    "binary_workbook": _("This is a file in the format .xlsb. It can be taken once it is saved as .xlsx."),
    "encrypted": _("The file is protected by a password. It can be taken once it is saved without one."),
    "macros": _(
        "The file holds macros. Nothing in it was read. It can be taken once it is saved as .xlsx, without macros."
    ),
    "external_links": _(
        "The file holds links to other files. Nothing in it was read. It can be taken without the links."
    ),
    "damaged": _("The file is damaged, or it is not what its name says. Nothing in it was read."),
    "bomb": _(
        "Unpacked, the file is far larger than a workbook should be (%(given)s MB, at most %(most)s). It was not read."
    ),
    "text_too_long": _("A cell of the file holds more than %(most)s characters. Nothing in it was read."),
    "too_much_text": _("The cells of the file hold more than %(most)s characters. Nothing in it was read."),
    "too_many_rows": _(
        "The file has %(given)s rows; at most %(most)s are taken at once. It can be split into several."
    ),
    "too_many_columns": _(
        "The file has %(given)s columns; at most %(most)s are taken. Something may stand far to the side."
    ),
    "too_many_cells": _(
        "The file has %(given)s cells; at most %(most)s are taken at once. It can be split into several."
    ),
    "too_many_formulas": _(
        "The file holds more than %(most)s formulas. It can be taken once their results stand in it as values."
    ),
    "too_many_merged": _("The file holds more than %(most)s ranges of merged cells. It can be taken without them."),
    "not_utf8": _("Line %(line)s is not UTF-8. The file can be taken once it is saved as “CSV UTF-8”."),
    "unreadable_csv": _("Line %(line)s is not CSV: a quotation mark is not closed, or a field is too long."),
}

SHEETS: Mapping[str, Promise] = {
    "no_sheet": _(
        "None of the sheets is one of ours: the hidden row of codes is missing. A new workbook can be downloaded."
    ),
    "hidden_sheet": _("The sheet is hidden. It was not read."),
    "other_sheet": _("The sheet has no row of codes. It was not read."),
    "other_noun": _("The sheet is for something else. It was not read."),
    "other_edition": _("The sheet comes from another edition of the portal. A new workbook can be downloaded."),
    "unknown_template": _("There is no such report template, or it is not open to this role: %(given)s."),
    "unknown_version": _("The report template has no version %(given)s."),
    "other_reporter": _("The sheet was made for %(given)s, but the organisation acted for is %(acting)s."),
    "missing_column": _("The column %(given)s is missing. What it asks stays as it is."),
    "missing_key": _("The column %(given)s is missing. Without it no row can be read."),
    "unknown_column": _("The form has no column %(given)s. It was not read."),
    "column_twice": _("The column %(given)s stands here a second time. It was not read."),
}

ROWS: Mapping[str, Promise] = {
    "no_facility": _("The code of the facility is missing."),
    "no_period": _("The period is missing."),
    "unknown_facility": _(
        "The code %(given)s is not in the facility register, or the facility is not open to this role."
    ),
    "duplicate_row": _("This facility and period stand in row %(given)s already."),
    "not_supported": _("The register does not show the organisation as supporting this facility in the period."),
    "forbidden": _("The right to report for this facility is missing. An administrator can give it."),
    "period_not_begun": _("This period has not begun."),
    "period_not_ended": _("This period has not ended. The row can be kept as a draft until then."),
    "no_version": _("No version of the report template is in force for this period."),
    "other_version": _(
        "This period is asked in version %(expected)s, not in %(given)s. A new workbook can be downloaded."
    ),
    "no_reviewer": _("No directorate is competent for this place and period, and there is no body to review instead."),
    "formula": _("This cell holds a formula. Its result (%(given)s) was not taken; the value itself is needed."),
    "merged": _("Cells are merged here. Only the first of them is read; the others count as empty."),
    "date_for_number": _("This cell holds a date (%(given)s). A number is needed."),
    "outside": _("This cell stands in no column of the form. It was not read."),
    "reason_required": _("%(message)s The place for the reason is the last column, Reasons."),
    "rule_answered": _("%(message)s Reason given: %(reason)s"),
    "replaces": _("What stands now: %(held)s. The file would replace it."),
    "reason_not_needed": _("Nothing in this row needs a reason. It was not kept."),
    "sent_same": _("Already sent, with the same answers: %(given)s."),
    "sent_other": _(
        "Already sent: %(given)s. The file answers otherwise in %(count)s cells; nothing of the report is changed."
    ),
}
FACILITIES: Mapping[str, Promise] = {
    "no_code": _("The code of the facility is missing."),
    "not_a_facility_code": _("A code has 2 to 20 letters A to Z, digits and hyphens, for example SY07-H012."),
    "code_twice": _("This code stands in row %(given)s already."),
    "name_too_long": _("A name has at most 200 letters."),
    "name_with_location": _("This name may give a location. Everybody reads names: write it without."),
    "unknown_subdistrict": _("%(given)s is not the code of a sub-district."),
    "code_taken": _("Another facility in the register has this code."),
    "forbidden_register": _("The right to keep the facility register is missing here. An administrator can give it."),
    "merged_entry": _("This facility was merged into another entry: %(given)s. Changes belong there."),
    "place_stays": _("The facility stands in %(given)s. A file cannot move it."),
    "opened_stays": _("The day since which a facility is open is not changed by a file."),
}
POPULATIONS: Mapping[str, Promise] = {
    "unknown_place": _("%(given)s is not the code of a place."),
    "not_a_year": _("A year is needed, for example 2019."),
    "unknown_group": _("%(given)s is not one of the groups: %(possible)s."),
    "not_a_count": _("A whole number of people is needed, for example 12500."),
    "not_a_day": _("A day is needed, as 2019-05-07."),
    "stated_twice": _("The same source says this in row %(given)s already."),
}
_ALL = {**POPULATIONS, **FACILITIES, **FILES, **SHEETS, **ROWS}


def words_of(finding: Finding) -> str:
    """A finding in the reader's language."""
    arabic = (get_language() or "ar").startswith("ar")
    params = dict(finding.params)
    # What is kept in both languages is told in the reader's.
    language = "_ar" if arabic else "_en"
    params |= {name.removesuffix(language): text for name, text in params.items() if name.endswith(language)}
    if finding.code == "rule_told":
        return params["message"]
    if finding.code in _ALL:
        return str(_ALL[finding.code]) % params
    if finding.code in ANSWERS or finding.code == "rule_broken":
        return message_for(finding.code, params)
    return params.get("message", finding.code)
