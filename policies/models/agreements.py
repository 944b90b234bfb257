"""Agreements between organisations: charters, memoranda and accords, with the days on which they hold and what happened to them.

Who may read which data of whom is agreed on elsewhere (`directorates/models/sharing.py`): that gives rights, these give none.
"""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.naming import TwoNames, in_language
from directorates.models.validity import Days
from directorates.permissions import Columns, Permission, rights_of
from directorates.rules.text import search_key
from policies.models.parties import Party
from policies.rules.agreements import ForceRule


class AgreementKind(models.TextChoices):
    """What an agreement is."""

    CHARTER = "charter", pgettext_lazy("agreement", "Charter")
    MEMORANDUM = "memorandum", pgettext_lazy("agreement", "Memorandum of understanding")
    BILATERAL = "bilateral", pgettext_lazy("agreement", "Bilateral accord")
    TRIPARTITE = "tripartite", pgettext_lazy("agreement", "Tripartite accord")


# How many parties an accord has; nobody joins it afterwards.
EXACTLY: dict[str, int] = {AgreementKind.BILATERAL: 2, AgreementKind.TRIPARTITE: 3}
RULES = {
    ForceRule.ALL: pgettext_lazy("agreement", "Once all named parties have signed"),
    ForceRule.TWO: pgettext_lazy("agreement", "Once two have signed; the others join as they sign"),
}


class AgreementState(models.TextChoices):
    """What an agreement is on a day."""

    DRAFT = "agreement_draft", pgettext_lazy("agreement", "Draft")
    OPEN = "agreement_open", pgettext_lazy("agreement", "Open for signature")
    GIVEN_UP = "agreement_given_up", pgettext_lazy("agreement", "Given up")
    COMING = "agreement_coming", pgettext_lazy("agreement", "Signed, holds later")
    IN_FORCE = "agreement_in_force", pgettext_lazy("agreement", "In force")
    ENDED = "agreement_ended", pgettext_lazy("agreement", "Ended")
    CALLED_OFF = "agreement_called_off", pgettext_lazy("agreement", "Never held")


class AgreementQuerySet(models.QuerySet[Any]):
    """Named queries over agreements."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What came into force is told to everybody who reads policies; the rest to its named parties and the body."""
        rights = rights_of(user)
        if not rights.holds(Permission.VIEW_POLICIES) or not isinstance(user, User):
            return self.none()
        if rights.holds(Permission.KEEP_AGREEMENTS):
            return self
        return self.filter(Q(agreed__isnull=False) | self.model.of_organisation(user.acting_id))

    def told(self) -> Self:
        """Those that came into force, whatever became of them."""
        return self.filter(agreed__isnull=False)

    def standing(self) -> Self:
        """Those that held, hold or will hold on some day."""
        return self.filter(valid__isnull=False, called_off=None)

    def at(self, date: datetime.date) -> Self:
        """Those that hold on a date."""
        return self.standing().filter(valid__contains=date)

    def coming(self, date: datetime.date) -> Self:
        """Those that hold later than on a date."""
        return self.standing().filter(valid__startswith__gt=date)

    def over(self, date: datetime.date) -> Self:
        """Those that hold no more on a date, or never did."""
        return self.filter(Q(called_off__isnull=False) | Q(valid__endswith__lte=date))

    def drafts(self) -> Self:
        """Those that are being written."""
        return self.filter(opened=None)

    def open(self) -> Self:
        """Those that wait for signatures."""
        return self.filter(opened__isnull=False, agreed=None, given_up=None)

    def given_up_ones(self) -> Self:
        """Those that were opened for signature and given up."""
        return self.filter(given_up__isnull=False)

    def with_party(self, organisation: Organisation) -> Self:
        """Those that an organisation is, was or may become a party of."""
        return self.filter(Exists(Party.objects.filter(agreement=OuterRef("pk"), organisation=organisation)))

    def named_like(self, text: str) -> Self:
        """Those found by any spelling of their names."""
        return self.filter(search__contains=search_key(text))

    def ending(self, first: datetime.date, last: datetime.date) -> Self:
        """Those whose last day is one of some days, both included."""
        day = datetime.timedelta(days=1)
        return self.standing().filter(valid__endswith__gte=first + day, valid__endswith__lte=last + day)

    def with_parties(self, day: datetime.date) -> Self:
        """With how many organisations stand in each on a day (`parties_now`), or are named where it never held."""
        of = Party.objects.filter(agreement=OuterRef("pk")).order_by().values("agreement")
        now = of.filter(valid__contains=day, objected=None).annotate(count=Count("pk")).values("count")
        named = of.annotate(count=Count("organisation", distinct=True)).values("count")
        return self.annotate(
            parties_now=Coalesce(Subquery(now), 0), parties_ever=Coalesce(Subquery(named), 0)
        ).select_related("keeper")


