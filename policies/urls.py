"""Addresses of policies."""

from policies.views import acknowledgements, ballots, concerns, consultations, policies, sections, versions

app_name = "policies"
urlpatterns = [
    *policies.urls,
    *versions.urls,
    *sections.urls,
    *consultations.urls,
    *concerns.urls,
    *ballots.urls,
    *acknowledgements.urls,
]
