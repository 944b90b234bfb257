"""The one door of rights: who may do what with which thing.

Grants are rows (`models/grants.py`); one query a request resolves the caller to a few anchors, and every list and every
check compares those with scope columns that the rows carry. Dates are read at every query, so what ended yesterday
gives nothing although no job ran.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.models import Permission as PermissionRow
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directorates.foundation.prepared import Prepared
from directorates.foundation.problems import Problem
from directorates.foundation.sight import Sight, unwalled
from directorates.models.datasets import Dataset
from directorates.models.grants import DatasetGrant, GrantSource, OrganisationGrant, PlaceGrant, RoleGroup
from directorates.models.organisations import Organisation
from directorates.models.people import User
from directorates.models.places import Level, Place, beneath
from directorates.models.seals import CLOSED, sealed
from directorates.models.sharing import PERMITS, SharingAgreement, SharingLevel
from directorates.models.validity import lasting
from directorates.rights import Rights, Scope, distinct
from directorates.roles import LABELS, ROLES, Anchor, Permission, Role
from directorates.scopes import Columns

Rows = TypeVar("Rows", bound=QuerySet[Any])

__all__ = [
    "Columns",
    "Permission",
    "Refused",
    "Rights",
    "closed",
    "demand_own_right",
    "may",
    "open_agreement",
    "open_role",
    "open_to_members",
    "require",
    "rights_of",
    "scoped",
    "sealed_off",
    "sight_of",
]


class Refused(Exception):
    """The caller sees the thing, but may not do this with it."""

    def __init__(
        self, permission: Permission, thing: Any = None, *, code: str = "forbidden", detail: str | Promise = ""
    ) -> None:
        self.permission, self.thing, self.code = permission, thing, code
        self.detail = detail or _(
            "The right to %(deed)s is missing for this. Whoever manages your organisation's people can give it."
        ) % {"deed": LABELS[permission]}
        super().__init__(code)


RESOLVE = Prepared(
    "rights_of",
    f"""
SELECT p.codename, g.organisation, g.path, g.dataset,
       ARRAY(SELECT pl.path FROM directorates_membership_places mp JOIN directorates_place pl ON pl.id = mp.place_id
             WHERE mp.membership_id = m.id), m.instead_of,
       ARRAY(SELECT pl.path FROM directorates_sharingagreement_places sp JOIN directorates_place pl ON pl.id = sp.place_id
             WHERE sp.sharingagreement_id = g.agreement),
    ARRAY(SELECT s.organisation_id FROM directorates_directorateseal s WHERE {CLOSED} ORDER BY 1),
    -- Whose names are hidden: all who ever were of a sealed directorate, but for colleagues of today.
    ARRAY(SELECT DISTINCT ON (past.person_id) past.person_id || ':' || past.role
          FROM directorates_directorateseal s JOIN directorates_membership past USING (organisation_id)
          WHERE {CLOSED} AND past.person_id <> %(person)s
              AND NOT EXISTS (SELECT FROM directorates_membership here WHERE here.person_id = past.person_id
                  AND here.organisation_id = %(organisation)s AND here.valid @> %(day)s)
          ORDER BY past.person_id, past.valid DESC),
    ARRAY(SELECT d.id FROM directorates_dataset d WHERE d.by_agreement ORDER BY 1)
FROM (
    SELECT id, organisation_id, role, NULL::bigint AS instead_of FROM directorates_membership
    WHERE person_id = %(person)s AND organisation_id = %(organisation)s AND valid @> %(day)s
    UNION ALL
    -- What whoever is away holds today, for a deputy who is of the same organisation today.
    SELECT a.id, a.organisation_id, a.role, a.person_id
    FROM directorates_deputyship d
    JOIN directorates_membership a ON a.id = d.membership_id AND a.valid @> %(day)s
    CROSS JOIN LATERAL person_with_id(a.person_id) u
    WHERE u.is_active AND d.deputy_id = %(person)s AND d.ended IS NULL AND d.valid @> %(day)s
        AND (NOT d.by_two OR d.confirmed_at IS NOT NULL)
        AND a.organisation_id = %(organisation)s
        AND EXISTS (SELECT FROM directorates_membership own WHERE own.person_id = %(person)s
            AND own.organisation_id = %(organisation)s AND own.valid @> %(day)s)
) m
JOIN directorates_organisation o ON o.id = m.organisation_id AND o.status = 'active'
    AND NOT EXISTS (SELECT FROM directorates_directorateseal s WHERE s.organisation_id = o.id AND {CLOSED})
