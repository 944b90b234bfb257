"""Addresses of policies."""

from policies.views import policies, sections, versions

app_name = "policies"
urlpatterns = [*policies.urls, *versions.urls, *sections.urls]
