"""The words for every code that the rules of reports give: what is wrong, and what comes next.

English is the message id, Arabic stands in the catalogue; parameters are named, so that each language orders them.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MESSAGES: Mapping[str, Promise | str] = {
    # periods
    "not_a_period": _("This is not the id of a period. Examples: 202404, 2024Q2, 2024, 2024W5, 2024SunW5."),
    "no_such_period": _("The year has no period %(given)s."),
    "period_out_of_range": _("Periods lie between the years %(first)s and %(last)s."),
    "wrong_period_type": _("The period %(given)s is not of the type that this report needs (%(expected)s)."),
    "not_first_day": _("No period of this type begins on %(given)s."),
    "not_nested": _("A period of one of these types is not made of periods of the other."),
    "not_a_week": _("The period %(given)s is not a week."),
    # numbers
    "not_a_number": _("A number is needed, for example 12."),
    "ambiguous_comma": _(
        "The comma in %(given)s can be read in two ways. Examples: 1.5 for a fraction, 1,500 or 1500 for thousands."
    ),
    "too_long": _("A number has at most %(digits)s digits."),
    "too_precise": _("A number has at most %(decimals)s digits after the point, and %(digits)s digits in all."),
    # answers
    "unknown_element": _("The code %(given)s is not an item of this report template."),
    "computed_element": _("The item %(given)s is computed from two others and takes no answer."),
    "unknown_category": _("The item has no category %(given)s."),
    "category_required": _("This item is asked by category. The category is missing."),
    "duplicate": _("This item and category were already answered in the same report."),
    "unknown_state": _("The state %(given)s is unknown. Possible: reported, not_known, closed, blank."),
    "state_with_value": _("A value stands beside a state that says there is none. One of the two has to go."),
    "wrong_type": _("This cannot be an answer: a single value is needed."),
    "not_whole": _("A whole number is needed, for example 12."),
    "below_minimum": _("%(given)s is below the lowest value allowed, %(minimum)s."),
    "above_maximum": _("%(given)s is above the highest value allowed, %(maximum)s."),
    "not_a_boolean": _("Yes or no is needed."),
    "unknown_option": _("%(given)s is not one of the options of this item."),
    "not_a_date": _("A date is needed, for example 2019-05-07."),
    "future_date": _("The date is after today."),
    "control_characters": _("The text holds invisible control characters. Typing it again removes them."),
    "text_too_long": _("The text has more than %(limit)s characters."),
    "location": _(
        "This may give a location: coordinates, a code of a map or a link to one. "
        "The report cannot be sent with it, because others read it. Write it without; the name of the place is enough."
    ),
    "required": _("This item is required."),
    # rules of a template; the words of a broken rule come with the template
    "expression_too_long": _("The expression is too long."),
    "expression_too_deep": _("The expression has too many brackets within brackets, from character %(position)s."),
    "expression_incomplete": _("The expression is incomplete at character %(position)s."),
    "expression_unexpected": _("The expression cannot be read from character %(position)s: %(given)s"),
    "unknown_operand": _("The expression names %(given)s, which this report template does not ask."),
}


def message_for(code: str, params: Mapping[str, str]) -> str:
    """The message of a code in the reader's language; a broken rule speaks in the words of its template."""
    if code == "rule_broken":
        arabic = (get_language() or "ar").startswith("ar")
        return params["message_ar" if arabic else "message_en"]
    return str(MESSAGES[code]) % params