JOIN directorates_rolegroup r ON r.organisation_id = m.organisation_id AND r.role = m.role
JOIN (
    SELECT group_id, permission_id, content_object_id AS organisation, NULL AS path, NULL::bigint AS dataset,
        NULL::bigint AS agreement
    FROM directorates_organisationgrant WHERE valid @> %(day)s
    UNION ALL
    SELECT group_id, permission_id, NULL, pl.path, NULL, NULL
    FROM directorates_placegrant pg JOIN directorates_place pl ON pl.id = pg.content_object_id WHERE valid @> %(day)s
    UNION ALL
    -- What an agreement gives holds until either side ends it, and rests while its custodian is sealed.
    SELECT group_id, permission_id, NULL, NULL, content_object_id, agreement_id
    FROM directorates_datasetgrant dg
    WHERE dg.valid @> %(day)s AND (dg.agreement_id IS NULL OR EXISTS (
        SELECT FROM agreement_with_id(dg.agreement_id) a WHERE a.ended IS NULL
        AND NOT EXISTS (SELECT FROM directorates_directorateseal s WHERE s.organisation_id = a.custodian_id AND {CLOSED})))
) g ON g.group_id = r.group_id
JOIN auth_permission p ON p.id = g.permission_id
""",
    person="bigint",
    organisation="bigint",
    day="date",
)


def rights_of(user: User | AnonymousUser) -> Rights:
    """The caller's rights today as the organisation acted for, in one query; kept for the length of a request only."""
    if not isinstance(user, User) or not user.is_active or user.acting_id is None:
        return Rights(())
    day = timezone.localdate()
    key = (user.acting_id, day)
    if user.rights_kept is not None and key in user.rights_kept:
        return user.rights_kept[key]
    rows = RESOLVE.rows({"person": user.pk, "organisation": user.acting_id, "day": day})
    rights = Rights(tuple(_scopes(rows)), *_closed(rows))
    if user.limited_to is not None:
        rights = replace(rights, scopes=tuple(s for s in rights.scopes if s.permission in user.limited_to))
    if user.rights_kept is not None:
        user.rights_kept[key] = rights
    return rights


def _scopes(rows: Sequence[tuple[Any, ...]]) -> Iterator[Scope]:
    """The grant of each row, inside the places of the role and of the agreement; one that reaches no place is none."""
    for code, organisation, path, dataset, of_role, instead_of, of_agreement, *_closed in rows:
        within = _inside_both(of_role, of_agreement)
        if within or not (of_role and of_agreement):
            yield Scope(Permission(code), organisation, path, dataset, within, instead_of)


