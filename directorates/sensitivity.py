"""How sensitive each field of the bottom floor is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, SEVERE = Sensitivity

CHECKED = "told to everybody with a role, after it was checked for locations"
RIGHTS = "rights are resolved from it, before anything is seen"
UNUSED = "a library's table, and always empty: roles are memberships"
KEPT = (
    kept(
        "directorates.OutboxMessage",
        said(INTERNAL, "id task at", "which work waits"),
        said(RESTRICTED, "arguments", "ids of people and reports"),
        open_to_code="every deed writes it, a visitor's too; ids alone, gone within seconds",
    ),
    kept(
        "directorates.StoredFile",
        said(INTERNAL, "id content_type size at expires", "what kind of file lies here, and until when"),
        said(RESTRICTED, "name content digest by acting", "files hold whole lists and filled workbooks of somebody's"),
        walled=True,
    ),
    kept(
        "directorates.Job",
        said(INTERNAL, "id kind state language asked started finished attempts", "which work was done"),
        said(RESTRICTED, "arguments by acting result file", "who asked for what, and what came of it"),
        walled=True,
    ),
    kept(
        "directorates.Notice",
        said(INTERNAL, "id kind at read posted tries", "that something was told"),
        said(RESTRICTED, "person key values url", "what one person was told; it quotes reasons and notes"),
        walled=True,
    ),
    kept(
        "directorates.NoticeChoice",
        said(INTERNAL, "id kind pace", "how often people are told of something"),
        said(RESTRICTED, "person", "who chose it"),
        walled=True,
    ),
    kept(
        "directorates.Organisation",
        said(OPEN, "id name_ar name_en code kind short_ar short_en", "bodies are public"),
        said(INTERNAL, "status", "a suspension is told to those who work here"),
    ),
    kept(
        "directorates.OrganisationName",
        said(OPEN, "id name_ar name_en valid organisation short_ar short_en", "names that bodies bore in public"),
    ),
    kept(
        "directorates.OrganisationStatusChange",
        said(INTERNAL, "id organisation status since at", "a suspension is told to those who work here"),
        said(RESTRICTED, "reason by", "why a body was suspended, and who did it"),
        walled=True,
    ),
    kept(
        "directorates.Place",
        said(OPEN, "id name_ar name_en code level parent path other_names search", "the published list of P-codes"),
        said(OPEN, "former_names began ended", "what places were called, and when there were which"),
    ),
    kept(
        "directorates.PlaceChange",
        said(
            OPEN,
            "id kind place first former_ar former_en later_ar later_en",
            "what happened to places, as lists publish it",
        ),
        said(INTERNAL, "source at decided_as", "where it is written and who decided it"),
        said(RESTRICTED, "reason", "why, in free text; who did it is in the record"),
        open_to_code=CHECKED,
    ),
    kept("directorates.PlaceName", said(OPEN, "id name_ar name_en valid place", "what places were called, and when")),
    kept("directorates.PlaceSuccession", said(OPEN, "id change former later day", "which place follows which")),
    kept("directorates.User_groups", said(RESTRICTED, "id user group", "roles of a person"), open_to_code=UNUSED),
    kept(
        "directorates.User_user_permissions",
        said(RESTRICTED, "id user permission", "rights of a person"),
        open_to_code=UNUSED,
    ),
    kept(
        "directorates.User",
        said(INTERNAL, "id language zone", "says nothing of a person alone"),
        said(
            RESTRICTED,
            "last_login is_superuser email name is_active is_staff created sessions_ended",
            "who works in health care in Syria: a name or an e-mail can be a danger to its bearer",
        ),
        said(SEVERE, "password", "opens the account, once broken"),
        walled=True,
    ),
    kept(
        "directorates.Membership_places",
        said(RESTRICTED, "id membership place", "where a person works"),
        open_to_code=RIGHTS,
    ),
    kept(
        "directorates.Membership",
        said(RESTRICTED, "id valid person organisation role", "where a person works"),
        open_to_code=RIGHTS,
    ),
    kept(
        "directorates.Invitation",
        said(
            RESTRICTED,
            "id email person organisation role since by at confirmed_by confirmed_at expires accepted_at ended_at",
            "who is asked to work where, and which two people gave a role",
        ),
        said(SEVERE, "secret_hash", "what the link of an invitation is checked by"),
        walled=True,
    ),
    kept(
        "directorates.AccessToken",
        said(RESTRICTED, "created expiry user name organisation scope used_at with_factor", "whose programs come in"),
        said(SEVERE, "digest token_key", "what a key is checked by, and its first characters"),
        open_to_code="read to learn whose request it is",
    ),
    kept(
        "directorates.AuditEvent",
        said(INTERNAL, "id at transaction what kind refused way", "that something happened"),
        said(RESTRICTED, "by acting concerns thing details address", "who did what to which thing, from where"),
        open_to_code="every deed and refusal writes it, a visitor's too; nothing but lists limits reading",
    ),
    kept("directorates.ControlStatement", said(INTERNAL, "id valid place holder source", "said by published sources")),
    kept(
        "directorates.Dataset",
        said(OPEN, "id name_ar name_en code custodian by_agreement", "which data there are, and whose"),
    ),
    kept(
        "directorates.SharingAgreement",
        said(
            INTERNAL, "id valid dataset custodian recipient level offered accepted ended", "who reads what by agreement"
        ),
        said(
            RESTRICTED,
            "purpose offered_by accepted_by ended_by ended_as ended_why",
            "what two bodies said to each other",
        ),
        walled=True,
    ),
    kept(
        "directorates.SharingAgreement_places",
        said(INTERNAL, "id sharingagreement place", "where an agreement holds"),
    ),
    kept(
        "directorates.Deputyship",
        said(
            RESTRICTED,
            "id valid membership deputy by at ended by_two confirmed_by confirmed_at",
            "who stands in for whom",
        ),
        open_to_code=RIGHTS,
    ),
    kept("directorates.RoleGroup", said(INTERNAL, "id organisation role group", "which roles a body has")),
    kept("directorates.OrganisationGrant", said(INTERNAL, "id valid permission group source content_object", "rights")),
    kept("directorates.PlaceGrant", said(INTERNAL, "id valid permission group source content_object", "rights")),
    kept(
        "directorates.DatasetGrant",
        said(INTERNAL, "id valid permission group source content_object agreement", "rights"),
    ),
    kept(
        "directorates.Invitation_places",
        said(RESTRICTED, "id invitation place", "where somebody is asked to work"),
        walled=True,
    ),
    kept(
        "directorates.ChainLink",
        said(INTERNAL, "number at count digest previous hash last_id next_transaction linked_to", "hashes, published"),
    ),
    kept("directorates.LinkedEvent", said(INTERNAL, "event link", "which entry stands in which link")),
    kept(
        "directorates.RecordWitness",
        said(INTERNAL, "id name organisation at ended", "who keeps the head of the record; shown to all who work here"),
        said(RESTRICTED, "email by", "where a witness is written to"),
        walled=True,
    ),
    kept("directorates.SentHead", said(INTERNAL, "id witness day link", "that a head was sent")),
    kept(
        "directorates.DirectorateSeal",
        said(INTERNAL, "id organisation asked since withdrawn lift_asked lifted", "that a directorate is sealed"),
        said(INTERNAL, "asked_as confirmed_as lift_asked_as lifted_as", "which bodies closed it and opened it"),
        said(RESTRICTED, "reason lift_reason asked_by confirmed_by lift_asked_by lifted_by", "who did it, and why"),
        open_to_code=RIGHTS,
    ),
    kept(
        "directorates.FactorReset",
        said(INTERNAL, "id at decided_at confirmed", "that a second step was reset"),
        said(RESTRICTED, "person by decided_by reason", "whose account stood open for a while, and who let it"),
        walled=True,
    ),
    kept(
        "directorates.FeedKey",
        said(INTERNAL, "id language made used", "that somebody reads a feed"),
        said(RESTRICTED, "person organisation", "whose program reads"),
        said(SEVERE, "secret_hash", "what the address of a feed is checked by"),
        open_to_code="read to learn whose request it is",
    ),
    kept(
        "directorates.Handover",
        said(INTERNAL, "id giver taker first offered offered_as answered withdrawn", "which places change hands"),
        said(RESTRICTED, "reason answer", "words of directorates in trouble; who said them is in the record alone"),
        open_to_code=CHECKED,
    ),
    kept("directorates.HandoverPart", said(INTERNAL, "id handover place taken decision", "which places change hands")),
    kept(
        "directorates.JurisdictionDecision",
        said(INTERNAL, "id valid organisation place basis", "who is competent where"),
    ),
    kept(
        "directorates.Jurisdiction",
        said(INTERNAL, "id valid decision organisation place", "who is competent where"),
    ),
)
