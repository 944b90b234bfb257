"""The house keeps its own laws: what `docs/` calls the design is read out of the code here, and any other shape fails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from facilities.models import ExactPosition

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("directorates", "facilities", "policies", "coordination")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

# Each floor and the floors it stands on. A module belongs to the longest name that it begins with; the project package
# (settings, addresses, homes, pages that compose) is the top floor and stands on everything.
FLOORS: dict[str, frozenset[str]] = {
    "directorates": frozenset(),
    "facilities": frozenset({"directorates"}),
    "policies": frozenset({"directorates", "facilities"}),
    "coordination.reporting": frozenset({"directorates", "facilities", "policies"}),
    "coordination.meetings": frozenset({"directorates", "facilities", "policies", "coordination.reporting"}),
}
TOP = "coordination"
# Nothing of the project package may be asked for by a floor below it, except what serves every floor and knows of none
# above the lowest: how dates, states and errors look.
SERVING = (
    "coordination.api.pagination",
    "coordination.api.problems",
    "coordination.formats",
    "coordination.states",
    "coordination.templatetags",
)


def modules() -> list[Path]:
    """Every Python file of the apps, migrations aside: those are generated."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in files if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(path: Path) -> ast.Module:
    """A module as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every module that is imported, with the name taken out of it, and where."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def begins(name: str, package: str) -> bool:
    """Whether a dotted name is a package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def floor_of(name: str) -> str:
    """The floor a module belongs to."""
    return max((floor for floor in FLOORS if begins(name, floor)), key=len, default=TOP)


def is_allowed(module: str, imported: str) -> bool:
    """Whether a module may import another of ours."""
    here, there = floor_of(module), floor_of(imported)
    if here in {there, TOP}:
        return True
    return there in FLOORS[here] or any(begins(imported, serving) for serving in SERVING)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The length of a function without its decorators, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_houses_floors_are_found() -> None:
    assert floor_of("coordination.reporting.rules.periods") == "coordination.reporting"
    assert floor_of("coordination.search.views") == floor_of("coordination.urls") == TOP
    assert not is_allowed("directorates.models", "facilities.models")
    assert not is_allowed("facilities.views", "coordination.reporting.models")
    assert not is_allowed("coordination.reporting.views", "coordination.search.views")
    assert len(modules()) > 100


def test_dependencies_run_one_way() -> None:
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in modules()
        for imported, _node in imports(parsed(path))
        if any(begins(imported, package) for package in PACKAGES) and not is_allowed(name_of(path), imported)
    ]
    assert wrong == []


def test_what_serves_every_floor_stands_on_the_lowest_only() -> None:
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in modules()
        if any(begins(name_of(path), serving) for serving in SERVING)
        for imported, _node in imports(parsed(path))
        if any(begins(imported, package) for package in PACKAGES)
        and not begins(imported, "directorates")
        and not any(begins(imported, serving) for serving in SERVING)
    ]
    assert wrong == []


def test_rules_are_pure() -> None:
    """No database, no request, no clock: what a rule needs is handed to it."""
    forbidden = ("django.db", "django.http", "django.utils.timezone", "rest_framework")
    wrong = []
    for path in (path for path in modules() if "rules" in path.parts):
        tree = parsed(path)
        wrong += [
            f"{name_of(path)} imports {name}" for name, _ in imports(tree) if any(begins(name, f) for f in forbidden)
        ]
        wrong += [
            f"{name_of(path)} imports {name}"
            for name, _ in imports(tree)
            if re.search(r"\.(models|actions)\.", f"{name}.")
        ]
        wrong += [f"{name_of(path)} reads the clock" for call in ast.walk(tree) if _is_clock(call)]
    assert wrong == []


