"""Servers that the environment names: asked once whether they will do, in words if they will not."""

import hmac

import psycopg2
import redis

from coordination.starter.trouble import Trouble

OLDEST = 160000
RIGHTS = """
    SELECT current_setting('server_version_num')::int, rolsuper, rolcreaterole AND rolcreatedb, rolbypassrls,
           pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
    FROM pg_roles WHERE rolname = current_user
"""


def _rights(name: str, url: str) -> tuple[int, bool, bool, bool, bool]:
    try:
        connection = psycopg2.connect(url, connect_timeout=10)
    except psycopg2.Error as error:
        said = str(error).strip().splitlines() or ["no answer"]
        raise Trouble(f"{name}: {said[-1]}: start that server, or unset {name} to use the embedded one.") from error
    try:
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS)
            found = cursor.fetchone()
    finally:
        connection.close()
    if found is None or found[0] < OLDEST:
        raise Trouble(f"{name}: PostgreSQL 16 or newer is needed.")
    return found


def check_roles(app: str, owner: str) -> None:
    """The application's role must be bound by the rules that the owner makes."""
    _, superuser, _, bypass, owns = _rights("DATABASE_URL", app)
    if superuser or bypass or owns:
        raise Trouble(
            "DATABASE_URL names a superuser or the database's owner: name the application's role there, tansiq_app."
        )
    _rights("DATABASE_OWNER_URL", owner)


def check_maker(url: str) -> None:
    """With one address only, its role makes the others."""
    _, superuser, makes, _, _ = _rights("DATABASE_URL", url)
    if not superuser and not makes:
        raise Trouble(
            "DATABASE_URL names a role that may not create roles and databases: give the owner's address in DATABASE_OWNER_URL too"
            " (coordination/database.sql makes both), or an administrator's in DATABASE_URL."
        )


def passwords(url: str) -> dict[str, str]:
    """The passwords of our roles on a server that several machines may set up: as secret as the address they come from."""
    return {role: hmac.new(url.encode(), role.encode(), "sha256").hexdigest() for role in ("owner", "app")}


def check_broker(url: str) -> None:
    """The broker must answer."""
    try:
        redis.Redis.from_url(url, socket_connect_timeout=10, socket_timeout=10).ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"REDIS_URL: {error}: start that server, or unset REDIS_URL to use the embedded one.") from error
