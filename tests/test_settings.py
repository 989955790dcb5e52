from pathlib import Path

import pytest

from outbound import settings
from outbound.usecases.problems import InputProblemError


def write(tmp_path: Path, text: str) -> Path:
    """Write a settings file and return its path."""
    path = tmp_path / "outbound.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_settings_are_valid() -> None:
    """The settings file that is shipped loads as it is."""
    assert settings.load().sink == "table"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the environment overrides the file."""
    monkeypatch.setenv("OUTBOUND_LISTEN_PORT", "9999")
    assert settings.load(write(tmp_path, "listen_port: 8000\n")).listen_port == 9999


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("listen_prot: 1\n", ["outbound.yaml", "listen_prot", "known are", "listen_port"]),
        ("listen_port: ninety\n", ["outbound.yaml: listen_port", "'ninety'", "integer"]),
        ("sink: fax\n", ["sink", "'fax'", "'table' or 'http'"]),
        ("public_url: ftp://x\n", ["public_url", "http://"]),
        ("sink: http\n", ["sink_url", "OUTBOUND_SINK_SECRET"]),
        ("a: [\n", ["line 2", "YAML"]),
        ("- a\n", ["key: value"]),
    ],
)
def test_an_error_names_file_key_value_and_what_is_allowed(tmp_path: Path, text: str, parts: list[str]) -> None:
    """A setting that is wrong is reported with its file, key, value and what is allowed."""
    with pytest.raises(InputProblemError) as caught:
        settings.load(write(tmp_path, text))
    for part in parts:
        assert part in str(caught.value)


def test_a_misspelt_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that looks like a setting and is none is named with the one that is probably meant."""
    monkeypatch.setenv("OUTBOUND_LISTEN_PROT", "1")
    with pytest.raises(InputProblemError, match="OUTBOUND_LISTEN_PROT: no such setting; is OUTBOUND_LISTEN_PORT meant"):
        settings.load()


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    """A settings file in another encoding says which byte, and how to mend it."""
    path = tmp_path / "outbound.yaml"
    path.write_bytes(b"sink: \xff\xfe\n")
    with pytest.raises(InputProblemError, match=r"outbound\.yaml: byte 6 is not UTF-8"):
        settings.load(path)


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """A secret that stands in the file is refused; the message names the variable and hides the value."""
    with pytest.raises(InputProblemError, match="TWILIO_AUTH_TOKEN") as caught:
        settings.load(write(tmp_path, "auth_token: very-hidden\n"))
    assert "very-hidden" not in str(caught.value)


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings shows no secret."""
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "very-hidden")
    loaded = settings.load()
    assert loaded.auth_token is not None
    assert "very-hidden" not in repr(loaded) + str(loaded.model_dump())


def test_a_bad_value_in_the_environment_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the environment names the variable and keeps the value out."""
    monkeypatch.setenv("OUTBOUND_SINK", "very-hidden")
    with pytest.raises(InputProblemError, match="OUTBOUND_SINK") as caught:
        settings.load()
    assert "very-hidden" not in str(caught.value)
