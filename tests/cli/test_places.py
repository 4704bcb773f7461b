"""The command beside a running `make run`: it finds what the supervisor wrote."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.cli.places import GATEWAY, SEARCH, Places
from services.cli.trouble import Trouble
from services.embedded.broker import Broker
from services.embedded.home import Home
from services.embedded.lock import Lock
from services.embedded.store import Store


def test_without_a_word_the_usual_places_are_meant(tmp_path: Path) -> None:
    found = Places({}, tmp_path)
    assert (found.gateway, found.search, found.store) == (GATEWAY, SEARCH, None)
    with pytest.raises(Trouble, match="no broker is known"):
        _ = found.broker


def test_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f"{os.getpid()} http://localhost:8001\n")
    told = {
        "IMGCAP_URL": "http://gallery",
        "IMGCAP_SEARCH_URL": "http://search",
        "IMGCAP_BROKER__URL": "amqp://broker/",
        "IMGCAP_BROKER__SCOPE": "test.",
        "IMGCAP_STORE__ENDPOINT": "http://s3",
        "IMGCAP_MODELS": "/models",
    }
    found = Places(told, tmp_path)
    assert (found.gateway, found.search) == ("http://gallery", "http://search")
    assert (found.broker.url.get_secret_value(), found.broker.scope) == ("amqp://broker/", "test.")
    assert found.store
    assert (found.store.endpoint, found.models) == ("http://s3", Path("/models"))


def test_a_running_gallery_is_found(tmp_path: Path) -> None:
    """As the supervisor writes it, so that the two never drift apart."""
    home = Home(tmp_path)
    broker, store, port = Broker(home), Store(home), home.ports.take("search")
    lock = Lock(tmp_path)
    lock.tell("http://localhost:8003")
    found = Places({}, tmp_path)

    assert found.gateway == "http://localhost:8003"
    assert found.search == f"http://127.0.0.1:{port}"
    assert found.broker.url.get_secret_value() == broker.url
    assert found.store
    assert found.store.endpoint == store.endpoint
    assert found.store.bucket == store.bucket
    assert found.store.secret_key == SecretStr(store.secret_key)

    lock.release()
    assert found.gateway == GATEWAY


@pytest.mark.parametrize("text", ["", "{", "[]", '{"search": "x"}', "\x00\xff"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    (tmp_path / "lock").write_text(text)
    assert (Places({}, tmp_path).search, Places({}, tmp_path).gateway) == (SEARCH, GATEWAY)
