"""Addresses of policies; and of mandates, branding and hashes, whose words no policy has for a code."""

from policies.views import (
    acknowledgements,
    ballots,
    branding,
    compliance,
    concerns,
    consultations,
    disputes,
    mandates,
    papers,
    pdf,
    policies,
    reviews,
    sections,
    verify,
    versions,
)

app_name = "policies"
urlpatterns = [
    *mandates.urls,
    *disputes.urls,
    *branding.urls,
    *verify.urls,
    *policies.urls,
    *versions.urls,
    *pdf.urls,
    *sections.urls,
    *consultations.urls,
    *concerns.urls,
    *ballots.urls,
    *acknowledgements.urls,
    *papers.urls,
    *compliance.urls,
    *reviews.urls,
]
