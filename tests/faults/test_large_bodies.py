"""A body of 200 MB is refused by what its head says, before it is read: at once, with the reason, and without memory for it."""

import json
import socket
import time
from pathlib import Path

import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]
SIZE, CHUNK = 200 * 1024 * 1024, b"x" * 65_536
MEGABYTE = 1024 * 1024


def sent(stack: Stack, path: str, *headers: str) -> tuple[str, int]:
    """Post 200 MB as fast as it is taken; the answer, and how much of it was sent until it came."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {SIZE}", *headers, "", ""]
    gone = 0
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as line:
        line.sendall("\r\n".join(head).encode())
        line.setblocking(False)
        answer, until = b"", time.monotonic() + 20
        while gone < SIZE and time.monotonic() < until:
            try:
                answer += line.recv(65_536)
            except BlockingIOError:
                pass
            except OSError:
                break
            if answer:
                break
            try:
                gone += line.send(CHUNK)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                # It was closed while more was on its way; what it said before is still to be read.
                line.setblocking(True)
                answer += line.recv(65_536)
                break
        line.setblocking(True)
        while b"</html>" not in answer and b"}" not in answer:
            try:
                more = line.recv(65_536)
            except OSError:
                break
            if not more:
                break
            answer += more
    return answer.decode(errors="replace"), gone


def peak(stack: Stack) -> int:
    """The most memory that any process of the web server ever held."""
    group, most = stack.running["web"].pid, 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            stat = (status.parent / "stat").read_text().rpartition(")")[2].split()
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(stat[2]) == group and "VmHWM" in lines:
            most = max(most, int(lines["VmHWM"].split()[0]) * 1024)
    return most


@pytest.mark.parametrize(
    "path", ["/policies/infection/1/papers/new/", "/policies/branding/new/", "/api/v1/submissions/"]
)
def test_two_hundred_megabytes_are_refused_at_once_with_the_reason_and_held_by_nobody(
    live_stack: Stack, path: str
) -> None:
    before, began = peak(live_stack), time.monotonic()
    kind = "application/json" if path.startswith("/api/") else "multipart/form-data; boundary=x"
    answer, gone = sent(live_stack, path, f"Content-Type: {kind}", "Accept-Language: ar")
    assert time.monotonic() - began < 5
    assert answer.startswith("HTTP/1.1 413"), answer[:200]
    # What is in the pipes of the system, and no more.
    assert gone < 50 * MEGABYTE
    assert peak(live_stack) - before < 50 * MEGABYTE
    if path.startswith("/api/"):
        told = json.loads(answer.partition("\r\n\r\n")[2])
        assert (told["code"], told["status"]) == ("too_large", 413)
    else:
        assert "36" in answer
        assert 'dir="rtl"' in answer
    assert live_stack.health()["status"] == "ok"
