"""The addresses of exchange; each view module lists its own."""

from django.urls import include, path

from coordination.exchange.views import exports

app_name = "exchange"

urlpatterns = [path("exports/", include(exports.urls))]
