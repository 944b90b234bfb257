"""What is done with dashboards: put some of one's views on a page in an order, change it, delete it."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.actions.saved_views import faults_of_words, one_at_a_time, taken
from coordination.reporting.models import Dashboard, DashboardView, SavedView
from coordination.reporting.models.dashboards import MOST_ON_A_DASHBOARD
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text

MOST_DASHBOARDS = 20


@transaction.atomic
def make_dashboard(*, name: str, note: str, views: Sequence[SavedView], by: User, at: datetime.datetime) -> Dashboard:
    """Put views of one's own on a page, in their order; pressed twice there is one.

    Problems: 400 `invalid` with every fault; 409 `exists` where another dashboard has the name.
    """
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    own = Dashboard.objects.own(by)
    faults = _faults(name, note, views, by)
    if own.count() >= MOST_DASHBOARDS and not own.filter(name=name).exists():
        message = _("At most %(most)d dashboards are kept. Delete one that is not needed any more.")
        faults.append(Fault("name", "too_many", message % {"most": MOST_DASHBOARDS}))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if (there := own.filter(name=name).first()) is not None:
        if (there.note, _order_of(there)) == (note, [view.pk for view in views]):
            return there
        raise taken(_("Another dashboard of yours has this name. Nothing was kept."))
    made = Dashboard.objects.create(owner=by, organisation_id=by.acting_id or 0, name=name, note=note, at=at)
    _place(made, views)
    record(by, "make_dashboard", made, views=len(views))
    return made


@transaction.atomic
def change_dashboard(
    *, dashboard: Dashboard, name: str, note: str, views: Sequence[SavedView], by: User, at: datetime.datetime
) -> Dashboard:
    """Give one's dashboard another name, note, views or order; what stands already changes nothing."""
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    held = own_dashboard(dashboard, by)
    name, note = clean_text(name), clean_text(note, multiline=True)
    if faults := _faults(name, note, views, by):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if Dashboard.objects.own(by).filter(name=name).exclude(pk=held.pk).exists():
        raise taken(_("Another dashboard of yours has this name. Nothing was changed."))
    wanted = [view.pk for view in views]
    if (held.name, held.note, _order_of(held)) == (name, note, wanted):
        return held
    held.name, held.note, held.at = name, note, at
    held.save()
    held.placings.all().delete()
    _place(held, views)
    record(by, "change_dashboard", held, views=len(views))
    return held


@transaction.atomic
def delete_dashboard(*, dashboard: Dashboard, by: User) -> None:
    """Delete one's dashboard with its shares; the views on it stay."""
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    held = own_dashboard(dashboard, by)
    record(by, "delete_dashboard", held)
    held.delete()


def own_dashboard(dashboard: Dashboard, by: User) -> Dashboard:
    """The dashboard as it stands now, refused to whoever does not keep it; 404 where it is there no more."""
    if not dashboard.is_own(by):
        raise Refused(Permission.VIEW_EDITIONS, dashboard)
    held = Dashboard.objects.own(by).filter(pk=dashboard.pk).first()
    if held is None:
        raise Problem("gone", _("This dashboard was deleted meanwhile."), 404)
    return held


def _faults(name: str, note: str, views: Sequence[SavedView], by: User) -> list[Fault]:
    """What is wrong with the words, and with the views: none, too many, one twice, or one that is not one's own."""
    faults, keys = [*faults_of_words(name, note)], [view.pk for view in views]
    if not keys:
        faults.append(Fault("views", "required", _("At least one view is needed.")))
    if len(keys) > MOST_ON_A_DASHBOARD:
        message = _("A dashboard holds at most %(most)d views.") % {"most": MOST_ON_A_DASHBOARD}
        faults.append(Fault("views", "too_many", message))
    if len(set(keys)) < len(keys):
        faults.append(Fault("views", "twice", _("A view stands on a dashboard once.")))
    if SavedView.objects.own(by).filter(pk__in=keys).count() < len(set(keys)):
        faults.append(Fault("views", "unknown", _("Only views of your own stand on a dashboard.")))
    return faults


def _order_of(dashboard: Dashboard) -> list[int]:
    """Its views by id, in their order."""
    return list(dashboard.placings.order_by("order").values_list("view", flat=True))


def _place(dashboard: Dashboard, views: Sequence[SavedView]) -> None:
    DashboardView.objects.bulk_create(
        DashboardView(dashboard=dashboard, view=view, order=order) for order, view in enumerate(views, 1)
    )
