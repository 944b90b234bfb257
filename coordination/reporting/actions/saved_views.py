"""What is done with saved views: keep one, change or delete one's own. What it shows is checked against what its keeper may see."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models import ReportTemplate, SavedView
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import open_places, parts_of
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import FIRST_SHOWN_YEAR, PeriodError, parse_period
from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.places import Level
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text

LONGEST_NAME, LONGEST_NOTE, MOST_VIEWS = 100, 500, 100


@transaction.atomic
def keep_view(*, name: str, note: str, shows: Shows, by: User, at: datetime.datetime) -> SavedView:
    """Keep what one looks at under a name; pressed twice it is kept once.

    Problems: 400 `invalid` with every fault; 409 `exists` where another view has the name.
    """
    require(by, Permission.VIEW_FIGURES)
    one_at_a_time(by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    own = SavedView.objects.own(by)
    faults = [*faults_of_words(name, note), *_faults_of_what(shows, by, timezone.localdate(at))]
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
    record(by, "keep_view", made, template=shows.template.code)
    return made


def one_at_a_time(by: User) -> None:
    """Whoever presses twice at once is answered one after the other; refused to a key that may only read or report."""
    if by.limited_to is not None:
        raise Refused(Permission.VIEW_FIGURES, detail=_("This key may only read; it keeps and shares nothing."))
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
    require(by, Permission.VIEW_FIGURES)
    one_at_a_time(by)
    held = own_view(view, by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    faults = [*faults_of_words(name, note), *(_faults_of_what(shows, by, timezone.localdate(at)) if shows else ())]
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
    record(by, "change_view", held, template=held.template.code)
    return held


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Delete one's view with its shares and its places on dashboards; what others made of it by themselves stays theirs."""
    require(by, Permission.VIEW_FIGURES)
    one_at_a_time(by)
    held = own_view(view, by)
    record(by, "delete_view", held, template=held.template.code)
    held.delete()


def own_view(view: SavedView, by: User) -> SavedView:
    """The view as it stands now, refused to whoever does not keep it; 404 where it is there no more."""
    if (view.owner_id, view.organisation_id) != (by.pk, by.acting_id):
        raise Refused(Permission.VIEW_FIGURES, view)
    held = SavedView.objects.own(by).select_related("template", "element", "place").filter(pk=view.pk).first()
    if held is None:
        raise Problem("gone", _("This view was deleted meanwhile."), 404)
    return held


def faults_of_words(name: str, note: str) -> Iterator[Fault]:
    """What is wrong with a name and a note: others may read them."""
    yield from text_faults(name, "name", longest=LONGEST_NAME, needed=_("A name is needed."))
    yield from text_faults(note, "note", longest=LONGEST_NOTE)


def _faults_of_what(shows: Shows, by: User, today: datetime.date) -> Iterator[Fault]:
    """What a view cannot show, or not to whoever keeps it."""
    unknown = _("This is not known here, or not open to this role.")
    template = ReportTemplate.objects.with_figures_for(by).filter(pk=shows.template.pk).first()
    if template is None:
        yield Fault("template", "unknown", unknown)
        return
    if not open_places(by, template).filter(pk=shows.place.pk).exists():
        yield Fault("place", "unknown", unknown)
    deepest = min(shows.place.level + 1, Level.SUBDISTRICT)
    if shows.level != FigureLevel.DIRECTORATE and shows.level < deepest:
        yield Fault("level", "too_high", _("The rows lie below the place."))
    if shows.picture is Picture.TREND and shows.element is None:
        yield Fault("element", "required", _("Bars over time need an item."))
    yield from _faults_of_period(template, shows, today)


def _faults_of_period(template: ReportTemplate, shows: Shows, today: datetime.date) -> Iterator[Fault]:
    """A period that the report does not have or the page does not show, and an item that is not asked in it."""
    if not shows.period:
        return
    try:
        period = parse_period(shows.period)
        parts_of(template, period)
    except PeriodError as fault:
        yield Fault("period", fault.code, message_for(fault.code, fault.params))
        return
    if period.start.year < FIRST_SHOWN_YEAR:
        yield Fault("period", "too_early", _("There are no figures of so long ago."))
    elif period.start > today:
        yield Fault("period", "in_the_future", _("This period has not begun."))
    elif shows.element and shows.element.code not in measures_of(template, period):
        yield Fault("element", "unknown", _("This item is not asked in that period."))
