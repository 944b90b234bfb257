"""Every stored field has a class, and nothing that leaves the database in bulk carries more than its audience may."""

import ast
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.utils import get_fields_from_path
from django.db import connection, models
from django.urls import get_resolver
from rest_framework import serializers

from coordination.carried import API, LOG, SEARCH, TAKES, TEXTS
from coordination.exchange.carried import COLUMNS
from coordination.logs import Discreet
from coordination.search.names import NAMES
from coordination.search.sources import SOURCES
from coordination.sensitivity import REGISTRY
from directorates.foundation.administration import site
from directorates.foundation.sensitivity import Audience, Registry, Sensitivity, Unclassified, kept, said
from tests.test_architecture import ROOT, modules, name_of, parsed, words_of

OURS = ("directorates", "facilities", "policies", "coordination")


def fields_of(model: type[models.Model]) -> Iterator[str]:
    """The stored fields of a model, as the registry names them."""
    for field in model._meta.local_concrete_fields:
        yield f"{model._meta.label}.{field.name}"


def stored() -> set[str]:
    """Every stored field there is."""
    return {name for model in apps.get_models(include_auto_created=True) for name in fields_of(model)}


def too_much(audience: Audience, names: dict[str, tuple[str, ...]]) -> list[str]:
    """What an audience would be given that it may not have; a field without a class raises."""
    return [f"{name}: {field}" for name, of in names.items() for field in of if not REGISTRY.may_carry(audience, field)]


def test_every_field_has_a_class_and_no_class_is_without_its_field() -> None:
    assert stored() - set(REGISTRY) == set()
    assert set(REGISTRY) - stored() == set()
    assert [name for name in REGISTRY if not REGISTRY.said_of(name).reason] == []


def test_a_field_without_a_class_and_one_with_two_are_refused() -> None:
    with pytest.raises(Unclassified):
        REGISTRY.of("facilities.Facility.wifi_password")
    twice = kept("a.B", said(Sensitivity.OPEN, "c", "x"), said(Sensitivity.SEVERE, "c", "y"))
    with pytest.raises(ValueError, match=r"a\.B\.c has two classes"):
        Registry([twice])


def test_what_kills_or_opens_doors_is_severe_and_no_audience_may_carry_it() -> None:
    for name in (
        *("facilities.ExactPosition.ciphertext", "mfa.Authenticator.data", "directorates.User.password"),
        *("sessions.Session.session_data", "directorates.AccessToken.digest", "directorates.Invitation.secret_hash"),
    ):
        assert REGISTRY.of(name) is Sensitivity.SEVERE
        assert [one for one in Audience if REGISTRY.may_carry(one, name)] == []


def test_free_text_and_secrets_are_never_open_by_their_names() -> None:
    free = {"reason", "note", "notes", "word", "details", "email", "doc", "overlay", "password", "findings", "warnings"}
    loose = {name for name in REGISTRY if name.rsplit(".", 1)[1] in free and REGISTRY.of(name) < Sensitivity.RESTRICTED}
    assert loose == set()


@pytest.mark.django_db
def test_walled_models_are_those_whose_rows_the_database_guards() -> None:
    query = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')"
    with connection.cursor() as cursor:
        cursor.execute(query)
        guarded = {table for (table,) in cursor.fetchall()}
    tables = {
        model._meta.db_table.split('"')[-2 if '"' in model._meta.db_table else -1]: model
        for model in apps.get_models(include_auto_created=True)
    }
    assert {tables[table]._meta.label for table in guarded} == REGISTRY.walled


