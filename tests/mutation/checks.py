"""Permission checks, found in the house's code by its syntax tree, and the code of a module without one of them.

The kinds, and what is left when one is removed:

- `demand`: a statement that refuses or does nothing, `require(...)` or a house function whose work is refusing: nothing;
- `refusal`: `raise Refused(...)`: its `if` never holds; where it stands alone, nothing;
- `limit`: `.visible_to(user)` and its like become `.all()`; `organisations_managed_by(user)` and its like all rows of what it
  answers; `open_to_members(user, rows)` the rows; `scoped(...)` and
  `.datasets(...)` a condition that always holds; `.organisations(...)` all of them; `.of_dataset(...)` the whole country;
- `answer`: `may(...)`, `.allow(...)`, `.holds(...)`, `.is_of(...)`, `may_withdraw(user, ...)` and its like: yes;
- `entrance`: `@login_required`: everybody passes (`lifting.py` does that on the living view).

The right-hand sides of these names (`def visible_to`, `def may`) are read like all other code. `audit.visible_to(user)` and
`jobs.visible_to(user)` are functions of modules: what they say inside is the one check.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("directorates", "facilities", "policies", "coordination")
# Not the portal as people meet it.
ASIDE = frozenset({"migrations", "demonstration", "benchmarks", "starter"})
Kind = Literal["demand", "refusal", "limit", "answer", "entrance"]

# What stands in the code in the place of what was lifted; `lifting.py` puts a thing of this name among the built-ins.
LIFTED = "_lifted"
YES = ("may", "allow", "holds", "is_of")
YES_OF = ("may_decide", "may_name", "may_withdraw", "seals_alone")
LIMITS = ("visible_to", "asked_by", "to_review", "to_decide", "to_approve", "overseen_by", "with_figures_for")
ROWS = (
    "organisations_managed_by",
    "organisations_invited_to_by",
    "asked_about_by",
    "waiting_for",
    "in_custody_of",
    "kept_by",
)
CONDITIONS = ("scoped", "datasets")
# Whom a limit is for; `.asked_by(day)` is something else.
WHOM = frozenset({"user", "by"})
# What a demand says that let somebody through: it may have written for whom a deputy stands in.
PASSED = ":passed"
REFUSING = re.compile(r"^_?(demand|require|check)")
# Modules whose function `visible_to` is not a queryset's.
MODULES = frozenset({"audit", "jobs"})


@dataclass(frozen=True, order=True)
class Check:
    """One permission check: where it stands and of which kind it is."""

    path: str
    line: int
    column: int
    kind: Kind

    @property
    def key(self) -> str:
        """The check in one word."""
        return f"{self.path}:{self.line}:{self.column}:{self.kind}"

    @property
    def source(self) -> str:
        """The line of code where it stands."""
        return (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()


# What a walk does with a check: the code as it stands, and the code without it; answers what shall stand there.
Choose = Callable[[Check, ast.AST, ast.AST], ast.AST]


def sources() -> list[Path]:
    """The files in which checks are looked for."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if not ASIDE.intersection(path.relative_to(ROOT).parts))


def name_of(node: ast.AST | None) -> str:
    """The last name of what is called or raised: `require`, `visible_to`, `Refused`."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def refuses(node: ast.AST) -> bool:
    """Whether a statement raises `Refused`."""
    return isinstance(node, ast.Raise) and name_of(node.exc) == "Refused"


def demanding(trees: Iterable[ast.AST]) -> frozenset[str]:
    """The names of the house's functions that answer nothing and whose work is refusing, those that call such ones included."""
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    named = [one for one in functions if REFUSING.match(one.name) and isinstance(one.returns, ast.Constant)]
    found: set[str] = {"require"}
    while more := {one.name for one in named if _demands(one, found)} - found:
        found |= more
    return frozenset(found)


def _demands(function: ast.FunctionDef, names: set[str]) -> bool:
    """Whether a function raises `Refused` itself or calls one of the names as a statement."""
    return any(
        refuses(node)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and name_of(node.value) in names)
        for node in ast.walk(function)
    )


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """A call of one of the things that stand for what was lifted."""
    return ast.Call(ast.Attribute(ast.Name(LIFTED, ast.Load()), name, ast.Load()), list(arguments), [])


