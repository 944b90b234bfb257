"""The application's name."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Exchange."""

    name = "coordination.exchange"
    label = "exchange"
