"""Addresses of policies, and of mandates and agreements, whose words no policy has for a code."""

from policies.views import (
    acknowledgements,
    agreements,
    alliances,
    amendments,
    articles,
    ballots,
    concerns,
    consultations,
    disputes,
    mandates,
    obligations,
    parties,
    policies,
    sections,
    signatures,
    versions,
)

app_name = "policies"
urlpatterns = [
    *mandates.urls,
    *disputes.urls,
    *alliances.urls,
    *obligations.urls,
    *agreements.urls,
    *signatures.urls,
    *parties.urls,
    *articles.urls,
    *amendments.urls,
    *policies.urls,
    *versions.urls,
    *sections.urls,
    *consultations.urls,
    *concerns.urls,
    *ballots.urls,
    *acknowledgements.urls,
]
