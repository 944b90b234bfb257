"""What the frame around every page shows: rooms, the organisation acted for, what waits, the languages."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.demonstration.state import Progress, state
from coordination.homes import waiting_count
from directorates.models import Deputyship, Membership, Notice, Organisation, User
from directorates.models.deputies import stood_in
from directorates.permissions import may, rights_of
from directorates.roles import Permission
from policies.logo import Logo, logo_today

# Addresses under a domain that can never exist (RFC 2606), so no real person is ever listed at the entrance.
DEMONSTRATION_DOMAIN = ".example"
DEMONSTRATION_PASSWORD = "tansiq-demo"  # noqa: S105 - published, and refused outside the demonstration


@dataclass(frozen=True)
class Door:
    """A room as it may be: its words, icon, address, and the permissions of which one opens it (none: everyone).

    What lies below its address belongs to it, and so do the pages named with it.
    """

    words: Promise
    icon: str
    view: str
    opens: tuple[Permission, ...] = ()
    beside: tuple[str, ...] = ()
    # Where this is held, another door leads to the room.
    unless: Permission | None = None

    def is_open_to(self, user: User) -> bool:
        """Whether it leads somebody into the room."""
        if self.unless is not None and may(user, self.unless):
            return False
        return not self.opens or any(may(user, right) for right in self.opens)


# What else is administered: pages of higher floors, reached from the room of administration.
BEYOND = (
    Door(_("Borders"), "pin", "directorates:borders", (Permission.MANAGE_ORGANISATIONS, Permission.HAND_OVER_PLACES)),
    Door(_("Seals"), "lock", "directorates:seals", (Permission.SEAL_DIRECTORATES,)),
    Door(_("Roles"), "help", "directorates:roles", (Permission.MANAGE_PEOPLE,)),
    Door(_("Report templates"), "report", "reporting:templates", (Permission.MANAGE_TEMPLATES,)),
    Door(_("Packages from other systems"), "upload", "exchange:packages", (Permission.MANAGE_TEMPLATES,)),
    Door(_("Places in a workbook"), "pin", "exchange:places", (Permission.MANAGE_ORGANISATIONS,)),
)
# The pages of the room of coordination, each of which leads to the others.
COORDINATION = (
    Door(_("Sharing agreements"), "lock", "directorates:agreements", (Permission.VIEW_EDITIONS,)),
    Door(_("Meetings"), "calendar", "meetings:meetings", (Permission.VIEW_MEETINGS,)),
    Door(_("Decisions"), "check", "meetings:decisions", (Permission.VIEW_MEETINGS,)),
    Door(_("Action items"), "clock", "meetings:action_items", (Permission.VIEW_MEETINGS,)),
)
DOORS = (
    Door(_("Home"), "home", "home"),
    Door(
        pgettext_lazy("room", "Reports"),
        "report",
        "reporting:reports",
        (Permission.VIEW_REPORTS, Permission.SUBMIT_REPORTS, Permission.REVIEW_REPORTS),
        ("exchange:reports",),
    ),
    Door(
        pgettext_lazy("room", "Figures"),
        "chart",
        "reporting:figures",
        (Permission.VIEW_FIGURES,),
        (
            "reporting:editions",
            "reporting:bulletins",
            "reporting:indicators",
            "reporting:populations",
            "exchange:populations",
        ),
    ),
    Door(
        pgettext_lazy("room", "Figures"),
        "chart",
        "reporting:editions",
        (Permission.VIEW_EDITIONS,),
        # Kept views and comparisons lie below the address of figures.
        ("reporting:figures", "reporting:bulletins", "reporting:indicators", "reporting:populations"),
        unless=Permission.VIEW_FIGURES,
    ),
    Door(
        pgettext_lazy("room", "Facilities"),
        "facility",
        "facilities:facilities",
        (Permission.VIEW_FACILITIES,),
        ("exchange:facilities",),
    ),
    Door(pgettext_lazy("room", "Policies"), "policy", "policies:policies", (Permission.VIEW_POLICIES,)),
    Door(
        pgettext_lazy("room", "Coordination"),
        "people",
        "directorates:agreements",
        (Permission.VIEW_EDITIONS, Permission.AGREE_ON_SHARING),
        ("meetings:meetings",),
    ),
    Door(
        pgettext_lazy("room", "Administration"),
        "gear",
        "directorates:people",
        (Permission.MANAGE_PEOPLE, Permission.MANAGE_ORGANISATIONS),
        (*(door.view for door in BEYOND), "reporting:elements", "reporting:assignments"),
    ),
)


@dataclass(frozen=True)
class Room:
    """A room that is open to the caller."""

    words: Promise
    icon: str
    url: str
    here: bool


@dataclass(frozen=True)
class Language:
    """A language to change to, under its own name."""

    code: str
    words: str


LANGUAGES = (Language("ar", "العربية"), Language("en", "English"))


def address(view: str) -> str | None:
    """The address of a view, or None where that part of the portal is not there."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return None


