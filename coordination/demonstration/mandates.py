"""Who leads what in the demonstration, and the two disputes that the sources tell of."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from coordination.demonstration.people import Cast
from directorates.models import Organisation, Place, User
from policies.actions.disputes import arrange_interim, write_statement
from policies.actions.mandates import end_mandate, state_mandate
from policies.models import Mandate, MandateDispute

TEXTS = Path(__file__).parent / "data" / "mandates.yaml"
# The body was founded; what was before was entered then.
FOUNDED = dt.date(2017, 10, 1)


def keep_mandates(cast: Cast) -> None:
    """State each mandate as the body's entry; then the claims of each dispute, and what was said and arranged in it."""
    held = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for said in held["mandates"]:
        _state(said, cast)
    for told in held["disputes"]:
        _dispute(told, cast)


def _state(said: dict[str, Any], cast: Cast) -> Mandate:
    """A mandate, as the body enters it."""
    where: dict[str, Any] = {
        "place": Place.objects.get(code=said["place"]),
        "organisation": _organisation(said["organisation"]),
    }
    words = {name: said[name] for name in ("function", "came", "basis", "since")}
    return state_mandate(**where, **words, until=said.get("until"), by=cast.policies, at=_moment(said["since"]))


def _dispute(told: dict[str, Any], cast: Cast) -> None:
    """One dispute: both claims, both statements, an interim arrangement, and who gave way, as far as that is told."""
    claims = {said["organisation"]: _state(said, cast) for said in told["claims"]}
    dispute = MandateDispute.objects.get(second=max(claim.pk for claim in claims.values()))
    for said in told["statements"]:
        by = _speaks(cast, said["organisation"])
        write_statement(dispute=dispute, text=said["text"], by=by, at=_moment(said["day"]))
    if interim := told.get("interim"):
        arrange_interim(dispute=dispute, text=interim["text"], by=cast.policies, at=_moment(interim["day"]))
    if ended := told.get("gave_way"):
        words = {"last_day": ended["last_day"], "why": ended["why"], "at": _moment(ended["day"])}
        end_mandate(mandate=claims[ended["organisation"]], by=_speaks(cast, ended["organisation"]), **words)


def _speaks(cast: Cast, code: str) -> User:
    """Who states an organisation's case."""
    if code == "acu":
        return cast.surveillance
    return cast.director(code) if code == "aleppo" else cast.agrees(code)


def _organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def _moment(day: dt.date) -> dt.datetime:
    """When something was entered: in the morning of its day, or of the body's first."""
    return timezone.make_aware(dt.datetime.combine(max(day, FOUNDED), dt.time(9)))
