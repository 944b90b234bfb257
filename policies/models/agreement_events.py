"""What happened to agreements, told to whoever reads them; what is said of a proposal, to whoever reads the proposal."""

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from policies.models.agreements import Agreement
from policies.models.amendments import AgreementText


class AgreementDeed(models.TextChoices):
    """What happened to an agreement."""

    OPENED = "opened", pgettext_lazy("agreement event", "Opened for signature")
    SIGNED = "signed", pgettext_lazy("agreement event", "Signed")
    PAPER = "paper", pgettext_lazy("agreement event", "A signature on paper was entered")
    DECLINED = "declined", pgettext_lazy("agreement event", "Declined to sign")
    OBJECTED = "objected", pgettext_lazy("agreement event", "Objected to a signature that was entered for it")
    FORCE = "force", pgettext_lazy("agreement event", "Came into force")
    NAMED = "named", pgettext_lazy("agreement event", "Invited to join")
    LEFT = "left", pgettext_lazy("agreement event", "Left")
    DISSOLVED = "dissolved", pgettext_lazy("agreement event", "Its organisation was dissolved: a party until that day")
    ENDED = "ended", pgettext_lazy("agreement event", "Ended")
    GIVEN_UP = "given_up", pgettext_lazy("agreement event", "Given up")
    PROPOSED = "proposed", pgettext_lazy("agreement event", "Proposed an amendment")
    CONSENTED = "consented", pgettext_lazy("agreement event", "Consented to an amendment")
    AMENDED = "amended", pgettext_lazy("agreement event", "An amendment took force")
    RENEWED = "renewed", pgettext_lazy("agreement event", "Renewed")
    REFUSED = "refused", pgettext_lazy("agreement event", "Refused an amendment")
    DROPPED = "dropped", pgettext_lazy("agreement event", "Gave an amendment up")


# What is said of a text before it holds, or of one that never did.
OF_PROPOSALS = (AgreementDeed.PROPOSED, AgreementDeed.CONSENTED, AgreementDeed.REFUSED, AgreementDeed.DROPPED)

# What days alone bring about: nobody does it.
OF_DAYS = (AgreementDeed.DISSOLVED, AgreementDeed.ENDED)


class AgreementEventQuerySet(models.QuerySet[Any]):
    """Named queries over events."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the agreements that a person sees; what is said of a proposal, where the person reads the proposal."""
        texts = AgreementText.objects.visible_to(user).filter(pk=OuterRef("proposal"))
        rows = self.filter(Exists(Agreement.objects.visible_to(user).filter(pk=OuterRef("agreement"))))
        return rows.filter(Q(proposal=None) | Q(Exists(texts)))


class AgreementEvent(models.Model):
    """Something that happened to an agreement: which party it was about, on which day it takes effect, who said so; appended.

    What is said of an amendment or a renewal names it (`proposal`): nobody reads the one without the other. What follows from
    a dissolution was done by nobody.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=AgreementDeed)
    proposal: Any = models.ForeignKey(AgreementText, models.PROTECT, null=True, related_name="events")
    organisation: Any = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    day: Any = models.DateField(null=True)
    text = models.TextField(blank=True)
    acting: Any = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by: Any = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AgreementEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an agreement")
        verbose_name_plural = _("events of agreements")
        default_permissions = ()
        ordering = ["agreement", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what__in=OF_PROPOSALS) | Q(proposal__isnull=False),
                name="what_is_said_of_a_proposal_names_it",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False, acting__isnull=False) | Q(by=None, acting=None, what__in=OF_DAYS),
                name="somebody_acts_in_an_agreement",
            ),
        ]

    def __str__(self) -> str:
        """What happened."""
        return str(self.get_what_display())
