"""What goes wrong, told in one line that says what to do."""

import errno
import re
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_SPACE = re.compile(r"No space left|Disk quota exceeded|File too large|ENOSPC|DiskFull")
FREE_SPACE = "free about 1 GB there, or name another folder with --data (TANSIQ_DATA), and run the same command again"


class Trouble(Exception):
    """A failure that the person at the keyboard can do something about; its text is one line."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


def of_system(error: OSError, folder: Path) -> Trouble:
    """A failure of the operating system on something under the data folder, in words."""
    if error.errno in FULL:
        return Trouble(f"the disk under {folder} is full: {FREE_SPACE}.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        where = error.filename or folder
        return Trouble(f"{where} may not be written: make it yours, or name another folder with --data (TANSIQ_DATA).")
    said = error.strerror or error
    return Trouble(f"{error.filename or folder}: {said}: name a folder that can be made, with --data (TANSIQ_DATA).")


def of_log(what: str, log: Path, otherwise: str) -> Trouble:
    """The end of a server, explained by the last lines of its log."""
    said = tail(log)
    if any(NO_SPACE.search(line) for line in said):
        return Trouble(f"{what}: the disk under {log.parent} is full: {FREE_SPACE}.")
    last = f" Its last words: {said[-1][:300]}" if said else ""
    return Trouble(f"{what}: {otherwise}; its log is {log}.{last}")


def tail(log: Path, lines: int = 40) -> list[str]:
    """The last lines of a log that are not empty; none where there is no log."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 20_000))
            text = stream.read().decode(errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][-lines:]
