"""Free ports below the range that the system hands out by itself."""

import random
import socket

HERE = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


def pick(settled: object) -> int:
    """The settled port if it is still free, else another one."""
    if isinstance(settled, int) and LOWEST <= settled < HIGHEST and is_free(settled):
        return settled
    while True:
        port = random.randrange(LOWEST, HIGHEST)  # noqa: S311 - a port is no secret
        if is_free(port):
            return port
