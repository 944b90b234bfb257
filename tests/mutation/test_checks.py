"""Every kind of permission check is found in code, and is gone from the code without it."""

import ast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from directorates import permissions
from directorates.permissions import Permission, Refused, may
from tests.mutation.checks import Check, checks_in, demanding, noting, without
from tests.mutation.kept import KEPT
from tests.mutation.lifting import House

SOURCE = """
def _demand_owner(user, thing) -> None:
    if thing.owner != user:
        raise Refused(P, thing)

def change(by, thing):
    require(by, P, thing)
    _demand_owner(by, thing)
    if (late := thing.late) and late > 3:
        raise Refused(P, thing)
    elif thing.early:
        raise Problem("early")

@login_required
def page(request, rows):
    rows = Thing.objects.visible_to(request.user).filter(scoped(request.user, P))
    mine = Thing.objects.asked_by(self.user).exclude(at=Thing.objects.asked_by(day))
    all_ = open_to_members(user, rows)
    own = rights_of(user).organisations(P) | rights.of_dataset(P, 1)
    if not may(request.user, P):
        raise Refused(P)
    keeps = any(may(request.user, one) for one in rows)
    return {"holds": rights.holds(P), "told": job.is_of(user) and may_decide(user, one)}

def alone():
    raise Refused(P)

def record():
    return audit.visible_to(user)
"""
NAMES = demanding([ast.parse(SOURCE)])


def text_without(check: Check) -> str:
    """The code without a check."""
    return ast.unparse(without(SOURCE, check, NAMES))


def test_each_kind_is_found_once() -> None:
    assert frozenset({"require", "_demand_owner"}) == NAMES
    lines = SOURCE.splitlines()
    found = [(check.kind, lines[check.line - 1].strip()[:24]) for check in checks_in("x.py", SOURCE, NAMES)]
    assert found == [
        ("refusal", "raise Refused(P, thing)"),
        ("demand", "require(by, P, thing)"),
        ("demand", "_demand_owner(by, thing)"),
        ("refusal", "raise Refused(P, thing)"),
        ("entrance", "@login_required"),
        ("limit", "rows = Thing.objects.vis"),
        ("limit", "rows = Thing.objects.vis"),
        ("limit", "mine = Thing.objects.ask"),
        ("limit", "all_ = open_to_members(u"),
        ("limit", "own = rights_of(user).or"),
        ("limit", "own = rights_of(user).or"),
        ("refusal", "raise Refused(P)"),
        ("answer", "keeps = any(may(request."),
        ("answer", 'return {"holds": rights.'),
        ("answer", 'return {"holds": rights.'),
        ("answer", 'return {"holds": rights.'),
        ("refusal", "raise Refused(P)"),
    ]


def test_one_check_is_gone_and_all_others_stay() -> None:
    whole = ast.unparse(ast.parse(SOURCE)).splitlines()
    gone = []
    for check in checks_in("x.py", SOURCE, NAMES):
        less = text_without(check).splitlines()
        gone += [(new.strip(), old.strip()) for old, new in zip(whole, less, strict=True) if old != new]
    new = [line for line, _old in gone]
    assert new[:5] == [
        "if thing.owner != user and False:",
        "pass",
        "pass",
        "if ((late := thing.late) and late > 3) and False:",
        "rows = Thing.objects.all().filter(scoped(request.user, P))",
    ]
    assert new[5:] == [
        "rows = Thing.objects.visible_to(request.user).filter(_lifted.anything())",
        "mine = Thing.objects.all().exclude(at=Thing.objects.asked_by(day))",
        "all_ = rows",
        "own = _lifted.organisations(P) | rights.of_dataset(P, 1)",
        "own = rights_of(user).organisations(P) | _lifted.of_dataset(P)",
        "if not may(request.user, P) and False:",
        "keeps = any(((may(request.user, one), True)[1] for one in rows))",
        "return {'holds': (rights.holds(P), True)[1], 'told': job.is_of(user) and may_decide(user, one)}",
        "return {'holds': rights.holds(P), 'told': (job.is_of(user), True)[1] and may_decide(user, one)}",
        "return {'holds': rights.holds(P), 'told': job.is_of(user) and (may_decide(user, one), True)[1]}",
        "pass",
    ]


def test_a_check_says_when_it_refuses() -> None:
    said = ast.unparse(noting("x.py", SOURCE, NAMES))
    assert "except BaseException:\n        _lifted.reached('x.py:7:4:demand')\n        raise" in said
    assert "if _lifted.note_refusal('x.py:4:8:refusal', thing.owner != user):" in said
    found = [check.kind for check in checks_in("x.py", SOURCE, NAMES)]
    assert said.count("_lifted.") == len(found) - found.count("entrance") + found.count("demand")


def test_a_check_is_taken_out_of_the_running_house_and_put_back() -> None:
    house = House()
    nobody = AnonymousUser()
    kinds = {check.kind for check in house.checks}
    assert kinds == {"demand", "refusal", "limit", "answer", "entrance"}
    said = "return rights_of(user).allow(permission, thing)"
    [answer] = [check for check in house.checks if check.source == said and check.kind == "answer"]
    with house.lifted(answer) as changed:
        assert changed
        assert may(nobody, Permission.VIEW_REPORTS)
    assert not may(nobody, Permission.VIEW_REPORTS)
    [limit] = [check for check in house.checks if check.path == "directorates/audit.py" and check.kind == "limit"]
    with house.lifted(limit) as changed:
        assert changed
    with pytest.raises(Refused):
        permissions.require(nobody, Permission.VIEW_REPORTS)  # type: ignore[arg-type]
    assert house.anything() == Q(pk__isnull=False)


def test_what_is_kept_without_a_test_stands_in_the_code() -> None:
    lines = {(check.path, check.source) for check in House().checks}
    assert set(KEPT) <= lines
    assert all(len(reason.split()) > 5 for reason in KEPT.values())
