"""What people are told about: every kind of notice with its words; a test finds a notice without a kind."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Promise] = {
    "agreement": pgettext_lazy("notices", "Agreements and obligations"),
    "attachment": pgettext_lazy("notices", "Files that came with reports"),
    "bulletin": pgettext_lazy("notices", "Bulletins to be signed"),
    "consolidation": pgettext_lazy("notices", "Computing of figures"),
    "correction": pgettext_lazy("notices", "Corrections of reports"),
    "deputy": pgettext_lazy("notices", "Deputies"),
    "dispute": pgettext_lazy("notices", "Disputes over mandates"),
    "double_report": pgettext_lazy("notices", "Double reports"),
    "erratum": pgettext_lazy("notices", "Errata of published figures"),
    "extended": pgettext_lazy("notices", "Later due dates"),
    "factor": pgettext_lazy("notices", "The second step of this account"),
    "follow_up": pgettext_lazy("notices", "Questions about values of reports"),
    "handed_over": pgettext_lazy("notices", "Reports handed over for review"),
    "handover": pgettext_lazy("notices", "Places handed over between directorates"),
    "meeting": pgettext_lazy("notices", "Meetings and action items"),
    "member": pgettext_lazy("notices", "Membership of the coordination body"),
    "missing": pgettext_lazy("notices", "Reasons of missing reports"),
    "policy": pgettext_lazy("notices", "Policies, consultations and ballots"),
    "position_grant": pgettext_lazy("notices", "Exact locations asked for and granted"),
    "reminder": pgettext_lazy("notices", "Reports that are due"),
    "role_offer": pgettext_lazy("notices", "Roles asked for and given"),
    "seal": pgettext_lazy("notices", "Directorates sealed and opened again"),
    "sharing": pgettext_lazy("notices", "Sharing of data"),
    "waiting": pgettext_lazy("notices", "Reports that wait for review for long"),
}
# Told by letter at once, whatever is chosen: an account in strange hands, a directorate in danger.
ALWAYS = frozenset({"factor", "seal"})
