"""A site of three hosts, as a process in a network of its own: servers here, and two hosts joined to them by a wire each.

Run by `test_two_hosts.py` under `unshare`: nothing of the machine's network is touched, and all is gone when this ends.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import redis

from coordination.starter import ports
from coordination.starter.postgres import SETTINGS
from coordination.starter.test import TEMPLATE
from tests.faults.house import DATABASE, House

HOSTS = "TANSIQ_TEST_HOSTS"
NET = "10.77.0.0/16"
INSIDE = "tests/faults/inside_two_hosts.py"


@dataclass(frozen=True)
class Host:
    """A host: the process whose network it has, its own address, and the servers' as it sees it."""

    holder: int
    address: str
    servers: str

    @property
    def prefix(self) -> list[str]:
        """What runs a command on it."""
        return ["nsenter", f"--net=/proc/{self.holder}/ns/net", "--"]


def make_host(number: int) -> Host:
    """A network of its own, joined to ours by a wire."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    ours = Path("/proc/self/ns/net").readlink()
    while Path(f"/proc/{holder.pid}/ns/net").readlink() == ours:
        time.sleep(0.02)
    host = Host(holder.pid, f"10.77.{number}.2", f"10.77.{number}.1")
    wire, end = f"wire{number}", f"end{number}"
    _ip("link", "add", wire, "type", "veth", "peer", "name", end, "netns", str(holder.pid))
    _ip("address", "add", f"{host.servers}/24", "dev", wire)
    _ip("link", "set", wire, "up")
    for words in (("address", "add", f"{host.address}/24", "dev", end), ("link", "set", end, "up")):
        subprocess.run([*host.prefix, "ip", *words], check=True)
    return host


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def main(folder: Path) -> int:
    """Bring the site up, run the test inside it, answer how that ended."""
    _ip("link", "set", "lo", "up")
    hosts = [make_host(number) for number in (1, 2)]
    heard = [ports.HERE, *(host.servers for host in hosts)]
    with (folder / "postgres" / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NET} scram-sha-256\n")
    with mock.patch.dict(SETTINGS, {"listen_addresses": ",".join(heard)}), House(folder) as house:
        redis.Redis.from_url(house.valkey.url).config_set("bind", " ".join(heard))
        house.servers.remake(DATABASE, template=TEMPLATE)
        told = {HOSTS: json.dumps([[host.holder, host.address, host.servers] for host in hosts])}
        told |= {"DATABASE_OWNER_URL": house.servers.url("owner", DATABASE)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", INSIDE]
        return subprocess.run(command, env=house.environment | told).returncode


def hosts_given() -> list[Host]:
    """The hosts of the site that this process runs in."""
    return [Host(*one) for one in json.loads(os.environ[HOSTS])]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
