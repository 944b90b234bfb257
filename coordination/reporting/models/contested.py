"""Whether two organisations claimed to lead what a report is about: its figures say so, and each facility's report counts once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.backends.postgresql.psycopg_any import DateRange

from coordination.reporting.models.editions import Edition, EditionDispute
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.models import Jurisdiction, Organisation, Place, User
from policies.models import MandateDispute
from policies.models.disputes import DisputeQuerySet


def contested(user: User, template: ReportTemplate, period: Period, place: Place | None = None) -> list[MandateDispute]:
    """The disputes over who leads what a template reports on in a period, in or around a place or anywhere."""
    return contested_across(user, (template,), period, place)


def contested_across(
    user: User | AnonymousUser, templates: Iterable[ReportTemplate], period: Period, place: Place | None = None
) -> list[MandateDispute]:
    """The same of some templates whose reports make up one figure, each dispute once."""
    rows = _over(templates, period).visible_to(user).named().order_by("place__path", "pk")
    return list(rows if place is None else rows.near(place))


def contested_beside(
    user: User, template: ReportTemplate, places: Iterable[Place], periods: Iterable[Period]
) -> dict[tuple[Place, Period], list[MandateDispute]]:
    """Of places and periods that are laid side by side the disputes over each: those in or around a place in a period."""
    held = {period: contested(user, template, period) for period in periods}
    return {(place, period): around(disputes, place) for period, disputes in held.items() for place in places}


def _over(templates: Iterable[ReportTemplate], period: Period) -> DisputeQuerySet:
    """The disputes over what templates report on whose claims both hold in a period; none where they name no function."""
    functions = {one.function for one in templates if one.function}
    if not functions:
        return MandateDispute.objects.none()
    return MandateDispute.objects.filter(function__in=functions).in_days(period.start, period.last_day)


def known_of(edition: Edition) -> list[EditionDispute]:
    """What an edition is to say of disputes, as they stand when its figures are made."""
    known = _over((edition.template,), edition.period).filter(opened__lte=edition.at)
    return [EditionDispute(edition=edition, dispute=one, state=one.state) for one in known]


def contested_in(user: User | AnonymousUser, *editions: Edition) -> list[MandateDispute]:
    """The disputes that editions tell of, each in the state in which it stood then; what came later changes no edition.

    Where several tell of one, it stands as the last of them has it.
    """
    told = EditionDispute.objects.filter(edition__in=[one.pk for one in editions])
    states = dict(told.order_by("edition__at", "edition").values_list("dispute", "state"))
    rows = MandateDispute.objects.visible_to(user).filter(pk__in=states).named().order_by("place__path", "pk")
    found = list(rows)
    for one in found:
        one.state = states[one.pk]
    return found


def contested_by_holder(
    disputes: Sequence[MandateDispute], holders: Collection[Place | Organisation | None], period: Period
) -> dict[Place | Organisation | None, list[MandateDispute]]:
    """Of each place the disputes in or around it; of each directorate those in or around its jurisdiction in the period."""
    paths: dict[Place | Organisation | None, list[str]] = defaultdict(list)
    if disputes:
        asked = {holder.pk: holder for holder in holders if isinstance(holder, Organisation)}
        days = DateRange(period.start, period.last_day, "[]")
        held = Jurisdiction.objects.filter(organisation__in=asked, valid__overlap=days)
        for organisation, path in held.values_list("organisation", "place__path"):
            paths[asked[organisation]].append(path)
        paths |= {holder: [holder.path] for holder in holders if isinstance(holder, Place)}
    return {
        holder: [one for one in disputes if any(near(one.place.path, path) for path in own)]
        for holder, own in paths.items()
    }


def around(disputes: Iterable[MandateDispute], place: Place) -> list[MandateDispute]:
    """Those in or around a place."""
    return [one for one in disputes if near(one.place.path, place.path)]


def near(one: str, other: str) -> bool:
    """Whether one of two places, told by their paths, lies in the other."""
    return one.startswith(other) or other.startswith(one)
