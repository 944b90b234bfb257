"""What the words of each text are, apart from the texts: a table in which the database finds those that hold all words asked for."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.meetings.models import Decision, Minutes
from directorates.models import SharingAgreement
from policies.models import Agreement, Mandate, MandateDispute, PolicyVersion

# What has a text: the names of the foreign keys of an entry, one a kind of thing; `sources.py` says the rest of each.
THINGS = ("version", "decision", "minutes", "mandate", "dispute", "agreement", "sharing")


def _one_thing() -> Q:
    """That an entry is of one thing and no more."""
    found = Q()
    for name in THINGS:
        found |= Q(**{f"{other}__isnull": other != name for other in THINGS})
    return found


class SearchEntry(models.Model):
    """The words of one thing (stems, no text); `stamp` tells which text they were made of. It is seen by whoever sees the thing."""

    version = models.OneToOneField(PolicyVersion, models.CASCADE, null=True, related_name="+")
    decision = models.OneToOneField(Decision, models.CASCADE, null=True, related_name="+")
    minutes = models.OneToOneField(Minutes, models.CASCADE, null=True, related_name="+")
    mandate = models.OneToOneField(Mandate, models.CASCADE, null=True, related_name="+")
    dispute = models.OneToOneField(MandateDispute, models.CASCADE, null=True, related_name="+")
    agreement = models.OneToOneField(Agreement, models.CASCADE, null=True, related_name="+")
    sharing = models.OneToOneField(SharingAgreement, models.CASCADE, null=True, related_name="+")
    stamp = models.CharField(max_length=32)
    words: Any = SearchVectorField()

    class Meta:
        verbose_name = _("words of a text")
        verbose_name_plural = _("words of texts")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=_one_thing(), name="words_of_one_thing")]
        indexes = [GinIndex(fields=["words"], name="search_words")]

    def __str__(self) -> str:
        """Which thing it is of."""
        return next(f"{name} {found}" for name in THINGS if (found := getattr(self, f"{name}_id")) is not None)


def things_with(query: str) -> dict[str, list[int]]:
    """The ids of all things whose text holds what a query asks for, by kind (`THINGS`), where there are any.

    It tells ids of what its reader may not see as well, so they are only ever asked for beside `.visible_to(user)` and row
    policies; by a function of the owner's, because no index is used behind row policies that has to look into words.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM texts_with(%s::tsquery)", [query])
        found = cursor.fetchone() or ()
    return {thing: ids for thing, ids in zip(THINGS, found, strict=False) if ids}