def _inside_both(paths: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The paths that lie inside both lists, an empty one meaning everywhere."""
    if not paths or not others:
        return tuple(paths or others)
    pairs = ((one, other) for one in paths for other in others)
    return distinct(max(pair, key=len) for pair in pairs if pair[0].startswith(pair[1]) or pair[1].startswith(pair[0]))


def _closed(
    rows: Sequence[tuple[Any, ...]],
) -> tuple[tuple[int, ...], tuple[tuple[int, Role], ...], tuple[int, ...]]:
    """Which directorates are sealed, whose names are hidden, what is read by agreement, as every row of `RESOLVE` says it."""
    sealed, hidden, by_agreement = rows[0][-3:] if rows else ((), (), ())
    people = (text.split(":") for text in hidden)
    return tuple(sealed), tuple((int(person), Role(role)) for person, role in people), tuple(by_agreement)


# Whoever may do one of these with a report may have its rows read.
_OF_REPORTS = frozenset({Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS, Permission.REVIEW_REPORTS})
# Whoever has one of these oversees what is read of exact positions.
_OVERSEEING = frozenset({Permission.KEEP_POSITIONS, Permission.APPROVE_POSITIONS})
# What row policies ask for by name, wherever it is held.
TOLD = (
    Permission.MANAGE_ORGANISATIONS,
    Permission.RUN_CONSOLIDATION,
    Permission.MANAGE_TEMPLATES,
    Permission.MANAGE_POLICIES,
    Permission.KEEP_AGREEMENTS,
    Permission.VIEW_MEETINGS,
    Permission.MANAGE_MEETINGS,
    Permission.ARBITRATE_REPORTS,
)


def sight_of(user: User | AnonymousUser) -> Sight:
    """What the database lets through for the caller today: the anchors of the caller's rights, as row policies read them."""
    rights = rights_of(user)
    scopes = rights.scopes
    reports = [scope for scope in scopes if scope.permission in _OF_REPORTS]
    own, data = [s for s in reports if s.organisation is not None], [s for s in reports if s.dataset is not None]
    figures = [scope for scope in scopes if scope.permission is Permission.VIEW_FIGURES]
    shared = [scope for scope in figures if scope.dataset is not None]
    kept = [scope for scope in scopes if scope.permission is Permission.KEEP_POSITIONS]
    reads = any(scope.permission is Permission.READ_POSITIONS for scope in scopes)
    whole = rights.everywhere(Permission.VIEW_FIGURES)
    sight = Sight(
        person=user.pk or 0,
        acting=(user.acting_id or 0) if scopes and isinstance(user, User) else 0,
        people=bool(scopes),
        figures=whole,
        # The body's data manager alone reviews for a sealed directorate.
        sealed=rights.holds(Permission.RUN_CONSOLIDATION),
        hidden=tuple((person, str(role.label)) for person, role in rights.hidden),
        organisations=distinct(s.organisation for s in own),
        organisations_within=_within(own),
        # Each dataset inside its own places: one agreement never widens another.
        datasets=distinct(f"{s.dataset}:{path}" for s in data for path in s.within or [""]),
        by_agreement=rights.by_agreement,
        figures_agreed=distinct(s.dataset for s in shared if not s.within),
        figures_limited=distinct(s.dataset for s in shared if s.within),
        figures_places=_subdistricts([path for s in shared for path in s.within]),
        places=distinct(path for s in reports for path in s.paths()),
        subdistricts=() if whole else _subdistricts([path for s in figures for path in s.paths()]),
        positions_kept=distinct(s.organisation for s in kept),
        positions_within=_within(kept),
        positions_read=distinct([user.acting_id]) if reads and isinstance(user, User) else (),
    )
    return _with_trust(sight, rights)


def _with_trust(sight: Sight, rights: Rights) -> Sight:
    """The same with what opens offers of roles, jobs, packages and grants of exact positions."""
    managing = [s for s in rights.scopes if s.permission is Permission.MANAGE_PEOPLE and not s.within]
    overseeing = [s for s in rights.scopes if s.permission in _OVERSEEING]
    overseen = [s for s in overseeing if s.organisation is not None]
    return replace(
        sight,
        people_of=distinct(s.organisation for s in managing),
        holds=tuple(permission.value for permission in TOLD if rights.holds(permission)),
        overseen=distinct(s.organisation for s in overseen),
        overseen_within=_within(overseen),
        overseen_places=distinct(path for s in overseeing for path in s.paths()),
    )


def _within(scopes: Collection[Scope]) -> tuple[str, ...]:
    """The paths inside which some grants hold: all of one organisation, so that one without places opens everything."""
    return ("",) if any(not s.within for s in scopes) else distinct(path for s in scopes for path in s.within)


def _subdistricts(paths: Collection[str]) -> tuple[int, ...]:
    """The sub-districts at or under some paths."""
    found = Q(pk__in=())
    for path in paths:
        found |= beneath(path)
    return tuple(Place.objects.filter(found, level=Level.SUBDISTRICT).values_list("pk", flat=True)) if paths else ()


def sealed_off(user: User) -> bool:
    """Whether the organisation that a person acts as is sealed; asked of the row only where no right is left."""
    return not rights_of(user).scopes and user.acting_id is not None and bool(sealed([user.acting_id]))


def closed() -> Problem:
    """The one answer to a program of whoever acts as a sealed directorate."""
    return Problem(
        "sealed", _("This directorate is sealed. Two people of two other organisations can lift the seal."), 403
    )


def may(user: User | AnonymousUser, permission: Permission, thing: Any = None) -> bool:
    """Whether the caller may do this with the thing (or with anything, where none is named)."""
    return rights_of(user).allow(permission, thing)


def require(by: User, permission: Permission, thing: Any = None) -> None:
    """Raise `Refused` unless the caller may do this with the thing; the record then names for whom the caller stands in."""
    rights = rights_of(by)
    if not rights.allow(permission, thing):
        raise Refused(permission, thing)
    by.instead_of_id = rights.instead_of(permission, thing)


def demand_own_right(by: User, permission: Permission, thing: Any = None) -> None:
    """Raise where `require` let somebody through as a deputy: whoever is away named the deputy alone, so two would be one."""
    if by.instead_of_id:
        detail = _("A deputy neither asks for this nor confirms it; whoever manages people there does.")
        raise Refused(permission, thing, code="second_person", detail=detail)


def scoped(user: User | AnonymousUser, permission: Permission, columns: Columns) -> Q:
    """The condition that limits a list to what the permission opens."""
    return rights_of(user).condition(permission, columns)


def open_to_members(user: User | AnonymousUser, rows: Rows) -> Rows:
    """Reference lists (places, organisations, published templates): open to whoever has any right today, else empty."""
    return rows if rights_of(user).scopes else rows.none()


_TABLES: dict[type, Any] = {Organisation: OrganisationGrant, Place: PlaceGrant, Dataset: DatasetGrant}


def _grant(group: Group, thing: Organisation | Place | Dataset, permissions: Iterable[Permission], valid: Any) -> None:
    """Write the rows of some permissions of a group at one anchor, once."""
    table = _TABLES[type(thing)]
    rows = _permission_rows(type(thing), permissions)
    fresh = [table(group=group, permission_id=row, content_object=thing, valid=valid) for row in rows]
    table.objects.bulk_create(fresh, ignore_conflicts=True)


def _permission_rows(anchor: type[Organisation | Place | Dataset], permissions: Iterable[Permission]) -> list[int]:
    """The ids of some permissions at a kind of anchor."""
    known = _known_permissions(anchor)
    return [known[one.value] for one in permissions if one.value in known]


@cache
def _known_permissions(anchor: type[Organisation | Place | Dataset]) -> dict[str, int]:
    """The ids of all permissions at a kind of anchor: migrations alone make them, so that a process reads them once."""
    rows = PermissionRow.objects.filter(content_type=ContentType.objects.get_for_model(anchor))
    return dict(rows.values_list("codename", "pk"))


def open_role(organisation: Organisation, role: Role, *, since: datetime.date | None = None) -> RoleGroup:
    """The group of a role in an organisation with the grants that `roles.py` names, made or brought up to date."""
    name = f"{organisation.code}:{role.value}"
    held, new = RoleGroup.objects.get_or_create(
        organisation=organisation, role=role, defaults={"group": Group.objects.get_or_create(name=name)[0]}
    )
    valid = lasting(since)
    for table in () if new else _TABLES.values():
        table.objects.filter(group=held.group, source="membership").delete()
    for anchor, permissions in ROLES[role].permits.items():
        for thing in _anchors(anchor, organisation):
            _grant(held.group, thing, permissions, valid)
    for agreement in _received_by(organisation):
        _grant_by(agreement, held.group)
    return held


@unwalled
def _received_by(organisation: Organisation) -> list[SharingAgreement]:
    """The agreements that give an organisation something, whoever opens a role in it."""
    return list(SharingAgreement.objects.accepted().filter(recipient=organisation))


def open_agreement(agreement: SharingAgreement) -> None:
    """Let every role of the recipient read what an accepted agreement gives; later roles get it when they are opened."""
    for held in RoleGroup.objects.filter(organisation=agreement.recipient_id).select_related("group"):
        _grant_by(agreement, held.group)


def _grant_by(agreement: SharingAgreement, group: Group) -> None:
    """Write the rows that a group has from an agreement, once."""
    rows = _permission_rows(Dataset, PERMITS[SharingLevel(agreement.level)])
    given = {"source": GrantSource.AGREEMENT, "agreement": agreement, "valid": agreement.valid}
    to = {"group": group, "content_object_id": agreement.dataset_id}
    fresh = [DatasetGrant(permission_id=row, **to, **given) for row in rows]
    DatasetGrant.objects.bulk_create(fresh, ignore_conflicts=True)


def _anchors(anchor: Anchor, organisation: Organisation) -> "list[Organisation | Place | Dataset]":
    """The things that a role's permissions are tied to in an organisation."""
    if anchor is Anchor.OWN:
        return [organisation]
    if anchor is Anchor.COUNTRY:
        return [*Place.objects.filter(level=0)]
    return [*Dataset.objects.filter(custodian=organisation)]
