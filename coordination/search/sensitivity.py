"""How sensitive each field of the search is, and why."""

from coordination.search.models import THINGS
from directorates.foundation.sensitivity import Sensitivity, kept, said

_OPEN, INTERNAL, RESTRICTED, _SEVERE = Sensitivity

KEPT = (
    kept(
        "search.SearchEntry",
        said(INTERNAL, f"id {' '.join(THINGS)} stamp", "which texts there are"),
        said(RESTRICTED, "words", "the words of minutes and drafts as well: for whoever sees the text itself"),
        walled=True,
    ),
)
