"""Concerns: what an organisation holds against a text, the answer, and whether the organisation finds it settled."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission
from policies.models.sections import PolicySection
from policies.models.versions import PolicyVersion


class Seriousness(models.TextChoices):
    """How much depends on a concern, as its organisation sees it."""

    WISH = "wish", pgettext_lazy("concern", "A wish")
    SERIOUS = "serious", pgettext_lazy("concern", "Serious")
    BLOCKING = "blocking", pgettext_lazy("concern", "We cannot agree as it stands")


class ConcernState(models.TextChoices):
    """Where a concern stands: what was done with it last."""

    OPEN = "concern_open", pgettext_lazy("concern", "Waits for an answer")
    ANSWERED = "concern_answered", pgettext_lazy("concern", "Answered")
    SETTLED = "concern_settled", pgettext_lazy("concern", "Settled")
    UNSETTLED = "concern_unsettled", pgettext_lazy("concern", "Not settled")


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Named queries over concerns."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those on the versions that the person reads: they stay with the policy."""
        seen = PolicyVersion.objects.visible_to(user).filter(pk=OuterRef("version"))
        return self.filter(Exists(seen))

    def until(self, version: PolicyVersion) -> Self:
        """Those about a version and about the ones before it."""
        return self.filter(version__policy=version.policy_id, version__number__lte=version.number)

    def with_state(self) -> Self:
        """With `state`, where each stands."""
        last = ConcernEvent.objects.filter(concern=OuterRef("pk")).order_by("-pk")
        return self.annotate(state=Coalesce(Subquery(last.values("state")[:1]), models.Value(ConcernState.OPEN.value)))

    def unsettled(self) -> Self:
        """Those that their organisations do not call settled, the most serious first."""
        weight = models.Case(
            models.When(seriousness=Seriousness.BLOCKING, then=0),
            models.When(seriousness=Seriousness.SERIOUS, then=1),
            default=2,
        )
        return self.with_state().exclude(state=ConcernState.SETTLED).order_by(weight, "at", "pk")


class Concern(models.Model):
    """A concern that an organisation raises: about what, how serious, which change it proposes. It stays as it was written."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="concerns")
    section: Any = models.ForeignKey(PolicySection, models.PROTECT, null=True, related_name="concerns")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="concerns", verbose_name=_("organisation")
    )
    about = models.TextField(_("the concern"))
    seriousness = models.CharField(_("how serious it is"), max_length=10, choices=Seriousness)
    proposal = models.TextField(_("change proposed"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    key = models.UUIDField(unique=True)

    objects = ConcernQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("version__policy__owner_id",)),
        Permission.COMMENT_ON_POLICIES: Columns(("organisation_id",)),
    }

    class Meta:
        verbose_name = _("concern about a policy")
        verbose_name_plural = _("concerns about policies")
        default_permissions = ()
        ordering = ["version", "at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(about=""), name="a_concern_says_what_it_is_about")]

    def __str__(self) -> str:
        """Whose, and about which version."""
        return f"{self.version} · {self.organisation}"


class ConcernEvent(models.Model):
    """What was said to a concern: an answer of those who prepare the text, or what its organisation makes of the answer."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="events")
    state = models.CharField(max_length=20, choices=ConcernState)
    # Of an answer: whether the text changes.
    changes: Any = models.BooleanField(_("whether the text changes"), null=True)
    text = models.TextField(_("what was said"), blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("word on a concern")
        verbose_name_plural = _("words on concerns")
        default_permissions = ()
        ordering = ["concern", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ConcernState.ANSWERED, changes__isnull=False) & ~Q(text="")
                | Q(state__in=(ConcernState.SETTLED, ConcernState.UNSETTLED), changes=None),
                name="an_answer_says_what_changes_or_why_not",
            )
        ]

    def __str__(self) -> str:
        """What was said."""
        return str(self.get_state_display())
