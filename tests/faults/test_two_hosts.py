"""Workers on several hosts serve one database and one broker: shown with network namespaces, where these can be made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.house import SERVERS, copy_servers

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]
# Rights over a network of one's own come with a user namespace of one's own; the machine's network is not touched.
APART = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def why_not() -> str:
    """Why no hosts can be made here; empty where they can."""
    if missing := [name for name in ("unshare", "nsenter", "ip") if shutil.which(name) is None]:
        return f"network namespaces need {', '.join(missing)}"
    probe = "ip link add wire type veth peer name end"
    tried = subprocess.run([*APART, "sh", "-c", probe], capture_output=True, text=True)
    said = (tried.stderr.strip().splitlines() or ["no word"])[-1]
    return f"this machine allows no network namespaces of one's own: {said}" if tried.returncode else ""


def test_workers_on_two_hosts_serve_one_database_and_one_broker(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    copy_servers(tmp_path / "site")
    told = {name: value for name, value in os.environ.items() if name not in SERVERS and "PYTEST" not in name}
    command = [*APART, sys.executable, "-m", "tests.faults.site", str(tmp_path / "site")]
    done = subprocess.run(command, env=told, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert "1 passed" in done.stdout
