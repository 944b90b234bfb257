"""`python -m coordination.starter COMMAND …`: what ./portal hands over to."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

from coordination.starter.bench import bench
from coordination.starter.check import check
from coordination.starter.manage import manage
from coordination.starter.test import test
from coordination.starter.trouble import Trouble
from coordination.starter.up import up


def stop(_number: int, _frame: FrameType | None) -> None:
    """A request to end, told once: while things are being stopped, further ones are ignored."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Runs one command; every failure is one line on stderr and a non-zero code."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, stop)
    commands = {"up": up, "test": test, "check": check, "manage": manage, "bench": bench}
    try:
        return commands[arguments[0]](arguments[1:])
    except Trouble as trouble:
        print(f"portal: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("portal: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