class Walk(ast.NodeTransformer):
    """A walk over a module's tree that asks at each check what shall stand there."""

    def __init__(self, path: str, demands: frozenset[str], choose: Choose) -> None:
        self.path, self.demands, self.choose = path, demands, choose

    def _chosen(self, kind: Kind, node: ast.AST, without: ast.AST, at: ast.AST | None = None) -> ast.AST:
        place = at or node
        check = Check(self.path, place.lineno, place.col_offset, kind)  # type: ignore[attr-defined]
        return ast.copy_location(self.choose(check, node, without), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A demand."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and name_of(node.value) in self.demands:
            return self._chosen("demand", node, ast.Pass())
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """A refusal under a condition."""
        held = [one for one in node.body if refuses(one)]
        # `if not may(...): raise Refused(...)` is one check, not two.
        if held and isinstance(node.test, ast.UnaryOp) and isinstance(node.test.operand, ast.Call):
            self.generic_visit(node.test.operand)
        else:
            node.test = self.visit(node.test)
        node.body = [one if refuses(one) else self.visit(one) for one in node.body]
        node.orelse = [self.visit(one) for one in node.orelse]
        if not held:
            return node
        never = ast.BoolOp(ast.And(), [node.test, ast.Constant(False)])
        test = self._chosen("refusal", node.test, ast.copy_location(never, node.test), at=held[0])
        return ast.copy_location(ast.If(cast("ast.expr", test), node.body, node.orelse), node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """A refusal that stands alone."""
        return self._chosen("refusal", node, ast.Pass()) if refuses(node) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A limit or an answer."""
        self.generic_visit(node)
        found = _without(node)
        return node if found is None else self._chosen(*found)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """An entrance."""
        self.generic_visit(node)
        for one in node.decorator_list:
            if name_of(one) == "login_required":
                self._chosen("entrance", one, one)
        return node


def _without(node: ast.Call) -> tuple[Kind, ast.Call, ast.expr] | None:
    """What is left of a call that limits or answers."""
    name, base = name_of(node), node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in YES_OF or (name in YES and node.args and (name == "may" or base is not None)):
        both = ast.Tuple([node, ast.Constant(True)], ast.Load())
        return "answer", node, ast.Subscript(both, ast.Constant(1), ast.Load())
    less = _unlimited(node, name, base)
    return None if less is None else ("limit", node, less)


def _unlimited(node: ast.Call, name: str, base: ast.expr | None) -> ast.expr | None:
    """What is left of a call that limits."""
    found: ast.expr | None = None
    if name in ROWS:
        found = call("rows", node)
    elif name == "open_to_members":
        found = node.args[1]
    elif name in CONDITIONS and node.args:
        found = call("anything")
    elif name in {"organisations", "of_dataset"} and node.args:
        found = call(name, node.args[0])
    elif name in LIMITS and base is not None and name_of(base) not in MODULES and name_of(node.args[0]) in WHOM:
        found = ast.Call(ast.Attribute(base, "all", ast.Load()), [], [])
    return found


def checks_in(path: str, source: str, demands: frozenset[str]) -> list[Check]:
    """The checks of a module in their order."""
    found: list[Check] = []

    def keep(check: Check, node: ast.AST, _without: ast.AST) -> ast.AST:
        found.append(check)
        return node

    Walk(path, demands, keep).visit(ast.parse(source))
    return sorted(found)


def without(source: str, check: Check, demands: frozenset[str]) -> ast.Module:
    """A module's tree without one of its checks."""
    walk = Walk(check.path, demands, lambda one, node, less: less if one == check else node)
    return _whole(walk.visit(ast.parse(source)))


def noting(path: str, source: str, demands: frozenset[str]) -> ast.Module:
    """A module's tree in which each check says that it refused, and each limit that it was reached: else nothing is lost with it."""
    tree = Walk(path, demands, lambda check, node, _without: _noted(check, node)).visit(ast.parse(source))
    return _whole(tree)


def _noted(check: Check, node: ast.AST) -> ast.AST:
    """A check that says so."""
    key = ast.Constant(check.key)
    if check.kind == "entrance":
        return node
    if isinstance(node, ast.expr):
        return call(f"note_{check.kind}", key, node)
    said, passed = (ast.Expr(call("reached", ast.Constant(check.key + end))) for end in ("", PASSED))
    handler = ast.ExceptHandler(ast.Name("BaseException", ast.Load()), None, [said, ast.Raise()])
    return ast.Try([cast("ast.stmt", node)], [handler], [passed] if check.kind == "demand" else [], [])


def _whole(tree: ast.Module) -> ast.Module:
    """The tree with a line for every new part."""
    return ast.fix_missing_locations(tree)


def demands_of_the_house() -> frozenset[str]:
    """The names of the functions whose work is refusing, of all files together."""
    return demanding(ast.parse(path.read_text(encoding="utf-8")) for path in sources())


def all_checks(demands: frozenset[str]) -> Iterator[tuple[str, str, list[Check]]]:
    """Each file with checks: its path, its source and its checks."""
    for path in sources():
        text, relative = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        if found := checks_in(relative, text, demands):
            yield relative, text, found
