"""What a person does with one's own notices: read them, and choose whether they come by e-mail as well."""

import datetime

from django.db import transaction

from directorates.audit import record
from directorates.models import Notice, User


@transaction.atomic
def read_all(*, by: User, at: datetime.datetime) -> int:
    """Mark one's own notices as read; answers how many were not yet."""
    return Notice.objects.visible_to(by).unread().filter(at__lte=at).update(read=at)


@transaction.atomic
def choose_letters(*, by: User, letters: bool) -> None:
    """Have notices sent by e-mail as well, or not."""
    by.letters = letters
    by.save(update_fields=["letters"])
    record(by, "choose_letters", by, letters=letters)
