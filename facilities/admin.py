"""The facility register in the technical administration; exact positions have no place here."""

from django.contrib import admin

from directorates.foundation.administration import ReadOnly, site
from facilities.models import Facility


@admin.register(Facility, site=site)
class FacilityAdmin(ReadOnly):
    """Facilities as the register has them."""

    list_display = ("code", "name_ar", "name_en", "type", "place", "status")
    list_filter = ("type", "status")
    list_select_related = ("place",)
    search_fields = ("code", "search")
    fields = ("code", "name_ar", "name_en", "other_names", "type", "place", "opened", "status")
