"""`./portal test`: pytest on throw-away databases, in clusters of its own under the data folder."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from coordination.starter import environment, roles, steps
from coordination.starter.servers import Servers

TEMPLATE, DATABASE = "tansiq_template", "test_tansiq"
# Each holds a database server, a broker, and for some tests a portal and a browser.
MOST_WORKERS = 4
WORKERS = "TANSIQ_TEST_WORKERS"

MUTATE = "--mutate"
# What may speak for a permission check: neither a browser nor the starter nor a crawl of every page.
MUTATED = [f"tests/rights/test_{name}.py" for name in ("table", "entrance", "actions", "missing")]
MUTATED += [
    f"tests/{name}"
    for name in (
        *("directorates", "facilities", "policies", "reporting", "meetings", "exchange", "search"),
        "test_homes.py",
    )
]
MUTATED += ["tests/test_jobs.py", "tests/frame/test_pages.py", *(f"tests/api/test_{one}.py" for one in ("due", "once"))]
MUTATED += [f"tests/api/test_{one}.py" for one in ("consolidations", "reference", "submissions", "tokens")]


def test(arguments: Sequence[str]) -> int:
    """Runs pytest with the given arguments; answers its exit code. With `--mutate`, without one permission check after the other.

    The whole suite runs on all processors, each worker beside a database server and a broker of its own (tests/workers.py);
    what is named runs in one process, unless `-n` says how many.
    """
    if MUTATE in arguments:
        arguments = ["-p", "tests.mutation.options", "-q", *_mutated([one for one in arguments if one != MUTATE])]
    workers = _workers(arguments)
    first = Servers(environment.default_data() / "test", database=TEMPLATE, durable=False)
    first.folder.prepare()
    beside = [Servers(first.folder.path / f"beside-{number}", TEMPLATE, durable=False) for number in range(1, workers)]
    with ExitStack() as stack:
        stack.enter_context(first.folder.alone("test"))
        for servers in (first, *beside):
            stack.enter_context(servers)
        surroundings = environment.of(first, demonstration=True)
        with steps.assets(first.folder, surroundings):
            keep = "--reuse-db" in arguments
            places = [_place(servers, first, surroundings, keep=keep) for servers in (first, *beside)]
            steps.catalogues(surroundings)
        surroundings |= places[0]
        if not workers:
            return _run(surroundings, arguments)
        # Each begins with a stretch of the list and then takes from whoever has most left.
        side_by_side = ["-n", str(workers), "--dist", "worksteal"]
        return _run(surroundings | {WORKERS: json.dumps(places)}, [*side_by_side, *arguments])


def _workers(arguments: Sequence[str]) -> int:
    """How many processes share the tests; none where one process runs them itself, or the servers are somebody's own."""
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        return 0
    if "-n" in arguments:
        return int(arguments[arguments.index("-n") + 1])
    return 0 if arguments else min(os.cpu_count() or 1, MOST_WORKERS)


def _mutated(arguments: Sequence[str]) -> Sequence[str]:
    """The arguments with the tests that speak for checks, where none are named."""
    return arguments if any(one.startswith("tests") for one in arguments) else [*MUTATED, *arguments]


def _place(servers: Servers, first: Servers, surroundings: dict[str, str], keep: bool) -> dict[str, str]:
    """Where tests find an empty database and a broker, and what they are there as: a copy of the template, or the last run's."""
    _template(servers, first, surroundings)
    if not (keep and servers.folder.recall("roles.json").get(DATABASE)):
        servers.remake(DATABASE, template=TEMPLATE)
    return {
        "DATABASE_URL": servers.url("app", DATABASE),
        "DATABASE_OWNER_URL": servers.url("owner", DATABASE),
        "REDIS_URL": servers.addresses.broker,
    }


def _template(servers: Servers, first: Servers, surroundings: dict[str, str]) -> None:
    """A migrated, empty database that every run copies; made anew when a migration changed.

    The first server's is migrated, those beside it take it over: migrating takes a minute, copying seconds.
    """
    sources = steps.files(*steps.of_apps("migrations/*.py"), *steps.of_apps("models/*.py"), "*.lock")
    state = {"digest": steps.digest([*sources, roles.SQL])}
    if servers.folder.recall("template.json") == state:
        return
    if servers is first:
        servers.remake(TEMPLATE)
        steps.migrate(environment.as_owner(surroundings, servers))
    else:
        with steps.step("database schema of another worker"):
            servers.take(TEMPLATE, first)
    servers.folder.remember("template.json", state)


def _run(surroundings: dict[str, str], arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=environment.ROOT, env=surroundings) as pytest:
        try:
            return pytest.wait()
        except KeyboardInterrupt:
            # The terminal sends Ctrl-C to pytest as well: it closes its fixtures and its summary first.
            pytest.terminate() if not sys.stdin.isatty() else None
            return pytest.wait(30)
