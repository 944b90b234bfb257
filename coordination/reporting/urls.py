"""The addresses of reporting; each view module lists its own."""

from coordination.reporting.views import figures, reviews, submissions

app_name = "reporting"

urlpatterns = [*submissions.urls, *reviews.urls, *figures.urls]