class Frame:
    """Everything is looked up when a template asks for it: a fragment of a page costs no query here."""

    def __init__(self, request: HttpRequest) -> None:
        """Keep the request; ask nothing yet."""
        self.request = request

    @cached_property
    def user(self) -> User | None:
        """Whoever signed in."""
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def rooms(self) -> list[Room]:
        """The rooms that exist and are open to the caller; the one with the longest matching address is here."""
        if self.user is None:
            return []
        user = self.user
        open_doors = [door for door in DOORS if door.is_open_to(user)]
        found = [(door, url) for door in open_doors if (url := address(door.view)) is not None]
        near = {door: max(map(self._nearness, (door.view, *door.beside))) for door, _url in found}
        here = max(near, key=lambda door: near[door], default=None)
        return [Room(door.words, door.icon, url, here=door is here and near[door] > 0) for door, url in found]

    @cached_property
    def administration(self) -> list[Room]:
        """What else the caller administers, for the head of the administration room."""
        user = self.user
        found = [(door, address(door.view)) for door in BEYOND if user and door.is_open_to(user)]
        return [Room(door.words, door.icon, url, here=False) for door, url in found if url is not None]

    @cached_property
    def coordination(self) -> list[Room]:
        """The pages of the room of coordination that are open to the caller, where there is more than one."""
        user = self.user
        found = [(door, address(door.view)) for door in COORDINATION if user and door.is_open_to(user)]
        here = max(found, key=lambda one: self._nearness(one[0].view), default=None)
        pages = [
            Room(door.words, door.icon, url, here=here is not None and door is here[0]) for door, url in found if url
        ]
        return pages if len(pages) > 1 else []

    def _nearness(self, view: str) -> int:
        """How much of the page's address is that of a view; nothing where the page lies elsewhere, or is not home."""
        url, path = address(view), self.request.path
        return len(url) if url is not None and (path == url or (url != "/" and path.startswith(url))) else 0

    @cached_property
    def logo(self) -> Logo | None:
        """The unified logo in force today; the built-in mark stands where there is none."""
        return logo_today(timezone.localdate())

    @cached_property
    def memberships(self) -> list[Membership]:
        """What the caller is today, in organisations that act."""
        return list(self.user.current_memberships(timezone.localdate())) if self.user else []

    @cached_property
    def organisations(self) -> list[Organisation]:
        """The organisations the caller may act as, each once."""
        return list({membership.organisation_id: membership.organisation for membership in self.memberships}.values())

    @cached_property
    def acting(self) -> Organisation | None:
        """The organisation acted for."""
        acting_id = self.user.acting_id if self.user else None
        return next((one for one in self.organisations if one.pk == acting_id), None)

    @cached_property
    def roles(self) -> list[str]:
        """The caller's roles in the organisation acted for."""
        return [m.get_role_display() for m in self.memberships if self.acting and m.organisation_id == self.acting.pk]

    @cached_property
    def stood_in(self) -> list[Deputyship]:
        """The roles that the caller has today as somebody's deputy in the organisation acted for."""
        if self.user is None or self.acting is None or not any(s.instead_of for s in rights_of(self.user).scopes):
            return []
        return list(stood_in(self.user, timezone.localdate()).filter(membership__organisation=self.acting))

    @cached_property
    def sealed(self) -> list[Organisation]:
        """The directorates that are sealed, for whoever has a right; nothing is asked where none is."""
        closed = rights_of(self.user).sealed if self.user else ()
        return list(Organisation.objects.filter(pk__in=closed)) if closed else []

    @cached_property
    def reads_record(self) -> bool:
        """Whether the caller may read the record of the organisation acted for."""
        return self.user is not None and may(self.user, Permission.VIEW_RECORD)

    @cached_property
    def notices(self) -> int:
        """How many of the caller's notices are not read yet."""
        return Notice.objects.visible_to(self.user).unread().count() if self.user else 0

    @cached_property
    def waiting(self) -> int:
        """How many things wait for the caller."""
        return waiting_count(self.user) if self.user else 0

    @cached_property
    def other_languages(self) -> list[Language]:
        """The languages to change to."""
        return [language for language in LANGUAGES if language.code != get_language()]

    @cached_property
    def demonstration(self) -> bool:
        """Whether what is shown is invented: allowed here, and loaded."""
        return settings.DEMONSTRATION and User.objects.filter(email__endswith=DEMONSTRATION_DOMAIN).exists()

    @cached_property
    def demonstration_loading(self) -> Progress | None:
        """How far older reports of the demonstration are loaded; None once they all are, or where there is none."""
        held = state() if self.demonstration else None
        return None if held is None or held.complete else held

    @cached_property
    def demonstration_accounts(self) -> list[Membership]:
        """Who can sign in to look at the demonstration, in the order they were made; nobody elsewhere."""
        if not settings.DEMONSTRATION:
            return []
        rows = Membership.objects.at(timezone.localdate()).filter(person__email__endswith=DEMONSTRATION_DOMAIN)
        return list(rows.select_related("person", "organisation").order_by("person_id", "id"))

    @property
    def demonstration_password(self) -> str:
        """The published password of the demonstration's accounts."""
        return DEMONSTRATION_PASSWORD


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor."""
    return {"frame": Frame(request)}
