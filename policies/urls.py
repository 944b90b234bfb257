"""Addresses of policies, and of mandates, whose word no policy has for a code."""

from policies.views import (
    acknowledgements,
    ballots,
    compliance,
    concerns,
    consultations,
    disputes,
    mandates,
    papers,
    policies,
    reviews,
    sections,
    versions,
)

app_name = "policies"
urlpatterns = [
    *mandates.urls,
    *disputes.urls,
    *policies.urls,
    *versions.urls,
    *sections.urls,
    *consultations.urls,
    *concerns.urls,
    *ballots.urls,
    *acknowledgements.urls,
    *papers.urls,
    *compliance.urls,
    *reviews.urls,
]
