"""Who has acknowledged what is in force, as files: organisations, and facilities."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told
from coordination.exchange.tables import Column, Kind
from directorates.models import Organisation, User
from directorates.permissions import Permission
from policies.forms.acknowledgements import MatrixFilter
from policies.views.acknowledgement_lists import facilities_listed, lines_of, speakers_of

CHUNK = 1000


def _acknowledgements(user: User, asked: QueryDict) -> Listed:
    form = MatrixFilter(asked)
    versions = list(form.versions(user, timezone.localdate()))
    organisations = list(form.organisations(versions))
    columns = [
        Column("organisation", _("Organisation"), Kind.CODE),
        Column("organisation_name", _("Name of the organisation"), width=40),
        Column("policy", _("Policy"), Kind.CODE, width=24),
        Column("version", _("Version"), Kind.NUMBER),
        Column("acknowledged", _("Acknowledged on"), Kind.DATE),
        Column("since", _("Applied from"), Kind.DATE),
    ]
    cells = (
        [
            *(line.organisation.code, line.organisation.name, version.policy.code, version.number),
            *((day_of(said.at), said.since) if said else (None, None)),
        ]
        for line in lines_of(organisations, versions)
        for version, said in line.cells
    )
    count = len(organisations) * len(versions)
    return Listed(_("Acknowledgements"), columns, cells, count, filters_told(form))


def _facilities(user: User, asked: QueryDict) -> Listed:
    form, rows = facilities_listed(user, asked, timezone.localdate())
    version, directorates = form.version, {one.pk: one for one in Organisation.objects.filter(kind="directorate")}
    read: Iterator[Any] = rows.iterator(CHUNK)
    columns = [
        Column("policy", _("Policy"), Kind.CODE, width=24),
        Column("version", _("Version"), Kind.NUMBER),
        Column("code", _("Facility"), Kind.CODE),
        Column("name", _("Name of the facility"), width=40),
        Column("place", _("P-code"), Kind.CODE),
        Column("organisations", _("Who speaks for it"), width=24),
        Column("acknowledged", _("Acknowledged on"), Kind.DATE),
    ]
    cells = (
        [
            *(version.policy.code if version else "", version.number if version else None),
            *(row.code, row.name, row.told_place.code),
            *(" ".join(one.code for one in speakers_of(row, directorates)), day_of(row.read_at)),
        ]
        for row in read
    )
    return Listed(_("Acknowledgements of facilities"), columns, cells, rows.count(), filters_told(form))


LISTINGS = (
    Listing(
        "acknowledgements",
        gettext_lazy("Acknowledgements"),
        (Permission.VIEW_POLICIES,),
        "policies:acknowledgement_matrix",
        _acknowledgements,
    ),
    Listing(
        "facility-acknowledgements",
        gettext_lazy("Acknowledgements of facilities"),
        (Permission.VIEW_POLICIES,),
        "policies:facility_acknowledgements",
        _facilities,
    ),
)
