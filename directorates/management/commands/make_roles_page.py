"""`make_roles_page`: writes `docs/roles.md`, the table of roles as the code says it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from directorates.views.roles import table_of_roles

PAGE = Path("docs") / "roles.md"


class Command(BaseCommand):
    """Writes the page; a test fails where it is not what the code says."""

    help = "Writes docs/roles.md from the roles in the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where it is written."""
        parser.add_argument("--to", type=Path, default=Path(settings.BASE_DIR) / PAGE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        options["to"].write_text(roles_page(), encoding="utf-8")


def roles_page() -> str:
    """The page in English."""
    with override("en"):
        parts = [_HEAD]
        for one in table_of_roles():
            parts += [f"## {one.role.label} (`{one.role.value}`)", str(one.sentence)]
            parts.append("\n".join([f"- Exists in: {', '.join(str(kind) for kind in one.kinds)}", *_permits(one)]))
        return "\n\n".join(parts) + "\n"


def _permits(one: Any) -> list[str]:
    """A line for each anchor, how the role is given, and how it signs in."""
    lines = [
        f"- {part.where}: " + "; ".join(f"{words}{' (second step)' if second else ''}" for words, second in part.deeds)
        for part in one.permits
    ]
    lines.append(f"- Given by: {'two people: one asks, another confirms' if one.second_step else 'one person'}")
    return [*lines, f"- Signing in: {'with a second step' if one.second_step else 'with a password'}"]


_HEAD = """# Roles

Made from `directorates/roles.py` by `./portal manage make_roles_page`; the portal shows the same under *Administration →
Roles*. A role is held in one organisation, from a day, perhaps in some places only. Sharing agreements add to it what was
agreed (`guides/sharing.md`), deputies have it for some days (`guides/reviewing.md`)."""
