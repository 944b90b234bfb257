"""A world in which what each organisation holds bears words of its own, and who may read which: by hand, as `table.py`.

A line: who may read the word, the word, where it stands. The letters are those of `table.py`. Whoever else gets the
word, by whatever way, reads what is not theirs; and of those who may, at least one has to find it.
"""

import datetime
from typing import Any

from django.utils import timezone

from coordination.exchange.actions.exports import rights_told
from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.reviews import send_back
from coordination.reporting.actions.submissions import open_draft
from coordination.reporting.models import PackageImport, Submission
from directorates.actions.people import invite
from directorates.actions.tokens import make_token
from directorates.audit import record
from directorates.foundation.jobs import keep_file
from directorates.foundation.models import Job
from directorates.models import Organisation, SharingAgreement, User
from directorates.roles import Role
from facilities.actions.position_grants import ask_for_positions, end_grant
from facilities.actions.proposals import Wish, propose
from facilities.models import Facility
from facilities.models.position_grants import PositionGrant
from facilities.models.proposals import ChangeProposal, Field
from tests.factories import FacilityFactory, OrganisationFactory, member
from tests.reporting.clinic import sent_from
from tests.rights.world import World

READERS = """
APMDONndSoaR    Wordregister     the name of a facility
NR              worddraft        a text in a draft of the NGO
n               wordotherdraft   a text in a draft of the other NGO
MDONSR          wordanswer       a text in a report of the NGO
MDOnS           wordother        a text in a report of the other NGO
MdS             wordelsewhere    a text in a report to the other directorate, of an NGO nobody here is of
MDONSR          wordcorrection   why a correction of a report of the NGO was asked for
MDONSR          wordmissing      why a report of the NGO did not come
MDONSR          wordquestion     a question about a value of a report of the NGO
MDOnS           wordreturn       the reason for which a report of the other NGO was sent back
AMDONnd         wordproposal     the reason of a proposal
AMDONnd         wordnewname      the name of a facility that is proposed
ADON            wordpurpose      the purpose for which the NGO asks for a location
ADOn            wordotheruse     the purpose for which the other NGO asked for one
ADOn            wordrevoked      the reason for which that was refused
ADOd            wordseal         the reason for which a seal was asked for
ADO             wordreset        the reason for which a second step is to be taken away
ADO             wordinvited      an address that the directorate invited; the body confirms the role
Ad              wordguest        an address that the other directorate invited; the body confirms the role
A               wordhead         an address that the body invited
DO              wordcolleague    the address of somebody of the directorate
d               wordofficer      the address of somebody of the other directorate
AMN             wordfault        a fault of a job of the NGO
AMn             wordotherfault   a fault of a job of the other NGO
N               wordfilename     the name of a file of the NGO
N               wordcontent      what stands in a file of the NGO
n               wordotherfile    what stands in a file of the other NGO
A               wordpackage      the title of a package
N               wordkey          the name of a key of the NGO's coordinator
d               wordotherkey     the name of a key of the other director
A               Wordtemplate     the name of a section in a draft of a template
APMS            wordagreed       the purpose for which data are shared
APMDONndSoFaRr  wordforeword     the foreword of an edition
Na              wordrecord       what the NGO's record tells of a list that was taken along
n               wordotherrecord  what the other NGO's record tells of one
"""


