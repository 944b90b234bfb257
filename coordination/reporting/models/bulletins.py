"""Bulletins: the figures of a period with texts around them, signed by whoever they tell of, published once and verified."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.editions import Edition
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Language, Period, PeriodType, period_name
from coordination.reporting.rules.suppression import Limits
from directorates.models import Dataset, Organisation, User
from directorates.models.naming import TwoNames, in_language
from directorates.permissions import Columns, Permission, Refused, may, rights_of

# Hexadecimal digits of a SHA-256.
DIGITS = 64
# So many periods stand in a chart over time, the bulletin's own last.
TREND = 12


# Whoever holds one of these reads bulletins.
READING = (Permission.VIEW_EDITIONS, Permission.SIGN_BULLETINS)


def demand_reading(user: User) -> None:
    """Refuse whoever reads no bulletins."""
    if not any(may(user, one) for one in READING):
        raise Refused(Permission.VIEW_EDITIONS)


class BulletinState(models.TextChoices):
    """How far a bulletin is."""

    DRAFT = "draft", pgettext_lazy("bulletin", "Draft")
    SIGNING = "signing", pgettext_lazy("bulletin", "To be signed")
    PUBLISHED = "published", pgettext_lazy("bulletin", "Published")


class BulletinSeries(TwoNames):
    """A bulletin that comes out period after period, of one dataset: its custodian makes it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="bulletins", verbose_name=_("dataset"))
    period_type = models.CharField(_("period"), max_length=16, choices=[(t.value, t.name) for t in PeriodType])

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.PUBLISH_EDITIONS: Columns(dataset="dataset_id")}

    class Meta:
        verbose_name = _("series of bulletins")
        verbose_name_plural = _("series of bulletins")
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Named queries over bulletins."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published ones of open datasets; others for whoever makes them, and once they are to be signed for who signs."""
        rights = rights_of(user)
        seen = Q(state=BulletinState.PUBLISHED) & rights.datasets(Permission.VIEW_EDITIONS, "series__dataset")
        seen |= rights.datasets(Permission.PUBLISH_EDITIONS, "series__dataset")
        return self.filter(seen | self._asked(user))

    def _asked(self, user: User | AnonymousUser) -> Q:
        """Those that the organisation acted for is asked to sign, for whoever signs for it."""
        if not isinstance(user, User) or not rights_of(user).holds(Permission.SIGN_BULLETINS):
            return Q(pk__in=())
        asked = BulletinSigner.objects.filter(bulletin=OuterRef("pk"), organisation=user.acting_id)
        return ~Q(state=BulletinState.DRAFT) & Q(Exists(asked))

    def published(self) -> Self:
        """Those that are published."""
        return self.filter(state=BulletinState.PUBLISHED)

    def to_sign(self, user: User) -> Self:
        """Those that wait for the answer of the organisation acted for."""
        if not rights_of(user).holds(Permission.SIGN_BULLETINS):
            return self.none()
        asked = BulletinSigner.objects.filter(bulletin=OuterRef("pk"), organisation=user.acting_id)
        answered = BulletinAnswer.objects.filter(
            bulletin=OuterRef("pk"), digest=OuterRef("digest"), organisation=user.acting_id
        )
        return self.filter(Q(state=BulletinState.SIGNING), Exists(asked), ~Exists(answered))

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("series__dataset__custodian", "corrects", "acting", "published_by")


