"""The data folder: everything the portal keeps, and the locks by which several commands share it."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coordination.starter import trouble
from coordination.starter.trouble import Trouble

SECRETS = ("secret_key", "admin", "owner", "app", "broker")
NEEDED_BYTES = 300_000_000


class Folder:
    """One data folder: secrets (0600), settled ports, logs and the servers' files."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "log"

    def prepare(self) -> None:
        """Makes the folder, and refuses one that cannot be written or has no room for a start."""
        try:
            if not self.path.exists():
                # Logs and passwords are nobody else's to read.
                self.path.mkdir(mode=0o700, parents=True)
            self.logs.mkdir(exist_ok=True)
            # Wherever the folder stands, git passes over it: passwords and logs are never committed.
            (self.path / ".gitignore").write_text("*\n")
            probe = self.path / ".probe"
            probe.write_bytes(b"0" * 65536)
            probe.unlink()
        except OSError as error:
            raise trouble.of_system(error, self.path) from error
        if self.free() < NEEDED_BYTES:
            left = self.free() // 1_000_000
            raise Trouble(f"the disk under {self.path} is nearly full ({left} MB left): {trouble.FREE_SPACE}.")

    def free(self) -> int:
        """How many bytes may still be written."""
        return shutil.disk_usage(self.path).free

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.logs / f"{name}.log"

    def recall(self, name: str) -> dict[str, Any]:
        """What a small JSON file of ours holds; nothing if it is absent or broken."""
        try:
            content = json.loads((self.path / name).read_text())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def remember(self, name: str, content: dict[str, Any]) -> None:
        """Replaces a small JSON file in one step, readable by its owner only."""
        try:
            self._replace(name, json.dumps(content))
        except OSError as error:
            raise trouble.of_system(error, self.path) from error

    def _replace(self, name: str, text: str) -> None:
        half = self.path / f"{name}.new"
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(self.path / name)

    def secrets(self) -> dict[str, str]:
        """The folder's random passwords, made on first use; a broken file is refused, for the database knows the old ones."""
        path = self.path / "secrets.json"
        if not path.exists():
            self.remember("secrets.json", {name: secrets.token_urlsafe(40) for name in SECRETS})
        kept = self.recall("secrets.json")
        if not all(isinstance(kept.get(name), str) and kept[name] for name in SECRETS):
            raise Trouble(f"{path} is broken: put it back from a copy, or start afresh with another folder (--data).")
        return kept

    def position_keys(self) -> str:
        """The keys of exact positions, the newest first, a line each: made on first use, never made anew."""
        path = self.path / "position_keys"
        try:
            if not path.exists():
                self._replace(path.name, f"{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}\n")
            return path.read_text()
        except OSError as error:
            raise trouble.of_system(error, self.path) from error

    @contextmanager
    def gate(self) -> Iterator[None]:
        """One command at a time starts or stops the servers."""
        handle = self._lock_file("gate.lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def enter(self) -> int:
        """Marks this process as one that uses the servers; the mark ends with the process, however that ends."""
        handle = self._lock_file("use.lock")
        fcntl.flock(handle, fcntl.LOCK_SH)
        return handle

    def leave(self, handle: int) -> bool:
        """Takes the mark away; true if nobody else uses the servers (asked under the gate)."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Refuses a second command of a kind that may run only once in a folder."""
        handle = self._lock_file(f"{what}.lock")
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Trouble(
                    f"./portal {what} already runs on {self.path}: stop that one, or name another folder with --data (TANSIQ_DATA)."
                ) from error
            yield
        finally:
            os.close(handle)

    def _lock_file(self, name: str) -> int:
        try:
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise trouble.of_system(error, self.path) from error
