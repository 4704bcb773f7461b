"""What is run, and what each part is told."""

from pathlib import Path

import pytest

from services.embedded.errors import CannotStart
from services.embedded.home import Home
from services.embedded.parts import Neighbour, Service
from services.embedded.plan import Plan, plan

OWN = {
    "IMGCAP_BROKER__URL": "amqp://me:word@192.0.2.1:5672/",
    "IMGCAP_DATABASE__URL": "postgresql://me:word@192.0.2.1/photos",
    "IMGCAP_STORE__ACCESS_KEY": "key",
    "IMGCAP_STORE__SECRET_KEY": "secret",
}


def services(ready: Plan) -> dict[str, Service]:
    return {part.name: part for part in ready.parts if isinstance(part, Service)}


def neighbours(ready: Plan) -> set[str]:
    return {part.name for part in ready.parts if isinstance(part, Neighbour)}


def test_without_settings_everything_is_ours(tmp_path: Path) -> None:
    ready = plan(Home(tmp_path), tmp_path, {})
    assert neighbours(ready) == {"broker", "database", "store"}
    assert set(services(ready)) == {"search", "embedder", "tagger", "gateway"}


def test_only_search_learns_where_the_database_is(tmp_path: Path) -> None:
    for name, service in services(plan(Home(tmp_path), tmp_path, {})).items():
        assert ("IMGCAP_DATABASE__URL" in service.environment) == (name == "search")


def test_every_service_is_a_user_of_its_own_at_our_broker(tmp_path: Path) -> None:
    ready = services(plan(Home(tmp_path), tmp_path, {}))
    urls = {name: service.environment["IMGCAP_BROKER__URL"] for name, service in ready.items()}
    assert len(set(urls.values())) == len(urls)
    for name, url in urls.items():
        assert url.startswith(f"amqp://imgcap-{name}:")
        declares = ready[name].environment["IMGCAP_BROKER__DECLARES"]
        assert (declares == "true") == (name == "search")


def test_every_service_learns_the_same_store_and_secrets(tmp_path: Path) -> None:
    told = [
        service.environment for service in services(plan(Home(tmp_path), tmp_path, {})).values()
    ]
    for name in (
        "IMGCAP_STORE__ENDPOINT",
        "IMGCAP_STORE__SECRET_KEY",
        "IMGCAP_INTERNAL_TOKEN",
        "IMGCAP_BROKER__EVENT_KEYS",
    ):
        assert len({environment[name] for environment in told}) == 1


def test_a_neighbour_of_the_user_is_used_and_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.embedded.plan.is_open", lambda *_: True)
    ready = plan(Home(tmp_path), tmp_path, OWN)
    assert neighbours(ready) == set()
    search = services(ready)["search"].environment
    assert {name: search[name] for name in OWN} == OWN


def test_a_silent_neighbour_of_the_user_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.embedded.plan.is_open", lambda *_: False)
    notes = "\n".join(plan(Home(tmp_path), tmp_path, OWN).notes)
    assert "IMGCAP_BROKER__URL (192.0.2.1:5672) does not answer" in notes
    assert "word" not in notes


def test_more_taggers_have_names_and_ports_of_their_own(tmp_path: Path) -> None:
    known = services(plan(Home(tmp_path), tmp_path, {"IMGCAP_TAGGERS": "3"}))
    taggers = [known[name] for name in ("tagger", "tagger2", "tagger3")]
    assert len({tagger.port for tagger in taggers}) == 3
    assert all("services.tagger" in tagger.command(0).argv for tagger in taggers)


def test_a_silly_number_of_taggers_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="IMGCAP_TAGGERS is a number"):
        plan(Home(tmp_path), tmp_path, {"IMGCAP_TAGGERS": "many"})


def test_all_but_the_gateway_listen_on_loopback(tmp_path: Path) -> None:
    known = services(plan(Home(tmp_path), tmp_path, {"IMGCAP_HOST": "0.0.0.0"}))
    hosts = {name: service.command(0).environment["IMGCAP_HOST"] for name, service in known.items()}
    assert hosts.pop("gateway") == "0.0.0.0"
    assert set(hosts.values()) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("IMGCAP_BROKER_URL", "do you mean IMGCAP_BROKER__URL?"),
        ("IMGCAP_OPENAI__KEI", "do you mean IMGCAP_OPENAI__KEY?"),
        ("imgcap_nothing_like_it", "see docs/settings.md"),
    ],
)
def test_a_mistyped_variable_is_said(tmp_path: Path, name: str, meant: str) -> None:
    (note,) = plan(Home(tmp_path), tmp_path, {name: "x"}).notes
    assert name.upper() in note
    assert note.endswith(meant)


@pytest.mark.parametrize(
    "name",
    [
        "IMGCAP_LIMITS__BROWSE",
        "IMGCAP_STORE",
        "IMGCAP_OPENAI__KEY_FILE",
        "IMGCAP_DATA",
        "IMGCAP_API_KEY",
        "HOME",
    ],
)
def test_a_variable_that_means_something_is_not(tmp_path: Path, name: str) -> None:
    assert plan(Home(tmp_path), tmp_path, {name: "x"}).notes == ()
