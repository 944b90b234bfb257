"""The address of the one search."""

from django.urls import path

from coordination.search import views

urlpatterns = [path("", views.search, name="search")]
