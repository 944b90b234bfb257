"""The home of whoever signed in: what waits, what is new; a page for each kind of role, with panels for what exists."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.homes.agreed import Agreed
from coordination.homes.corrections import CorrectionsWaiting
from coordination.homes.desks import Reporter, Reviewer, figures_for
from coordination.homes.doubles import Doubles
from coordination.homes.follow_ups import FollowUps
from coordination.homes.meetings import OfMeetings
from coordination.homes.overseen import LongWaiting, Moment, Overseen, governorates_of, last_complete, standings
from coordination.homes.published import Published
from coordination.homes.register import Deciding, Proposing
from coordination.homes.waits import waiting_count
from coordination.job_kinds import KINDS
from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.models import ConsolidationTrouble
from directorates.actions.deputies import deputies_to_confirm
from directorates.actions.handovers import places_on_offer
from directorates.actions.roles_by_two import offers_to_confirm
from directorates.actions.sharing import data_on_offer
from directorates.foundation.models import Job
from directorates.foundation.notices import Words
from directorates.foundation.pages import SignedIn
from directorates.models import Invitation, Membership, Notice, Organisation, User
from directorates.models.deputies import stood_in
from directorates.permissions import Permission, may
from directorates.roles import Role
from facilities.rules.proposals import Escalation

__all__ = ["home", "waiting_count"]

Context = dict[str, Any]
JOBS, NOTICES = 5, 3


def _coordinator(user: User, organisation: Organisation, today: datetime.date) -> Context:
    """What is to be sent, what came back, what is on its way."""
    return {"reporter": Reporter(user, organisation, today), "proposing": Proposing(user, organisation, today)}


def _officer(user: User, organisation: Organisation, today: datetime.date) -> Context:
    """The inbox, who is late, how complete the periods are; and what the directorate itself has to send."""
    return {
        "reviewer": Reviewer(user),
        "deciding": Deciding(user, today),
        "overseen": Overseen(user, organisation, today),
        "reporter": Reporter(user, organisation, today),
    }


def _director(user: User, organisation: Organisation, today: datetime.date) -> Context:
    """The governorate in one page."""
    return {
        "deciding": Deciding(user, today, Escalation.DIRECTOR),
        "overseen": Overseen(user, organisation, today),
        "governorates": governorates_of(user, organisation, today),
        "overdue": LongWaiting(user, organisation),
    }


def _body(user: User, organisation: Organisation, today: datetime.date) -> Context:
    """The same across governorates; consolidation and its jobs; what only the body reviews."""
    templates = figures_for(user)
    runs = may(user, Permission.RUN_CONSOLIDATION)
    return {
        "overseen": Overseen(user, None, today),
        "deciding": Deciding(user, today),
        "reviewer": Reviewer(user) if may(user, Permission.REVIEW_REPORTS) else None,
        "overdue": LongWaiting(user, None) if may(user, Permission.VIEW_REPORTS) else None,
        "state": consolidation_state(),
        "runs": runs,
        "troubles": ConsolidationTrouble.objects.visible_to(user).open().select_related("template"),
        "jobs": [(job, _words(job), job.kind in KINDS) for job in _last_jobs()] if runs else [],
        "tables": [(Moment(one, last_complete(one, today).start), standings(user, one, today)) for one in templates],
        "people": _people(today) if may(user, Permission.MANAGE_ORGANISATIONS) else None,
    }


def _last_jobs() -> Iterable[Job]:
    """What ran last, whoever asked."""
    return Job.objects.select_related("by").order_by("-pk")[:JOBS]


def _words(job: Job) -> Promise:
    """What a job does; the demonstration's is none that anybody asks for."""
    return KINDS[job.kind].words if job.kind in KINDS else _("Loading the demonstration")


def _people(today: datetime.date) -> Context:
    """How many people have a role today, and how many invitations are open."""
    held = Membership.objects.at(today).filter(organisation__status="active")
    opened = Invitation.objects.filter(accepted_at=None, expires__gt=timezone.now())
    return {"members": held.values("person").distinct().count(), "invitations": opened.count()}


def _reader(user: User, organisation: Organisation, today: datetime.date) -> Context:
    """What was published last; the figures of now as far as they are open."""
    return {"overseen": Overseen(user, None, today), "published": Published(user), "state": consolidation_state()}


# Of several roles the first in this order makes the home.
HOMES: dict[Role, tuple[str, Callable[[User, Organisation, datetime.date], Context]]] = {
    Role.DATA_OFFICER: ("home/officer.html", _officer),
    Role.NGO_COORDINATOR: ("home/coordinator.html", _coordinator),
    Role.FACILITY_REPORTER: ("home/coordinator.html", _coordinator),
    Role.DIRECTOR: ("home/director.html", _director),
    Role.DATA_MANAGER: ("home/body.html", _body),
    Role.ADMINISTRATOR: ("home/body.html", _body),
    Role.SURVEILLANCE_OFFICER: ("home/reader.html", _reader),
    Role.POLICY_MANAGER: ("home/reader.html", _reader),
    Role.ORGANISATION_ADMINISTRATOR: ("home/reader.html", _reader),
    Role.OBSERVER: ("home/reader.html", _reader),
    Role.DONOR: ("home/reader.html", _reader),
}


def _notices(user: User) -> list[Words]:
    """The first that were not read yet."""
    return [Words(row) for row in Notice.objects.visible_to(user).unread()[:NOTICES]]


@login_required
def home(request: SignedIn) -> HttpResponse:
    """The home that fits the reader's role in the organisation acted for."""
    user, today = request.user, timezone.localdate()
    held = user.current_memberships(today).filter(organisation=user.acting_id)
    roles = {Role(row.role): row.organisation for row in held}
    # A deputy has the work of whoever is away before the eyes as well.
    for one in stood_in(user, today).filter(membership__organisation=user.acting_id):
        roles.setdefault(Role(one.membership.role), one.membership.organisation)
    role = next((role for role in HOMES if role in roles), None)
    if role is None:
        return render(request, "home/nobody.html")
    template, build = HOMES[role]
    context = {"organisation": roles[role], "today": today, "role": role, "notices": _notices(user)}
    context["offers"] = offers_to_confirm(user, timezone.now())
    context["deputies_to_confirm"] = deputies_to_confirm(user, timezone.now())
    context["data_on_offer"] = data_on_offer(user)
    context["places_on_offer"] = places_on_offer(user).named()
    context["agreed"] = Agreed(user, today)
    context["doubles"] = Doubles(user)
    context["follow_ups"] = FollowUps(user)
    context["corrections"] = CorrectionsWaiting(user)
    context["meetings"] = OfMeetings(user, today)
    if (directed := roles.get(Role.DIRECTOR)) is not None:
        # Who directs and reviews as well, or stands in for who does, was told of these and is led here.
        context["overdue"] = LongWaiting(user, directed)
    return render(request, template, context | build(user, roles[role], today))
