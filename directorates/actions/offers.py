"""Offers of roles: written by whoever asks, told to those who may confirm."""

import datetime
import hashlib
import secrets
from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record, record_concerning
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import Invitation, Organisation, Place, User
from directorates.models.confirmers import offers
from directorates.roles import Role

# So long somebody may confirm an offer; and so long its link works, from the offer or from the confirmation.
INVITATION_DAYS = 7


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def valid_until(at: datetime.datetime) -> datetime.datetime:
    """When something that is offered or confirmed now expires."""
    return at + datetime.timedelta(days=INVITATION_DAYS)


def check_not_offered(email: str, organisation: Organisation, role: Role, at: datetime.datetime) -> None:
    """Raise where the same is offered to the same person already: two links would open one role."""
    if Invitation.objects.open(at).filter(email=email, organisation=organisation, role=role).exists():
        message = _(
            "This role is offered to this person already. End that offer on the page of people, then begin anew."
        )
        raise Problem("invited_already", message, 409, [Fault("role", "invited_already", message)])


def offer_by_link(
    *,
    email: str,
    organisation: Organisation,
    role: Role,
    by: User | None,
    at: datetime.datetime,
    places: Collection[Place],
) -> tuple[Invitation, str]:
    """Write an offer that a link leads to; answers it and the link's secret. The caller has checked the right to do so."""
    secret = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        email=email,
        organisation=organisation,
        role=role,
        secret_hash=digest(secret),
        by=by,
        at=at,
        expires=valid_until(at),
    )
    made.places.set(places)
    record_concerning(by, "invite", made, organisation.pk, **_details(made, places))
    _tell_confirmers(made, at)
    return made, secret


def offer_to_person(
    *,
    person: User,
    organisation: Organisation,
    role: Role,
    since: datetime.date,
    by: User,
    at: datetime.datetime,
    places: Collection[Place],
) -> Invitation:
    """Write the offer of a role to somebody who is known, which needs no link. The caller has checked the right to do so."""
    # Read anew: of a person whose name is hidden the e-mail is not shown, and without it the offer would be nobody's.
    email = User.objects.filter(pk=person.pk).values_list("email", flat=True).get()
    check_not_offered(email, organisation, role, at)
    made = Invitation.objects.create(
        email=email,
        person=person,
        organisation=organisation,
        role=role,
        since=since,
        by=by,
        at=at,
        expires=valid_until(at),
    )
    made.places.set(places)
    record(by, "offer_role", made, since=since.isoformat(), **_details(made, places))
    _tell_confirmers(made, at)
    return made


def tell(invitation: Invitation, what: str, people: Iterable[int], by: User | None, at: datetime.datetime) -> None:
    """Tell some people what was asked or became of an offer: asked, confirmed, refused, given."""
    organisation = invitation.organisation
    values = {
        "what": what,
        "role": invitation.role,
        "organisation": {"ar": organisation.name_ar, "en": organisation.name_en},
        "link": invitation.person_id is None,
    }
    asked = what == "asked"
    if not asked:
        # Who confirms may be of the body: names and addresses stand on the portal's page, in no letter to another house.
        values |= {"person": str(invitation.person or invitation.email), "by": str(by or "")}
    url = reverse("directorates:decide_offer", args=[invitation.pk]) if asked else ""
    notify("role_offer", [Told(person, f"offer:{invitation.pk}:{what}", values) for person in people], url=url, at=at)


def _tell_confirmers(invitation: Invitation, at: datetime.datetime) -> None:
    """Tell those who may confirm that it waits for one of them."""
    if invitation.waits:
        (offer,) = offers([invitation], timezone.localdate(at))
        tell(invitation, "asked", [person.pk for person in offer.people], invitation.by, at)


def _details(invitation: Invitation, places: Collection[Place]) -> dict[str, object]:
    """What the record says of an offer."""
    codes = [place.code for place in places]
    return {"organisation": invitation.organisation.code, "role": str(invitation.role), "places": codes}