class PlantedWorld(World):
    """The world of the table, and a word in everything that belongs to somebody."""

    FOREWORD = "wordforeword"

    def __post_init__(self) -> None:
        super().__post_init__()
        now = timezone.now()
        self.reports: list[Submission] = [self.report, self.open_draft, self.approved]
        self.grants: list[PositionGrant] = [self.grant]
        self.proposals: list[ChangeProposal] = [self.proposal]
        self.jobs: list[Job] = [self.job]
        self.packages: list[PackageImport] = [self.package]
        self._plant_register(now)
        self._plant_reports(now)
        self._plant_people(now)
        self._plant_jobs(now)
        SharingAgreement.objects.filter(pk=self.agreement.pk).update(purpose="wordagreed")

    def who(self, letter: str) -> User:
        """A person by the table's letter, as the next request has it."""
        person = self.people[letter]
        assert person is not None
        return User.objects.get(pk=person.pk)

    def _plant_register(self, now: datetime.datetime) -> None:
        """A name in the register, proposals, and locations that were asked for."""
        FacilityFactory(code="SY070300-03", place=self.place, name_en="Wordregister", supporters=[self.ngo])
        wish = Wish(Field.NAME_EN, "wordnewname")
        self.proposals.append(
            propose(by=self.who("N"), facility=self.twin, wishes=[wish], reason="wordproposal", at=now)
        )
        today = timezone.localdate(now)
        for letter, purpose in (("N", "wordpurpose"), ("n", "wordotheruse")):
            self.grants.append(
                ask_for_positions(
                    by=self.who(letter), facility=self.twin, only_me=True, purpose=purpose, until=today, at=now
                )
            )
        end_grant(grant=self.grants[-1], reason="wordrevoked", by=self.who("D"), at=now)

    def _plant_reports(self, now: datetime.datetime) -> None:
        """Drafts and reports of three NGOs to two directorates, with texts; one was sent back."""
        text = self.slot("unusual_event")
        before = self.period
        # Before all that the world itself reports.
        for _back in range(5):
            before = before.previous()
        other_clerk = self.who("n")
        drafts = [
            (self.clerk, self.ngo, before, "worddraft"),
            (other_clerk, self.other_ngo, before, "wordotherdraft"),
        ]
        for person, ngo, period, word in drafts:
            draft = self.draft(by=person, period=period, reporter=ngo)
            self.browser(person).post(f"/reports/{draft.pk}/fill/", self.complete() | {text: word})
            self.reports.append(draft)
        third: Organisation = OrganisationFactory()
        elsewhere: Facility = FacilityFactory(place=self.elsewhere, supporters=[third])
        sent: list[tuple[User, Organisation, Facility, str]] = [
            (self.clerk, self.ngo, self.facility, "wordanswer"),
            (other_clerk, self.other_ngo, self.facility, "wordother"),
            (member(Role.NGO_COORDINATOR, third), third, elsewhere, "wordelsewhere"),
        ]
        for person, ngo, facility, word in sent:
            draft = open_draft(
                by=person, template=self.template, facility=facility, period=before.previous(), reporter=ngo, at=now
            )
            self.reports.append(sent_from(self, self.browser(person), draft, self.complete() | {text: word}))
        send_back(by=self.who("O"), submission=self.reports[-2], reason="wordreturn", at=now)

    def _plant_people(self, now: datetime.datetime) -> None:
        """Invitations, addresses of people, keys, and entries of two records."""
        other = self.other
        for letter, organisation, word in (("D", self.directorate, "wordinvited"), ("d", other, "wordguest")):
            email = f"{word}@example.org"
            invite(email=email, organisation=organisation, role=Role.DATA_OFFICER, by=self.who(letter), at=now)
        invite(email="wordhead@example.org", organisation=self.body, role=Role.OBSERVER, by=self.who("A"), at=now)
        member(Role.DATA_OFFICER, self.directorate, email="wordcolleague@example.org")
        member(Role.DATA_OFFICER, other, email="wordofficer@example.org")
        for letter, word in (("N", "wordkey"), ("d", "wordotherkey")):
            make_token(by=self.who(letter), at=now, expires=now + datetime.timedelta(hours=1), name=word)
        for letter, word in (("N", "wordrecord"), ("n", "wordotherrecord")):
            person = self.who(letter)
            record(person, "export", person, listing=word)

    def _plant_jobs(self, now: datetime.datetime) -> None:
        """Jobs that failed and jobs with a file; a package; a section of a draft."""
        for letter, fault, name, content in (
            ("N", "wordfault", "wordfilename.csv", b"wordcontent"),
            ("n", "wordotherfault", "other.csv", b"wordotherfile"),
        ):
            person = self.who(letter)
            asked = {"kind": "exchange.export", "by": person, "acting_id": person.acting_id}
            result = {"faults": [{"field": "A1", "message": fault}], "count": 1}
            self.jobs.append(Job.objects.create(state="failed", result=result, **asked))
            held = keep_file(by=person, at=now, name=name, content_type="text/csv", content=content)
            told = {"arguments": {"rights": rights_told(person)}}
            self.jobs.append(Job.objects.create(state="done", file=held, **told, **asked))
        administrator = self.who("A")
        package = {"scheme": "dhis2", "file_name": "p.json", "digest": "1" * 64, "by": administrator, "at": now}
        self.packages.append(PackageImport.objects.create(title="wordpackage", **package))
        self.workshop.section("visits", name="Wordtemplate")

    def things(self, name: str) -> list[dict[str, Any]]:
        """All that completes the address of a name: every report, job, grant and proposal there is, not only the table's."""
        one = self.arguments(name)
        space, _colon, noun = name.rpartition(":")
        if noun == "export":
            return [{"code": code} for code in LISTINGS]
        rows: list[Any] = []
        if space == "jobs":
            rows = list(self.jobs)
        elif space == "facilities" and "pk" in one:
            rows = list(self.proposals if noun in {"proposal", "withdraw"} else self.grants)
        elif noun == "package":
            rows = list(self.packages)
        elif space in {"reporting", "api"} and noun in OF_ANY_REPORT:
            rows = list(self.reports)
        if "pk" not in one or noun in {"support_end", "support_declared"} or not rows:
            return [one]
        return [{**one, "pk": row.pk} for row in rows]


# What shows a report as a whole; the deeds stand on pages of the same report.
OF_ANY_REPORT = {"report", "paper", "fill", "submission"}
