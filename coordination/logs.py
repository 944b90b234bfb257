"""What the log must not hold: the secrets of one-time links."""

import logging
import re

# The part of an address that opens something by itself: invitations, new passwords.
SECRETS = re.compile(r"(/invitations/|/password/reset/key/)[^/\s\"']{12,}")


def redacted(text: str) -> str:
    """With the secrets of one-time links left out."""
    return SECRETS.sub(r"\1…", text)


class WithoutSecrets(logging.Filter):
    """Leaves the secrets of one-time links out of every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the line without them."""
        said = record.getMessage()
        if (clean := redacted(said)) != said:
            record.msg, record.args = clean, ()
        return True
