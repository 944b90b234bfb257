"""The one fault of typed text that may give a location: nothing of it is kept, and its author is told at once."""

from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault
from directorates.rules.coordinates import may_locate


def location_faults(**texts: str) -> list[Fault]:
    """A fault for each text, under its field's name, that may give coordinates or leads to a map."""
    told = _(
        "This may give a location: coordinates, a code of a map or a link to one. "
        "It was not kept, because others read it. Write it without; the name of the place is enough."
    )
    return [Fault(field, "location", told) for field, text in texts.items() if may_locate(text)]
