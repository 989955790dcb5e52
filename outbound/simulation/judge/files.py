"""Judges by files alone: an exchange's log, a records file, a policies file, and the rules."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.domain.policy import Policy
from outbound.simulation.judge.bench import judge
from outbound.simulation.judge.case import Instructions
from outbound.simulation.judge.violation import Violation
from outbound.simulation.lawful_hours import LawfulHours
from outbound.usecases.problems import InputProblemError


def judge_files(
    log: Path,
    records: Path,
    policies: Path,
    *,
    rules: Path,
    max_attempts: int,
    call_class: str = "service",
    instructions: Instructions | None = None,
    region: str = "TW",
) -> list[Violation]:
    """Return every violation that the files show. `rules` is the folder of packs and calendars, `region` the company's.

    Raises `InputProblemError` that names file and line for what is no JSON line.
    """
    events = read_lines(log)
    today = datetime.fromisoformat(events[0]["at"]).date() if events else date.min
    rows = normalise_rows(read_rows(policies), today=today, company_region=region)
    known = [row for row in rows if isinstance(row, Policy)]
    return judge(
        events,
        read_lines(records),
        known,
        LawfulHours(rules),
        max_attempts=max_attempts,
        call_class=call_class,
        instructions=instructions,
    )


def read_lines(path: Path) -> list[Mapping[str, Any]]:
    """Read a file of JSON lines; a process that was killed may leave half a line at the end, which is left out."""
    lines = path.read_text("utf-8").splitlines()
    found: list[Mapping[str, Any]] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError as error:
            if number == len(lines):
                break
            raise InputProblemError(f"{path}, line {number}: no JSON ({error.msg})") from None
    return found
