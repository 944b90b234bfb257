"""The people of the demonstration: those who sign in to look around, and those in whose name the others report."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from directorates.actions.people import join
from directorates.audit import record
from directorates.models import Organisation, User
from directorates.roles import Role

PASSWORD = "tansiq-demo"  # noqa: S105 - published, and refused wherever the demonstration is not allowed
SINCE = dt.date(2017, 6, 1)
DIRECTORATES = ("idlib", "aleppo", "hama", "lattakia", "homs", "rural-damascus", "daraa", "quneitra")
NGOS = ("uossm", "sams", "pac", "sham", "sema")


@dataclass(frozen=True)
class Account:
    """A person of the demonstration: e-mail, organisation's code, role and name; `opens` means that one may sign in."""

    email: str
    organisation: str
    role: Role
    name: str
    opens: bool = True


ACCOUNTS = (
    Account("admin@body.example", "body", Role.ADMINISTRATOR, "هالة النجار"),
    # A second one, who confirms what the first asks for (`directorates/models/confirmers.py`).
    Account("admin2@body.example", "body", Role.ADMINISTRATOR, "إياد درويش"),
    Account("policy@body.example", "body", Role.POLICY_MANAGER, "وائل الخطيب"),
    Account("data@body.example", "body", Role.DATA_MANAGER, "رنا السيد"),
    Account("director@idlib.example", "idlib", Role.DIRECTOR, "د. سامر الحلاق"),
    Account("data@idlib.example", "idlib", Role.DATA_OFFICER, "لمى العمر"),
    Account("director@aleppo.example", "aleppo", Role.DIRECTOR, "د. منى قدور"),
    Account("data@aleppo.example", "aleppo", Role.DATA_OFFICER, "باسل حمدان"),
    Account("coordinator@uossm.example", "uossm", Role.NGO_COORDINATOR, "نور الأحمد"),
    Account("coordinator@sams.example", "sams", Role.NGO_COORDINATOR, "طارق عثمان"),
    Account("epi@acu.example", "acu", Role.SURVEILLANCE_OFFICER, "د. سلمى إدريس"),
    Account("observer@cluster.example", "cluster", Role.OBSERVER, "Anna Berg"),
    Account("observer@moh.example", "moh", Role.OBSERVER, "زياد المصري"),
    Account("donor@fund.example", "fund", Role.DONOR, "Paul Martin"),
)

# Whoever agrees on sharing, or states a mandate, for bodies whose only account looks on, or that have none.
AGREE = tuple(
    Account(f"coordination@{code}.example.org", code, Role.ORGANISATION_ADMINISTRATOR, "الشؤون الإدارية", opens=False)
    for code in ("cluster", "moh", "azaz")
)
# Reports of bodies whose people nobody plays, and the directorates' own reports: whoever writes one never reviews it.
SCENERY = (
    *(
        Account(f"reports@{code}.example.org", code, Role.DATA_OFFICER, "كوادر التبليغ", opens=False)
        for code in DIRECTORATES
    ),
    *(
        Account(f"review@{code}.example.org", code, Role.DATA_OFFICER, "كوادر التدقيق", opens=False)
        for code in DIRECTORATES
        if code not in ("idlib", "aleppo")
    ),
    # Each directorate has a vote.
    *(
        Account(f"director@{code}.example.org", code, Role.DIRECTOR, "إدارة المديرية", opens=False)
        for code in DIRECTORATES
        if code not in ("idlib", "aleppo")
    ),
    *(
        Account(f"coordination@{code}.example.org", code, Role.NGO_COORDINATOR, "كوادر التنسيق", opens=False)
        for code in NGOS
        if code not in ("uossm", "sams")
    ),
    *AGREE,
)


def let_people_in() -> None:
    """Let everyone in who is not there yet, with the published password or none that works.

    One hash serves all accounts: a slow hash each would take half a minute, and the password is no secret.
    """
    there = set(User.objects.values_list("email", flat=True))
    organisations = {row.code: row for row in Organisation.objects.all()}
    published = make_password(PASSWORD)
    for account in (*ACCOUNTS, *SCENERY):
        if account.email in there:
            continue
        person = User.objects.create_user(account.email, None, name=account.name)
        if account.opens:
            person.password = published
            person.save(update_fields=["password"])
        organisation = organisations[account.organisation]
        since = max(SINCE, organisation.names.earliest("valid").first_day or SINCE)
        membership = join(person=person, organisation=organisation, role=account.role, since=since)
        record(None, "join", membership, role=account.role.value)


class Cast:
    """Who does what in the demonstration, each loaded once, their rights kept while the loading runs."""

    def __init__(self) -> None:
        rows = User.objects.filter(email__in=[account.email for account in (*ACCOUNTS, *SCENERY)])
        self._people = {row.email: row for row in rows}
        for person in self._people.values():
            person.rights_kept = {}

    @property
    def administrator(self) -> User:
        """Who keeps the register."""
        return self._people["admin@body.example"]

    @property
    def manager(self) -> User:
        """Who consolidates."""
        return self._people["data@body.example"]

    @property
    def policies(self) -> User:
        """Who prepares the policies."""
        return self._people["policy@body.example"]

    @property
    def surveillance(self) -> User:
        """Who keeps the surveillance unit's data."""
        return self._people["epi@acu.example"]

    def agrees(self, code: str) -> User:
        """Who agrees and states mandates for a body whose only account looks on, or that has none."""
        return self._people[f"coordination@{code}.example.org"]

    def director(self, code: str) -> User:
        """Who directs a directorate."""
        return self._people.get(f"director@{code}.example") or self._people[f"director@{code}.example.org"]

    def reporter(self, code: str) -> User:
        """Who files the reports of an organisation."""
        for email in (f"coordinator@{code}.example", f"coordination@{code}.example.org", f"reports@{code}.example.org"):
            if email in self._people:
                return self._people[email]
        raise KeyError(code)

    def reviewer(self, code: str) -> User:
        """Who reviews for a directorate, or for the body."""
        return self._people.get(f"data@{code}.example") or self._people[f"review@{code}.example.org"]
