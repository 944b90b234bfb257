"""`members` is an address of the portal since memberships are kept: no policy may have it for a code."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations

# It stands at /policies/members/, where a policy of that code would stand and could not be opened.
TAKEN = (
    "There is a policy with the code 'members', which is an address of the portal from this version on: nobody could open it. "
    "Go back to the version before, begin that policy under another code, and discard or withdraw this one; then, with the "
    "owner's role, give it a code that is free: UPDATE policies_policy SET code = 'members-old' WHERE code = 'members'."
)


class CodeTaken(Exception):
    """A policy has a code that the portal needs."""


def refuse_members(apps: Apps, _editor: Any) -> None:
    """Stop where a policy has the code, with what can be done about it."""
    if apps.get_model("policies", "Policy").objects.filter(code="members").exists():
        raise CodeTaken(TAKEN)


class Migration(migrations.Migration):
    """A look at what there is."""

    dependencies = [("policies", "0021_drafts_of_parties")]

    operations = [migrations.RunPython(refuse_members, migrations.RunPython.noop)]
