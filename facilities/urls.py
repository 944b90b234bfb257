"""Addresses of the register. A facility's own page shows its reports too, so a higher floor adds it (`coordination/urls.py`)."""

from django.urls import path

from facilities.views import facilities, statuses, support

urlpatterns = [
    path("", facilities.facilities, name="facilities"),
    path("export.csv", facilities.export, name="export"),
    path("register/", facilities.register, name="register"),
    path("<str:code>/describe/", facilities.describe, name="describe"),
    path("<str:code>/status/", statuses.status, name="status"),
    path("<str:code>/support/", support.begin, name="support"),
    path("<str:code>/support/<int:pk>/end/", support.end, name="support_end"),
]
