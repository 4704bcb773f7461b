"""Settings that come as files."""

from pathlib import Path

import pytest
from pydantic_settings import SettingsError

from services.common.settings import CommonSettings
from services.tagger.settings import Settings as TaggerSettings

URL = "amqp://someone:secret@broker:5672/"


def test_a_variable_may_name_a_file_with_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text(f"{URL}\n")
    monkeypatch.setenv("IMGCAP_BROKER__URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("IMGCAP_BROKER__HEARTBEAT", "30")
    broker = CommonSettings().broker
    assert broker.url.get_secret_value() == URL
    assert broker.heartbeat == 30, "a nested setting from elsewhere was forgotten"


def test_the_variable_itself_wins_over_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from-a-file")
    monkeypatch.setenv("IMGCAP_OPENAI__KEY_FILE", str(tmp_path / "key"))
    assert TaggerSettings().openai.key is not None
    monkeypatch.setenv("IMGCAP_OPENAI__KEY", "from-the-variable")
    key = TaggerSettings().openai.key
    assert key is not None
    assert key.get_secret_value() == "from-the-variable"


def test_an_empty_file_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("\n")
    monkeypatch.setenv("IMGCAP_OPENAI__KEY_FILE", str(tmp_path / "key"))
    assert TaggerSettings().openai.key is None


def test_a_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGCAP_STORE__SECRET_KEY_FILE", "/no/such/file")
    with pytest.raises(SettingsError, match="IMGCAP_STORE__SECRET_KEY_FILE names /no/such/file"):
        CommonSettings()


def test_a_file_with_a_wrong_value_never_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("https://hunter2@broker/")
    monkeypatch.setenv("IMGCAP_BROKER__URL_FILE", str(tmp_path / "url"))
    with pytest.raises(ValueError, match="starts with amqp") as caught:
        CommonSettings()
    assert "hunter2" not in str(caught.value)
