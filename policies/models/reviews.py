"""Reviews of policies: by when a text is to be looked at again, and what came of it."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from directorates.models import User
from directorates.permissions import Columns, Permission
from policies.models.versions import PolicyVersion


class PolicyReviewQuerySet(models.QuerySet["PolicyReview"]):
    """Named queries over reviews."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the versions that the person reads: when a text is looked at again, and what came of it, is for its readers."""
        return self.filter(Exists(PolicyVersion.objects.visible_to(user).filter(pk=OuterRef("version"))))

    def due(self, day: datetime.date, today: datetime.date) -> Self:
        """Those to be done by a day, of texts that hold today or will; the first due first."""
        standing = Q(version__valid__endswith=None) | Q(version__valid__endswith__gt=today)
        rows = self.filter(standing, done=None, due__lte=day, version__valid__isnull=False, version__called_off=None)
        return rows.order_by("due", "pk")


class PolicyReview(models.Model):
    """A version is looked at again by a day; once that is done, it says what came of it."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="reviews")
    due = models.DateField(_("review due"))
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(_("planned"))
    done = models.DateField(_("reviewed on"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(_("what came of it"), blank=True)

    objects = PolicyReviewQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("version__policy__owner_id",)),
    }

    class Meta:
        verbose_name = _("review of a policy")
        verbose_name_plural = _("reviews of policies")
        default_permissions = ()
        ordering = ["version", F("done").asc(nulls_last=True), "due"]
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=Q(done=None), name="one_open_review_a_version"),
            models.CheckConstraint(
                condition=Q(done=None, done_by=None, outcome="")
                | (Q(done__isnull=False, done_by__isnull=False) & ~Q(outcome="")),
                name="a_review_that_is_done_says_what_came_of_it",
            ),
        ]

    def __str__(self) -> str:
        """The version and the day."""
        return f"{self.version} · {self.due}"
