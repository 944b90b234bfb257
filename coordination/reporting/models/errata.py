"""Errata: what the custodian says, beside figures that never change, of reports that were corrected since they were published."""

import datetime
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.corrections import CorrectionRequest, CorrectionState
from coordination.reporting.models.edition_inputs import EditionReport
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.figures import open_places
from coordination.reporting.rules.suppression import Limits
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.places import Level
from directorates.permissions import Permission, rights_of


class ErratumKind(models.TextChoices):
    """What the custodian decided after corrections."""

    PUBLISHED = "published", pgettext_lazy("erratum", "Erratum")
    NOT_NEEDED = "not_needed", pgettext_lazy("erratum", "No erratum needed")


class ErratumQuerySet(models.QuerySet["Erratum"]):
    """Named queries over errata."""

    def published(self) -> Self:
        """Those that every reader of the edition reads, in their order."""
        return self.filter(kind=ErratumKind.PUBLISHED).order_by("number")

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of editions that the person may read; what was not needed is its custodian's own note."""
        readable = self.filter(edition__in=Edition.objects.visible_to(user).order_by())
        own = rights_of(user).datasets(Permission.PUBLISH_EDITIONS, "edition__template__dataset")
        return readable.filter(Q(kind=ErratumKind.PUBLISHED) | own)


class Erratum(models.Model):
    """A text in both languages beside a published edition, or the word that none is needed; appended only.

    Why none is needed stands in the record: everybody may read this table.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="errata")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=ErratumKind, default=ErratumKind.PUBLISHED)
    text_ar = models.TextField(_("text in Arabic"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("published"))

    objects = ErratumQuerySet.as_manager()

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        default_permissions = ()
        ordering = ["edition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="one_erratum_a_number"),
            models.CheckConstraint(
                condition=(Q(kind="published") & ~Q(text_ar="") & ~Q(text_en=""))
                | Q(kind="not_needed", text_ar="", text_en=""),
                name="an_erratum_speaks_both_languages",
            ),
        ]

    def __str__(self) -> str:
        """Edition and number."""
        return f"{self.edition_id} {self.number}"

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.text_en if get_language() == "en" else self.text_ar


def errata_due(user: User) -> QuerySet[Edition]:
    """The editions whose custodian has said nothing since one of their reports was corrected."""
    if not rights_of(user).holds(Permission.PUBLISH_EDITIONS):
        return Edition.objects.none()
    own = rights_of(user).datasets(Permission.PUBLISH_EDITIONS, "template__dataset")
    last = Erratum.objects.filter(edition=OuterRef("edition")).order_by("-number").values("at")[:1]
    since = Coalesce(models.Subquery(last), F("edition__at"))
    # Both in one condition: it is one request that is done, and after that moment.
    done = Q(submission__corrections__state=CorrectionState.DONE, submission__corrections__ended_at__gt=since)
    return Edition.objects.published().filter(own, Exists(EditionReport.objects.filter(done, edition=OuterRef("pk"))))


@unwalled
def corrected_after(edition: Edition, moment: datetime.datetime) -> bool:
    """Whether one of the reports that an edition counts was corrected after a moment."""
    rows = CorrectionRequest.objects.filter(state=CorrectionState.DONE, ended_at__gt=moment)
    return rows.filter(submission__in=edition.counted.values("submission")).exists()


@dataclass(frozen=True)
class Otherwise:
    """How many reports of a directorate an edition counted that count otherwise now; None where so few are not told."""

    directorate: Organisation | None
    reports: int | None


# Nothing but numbers leaves here, and these not below the edition's own limit. By whose the report was when it was counted.
SINCE = """
SELECT r.directorate_id, count(*) FROM reporting_editionreport r
LEFT JOIN figures.reporting_countedreport c ON (c.template_id, c.period_start, c.facility_id) = (%s, %s, r.facility_id)
WHERE r.edition_id = %s AND (c.submission_id, c.revision_id, c.overlay, c.subdistrict_id, c.directorate_id)
    IS DISTINCT FROM (r.submission_id, r.revision_id, r.overlay, r.subdistrict_id, r.directorate_id)
GROUP BY r.directorate_id
"""
# The directorates of whose ground a reader may see anything in an edition.
THEIRS = """
SELECT DISTINCT directorate_id FROM reporting_editionreport
WHERE edition_id = %s AND subdistrict_id = ANY(%s::bigint[])
"""


def changed_since(user: User | AnonymousUser, edition: Edition) -> list[Otherwise]:
    """What counts otherwise since an edition was published, by directorate: of so few as the edition tells of none, no number."""
    places = open_places(user, edition.template, Permission.VIEW_EDITIONS).filter(level=Level.SUBDISTRICT)
    found = _since(edition, list(places.values_list("pk", flat=True)))
    bodies = Organisation.objects.in_bulk([pk for pk in found if pk is not None])
    least = least_told(edition.limits)
    rows = [Otherwise(bodies.get(pk or 0), reports if reports >= least else None) for pk, reports in found.items()]
    return sorted(rows, key=lambda one: (one.directorate is None, one.directorate.code if one.directorate else ""))


def least_told(limits: Limits) -> int:
    """The smallest number of reports that is told of an edition."""
    return limits.facilities


@unwalled
def counts_otherwise(edition: Edition) -> bool:
    """Whether any report that an edition counted counts otherwise now, or no more."""
    with connection.cursor() as cursor:
        cursor.execute(SINCE, [edition.template_id, edition.period_start, edition.pk])
        return cursor.fetchone() is not None


@unwalled
def _since(edition: Edition, places: list[int]) -> dict[int | None, int]:
    """How many by directorate, of those of whose ground something is open: each whole, so that two readers compare nothing."""
    with connection.cursor() as cursor:
        cursor.execute(THEIRS, [edition.pk, places])
        theirs = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(SINCE, [edition.template_id, edition.period_start, edition.pk])
        return {pk: int(reports) for pk, reports in cursor.fetchall() if pk in theirs}


@unwalled
def editions_with(requests: list[CorrectionRequest]) -> list[Edition]:
    """The published editions that count the reports of some requests."""
    counted = EditionReport.objects.filter(submission__in=[one.submission_id for one in requests])
    rows: Any = Edition.objects.published().filter(pk__in=counted.values("edition")).named()
    return list(rows)
