"""What a line of the log leaves out: secrets of one-time links, and what rows hold; logs are read by more people than rows are."""

import logging
import re

# The part of an address that opens something by itself: invitations, new passwords, feeds.
SECRETS = re.compile(r"(/invitations/|/password/reset/key/|/feed/)[^/\s\"']{12,}")


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


# What PostgreSQL says of a row: its values, and the statement they stood in.
OF_A_ROW = re.compile(r"^[ \t]*(?:DETAIL|CONTEXT|QUERY|HINT|LINE \d+):.*$", re.MULTILINE)
ADDRESSES = re.compile(r"[^\s<>\"'(),=]+@[^\s<>\"'(),]+\.\w+")


class Discreet(logging.Formatter):
    """A line with its traceback, without values of rows that database errors quote, and without e-mail addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept."""
        return ADDRESSES.sub("[e-mail]", OF_A_ROW.sub("[left out]", super().format(record)))