def test_whatever_holds_more_than_is_internal_has_row_policies_or_says_why_not() -> None:
    assert [model for model, why in REGISTRY.open_to_code.items() if not why] == []
    # A new name here is a decision: what is said of it has to be true, and to stand in `docs/security.md`.
    assert set(REGISTRY.open_to_code) == {
        *("admin.LogEntry", "guardian.UserObjectPermission", "sessions.Session", "usersessions.UserSession"),
        *("mfa.Authenticator", "account.EmailAddress", "account.EmailConfirmation", "directorates.AccessToken"),
        "directorates.FeedKey",
        *("directorates.User_groups", "directorates.User_user_permissions"),
        *("directorates.Membership", "directorates.Membership_places", "directorates.Deputyship"),
        *(
            "directorates.DirectorateSeal",
            "directorates.Handover",
            "directorates.PlaceChange",
            "directorates.OutboxMessage",
            "directorates.AuditEvent",
        ),
        *("reporting.Edition", "reporting.Verification", "reporting.Bulletin", "reporting.BulletinAnswer"),
        *("reporting.Erratum", "reporting.TemplateVersion", "reporting.Cell"),
    }


def test_a_table_that_holds_secrets_is_not_left_open_in_silence() -> None:
    secret, plain = said(Sensitivity.RESTRICTED, "c", "x"), said(Sensitivity.INTERNAL, "c", "x")
    assert Registry([kept("a.B", secret)]).open_to_code == {"a.B": ""}
    assert Registry([kept("a.B", secret, walled=True), kept("a.C", plain)]).open_to_code == {}
    for needless in (kept("a.B", plain, open_to_code="y"), kept("a.B", secret, walled=True, open_to_code="y")):
        with pytest.raises(ValueError, match="needs no word"):
            Registry([needless])


def serializers_of_ours() -> dict[str, type[serializers.Serializer[Any]]]:
    """Every shape of the API, by its name."""
    assert get_resolver().url_patterns  # reading the addresses imports them all

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = set(below(serializers.BaseSerializer))
    return {one.__name__: one for one in found if one.__module__.split(".")[0] in OURS}


def test_shapes_of_the_api_carry_what_their_audience_may_have() -> None:
    shapes = serializers_of_ours()
    assert set(shapes) == set(API) | TAKES
    for name, carried in API.items():
        assert set(shapes[name]().fields) == set(carried), name
        assert too_much(Audience.API, dict(carried)) == [], name


def test_no_shape_is_made_from_a_model_wholesale() -> None:
    """Fields of a shape are written one by one: a new column of a table never comes out by itself."""
    wholesale = [one for one in serializers_of_ours().values() if issubclass(one, serializers.ModelSerializer)]
    assert wholesale == []


def listings() -> list[Path]:
    """The modules that name columns of lists."""
    return [*sorted((ROOT / "coordination/exchange/listings").glob("*.py")), ROOT / "coordination/job_listing.py"]


def columns() -> dict[str, set[str]]:
    """The columns that each function of a list names."""
    found: dict[str, set[str]] = {}
    for path in listings():
        for function in parsed(path).body:
            named = {
                str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ast.unparse(node.args[0])
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Column"
            }
            if named:
                found[f"{path.stem}.{getattr(function, 'name', '')}"] = named
    return found


def test_columns_of_files_carry_what_their_audience_may_have() -> None:
    assert columns() == {name: set(carried) for name, carried in COLUMNS.items()}
    for name, carried in COLUMNS.items():
        assert too_much(Audience.EXPORT, dict(carried)) == [], name


def test_lists_are_made_nowhere_else() -> None:
    makers = {
        path for path in modules() if "Listing" in set(words_of(parsed(path))) and "Column" in words_of(parsed(path))
    }
    assert makers <= {*listings(), ROOT / "coordination/exchange/actions/exports.py"}


def test_the_search_carries_what_its_audience_may_have() -> None:
    assert {group.key for group in NAMES} == set(SEARCH)
    assert too_much(Audience.SEARCH, dict(SEARCH)) == []
    assert {source.group.key for source in SOURCES} == set(TEXTS)
    assert too_much(Audience.TEXTS, dict(TEXTS)) == []


