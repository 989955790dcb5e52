"""What a run came to, as `simulate --json` and `demo --json` answer it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

MOST_SHOWN = 10
"""Violations of one law that a result names one by one."""


class RunResult(Struct, frozen=True):
    """Counts of a run: `rang` and `answered` in calls; `right_party`, `verified`, `welcomed` in contacts.

    `for_a_person` counts what went to the inbox by kind; a simulated desk takes it up. `talked_past_closing` counts
    calls that rang within the lawful hours and were still in conversation after them. `violations` are the first
    ones of each law, `MOST_SHOWN` at most: {law, sid, at, expected}.
    """

    seed: int
    virtual: Mapping[str, str]
    wall_seconds: float
    policies: Mapping[str, int]
    contacts: int
    attempts: int
    rang: int
    answered: int
    right_party: int
    verified: int
    welcomed: int
    dispositions: Mapping[str, int]
    callbacks: Mapping[str, int]
    not_called: Mapping[str, int]
    for_a_person: Mapping[str, int]
    records: Mapping[str, int]
    laws: Mapping[str, int]
    files: Mapping[str, str]
    talked_past_closing: int = 0
    inbound: Mapping[str, int] = field(default_factory=dict)
    flow_runs: int = 0
    faults: Mapping[str, Any] = field(default_factory=dict)
    violations: Sequence[Mapping[str, str]] = ()

    def as_dict(self) -> dict[str, Any]:
        """The document that `--json` prints."""
        return asdict(self)
