"""That a facility is an entry of its own: one that was merged into another is changed no more."""

from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault, Problem
from facilities.models import Facility, Merge


def demand_standing(facility: Facility) -> None:
    """Raise 409 `merged`, naming the entry that stands, where a facility was merged into it."""
    merge = Merge.objects.filter(merged=facility).select_related("survivor").first()
    if merge is not None:
        told = _("This facility was merged into another entry: %(code)s. Changes belong there.")
        words = told % {"code": merge.survivor.code}
        raise Problem("merged", words, 409, [Fault("", "merged", words)], extra={"survivor": merge.survivor.code})
