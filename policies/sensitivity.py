"""How sensitive each field of policies is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, _SEVERE = Sensitivity

LED = "who leads what, and what is disputed about it, is told to everybody with a role"
AGREED = "what was agreed on is for everybody; drafts are kept apart by `visible_to` and by the wall"
TOLD_OF_FORCE = "what organisations agreed on is for everybody once it is in force; before, for its parties and the body, by the wall"
STAYS = "a concern stays with the policy, for whoever reads it"
OWN = "for the organisation that notes it and those who keep the policy"
WHO = "who did it"
SHOWN = "the unified logo and stationery are made to be shown"
KEPT = (
    kept("policies.Policy", said(OPEN, "id code kind name_ar name_en owner place search", AGREED)),
    kept(
        "policies.PolicyVersion",
        said(
            OPEN,
            "id policy number valid adopted basis ballot withdrawn_why called_off begun edition changed fixed given_up told digest",
            AGREED,
        ),
        said(RESTRICTED, "changed_by", "who writes it"),
        walled=True,
    ),
    kept(
        "policies.PolicySection",
        said(OPEN, "id version anchor order heading_ar heading_en text_ar text_en", AGREED),
        walled=True,
    ),
    kept(
        "policies.Mandate",
        said(
            OPEN, "id function place organisation valid basis came called_off claimed ended_why stated stated_as", LED
        ),
        said(RESTRICTED, "stated_by", "who entered it"),
        walled=True,
    ),
    kept("policies.MandateLimit", said(OPEN, "id mandate place since dispute", LED), walled=True),
    kept(
        "policies.MandateDispute",
        said(OPEN, "id function place first second state decided_for opened", LED),
        walled=True,
    ),
    kept(
        "policies.DisputeEvent",
        said(OPEN, "id dispute kind text for_whom basis day acting at", LED),
        said(RESTRICTED, "by", "who wrote it"),
        walled=True,
    ),
    kept(
        "policies.Agreement",
        said(
            OPEN,
            "id kind name_ar name_en summary_ar summary_en keeper rule since until recorded begun opened agreed valid given_up "
            "called_off ended_why search",
            TOLD_OF_FORCE,
        ),
        walled=True,
    ),
    kept(
        "policies.Party",
        said(OPEN, "id agreement organisation named valid declined objected why", TOLD_OF_FORCE),
        walled=True,
    ),
    kept(
        "policies.Signature",
        said(OPEN, "id party day capacity paper evidence acting at", TOLD_OF_FORCE),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.AgreementText",
        said(
            OPEN,
            "id agreement number kind keeper begun_with why until opened valid given_up edition changed",
            TOLD_OF_FORCE,
        ),
        said(RESTRICTED, "changed_by", "who writes it"),
        walled=True,
    ),
    kept(
        "policies.Article",
        said(OPEN, "id text anchor order heading_ar heading_en text_ar text_en", TOLD_OF_FORCE),
        walled=True,
    ),
    kept(
        "policies.Consent",
        said(OPEN, "id text organisation at", TOLD_OF_FORCE),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.AgreementEvent",
        said(OPEN, "id agreement what proposal organisation day text acting at", TOLD_OF_FORCE),
        said(RESTRICTED, "by", WHO),
        walled=True,
    ),
    kept(
        "policies.Obligation",
        said(OPEN, "id agreement organisation text_ar text_en due at", TOLD_OF_FORCE),
        said(RESTRICTED, "by", "who wrote it"),
        walled=True,
    ),
    kept(
        "policies.ObligationEvent",
        said(OPEN, "id obligation state evidence acting at", TOLD_OF_FORCE),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.PolicyInvitation",
        said(INTERNAL, "id version organisation asked at", "who was asked is told to those who were"),
    ),
    kept(
        "policies.Consultation",
        said(OPEN, "id version valid question opened_at", AGREED),
        said(RESTRICTED, "opened_by", WHO),
        walled=True,
    ),
    kept(
        "policies.PolicyComment",
        said(INTERNAL, "id version section organisation text at key", "for those who were asked"),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.Concern",
        said(OPEN, "id version section organisation about seriousness proposal at key", STAYS),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.ConcernEvent",
        said(OPEN, "id concern state changes text organisation at", STAYS),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.Ballot",
        said(OPEN, "id version majority quorum opened closes closed outcome called_off_why", AGREED),
        said(RESTRICTED, "opened_by", WHO),
        walled=True,
    ),
    kept("policies.Elector", said(OPEN, "id ballot organisation left_out", AGREED)),
    kept(
        "policies.Vote",
        said(OPEN, "id elector choice reservation at", "told of every organisation once the ballot is closed"),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.Acknowledgement",
        said(OPEN, "id version organisation facility since at", AGREED),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.PolicyPaper",
        said(OPEN, "id version name content_type content size digest acting at issuer reference dated", AGREED),
        said(RESTRICTED, "by", WHO),
        walled=True,
    ),
    kept(
        "policies.PolicyPicture",
        said(
            OPEN,
            "id version number name content_type content size digest width height words_ar words_en acting at",
            AGREED,
        ),
        said(RESTRICTED, "by", WHO),
        walled=True,
    ),
    kept(
        "policies.ComplianceNote",
        said(INTERNAL, "id version organisation extent text at", OWN),
        said(RESTRICTED, "by instead_of", WHO),
        walled=True,
    ),
    kept(
        "policies.Evidence",
        said(INTERNAL, "id about name content_type content size digest acting at", OWN),
        said(RESTRICTED, "by", WHO),
        walled=True,
    ),
    kept(
        "policies.PolicyReview",
        said(OPEN, "id version due planned_at done outcome", AGREED),
        said(RESTRICTED, "planned_by done_by", WHO),
        walled=True,
    ),
    kept(
        "policies.BodyMember",
        said(OPEN, "id directorate valid basis left_why called_off dissolved at", AGREED),
        said(RESTRICTED, "by", WHO),
        walled=True,
    ),
    kept(
        "policies.BrandVersion",
        said(
            OPEN,
            "id valid name_ar name_en kind code number rules_ar rules_en basis rests_on owner withdrawn_why called_off at",
            SHOWN,
        ),
        said(RESTRICTED, "by", "who entered it"),
        walled=True,
    ),
    kept("policies.BrandFile", said(OPEN, "id version format content size digest", SHOWN), walled=True),
)
