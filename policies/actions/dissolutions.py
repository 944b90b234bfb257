"""What follows from the dissolution of an organisation: it can neither consent nor leave nor give way, and nobody says so for it.

Its rows in agreements, its mandates and its membership of the body end with the day of its dissolution; what was to begin
later never holds a day longer than its first.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from directorates.audit import record
from directorates.foundation.sight import unwalled
from directorates.models.silences import dissolutions
from directorates.models.validity import lasting
from policies.actions.agreements import append, locked, tell_agreement
from policies.actions.amendments import settle_open_texts
from policies.actions.disputes import close_moot
from policies.actions.parties import end_where_alone
from policies.models import AgreementDeed, BodyMember, DisputeDeed, Mandate, Party
from policies.models.mandates import one_after_another


@unwalled
def follow_dissolutions(*, at: datetime.datetime) -> int:
    """End what dissolved organisations stand in or lead with the day of their dissolution; answers how many ended.

    Run twice, each ends once.
    """
    done = 0
    for organisation, day in dissolutions().items():
        rows = Party.objects.beyond(day).filter(organisation=organisation)
        done += sum(_end_party(row, day, at) for row in rows.order_by("agreement", "pk"))
        led = Mandate.objects.beyond(day).filter(organisation=organisation)
        done += sum(_end_mandate(one, day, at) for one in led.order_by("pk"))
        belongs = BodyMember.objects.beyond(day).filter(directorate=organisation)
        done += sum(_end_membership(one, day, at) for one in belongs.order_by("pk"))
    return done


@transaction.atomic
def _end_party(party: Party, day: datetime.date, at: datetime.datetime) -> bool:
    """End one row, tell those that stand in the agreement, and let that end where fewer than two stay; whether it did."""
    held = locked(party.agreement_id)
    row = Party.objects.select_related("organisation").get(pk=party.pk)
    last = max(day, row.first_day or day)
    if row.valid is None or row.objected is not None or (row.last_day is not None and row.last_day <= last):
        return False
    row.valid = lasting(row.first_day, last)
    row.save(update_fields=["valid"])
    append(held, AgreementDeed.DISSOLVED, by=None, at=at, organisation=row.organisation_id, day=last)
    record(None, "end_dissolved", held, organisation=row.organisation.code, last_day=last.isoformat())
    others = Party.objects.staying(timezone.localdate(at)).filter(agreement=held)
    told = list(others.values_list("organisation", flat=True))
    tell_agreement(held, "dissolved", told, key=str(row.pk), at=at)
    end_where_alone(held, by=None, at=at)
    settle_open_texts(held, by=None, at=at)
    return True


@transaction.atomic
def _end_mandate(mandate: Mandate, day: datetime.date, at: datetime.datetime) -> bool:
    """End one mandate, and close what is undecided about it; what was to hold later never does. Whether it did."""
    one_after_another(mandate.function)
    held: Mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if held.called_off is not None or (held.last_day is not None and held.last_day <= day):
        return False
    if held.begins > day:
        held.called_off = timezone.localdate(at)
    else:
        held.valid = lasting(held.begins, day)
    # An appeal that is won brings nothing back to an organisation that is none any more.
    held.claimed = None
    held.save(update_fields=["valid", "called_off", "claimed"])
    record(None, "end_dissolved", held, organisation=held.organisation.code, last_day=day.isoformat())
    close_moot(mandate=held, deed=DisputeDeed.LAPSED, by=None, at=at)
    return True


@transaction.atomic
def _end_membership(member: BodyMember, day: datetime.date, at: datetime.datetime) -> bool:
    """End one membership of the body; what was over before this was known stays as it was said. Whether it ended."""
    rows = BodyMember.objects.select_for_update(of=("self",)).select_related("directorate")
    held: BodyMember = rows.get(pk=member.pk)
    today, last = timezone.localdate(at), max(day, held.first_day or day)
    if not held.may_end(today) or (held.last_day is not None and held.last_day <= last):
        return False
    if last > today:
        held.called_off = today
    else:
        held.valid = lasting(held.first_day, last)
    held.dissolved = True
    held.save(update_fields=["valid", "called_off", "dissolved"])
    record(None, "end_dissolved", held, organisation=held.directorate.code, last_day=day.isoformat())
    return True
