"""The command that `make setup` ends with."""

from datetime import datetime
from zoneinfo import ZoneInfo

from typer.testing import CliRunner

from outbound.adapters.files.scripts import FileScripts, prepare_understanding
from outbound.cli import app
from outbound.dialogue.understanding.base import Expected, Slot
from outbound.settings import home


def test_everything_that_starts_later_is_trained_and_proved() -> None:
    """It names what understands speech and every shipped script, by version, and ends well."""
    told = CliRunner().invoke(app, ["understand", "train"])
    assert told.exit_code == 0
    assert "is ready" in told.stdout
    assert all(f"{name} " in told.stdout for name in FileScripts(home() / "scripts_tts").names())


def test_the_same_words_at_another_time_name_another_time() -> None:
    """What words mean is remembered, but for a time, which depends on when it is named."""
    brains = prepare_understanding(home() / "scripts_tts")
    expected = Expected("zh-TW", (), ("none_of_them",), (), Slot.TIME)
    days = [datetime(2026, 11, day, 10, tzinfo=ZoneInfo("Asia/Taipei")) for day in (23, 24)]
    named = [brains.understand("明天下午", expected, day).value for day in days]
    assert [each.start.day for each in named] == [24, 25]  # type: ignore[union-attr]
