"""Roles are code: an enum of permissions, and per role a name, a sentence and its permissions, readable in a diff."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Permission(StrEnum):
    """What can be permitted; the values are the code names of guardian's rows."""

    VIEW_FACILITIES = "view_facility_register"
    VIEW_SUBDISTRICTS = "view_facility_subdistricts"
    MANAGE_FACILITIES = "manage_facility_register"
    PROPOSE_FACILITIES = "propose_facility_changes"
    # Reading what was granted asks for the second step by itself, of everybody (`views/position_grants.py`).
    KEEP_POSITIONS = "keep_exact_positions"
    READ_POSITIONS = "read_granted_positions"
    APPROVE_POSITIONS = "approve_position_grants"
    VIEW_REPORTS = "view_reports"
    SUBMIT_REPORTS = "submit_reports"
    REVIEW_REPORTS = "review_reports"
    FOLLOW_UP_REPORTS = "follow_up_reports"
    ARBITRATE_REPORTS = "arbitrate_double_reports"
    VIEW_FIGURES = "view_figures"
    VIEW_FACILITY_FIGURES = "view_facility_figures"
    VIEW_EDITIONS = "view_editions"
    PUBLISH_EDITIONS = "publish_editions"
    SIGN_BULLETINS = "sign_bulletins"
    RUN_CONSOLIDATION = "run_consolidation"
    KEEP_POPULATIONS = "keep_populations"
    MANAGE_TEMPLATES = "manage_templates"
    MANAGE_PEOPLE = "manage_people"
    SEAL_DIRECTORATES = "seal_directorates"
    VIEW_RECORD = "view_record"
    MANAGE_ORGANISATIONS = "manage_organisations"
    HAND_OVER_PLACES = "hand_over_places"
    AGREE_ON_SHARING = "agree_on_sharing"
    VIEW_POLICIES = "view_policies"
    MANAGE_POLICIES = "manage_policies"
    COMMENT_ON_POLICIES = "comment_on_policies"
    VOTE_ON_POLICIES = "vote_on_policies"
    ACKNOWLEDGE_POLICIES = "acknowledge_policies"
    CLAIM_MANDATES = "claim_mandates"
    KEEP_MANDATES = "keep_mandates"
    MAKE_AGREEMENTS = "make_agreements"
    KEEP_AGREEMENTS = "keep_agreements"
    VIEW_MEETINGS = "view_meetings"
    MANAGE_MEETINGS = "manage_meetings"


LABELS: dict[Permission, Promise] = {
    Permission.VIEW_FACILITIES: _("see the facility register"),
    Permission.VIEW_SUBDISTRICTS: _("see in which sub-district a facility lies"),
    Permission.MANAGE_FACILITIES: _("keep the facility register"),
    Permission.PROPOSE_FACILITIES: _("propose changes to the facility register"),
    Permission.KEEP_POSITIONS: _("enter exact locations of facilities"),
    Permission.READ_POSITIONS: _("ask for exact locations and read those that were granted"),
    Permission.APPROVE_POSITIONS: _("approve that exact locations are read"),
    Permission.VIEW_REPORTS: _("read reports"),
    Permission.SUBMIT_REPORTS: _("fill and send reports"),
    Permission.REVIEW_REPORTS: _("review reports"),
    Permission.FOLLOW_UP_REPORTS: _("ask about single values of reports, and settle what was asked"),
    Permission.ARBITRATE_REPORTS: _(
        "decide double reports where a directorate named one's organisation as the arbiter"
    ),
    Permission.VIEW_FIGURES: _("see consolidated figures"),
    Permission.VIEW_FACILITY_FIGURES: _("see what single facilities give to a figure"),
    Permission.VIEW_EDITIONS: _("see published editions of figures"),
    Permission.PUBLISH_EDITIONS: _("publish editions of figures"),
    Permission.SIGN_BULLETINS: _("sign bulletins for one's organisation"),
    Permission.RUN_CONSOLIDATION: _("run consolidation"),
    Permission.KEEP_POPULATIONS: _("enter how many people live where"),
    Permission.MANAGE_TEMPLATES: _("manage report templates"),
    Permission.MANAGE_PEOPLE: _("manage people and roles"),
    Permission.SEAL_DIRECTORATES: _("seal directorates in danger, and lift their seals"),
    Permission.VIEW_RECORD: _("read the record of one's organisation"),
    Permission.MANAGE_ORGANISATIONS: _("found organisations, invite their first people, keep places and jurisdictions"),
    Permission.HAND_OVER_PLACES: _("hand places over to another directorate, and take over those that are offered"),
    Permission.AGREE_ON_SHARING: _("agree for one's organisation on who reads which data"),
    Permission.VIEW_POLICIES: _("read adopted policies"),
    Permission.MANAGE_POLICIES: _("draft policies, consult on them, open ballots and say from when they hold"),
    Permission.COMMENT_ON_POLICIES: _("comment on policies and raise concerns for one's organisation"),
    Permission.VOTE_ON_POLICIES: _("vote on policies for one's organisation"),
    Permission.ACKNOWLEDGE_POLICIES: _("acknowledge policies for one's organisation"),
    Permission.CLAIM_MANDATES: _("state which functions one's organisation leads, and where"),
    Permission.KEEP_MANDATES: _("keep who leads which function, and enter what was decided in disputes"),
    Permission.MAKE_AGREEMENTS: _("draft, sign and leave agreements for one's organisation, and keep its obligations"),
    Permission.KEEP_AGREEMENTS: _("draft agreements of others for the body, and enter those that were signed on paper"),
    Permission.VIEW_MEETINGS: _("see the meetings to which one's organisation is invited"),
    Permission.MANAGE_MEETINGS: _("call meetings, keep their minutes, decisions and action items"),
}


