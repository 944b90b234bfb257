"""People and their roles as files, for those who manage them; who is invited; and who stood in for someone in a role."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told, moment_of, row_in
from coordination.exchange.tables import Column, Kind
from directorates.models import User
from directorates.permissions import Permission
from directorates.views.deputies import deputised_role
from directorates.views.people import invitations_listed, people_listed

CHUNK = 1000


def _people(user: User, asked: QueryDict) -> Listed:
    form, rows = people_listed(user, asked)
    columns = [
        Column("name", _("Name"), width=30),
        Column("email", _("E-mail"), Kind.CODE, width=30),
        Column("organisation", _("Organisation"), Kind.CODE, width=20),
        Column("role", _("Role"), width=24),
        Column("places", _("Places"), width=24),
        Column("since", _("Since"), Kind.DATE),
        Column("last_day", _("Last day"), Kind.DATE),
        Column("kept_out", _("may not sign in"), width=14),
    ]
    cells = (
        [
            *(row.person.name, row.person.email, row.organisation.code, str(row.get_role_display())),
            " ".join(place.code for place in row.places.all()),
            *(row.first_day, row.last_day, "" if row.person.is_active else _("yes")),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("People and roles"), columns, cells, rows.count(), filters_told(form))


def _invitations(user: User, _asked: QueryDict) -> Listed:
    columns = [
        Column("email", _("E-mail"), Kind.CODE, width=30),
        Column("role", _("Role"), width=24),
        Column("organisation", _("Organisation"), Kind.CODE, width=20),
        Column("places", _("Places"), width=24),
        Column("state", _("State"), width=24),
        Column("asked", _("Asked"), Kind.CODE, width=22),
        Column("by", _("Asked by"), width=30),
        Column("confirmed_by", _("Confirmed by"), width=30),
        Column("expires", _("Valid until"), Kind.CODE, width=22),
    ]
    rows, now = invitations_listed(user), timezone.now()
    cells = (
        [
            *(row.address, str(row.get_role_display()), row.organisation.code),
            " ".join(place.code for place in row.places.all()),
            *(str(row.state(now).label), moment_of(row.at), str(row.by or ""), str(row.confirmed_by or "")),
            moment_of(row.expires),
        ]
        for row in rows.prefetch_related("places").iterator(CHUNK)
    )
    return Listed(_("Invitations"), columns, cells, rows.count())


def _deputies(user: User, asked: QueryDict) -> Listed:
    """Of the role that the address names."""
    membership = deputised_role(user, row_in(asked, "role"))
    columns = [
        Column("name", _("Deputy"), width=30),
        Column("from", _("From"), Kind.DATE),
        Column("until", _("Until"), Kind.DATE),
        Column("ended", pgettext("deputyship", "Ended on"), Kind.CODE, width=22),
        Column("by", _("Named by"), width=30),
        Column("at", pgettext("deputyship", "Named on"), Kind.CODE, width=22),
        Column("confirmed_by", _("Confirmed by"), width=30),
    ]
    rows = membership.deputyships.select_related("deputy", "by", "confirmed_by")
    cells = (
        [
            *(str(row.deputy), row.first_day, row.last_day, moment_of(row.ended), str(row.by), moment_of(row.at)),
            str(row.confirmed_by or ""),
        ]
        for row in rows.iterator(CHUNK)
    )
    filters = [(_("Role"), f"{membership.person} · {membership.get_role_display()} · {membership.organisation.name}")]
    return Listed(_("Who stands in"), columns, cells, rows.count(), filters, {"pk": membership.pk})


LISTINGS = (
    Listing("people", gettext_lazy("People and roles"), (Permission.MANAGE_PEOPLE,), "directorates:people", _people),
    Listing(
        "invitations",
        gettext_lazy("Invitations"),
        (Permission.MANAGE_PEOPLE,),
        "directorates:people",
        _invitations,
    ),
    Listing("deputies", gettext_lazy("Who stands in"), (), "directorates:deputies", _deputies),
)
