"""What holds for every command: help with an example, quick answers, no traceback."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from outbound.cli import app

PROMISED = {
    "demo", "simulate", "serve", "exchange serve", "policies import", "policies quarantine", "policies retry", "plan",
    "dial", "settle", "file-records", "hours check", "hours next", "rules list", "rules show", "rules validate",
    "rules sign", "status", "inbox list", "inbox claim", "inbox done", "suppress add", "suppress import",
    "suppress list", "suppress lift", "stop-dialling", "resume-dialling", "db upgrade",
    "places list", "places set", "places clear", "areas suspend", "areas list", "areas lift",
}  # fmt: skip


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Walk all commands."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


ALL = sorted(commands(typer.main.get_command(app)))


def test_the_promised_commands_are_there() -> None:
    """Other programs rely on these names."""
    assert {" ".join(path) for path in ALL} >= PROMISED


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_has_an_example(path: tuple[str, ...]) -> None:
    """--help shows how the command is written."""
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0
    assert f"Example: outbound {path[0]}" in result.stdout


def run(*args: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run the command line as a process; return what came of it and the processor's seconds."""
    before = _processor_seconds()
    done = subprocess.run(
        [sys.executable, "-c", "from outbound.cli import main; main()", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | environment,
    )
    return done, _processor_seconds() - before


@pytest.mark.parametrize(
    "args",
    [("--help",), ("hours", "check", "--jurisdiction", "TW", "--at", "2026-11-23T10:00+08:00", "--assume-signed")],
)
def test_help_and_hours_answer_quickly(args: tuple[str, ...]) -> None:
    """They take under half a second of the processor: wall time would measure what else the machine does."""
    run(*args)
    assert min(run(*args)[1] for _ in range(3)) < 0.5


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.parametrize(
    "module", ["sqlalchemy", "prefect", "fastapi", "twilio", "pandas", "pydantic", "phonenumbers", "numpy", "httpx"]
)
def test_the_command_line_loads_nothing_heavy(module: str) -> None:
    """Importing every command imports none of the large libraries."""
    program = f"import sys, outbound.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("args", "environment", "code", "told"),
    [
        (("status",), {}, 2, "OUTBOUND_DATA_KEY"),
        (("serve",), {"OUTBOUND_LOG_LEVEL": "LOUD"}, 2, "OUTBOUND_LOG_LEVEL"),
        (("hours", "check", "--jurisdiction", "TW", "--at", "tomorrow"), {}, 2, "--at"),
        (("no-such-command",), {}, 2, "no-such-command"),
    ],
)
def test_what_a_person_can_mend_is_said_without_a_traceback(
    args: tuple[str, ...], environment: dict[str, str], code: int, told: str
) -> None:
    """Exit code 2 and a sentence on standard error."""
    done, _ = run(*args, **environment)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreachable_database_is_exit_code_3(tmp_path: Path) -> None:
    """A database that does not answer is a service that is away."""
    key = "A" * 43 + "="
    other = "B" + "A" * 42 + "="
    done, _ = run(
        "status",
        OUTBOUND_DATA_KEY=key,
        OUTBOUND_INDEX_KEY=other,
        OUTBOUND_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/none",
    )
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "does not answer" in done.stderr


def test_completion_can_be_installed() -> None:
    """Typer's completion is switched on."""
    assert "--install-completion" in run("--help")[0].stdout


def test_the_handbook_explains_every_setting_flow_and_hold() -> None:
    """docs/operations.md names each of them, and only options that there are."""
    from flows.deployments import TIMETABLE
    from outbound.domain.line.trunk import Hold
    from outbound.domain.outcome.inbox import InboxKind
    from outbound.settings import Settings

    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    passing = {Hold.DIALLED_TOO_LATE}
    for name in [*Settings.model_fields, *TIMETABLE, *InboxKind, *(set(Hold) - passing)]:
        assert str(name) in text, name
