"""Checks removed from the running code, and put back: the functions that were loaded get the code of the changed source."""

import ast
import builtins
import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from django.contrib.auth import decorators
from django.db.models import Q, QuerySet

from directorates.models import Organisation, Place
from directorates.permissions import Permission
from directorates.rights import Scope
from tests.mutation.checks import LIFTED, ROOT, Check, all_checks, demands_of_the_house, noting, without

Key = tuple[str, str, int]
VIEW = "_view_wrapper"


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code and all that lies in it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from codes(one)


def key_of(code: CodeType) -> Key:
    """Where a code is from, in its own words."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


class House:
    """The loaded modules that hold checks, their functions, and the checks."""

    def __init__(self) -> None:
        self.demands = demands_of_the_house()
        self.sources: dict[str, str] = {}
        self.checks: list[Check] = []
        for path, source, found in all_checks(self.demands):
            importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            self.sources[path] = source
            self.checks += found
        self.functions: dict[Key, list[FunctionType]] = {}
        self.entrances: dict[tuple[str, str], Any] = {}
        self._index()
        self.reached: Callable[[str], None] = lambda _key: None
        setattr(builtins, LIFTED, self)

    def note_refusal(self, key: str, found: Any) -> Any:
        """The condition of a refusal, noted where it refuses."""
        if found:
            self.reached(key)
        return found

    def note_answer(self, key: str, found: Any) -> Any:
        """An answer, noted where it is no."""
        if not found:
            self.reached(key)
        return found

    def note_limit(self, key: str, found: Any) -> Any:
        """A limit, noted: what it leaves out is not known."""
        self.reached(key)
        return found

    @staticmethod
    def anything() -> Q:
        """A condition that always holds."""
        return Q(pk__isnull=False)

    @staticmethod
    def rows(limited: QuerySet[Any]) -> QuerySet[Any]:
        """All rows of the same kind."""
        return limited.model._default_manager.all()

    @staticmethod
    def organisations(_permission: Permission) -> set[int]:
        """All organisations."""
        return set(Organisation.objects.values_list("pk", flat=True))

    @staticmethod
    def of_dataset(permission: Permission) -> tuple[Scope, ...]:
        """A grant for the whole country."""
        paths = Place.objects.filter(parent=None).values_list("path", flat=True)
        return tuple(Scope(permission, path=path) for path in paths)

    def _index(self) -> None:
        files = {str(ROOT / path) for path in self.sources}
        for one in gc.get_objects():
            # Not `isinstance`, which asks proxies of what is gone already.
            if type(one) is not FunctionType:
                continue
            if one.__code__.co_filename in files:
                self.functions.setdefault(key_of(one.__code__), []).append(one)
            elif one.__code__.co_name == VIEW and one.__code__.co_filename == decorators.__file__:
                cell = (one.__closure__ or ())[one.__code__.co_freevars.index("test_func")]
                self.entrances[one.__module__, one.__name__] = cell

    def _changed(self, path: str, tree: ast.Module) -> dict[FunctionType, CodeType]:
        """The functions whose code the tree says otherwise, with that code."""
        name = str(ROOT / path)
        plain = {key_of(code): code for code in codes(compile(self.sources[path], name, "exec", dont_inherit=True))}
        fresh = {key_of(code): code for code in codes(compile(tree, name, "exec", dont_inherit=True))}
        return {
            function: code
            for key, code in fresh.items()
            if key in plain and plain[key] != code
            for function in self.functions.get(key, [])
        }

    @contextmanager
    def with_notes(self, reached: Callable[[str], None]) -> Iterator[None]:
        """Every check says when it is reached."""
        self.reached = reached
        changed: dict[FunctionType, CodeType] = {}
        for path, source in self.sources.items():
            changed |= self._changed(path, noting(path, source, self.demands))
        with swapped(changed):
            yield

    @contextmanager
    def lifted(self, check: Check) -> Iterator[bool]:
        """The house without one check; says whether anything was changed."""
        if check.kind == "entrance":
            with self._open_to_all(check):
                yield True
            return
        changed = self._changed(check.path, without(self.sources[check.path], check, self.demands))
        with swapped(changed):
            yield bool(changed)

    def view_of(self, check: Check) -> tuple[str, str]:
        """The module and the name of the view behind an entrance."""
        for node in ast.walk(ast.parse(self.sources[check.path])):
            if isinstance(node, ast.FunctionDef) and any(one.lineno == check.line for one in node.decorator_list):
                return check.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), node.name
        raise LookupError(check)

    @contextmanager
    def _open_to_all(self, check: Check) -> Iterator[None]:
        cell = self.entrances[self.view_of(check)]
        kept = cell.cell_contents
        cell.cell_contents = lambda _user: True
        try:
            yield
        finally:
            cell.cell_contents = kept

    @contextmanager
    def entrances_noted(self, reached: Callable[[str], None]) -> Iterator[None]:
        """Every entrance says when somebody passes it."""
        kept = []
        for check in (check for check in self.checks if check.kind == "entrance"):
            cell = self.entrances[self.view_of(check)]
            kept.append((cell, cell.cell_contents))
            cell.cell_contents = _noting(check.key, cell.cell_contents, reached)
        try:
            yield
        finally:
            for cell, test in kept:
                cell.cell_contents = test


def _noting(key: str, test: Callable[[Any], bool], reached: Callable[[str], None]) -> Callable[[Any], bool]:
    """A test of who passes that says that it was asked and somebody was led away."""

    def noted(user: Any) -> bool:
        passes = test(user)
        if not passes:
            # Whoever passes anyway does not meet the check.
            reached(key)
        return passes

    return noted


@contextmanager
def swapped(changed: dict[FunctionType, CodeType]) -> Iterator[None]:
    """The functions run other code."""
    kept = {function: function.__code__ for function in changed}
    try:
        for function, code in changed.items():
            function.__code__ = code
        yield
    finally:
        for function, code in kept.items():
            function.__code__ = code
