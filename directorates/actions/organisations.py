"""What is done with organisations: found, rename, suspend, resume, dissolve."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, OrganisationName, OrganisationStatusChange, User
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

ANNOUNCED = "organisation"
LONGEST_REASON = 2_000
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST = {"code": 40, "name_ar": 200, "name_en": 200, "short_ar": 80, "short_en": 80}
# From which states a change leads to which.
LEADS_TO: Mapping[OrganisationStatus, frozenset[OrganisationStatus]] = {
    OrganisationStatus.SUSPENDED: frozenset({OrganisationStatus.ACTIVE}),
    OrganisationStatus.ACTIVE: frozenset({OrganisationStatus.SUSPENDED}),
    OrganisationStatus.DISSOLVED: frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED}),
}


@dataclass(frozen=True)
class Names:
    """What an organisation is called: in full and short, in both languages."""

    name_ar: str
    name_en: str
    short_ar: str
    short_en: str

    def cleaned(self) -> "Names":
        """The names as they are kept."""
        return Names(**{key: clean_text(text) for key, text in asdict(self).items()})

    def faults(self) -> list[Fault]:
        """Names that are missing or too long."""
        found = []
        for key, text in asdict(self).items():
            if not text:
                found.append(Fault(key, "required", _("This item is required.")))
            elif len(text) > LONGEST[key]:
                message = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST[key]}
                found.append(Fault(key, "too_long", message))
        return found


@transaction.atomic
def found(*, code: str, kind: Kind, names: Names, since: dt.date, by: User | None, at: dt.datetime) -> Organisation:
    """Enter an organisation that exists since a day, under its first names.

    `by` is None only for the loading commands.
    """
    _require(by)
    names = names.cleaned()
    faults = names.faults() + _code_faults(code) + _day_faults(since, at)
    if faults:
        raise Problem(
            "invalid", _("The organisation cannot be entered like this; each fault is listed."), errors=faults
        )
    organisation = Organisation.objects.create(code=code, kind=kind, **asdict(names))
    OrganisationName.objects.create(organisation=organisation, valid=lasting(since), **asdict(names))
    _append(organisation, OrganisationStatus.ACTIVE, since, "", by, at)
    record(by, "found", organisation, code=code, kind=kind, since=since.isoformat())
    return organisation


@transaction.atomic
def rename(*, organisation: Organisation, names: Names, since: dt.date, by: User | None, at: dt.datetime) -> None:
    """Give an organisation other names from a day on; the names before end on the day before and stay its history."""
    _require(by)
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    names = names.cleaned()
    present = held.names.order_by("-valid").first()
    faults = names.faults() + _day_faults(since, at)
    if present is not None and present.first_day is not None and since <= present.first_day:
        params = {"name": present.name, "first": present.first_day.isoformat()}
        message = _("It is called “%(name)s” since %(first)s; another name begins later.") % params
        faults.append(Fault("since", "overlaps", message))
    if faults:
        raise Problem(
            "invalid", _("The organisation cannot be renamed like this; each fault is listed."), errors=faults
        )
    if present is not None:
        present.valid = lasting(present.first_day, since - dt.timedelta(days=1))
        present.save(update_fields=["valid"])
    OrganisationName.objects.create(organisation=held, valid=lasting(since), **asdict(names))
    for one in (held, organisation):
        for key, text in asdict(names).items():
            setattr(one, key, text)
    held.save(update_fields=list(asdict(names)))
    record(by, "rename", held, since=since.isoformat(), **asdict(names))


def suspend(*, organisation: Organisation, since: dt.date, reason: str, by: User | None, at: dt.datetime) -> None:
    """Suspend an organisation: its people's roles give nothing until it resumes; what it did stays."""
    _change(organisation, OrganisationStatus.SUSPENDED, since, reason, by, at)


def resume(*, organisation: Organisation, since: dt.date, reason: str, by: User | None, at: dt.datetime) -> None:
    """Let a suspended organisation act again."""
    _change(organisation, OrganisationStatus.ACTIVE, since, reason, by, at)


def dissolve(*, organisation: Organisation, since: dt.date, reason: str, by: User | None, at: dt.datetime) -> None:
    """Dissolve an organisation for good; its reports, names and history stay."""
    _change(organisation, OrganisationStatus.DISSOLVED, since, reason, by, at)


@transaction.atomic
def _change(
    organisation: Organisation,
    status: OrganisationStatus,
    since: dt.date,
    reason: str,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Check the state, append to the history, and write today's status."""
    _require(by)
    if organisation.kind == Kind.BODY:
        # In one order: of two bodies that suspend one another at once, the second finds that it is the last.
        list(Organisation.objects.filter(kind=Kind.BODY).select_for_update(no_key=True).order_by("pk"))
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if status != OrganisationStatus.ACTIVE:
        _demand_somebody_left(held, by)
    if held.status not in LEADS_TO[status]:
        told = _("The organisation's present state does not allow this: %(state)s.") % {
            "state": held.get_status_display()
        }
        raise Problem("wrong_state", told, 409, extra={"state": held.status})
    faults = _day_faults(since, at)
    reason = clean_text(reason, multiline=True)
    needed = _("A reason is needed: it stays in the history.")
    faults += text_faults(reason, "reason", longest=LONGEST_REASON, needed=needed)
    last = held.status_changes.last()
    if last is not None and since < last.since:
        message = _("The state before began on %(first)s; a change comes later.") % {"first": last.since.isoformat()}
        faults.append(Fault("since", "too_early", message))
    if faults:
        raise Problem("invalid", _("The state cannot be changed like this; each fault is listed."), errors=faults)
    held.status = organisation.status = status
    held.save(update_fields=["status"])
    _append(held, status, since, reason, by, at)
    record(by, status.value, held, since=since.isoformat())
    announce(ANNOUNCED)


def _demand_somebody_left(organisation: Organisation, by: User | None) -> None:
    """Raise where whoever does it would stop acting, or nobody would be left to manage organisations and let one act again."""
    if by is not None and by.acting_id == organisation.pk:
        raise Problem("own_organisation", _("Nobody suspends or dissolves the organisation that they act as."), 409)
    others = Organisation.objects.active().filter(kind=Kind.BODY).exclude(pk=organisation.pk)
    if organisation.kind == Kind.BODY and not others.exists():
        told = _("This is the last coordination body that acts: nobody could let it act again.")
        raise Problem("last_body", told, 409)


def _append(
    organisation: Organisation,
    status: OrganisationStatus,
    since: dt.date,
    reason: str,
    by: User | None,
    at: dt.datetime,
) -> None:
    OrganisationStatusChange.objects.create(
        organisation=organisation, status=status, since=since, reason=reason, by=by, at=at
    )


def _require(by: User | None) -> None:
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)


def _day_faults(since: dt.date, at: dt.datetime) -> list[Fault]:
    """What happens tomorrow is recorded tomorrow: the status and the names shown are today's."""
    return [Fault("since", "in_future", _("This date is after today."))] if since > timezone.localdate(at) else []


def _code_faults(code: str) -> list[Fault]:
    if not _CODE.fullmatch(code) or len(code) > LONGEST["code"]:
        message = _("A code is made of small Latin letters and digits, with single hyphens between them.")
        return [Fault("code", "not_a_code", message)]
    if Organisation.objects.filter(code=code).exists():
        return [Fault("code", "exists", _("Another organisation has this code."))]
    return []
