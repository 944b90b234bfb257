"""The words for what is wrong with a file, and for why something of a package is not carried or differs."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.exchange.rules.messages import FILES
from coordination.reporting.rules.messages import MESSAGES
from coordination.reporting.rules.package_items import Fate
from coordination.reporting.rules.packages import Kind
from coordination.reporting.rules.template_words import SOURCE_MESSAGES

FILE_MESSAGES: Mapping[str, Promise] = {
    "file_too_large": _("The file, or what is packed in it, is larger than %(limit)s MB."),
    "not_utf8": _("The file is not a text in UTF-8."),
    "not_json": _("The file is no JSON: it cannot be read from line %(line)s, column %(column)s."),
    "not_json_number": _("The file holds a number that JSON does not have: %(given)s"),
    "too_deep": _("Lists and objects stand more than %(limit)s deep within one another."),
    "too_many": _("There are more than %(limit)s entries here."),
    "no_package": _("There are neither data sets nor data elements in this file: it is no package of metadata."),
    "leads_nowhere": _("The identifier %(given)s leads nowhere in this file."),
    "not_a_workbook": _("This is neither a DHIS2 package (JSON) nor an XLSForm (a workbook that can be opened)."),
    "xlsform": _("The form cannot be read. Its reader says: %(given)s"),
}

KINDS: Mapping[Kind, Promise] = {
    Kind.TEMPLATE: pgettext_lazy("package", "Report templates"),
    Kind.SECTION: pgettext_lazy("package", "Sections"),
    Kind.ELEMENT: pgettext_lazy("package", "Items"),
    Kind.CATEGORY_SET: pgettext_lazy("package", "Category sets"),
    Kind.RULE: pgettext_lazy("package", "Validation rules"),
    Kind.INDICATOR: pgettext_lazy("package", "Indicators"),
    Kind.PREDICTOR: pgettext_lazy("package", "Predictors"),
    Kind.OTHER: pgettext_lazy("package", "Other parts"),
}

FATES: Mapping[Fate, Promise] = {
    Fate.NEW: pgettext_lazy("package", "New"),
    Fate.CHANGED: pgettext_lazy("package", "Changed"),
    Fate.SAME: pgettext_lazy("package", "Here already"),
    Fate.HELD: pgettext_lazy("package", "Stays as published"),
    Fate.DIFFERS: pgettext_lazy("package", "With a difference"),
    Fate.LEFT_OUT: pgettext_lazy("package", "Left out"),
}

REASONS: Mapping[str, Promise | str] = {
    # what was chosen
    "not_chosen": _("It was not chosen."),
    "only_in_others": _("Only templates that were not chosen use it."),
    # elements
    "in_no_set": _("No data set asks it."),
    "predicted": _("A predictor computes it, and no data set asks it; predictors are not carried."),
    "asked_instead": _("There the predictor “%(given)s” fills it; here it is asked, with the last value beside it."),
    "tracker_element": _("It belongs to records of single persons, which are never kept here."),
    "position": _("It is a position. Positions of people and facilities never enter."),
    "value_type": _("Reports here have no answers of the type %(given)s."),
    "as_text": _("Its type %(given)s is kept as a text, without its own check."),
    "true_only": _("There it is ticked or blank; here it is yes or no."),
    "options_of_number": _("It is a number with a list to choose from; the number is asked, the list is not carried."),
    "formula": _("Its formula %(given)s has no like here: it is shown by facility and period, and not added up."),
    "too_many_categories": _("It has more than %(limit)s categories."),
    "asked_in_two_ways": _("Data sets ask it by different categories; here it has those of the item itself."),
    "part_missing": _("The share needs two items that this template does not ask."),
    # templates and sections
    "period_type": _("Reports here have no periods of the type %(given)s."),
    "empty": _("Nothing in it can be asked in a report."),
    "rules_block": _("There a report is complete only if all rules hold, so broken rules block sending here."),
    "attributes": _("It is also split by attributes of the whole report; these are not carried."),
    "greyed": _("Closed cells there: %(count)s. Here every category of an item is asked."),
    "label_cut": _("Its label is longer than %(limit)s characters; what is beyond them is cut off."),
    "lost_dataEntryForm": _("Its drawn form is not carried; the form here is made of its sections."),
    "lost_expiryDays": _("The day on which entry closes is not carried; here reports stay open and are late."),
    "lost_openFuturePeriods": _("Entry before a period ends is not carried."),
    "lost_dataInputPeriods": _("Its calendar of entry is not carried."),
    "lost_noValueRequiresComment": _("There a missing value needs a comment; here “not known” is an answer."),
    "lost_indicators": _("Indicators shown in the form are not carried; shares appear where they can be computed."),
    "formulas_assumed": _("The form does not say how numbers make totals: they are summed over places and over time."),
    # rules and indicators
    "operator": _("The comparison %(given)s is unknown here."),
    "strategy": _("What a missing value does (%(given)s) is unknown here."),
    "not_at_entry": _("It is not checked while a report is filled."),
    "missing_apart": _(
        "There a missing value is treated by each side on its own; here any missing value skips the rule."
    ),
    "sliding_window": _("Its sliding window of days concerns single events; here each report is checked by itself."),
    "levels": _("There it is checked at the levels %(given)s only; here in every report."),
    "reads_nothing": _("It reads no item."),
    "reads_unknown": _("It reads %(given)s, which is not in the package."),
    "reads_predicted": _("It reads “%(given)s”, which a predictor computes and no data set asks."),
    "reads_not_asked": _("It reads “%(given)s”, which is not carried."),
    "reads_text": _("It reads “%(given)s”, which is no number here."),
    "reads_category": _("It reads a category of “%(given)s” that the item does not have: %(category)s."),
    "reads_apart": _("No single template asks all that it reads; it also reads “%(given)s”."),
    "other_period": _("It is for periods of the type %(given)s, and the templates are not."),
    "expression_foreign": _("It reads %(given)s, which is no item of a report."),
    "expression_function": _("It uses the function %(given)s, which rules here do not have."),
    "indicator_number": _("It is the number of one item, which the figures show."),
    "indicator_sum": _("It adds or subtracts several items; shares here have one item above and one below."),
    "indicator_category": _("It takes one category of an item only; shares here are of whole items."),
    "indicator_annualized": _("It is reckoned to a year, which figures here are not."),
    "indicator_factor": _("Its factor is %(given)s; shares here are plain or in per cent."),
    "predictor": _("Predictors are not carried. This one fills “%(given)s”."),
    # other parts of a package
    "never_people": _("People and their roles are never imported (%(count)s)."),
    "never_sharing": _("Who may see what is never imported; rights are given here."),
    "own_registers": _("Places and facilities come from the registers here (%(count)s)."),
    "own_figures": _("Tables, maps and charts are not carried; the figures here have their own (%(count)s)."),
    "own_forms": _("Drawn forms are not carried (%(count)s)."),
    "own_notices": _("Notices are not carried (%(count)s)."),
    "groups": _("Groups for analysis are not carried (%(count)s)."),
    "constants": _("Constants are not carried, nor rules that read them (%(count)s)."),
    "tracker": _("Records of single persons and events are never kept here (%(count)s)."),
    "unknown_part": _("This part is unknown here and was not read (%(count)s)."),
    # questions of a form
    "attachment": _("Pictures, recordings and scans are not asked in a report."),
    "device": _("What a device says of itself is not kept."),
    "calculated": _("It is computed or only shown in the form, not asked."),
    "note": _("It is a note, not a question."),
    "select_many": _("Several options at once are no answer here."),
    "repeat": _("Repeated questions are not asked: a report has one answer to each item."),
    "question_type": _("Reports here have no questions of the type %(given)s."),
    "lost_relevant": _("There it is asked only under a condition (%(given)s); here always, and it may stay blank."),
    "lost_default": _("Its preset answer (%(given)s) is not carried."),
    "lost_constraint": _("Its condition cannot be carried: %(given)s"),
}

# The parts of a definition, as the paths of differences name them.
PARTS: Mapping[str, Promise] = {
    "name_ar": _("name in Arabic"),
    "name_en": _("name in English"),
    "help_ar": _("help in Arabic"),
    "help_en": _("help in English"),
    "message_ar": pgettext_lazy("rule", "message in Arabic"),
    "message_en": pgettext_lazy("rule", "message in English"),
    "type": pgettext_lazy("part", "type"),
    "required": pgettext_lazy("part", "required"),
    "minimum": pgettext_lazy("part", "lowest value"),
    "maximum": pgettext_lazy("part", "highest value"),
    "over_time": pgettext_lazy("part", "formula over time"),
    "over_place": pgettext_lazy("part", "formula over places"),
    "numerator": pgettext_lazy("part", "numerator"),
    "denominator": pgettext_lazy("part", "denominator"),
    "categories": pgettext_lazy("part", "categories"),
    "category_set": pgettext_lazy("part", "category set"),
    "options": pgettext_lazy("part", "options"),
    "left": pgettext_lazy("part", "left side"),
    "right": pgettext_lazy("part", "right side"),
    "operator": pgettext_lazy("part", "comparison"),
    "severity": pgettext_lazy("part", "severity"),
    "missing": pgettext_lazy("part", "missing values"),
    "sections": pgettext_lazy("part", "sections"),
    "elements": pgettext_lazy("part", "items"),
    "period": pgettext_lazy("part", "period"),
    "due_days": pgettext_lazy("part", "days until due"),
    "template": pgettext_lazy("part", "template"),
}


def fault_words(code: str, params: Mapping[str, str]) -> str:
    """What is wrong with a file, in words."""
    words = FILE_MESSAGES.get(code) or SOURCE_MESSAGES.get(code) or FILES[code]
    return str(words) % params


def reason_words(code: str, params: Mapping[str, str]) -> str:
    """Why something is not carried or differs, in words; what the package says keeps its own direction."""
    apart = {key: f"\u2068{value}\u2069" for key, value in params.items()}
    return str(REASONS.get(code) or MESSAGES[code]) % apart


def path_words(path: str) -> str:
    """Where a difference is: the known parts in words, codes as they are."""
    return " · ".join(str(PARTS.get(part, part)) for part in path.split(".")) if path else ""
