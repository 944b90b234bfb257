"""The nouns of the bottom floor, a file each."""

from directorates.foundation.models import Job, Notice, NoticeChoice, OutboxMessage
from directorates.models.audit import AuditEvent
from directorates.models.chain import ChainLink, LinkedEvent, RecordWitness, SentHead
from directorates.models.control import ControlStatement
from directorates.models.datasets import Dataset
from directorates.models.deputies import Deputyship
from directorates.models.factor_resets import FactorReset
from directorates.models.feeds import FeedKey
from directorates.models.grants import DatasetGrant, OrganisationGrant, PlaceGrant, RoleGroup
from directorates.models.handovers import Handover, HandoverPart
from directorates.models.jurisdictions import Jurisdiction, JurisdictionDecision
from directorates.models.organisations import Organisation, OrganisationName, OrganisationStatusChange
from directorates.models.people import AccessToken, Invitation, Membership, User
from directorates.models.place_changes import PlaceChange, PlaceSuccession
from directorates.models.place_names import PlaceName
from directorates.models.places import Place
from directorates.models.seals import DirectorateSeal
from directorates.models.sharing import SharingAgreement

__all__ = [
    "AccessToken",
    "AuditEvent",
    "ChainLink",
    "ControlStatement",
    "Dataset",
    "DatasetGrant",
    "Deputyship",
    "DirectorateSeal",
    "FactorReset",
    "FeedKey",
    "Handover",
    "HandoverPart",
    "Invitation",
    "Job",
    "Jurisdiction",
    "JurisdictionDecision",
    "LinkedEvent",
    "Membership",
    "Notice",
    "NoticeChoice",
    "Organisation",
    "OrganisationGrant",
    "OrganisationName",
    "OrganisationStatusChange",
    "OutboxMessage",
    "Place",
    "PlaceChange",
    "PlaceGrant",
    "PlaceName",
    "PlaceSuccession",
    "RecordWitness",
    "RoleGroup",
    "SentHead",
    "SharingAgreement",
    "User",
]
