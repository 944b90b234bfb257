"""`./portal up`: the whole portal, from nothing to ready, and down again."""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from coordination.starter import environment, parts, ports, processes, steps, trouble
from coordination.starter.accounts import table
from coordination.starter.servers import Servers
from coordination.starter.trouble import Trouble

READY_WITHIN = 90
ROOM_TO_RUN = 50_000_000
WORKER_KEY = ":1:tansiq:worker-alive"  # coordination.health.WORKER_KEY, as Django's cache writes it


def up(arguments: Sequence[str]) -> int:
    """Starts everything, says when it is ready, waits for Ctrl-C or for something to fail, stops everything."""
    wanted = _parse(arguments)
    _refuse_occupied(wanted.port)
    servers = Servers(wanted.data)
    servers.folder.prepare()
    ready = False
    with servers.folder.alone("up"):
        try:
            with steps.step("database and broker"):
                servers.__enter__()
            demonstration = _settle(servers, wanted.empty)
            surroundings = environment.of(servers, demonstration, wanted.port)
            _prepare(servers, surroundings)
            with _portal(servers, surroundings, wanted.port) as running:
                _fill(servers, surroundings, running)
                _wait(servers, running, wanted.port)
                print(f"ready http://{ports.HERE}:{wanted.port}", *table(demonstration), sep="\n", flush=True)
                ready = True
                _watch(servers, running)
        except KeyboardInterrupt:
            print("portal: stopped.", file=sys.stderr)
        finally:
            servers.__exit__()
    return 0 if ready else 130


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./portal up", description="Starts the whole portal.")
    parser.add_argument("--port", type=int, default=8000, help="where pages are served (8000)")
    parser.add_argument("--data", type=Path, default=environment.default_data(), help="where all state is kept (var)")
    parser.add_argument("--empty", action="store_true", help="start without the demonstration")
    wanted = parser.parse_args(arguments)
    if not 0 < wanted.port < 65536:
        parser.error("a port is a number from 1 to 65535")
    return wanted


def _refuse_occupied(port: int) -> None:
    if not ports.is_free(port):
        raise Trouble(f"port {port} is occupied or not allowed: stop what uses it, or choose another with --port.")


def _settle(servers: Servers, empty: bool) -> bool:
    """Whether this folder has the demonstration: decided at its first start, kept ever after."""
    kept = servers.folder.recall("portal.json")
    if "demonstration" not in kept:
        kept = {"demonstration": not empty}
        servers.folder.remember("portal.json", kept)
    if empty and kept["demonstration"]:
        raise Trouble(
            f"{servers.folder.path} holds the demonstration already: name another folder for an empty start (--data)."
        )
    return bool(kept["demonstration"])


def _prepare(servers: Servers, surroundings: dict[str, str]) -> None:
    # What the broker remembers of a worker before this start says nothing about the one to come.
    redis.Redis.from_url(servers.addresses.broker).delete(WORKER_KEY)
    with steps.assets(servers.folder, surroundings):
        steps.migrate(environment.as_owner(surroundings, servers))
        steps.catalogues(surroundings)


def _fill(servers: Servers, surroundings: dict[str, str], running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Loads reference data, and the demonstration: its recent part now, the rest behind ready."""
    if steps.has_command("load_reference"):
        with steps.step("reference data"):
            environment.run(surroundings, ["load_reference"], "loading the reference data")
    kept = servers.folder.recall("portal.json")
    if not kept.get("demonstration") or not steps.has_command("load_demonstration"):
        return
    if not kept.get("recent"):
        with steps.step("demonstration, the recent months"):
            environment.run(surroundings, ["load_demonstration", "--recent"], "loading the demonstration")
        servers.folder.remember("portal.json", kept | {"recent": True})
    if not kept.get("rest"):
        log = servers.folder.log("demonstration")
        command = environment.django("load_demonstration", "--rest")
        running["demonstration"] = processes.start(command, log, surroundings, first=parts.bound_to_us)


@contextmanager
def _portal(servers: Servers, surroundings: dict[str, str], port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Web, worker and scheduler as long as the block lasts; the schedule first, the work last, to end."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    commands = {"web": parts.web(port), "worker": parts.worker(), "scheduler": parts.scheduler()}
    os.chdir(environment.ROOT)
    try:
        for name, command in commands.items():
            running[name] = processes.start(command, servers.folder.log(name), surroundings, first=parts.bound_to_us)
        running["greeting"] = processes.start(parts.greeting(), servers.folder.log("worker"), surroundings)
        yield running
    finally:
        processes.end_groups([running[name] for name in reversed(running)])


def _wait(servers: Servers, running: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    """Until the sign-in page answers and the worker has taken a task."""
    until = time.monotonic() + READY_WITHIN
    said: dict[str, object] = {}
    with steps.step("web, worker, scheduler"):
        while time.monotonic() < until:
            _refuse_dead(servers, running)
            said = _health(port)
            if said.get("status") == "ok" and _answers(port):
                return
            time.sleep(0.15)
    down = [name for name in ("database", "broker", "worker") if not said.get(name)] or ["the sign-in page"]
    raise Trouble(f"{', '.join(down)} did not answer within {READY_WITHIN} s: the logs are in {servers.folder.logs}.")


def _health(port: int) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://{ports.HERE}:{port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error)) if error.code == 503 else {}
    except (OSError, ValueError):
        return {}


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{ports.HERE}:{port}/accounts/login/", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _refuse_dead(servers: Servers, running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Tells which part is gone; what ends by itself (the greeting, the demonstration) may."""
    if gone := servers.trouble():
        raise gone
    for name, process in list(running.items()):
        if process.poll() is None:
            continue
        log = servers.folder.log(name)
        if name in ("greeting", "demonstration"):
            del running[name]
            _note_end(servers, name, process.returncode, log)
            continue
        raise trouble.of_log(f"the {name} stopped", log, "everything else was stopped too: start again")


def _note_end(servers: Servers, name: str, code: int, log: Path) -> None:
    if name != "demonstration":
        return
    if code == 0:
        servers.folder.remember("portal.json", servers.folder.recall("portal.json") | {"rest": True})
        print("portal: the whole demonstration is loaded", file=sys.stderr, flush=True)
    else:
        said = trouble.of_log(
            "the older part of the demonstration was not loaded", log, "the portal goes on; the next start tries again"
        )
        print(f"portal: {said}", file=sys.stderr, flush=True)


def _watch(servers: Servers, running: dict[str, subprocess.Popen[bytes]]) -> None:
    """As long as everything lives and there is room to write."""
    while True:
        _refuse_dead(servers, running)
        if servers.folder.free() < ROOM_TO_RUN:
            raise Trouble(
                f"the disk under {servers.folder.path} is full: {trouble.FREE_SPACE}. Nothing committed is lost."
            )
        time.sleep(0.3)