class Bulletin(models.Model):
    """One bulletin of a series. `digest` is the hash of all that is signed; it is there from the moment it is to be signed.

    `seen` counts its changes, so that the second of two people on one draft is told; `number` is given when it is published.
    """

    series = models.ForeignKey(BulletinSeries, models.PROTECT, related_name="bulletins", verbose_name=_("series"))
    period_start = models.DateField(_("first day of the period"))
    state = models.CharField(_("state"), max_length=10, choices=BulletinState, default=BulletinState.DRAFT)
    number = models.PositiveIntegerField(_("number"), null=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name=_("corrects")
    )
    smallest = models.PositiveSmallIntegerField(_("smallest number that is shown"))
    facilities = models.PositiveSmallIntegerField(_("fewest facilities"))
    share = models.PositiveSmallIntegerField(_("greatest share of one organisation"))
    seen = models.PositiveIntegerField(default=0)
    made = models.DateTimeField(_("figures made"), null=True)
    digest = models.CharField(max_length=DIGITS, blank=True)
    answer_until = models.DateField(_("answers until"), null=True)
    started = models.DateTimeField(_("begun"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    head = models.CharField(max_length=DIGITS, blank=True)

    objects = BulletinQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.PUBLISH_EDITIONS: Columns(dataset="series__dataset_id")}

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        default_permissions = ()
        ordering = ["-period_start", "series__code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start"], condition=Q(corrects=None), name="a_bulletin_once_a_period"
            ),
            models.UniqueConstraint(fields=["corrects"], name="a_bulletin_is_corrected_once"),
            models.UniqueConstraint(fields=["series", "number"], name="one_bulletin_a_number"),
            models.CheckConstraint(
                condition=Q(state="draft", digest="", answer_until=None)
                | Q(state__in=("signing", "published"), made__isnull=False, answer_until__isnull=False) & ~Q(digest=""),
                name="what_is_signed_has_a_hash",
            ),
            models.CheckConstraint(
                condition=Q(state="published", number__isnull=False, at__isnull=False, acting__isnull=False)
                | Q(number=None, at=None, published_by=None, acting=None, head="") & ~Q(state="published"),
                name="a_published_bulletin_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(smallest__gte=2, facilities__gte=2, share__gte=50, share__lte=100),
                name="a_bulletin_hides_small_numbers",
            ),
        ]

    def __str__(self) -> str:
        """Series and period."""
        return f"{self.series.code} {self.period.id}"

    @property
    def period(self) -> Period:
        """The period."""
        return Period(PeriodType(self.series.period_type), self.period_start)

    @property
    def period_words(self) -> str:
        """The period in the reader's words; a week by its id, as the labels of weeks are those of a programme."""
        language: Language = "en" if get_language() == "en" else "ar"
        return self.period.id if self.period.type.is_week else period_name(self.period, language)

    @property
    def limits(self) -> Limits:
        """Under which its figures are hidden."""
        return Limits(self.smallest, self.facilities, self.share)

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == BulletinState.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether it is out."""
        return self.state == BulletinState.PUBLISHED

    @property
    def shown_state(self) -> str:
        """What the chip of the bulletin is named."""
        return f"bulletin_{self.state}"


class PartKind(models.TextChoices):
    """What stands in a part of a bulletin."""

    TEXT = "text", pgettext_lazy("bulletin", "Text")
    TABLE = "table", pgettext_lazy("bulletin", "Table")
    CHART = "chart", pgettext_lazy("bulletin", "Chart by place")
    TREND = "trend", pgettext_lazy("bulletin", "Chart over time")
    MAP = "map", pgettext_lazy("bulletin", "Map")


class PartLevel(models.IntegerChoices):
    """Which places the rows of a part are."""

    COUNTRY = 0, pgettext_lazy("bulletin", "The country")
    GOVERNORATE = 1, pgettext_lazy("bulletin", "Governorates")
    DISTRICT = 2, pgettext_lazy("bulletin", "Districts")
    SUBDISTRICT = 3, pgettext_lazy("bulletin", "Sub-districts")


class BulletinPart(models.Model):
    """A part of a bulletin's layout: a heading, and a text, or the figures of one item or one indicator, drawn in one way."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="parts")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=PartKind)
    heading_ar = models.CharField(_("heading in Arabic"), max_length=200)
    heading_en = models.CharField(_("heading in English"), max_length=200)
    text_ar = models.TextField(_("text in Arabic"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    template = models.ForeignKey(ReportTemplate, models.PROTECT, null=True, related_name="+", verbose_name=_("report"))
    element = models.ForeignKey(
        "reporting.Element", models.PROTECT, null=True, related_name="+", verbose_name=_("item")
    )
    indicator = models.ForeignKey(
        "reporting.Indicator", models.PROTECT, null=True, related_name="+", verbose_name=_("indicator")
    )
    level = models.PositiveSmallIntegerField(_("rows"), choices=PartLevel, default=PartLevel.GOVERNORATE)
    categories = models.BooleanField(_("with its categories"), default=False)

    class Meta:
        verbose_name = _("part of a bulletin")
        verbose_name_plural = _("parts of bulletins")
        default_permissions = ()
        ordering = ["bulletin", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "order"], deferrable=models.Deferrable.DEFERRED, name="a_part_in_its_place"
            ),
            models.CheckConstraint(
                condition=Q(kind="text", template=None, element=None, indicator=None)
                | ~Q(kind="text") & Q(template__isnull=False, element__isnull=False, indicator=None)
                | ~Q(kind="text") & Q(template=None, element=None, indicator__isnull=False, categories=False),
                name="figures_name_their_item",
            ),
        ]

    def __str__(self) -> str:
        """The heading in the reader's language."""
        return self.heading

    @property
    def heading(self) -> str:
        """In the reader's language."""
        return in_language(self.heading_ar, self.heading_en)

    @property
    def text(self) -> str:
        """In the reader's language."""
        return in_language(self.text_ar, self.text_en)

    @property
    def over_time(self) -> bool:
        """Whether its rows are periods."""
        return self.kind == PartKind.TREND

    @property
    def has_bars(self) -> bool:
        """Whether a bar stands beside each figure."""
        return self.kind in (PartKind.CHART, PartKind.TREND)

    @property
    def told_level(self) -> int:
        """Of which places its figures are: a map's of governorates, a chart's over time of the country."""
        fixed = {PartKind.MAP: PartLevel.GOVERNORATE, PartKind.TREND: PartLevel.COUNTRY}
        return fixed.get(PartKind(self.kind), PartLevel(self.level))


