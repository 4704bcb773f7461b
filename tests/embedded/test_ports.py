"""Ports and secrets stay the same between starts."""

import socket
from pathlib import Path

import pytest

from services.embedded.errors import CannotStart
from services.embedded.home import Home
from services.embedded.plan import plan
from services.embedded.ports import LOOPBACK, Ports, is_free, is_open, public_port


def listener(port: int = 0) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((LOOPBACK, port))
    server.listen()
    return server


def test_a_port_is_kept_between_starts(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = Ports(file).take("broker")
    assert Ports(file).take("broker") == first


def test_two_parts_never_share_a_port(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    taken = [ports.take(f"part{number}") for number in range(50)]
    assert len(set(taken)) == 50


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = Ports(file).take("broker")
    with listener(first):
        second = Ports(file).take("broker")
    assert second != first
    assert Ports(file).take("broker") == second


def test_a_port_comes_with_the_ports_above_it_that_are_needed_too(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = Ports(file).take("store", also=[10_000])
    with listener(first + 10_000):
        assert Ports(file).take("store", also=[10_000]) != first


def test_a_listener_makes_a_port_open_and_not_free() -> None:
    with listener() as server:
        port = server.getsockname()[1]
        assert is_open(port)
        assert not is_free(port)
    assert is_free(port)
    assert not is_open(port)


def test_the_public_port_gives_way_to_the_next_free_one() -> None:
    with listener() as server:
        port = server.getsockname()[1]
        assert port < public_port(LOOPBACK, port) < port + 100


def test_a_taken_public_port_that_was_asked_for_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with listener() as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=f"port {port} is taken"):
            plan(Home(tmp_path), tmp_path, {"IMGCAP_PORT": str(port)})


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    word = Home(tmp_path).secret("broker")
    assert Home(tmp_path).secret("broker") == word
    assert len(word) >= 32
    assert Home(tmp_path).secret("store") != word
    assert (tmp_path / "secrets" / "broker").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
