"""How a facility works: the words alone, for the register's entry and for the history of statuses."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Operating(models.TextChoices):
    """The operating statuses; the last two expect no report."""

    FUNCTIONING = "functioning", pgettext_lazy("facility", "Functioning")
    PARTIAL = "partially_functioning", pgettext_lazy("facility", "Partially functioning")
    OUT_OF_SERVICE = "out_of_service", pgettext_lazy("facility", "Out of service")
    CLOSED = "closed", pgettext_lazy("facility", "Closed")
    DESTROYED = "destroyed", pgettext_lazy("facility", "Destroyed")


NOT_EXPECTED = (Operating.CLOSED, Operating.DESTROYED)
