"""The database's roles and rights: runs coordination/database.sql with psql."""

import hashlib
import subprocess
from pathlib import Path

from coordination.starter.postgres import program
from coordination.starter.trouble import FREE_SPACE, NO_SPACE, Trouble

SQL = Path(__file__).resolve().parent.parent / "database.sql"


def digest() -> str:
    """Which version of the file was run."""
    return hashlib.sha256(SQL.read_bytes()).hexdigest()


def psql(admin_url: str, *arguments: str, script: str = "") -> None:
    """Runs psql as the maker of roles; the script comes by standard input, so that no password is in a command line."""
    done = subprocess.run(
        [str(program("psql")), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", *arguments, admin_url],
        input=script,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"psql ended with {done.returncode}"]
        if NO_SPACE.search(done.stderr):
            raise Trouble(f"the database's disk is full: {FREE_SPACE}.")
        raise Trouble(f"the database's roles could not be set up: {said[0]}")


def create(admin_url: str, database: str, owner: str, app: str) -> None:
    """Makes roles, database, extensions and rights; again and again with the same result."""
    variables = {"database": database, "owner_password": owner, "app_password": app}
    given = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
    psql(admin_url, script=given + SQL.read_text())


def drop(admin_url: str, database: str) -> None:
    """Drops a throw-away database, whoever is connected to it."""
    psql(admin_url, "--command", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def copy(admin_url: str, template: str, database: str) -> None:
    """Makes a database that holds what another one holds."""
    psql(
        admin_url,
        "--command",
        f'CREATE DATABASE "{database}" OWNER tansiq_owner TEMPLATE "{template}" STRATEGY file_copy',
    )


def pour(from_url: str, admin_url: str, database: str) -> None:
    """Makes a database of one server on another one as well, with everything in it; the roles are there already."""
    source = f"{from_url.rpartition('/')[0]}/{database}"
    dump = subprocess.run([str(program("pg_dump")), "--create", source], capture_output=True, text=True)
    if dump.returncode:
        raise Trouble(f"the database could not be copied: {dump.stderr.strip().splitlines()[-1]}")
    psql(admin_url, script=dump.stdout)