class BulletinEdition(models.Model):
    """Which edition a bulletin takes the figures of a report from: one that was published, or a draft made for it.

    `behind` holds the editions of the periods before, as they were published when the figures were made: what charts over time show.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="editions")
    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="in_bulletins")
    behind = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("edition in a bulletin")
        verbose_name_plural = _("editions in bulletins")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["bulletin", "template"], name="one_edition_a_report")]

    def __str__(self) -> str:
        """Bulletin and report."""
        return f"{self.bulletin_id} {self.template_id}"


def earlier_of(template: ReportTemplate, start: datetime.date) -> list[int]:
    """The editions of a report that hold today of the periods before one, as many as a chart over time shows."""
    rows = Edition.objects.published().current().filter(template=template, period_start__lt=start)
    return list(rows.order_by("-period_start").values_list("pk", flat=True)[: TREND - 1])


class SignerRole(models.TextChoices):
    """Why an organisation is asked to sign."""

    CUSTODIAN = "custodian", pgettext_lazy("bulletin", "Custodian of the data")
    DIRECTORATE = "directorate", pgettext_lazy("bulletin", "Directorate of the places it tells of")


class BulletinSigner(models.Model):
    """An organisation that is asked to sign: the data's custodian, and each directorate whose ground the figures tell of."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="signers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    role = models.CharField(_("asked as"), max_length=12, choices=SignerRole)

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.SIGN_BULLETINS: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("signer of a bulletin")
        verbose_name_plural = _("signers of bulletins")
        default_permissions = ()
        ordering = ["role", "organisation__code"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "organisation"], name="asked_once_a_bulletin")]

    def __str__(self) -> str:
        """Who is asked."""
        return str(self.organisation)


class AnswerKind(models.TextChoices):
    """What an organisation says of a bulletin."""

    SIGNED = "signed", pgettext_lazy("bulletin", "Signed")
    REFUSED = "refused", pgettext_lazy("bulletin", "Refused to sign")


class BulletinAnswer(models.Model):
    """An organisation's word on a bulletin as it then stood, known by its hash; another word replaces it, none is overwritten."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="answers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    digest = models.CharField(max_length=DIGITS)
    kind = models.CharField(_("answer"), max_length=10, choices=AnswerKind)
    # Printed beside the refusal, so no reason of the kind that stays among a few.
    words_why = models.TextField(_("reason for the refusal"), blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("answer to a bulletin")
        verbose_name_plural = _("answers to bulletins")
        default_permissions = ()
        ordering = ["bulletin", "pk"]
        constraints = [
            # Of two that answer at once for one organisation, one is first, and one replaces it.
            models.UniqueConstraint(
                fields=["bulletin", "digest", "organisation"], condition=Q(replaces=None), name="one_first_answer"
            ),
            models.CheckConstraint(
                condition=Q(kind="signed", words_why="") | Q(kind="refused") & ~Q(words_why=""),
                name="a_refusal_says_why",
            ),
        ]

    def __str__(self) -> str:
        """Who said what."""
        return f"{self.organisation_id} {self.kind}"


def standing_answers(bulletin: Bulletin) -> dict[int, BulletinAnswer]:
    """What each organisation says of a bulletin as it stands, by its id."""
    rows = bulletin.answers.filter(digest=bulletin.digest, replaced_by=None).select_related("organisation", "by")
    return {row.organisation_id: row for row in rows} if bulletin.digest else {}


def signatures(bulletin: Bulletin) -> list[tuple[BulletinSigner, BulletinAnswer | None]]:
    """Whom a bulletin asks, the custodian first, each with the word that stands; None where it said nothing."""
    answers = standing_answers(bulletin)
    rows: Any = bulletin.signers.select_related("organisation").order_by(F("role"), "organisation__code")
    return [(row, answers.get(row.organisation_id)) for row in rows]
