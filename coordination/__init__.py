"""Tansiq: the shared work of health directorates, NGOs and the bodies around them."""

from coordination.celery import app as celery_app

__all__ = ["celery_app"]
