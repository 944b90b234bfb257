"""Errata: the custodian says beside a published edition what was corrected since, or notes that nothing has to be said."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models import Edition, Erratum, ReportTemplate
from coordination.reporting.models.errata import ErratumKind, corrected_after
from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.models.deputies import holders
from directorates.permissions import Permission, require
from directorates.readers import Data, readers_of
from directorates.rules.text import clean_text

LONGEST_TEXT = 2000


@transaction.atomic
def publish_erratum(*, by: User, edition: Edition, text_ar: str, text_en: str, at: datetime.datetime) -> Erratum:
    """Append a text in both languages to a published edition; the same as the last one changes nothing. Its figures stay."""
    require(by, Permission.PUBLISH_EDITIONS, edition.template)
    texts = {"text_ar": clean_text(text_ar, multiline=True), "text_en": clean_text(text_en, multiline=True)}
    needed = _("An erratum is read in both languages.")
    faults = [
        fault for name, text in texts.items() for fault in text_faults(text, name, longest=LONGEST_TEXT, needed=needed)
    ]
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    made = _append(by, edition, {"kind": ErratumKind.PUBLISHED} | texts, "publish_erratum", {}, at)
    _tell(made, by)
    return made


@transaction.atomic
def waive_erratum(*, by: User, edition: Edition, reason: str, at: datetime.datetime) -> Erratum:
    """Note that what was corrected since needs no erratum; why stands in the record of the custodian alone."""
    require(by, Permission.PUBLISH_EDITIONS, edition.template)
    reason = text_to_keep(reason, "reason", longest=LONGEST_TEXT, needed=_("Write why no erratum is needed."))
    said = {"kind": ErratumKind.NOT_NEEDED, "text_ar": "", "text_en": ""}
    return _append(by, edition, said, "waive_erratum", {"reason": reason}, at)


def _append(
    by: User, edition: Edition, said: dict[str, Any], what: str, why: dict[str, str], at: datetime.datetime
) -> Erratum:
    """The next of the edition, one after another."""
    # Publishing an edition holds the same lock; nothing here waits for long.
    ReportTemplate.objects.select_for_update(no_key=True).get(pk=edition.template_id)
    last = Erratum.objects.filter(edition=edition).order_by("-number").first()
    same = last is not None and all(getattr(last, name) == value for name, value in said.items())
    if last is not None and same and not corrected_after(edition, last.at):
        return last
    number = last.number + 1 if last else 1
    by_whom: dict[str, Any] = {"by": by, "acting_id": by.acting_id, "instead_of_id": by.instead_of_id, "at": at}
    made = Erratum.objects.create(edition=edition, number=number, **said, **by_whom)
    record(by, what, made, edition=edition.pk, number=number, **why)
    return made


def _tell(erratum: Erratum, by: User) -> int:
    """Tell everybody who reads the edition, once, that there is one: what it says stands beside the figures."""
    template, day = erratum.edition.template, timezone.localdate(erratum.at)
    readers = readers_of(Data(template.dataset_id), Permission.VIEW_EDITIONS, day, day)
    roles = {(one.organisation.pk, one.role.value) for one in readers}
    found = holders({pk for pk, _role in roles}, {one.role for one in readers}, day)
    people = {one.person.pk for one in found if (one.membership.organisation_id, one.membership.role) in roles}
    values = {
        "template": {"ar": template.name_ar, "en": template.name_en},
        "period": erratum.edition.period.id,
    }
    told = [Told(person, f"erratum:{erratum.pk}", values) for person in sorted(people - {by.pk})]
    url = f"{reverse('reporting:edition', args=[erratum.edition_id])}#errata"
    return notify("erratum", told, url=url, at=erratum.at)
