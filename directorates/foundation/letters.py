"""Letters by e-mail: in both languages to whoever has no account yet, in the person's own to everybody else."""

import logging
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

logger = logging.getLogger(__name__)

# First strong isolate and its end: text of unknown direction inside plain text, where there is no markup.
ISOLATE, END = "\u2068", "\u2069"
LANGUAGES = ("ar", "en")


def isolated(text: object) -> str:
    """A code, an address or someone's words, kept apart from the direction of the sentence around them."""
    return f"{ISOLATE}{text}{END}"


def send_letter(template: str, to: str, **context: Any) -> bool:
    """Send a letter in both languages, its first line the subject; answers whether the mail server took it.

    A mail server that is down must not undo the deed that the letter tells of: the caller says what to do instead.
    """
    subjects, bodies = [], []
    for language in LANGUAGES:
        with translation.override(language):
            subject, body = render_to_string(template, context).strip().split("\n", 1)
        subjects.append(subject.strip())
        bodies.append(body.strip())
    return post(" · ".join(subjects), "\n\n\n".join(bodies) + "\n", to)


def post(subject: str, text: str, to: str) -> bool:
    """Give a letter to the mail server; whether it took it."""
    # Nothing that people write begins a second header.
    letter = EmailMessage(" ".join(subject.split()), text, to=[to])
    try:
        return bool(letter.send())
    except OSError as problem:  # smtplib's errors are OSErrors too
        logger.warning("A letter could not be sent: %s", problem)
        return False
