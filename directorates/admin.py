"""The bottom floor in the technical administration."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.actions.people import let_in
from directorates.foundation.administration import ReadOnly, site
from directorates.foundation.problems import Problem
from directorates.foundation.sight import hidden_people
from directorates.models import (
    AuditEvent,
    Dataset,
    Job,
    JurisdictionDecision,
    Membership,
    Organisation,
    Place,
    PlaceChange,
    User,
)


@admin.register(Place, site=site)
class PlaceAdmin(ReadOnly):
    """Places by P-code."""

    list_display = ("code", "name_ar", "name_en", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name_ar", "name_en", "search")
    fields = ("code", "level", "parent", "name_ar", "name_en", "other_names", "former_names", "began", "ended")


@admin.register(PlaceChange, site=site)
class PlaceChangeAdmin(ReadOnly):
    """What was renamed, moved, split and merged, and when."""

    list_display = ("first", "kind", "place", "decided_as")
    list_filter = ("kind",)
    list_select_related = ("place", "decided_as")
    search_fields = ("place__search",)
    fields = (
        "kind",
        "place",
        "first",
        "reason",
        "source",
        "former_ar",
        "former_en",
        "later_ar",
        "later_en",
        "at",
        "decided_as",
    )


@admin.register(Organisation, site=site)
class OrganisationAdmin(ReadOnly):
    """Organisations with kind and status."""

    list_display = ("code", "name_ar", "name_en", "kind", "status")
    list_filter = ("kind", "status")
    search_fields = ("code", "name_ar", "name_en")
    fields = ("code", "kind", "status", "name_ar", "name_en", "short_ar", "short_en")


@admin.register(JurisdictionDecision, site=site)
class JurisdictionDecisionAdmin(ReadOnly):
    """Who is competent where, and when."""

    list_display = ("organisation", "place", "valid")
    list_filter = ("organisation",)
    list_select_related = ("organisation", "place")
    fields = ("organisation", "place", "valid", "basis")


@admin.register(Dataset, site=site)
class DatasetAdmin(ReadOnly):
    """Datasets and their custodians."""

    list_display = ("code", "name_ar", "name_en", "custodian")
    list_select_related = ("custodian",)
    fields = ("code", "name_ar", "name_en", "custodian")


@admin.register(User, site=site)
class UserAdmin(ReadOnly):
    """People, without passwords; signing in can be stopped and allowed again."""

    list_display = ("email", "name", "language", "is_active", "last_login")
    list_filter = ("is_active", "language")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "is_active", "created", "last_login")
    actions = ("keep_out", "let_back_in")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """All but those whose names are hidden: a search would find them by what is not shown."""
        return super().get_queryset(request).exclude(pk__in=list(hidden_people()))

    @admin.action(description=gettext_lazy("Stop the selected people from signing in"), permissions=["view"])
    def keep_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Stop people from signing in."""
        self._let_in(request, queryset, active=False)

    @admin.action(description=gettext_lazy("Let the selected people sign in again"), permissions=["view"])
    def let_back_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let people sign in again."""
        self._let_in(request, queryset, active=True)

    def _let_in(self, request: HttpRequest, queryset: QuerySet[User], *, active: bool) -> None:
        """Call the action for each, and say what came of it."""
        by = request.user
        if not isinstance(by, User):  # nobody comes this far without having signed in
            return
        for person in queryset:
            try:
                let_in(person=person, active=active, by=by)
            except Problem as problem:
                self.message_user(request, str(problem.detail), messages.ERROR)
            else:
                self.message_user(request, _("Saved: %(person)s") % {"person": person}, messages.SUCCESS)


@admin.register(Membership, site=site)
class MembershipAdmin(ReadOnly):
    """Roles of people; given and ended on the page of people."""

    list_display = ("person", "role", "organisation", "valid")
    list_filter = ("role", "organisation")
    list_select_related = ("person", "organisation")
    search_fields = ("person__email", "person__name")
    fields = ("person", "role", "organisation", "valid", "places")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """All but those of people whose names are hidden: a search would find them by what is not shown."""
        return super().get_queryset(request).exclude(person__in=list(hidden_people()))


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(ReadOnly):
    """The record of actions."""

    list_display = ("at", "by", "acting", "what", "kind", "thing", "refused")
    list_filter = ("refused", "what", "kind")
    list_select_related = ("by", "acting")
    search_fields = ("thing",)
    date_hierarchy = "at"
    fields = ("at", "by", "acting", "what", "kind", "thing", "refused", "details")


@admin.register(Job, site=site)
class JobAdmin(ReadOnly):
    """Background work."""

    list_display = ("kind", "state", "by", "asked", "started", "finished")
    list_filter = ("kind", "state")
    list_select_related = ("by",)
    fields = ("kind", "state", "by", "asked", "started", "finished", "arguments", "result")
