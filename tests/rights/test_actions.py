"""Every action refuses whoever has no right, whatever way leads to it: behind each page and program stands its own check."""

import datetime
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordination.exchange.actions.uploads import READ
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.filing import Filing
from coordination.reporting.actions.settlements import Said
from coordination.reporting.models import ExpectedReport
from coordination.reporting.rules.settlements import Way
from directorates.foundation.models import Job
from directorates.models.people import User
from directorates.permissions import Refused
from facilities.actions.register import FacilityEntry, StatusEntry
from facilities.models.facilities import FacilityType
from facilities.models.operating import Operating
from tests.factories import assigned
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
# Open to everybody, each for what is their own: their notices, name, language, letters, sessions, keys, repeated requests.
OWN = {
    "notices.read_all",
    "feeds.end_feed",
    "feeds.make_feed",
    "notices.choose_letters",
    "people.describe_oneself",
    "people.choose_language",
    "sessions.end_session",
    "sessions.end_other_sessions",
    "tokens.make_token",
    "tokens.end_token",
    "requests.once",
}
# Steps of other actions, which asked before, and lists that an import makes of what it may take.
STEPS = {
    "bulletin_figures.make_figures",
    "edition_making.make_edition",
    "edition_making.publish_made",
    # Asked of whoever has it verified, on a page; the command of the machine asks nobody.
    "verifications.verify_edition",
    "verifications.verify_bulletin",
    "filing.first_event",
    "filing.parameters",
    "filing.submit_many",
    "filing.write_draft",
    "saved_views.one_at_a_time",
    "agreements.append",
    "agreements.count_draft_change",
    "amendments.settle_open_texts",
    "amendments.settle_text",
    "double_reports.append",
    "disputes.close_moot",
    "parties.end_where_alone",
    "disputes.open_disputes",
    "files.looked_at",
    "judged.file_judged",
    "offers.offer_by_link",
    "offers.offer_to_person",
    "offers.tell",
    "versions.count_change",
    "versions.fix_text",
    "versions.keep_change",
    "decisions.close",
    "decisions.close_with_facility",
    "wishes.wish_faults",
    "action_items.tell_owner",
    "telling.tell_invited",
    # Answers 404 to whoever may not see a list: tests/exchange/test_exports.py.
    "exports.export",
    # Finds nothing of the person's own to take back: tests/reporting/test_reviews.py.
    "reviews.undo_approval",
    # Asks whether a seal closes what is read, of whoever may read it: tests/reporting/test_double_reading.py.
    "settlements.demand_unclosed",
    "settlements.examined",
    "settlements.make",
    "settlements.settle",
    # A step of approving, which asked before: tests/reporting/test_corrections.py.
    "corrections.close_corrections",
}


def _actions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function by which somebody does something, with its short name."""
    for package in ("directorates", "facilities", "policies", "coordination"):
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("actions/*.py")):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for name, one in vars(import_module(module)).items():
                ours = inspect.isfunction(one) and one.__module__ == module and not name.startswith("_")
                if ours and "by" in inspect.signature(one).parameters:
                    yield f"{path.stem}.{name}", one


ACTIONS = dict(_actions())
DEMANDING = sorted(ACTIONS.keys() - OWN - STEPS)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once."""
    with made_once(World, django_db_blocker) as made:
        yield made


def _entry(world: World, day: datetime.date) -> FacilityEntry:
    """A facility to be entered."""
    status = StatusEntry(Operating.FUNCTIONING, day)
    return FacilityEntry("SY1", "ع", "E", FacilityType.HOSPITAL, world.place, [], [status])


def _expected(world: World, day: datetime.date) -> ExpectedReport:
    """A report that is expected of the NGO."""
    assigned(world.template, world.facility)
    expect(today=day, first=day - datetime.timedelta(days=70))
    found = ExpectedReport.objects.filter(facility=world.facility).first()
    assert found is not None
    return found


def given(world: World) -> dict[str, Any]:
    """Things of the world by the names under which actions take them; all else is of no account before the check."""
    now, day = timezone.now(), timezone.localdate()
    job = Job(kind=READ.code, arguments={"noun": "reports"}, by=world.clerk, acting=world.ngo)
    return {
        "action_item": world.action_item,
        "agreement": world.agreement,
        "at": now,
        "attachment": world.held,
        "bulletin": world.bulletin,
        "edition": world.edition,
        "series": world.bulletin.series,
        **{f"bulletin_parts.{deed}_part part": world.bulletin_part for deed in ("move", "remove")},
        "bulletins.found_series dataset": world.template.dataset,
        "changes": [],
        **{
            f"corrections.{deed} request": world.correction
            for deed in ("accept_correction", "refuse_correction", "withdraw_correction", "demand_withdrawing")
        },
        "deputy": world.officer,
        "deputyship": world.deputyship,
        "dispute": world.dispute,
        "double": world.double,
        "settlement": world.settlement,
        "settlements.propose_settlement said": Said(Way.LARGER, "x"),
        "arbiters.decide_settlement said": Said(Way.LARGER, "x"),
        "arbiter": world.other_ngo,
        "settlements.demand_side reports": world.double.reports,
        "settlements.demand_party reports": world.double.reports,
        "arbiters.demand_naming reports": world.double.reports,
        "duplicates.set_apart first": world.facility,
        "entries": [_entry(world, day)],
        "missing.open_evidence evidence": world.missing_file,
        "expected": [_expected(world, day)],
        "facility": world.facility,
        "filing": Filing(template=world.template, facility=world.facility, period=world.period, reporter=world.ngo),
        "first": day,
        "follow_up": world.follow_up,
        "giver": world.handover.giver,
        "grant": world.grant,
        "handover": world.handover,
        "invitation": world.invitation,
        "kind": "",
        "last": day,
        "decisions.change_decision decision": world.decision,
        "meeting": world.meeting,
        "membership": world.membership,
        "note": "",
        "noun": "reports",
        "opened": day,
        "period": world.period,
        "person": world.membership.person,
        "place": world.place,
        "places": [world.place],
        **{f"sections.{deed}_item place": MagicMock() for deed in ("move", "remove", "require")},
        "proposal": world.proposal,
        "read": job,
        "reason": "x",
        "reporter": world.ngo,
        "reset": world.reset,
        "slot": "",
        "submission": world.report,
        "submissions": [world.report],
        "template": world.template,
        "to": world.officer,
        "until": day + datetime.timedelta(days=1),
        "embedded": world.embedded,
        "saved_views.own_view view": world.view,
        "dashboards.own_dashboard dashboard": world.dashboard,
        "word": "",
    }


@pytest.mark.parametrize("name", DEMANDING)
def test_whoever_has_no_role_is_refused(world: World, name: str) -> None:
    stranger = world.people["X"]
    assert stranger is not None
    action, things = ACTIONS[name], given(world)
    arguments: dict[str, Any] = {"by": User.objects.get(pk=stranger.pk)}
    for one, kind in inspect.signature(action).parameters.items():
        if kind.default is kind.empty and one != "by":
            arguments[one] = things.get(f"{name} {one}", things.get(one, MagicMock()))
    with pytest.raises(Refused), transaction.atomic():
        action(**arguments)


def test_what_asks_no_right_is_named_and_is_there() -> None:
    assert ACTIONS.keys() >= OWN | STEPS
    assert len(DEMANDING) > 80
