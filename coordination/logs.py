"""What a line of the log leaves out: logs are read by more people than rows are."""

import logging
import re

# What PostgreSQL says of a row: its values, and the statement they stood in.
OF_A_ROW = re.compile(r"^[ \t]*(?:DETAIL|CONTEXT|QUERY|HINT|LINE \d+):.*$", re.MULTILINE)
ADDRESSES = re.compile(r"[^\s<>\"'(),=]+@[^\s<>\"'(),]+\.\w+")


class Discreet(logging.Formatter):
    """A line with its traceback, without values of rows that database errors quote, and without e-mail addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept."""
        return ADDRESSES.sub("[e-mail]", OF_A_ROW.sub("[left out]", super().format(record)))
