"""The upkeep of the register with the real web server, worker and broker, by pages without a script."""

import pytest

from coordination.reporting.models import ExpectedReport
from facilities.models import ChangeProposal, Facility
from tests.factories import PASSWORD, second_step
from tests.flows.region import said, until
from tests.flows.upkeep import WHY, WHY_NOT, WHY_ONE, Upkeep
from tests.flows.visitor import Visitor
from tests.stack import Stack

pytestmark = pytest.mark.stack


LANGUAGE = "ar"


def test_a_closing_and_a_merge_go_their_whole_way(live_stack: Stack) -> None:
    language, upkeep = LANGUAGE, Upkeep(LANGUAGE)
    nour, tarek, officer = (Visitor(live_stack.url, language) for _person in upkeep.people())
    for visitor, person in zip((nour, tarek, officer), upkeep.people(), strict=True):
        visitor.sign_in(person.email, PASSWORD, second_step(person))

    def words(sentence: str, context: str = "") -> str:
        return said(language, sentence, context)

    # Two organisations propose about one field, the first about another one too.
    page = nour.follow(nour.open("/facilities/SY07-H001/"), "/facilities/SY07-H001/propose/")
    typed = {"status": "closed", "status_day": upkeep.closing_day, "type": "laboratory", "reason": WHY}
    assert WHY in nour.press(page, words("Propose"), typed).text
    page = tarek.follow(tarek.open("/facilities/SY07-H001/"), "/facilities/SY07-H001/propose/")
    assert WHY in page.text
    typed = {"status": "out_of_service", "status_day": upkeep.closing_day, "reason": "x"}
    tarek.press(page, words("Propose"), typed)
    first, second = ChangeProposal.objects.order_by("pk")

    # The officer finds both at home, approves one field and refuses the other.
    page = officer.follow(officer.open("/"), f"/facilities/proposals/{first.pk}/")
    assert words("Also proposed:") in page.text
    owed = upkeep.last_month_owed()
    chosen = {"decide_status": "approve", "decide_type": "refuse", "reason": WHY_NOT}
    page = officer.press(page, words("Save the decision"), chosen)
    assert words("Refused", "proposal") in page.text
    assert upkeep.states() == ["approved", "overtaken"]
    assert owed == 2
    until(lambda: upkeep.last_month_owed() == 0)

    # Both proposers see the answer at home.
    assert WHY_NOT in nour.follow(nour.open("/"), f"/facilities/proposals/{first.pk}/").text
    page = tarek.follow(tarek.open("/"), f"/facilities/proposals/{second.pk}/")
    assert words("Overtaken", "proposal") in page.text

    # The second entry of the hospital is merged into the first; its code leads there, its reports stay expected.
    page = officer.follow(officer.open("/facilities/"), "/facilities/duplicates/")
    page = officer.follow(page, "/facilities/duplicates/SY07-H001/SY07-H002/")
    merging = {"survivor": "SY07-H001", "reason": WHY_ONE, "confirmed": "on"}
    page = officer.press(page, words("Merge the two entries"), merging)
    assert page.address.endswith("/facilities/SY07-H001/")
    assert WHY_ONE in page.text
    assert nour.open("/facilities/SY07-H002/").address.endswith("/facilities/SY07-H001/")
    assert Facility.objects.get(code="SY07-H002").status == "closed"
    assert ExpectedReport.objects.filter(facility=upkeep.twin).exists()
