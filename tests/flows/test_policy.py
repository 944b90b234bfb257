"""A policy goes from draft to acknowledgement: a concern that stays, a lost first ballot, a new version, a reservation."""

import datetime
from typing import Any

import pytest
from django.test import Client

from policies.actions import ballots
from policies.actions.ballots import close_ballots
from policies.models import Acknowledgement, Ballot, Concern, PolicyState, PolicyVersion
from policies.rules.ballots import Outcome
from tests.factories import DirectorateFactory
from tests.policies.library import Library

pytestmark = pytest.mark.django_db
ADDRESS = "/policies/infection/"
OUTSIDE = "A directorate outside"


def done(client: Client, address: str, **given: Any) -> str:
    """Sends the form of a page with what stands in it already; it is taken, and leads somewhere."""
    form = client.get(address).context["form"]
    stands = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(address, stands | given)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer.headers["Location"]


def test_a_policy_goes_from_draft_to_acknowledgement(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    director = library.directors(1)[0]
    DirectorateFactory(name_en=OUTSIDE, in_body=False)
    assert director.acting is not None
    office, directorate, ngo = (library.browser(one) for one in (library.manager, director, library.reader))
    words = {
        "heading_ar": "التعقيم",
        "heading_en": "Sterilising",
        "text_ar": "نص",
        "text_en": "Instruments are sterilised.",
    }
    done(office, f"{ADDRESS}1/sections/new/", **words)
    done(
        office,
        f"{ADDRESS}1/consult/",
        organisations=[library.ngo.code, director.acting.code],
        question="Can you do it?",
    )
    done(
        ngo,
        f"{ADDRESS}1/concerns/new/",
        about="Water is short",
        seriousness="blocking",
        proposal="Where there is water",
    )
    concern = f"{ADDRESS}1/concerns/{Concern.objects.get().pk}/"
    office.post(f"{concern}answer/", {"changes": "no", "text": "There is enough", "seen": 0})
    ngo.post(f"{concern}settle/", {"settled": "no", "text": "", "seen": 1})
    library.draft.refresh_from_db()
    library.over()
    _lose(office, directorate)
    held = _carry(library, office, directorate, monkeypatch)
    done(office, f"{ADDRESS}2/force/")
    held.refresh_from_db()
    assert held.state(library.today) is PolicyState.IN_FORCE
    assert "Water is short" in ngo.get(concern).text
    assert "sterilised wherever" in ngo.get(f"{ADDRESS}compare/?from=1&to=2").text
    for client in (directorate, library.browser(library.manager)):
        assert client.get(f"{ADDRESS}2/").status_code == 200
    done(directorate, f"{ADDRESS}2/acknowledge/", since="")
    assert Acknowledgement.objects.get().organisation == director.acting
    table = ngo.get(f"{ADDRESS}2/acknowledgements/").text
    assert "When water comes" in table
    assert "Not yet acknowledged" in table


def _lose(office: Client, directorate: Client) -> None:
    """The only member votes against the first text; the ballot shows the concern that is not settled."""
    ballot = done(office, f"{ADDRESS}1/ballots/new/", majority="simple", quorum=50)
    assert "Water is short" in directorate.get(ballot).text
    assert directorate.post(f"{ballot}vote/", {"choice": "against", "reservation": ""}).status_code == 302
    held = Ballot.objects.get()
    assert close_ballots(at=held.closes) == 1
    late = directorate.post(f"{ballot}vote/", {"choice": "for", "reservation": ""}, follow=True)
    assert "takes no votes any more" in late.text
    held.refresh_from_db()
    assert held.outcome == Outcome.REJECTED


def _carry(library: Library, office: Client, directorate: Client, monkeypatch: pytest.MonkeyPatch) -> PolicyVersion:
    """The next text is adopted with a reservation, though a directorate that is no member does not vote."""
    assert office.post(f"{ADDRESS}draft/").status_code == 302
    library.draft = library.policy.versions.get(number=2)
    section = f"{ADDRESS}2/sections/{library.draft.sections.get().anchor}/"
    done(office, section, text_en="Instruments are sterilised wherever there is water.")
    page = office.get(f"{ADDRESS}2/ballots/new/").text
    assert OUTSIDE in page.split("have no vote in this ballot")[1]
    # Votes are taken until midnight: what is voted on today comes into force today.
    monkeypatch.setattr(ballots, "SHORTEST", datetime.timedelta())
    today = library.today.isoformat()
    ballot = done(office, f"{ADDRESS}2/ballots/new/", majority="simple", quorum=100, last=today)
    said = {"choice": "reserved", "reservation": "When water comes"}
    assert directorate.post(f"{ballot}vote/", said).status_code == 302
    held = Ballot.objects.latest("pk")
    assert close_ballots(at=held.closes) == 1
    held.refresh_from_db()
    assert held.outcome == Outcome.ADOPTED, "who is no member is not reckoned with, or the quorum would be lost"
    library.draft.refresh_from_db()
    return library.draft
