"""What the words of each text are, apart from the texts: a table in which the database finds those that hold all words asked for."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
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


def kinds_with(query: str) -> frozenset[str]:
    """Of which kinds (`THINGS`) there is a thing whose text holds what a query asks for, whoever may see it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinds_with(%s::tsquery)", [query])
        return frozenset(cursor.fetchone()[0])


def things_with(thing: str, query: str) -> RawSQL:
    """The ids of all things of a kind whose text holds what a query asks for, as a condition on a list.

    It tells ids of what its reader may not see as well, so it is only ever asked beside `.visible_to(user)` and row
    policies; by a function of the owner's, because no index is used behind row policies that has to look into words.
    """
    return RawSQL("SELECT texts_with(%s, %s::tsquery)", [f"{thing}_id", query])
