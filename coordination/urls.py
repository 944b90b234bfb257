"""The portal's addresses."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from coordination import facility_duplicates, facility_page, feed, homes, languages
from coordination.reporting.views import embedded_figures
from coordination.walled import all_walled
from directorates.foundation.administration import site
from facilities.urls import urlpatterns as register
from facilities.views import place_changes

ADDRESSES: list[URLPattern | URLResolver] = [
    path("", homes.home, name="home"),
    path("language/", languages.set_language, name="set_language"),
    path("", include("directorates.urls")),
    path("borders/places/", include((place_changes.urls, "places"))),
    path("accounts/", include("allauth.urls")),
    path("facilities/", include(([*register, *facility_duplicates.urls, *facility_page.urls], "facilities"))),
    path("policies/", include("policies.urls")),
    path("reports/", include("coordination.reporting.urls")),
    path("meetings/", include("coordination.meetings.urls")),
    path("jobs/", include("coordination.jobs")),
    path("exchange/", include("coordination.exchange.urls")),
    path("search/", include("coordination.search.urls")),
    *embedded_figures.ANYBODYS,
    path("feed/<slug:secret>/", feed.feed, name="feed"),
    path("api/v1/", include("coordination.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html"),
        name="api_docs",
    ),
    path("technical-administration/", site.urls),
]
urlpatterns = all_walled(ADDRESSES)

handler400 = "coordination.errors.bad_request"
handler403 = "coordination.errors.forbidden"
handler404 = "coordination.errors.not_found"
handler500 = "coordination.errors.broken"
