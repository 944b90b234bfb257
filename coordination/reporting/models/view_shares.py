"""What people keep and share, views and dashboards; with whom each is shared, withdrawn, and erased with what is shared.

A share says where something is found and gives no right to any figure.
"""

from typing import Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.models import Membership, Organisation, User

Thing = TypeVar("Thing", bound=models.Model)


def shared_with(user: User | AnonymousUser) -> Q:
    """What an unwithdrawn share opens to a person by name: a colleague in the organisation acted for, or that organisation."""
    acting = user.acting_id if isinstance(user, User) else None
    person = Q(shares__person=user.pk, organisation=acting)
    return Q(shares__withdrawn=None) & Q(organisation__isnull=False) & (person | Q(shares__organisation=acting or 0))


def standing_owner() -> Exists:
    """Whether whoever keeps something still has a role in its organisation: what one who left had shared is found no more."""
    return Exists(
        Membership.objects.at(timezone.localdate()).filter(
            person=OuterRef("owner"), organisation=OuterRef("organisation")
        )
    )


class KeptQuerySet(models.QuerySet[Thing]):
    """Named queries over what people keep."""

    def own(self, user: User | AnonymousUser) -> Self:
        """What a person keeps in the organisation acted for; whoever left it keeps nothing."""
        acting = user.acting_id if isinstance(user, User) else None
        return self.filter(owner=user.pk, organisation=acting, organisation__isnull=False)

    def open_to(self, user: User | AnonymousUser) -> Self:
        """What a person may see figures of, whoever keeps it."""
        raise NotImplementedError

    def shared_with(self, user: User | AnonymousUser) -> Self:
        """What others share with the person, the organisation or everybody who may see its figures."""
        rows: Any = self.model._default_manager
        seen = rows.open_to(user).order_by().values("pk")
        everybody = Q(shares__everybody=True, shares__withdrawn=None, pk__in=seen)
        found = rows.filter(shared_with(user) | everybody, standing_owner())
        return self.filter(pk__in=found.values("pk")).exclude(pk__in=rows.own(user).values("pk"))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and what is shared with the person."""
        rows: Any = self.model._default_manager
        return self.filter(Q(pk__in=rows.own(user).values("pk")) | Q(pk__in=rows.shared_with(user).values("pk")))


class Kept(models.Model):
    """What a person keeps as one organisation, under a name and with a note of the person's words."""

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("kept"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def is_own(self, user: User) -> bool:
        """Whether the person keeps it, in the organisation acted for."""
        return (self.owner_id, self.organisation_id) == (user.pk, user.acting_id)


class ViewShareQuerySet(models.QuerySet["ViewShare"]):
    """Named queries over shares."""

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn=None)

    def own(self, user: User | AnonymousUser) -> Self:
        """Those that a person made as the organisation acted for."""
        acting = user.acting_id if isinstance(user, User) else None
        return self.filter(by=user.pk, acting=acting, acting__isnull=False)

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("person", "organisation", "view", "dashboard")


class ViewShare(models.Model):
    """A view or a dashboard is shared with one colleague, one organisation, or everybody who may see its figures."""

    view = models.ForeignKey("SavedView", models.CASCADE, null=True, related_name="shares")
    dashboard = models.ForeignKey("Dashboard", models.CASCADE, null=True, related_name="shares")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    everybody = models.BooleanField(_("everybody who may see the figures"), default=False)
    at = models.DateTimeField(_("shared"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("shared by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)

    objects = ViewShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a view")
        verbose_name_plural = _("shares of views")
        default_permissions = ()
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(view=None, dashboard__isnull=False) | Q(view__isnull=False, dashboard=None),
                name="a_share_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(person=None, organisation=None, everybody=True)
                | Q(person__isnull=False, organisation=None, everybody=False)
                | Q(person=None, organisation__isnull=False, everybody=False),
                name="a_share_is_with_one_of_three",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=None) | Q(withdrawn__gte=models.F("at")), name="withdrawn_after_it_was_shared"
            ),
            models.UniqueConstraint(
                fields=["view", "dashboard", "person", "organisation"],
                condition=Q(withdrawn=None),
                nulls_distinct=False,
                name="shared_once_with_each",
            ),
        ]

    def __str__(self) -> str:
        """With whom."""
        return str(self.person or self.organisation or _("everybody who may see the figures"))