# What a key of the API keeps that may only read, or read and report.
TO_READ = frozenset(
    {
        Permission.VIEW_FACILITIES,
        Permission.VIEW_SUBDISTRICTS,
        Permission.VIEW_REPORTS,
        Permission.VIEW_FIGURES,
        Permission.VIEW_FACILITY_FIGURES,
        Permission.VIEW_EDITIONS,
        Permission.VIEW_POLICIES,
        Permission.VIEW_MEETINGS,
    }
)
TO_REPORT = TO_READ | {Permission.SUBMIT_REPORTS}

# Whoever holds one of these approves, administers or sees what is sensitive, and signs in with a second factor. So does
# whoever reads the reports of others than the own organisation (`second_factor.py`).
NEED_SECOND_FACTOR = frozenset(
    {
        Permission.REVIEW_REPORTS,
        Permission.ARBITRATE_REPORTS,
        Permission.RUN_CONSOLIDATION,
        Permission.MANAGE_FACILITIES,
        Permission.MANAGE_TEMPLATES,
        Permission.MANAGE_PEOPLE,
        Permission.SEAL_DIRECTORATES,
        Permission.MANAGE_ORGANISATIONS,
        Permission.HAND_OVER_PLACES,
        Permission.KEEP_POSITIONS,
        Permission.APPROVE_POSITIONS,
        Permission.AGREE_ON_SHARING,
        Permission.PUBLISH_EDITIONS,
        Permission.SIGN_BULLETINS,
        Permission.MANAGE_POLICIES,
        Permission.VOTE_ON_POLICIES,
        Permission.CLAIM_MANDATES,
        Permission.KEEP_MANDATES,
        Permission.MAKE_AGREEMENTS,
        Permission.KEEP_AGREEMENTS,
        Permission.MANAGE_MEETINGS,
    }
)


class Anchor(StrEnum):
    """What a grant is tied to when a role is given in an organisation."""

    OWN = "own"  # the organisation itself: what it reports, or what it is competent for
    COUNTRY = "country"  # every place
    DATASETS = "datasets"  # every dataset in the organisation's custody


def anchor_permissions() -> list[tuple[str, Any]]:
    """The permissions as Django's `Meta.permissions` wants them, for a model that grants are tied to."""
    return [(permission.value, permission.name.replace("_", " ").capitalize()) for permission in Permission]


class Role(models.TextChoices):
    """The functions that a person can have in an organisation."""

    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")
    POLICY_MANAGER = "policy_manager", pgettext_lazy("role", "Policy manager")
    DATA_MANAGER = "data_manager", pgettext_lazy("role", "Data manager")
    DIRECTOR = "director", pgettext_lazy("role", "Director")
    DATA_OFFICER = "data_officer", pgettext_lazy("role", "Data officer")
    NGO_COORDINATOR = "ngo_coordinator", pgettext_lazy("role", "NGO coordinator")
    ORGANISATION_ADMINISTRATOR = "organisation_administrator", pgettext_lazy("role", "Organisation administrator")
    FACILITY_REPORTER = "facility_reporter", pgettext_lazy("role", "Facility reporter")
    SURVEILLANCE_OFFICER = "surveillance_officer", pgettext_lazy("role", "Surveillance officer")
    OBSERVER = "observer", pgettext_lazy("role", "Observer")
    DONOR = "donor", pgettext_lazy("role", "Donor")


@dataclass(frozen=True)
class RoleRights:
    """What a role is for, in a sentence, and what it permits at which anchor."""

    sentence: Promise
    kinds: frozenset[str]
    permits: dict[Anchor, frozenset[Permission]]


