"""Every list that can be taken along as a file, by its code in addresses."""

from django.http import Http404

from coordination.exchange.listings import (
    acknowledgements,
    agreements,
    assignments,
    body_members,
    borders,
    branding,
    bulletins,
    compliance,
    corrections,
    double_reports,
    editions,
    elements,
    embedded_figures,
    facilities,
    figures,
    figures_compared,
    follow_ups,
    indicators,
    lost_services,
    mandates,
    meetings,
    notices,
    packages,
    people,
    policies,
    policy_agreements,
    positions,
    quality,
    record,
    reports,
    rule_records,
    runs,
    schedules,
    seals,
    templates,
    versions,
)
from coordination.exchange.listings.listing import Listing
from directorates.models import User
from directorates.permissions import Refused, may

_ALL = (
    *reports.LISTINGS,
    *figures.LISTINGS,
    *figures_compared.LISTINGS,
    *indicators.LISTINGS,
    *lost_services.LISTINGS,
    *double_reports.LISTINGS,
    *follow_ups.LISTINGS,
    *quality.LISTINGS,
    *editions.LISTINGS,
    *bulletins.LISTINGS,
    *compliance.LISTINGS,
    *corrections.LISTINGS,
    *facilities.LISTINGS,
    *people.LISTINGS,
    *elements.LISTINGS,
    *embedded_figures.LISTINGS,
    *assignments.LISTINGS,
    *templates.LISTINGS,
    *versions.LISTINGS,
    *packages.LISTINGS,
    *notices.LISTINGS,
    *record.LISTINGS,
    *positions.LISTINGS,
    *seals.LISTINGS,
    *borders.LISTINGS,
    *runs.LISTINGS,
    *schedules.LISTINGS,
    *rule_records.LISTINGS,
    *agreements.LISTINGS,
    *policies.LISTINGS,
    *branding.LISTINGS,
    *body_members.LISTINGS,
    *mandates.LISTINGS,
    *policy_agreements.LISTINGS,
    *acknowledgements.LISTINGS,
    *meetings.LISTINGS,
)
# The floors above add the lists of their own pages.
LISTINGS: dict[str, Listing] = {listing.code: listing for listing in _ALL}


def listing_open_to(user: User, code: str) -> Listing:
    """The list of that code; `Refused` where the person may not see it, 404 where there is none."""
    listing = LISTINGS.get(code)
    if listing is None:
        raise Http404
    if listing.rights and not any(may(user, right) for right in listing.rights):
        raise Refused(listing.rights[0])
    return listing
