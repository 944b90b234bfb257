"""People at their browsers, as the measures need them: signed in, with a second step shown."""

from django.test import Client

from directorates.models import User
from directorates.second_factor import note_shown


def signed_in(person: User, name: str = "127.0.0.1") -> Client:
    """A browser in which a person is signed in and has shown a second step."""
    client = Client(SERVER_NAME=name)
    client.force_login(person)
    note_shown(client.session, person)
    return client
