"""The feed (Atom, RFC 4287): what was agreed on, published and corrected, for the person to whom a secret address belongs.

Rights are asked at each read. It says what happened and where it stands, never a text: programs for feeds keep what they
read, on servers of anybody's.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.formats import dates
from coordination.meetings.models import Decision
from coordination.reporting.models import Bulletin, Edition, Erratum
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.actions.feeds import reader_of
from directorates.foundation.sight import seeing
from directorates.models import FeedKey, User
from directorates.permissions import sight_of
from directorates.throttles import has_room, network_of
from policies.models import Agreement, AgreementText, DisputeEvent, MandateDispute, PolicyVersion, TextKind
from policies.models.disputes import DECIDING

# What happened in a year, the last first; programs for feeds ask a few times a day.
REACH, MOST = datetime.timedelta(days=366), 100
READS, HOUR = 60, 3600


@dataclass(frozen=True)
class Event:
    """One thing that was agreed on: by what it is known for good, when it happened, and its words."""

    key: str
    at: datetime.datetime
    title: str
    words: str
    url: str


def _morning(day: datetime.date) -> datetime.datetime:
    """The first moment of a day, by the portal's clocks."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _of_policies(user: User, since: datetime.date, today: datetime.date) -> Iterator[Event]:
    """Versions of policies: adopted, in force, superseded, withdrawn; each is news of its own."""
    ended = Q(valid__endswith__gt=since) | Q(called_off__gte=since)
    recent = Q(adopted__gte=since) | Q(valid__startswith__gte=since) | ended
    rows = PolicyVersion.objects.visible_to(user).adopted().filter(recent).select_related("policy")
    # By what happened to each last: one adopted long ago may be superseded today.
    last = Greatest("adopted", "called_off", F("valid__startswith"), F("valid__endswith"))
    for one in rows.annotate(last=last).order_by("-last", "-pk")[: 2 * MOST]:
        url = reverse("policies:version", args=[one.policy.code, one.number])
        title = _("%(policy)s, version %(number)s") % {"policy": one.policy.name, "number": one.number}
        for what, (day, words) in _steps_of(one).items():
            if day is not None and since <= day <= today:
                yield Event(f"policy/{one.policy.code}/{one.number}/{what}", _morning(day), title, words, url)


def _steps_of(version: PolicyVersion) -> dict[str, tuple[datetime.date | None, str]]:
    """The days on which a version was adopted, came into force and ended, with the words of each; none where that was not."""
    end = version.valid.upper
    withdrawn = version.called_off or (end if version.withdrawn_why else None)
    return {
        "adopted": (version.adopted, _("Adopted")),
        "in-force": (version.first_day, _("In force from this day")),
        "superseded": (None if version.withdrawn_why else end, _("Superseded by a later version")),
        "withdrawn": (withdrawn, _("Withdrawn")),
    }


def _of_meetings(user: User, since: datetime.datetime) -> Iterator[Event]:
    """Decisions of the person's meetings, once their minutes are closed: what they say stands on the portal."""
    rows = Decision.objects.visible_to(user).filter(meeting__minutes__closed__gte=since)
    rows = rows.select_related("meeting__organisation", "meeting__minutes")
    for one in rows.order_by("-meeting__minutes__closed", "number")[:MOST]:
        day = dates.short_day(timezone.localdate(one.meeting.begins))
        title = _("Decision %(number)s of the meeting of %(day)s") % {"number": one.number, "day": day}
        words = _("Called by: %(organisation)s") % {"organisation": one.meeting.organisation.name}
        url = f"{reverse('meetings:meeting', args=[one.meeting_id])}#decision-{one.number}"
        yield Event(f"decision/{one.pk}", one.meeting.minutes.closed or since, title, words, url)


def _of_mandates(user: User, since: datetime.datetime) -> Iterator[Event]:
    """What was decided in disputes over mandates."""
    disputes = MandateDispute.objects.visible_to(user)
    rows = DisputeEvent.objects.filter(dispute__in=disputes, kind__in=DECIDING, at__gte=since)
    for one in rows.select_related("dispute__place", "for_whom").order_by("-at", "-pk")[:MOST]:
        held = one.dispute
        title = f"{held.get_function_display()} · {held.place.name}"
        lead = one.for_whom.name if one.for_whom else ""
        words = _("%(what)s. Lead organisation: %(organisation)s") % {"what": one.what, "organisation": lead}
        yield Event(f"mandate/{one.pk}", one.at, title, words, reverse("policies:dispute", args=[held.pk]))


def _of_agreements(user: User, since: datetime.date, today: datetime.date) -> Iterator[Event]:
    """Agreements: in force, ended, called off; amended and renewed. Who signs, leaves or objects stands on the portal."""
    recent = Q(valid__startswith__gte=since) | Q(valid__endswith__gt=since) | Q(called_off__gte=since)
    rows = Agreement.objects.visible_to(user).told().filter(recent)
    last = Greatest("called_off", F("valid__startswith"), F("valid__endswith"))
    for one in rows.annotate(last=last).order_by("-last", "-pk")[: 2 * MOST]:
        url = reverse("policies:agreement", args=[one.pk])
        steps = {
            "in-force": (one.first_day, _("In force from this day")),
            "ended": (one.valid.upper if one.called_off is None else None, _("Ended")),
            "never-held": (one.called_off, _("It never held: too few signed it")),
        }
        for what, (day, words) in steps.items():
            if day is not None and since <= day <= today:
                yield Event(f"agreement/{one.pk}/{what}", _morning(day), one.name, words, url)
    yield from _of_amendments(user, since, today)


