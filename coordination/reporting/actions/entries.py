"""What follows where several entries of one facility were reported: both sides and the reviewer are told that one counts."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone

from coordination.reporting.models.entries import Instead
from coordination.reporting.models.submissions import Submission
from coordination.reporting.rules.periods import period_name
from directorates.audit import record
from directorates.foundation.notices import Told, notify
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission
from facilities.models import Facility


def tell_set_aside(found: Sequence[Instead], entries: Mapping[int, int]) -> None:
    """Tell, each once, of reports that do not count beside those about other entries of the same facilities."""
    last = Facility.objects.in_bulk({entries[one.aside.facility_id] for one in found})
    for one in found:
        _tell(one, last[entries[one.aside.facility_id]])


def _tell(one: Instead, facility: Facility) -> None:
    """Whoever sent either report, and whoever reviews them."""
    now = timezone.now()
    people = {pk for report in (one.aside, one.counted) for pk in _people(report)}
    template, period = one.aside.template, one.aside.period
    rules = template.programme.week_rules_kept if period.type.is_week else ()
    values = {
        "what": "entries",
        "facility": {"ar": facility.name_ar, "en": facility.name_en},
        "template": {"ar": template.name_ar, "en": template.name_en},
        "period": {language: period_name(period, language, rules) for language in ("ar", "en")},
    }
    key = f"entries:{one.aside.pk}:{one.counted.pk}"
    address = reverse("facilities:facility", args=[facility.code])
    if notify("double_report", [Told(pk, key, values) for pk in sorted(people)], url=address, at=now):
        record(None, "set_entry_aside", one.aside, counted=str(one.counted.pk), facility=facility.code)


def _people(report: Submission) -> set[int]:
    """Who sends a report's reporter's reports of its place, and who reviews it."""
    today = timezone.localdate()
    found = holders([report.reporter_id], roles_with(Permission.SUBMIT_REPORTS), today)
    found += holders([report.reviewer_id], roles_with(Permission.REVIEW_REPORTS), today)
    return {one.person.pk for one in found if one.covers(report.place_path)}
