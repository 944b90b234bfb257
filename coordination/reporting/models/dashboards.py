"""Dashboards: some of a person's saved views in order on one page."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.saved_views import SavedView
from coordination.reporting.models.view_shares import shared_with, standing_owner
from directorates.models import Organisation, User

# So many are drawn on one page; each costs a fixed number of queries.
MOST_ON_A_DASHBOARD = 6


class DashboardQuerySet(models.QuerySet["Dashboard"]):
    """Named queries over dashboards."""

    def own(self, user: User | AnonymousUser) -> Self:
        """Those that a person keeps in the organisation acted for."""
        acting = user.acting_id if isinstance(user, User) else None
        return self.filter(owner=user.pk, organisation=acting, organisation__isnull=False)

    def shared_with(self, user: User | AnonymousUser) -> Self:
        """Those of others that are shared with the person, the organisation or everybody who sees figures of a view on it."""
        rows = Dashboard.objects
        shown = DashboardView.objects.filter(view__in=SavedView.objects.open_to(user).order_by().values("pk"))
        everybody = Q(shares__everybody=True, shares__withdrawn=None, pk__in=shown.order_by().values("dashboard"))
        found = rows.filter(shared_with(user) | everybody, standing_owner())
        return self.filter(pk__in=found.values("pk")).exclude(pk__in=rows.own(user).values("pk"))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and what is shared with the person."""
        rows = Dashboard.objects
        return self.filter(Q(pk__in=rows.own(user).values("pk")) | Q(pk__in=rows.shared_with(user).values("pk")))

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("owner", "organisation")


class Dashboard(models.Model):
    """A page of a person's saved views, kept as one organisation."""

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("kept"))
    views = models.ManyToManyField(SavedView, through="DashboardView", related_name="dashboards")

    objects = DashboardQuerySet.as_manager()

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "organisation", "name"], name="a_dashboard_once_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_dashboard_has_a_name"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def ordered(self) -> models.QuerySet[SavedView]:
        """Its views in their order."""
        return SavedView.objects.named().filter(placings__dashboard=self).order_by("placings__order")


class DashboardView(models.Model):
    """The place of a view on a dashboard."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="placings")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="placings")
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("view on a dashboard")
        verbose_name_plural = _("views on dashboards")
        default_permissions = ()
        ordering = ["dashboard", "order"]
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "view"], name="a_view_once_a_dashboard"),
            models.UniqueConstraint(fields=["dashboard", "order"], name="one_view_a_place"),
            models.CheckConstraint(
                condition=Q(order__gte=1, order__lte=MOST_ON_A_DASHBOARD), name="few_views_on_a_dashboard"
            ),
        ]

    def __str__(self) -> str:
        """Dashboard and place."""
        return f"{self.dashboard_id} {self.order}"
