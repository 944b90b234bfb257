"""Database and broker: the embedded ones, shared by every command on a data folder, or those the environment names."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

from coordination.starter import external, roles
from coordination.starter.folder import Folder
from coordination.starter.postgres import Postgres
from coordination.starter.trouble import Trouble
from coordination.starter.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    """What Django is told: the application's database role, the owner's, and the broker."""

    app: str
    owner: str
    broker: str


class Servers:
    """Used as a context: starts what is down, and at the end stops it unless another command still uses it."""

    def __init__(self, path: Path, database: str = "tansiq", durable: bool = True) -> None:
        self.folder = Folder(path)
        self.database = database
        self.durable = durable
        self.embedded: list[Postgres | Valkey] = []
        self._use: int | None = None

    def __enter__(self) -> Self:
        self.folder.prepare()
        with self.folder.gate():
            try:
                self._start()
            except BaseException:
                self._stop_own()
                raise
            self._use = self.folder.enter()
        return self

    def __exit__(self, *_: object) -> None:
        if self._use is None:
            return
        with self.folder.gate():
            if self.folder.leave(self._use):
                for server in reversed(self.embedded):
                    server.stop()
        self._use = None

    def trouble(self) -> Trouble | None:
        """What to say if one of the embedded servers is gone."""
        return next((said for server in self.embedded if (said := server.trouble())), None)

    def _start(self) -> None:
        passwords = self.folder.secrets()
        self.secret_key = os.environ.get("SECRET_KEY") or passwords["secret_key"]
        self.position_keys = os.environ.get("TANSIQ_POSITION_KEYS") or self.folder.position_keys()
        self._passwords = passwords
        broker = os.environ.get("REDIS_URL", "")
        if broker:
            external.check_broker(broker)
        else:
            valkey = Valkey(self.folder, passwords["broker"], self.durable)
            self.embedded.append(valkey)
            if not valkey.adopt():
                valkey.start()
            broker = valkey.url
        app, owner = self._databases(passwords)
        self.addresses = Addresses(app=app, owner=owner, broker=broker)

    def _databases(self, passwords: dict[str, str]) -> tuple[str, str]:
        given, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
        if given and owner and self.database == "tansiq":
            external.check_roles(given, owner)
            return given, owner
        if given:
            external.check_maker(given)
            self.admin_url = given
            # Every machine that is given the same address finds the same passwords.
            self._passwords = passwords | external.passwords(given)
            name = urlsplit(given).path.lstrip("/") if self.database == "tansiq" else self.database
        else:
            postgres = Postgres(self.folder, passwords["admin"], self.durable)
            self.embedded.append(postgres)
            fresh = not postgres.adopt()
            if fresh:
                postgres.start()
            self.admin_url, name = postgres.admin_url, self.database
            if not fresh and self.folder.recall("roles.json").get(name) == roles.digest():
                return self.url("app", name), self.url("owner", name)
        self.make(name)
        return self.url("app", name), self.url("owner", name)

    def make(self, database: str) -> None:
        """Makes the roles, and a database with their rights in it, where they are not there yet."""
        roles.create(self.admin_url, database, self._passwords["owner"], self._passwords["app"])
        self.folder.remember("roles.json", self.folder.recall("roles.json") | {database: roles.digest()})

    def remake(self, database: str, template: str | None = None) -> None:
        """Drops a throw-away database and makes it again, empty or as a copy of another."""
        roles.drop(self.admin_url, database)
        if template:
            roles.copy(self.admin_url, template, database)
        self.make(database)

    def take(self, database: str, other: "Servers") -> None:
        """Drops a throw-away database and makes it again as it is on another server."""
        roles.drop(self.admin_url, database)
        roles.pour(other.admin_url, self.admin_url, database)
        self.make(database)

    def url(self, role: str, database: str) -> str:
        """Where a role of ours signs in to a database of this server."""
        where = urlsplit(self.admin_url)
        host = where.netloc.rpartition("@")[2]
        query = f"?{where.query}" if where.query else ""
        return f"postgresql://tansiq_{role}:{quote(self._passwords[role])}@{host}/{database}{query}"

    def _stop_own(self) -> None:
        """After a failed start: ends the servers that this process started itself."""
        for server in reversed(self.embedded):
            if server.process is not None:
                server.stop()