def test_the_administration_shows_what_its_audience_may_have() -> None:
    wrong = []
    for model, page in site._registry.items():
        assert page.fields, f"{model} shows whatever it has"
        asked = {*page.list_display, *page.fields, *page.search_fields, *page.list_filter, page.date_hierarchy or "pk"}
        for path in sorted(asked - {"pk"}):
            field: Any = get_fields_from_path(model, str(path))[-1]
            if field.many_to_many:
                field = field.remote_field.through._meta.get_field(field.m2m_reverse_field_name())
            name = f"{field.model._meta.label}.{field.name}"
            wrong += [] if REGISTRY.may_carry(Audience.ADMIN, name) else [f"{model._meta.label}: {name}"]
    assert wrong == []


def above(audience: Audience) -> set[str]:
    """Names that only fields above an audience bear: whoever writes one of these reads what may not come out."""
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for name in (name for name in REGISTRY if not name.startswith("django_celery_beat.")):  # the clock asks for the sun
        names[REGISTRY.may_carry(audience, name)].add(name.rsplit(".", 1)[1])
    return names[False] - names[True]


# Words that fields bear, and that these modules use for something else.
HOMONYMS = {"key", "values", "user", "n", "url", "found", "text"}


@pytest.mark.parametrize(
    ("audience", "where"),
    [
        (Audience.SEARCH, ["coordination/search/names.py", "coordination/search/views.py"]),
        (Audience.TEXTS, ["coordination/search"]),
        (Audience.EXPORT, ["coordination/exchange/listings"]),
        (
            Audience.API,
            ["coordination/reporting/api", "coordination/meetings/api", "facilities/api", "directorates/api"],
        ),
        (Audience.ADMIN, ["coordination/reporting/admin.py", "facilities/admin.py", "directorates/admin.py"]),
    ],
)
def test_the_code_of_an_audience_does_not_even_name_what_is_above_it(audience: Audience, where: list[str]) -> None:
    """The table says what is carried; this reads the code, so that a computed value cannot say something else."""
    files = [path for path in modules() if any(str(path.relative_to(ROOT)).startswith(start) for start in where)]
    assert files
    takes_in = {ROOT / "directorates/api/tokens.py"}  # a password is given there, and never told
    wrong = [
        f"{name_of(path)}: {word}"
        for path in files
        if path not in takes_in
        for word in set(words_of(parsed(path))) & above(audience) - HOMONYMS
    ]
    assert wrong == []


def test_names_above_an_audience_are_found() -> None:
    assert {"ciphertext", "session_key", "secret_hash"} <= above(Audience.API)
    assert {"email", "doc", "note", "reason"} <= above(Audience.SEARCH)


def logged() -> Iterator[tuple[str, ast.Call]]:
    """Every line that is written to the log."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="logger" | "logging"), attr=how)) if (
                    how != "getLogger"
                ):
                    yield name_of(path), node


def test_lines_of_the_log_carry_what_their_audience_may_have() -> None:
    assert too_much(Audience.LOG, dict(LOG)) == []
    wrong = []
    for module, call in logged():
        if not isinstance(call.args[0], ast.Constant):
            wrong.append(f"{module}: the words of a line are not fixed")
        wrong += [f"{module}: {word}" for one in call.args[1:] if (word := ast.unparse(one)) not in LOG]
        wrong += [f"{module}: {one.arg}" for one in call.keywords if one.arg != "exc_info"]
    assert wrong == []


def test_nothing_is_printed_but_by_commands_and_the_starter() -> None:
    silent = [path for path in modules() if not {"commands", "starter", "benchmarks"} & set(path.parts)]
    wrong = [
        name_of(path)
        for path in silent
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []


def test_a_database_error_in_the_log_says_nothing_of_the_row() -> None:
    told = 'duplicate key value violates unique constraint "one"\nDETAIL:  Key (email)=(hala@example.org) already exists.\n'
    try:
        raise ValueError(told)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "by %s", ("rana@example.org",), sys.exc_info())
    line = Discreet("%(message)s").format(record)
    assert "unique constraint" in line
    assert "DETAIL" not in line
    assert "@" not in line
