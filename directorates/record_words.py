"""The record in words: what each deed is called on pages and in files; a test finds a deed without words."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from directorates.models.audit import AuditEvent
from directorates.roles import LABELS, Permission

DEEDS: dict[str, Promise] = {
    "accept": pgettext_lazy("record", "accepted an invitation"),
    "accept_sharing": pgettext_lazy("record", "accepted a sharing agreement"),
    "active": pgettext_lazy("record", "let an organisation act again"),
    "add_factor": pgettext_lazy("record", "set up a second step"),
    "add_rule": pgettext_lazy("record", "added a rule"),
    "add_section": pgettext_lazy("record", "added a section"),
    "appeal_decision": pgettext_lazy("record", "appealed against a decision on a mandate"),
    "approve": pgettext_lazy("record", "approved"),
    "approve_positions": pgettext_lazy("record", "approved the reading of exact locations"),
    "arrange_interim": pgettext_lazy("record", "entered an interim arrangement in a dispute over a mandate"),
    "ask": pgettext_lazy("record", "added items"),
    "ask_factor_reset": pgettext_lazy("record", "asked to take a lost second step away"),
    "ask_for_positions": pgettext_lazy("record", "asked for exact locations"),
    "ask_seal": pgettext_lazy("record", "asked that a directorate be sealed"),
    "ask_unseal": pgettext_lazy("record", "asked that a seal be lifted"),
    "assign": pgettext_lazy("record", "had facilities report"),
    "attach": pgettext_lazy("record", "attached a file"),
    "begin_support": pgettext_lazy("record", "began support"),
    "change": pgettext_lazy("record", "changed"),
    "bring_into_force": pgettext_lazy("record", "brought a policy into force"),
    "change_rule": pgettext_lazy("record", "changed a rule"),
    "change_section": pgettext_lazy("record", "changed a section"),
    "change_status": pgettext_lazy("record", "changed the operating status"),
    "choose_letters": pgettext_lazy("record", "chose letters by e-mail, or none"),
    "claim": pgettext_lazy("record", "claimed"),
    "close_dataset": pgettext_lazy("record", "had data read by agreement only"),
    "confirm_deputy": pgettext_lazy("record", "confirmed a deputy as a second person"),
    "confirm_role": pgettext_lazy("record", "confirmed a role as a second person"),
    "decide": pgettext_lazy("record", "decided jurisdiction"),
    "decide_appeal": pgettext_lazy("record", "entered the outcome of an appeal in a dispute over a mandate"),
    "decide_dispute": pgettext_lazy("record", "entered a decision in a dispute over a mandate"),
    "describe": pgettext_lazy("record", "changed the description"),
    "discard": pgettext_lazy("record", "discarded a draft"),
    "dissolved": pgettext_lazy("record", "dissolved an organisation"),
    "do_again": pgettext_lazy("record", "had a job done again"),
    "download": pgettext_lazy("record", "downloaded a file"),
    "draft": pgettext_lazy("record", "began a new version"),
    "end": pgettext_lazy("record", "ended"),
    "end_assignments": pgettext_lazy("record", "let facilities report no more"),
    "end_deputyship": pgettext_lazy("record", "ended a deputyship"),
    "end_key": pgettext_lazy("record", "ended a key"),
    "end_mandate": pgettext_lazy("record", "ended a mandate"),
    "end_position_grant": pgettext_lazy("record", "ended a grant of exact locations"),
    "end_session": pgettext_lazy("record", "ended a session"),
    "end_sessions": pgettext_lazy("record", "ended other sessions"),
    "end_sharing": pgettext_lazy("record", "ended a sharing agreement"),
    "end_support": pgettext_lazy("record", "ended support"),
    "end_witness": pgettext_lazy("record", "ended a witness of the record"),
    "export": pgettext_lazy("record", "took a list along"),
    "extend": pgettext_lazy("record", "put off a due date"),
    "found": pgettext_lazy("record", "founded an organisation"),
    "give": pgettext_lazy("record", "gave a role"),
    "hand_over": pgettext_lazy("record", "handed over"),
    "import_package": pgettext_lazy("record", "imported a package"),
    "invite": pgettext_lazy("record", "invited"),
    "join": pgettext_lazy("record", "joined templates"),
    "keep_out": pgettext_lazy("record", "kept somebody from signing in"),
    "let_in": pgettext_lazy("record", "let somebody sign in again"),
    "load": pgettext_lazy("record", "loaded from a file"),
    "look": pgettext_lazy("record", "put a word on what stands out"),
    "make": pgettext_lazy("record", "made"),
    "make_key": pgettext_lazy("record", "made a key"),
    "merge": pgettext_lazy("record", "merged duplicates"),
    "move_item": pgettext_lazy("record", "moved an item"),
    "move_section": pgettext_lazy("record", "moved a section"),
    "move_to_competent": pgettext_lazy("record", "moved to the competent directorate"),
    "name": pgettext_lazy("record", "named in the other language"),
    "name_deputy": pgettext_lazy("record", "named a deputy"),
    "name_witness": pgettext_lazy("record", "named a witness of the record"),
    "offer_role": pgettext_lazy("record", "asked that a role be given"),
    "offer_sharing": pgettext_lazy("record", "offered to share data"),
    "open_attachment": pgettext_lazy("record", "opened a file that came with a report"),
    "open_dataset": pgettext_lazy("record", "had data read by every role that opens their places"),
    "open_dispute": pgettext_lazy("record", "opened a dispute over a mandate"),
    "open_held": pgettext_lazy("record", "opened a file that is held under review"),
    "proposal_approved": pgettext_lazy("record", "accepted a proposed change"),
    "proposal_overtaken": pgettext_lazy("record", "closed a proposal that was overtaken"),
    "proposal_refused": pgettext_lazy("record", "refused a proposed change"),
    "proposal_withdrawn": pgettext_lazy("record", "withdrew a proposed change"),
    "propose": pgettext_lazy("record", "proposed a change"),
    "publish": pgettext_lazy("record", "published"),
    "publish_edition": pgettext_lazy("record", "published an edition of figures"),
    "read": pgettext_lazy("record", "read"),
    "read_position": pgettext_lazy("record", "read an exact location"),
    "read_sources": pgettext_lazy("record", "read which reports a figure was counted from"),
    "rebuild_figures": pgettext_lazy("record", "had figures computed anew"),
    "receive_package": pgettext_lazy("record", "uploaded a package"),
    "refuse_attachment": pgettext_lazy("record", "refused a file that was held"),
    "refuse_factor_reset": pgettext_lazy("record", "refused to take a second step away"),
    "refuse_deputy": pgettext_lazy("record", "refused a deputy as a second person"),
    "refuse_role": pgettext_lazy("record", "refused or withdrew a role before it was confirmed"),
    "register": pgettext_lazy("record", "registered"),
    "release": pgettext_lazy("record", "released a claim"),
    "release_attachment": pgettext_lazy("record", "released a file that was held"),
    "remove_factor": pgettext_lazy("record", "took a second step away"),
    "remove_position": pgettext_lazy("record", "removed an exact location"),
    "remove_rule": pgettext_lazy("record", "took out a rule"),
    "remove_section": pgettext_lazy("record", "took out a section"),
    "rename": pgettext_lazy("record", "renamed"),
    "rename_section": pgettext_lazy("record", "renamed a section"),
    "renew_codes": pgettext_lazy("record", "made new recovery codes"),
    "reopen": pgettext_lazy("record", "reopened"),
    "require": pgettext_lazy("record", "made an item required, or not"),
    "reset_factor": pgettext_lazy("record", "took a lost second step away"),
    "retire": pgettext_lazy("record", "retired a template"),
    "rotate_position_key": pgettext_lazy("record", "encrypted exact locations anew"),
    "seal": pgettext_lazy("record", "sealed a directorate"),
    "sealed": pgettext_lazy("record", "was refused: the directorate is sealed"),
    "send_back": pgettext_lazy("record", "sent back"),
    "set_apart": pgettext_lazy("record", "set two facilities apart"),
    "set_password": pgettext_lazy("record", "set a password"),
    "sign_in": pgettext_lazy("record", "signed in"),
    "sign_out": pgettext_lazy("record", "signed out"),
    "start": pgettext_lazy("record", "began"),
    "state_control": pgettext_lazy("record", "stated who controls a place"),
    "state_mandate": pgettext_lazy("record", "stated a mandate"),
    "submit": pgettext_lazy("record", "sent"),
    "suspended": pgettext_lazy("record", "suspended an organisation"),
    "take_away": pgettext_lazy("record", "took a file away again"),
    "unask": pgettext_lazy("record", "took out an item"),
    "unseal": pgettext_lazy("record", "lifted the seal of a directorate"),
    "withdraw": pgettext_lazy("record", "withdrew an invitation"),
    "withdraw_policy": pgettext_lazy("record", "withdrew a policy"),
    "write_statement": pgettext_lazy("record", "stated a case in a dispute over a mandate"),
    "withdraw_seal": pgettext_lazy("record", "took back a request about a seal"),
}


def deed_of(event: AuditEvent) -> str:
    """What was done, or what right was missing for it."""
    if event.refused and event.what in LABELS:
        return _("was refused: %(deed)s") % {"deed": LABELS[Permission(event.what)]}
    return str(DEEDS.get(event.what, event.what))


def thing_of(event: AuditEvent) -> tuple[str, str]:
    """Which thing: the name of its kind, and its number or code."""
    if not event.kind:
        return "", ""
    try:
        kind = str(apps.get_model(event.kind)._meta.verbose_name)
    except LookupError:  # a kind that this version does not know any more
        kind = event.kind
    told = (event.details.get(key) for key in ("receipt", "facility", "template", "code", "listing"))
    return kind, next((str(value) for value in told if value), event.thing[:8])
