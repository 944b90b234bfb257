"""Policies on their way: one that was voted down, changed and adopted with a reservation; one that is asked about, one voted on."""

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml
from django.utils import timezone

from coordination.demonstration.people import DIRECTORATES, Cast
from directorates.models import Organisation, User
from policies.actions.acknowledgements import acknowledge_policy
from policies.actions.ballots import close_ballots, closing_moment, open_ballot, vote
from policies.actions.concerns import answer_concern, raise_concern
from policies.actions.consultations import comment_on, open_consultation
from policies.actions.policies import begin_policy
from policies.actions.sections import keep_section
from policies.actions.versions import begin_version, bring_into_force
from policies.models import PolicyVersion
from policies.rules.ballots import Choice, Majority

TEXTS = Path(__file__).parent / "data" / "proposed.yaml"
DAY = dt.timedelta(days=1)
# Names of what is said once, however often the loading begins anew.
SPACE = UUID("6a1c2f9e-6f0e-4a55-9d0e-3f6f0a4b7c11")
LATER = "تُقرأ الدرجة مرتين في اليوم، وفي المنشآت التي فيها مسجِّل حرارة مرة واحدة، وتُدوَّن."
LATER_EN = "The temperature is read twice a day, once where there is a temperature logger, and written down."
RESERVATION = "نطبّقها في المنشآت التي وصلتها صناديق التبريد، وفي غيرها حين تصل."
CONCERN = "لا تملك النقاط الطبية سيارات إسعاف، فلا يمكنها أن تؤمّنها."
PROPOSAL = "تؤمّن المديرية سيارة الإسعاف للنقاط الطبية."
ANSWER = "صحيح. يرد في الإصدار القادم أن المديرية تؤمّنها للنقاط الطبية والعيادات المتنقلة."
COMMENT = "نقترح أن يُضاف رقم هاتف مناوب لكل مشفى في ملحق."


def agree(cast: Cast, now: dt.datetime) -> None:
    """Let each go its way."""
    voted, asked, open_one = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    _voted(cast, _begun(cast, voted, now - 70 * DAY), now)
    _asked(cast, _begun(cast, asked, now - 6 * DAY), now)
    _balloted(cast, _begun(cast, open_one, now - 4 * DAY), now)


def _begun(cast: Cast, said: dict[str, Any], at: dt.datetime) -> PolicyVersion:
    """The first draft, written."""
    sections = said.pop("sections")
    version = begin_policy(**said, by=cast.policies, at=at)
    for section in sections:
        keep_section(version=version, section=None, by=cast.policies, at=at, **section)
    version.refresh_from_db()
    return version


def _ballot(cast: Cast, version: PolicyVersion, votes: dict[str, tuple[Choice, str]], at: dt.datetime) -> None:
    """A ballot of ten days with some votes, counted at its end."""
    closes = at + 10 * DAY
    ballot = open_ballot(
        version=version, majority=Majority.TWO_THIRDS, quorum=50, closes=closes, seen=version.edition,
        by=cast.policies, at=at,
    )  # fmt: skip
    for code, (choice, reservation) in votes.items():
        vote(ballot=ballot, choice=choice, reservation=reservation, by=cast.director(code), at=at + 3 * DAY)
    close_ballots(at=closes)


def _voted(cast: Cast, version: PolicyVersion, now: dt.datetime) -> None:
    """No quorum at first; the next version, with one sentence more, is adopted and acknowledged by some."""
    against, yes = (Choice.AGAINST, ""), (Choice.FOR, "")
    _ballot(cast, version, {"idlib": yes, "aleppo": against}, now - 60 * DAY)
    by = cast.policies
    second = begin_version(policy=version.policy, by=by, at=now - 45 * DAY)
    section = second.sections.get(anchor="temperature")
    text = {"heading_ar": section.heading_ar, "heading_en": section.heading_en, "text_ar": LATER, "text_en": LATER_EN}
    keep_section(version=second, section=section, by=by, at=now - 45 * DAY, **text)  # type: ignore[arg-type]
    second.refresh_from_db()
    votes = dict.fromkeys(DIRECTORATES, yes) | {"aleppo": (Choice.RESERVED, RESERVATION)}
    _ballot(cast, second, votes, now - 40 * DAY)
    since = timezone.localdate(now - 20 * DAY)
    held = bring_into_force(version=second, adopted=None, basis="", since=since, seen=0, by=by, at=now - 28 * DAY)
    readers: tuple[User, ...] = (cast.director("idlib"), cast.reporter("uossm"), cast.reporter("sams"))
    for number, person in enumerate(readers):
        acknowledge_policy(version=held, since=None, by=person, at=now - (15 - number) * DAY)


def _asked(cast: Cast, version: PolicyVersion, now: dt.datetime) -> None:
    """Directorates and NGOs are asked; one raises a concern that is answered, one comments."""
    at, today = now - 5 * DAY, timezone.localdate(now)
    asked = list(Organisation.objects.active().filter(kind__in=("directorate", "ngo")))
    open_consultation(
        version=version, organisations=asked, first=timezone.localdate(at), last=today + 9 * DAY, question="",
        seen=version.edition, by=cast.policies, at=at,
    )  # fmt: skip
    ambulance = version.sections.get(anchor="the-ambulance")
    concern = raise_concern(
        version=version, section=ambulance, about=CONCERN, seriousness="serious", proposal=PROPOSAL,
        key=uuid5(SPACE, "concern"), by=cast.director("aleppo"), at=at + 2 * DAY,
    )  # fmt: skip
    answer_concern(concern=concern, text=ANSWER, changes=True, seen=0, by=cast.policies, at=at + 3 * DAY)
    first = version.sections.get(anchor="who-accepts-a-referral")
    remark: dict[str, Any] = {"version": version, "section": first, "by": cast.reporter("uossm"), "at": at + 4 * DAY}
    comment_on(text=COMMENT, key=uuid5(SPACE, "comment"), **remark)


def _balloted(cast: Cast, version: PolicyVersion, now: dt.datetime) -> None:
    """A ballot that is open still; two have voted, the directorates whose accounts open have not."""
    ballot = open_ballot(
        version=version, majority=Majority.SIMPLE, quorum=50, closes=closing_moment(timezone.localdate(now) + 8 * DAY),
        seen=version.edition, by=cast.policies, at=now - 3 * DAY,
    )  # fmt: skip
    for code, choice in (("hama", Choice.FOR), ("lattakia", Choice.ABSTAIN)):
        vote(ballot=ballot, choice=choice, reservation="", by=cast.director(code), at=now - 2 * DAY)
