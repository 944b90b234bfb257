"""The bottom floor: who may act, where, by what right, and the record of it."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from directorates.foundation.sight import applied


class DirectoratesConfig(AppConfig):
    """Places, organisations, people, jurisdictions, rights and the record."""

    name = "directorates"
    verbose_name = _("Directorates and people")

    def ready(self) -> None:
        """Have every new connection see what is seen when it is made; listen to what allauth says of second factors."""
        connection_created.connect(applied, dispatch_uid="sight")
        from allauth.mfa import signals  # noqa: PLC0415 - models are there only now

        from directorates import second_factor  # noqa: PLC0415

        signals.authenticator_added.connect(second_factor.factor_added)
        signals.authenticator_removed.connect(second_factor.factor_removed)
        signals.authenticator_reset.connect(second_factor.codes_renewed)
        signals.authentication_failed.connect(second_factor.factor_failed)
