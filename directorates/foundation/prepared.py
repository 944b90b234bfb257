"""Statements that the database plans once a connection: planning the largest costs more than running them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Thing = TypeVar("Thing", bound=Model)
_NAME = re.compile(r"%\((\w+)\)s")
# By connection of the driver: a new one has nothing prepared.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Prepared:
    """A statement with named parameters, `%(name)s`, and their types; prepared where it is first run."""

    def __init__(self, name: str, sql: str, **types: str) -> None:
        """Number the parameters in the order of their types."""
        self.name = name
        self.types = types
        places = {parameter: f"${number}" for number, parameter in enumerate(types, 1)}
        text = _NAME.sub(lambda match: places[match[1]], sql)
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {text}"
        given = ", ".join(f"%({parameter})s::{kind}" for parameter, kind in types.items())
        self.execute = f"EXECUTE {name} ({given})"

    def rows(self, parameters: Mapping[str, Any], before: str = "") -> list[tuple[Any, ...]]:
        """Run the statement and answer its rows, none where it returns none; `before` is SQL that is sent along with it."""
        with connection.cursor() as cursor:
            self._run(cursor, parameters, before)
            return cursor.fetchall() if cursor.description else []

    def written(self, parameters: Mapping[str, Any]) -> int:
        """Run a statement that writes and answer how many rows it wrote."""
        with connection.cursor() as cursor:
            self._run(cursor, parameters)
            return int(cursor.rowcount)

    def _run(self, cursor: CursorWrapper, parameters: Mapping[str, Any], before: str = "") -> None:
        known = _known.setdefault(connection.connection, set())
        if self.name not in known:
            # Without parameters, so that the driver leaves the per cent signs alone.
            cursor.execute(self.prepare)
            known.add(self.name)
        cursor.execute(before + self.execute, parameters)


def columns(model: type[Model], *names: str) -> tuple[str, ...]:
    """These columns of a table, in the order in which `made` reads them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)


def made(model: type[Thing], names: tuple[str, ...], values: Sequence[Any]) -> Thing:
    """The thing with these `columns`; the others are read where they are asked for."""
    return model.from_db("default", names, values)
