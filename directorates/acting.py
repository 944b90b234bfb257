"""Acting as one organisation: a person with several affiliations speaks for one at a time."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from directorates.models.organisations import Organisation
from directorates.models.people import User

SESSION_KEY = "acting_organisation"


def act_as(user: User, organisation: Organisation | int | None) -> User:
    """Let this person object act as an organisation; what the person may do there is resolved at every check."""
    user.chosen_organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    user.__dict__.pop("acting", None)
    return user


def acting_organisation(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: take the chosen organisation from the session while the membership holds, and keep rights for the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            chosen = request.session.get(SESSION_KEY)
            held = chosen and user.current_memberships(timezone.localdate()).filter(organisation=chosen).exists()
            act_as(user, chosen if held else None)
            user.rights_kept = {}
        return get_response(request)

    return middleware
