"""Servers that the environment names instead of the embedded ones."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from coordination.starter import roles
from coordination.starter.folder import Folder
from coordination.starter.postgres import Postgres
from coordination.starter.servers import Servers
from coordination.starter.trouble import Trouble


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of somebody else's, with an administrator of roles who is no superuser; answers its host and port."""
    folder = Folder(tmp_path_factory.mktemp("elsewhere"))
    folder.prepare()
    server = Postgres(folder, "theirs", durable=False)
    server.start()
    make = (
        "CREATE ROLE maker LOGIN CREATEROLE CREATEDB PASSWORD 'm'",
        "CREATE ROLE nobody LOGIN PASSWORD 'n'",
        "CREATE DATABASE health OWNER maker",
    )
    roles.psql(server.admin_url, *(part for statement in make for part in ("--command", statement)))
    yield f"127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture(autouse=True)
def new_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the test run's own servers."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_one_address_of_a_maker_of_roles_is_enough(
    elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://maker:m@{elsewhere}/health")
    with Servers(tmp_path / "one") as servers, Servers(tmp_path / "two") as second:
        assert second.addresses == servers.addresses
        for role, address in (("tansiq_app", servers.addresses.app), ("tansiq_owner", servers.addresses.owner)):
            with psycopg2.connect(address) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT current_user, current_database()")
                assert cursor.fetchone() == (role, "health")
    assert not (tmp_path / "one" / "postgres").exists()


def test_two_addresses_are_taken_as_they_are(elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker, app = f"postgresql://maker:m@{elsewhere}/health", f"postgresql://nobody:n@{elsewhere}/postgres"
    monkeypatch.setenv("DATABASE_URL", app)
    monkeypatch.setenv("DATABASE_OWNER_URL", maker)
    with Servers(tmp_path) as servers:
        assert (servers.addresses.app, servers.addresses.owner) == (app, maker)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"DATABASE_URL": "postgresql://nobody:n@{}/postgres"}, "may not create roles"),
        (
            {"DATABASE_URL": "postgresql://maker:m@{}/health", "DATABASE_OWNER_URL": "postgresql://maker:m@{}/health"},
            "superuser or the database's owner",
        ),
        (
            {
                "DATABASE_URL": "postgresql://postgres:theirs@{0}/postgres",
                "DATABASE_OWNER_URL": "postgresql://maker:m@{0}/health",
            },
            "superuser",
        ),
        ({"DATABASE_URL": "postgresql://maker:m@127.0.0.1:1/health"}, "unset DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "unset REDIS_URL"),
        ({"REDIS_URL": "what is this"}, "unset REDIS_URL"),
    ],
)
def test_an_address_that_will_not_do_is_one_line(
    elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(elsewhere))
    with pytest.raises(Trouble, match=says) as raised, Servers(tmp_path):
        pass
    assert "\n" not in str(raised.value)
