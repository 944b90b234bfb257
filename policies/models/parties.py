"""Parties of agreements: which organisation stands in one from when until when, and the signatures by which it does."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.organisations import OrganisationStatus
from directorates.models.seals import not_sealed
from directorates.models.validity import Days
from directorates.permissions import Columns, Permission, rights_of


class PartyState(models.TextChoices):
    """Where a party stands on a day."""

    NAMED = "party_named", pgettext_lazy("party", "Has not signed")
    SIGNED = "party_signed", pgettext_lazy("party", "Signed")
    DECLINED = "party_declined", pgettext_lazy("party", "Declined")
    COMING = "party_coming", pgettext_lazy("party", "Party later")
    STANDING = "party_standing", pgettext_lazy("party", "Party")
    WAS = "party_was", pgettext_lazy("party", "Party until the end")
    LEFT = "party_left", pgettext_lazy("party", "Left")
    OBJECTED = "party_objected", pgettext_lazy("party", "Objects to the signature")


class PartyQuerySet(models.QuerySet[Any]):
    """Named queries over parties."""

    def counted(self) -> Self:
        """Those that stood, stand or will stand in an agreement, by their own word or a record that they do not deny."""
        return self.filter(valid__isnull=False, objected=None, agreement__called_off=None)

    def at(self, date: datetime.date) -> Self:
        """Those that stand in an agreement that holds on a date."""
        return self.counted().filter(valid__contains=date, agreement__valid__contains=date)

    def asked(self, date: datetime.date) -> Self:
        """Those of a date that can speak now: nobody waits for the word of one that is suspended, dissolved or sealed."""
        return self.at(date).filter(not_sealed("organisation"), organisation__status=OrganisationStatus.ACTIVE)

    def beyond(self, date: datetime.date) -> Self:
        """Those that stand later than a date, in agreements that hold later than it."""
        next_day = date + datetime.timedelta(days=1)
        later = Q(valid__endswith=None) | Q(valid__endswith__gt=next_day)
        holds = Q(agreement__valid__endswith=None) | Q(agreement__valid__endswith__gt=next_day)
        return self.counted().filter(later, holds)

    def staying(self, date: datetime.date) -> Self:
        """Those that stand on a date, or stood until the agreement was over: who did not leave reads on what was proposed."""
        return self.counted().filter(valid__contains=date)

    def signed_itself(self) -> Self:
        """Those that signed by their own people: nobody else says anything for them."""
        return self.filter(Exists(Signature.objects.filter(party=OuterRef("pk"), paper=False)))

    def unsigned(self) -> Self:
        """Those that are named and neither signed nor declined."""
        signed = Signature.objects.filter(party=OuterRef("pk"))
        return self.filter(~Exists(signed), valid=None, declined=None)

    def to_sign(self, user: User | AnonymousUser, day: datetime.date) -> Self:
        """Those for which a person can sign: of the organisation acted for, in what is open for signature or can be joined."""
        own = rights_of(user).condition(Permission.MAKE_AGREEMENTS, self.model.SCOPES[Permission.MAKE_AGREEMENTS])
        open_ones = Q(agreement__agreed=None, agreement__opened__isnull=False, agreement__given_up=None)
        in_time = Q(agreement__until=None) | Q(agreement__until__gte=day)
        joins = Q(agreement__valid__endswith=None) | Q(agreement__valid__endswith__gt=day)
        joined = Q(agreement__agreed__isnull=False, agreement__called_off=None) & joins
        return self.unsigned().filter(own, (open_ones & in_time) | joined).order_by("pk")


class Party(Days, models.Model):
    """One organisation in one agreement: named, and from its signature on, once enough signed, a party for days (`valid`).

    Whoever left and joins again is named anew. An organisation for which others entered a signature can object: that row is
    void from then on and never changes; where it signs itself later, it joins by a new one.
    """

    agreement = models.ForeignKey("policies.Agreement", models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreement_parties", verbose_name=_("organisation")
    )
    named = models.DateTimeField(_("named"))
    valid: Any = DateRangeField(_("from – to"), null=True)  # type: ignore[misc]  # the stubs know no range that is absent
    declined: Any = models.DateField(_("declined on"), null=True)
    objected: Any = models.DateField(_("objected on"), null=True)
    # Why it left, declined or objects; the last of these that was said.
    why = models.TextField(_("reason"), blank=True)

    objects = PartyQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.MAKE_AGREEMENTS: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        default_permissions = ()
        ordering = ["agreement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                condition=Q(valid=None, declined=None, objected=None),
                name="one_open_naming_of_an_organisation",
            ),
            ExclusionConstraint(
                name="one_membership_of_a_party_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                # What an organisation denied holds no days of its own.
                condition=Q(valid__isnull=False, objected=None),
            ),
            models.CheckConstraint(
                condition=Q(valid=None) | Q(valid__startswith__isnull=False, valid__isempty=False),
                name="a_party_stands_from_a_day_for_a_day_at_least",
            ),
            models.CheckConstraint(condition=Q(declined=None) | Q(valid=None), name="who_declined_is_no_party"),
        ]

    def __str__(self) -> str:
        """The organisation."""
        return str(self.organisation)

    def state(self, day: datetime.date) -> PartyState:
        """Where it stands on a day; once the agreement is over, whether it was a party until then."""
        if self.declined is not None:
            return PartyState.DECLINED
        if self.objected is not None:
            return PartyState.OBJECTED
        if self.valid is None:
            return PartyState.SIGNED if self.signatures.all() else PartyState.NAMED
        if self.valid.upper is not None and self.valid.upper <= day:
            return PartyState.LEFT
        if self.agreement.valid.upper is not None and self.agreement.valid.upper <= day:
            return PartyState.WAS
        return PartyState.COMING if self.valid.lower > day else PartyState.STANDING


class Signature(models.Model):
    """A signature of a party: given here by one of its people, or on paper and entered by whoever keeps the agreement.

    Appended only. One of each sort a party: its own word stands beside what was entered for it.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="signatures")
    day = models.DateField(_("signed on"))
    capacity = models.CharField(_("signed as"), max_length=200, blank=True)
    paper = models.BooleanField(_("on paper"), default=False)
    evidence = models.TextField(_("evidence"), blank=True)
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        default_permissions = ()
        ordering = ["party", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["party", "paper"], name="one_signature_a_party"),
            models.CheckConstraint(
                condition=(Q(paper=True) & ~Q(evidence="")) | (Q(paper=False, evidence="") & ~Q(capacity="")),
                name="a_signature_on_paper_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        """For whom and when."""
        return f"{self.party} {self.day:%Y-%m-%d}"


def parties_of(agreements: list[Any]) -> dict[int, list[Party]]:
    """The parties of some agreements by the agreement's id, those of the first days first, read at once."""
    found: dict[int, list[Party]] = {one.pk: [] for one in agreements}
    rows = Party.objects.filter(agreement__in=found).select_related("organisation")
    for party in rows.order_by(F("valid__startswith").asc(nulls_last=True), "pk"):
        found[party.agreement_id].append(party)
    return found
