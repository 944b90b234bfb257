"""What does not exist and what somebody may not see answer alike: by the answer nobody finds out that something is there."""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.callers import Caller
from tests.factories import signed_in
from tests.rights.table import COMPARED, GROUPS, NO_THING, TABLE
from tests.rights.test_table import REFUSED, answer
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
# Seen by these people, and not theirs to change: 403 tells them nothing that a list of theirs does not. By the reason.
MEANT = {
    # The register is open to whoever works with facilities; who keeps a facility is its directorate.
    "Nd": "facilities:describe facilities:status facilities:support facilities:support_end facilities:duplicate "
    "facilities:position_enter facilities:position_remove facilities:proposal",
    # A proposal is read by all who work with facilities, and taken back by its author.
    "d": "facilities:withdraw facilities:support_declared policies:call_off_ballot",
    # A policy is read by every role, a proposed one by the invited: the NGO is asked, the other directorate votes.
    "dF": "policies:acknowledge_facilities",
    "F": "policies:acknowledge policies:note_compliance",
    # The NGO's own report, reviewed by the directorate; and its own request for a location, approved by two others.
    # So is a meeting to which it is invited, kept by whoever called it.
    "N": "meetings:change_meeting meetings:call_off_meeting meetings:attendance meetings:minutes meetings:close_minutes "
    "meetings:correct_minutes meetings:new_decision meetings:change_decision meetings:new_action_item "
    "reporting:approve reporting:send_back reporting:reopen reporting:look api:submission_approve "
    "api:submission_send_back api:submission_reopen facilities:position_approve "
    "reporting:ask reporting:follow_up_again reporting:follow_up_settle api:submission_ask api:follow_up_again "
    "api:follow_up_settle reporting:double_arbiter reporting:double_decide api:double_arbiter api:double_decide "
    "reporting:attachment_release reporting:attachment_refuse reporting:accept_correction reporting:refuse_correction "
    "api:correction_accept api:correction_refuse policies:answer_concern policies:change_consultation",
    # Categories of the library and adopted policies are read by every role, and changed by those who manage them; mandates
    # and disputes over them as well, by both sides and those who keep them.
    # Published editions are read by every role, and what is said beside them is their custodian's.
    "NdF": "reporting:new_erratum reporting:no_erratum api:errata reporting:edition_verify policies:withdraw_brand "
    "reporting:category_set policies:rename_policy policies:withdraw_policy policies:draft_policy "
    "policies:end_mandate policies:dispute_statement policies:dispute_interim policies:dispute_decision "
    "policies:dispute_appeal policies:dispute_outcome policies:plan_review policies:finish_review "
    # Agreements in force are read by every role, and are their parties' to sign, change and leave.
    "policies:end_agreement policies:name_party policies:leave_agreement policies:amend_agreement policies:renew_agreement "
    "policies:obligation "
    # Who is competent where, and what was offered to whom, is told to every role, and is the two directors' to decide.
    "directorates:offer_handover directorates:withdraw_handover "
    # An edition is read by every role, and embedded by its custodian.
    "reporting:embedded_figures reporting:embed",
    "NF": "directorates:handover",
}


def _lines() -> list[tuple[str, str, set[str]]]:
    """Method, name and who is let through, of each address that names a thing."""
    found = []
    for line in TABLE.strip().splitlines():
        *who, method, name = line.split()
        if name not in NO_THING:
            found.append((method, name, set("".join(GROUPS.get(word, word) for word in who))))
    return found


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once."""
    with made_once(World, django_db_blocker) as made:
        yield made


def missing(given: dict[str, Any]) -> dict[str, Any]:
    """The same arguments, of a thing that there is not."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, uuid.UUID):
            found[name] = uuid.UUID(int=0)
        elif isinstance(value, int):
            found[name] = 999_999
        else:
            found[name] = "nothing-there"
    return found


def told(found: Any, address: str, asked: Iterable[Any]) -> tuple[int, str, str]:
    """Status, where it leads, and body, without tokens and without what was asked for itself."""
    texts = [found.headers.get("Location", ""), found.content.decode()]
    for own in (address, quote(address), quote(address, safe="")):
        texts = [text.replace(own, "*") for text in texts]
    for value in sorted(map(str, asked), key=len, reverse=True):
        if len(value) > 1:
            # As a word of its own: digits of a number stand by chance in the names of style sheets, too.
            texts = [re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "*", text) for text in texts]
    texts[1] = re.sub(r'(csrfmiddlewaretoken" value=|"csrf-?token":?\s*)"[^"]*"', "", texts[1], flags=re.I)
    return found.status_code, texts[0], texts[1]


def may_know(letter: str, name: str) -> bool:
    """Whether it is meant that a person learns that the thing of an address is there."""
    return any(letter in who and name in names.split() for who, names in MEANT.items())


@pytest.mark.parametrize("letter", list(COMPARED))
def test_missing_and_forbidden_answer_alike(world: World, letter: str) -> None:
    person = world.people[letter]
    assert person is not None
    browsers: dict[str, Client] = {letter: signed_in(person, "en")}
    callers = {letter: Caller(person)}
    different, asked = {}, 0
    for method, name, who in _lines():
        given = world.arguments(name)
        if not given or letter in who:
            continue
        absent = missing(given)
        there, gone = reverse(name, kwargs=given), reverse(name, kwargs=absent)
        here = answer(browsers, callers, letter, method, name, there)
        nowhere = answer(browsers, callers, letter, method, name, gone)
        assert here.status_code in REFUSED, (method, name)
        asked += 1
        if may_know(letter, name):
            assert (here.status_code, nowhere.status_code) == (403, 404), (method, name)
            continue
        # Of both answers what was asked for in either: by chance its number may be a person's as well.
        values = (*given.values(), *absent.values())
        if told(here, there, values) != told(nowhere, gone, values):
            different[method, name] = (here.status_code, nowhere.status_code)
    assert different == {}
    assert asked > 30
