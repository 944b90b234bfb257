"""The addresses of exchange; each view module lists its own."""

from django.urls import include, path

from coordination.exchange.views import exports, facilities, packages, places, populations, reports, uploads

app_name = "exchange"

urlpatterns = [
    path("exports/", include(exports.urls)),
    path("packages/", include(packages.urls)),
    *reports.urls,
    *facilities.urls,
    *places.urls,
    *populations.urls,
    *uploads.urls,
]
