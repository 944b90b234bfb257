"""The second wall, taken down: without it a removed check is not held up by the database's row policies."""

import os

import psycopg2
import pytest
from psycopg2 import sql

BEHIND = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity AND n.nspname IN ('public', 'figures')
"""
# Tests of what the database itself lets through.
ABOUT = ("tests/reporting/test_wall.py",)


def take_down() -> None:
    """Row security off in the run's database, which the next run makes anew."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(BEHIND)
            for schema, table in cursor.fetchall():
                cursor.execute(
                    sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(schema, table))
                )
    finally:
        connection.close()


def is_about(item: pytest.Item) -> bool:
    """Whether a test is about the wall itself."""
    return item.nodeid.startswith(ABOUT) or item.get_closest_marker("wall") is not None