class Agreement(Days, TwoNames):
    """A charter, memorandum or accord. A draft becomes fixed when it is opened for signature, and holds for days (`valid`).

    `keeper` is the organisation that wrote it: one of its parties, or the body. One that is `recorded` was signed on paper and
    entered afterwards. `agreed` is the day on which the signatures were enough; `since` and `until` are the days that the text
    names. Where too few parties stood by a record of it, it was called off: it keeps its days, and held on none of them.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=AgreementKind)
    summary_ar = models.TextField(_("summary in Arabic"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    keeper = models.ForeignKey(
        Organisation, models.PROTECT, related_name="kept_agreements", verbose_name=pgettext_lazy("agreement", "kept by")
    )
    rule = models.CharField(
        _("comes into force"), max_length=4, choices=[(one.value, words) for one, words in RULES.items()]
    )
    since: Any = models.DateField(_("first day"), null=True)
    until: Any = models.DateField(_("last day"), null=True)
    recorded = models.BooleanField(_("entered from paper"), default=False)
    begun = models.DateTimeField(_("begun"))
    opened: Any = models.DateTimeField(_("opened for signature"), null=True)
    agreed: Any = models.DateField(_("signed by enough on"), null=True)
    valid: Any = DateRangeField(_("in force"), null=True)  # type: ignore[misc]  # the stubs know no range that is absent
    given_up: Any = models.DateField(_("given up on"), null=True)
    called_off: Any = models.DateField(_("called off on"), null=True)
    ended_why = models.TextField(_("why it ended"), blank=True)
    search = models.TextField(editable=False)

    objects = AgreementQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MAKE_AGREEMENTS: Columns(("keeper_id",)),
        Permission.KEEP_AGREEMENTS: Columns(("keeper_id",)),
    }

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            # Whoever presses twice begins it once.
            models.UniqueConstraint(
                fields=["keeper", "kind", "name_ar", "name_en"],
                condition=Q(opened=None),
                name="one_draft_agreement_a_name",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=models.F("since")),
                name="an_agreement_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(agreed=None, valid=None) | Q(agreed__isnull=False, valid__startswith__isnull=False),
                name="an_agreement_holds_once_it_was_signed",
            ),
            models.CheckConstraint(
                condition=Q(opened__isnull=False) | Q(agreed=None, given_up=None),
                name="an_agreement_is_opened_before_it_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(given_up=None) | Q(agreed=None), name="what_was_signed_by_enough_is_not_given_up"
            ),
            models.CheckConstraint(
                condition=Q(called_off=None) | Q(agreed__isnull=False), name="only_what_was_signed_is_called_off"
            ),
        ]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name

    @staticmethod
    def of_organisation(organisation: int | None) -> Q:
        """Those that an organisation keeps, or is named in."""
        named = Party.objects.filter(agreement=OuterRef("pk"), organisation=organisation)
        return Q(keeper=organisation) | Q(Exists(named))

    @property
    def summary(self) -> str:
        """The summary in the reader's language."""
        return in_language(self.summary_ar, self.summary_en)

    @property
    def is_accord(self) -> bool:
        """Whether it is between a fixed number of parties."""
        return self.kind in EXACTLY

    def state(self, day: datetime.date) -> AgreementState:
        """What it is on a day."""
        if self.valid is None:
            return self._state_before()
        if self.called_off is not None:
            return AgreementState.CALLED_OFF
        if self.valid.upper is not None and self.valid.upper <= day:
            return AgreementState.ENDED
        return AgreementState.COMING if self.valid.lower > day else AgreementState.IN_FORCE

    def _state_before(self) -> AgreementState:
        """What it is as long as too few signed."""
        if self.opened is None:
            return AgreementState.DRAFT
        return AgreementState.OPEN if self.given_up is None else AgreementState.GIVEN_UP

    def holds_or_will(self, day: datetime.date) -> bool:
        """Whether it holds on a day or later."""
        return self.state(day) in (AgreementState.COMING, AgreementState.IN_FORCE)

    def standing(self) -> dict[str, str]:
        """What a draft says about itself, as a page carries it along."""
        codes = self.parties.order_by("organisation__code").values_list("organisation__code", flat=True)
        words = {
            name: getattr(self, name) for name in ("kind", "name_ar", "name_en", "summary_ar", "summary_en", "rule")
        }
        days = {name: str(getattr(self, name) or "") for name in ("since", "until")}
        return words | days | {"parties": " ".join(codes)}

    def save(self, *args: object, **options: object) -> None:
        """Save with the search key in step."""
        self.search = " | ".join(search_key(text) for text in (self.name_ar, self.name_en))
        super().save(*args, **options)  # type: ignore[arg-type]
