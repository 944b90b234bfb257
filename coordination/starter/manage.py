"""`./portal manage`: Django's command line beside running servers."""

import signal
import subprocess
from collections.abc import Sequence

from coordination.starter import environment
from coordination.starter.servers import Servers


def manage(arguments: Sequence[str]) -> int:
    """Runs manage.py in the foreground, with the terminal; answers its exit code."""
    with Servers(environment.default_data()) as servers:
        surroundings = environment.of(servers, demonstrates(servers))
        if arguments and arguments[0] in environment.OWNERS:
            surroundings = environment.as_owner(surroundings, servers)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's own
        try:
            return subprocess.run(
                environment.django(*arguments), cwd=environment.ROOT, env=surroundings, preexec_fn=_listen
            ).returncode
        finally:
            signal.signal(signal.SIGINT, before)


def demonstrates(servers: Servers) -> bool:
    """Whether this folder may hold the demonstration: as its first start settled; before that only on embedded servers."""
    return bool(servers.folder.recall("portal.json").get("demonstration", len(servers.embedded) == 2))


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
