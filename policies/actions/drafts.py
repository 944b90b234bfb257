"""Throwing away what was never opened to others."""

from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled


# The writer of a draft need not be at the table where it was decided about; the database would refuse at the end only.
@unwalled
def throw_away(draft: Model) -> None:
    """Delete a draft with all its parts; 409 `named` where something outside it, such as a meeting's decision, names it."""
    try:
        draft.delete()
    except ProtectedError as held:
        words = _("The decision of a meeting names this draft, so it is kept. It can be given up once it is opened.")
        raise Problem("named", words, 409) from held
