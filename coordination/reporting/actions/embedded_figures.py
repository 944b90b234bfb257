"""What the custodian does with embedded figures: let named web sites show one until a day, and revoke it."""

import datetime
import secrets
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models import Edition, Element, EmbeddedFigure
from coordination.reporting.models.embedded_figures import MOST_SITES
from coordination.reporting.rules.sites import site_in
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.places import Level
from directorates.permissions import Permission, require

# What is decided once is looked at again after two years at the latest.
LONGEST_TIME = datetime.timedelta(days=2 * 366)
MOST_EMBEDDED = 50


@transaction.atomic
def embed_figure(
    *,
    edition: Edition,
    element: Element,
    level: int,
    sites: Sequence[str],
    until: datetime.date,
    by: User,
    at: datetime.datetime,
) -> EmbeddedFigure:
    """Let some web sites show an item of an edition to anybody until a day; pressed twice there is one.

    Problems: 400 `invalid` with every fault.
    """
    require(by, Permission.PUBLISH_EDITIONS, edition.template)
    named = sorted({site for text in sites if (site := site_in(text)) is not None})
    # Whoever presses twice waits here, and finds it made.
    held = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
    if faults := [
        *_faults_of_sites(sites),
        *_faults_of_figure(held, element, level),
        *_faults_of_day(until, timezone.localdate(at)),
    ]:
        raise Problem("invalid", _("This cannot be embedded; each fault is listed."), errors=faults)
    said = {"edition": held, "element": element, "level": level, "sites": named, "until": until}
    there = EmbeddedFigure.objects.filter(revoked=None, **said).first()
    if there is not None:
        return there
    token = secrets.token_urlsafe(32)
    made = EmbeddedFigure.objects.create(token=token, by=by, acting_id=by.acting_id or 0, at=at, **said)
    # The address is no secret, and stands in no record all the same.
    details = {"element": element.code, "sites": named, "until": until.isoformat()}
    record(by, "embed_figure", made, edition=held.pk, **details)
    return made


def _faults_of_sites(sites: Sequence[str]) -> Iterator[Fault]:
    """None, too many, or one that is no single site by https."""
    given = [text for text in sites if text.strip()]
    if not given:
        yield Fault("sites", "required", _("At least one web site is needed."))
    if len(given) > MOST_SITES:
        yield Fault("sites", "too_many", _("At most %(most)d web sites are named.") % {"most": MOST_SITES})
    for text in given[: MOST_SITES + 1]:
        if site_in(text) is None:
            words = _("“%(site)s” is not the address of one web site, as https://health.example.org.")
            yield Fault("sites", "unknown", words % {"site": text[:60]})


def _faults_of_figure(edition: Edition, element: Element, level: int) -> Iterator[Fault]:
    """An edition that does not stand, a level that is not embedded, or an item that it does not hold; too many of them."""
    if not Edition.objects.published().current().filter(pk=edition.pk).exists():
        message = _("Only a published edition that no later one corrects can be embedded.")
        yield Fault("edition", "not_current", message)
    if level not in Level.values or level >= Level.SUBDISTRICT:
        yield Fault("level", "unknown", _("Country, governorates or districts can be embedded."))
    elif not edition.figures.filter(element=element, place__level=level).exists():
        yield Fault("element", "unknown", _("The edition holds no figures of this item at this level."))
    if edition.embedded.filter(revoked=None).count() >= MOST_EMBEDDED:
        message = _("An edition has at most %(most)d embedded figures.") % {"most": MOST_EMBEDDED}
        yield Fault("element", "too_many", message)


def _faults_of_day(until: datetime.date, today: datetime.date) -> Iterator[Fault]:
    """A last day that is past, or too far away."""
    if until < today:
        yield Fault("until", "in_the_past", _("This day is over already."))
    elif until - today > LONGEST_TIME:
        yield Fault("until", "too_far", _("The last day is at most two years ahead."))


@transaction.atomic
def revoke_figure(*, embedded: EmbeddedFigure, by: User, at: datetime.datetime) -> EmbeddedFigure:
    """Revoke an embedded figure: its address answers that it is no longer published. Revoked twice it was revoked once."""
    require(by, Permission.PUBLISH_EDITIONS, embedded.edition.template)
    held = EmbeddedFigure.objects.select_for_update(of=("self",)).get(pk=embedded.pk)
    if held.revoked is None:
        held.revoked, held.revoked_by = at, by
        held.save(update_fields=["revoked", "revoked_by"])
        record(by, "revoke_figure", held, edition=held.edition_id)
    return held