_EVERY_KIND = frozenset(
    {"directorate", "body", "ngo", "ministry", "surveillance", "cluster", "donor", "medical_office"}
)
# Whoever has no part in reports reads what was published, small numbers hidden; figures of now are for those who work
# with reports, or by agreement. So is the sub-district of a facility: others read its district (`facilities/models/precision.py`).
_READ_PUBLISHED = frozenset({Permission.VIEW_EDITIONS, Permission.VIEW_FACILITIES, Permission.VIEW_POLICIES})
_READ_TOTALS = _READ_PUBLISHED | {Permission.VIEW_FIGURES, Permission.VIEW_SUBDISTRICTS}
# Those who work with facilities see what is proposed about them, everywhere; which changes an NGO may propose where is
# said in `facilities/models/proposals.py`.
_WORK_WITH_FACILITIES = _READ_TOTALS | {Permission.PROPOSE_FACILITIES}
# Whoever speaks for an organisation where all of them agree on something.
_SPEAKS = frozenset(
    {
        Permission.COMMENT_ON_POLICIES,
        Permission.ACKNOWLEDGE_POLICIES,
        Permission.VIEW_MEETINGS,
        Permission.CLAIM_MANDATES,
        Permission.MAKE_AGREEMENTS,
        Permission.MANAGE_MEETINGS,
    }
)
_TAKES_PART = frozenset({Permission.COMMENT_ON_POLICIES, Permission.ACKNOWLEDGE_POLICIES, Permission.VIEW_MEETINGS})
_LISTENS = frozenset({Permission.VIEW_MEETINGS})

