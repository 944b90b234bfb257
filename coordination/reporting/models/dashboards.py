"""Dashboards: some of a person's saved views in order on one page."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.saved_views import SavedView
from coordination.reporting.models.view_shares import Kept, KeptQuerySet
from directorates.models import User

# So many are drawn on one page; each costs a fixed number of queries.
MOST_ON_A_DASHBOARD = 6


class DashboardQuerySet(KeptQuerySet["Dashboard"]):
    """Named queries over dashboards."""

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Those with a view on them whose figures a person may see, whoever keeps them."""
        shown = DashboardView.objects.filter(view__in=SavedView.objects.open_to(user).order_by().values("pk"))
        return self.filter(pk__in=shown.order_by().values("dashboard"))

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("owner", "organisation")


class Dashboard(Kept):
    """A page of a person's saved views, kept as one organisation."""

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
