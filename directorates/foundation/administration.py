"""The technical administration: a window on what the portal stands on, for administrators of the body.

It asks the one door of rights like every page, never Django's own permissions. It is read-only: whatever changes,
changes through actions, which check and record. Only what registers here is shown, so keys, digests, positions and
what reports say are not.
"""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directorates.permissions import Permission, Refused, may

RIGHT = Permission.MANAGE_ORGANISATIONS


class TechnicalAdministration(AdminSite):
    """Django's administration behind our own door and sign-in."""

    site_title = _("Tansiq")
    site_header = _("Technical administration")
    index_title = _("What the portal stands on")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the caller administers the body."""
        return may(request.user, RIGHT)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign in at the portal's own entrance; whoever is signed in already lacks the right."""
        if request.user.is_authenticated:
            raise Refused(RIGHT)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Change the password where everybody does."""
        return redirect("account_change_password")


site = TechnicalAdministration(name="admin")


class ReadOnly(ModelAdmin):
    """Looks at a model and changes nothing."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to whoever may come in at all."""
        return may(request.user, RIGHT)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Seen by whoever may come in at all."""
        return may(request.user, RIGHT)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: actions add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: actions change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: nothing is deleted here."""
        return False
