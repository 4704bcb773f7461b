"""`make compose-test`: built, brought up, used, scaled, killed one by one, and looked at."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.compose.gallery import SAMPLES, Gallery
from tests.compose.stack import Stack
from tests.deploy.code import SERVICES

#: Tools that build, and that nothing in an image needs when it runs.
TOOLS = "pip gcc cc make npm node git curl wget"
ONCE = ("secrets-1", "bucket-1")


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"{what} …", flush=True)
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


def main() -> int:
    stack = Stack(f"imgcap-test-{os.getpid()}")
    try:
        with timed("build four images"):
            stack.compose("build", seconds=1800)
        _images(stack)
        with timed("up, from empty volumes to all healthy"):
            stack.compose("up", "--detach", "--wait", "--no-build")
        gallery = Gallery(stack)
        print(f"entered {gallery.enter()}")
        steps: tuple[Callable[[Stack, Gallery], None], ...] = (_use, _examine, _look, _scale, _kill)
        for step in steps:
            step(stack, gallery)
    except AssertionError as error:
        print(f"compose-test: {error}", file=sys.stderr)
        print(stack.compose("logs", "--tail", "15"), file=sys.stderr)
        return 1
    finally:
        stack.compose("down", "--volumes", "--timeout", "5")
    print("compose-test: all is as it should be")
    return 0


def _images(stack: Stack) -> None:
    for service in SERVICES:
        image = f"imgcap/{service}:test"
        told = json.loads(stack.docker("image", "inspect", image))[0]
        base = json.loads(stack.docker("image", "inspect", "python:3.12-slim"))[0]
        own = (told["Size"] - base["Size"]) / 1e6
        print(f"{image}: {told['Size'] / 1e6:.0f} MB, {own:.0f} MB of them on top of Python's")
        assert told["Config"]["User"] == "10001:10001"
        assert told["Config"]["Healthcheck"]
        assert "org.opencontainers.image.title" in told["Config"]["Labels"]
        run = ["run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c"]
        inside = set(stack.docker(*run, "ls /app/services").split())
        own_folders = {service, "cli"} if service == "search" else {service}
        assert inside - {"__pycache__"} == {"__init__.py", "common", *own_folders}, inside
        found = stack.docker(*run, f"for tool in {TOOLS}; do command -v $tool || true; done")
        assert not found.strip(), f"{image} holds {found}"


def _use(_: Stack, gallery: Gallery) -> None:
    names = [photo for photo in SAMPLES if photo.name in ("cat.jpg", "coffee.jpg")] or SAMPLES[:2]
    with timed(f"{len(names)} photos, from upload to searchable"):
        photos = gallery.upload(names)
        gallery.wait_until_found(photos)
    assert photos[0] in gallery.search(names[0].stem), f"{names[0].name} is not found by its name"


def _examine(stack: Stack, _: Gallery) -> None:
    """What the runbook has typed first, in the container that is there for it."""
    said = stack.compose("run", "--rm", "imgcap", "doctor")
    assert "✗" not in said, said
    assert "broker's door" in said, said
    print(f"imgcap doctor: {said.count('✓')} things well")


def _look(stack: Stack, _: Gallery) -> None:
    """Nobody is root, can write to its root, keeps a capability, or has a second door."""
    doors: list[str] = []
    for name, one in stack.containers().items():
        host, config = one["HostConfig"], one["Config"]
        assert config["User"].split(":")[0] not in ("", "0", "root"), f"{name} is root"
        assert host["ReadonlyRootfs"], f"{name} may write to its root"
        assert host["CapDrop"] == ["ALL"], f"{name} keeps capabilities"
        assert not host["CapAdd"], f"{name} was given {host['CapAdd']}"
        assert "no-new-privileges:true" in host["SecurityOpt"], f"{name} may gain rights"
        assert host["Memory"] > 0, f"{name} has no limit of memory"
        _no_root_inside(stack, name, one["State"]["Pid"])
        for port, bound in (one["NetworkSettings"]["Ports"] or {}).items():
            doors += [f"{name} {port} {where['HostIp']}" for where in bound or ()]
        shown = " ".join(config["Env"])
        assert "amqp://" not in shown, f"{name} shows its password"
        assert "postgresql://" not in shown, f"{name} shows its password"
    assert doors == [f"gateway-1 {stack.port}/tcp 127.0.0.1"], doors
    for name in ("tagger-1", "search-1"):
        out = "import socket; socket.create_connection(('1.1.1.1', 53), 3)"
        assert stack.fails("exec", f"{stack.project}-{name}", "python", "-c", out), f"{name} is out"
    away = "import socket; socket.gethostbyname('postgres')"
    gateway = f"{stack.project}-gateway-1"
    assert stack.fails("exec", gateway, "python", "-c", away), "the gateway reaches the database"
    print("users, roots, capabilities, doors, secrets and ways out are as they should be")


def _no_root_inside(stack: Stack, name: str, pid: int) -> None:
    """By what the kernel says of the running process, where we can see it."""
    found = stack.docker("top", f"{stack.project}-{name}", "-eo", "pid,uid")
    uids = {line.split()[1] for line in found.splitlines()[1:]}
    assert pid > 0
    assert uids, f"{name} has no process"
    assert "0" not in uids, f"{name} runs as root: {found}"


def _scale(stack: Stack, gallery: Gallery) -> None:
    sizes = ["--scale", "tagger=4", "--scale", "embedder=2", "--scale", "search=2"]
    with timed("scale to tagger=4, embedder=2, search=2"):
        stack.compose("up", "--detach", "--wait", "--no-build", "--no-recreate", *sizes)
    names = sorted(name for name in stack.containers() if name.startswith("tagger"))
    assert names == [f"tagger-{number}" for number in range(1, 5)], names
    with timed("six photos with four taggers, from upload to searchable"):
        gallery.wait_until_found(gallery.upload(SAMPLES[:6]))


def _kill(stack: Stack, gallery: Gallery) -> None:
    """Each container once, with photos on their way; none may be lost."""
    photos: list[str] = []
    for number, name in enumerate(sorted(stack.containers())):
        photos += gallery.upload([SAMPLES[(6 + number) % len(SAMPLES)]])
        stack.kill(name)
        print(f"killed {name}, well again after {stack.wait_until_well(name):.0f} s", flush=True)
    gone = gallery.wait_until_found(photos)
    print(
        f"{len(set(photos))} photos uploaded meanwhile are all found, {gone:.0f} s after the last"
    )
    for name in ONCE:
        state = stack.containers(every=True)[name]["State"]
        assert state["ExitCode"] == 0, f"{name} ended with {state['ExitCode']}"


if __name__ == "__main__":
    sys.exit(main())
