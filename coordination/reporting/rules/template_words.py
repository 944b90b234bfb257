"""The words for what can be wrong in a template, in a file or in a draft."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.sources import SourceFault

SOURCE_MESSAGES: Mapping[str, Promise] = {
    "not_a_mapping": _("Named entries are needed here (key: value)."),
    "not_a_list": _("A list is needed here."),
    "not_a_text": _("A text is needed here; in doubt put it into quotation marks."),
    "unknown_key": _("“%(given)s” is not known here."),
    "missing_key": _("“%(given)s” is missing."),
    "unreadable_text": _("The text is empty or holds invisible control characters."),
    "text_too_long": _("The text has more than %(limit)s characters."),
    "not_arabic": _("“%(given)s” holds no Arabic letter."),
    "not_a_code": _("“%(given)s” is not a code of the form %(pattern)s."),
    "unknown_word": _("“%(given)s” is unknown. Possible: %(known)s."),
    "not_a_whole_number": _("A whole number from %(lowest)s to %(highest)s is needed."),
    "not_yes_or_no": _("true or false is needed."),
    "unknown_code": _("“%(given)s” is not defined in this file."),
    "used_twice": _("“%(given)s” stands here twice."),
    "never_used": _("“%(given)s” is defined, but no section asks it."),
    "unknown_part": _("A ratio needs two numbers that the template asks; “%(given)s” is none."),
    "bound_out_of_range": _("The bound %(given)s is too great or too precise (at most four decimals)."),
    "bounds_crossed": _("The lowest value is above the highest."),
    "options_and_choice": _("A choice has options, and nothing else has."),
    "ratio_and_parts": _("A ratio has a numerator and a denominator, and nothing else has."),
    "ratio_with_categories": _("A ratio has no categories."),
    "not_to_be_summed": _("Texts, dates and choices are not summed: over_time and over_place are none."),
    "text_with_categories": _("Texts, dates and choices have no categories."),
    "unknown_braces": _("Only {left} and {right} may stand in braces."),
    "nothing_asked": _("Nothing is asked yet: no section has an item."),
    "empty_section": _("The section is empty: it needs an item, or goes."),
}


def words_of_fault(fault: SourceFault) -> str:
    """A fault in the reader's words: of a template, or of the rules that periods and expressions have."""
    if fault.code in SOURCE_MESSAGES:
        return str(SOURCE_MESSAGES[fault.code]) % fault.params
    return message_for(fault.code, fault.params)
