"""The addresses of reporting; each view module lists its own."""

from coordination.reporting.views import (
    assignments,
    attachments,
    corrections,
    double_reports,
    elements,
    extensions,
    figures,
    missing,
    missing_names,
    outliers,
    previews,
    publications,
    reviews,
    runs,
    schedules,
    sections,
    submissions,
    templates,
    validation_rules,
    versions,
)

app_name = "reporting"

urlpatterns = [
    *submissions.urls,
    *reviews.urls,
    *attachments.urls,
    *corrections.urls,
    *double_reports.urls,
    *outliers.urls,
    *extensions.urls,
    *missing.urls,
    *figures.urls,
    *runs.urls,
    *schedules.urls,
    *templates.urls,
    *versions.urls,
    *sections.urls,
    *validation_rules.urls,
    *publications.urls,
    *previews.urls,
    *elements.urls,
    *assignments.urls,
    *missing_names.urls,
]
