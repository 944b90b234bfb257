"""`invite-admin EMAIL`: the one-time link for the first administrator of an empty portal."""  # noqa: N999 - the command's name

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from directorates.actions.offers import INVITATION_DAYS
from directorates.actions.people import invite
from directorates.foundation.problems import Problem
from directorates.models import Organisation
from directorates.models.organisations import Kind
from directorates.roles import Role


class Command(BaseCommand):
    """Prints a link that works once; whoever opens it becomes an administrator of the coordination body."""

    help = "Prints a one-time link for an administrator of the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the e-mail of whoever is invited."""
        parser.add_argument("email", type=_email, help="the e-mail of the administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite to the body and print the link."""
        body = Organisation.objects.active().filter(kind=Kind.BODY).order_by("pk").first()
        if body is None:
            raise CommandError("There is no coordination body yet: run `./portal manage load_reference` first.")
        try:
            _invitation, secret = invite(
                email=options["email"], organisation=body, role=Role.ADMINISTRATOR, by=None, at=timezone.now()
            )
        except Problem as problem:
            raise CommandError(str(problem.detail)) from problem
        link = urljoin(settings.PUBLIC_URL, reverse("directorates:invitation", args=[secret]))
        with override("en"):
            self.stderr.write(f"Invitation of {options['email']} as an administrator of: {body.name}")
        self.stderr.write(f"The link works once, for {INVITATION_DAYS} days:")
        self.stdout.write(link)


def _email(text: str) -> str:
    """An e-mail address, or a line that says what is wrong."""
    try:
        validate_email(text)
    except ValidationError as problem:
        raise CommandError(f"Not an e-mail address: {text}") from problem
    return text