def _is_clock(node: ast.AST) -> bool:
    """Whether a node asks what time it is."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow", "localdate"}
    )


def test_models_and_rules_call_no_higher_layer() -> None:
    layers = ("actions", "views", "forms", "api", "tasks", "admin")
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in modules()
        if {"models", "rules"} & set(path.relative_to(ROOT).parts)
        for imported, _node in imports(parsed(path))
        if any(begins(imported, package) for package in PACKAGES) and set(layers) & set(imported.split("."))
    ]
    assert wrong == []


def test_actions_know_nothing_of_requests_and_forms() -> None:
    forbidden = ("django.http", "django.forms", "django.shortcuts", "rest_framework")
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in modules()
        if "actions" in path.parts
        for imported, _node in imports(parsed(path))
        if any(begins(imported, name) for name in forbidden) or {"views", "forms", "api"} & set(imported.split("."))
    ]
    assert wrong == []


def test_guardian_is_imported_at_the_one_door_only() -> None:
    found = {name_of(path) for path in modules() for name, _node in imports(parsed(path)) if begins(name, "guardian")}
    assert found <= {"directorates.permissions", "directorates.models.grants"}


def test_nothing_is_imported_by_star_or_inside_a_function() -> None:
    wrong = []
    for path in modules():
        tree = parsed(path)
        wrong += [f"{name_of(path)}: import *" for name, _node in imports(tree) if name.endswith(".*")]
        if path.name == "apps.py":
            continue
        for function in functions(tree):
            wrong += [f"{name_of(path)}.{function.name} imports {name}" for name, _node in imports(function)]
    assert wrong == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [name_of(path) for path in modules() if path.stem in {"utils", "helpers", "misc", "common"}] == []


def test_forms_and_serializers_name_their_fields() -> None:
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "fields" for target in node.targets)
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    ]
    assert wrong == []


def test_nothing_happens_behind_a_signal() -> None:
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules()
        for name, _node in imports(parsed(path))
        if begins(name, "django.db.models.signals") or begins(name, "django.dispatch.receiver")
    ]
    assert wrong == []


def test_modules_are_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{name_of(path)}.{function.name}": lines_of(function)
        for path in modules()
        for function in functions(parsed(path))
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def described(path: Path) -> Iterator[tuple[str, str | None]]:
    """The public names of a layer that must explain themselves: functions, and the classes of models and rules."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{name_of(path)}.{node.name}", ast.get_docstring(node)


@pytest.mark.parametrize("layer", ["models", "actions", "rules", "views", "forms"])
def test_every_public_thing_says_what_it_is(layer: str) -> None:
    files = [path for path in modules() if layer in path.parts or path.stem == layer]
    silent = [name for path in files for name, words in described(path) if not words]
    assert silent == []


def test_every_module_says_what_it_holds() -> None:
    silent = [
        name_of(path)
        for path in modules()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_every_model_lives_in_the_file_of_its_noun() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
    assert [model.__module__ for model in ours if ".models" not in model.__module__] == []


def words_of(tree: ast.AST) -> Iterator[str]:
    """Every name that code can reach a field or a model by: names, attributes, keywords, and strings that are one name."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)) | ast.alias(name=word):
                yield word
            case ast.Constant(value=str(word)):
                yield from word.split("__") if re.fullmatch(r"-?[\w.]+", word) else ()
            case _:
                continue


def test_exact_positions_are_touched_nowhere() -> None:
    """Leaked coordinates kill: each word that leads to a position stands in the few files whose work it is, and nowhere else."""
    model = {"ExactPosition", "exactposition", "facilities.ExactPosition", "facilities_exactposition"}
    secret = {*model, "ciphertext", "decrypted", "in_degrees", "latitude", "longitude"}
    assert "ciphertext" in {field.name for field in ExactPosition._meta.get_fields()}
    allowed = {
        ROOT / "facilities" / layer / "positions.py" for layer in ("models", "rules", "actions", "forms", "views")
    }
    allowed |= {ROOT / "facilities/models/__init__.py", ROOT / "facilities/views/position_grants.py"}
    # The registry of classes says that they are severe; it reads nothing.
    allowed |= {ROOT / "facilities/sensitivity.py"}
    wrong = [
        f"{name_of(path)}: {word}"
        for path in modules()
        if path not in allowed
        for word in words_of(parsed(path))
        if word in secret
    ]
    pattern = re.compile(rf"\b({'|'.join(sorted(secret))})\b", re.IGNORECASE)
    for path in (ROOT / "templates").rglob("*.html"):
        wrong += [f"{path.name}: {found[0]}" for found in pattern.finditer(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_facilities_lead_to_no_position() -> None:
    for model in apps.get_models():
        if model is ExactPosition:
            continue
        leads = [field.name for field in model._meta.get_fields() if field.related_model is ExactPosition]
        assert leads == [], model


def test_no_template_holds_a_style_or_a_script_of_its_own() -> None:
    word = re.compile(r"<style\b|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        if (match := word.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []
