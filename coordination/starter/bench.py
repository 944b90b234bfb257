"""`./portal bench`: the performance goals, on a throw-away database in a cluster of its own that keeps every promise of a real one."""

import shutil
import subprocess
import sys
from collections.abc import Sequence

from coordination.starter import environment, parts, processes, roles, steps
from coordination.starter.servers import Servers
from coordination.starter.trouble import Trouble

DATABASE = "bench_tansiq"


def bench(arguments: Sequence[str]) -> int:
    """Runs `manage.py bench` beside a worker; what it made is thrown away at the end."""
    if not steps.has_command("bench"):
        raise Trouble("there is no bench in this version.")
    servers = Servers(environment.default_data() / "bench", database=DATABASE)
    servers.folder.prepare()
    with servers.folder.alone("bench"):
        try:
            with servers:
                return _run(servers, arguments)
        finally:
            for name in ("postgres", "valkey"):
                shutil.rmtree(servers.folder.path / name, ignore_errors=True)


def _run(servers: Servers, arguments: Sequence[str]) -> int:
    surroundings = environment.of(servers, demonstration=False)
    owner = environment.as_owner(surroundings, servers)
    # Some goals open pages.
    with steps.assets(servers.folder, surroundings):
        steps.migrate(owner)
    # Both sizes of the data are timed right after a checkpoint.
    roles.psql(servers.admin_url, "--command", "GRANT pg_checkpoint TO tansiq_owner")
    worker = processes.start(parts.worker(), servers.folder.log("worker"), surroundings, first=parts.bound_to_us)
    try:
        # The other side of a comparison may need what only the owner may do: plain tables of its own.
        measured = surroundings | {"DATABASE_OWNER_URL": servers.addresses.owner}
        with subprocess.Popen(environment.django("bench", *arguments), cwd=environment.ROOT, env=measured) as running:
            try:
                return running.wait()
            except KeyboardInterrupt:
                running.terminate()
                print("portal: the bench was stopped.", file=sys.stderr)
                return 130
    finally:
        processes.end_group(worker)
