"""What is done with saved views: keep one, change or delete one's own. What it shows is checked against what its keeper may see."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.view_contents import faults_of_shows
from coordination.reporting.models import SavedView
from coordination.reporting.models.saved_views import Shows
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text

LONGEST_NAME, LONGEST_NOTE, MOST_VIEWS = 100, 500, 100


@transaction.atomic
def keep_view(*, name: str, note: str, shows: Shows, by: User, at: datetime.datetime) -> SavedView:
    """Keep what one looks at under a name; pressed twice it is kept once.

    Problems: 400 `invalid` with every fault; 409 `exists` where another view has the name.
    """
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    own = SavedView.objects.own(by)
    faults = [*faults_of_words(name, note), *faults_of_shows(shows, by, timezone.localdate(at))]
    if own.count() >= MOST_VIEWS and not own.filter(name=name).exists():
        message = _("At most %(most)d views are kept. Delete one that is not needed any more.") % {"most": MOST_VIEWS}
        faults.append(Fault("name", "too_many", message))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if (there := own.filter(name=name).first()) is not None:
        return _the_same(there, note, shows)
    made = SavedView.objects.create(
        owner=by, organisation_id=by.acting_id or 0, name=name, note=note, at=at, **shows.fields
    )
    record(by, "keep_view", made, **_about(shows))
    return made


def one_at_a_time(by: User) -> None:
    """Whoever presses twice at once is answered one after the other; refused to a key that may only read or report."""
    if by.limited_to is not None:
        raise Refused(Permission.VIEW_EDITIONS, detail=_("This key may only read; it keeps and shares nothing."))
    User.objects.select_for_update(no_key=True).filter(pk=by.pk).first()


def _the_same(there: SavedView, note: str, shows: Shows) -> SavedView:
    """The view of that name, where it is just what is to be kept."""
    if there.note == note and all(getattr(there, name) == value for name, value in shows.fields.items()):
        return there
    raise taken(_("Another view of yours has this name. Nothing was kept."))


def taken(message: str) -> Problem:
    """The answer where a name is in use."""
    return Problem("exists", message, 409, errors=[Fault("name", "exists", message)])


@transaction.atomic
def change_view(
    *, view: SavedView, name: str, note: str, by: User, at: datetime.datetime, shows: Shows | None = None
) -> SavedView:
    """Give one's view another name or note, or have it show something else.

    Problems: 400 `invalid`; 409 `exists` where another view has the name, 404 `gone` where it was deleted meanwhile.
    """
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    held = own_view(view, by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    faults = [*faults_of_words(name, note), *(faults_of_shows(shows, by, timezone.localdate(at)) if shows else ())]
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if SavedView.objects.own(by).filter(name=name).exclude(pk=held.pk).exists():
        raise taken(_("Another view of yours has this name. Nothing was changed."))
    new = {"name": name, "note": note, **(shows.fields if shows else {})}
    if all(getattr(held, field) == value for field, value in new.items()):
        return held
    for field, value in new.items():
        setattr(held, field, value)
    held.at = at
    held.save()
    record(by, "change_view", held, **_about(held))
    return held


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Delete one's view with its shares and its places on dashboards; what others made of it by themselves stays theirs."""
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    held = own_view(view, by)
    record(by, "delete_view", held, **_about(held))
    held.delete()


def own_view(view: SavedView, by: User) -> SavedView:
    """The view as it stands now, refused to whoever does not keep it; 404 where it is there no more."""
    if not view.is_own(by):
        raise Refused(Permission.VIEW_EDITIONS, view)
    held = (
        SavedView.objects.own(by).select_related("template", "indicator", "element", "place").filter(pk=view.pk).first()
    )
    if held is None:
        raise Problem("gone", _("This view was deleted meanwhile."), 404)
    return held


def faults_of_words(name: str, note: str) -> Iterator[Fault]:
    """What is wrong with a name and a note: others may read them."""
    yield from text_faults(name, "name", longest=LONGEST_NAME, needed=_("A name is needed."))
    yield from text_faults(note, "note", longest=LONGEST_NOTE)


def _about(view: SavedView | Shows) -> dict[str, str]:
    """Of which report or indicator it is, for the record."""
    if view.indicator is not None:
        return {"code": view.indicator.code}
    return {"template": view.template.code if view.template else ""}
