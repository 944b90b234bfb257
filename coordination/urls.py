"""The portal's addresses."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from coordination import homes, languages

urlpatterns = [
    path("", homes.home, name="home"),
    path("language/", languages.set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("directorates.urls")),
    path("facilities/", include("facilities.urls")),
    path("reports/", include("coordination.reporting.urls")),
    path("search/", include("coordination.search.urls")),
    path("api/v1/", include("coordination.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api_docs"),
    path("technical-administration/", admin.site.urls),
]

handler400 = "coordination.errors.bad_request"
handler403 = "coordination.errors.forbidden"
handler404 = "coordination.errors.not_found"
handler500 = "coordination.errors.broken"