ROLES: dict[Role, RoleRights] = {
    Role.ADMINISTRATOR: RoleRights(
        _("Manages the body's people, founds organisations, keeps places, jurisdictions and report templates."),
        frozenset({"body"}),
        {
            Anchor.OWN: frozenset(
                {
                    Permission.MANAGE_TEMPLATES,
                    Permission.KEEP_POPULATIONS,
                    Permission.MANAGE_ORGANISATIONS,
                    Permission.MANAGE_PEOPLE,
                    Permission.SEAL_DIRECTORATES,
                    Permission.VIEW_RECORD,
                    Permission.AGREE_ON_SHARING,
                    Permission.MANAGE_POLICIES,
                    Permission.KEEP_MANDATES,
                    # The body is a party like any other, by its administrator.
                    Permission.MAKE_AGREEMENTS,
                    Permission.KEEP_AGREEMENTS,
                    Permission.MANAGE_MEETINGS,
                }
            )
            | _LISTENS,
            # An administrator keeps the register, and neither enters nor reads where a facility stands: approving is all.
            Anchor.COUNTRY: _WORK_WITH_FACILITIES | {Permission.MANAGE_FACILITIES, Permission.APPROVE_POSITIONS},
        },
    ),
    Role.POLICY_MANAGER: RoleRights(
        _("Prepares shared policies and sees published figures."),
        frozenset({"body"}),
        {
            Anchor.OWN: _LISTENS
            | {
                Permission.MANAGE_POLICIES,
                Permission.KEEP_MANDATES,
                Permission.KEEP_AGREEMENTS,
                Permission.MANAGE_MEETINGS,
            },
            Anchor.COUNTRY: _READ_PUBLISHED,
        },
    ),
    Role.DATA_MANAGER: RoleRights(
        _("Sees all reports, runs consolidation, and reviews where no directorate is competent."),
        frozenset({"body"}),
        {
            # What the body reviews it sees, also where the data are read by agreement only.
            Anchor.OWN: frozenset(
                {
                    Permission.VIEW_REPORTS,
                    Permission.REVIEW_REPORTS,
                    Permission.FOLLOW_UP_REPORTS,
                    Permission.ARBITRATE_REPORTS,
                    Permission.RUN_CONSOLIDATION,
                    Permission.KEEP_POPULATIONS,
                    Permission.SIGN_BULLETINS,
                    Permission.VIEW_RECORD,
                }
            )
            | _LISTENS,
            Anchor.DATASETS: frozenset(
                {Permission.VIEW_FIGURES, Permission.VIEW_EDITIONS, Permission.PUBLISH_EDITIONS}
            ),
            Anchor.COUNTRY: _WORK_WITH_FACILITIES
            | {Permission.VIEW_REPORTS, Permission.FOLLOW_UP_REPORTS, Permission.READ_POSITIONS},
        },
    ),
    Role.DIRECTOR: RoleRights(
        _("Sees everything of the directorate: reports, facilities, figures."),
        frozenset({"directorate"}),
        {
            Anchor.OWN: frozenset(
                {
                    Permission.VIEW_REPORTS,
                    Permission.ARBITRATE_REPORTS,
                    Permission.SIGN_BULLETINS,
                    Permission.MANAGE_FACILITIES,
                    Permission.MANAGE_PEOPLE,
                    Permission.SEAL_DIRECTORATES,
                    Permission.HAND_OVER_PLACES,
                    Permission.VIEW_RECORD,
                    Permission.KEEP_POSITIONS,
                    Permission.APPROVE_POSITIONS,
                    Permission.AGREE_ON_SHARING,
                    Permission.VOTE_ON_POLICIES,
                }
            )
            | _SPEAKS,
            Anchor.COUNTRY: _WORK_WITH_FACILITIES | {Permission.READ_POSITIONS},
        },
    ),
    Role.DATA_OFFICER: RoleRights(
        _(
            "Reviews the reports of the directorate's facilities, reports for them where no NGO does, keeps their register."
        ),
        frozenset({"directorate"}),
        {
            Anchor.OWN: frozenset(
                {
                    Permission.VIEW_REPORTS,
                    Permission.REVIEW_REPORTS,
                    Permission.FOLLOW_UP_REPORTS,
                    Permission.SUBMIT_REPORTS,
                    Permission.MANAGE_FACILITIES,
                    Permission.KEEP_POSITIONS,
                }
            )
            | _LISTENS,
            Anchor.COUNTRY: _WORK_WITH_FACILITIES | {Permission.READ_POSITIONS},
        },
    ),
    Role.NGO_COORDINATOR: RoleRights(
        _("Fills and sends the reports of the facilities that the organisation supports."),
        frozenset({"ngo"}),
        {
            Anchor.OWN: _TAKES_PART | {Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS, Permission.VIEW_RECORD},
            Anchor.COUNTRY: _WORK_WITH_FACILITIES | {Permission.READ_POSITIONS},
        },
    ),
    # The body has its administrator. Sealing stays with directors and the body: it is no matter of accounts.
    Role.ORGANISATION_ADMINISTRATOR: RoleRights(
        _("Manages the organisation's people and their roles, agrees on sharing, reads its record."),
        _EVERY_KIND - {"body"},
        {
            Anchor.OWN: _SPEAKS
            | {
                Permission.MANAGE_PEOPLE,
                Permission.VIEW_RECORD,
                Permission.AGREE_ON_SHARING,
                Permission.ARBITRATE_REPORTS,
            },
            Anchor.COUNTRY: _READ_PUBLISHED,
        },
    ),
    # Meant to be given in some places: whoever reports for a facility there, and keeps neither register nor people.
    Role.FACILITY_REPORTER: RoleRights(
        _("Fills and sends the reports of the facilities in the places that the role is given for."),
        frozenset({"directorate", "ngo"}),
        {
            Anchor.OWN: frozenset({Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS}),
            Anchor.COUNTRY: _READ_TOTALS,
        },
    ),
    Role.SURVEILLANCE_OFFICER: RoleRights(
        _("Sees the reports of the datasets in the organisation's custody."),
        frozenset({"surveillance"}),
        {
            Anchor.OWN: _SPEAKS
            | {
                Permission.VIEW_RECORD,
                Permission.AGREE_ON_SHARING,
                Permission.ARBITRATE_REPORTS,
                Permission.SIGN_BULLETINS,
            },
            Anchor.DATASETS: frozenset(
                {
                    Permission.VIEW_REPORTS,
                    Permission.FOLLOW_UP_REPORTS,
                    Permission.VIEW_FIGURES,
                    Permission.VIEW_FACILITY_FIGURES,
                    Permission.VIEW_EDITIONS,
                    Permission.PUBLISH_EDITIONS,
                }
            ),
            # Where cases were seen is told by the sub-district.
            Anchor.COUNTRY: _READ_PUBLISHED | {Permission.VIEW_SUBDISTRICTS},
        },
    ),
    Role.OBSERVER: RoleRights(
        _("Sees published figures and the facility register."),
        _EVERY_KIND,
        {Anchor.COUNTRY: _READ_PUBLISHED},
    ),
    Role.DONOR: RoleRights(
        _("Sees published figures."),
        frozenset({"donor"}),
        {Anchor.COUNTRY: frozenset({Permission.VIEW_EDITIONS, Permission.VIEW_POLICIES})},
    ),
}


def asks_for_second_factor(permission: Permission, *, own: bool) -> bool:
    """Whether something that is permitted in the own organisation, or beyond it, needs a second factor."""
    return permission in NEED_SECOND_FACTOR or (permission is Permission.VIEW_REPORTS and not own)


def needs_second_step(role: Role) -> bool:
    """Whether a role permits something that needs a second factor."""
    permits = ROLES[role].permits.items()
    return any(asks_for_second_factor(one, own=anchor is Anchor.OWN) for anchor, held in permits for one in held)


# The roles with sensitive rights: one person gives them, a second confirms.
GIVEN_BY_TWO = frozenset(role for role in Role if needs_second_step(role))
