"""Decisions of meetings, each pointing down at what it decides."""

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.meetings.models.meetings import Meeting
from directorates.models import User
from directorates.rules.text import search_key
from policies.models import Agreement, BrandVersion, MandateDispute, PolicyVersion

# What a decision can point down at: nullable foreign keys, each with its words and its page in `coordination/meetings/about.py`.
ABOUT = ("policy_version", "dispute", "agreement", "brand_version")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Named queries over decisions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the meetings that a person sees."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def on(self, text: str) -> Self:
        """Those on a subject: the words stand in the subject, the text, the meeting's title or the action items."""
        key = search_key(text)
        found = Q(search__contains=key) | Q(meeting__search__contains=key) | Q(action_items__search__contains=key)
        return self.filter(pk__in=self.model._default_manager.filter(found).values("pk"))

    def about(self, thing: models.Model) -> Self:
        """Those that decide about a thing of one of the kinds, the last meeting's first."""
        kinds: dict[str, Any] = {name: self.model._meta.get_field(name).related_model for name in ABOUT}
        name = next(name for name, kind in kinds.items() if isinstance(thing, kind))
        return self.filter(**{name: thing})

    def named(self) -> Self:
        """With everything that a row shows."""
        links = ("policy_version__policy", "dispute__place", "agreement", "brand_version")
        return self.select_related("meeting__organisation", *links).prefetch_related(
            "action_items__owner", "action_items__events"
        )


class Decision(models.Model):
    """What a meeting decided, under a number of its own; it never changes once the meeting's minutes are closed.

    What it decides stands in nullable foreign keys, one for each kind of thing (`ABOUT`).
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions", verbose_name=_("meeting"))
    number = models.PositiveSmallIntegerField(_("number"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="decisions", verbose_name=_("policy")
    )
    dispute = models.ForeignKey(
        MandateDispute, models.PROTECT, null=True, related_name="decisions", verbose_name=_("dispute over a mandate")
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, related_name="decisions", verbose_name=_("agreement")
    )
    brand_version = models.ForeignKey(
        BrandVersion, models.PROTECT, null=True, related_name="decisions", verbose_name=_("logo or stationery")
    )
    at = models.DateTimeField(_("written"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    search = models.TextField(editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ()
        ordering = ["-meeting__begins", "meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_decision_a_number"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="a_decision_has_a_subject_and_a_text"),
        ]

    def __str__(self) -> str:
        """Its subject."""
        return self.subject

    def save(self, *args: object, **options: object) -> None:
        """Save with the search key in step."""
        self.search = " | ".join(search_key(text) for text in (self.subject, self.text))
        super().save(*args, **options)  # type: ignore[arg-type]

    def standing(self) -> dict[str, str]:
        """What it says, as a page carries it along."""
        about = {name: str(getattr(self, f"{name}_id") or "") for name in ABOUT}
        return {"subject": self.subject, "text": self.text, **about}

    def standing_told(self) -> dict[str, str]:
        """The same in words."""
        return self.standing() | {name: str(getattr(self, name) or "") for name in ABOUT}
