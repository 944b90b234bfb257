"""The embedded servers: shared by commands, ended by the last, honest about what is wrong."""

import base64
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg2
import pytest

from coordination.starter import ports
from coordination.starter.folder import Folder
from coordination.starter.servers import Servers
from coordination.starter.trouble import Trouble
from tests.starter.starting import ROOT, clean, lines, portal, processes_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that several tests share: making a cluster takes a second."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def new_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the test run itself are out of sight."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "TANSIQ_POSITION_KEYS"):
        monkeypatch.delenv(name, raising=False)


def test_the_last_who_uses_the_servers_stops_them(folder: Path) -> None:
    with Servers(folder) as first:
        with Servers(folder) as second:
            assert second.addresses == first.addresses
        assert first.trouble() is None
        assert processes_of(folder)
    assert not processes_of(folder)


def test_the_portal_signs_in_as_neither_owner_nor_superuser(folder: Path) -> None:
    with (
        Servers(folder) as servers,
        psycopg2.connect(servers.addresses.app) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT pg_has_role('tansiq_owner', 'USAGE'), pg_has_role('tansiq_figures', 'USAGE')")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SET ROLE tansiq_figures")
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm')")
        assert cursor.fetchone() == (2,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE public.mine (x int)")


def test_a_database_is_taken_over_from_another_server_with_its_rows_its_owner_and_its_rules(
    folder: Path, tmp_path: Path
) -> None:
    with Servers(folder, "copied") as one, Servers(tmp_path / "beside", "copied", durable=False) as other:
        with psycopg2.connect(one.addresses.owner) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, seen boolean)")
            cursor.execute("INSERT INTO thing (seen) VALUES (true), (false)")
            cursor.execute("ALTER TABLE thing ENABLE ROW LEVEL SECURITY")
            cursor.execute("CREATE POLICY wall ON thing USING (seen)")
            cursor.execute("REVOKE DELETE ON thing FROM tansiq_app")
        other.take("copied", one)
        with psycopg2.connect(other.addresses.owner) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'thing'")
            assert cursor.fetchone() == ("tansiq_owner",)
            cursor.execute("SELECT count(*) FROM thing")
            assert cursor.fetchone() == (2,)
            cursor.execute("CREATE TABLE later (id bigint)")
        with psycopg2.connect(other.addresses.app) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO thing (seen) VALUES (true) RETURNING id")
            assert cursor.fetchone() == (3,)
            cursor.execute("SELECT id FROM thing ORDER BY id")
            assert cursor.fetchall() == [(1,), (3,)]
            cursor.execute("INSERT INTO later VALUES (1)")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("DELETE FROM thing")


def test_the_servers_listen_on_this_machine_only_and_ask_for_a_password(folder: Path) -> None:
    with Servers(folder) as servers:
        with psycopg2.connect(servers.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories', 'fsync')"
            )
            assert dict(cursor.fetchall()) == {
                "listen_addresses": ports.HERE,
                "unix_socket_directories": "",
                "fsync": "on",
            }
        where = servers.addresses.app.rpartition("@")[2]
        with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
            psycopg2.connect(f"postgresql://tansiq_app:wrong@{where}")


def test_secrets_are_random_and_for_their_owner_only(folder: Path, tmp_path: Path) -> None:
    with Servers(folder):
        pass
    for name in ("secrets.json", "valkey.conf", "position_keys"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    other = Folder(tmp_path / "other")
    other.prepare()
    assert stat.S_IMODE(other.path.stat().st_mode) == 0o700
    key = other.position_keys()
    assert len(base64.urlsafe_b64decode(key)) == 32
    assert other.position_keys() == key
    assert (folder / "position_keys").read_text() != key
    assert not set(other.secrets().values()) & set(json.loads((folder / "secrets.json").read_text()).values())


def test_git_passes_over_a_folder_wherever_it_stands(folder: Path) -> None:
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_lock_that_a_crash_left_is_cleared(folder: Path) -> None:
    with Servers(folder):
        pass
    # The number in it lives, and is somebody else's.
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n0\n5432\n")
    (folder / "ports.json").write_text("{ half a fi")
    with Servers(folder) as servers:
        psycopg2.connect(servers.addresses.app).close()


def test_an_occupied_port_is_left_to_whoever_has_it(folder: Path) -> None:
    with Servers(folder):
        settled = json.loads((folder / "ports.json").read_text())["postgres"]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((ports.HERE, settled))
        other.listen()
        with Servers(folder) as servers:
            assert f":{settled}/" not in servers.addresses.app


def test_broken_secrets_are_refused_and_not_replaced(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    with pytest.raises(Trouble, match=r"secrets\.json is broken"), Servers(tmp_path):
        pass
    assert (tmp_path / "secrets.json").read_text() == "{}"


@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null/data"])
def test_a_folder_that_cannot_be_is_one_line(place: str) -> None:
    done = portal("manage", "check", data=Path(place))
    assert done.returncode == 1
    assert len(lines(done.stderr)) == 1
    assert "--data" in done.stderr


def test_a_write_that_fails_half_way_leaves_no_half_made_cluster(tmp_path: Path) -> None:
    limited = ["bash", "-c", 'ulimit -f 1000; exec "$@"', "limited"]
    done = portal("manage", "check", data=tmp_path, prefix=limited)
    assert done.returncode == 1
    assert len(lines(done.stderr)) == 1
    assert "is full" in done.stderr
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "postgres.new").exists()
    assert not processes_of(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root mounts a small disk")
def test_a_full_disk_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    mounted = [
        "unshare",
        "--mount",
        "bash",
        "-c",
        f'mount -t tmpfs -o size=100m none {tmp_path} && exec "$@"',
        "mounted",
    ]
    done = portal("manage", "check", data=tmp_path / "var", prefix=mounted)
    assert done.returncode == 1
    assert len(lines(done.stderr)) == 1
    assert "nearly full" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_needs_nothing_of_root() -> None:
    with_access = Path(f"/tmp/tansiq-ordinary-{os.getpid()}")  # noqa: S108 - pytest's own folder is closed to others
    with_access.mkdir()
    shutil.chown(with_access, 65534, 65534)
    packages = sysconfig.get_paths()["purelib"]
    try:
        done = subprocess.run(
            [an_open_python(), "-c", ORDINARY, str(with_access)],
            env=clean(PYTHONPATH=f"{ROOT}:{packages}"),
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
        )
        if "Permission denied" in done.stderr:
            pytest.skip("this checkout is closed to other users")
        assert done.stdout == "True\n", done.stderr
    finally:
        shutil.rmtree(with_access)


def an_open_python() -> str:
    """A Python of our version that another user may run: ours may lie in root's closed home."""
    for python in (sys.executable, "/usr/bin/python3"):
        ask = [python, "-c", "import sys; print(*sys.version_info[:2])"]
        try:
            done = subprocess.run(ask, user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
        except OSError:
            continue
        if done.stdout.split() == [str(part) for part in sys.version_info[:2]]:
            return python
    pytest.skip("no Python here that another user may run")


ORDINARY = """
import sys
from pathlib import Path
from coordination.starter.folder import Folder
from coordination.starter.postgres import Postgres
from coordination.starter.valkey import Valkey
folder = Folder(Path(sys.argv[1]))
folder.prepare()
secrets = folder.secrets()
servers = [Valkey(folder, secrets["broker"], True), Postgres(folder, secrets["admin"], True)]
for server in servers:
    server.start()
print(all(server.trouble() is None for server in servers))
for server in servers:
    server.stop()
"""