def _of_amendments(user: User, since: datetime.date, today: datetime.date) -> Iterator[Event]:
    """Amendments and renewals that took force; what is proposed is no news."""
    seen = AgreementText.objects.visible_to(user).filter(
        valid__startswith__range=(since, today), agreement__called_off=None
    )
    texts = seen.exclude(kind=TextKind.ORIGINAL).select_related("agreement")
    for text in texts.order_by("-valid", "-pk")[:MOST]:
        words = _("Renewed") if text.kind == TextKind.RENEWAL else _("Amended")
        url = reverse("policies:agreement_text", args=[text.agreement_id, text.number])
        yield Event(
            f"agreement/{text.agreement_id}/{text.number}", _morning(text.valid.lower), text.agreement.name, words, url
        )


def _of_bulletins(user: User, since: datetime.datetime) -> Iterator[Event]:
    """Bulletins that were published, and those that correct an earlier one."""
    rows = Bulletin.objects.visible_to(user).published().filter(at__gte=since).select_related("series")
    for one in rows.order_by("-at", "-pk")[:MOST]:
        title = _("%(series)s, %(period)s") % {"series": one.series.name, "period": one.period_words}
        number = {"number": one.number}
        words = _("Bulletin published, no. %(number)s") % number
        if one.corrects_id is not None:
            words = _("A bulletin that was published is corrected by this one, no. %(number)s") % number
        yield Event(f"bulletin/{one.pk}", one.at or since, title, words, reverse("reporting:bulletin", args=[one.pk]))


def _of_editions(user: User, since: datetime.datetime) -> Iterator[Event]:
    """Published figures that were corrected: by an erratum beside them, or by another edition."""
    corrected = Edition.objects.visible_to(user).filter(corrects__isnull=False, at__gte=since).named()
    for edition in corrected.order_by("-at", "-pk")[:MOST]:
        url, words = (
            reverse("reporting:edition", args=[edition.pk]),
            _("Figures that were published are corrected here"),
        )
        yield Event(f"edition/{edition.pk}", edition.at, _published(edition), words, url)
    errata = Erratum.objects.visible_to(user).published().filter(at__gte=since)
    rows = errata.select_related("edition__template__programme").prefetch_related(
        "edition__template__programme__week_rules"
    )
    for one in rows.order_by("-at", "-pk")[:MOST]:
        url = f"{reverse('reporting:edition', args=[one.edition_id])}#errata"
        words = _("Erratum %(number)s to published figures, which stay as they are") % {"number": one.number}
        yield Event(f"erratum/{one.pk}", one.at, _published(one.edition), words, url)


def _published(edition: Edition) -> str:
    """An edition by its report and period."""
    period = words_for_period(edition.template, edition.period)
    return _("%(series)s, %(period)s") % {"series": edition.template.name, "period": period}


def events_for(user: User, now: datetime.datetime) -> list[Event]:
    """What was agreed on, published and corrected in the last year of what a person may read, the last first."""
    since, today = now - REACH, timezone.localdate(now)
    found = [
        *_of_policies(user, timezone.localdate(since), today),
        *_of_meetings(user, since),
        *_of_mandates(user, since),
        *_of_agreements(user, timezone.localdate(since), today),
        *_of_bulletins(user, since),
        *_of_editions(user, since),
    ]
    return list(islice(sorted(found, key=lambda one: (one.at, one.key), reverse=True), MOST))


def atom_of(key: FeedKey, events: list[Event]) -> str:
    """The feed in the language of its address; ids are tags (RFC 4151) that stay when an address is made anew."""
    tag = f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2026:"
    home = urljoin(settings.PUBLIC_URL, "/")
    made = Atom1Feed(
        title=_("Tansiq: what was agreed on"),
        link=home,
        description="",
        language=key.language,
        author_name=_("Tansiq"),
        feed_guid=f"{tag}feed/{key.pk}",
    )
    for one in events:
        made.add_item(
            title=one.title,
            link=urljoin(home, one.url),
            description=escape(one.words),
            unique_id=f"{tag}{one.key}",
            pubdate=one.at,
            updateddate=one.at,
        )
    return made.writeString("utf-8")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the address opens now; 404 where it opens nothing, 429 where it is asked too often."""
    now = timezone.now()
    address = network_of(get_adapter().get_client_ip(request) or "")
    if not has_room(f"feed:{address}", most=5 * READS, seconds=HOUR):
        return _too_often()
    with transaction.atomic():
        key = reader_of(secret, at=now)
        if key is None:
            raise Http404
        if not has_room(f"feed:{key.pk}", most=READS, seconds=HOUR):
            return _too_often()
        key.person.rights_kept = {}
        with seeing(sight_of(key.person)), translation.override(key.language):
            text = atom_of(key, events_for(key.person, now))
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8", headers=headers)


def _too_often() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": str(HOUR), "Cache-Control": "private, no-store"})
