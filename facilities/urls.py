"""Addresses of the register. A facility's own page shows its reports too, so a higher floor adds it (`coordination/urls.py`)."""

from django.urls import path

from facilities.views import duplicates, facilities, position_grants, positions, proposals, statuses, support

urlpatterns = [
    path("", facilities.facilities, name="facilities"),
    path("register/", facilities.register, name="register"),
    *duplicates.urls,
    *proposals.urls,
    *position_grants.urls,
    *positions.urls,
    path("<slug:code>/describe/", facilities.describe, name="describe"),
    path("<slug:code>/status/", statuses.status, name="status"),
    path("<slug:code>/support/", support.begin, name="support"),
    path("<slug:code>/support/<int:pk>/end/", support.end, name="support_end"),
    path("<slug:code>/support/<int:pk>/declared/", support.declare, name="support_declared"),
]
