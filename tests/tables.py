"""What lies under the tests' database: that its role is an ordinary one, and emptying its tables as their owner."""

import psycopg2
from psycopg2 import errors

# Made by migrate; Django keeps their rows in memory.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
ATTEMPTS = 5
ORDINARY = """
    SELECT rolsuper OR rolbypassrls OR rolcreaterole
           OR pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
           OR EXISTS (SELECT FROM pg_tables WHERE schemaname IN ('public', 'figures') AND tableowner = current_user)
    FROM pg_roles WHERE rolname = current_user
"""
EMPTY = """
    SET lock_timeout = '20s';
    DO $$
    DECLARE
        candidate regclass;
        filled boolean;
        names text := '';
    BEGIN
        FOR candidate IN
            SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('public', 'figures') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname <> ALL (string_to_array('{kept}', ','))
              AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', candidate) INTO filled;
            IF filled THEN
                names := names || ', ' || candidate;
            END IF;
        END LOOP;
        IF names <> '' THEN
            -- Ids go on, as in a portal: the processes keep published versions by their ids.
            EXECUTE 'TRUNCATE ' || substr(names, 3) || ' CONTINUE IDENTITY CASCADE';
        END IF;
    END $$;
"""


def is_ordinary(address: str) -> bool:
    """Whether this address signs in as a role bound by row policies, grants and constraints."""
    connection = psycopg2.connect(address)
    try:
        with connection.cursor() as cursor:
            cursor.execute(ORDINARY)
            (powerful,) = cursor.fetchone() or (True,)
            return not powerful
    finally:
        connection.close()


def empty(owner: str) -> None:
    """
    Empties every table that holds rows, as the owner: the application's role may not.

    A closed browser's last request may still read while its test is over: the two wait for each other, and the
    database ends one of them. When that is the emptying, the request then comes to its end, and it is asked anew.
    """
    for patience in reversed(range(ATTEMPTS)):
        connection = psycopg2.connect(owner)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(EMPTY.format(kept=",".join(KEPT)))
            return
        except errors.DeadlockDetected:
            if not patience:
                raise
        finally:
            connection.close()
