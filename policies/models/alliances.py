"""Who stood with whom: the ties that parties of agreements made, as the rules of alliances read them."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, Min, OuterRef, Q

from directorates.models import Organisation, User
from directorates.models.silences import dissolutions
from policies.models.agreements import Agreement
from policies.models.parties import Party, PartyQuerySet
from policies.rules.alliances import Tie

DAY = datetime.timedelta(days=1)
# So many ties are drawn and reckoned with, the last begun first; a portal with more narrows them by kind.
MOST_TIES = 1_000


def _parties(user: User, kind: str) -> PartyQuerySet:
    """The parties that a person reads of in agreements of a kind, or of any."""
    seen = Agreement.objects.visible_to(user).standing()
    return Party.objects.counted().filter(agreement__in=seen.filter(kind=kind) if kind else seen)


def are_cut(user: User, kind: str = "") -> bool:
    """Whether there are more ties than `ties_of` tells."""
    return _parties(user, kind)[MOST_TIES:].exists()


def covered_on(user: User, day: datetime.date) -> list[int]:
    """The organisations that stand with another in any agreement on a day, however many ties there are."""
    # The day of its dissolution is the last day of an organisation, as its rows say once the night has ended them.
    gone = [pk for pk, last in dissolutions().items() if last < day]
    there = _parties(user, "").at(day).exclude(organisation__in=gone)
    others = there.filter(agreement=OuterRef("agreement")).exclude(organisation=OuterRef("organisation"))
    return list(there.filter(Exists(others)).values_list("organisation", flat=True).distinct().order_by())


def ties_of(user: User, kind: str = "") -> list[Tie]:
    """Each organisation in each agreement that it is or was a party of, as far as the agreement held, the earliest first."""
    rows, gone = _parties(user, kind), dissolutions()
    columns = ("agreement", "organisation", "valid", "agreement__valid")
    found = []
    for agreement, organisation, own, whole in rows.order_by("-valid", "-pk").values_list(*columns)[:MOST_TIES]:
        ends = [one.upper - DAY for one in (own, whole) if one.upper is not None]
        ends += [gone[organisation]] if organisation in gone else []
        first, last = max(own.lower, whole.lower), min(ends, default=None)
        if last is None or first <= last:
            found.append(Tie(agreement, organisation, first, last))
    return sorted(found, key=lambda tie: (tie.first, tie.agreement, tie.organisation))


def uncovered(covered: Iterable[int], day: datetime.date) -> list[Organisation]:
    """The organisations that act today, were founded by a day, and stand in no agreement on it."""
    founded = Organisation.objects.active().annotate(founded=Min("names__valid__startswith"))
    rows = founded.filter(Q(founded=None) | Q(founded__lte=day)).exclude(pk__in=list(covered))
    return list(rows.order_by("kind", "code"))
