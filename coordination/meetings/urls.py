"""Addresses of meetings."""

from coordination.meetings.views import action_items, decisions, meetings, minutes

app_name = "meetings"
urlpatterns = [*meetings.urls, *minutes.urls, *decisions.urls, *action_items.urls]
