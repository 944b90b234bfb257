"""The time zones by whose clocks people read hours, and meetings are held."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# What else is wanted is added here.
ZONES: dict[str, Promise] = {
    "Asia/Damascus": pgettext_lazy("time zone", "Damascus time"),
    "Europe/Istanbul": pgettext_lazy("time zone", "Istanbul time"),
    "Asia/Amman": pgettext_lazy("time zone", "Amman time"),
    "Asia/Beirut": pgettext_lazy("time zone", "Beirut time"),
    "Europe/Zurich": pgettext_lazy("time zone", "Geneva time"),
    "Europe/London": pgettext_lazy("time zone", "London time"),
    "UTC": pgettext_lazy("time zone", "Universal time (UTC)"),
}
