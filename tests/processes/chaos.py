"""A campaign during which processes are killed and wires cut, and what the exchange's log says of it afterwards."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TextIO

from sqlalchemy import func, select

from outbound.adapters.sql.schema import attempts, inbox
from outbound.adapters.sql.views.run_figures import filed_records
from outbound.simulation.judge import count, judge
from outbound.simulation.lawful_hours import LawfulHours
from outbound.simulation.runs import good_policies
from outbound.usecases.problems import ServiceAwayError
from outbound.work import Work
from tests.end_to_end.installation import free_port
from tests.processes.people import CHAOS
from tests.processes.proxy import Wire
from tests.processes.rig import CAMPAIGN, OPENING, Rig, Shape, rig

KINDS = ("worker-1", "worker-2", "web", "postgres", "cut_api", "cut_webhooks")
"""What may happen: `kill -9` of a process, or a reset of every connection to or from the exchange."""

_DOWN_SECONDS = (0.1, 1.5)
_UNTIL = 0.92
"""The last accident comes when this share of the calls was created."""
_LEAPS = (timedelta(minutes=12), timedelta(hours=25))
"""Past the longest silence of a conversation, then past the carrier's longest queue: what no evidence was found for by
then goes to a person."""
_LOOK, _ASK = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class Campaign:
    """How much is called and how often something breaks down. `seconds` is all that it may take."""

    contacts: int = 2000
    kills: int = 50
    seed: int = 1
    speed: float = 4.0
    calls_per_second: float = 400.0
    """Each trouble halves the pace in force; with one every few seconds a twentieth of this is left, the least."""
    seconds: float = 290.0


@dataclass(slots=True)
class Outcome:
    """What happened and what the judge found; `laws` counts violations by law."""

    accidents: Counter[str] = field(default_factory=Counter)
    fell_over: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    rang: int = 0
    answered: int = 0
    records: int = 0
    by_disposition: Mapping[str, int] = field(default_factory=dict)
    for_a_person: Mapping[str, int] = field(default_factory=dict)
    rung_twice: int = 0
    unsettled: int = 0
    laws: Mapping[str, int] = field(default_factory=dict)
    violations: Sequence[Any] = ()
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether every law was kept, every call came to an end and nobody's telephone rang twice."""
        return not (self.violations or self.rung_twice or self.unsettled)


def run(campaign: Campaign, say: Callable[[str], None] = lambda _line: None, logs: Path | None = None) -> Outcome:
    """Dial, break, mend, let everything come to rest, and judge. Raises `TimeoutError` when it takes too long.

    What the processes and the exchange wrote is kept in the folder `logs`, where one is given.
    """
    began = time.monotonic()
    outcome = Outcome()
    shape = Shape(
        campaign.contacts, CHAOS, seed=campaign.seed, speed=campaign.speed, calls_per_second=campaign.calls_per_second
    )
    with rig(shape) as made, _wires(made) as wires:
        say(f"{time.monotonic() - began:5.1f} s  {campaign.contacts} people taken in and planned")
        made.set_off(carrier_url=wires["cut_api"].url, public_url=wires["cut_webhooks"].url)
        chaos = _Chaos(made, wires, campaign, outcome, began + campaign.seconds, say)
        with _kept(made, logs):
            chaos.live()
            chaos.come_to_rest()
            _judge(made, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


@contextmanager
def _kept(made: Rig, logs: Path | None) -> Iterator[None]:
    try:
        yield
    finally:
        if logs is not None:
            logs.mkdir(parents=True, exist_ok=True)
            for path in (*made.folder.glob("*.log"), made.log):
                shutil.copy(path, logs)


@contextmanager
def _wires(made: Rig) -> Iterator[Mapping[str, Wire]]:
    ends = {"cut_api": made.exchange_port, "cut_webhooks": made.web_port}
    wires = {name: Wire(free_port(), port) for name, port in ends.items()}
    try:
        yield wires
    finally:
        for wire in wires.values():
            wire.close()


class _Chaos:
    def __init__(
        self,
        made: Rig,
        wires: Mapping[str, Wire],
        campaign: Campaign,
        outcome: Outcome,
        end: float,
        say: Callable[[str], None],
    ) -> None:
        self._made, self._wires, self._campaign, self._outcome = made, wires, campaign, outcome
        self._end, self._say, self._began = end, say, end - campaign.seconds
        self._draw = Random(campaign.seed)  # noqa: S311 - chance, not secrecy
        last = int(_UNTIL * campaign.contacts)
        # By progress rather than by the clock: every accident falls into the campaign, on machines of any speed.
        self._due = sorted(self._draw.randrange(1, last) for _ in range(campaign.kills))
        self._down: list[tuple[float, str]] = []
        self._created, self._open, self._asked = 0, 0, 0.0

    def live(self) -> None:
        """Until everything that was planned has been dialled, with all accidents, and the last line is free again."""
        with self._made.log.open(encoding="utf-8") as log:
            looked = 0.0
            while self._down or looked == 0.0 or not self._is_dialled():
                looked = self._look(log, "the campaign to be dialled")
            self._say(f"{self._passed():5.1f} s  all dialled: {self._created} calls created")
            while self._down or self._open or self._live("reserved"):
                self._look(log, "calls to end")
        self._say(f"{self._passed():5.1f} s  every call has ended; {self._live('unknown')} are of unknown fate")

    def come_to_rest(self) -> None:
        """Let what the workers have not heard of be settled by evidence, then by a person, and file."""
        for name in ("worker-1", "worker-2"):
            self._made.parts[name].end()
        work = Work(self._made.house)
        for leap in _LEAPS:
            self._made.leap.write_text(str(leap.total_seconds()))
            time.sleep(_LOOK * 5)
            settled = work.settle()
            self._say(f"{self._passed():5.1f} s  {leap} later: {settled}")
        while work.settle().live or work.file().pending:
            self._check_time("everything to be settled and filed")
        self._say(f"{self._passed():5.1f} s  settled and filed")
        self._made.parts["web"].end()
        self._made.parts["exchange"].end()

    def _look(self, log: TextIO, waiting_for: str) -> float:
        """Read what is new at the exchange, let happen what is due; returns when."""
        self._check_time(waiting_for)
        looked = time.monotonic()
        for line in log:
            self._created += '"event":"created"' in line
            self._open += ('"event":"created"' in line) - ('"event":"ended"' in line and '"outbound-api"' in line)
        self._let_happen()
        self._raise_fallen()
        time.sleep(_LOOK)
        return looked

    def _let_happen(self) -> None:
        while self._due and self._due[0] <= self._created:
            self._due.pop(0)
            standing = set(KINDS) - {name for _, name in self._down}
            kind, down = self._draw.choice(sorted(standing)), self._draw.uniform(*_DOWN_SECONDS)
            self._outcome.accidents[kind] += 1
            self._say(f"{self._passed():5.1f} s  {self._created:5} calls  {kind}")
            if kind in self._wires:
                self._wires[kind].cut()
            else:
                (self._made.postgres if kind == "postgres" else self._made.parts[kind]).kill()
                self._down.append((time.monotonic() + down, kind))

    def _raise_fallen(self) -> None:
        now = time.monotonic()
        for entry in [each for each in self._down if each[0] <= now]:
            self._down.remove(entry)
            (self._made.postgres if entry[1] == "postgres" else self._made.parts[entry[1]]).start()
        waiting = {name for _, name in self._down}
        for name, part in self._made.parts.items():
            if name not in waiting and not part.runs:
                # As a service manager would: what ends by itself (no database at its start) comes again.
                self._outcome.fell_over[name] += 1
                self._down.append((now + 0.5, name))

    def _is_dialled(self) -> bool:
        """Whether nothing is planned any more; the database is asked twice a second."""
        now = time.monotonic()
        if now < self._asked + _ASK:
            return False
        self._asked = now
        return not self._live("planned")

    def _live(self, status: str) -> int:
        """Count attempts of a status; 1 while the database is away."""
        query = select(func.count()).select_from(attempts).where(attempts.c.status == status)
        with suppress(ServiceAwayError, OSError), self._made.house.store.reading() as connection:
            return int(connection.execute(query).scalar_one())
        return 1

    def _passed(self) -> float:
        return time.monotonic() - self._began

    def _check_time(self, what: str) -> None:
        if time.monotonic() > self._end:
            raise TimeoutError(f"{self._campaign.seconds:.0f} s have passed while waiting for {what}")


def _judge(made: Rig, outcome: Outcome) -> None:
    house = made.house
    log = [json.loads(line) for line in made.log.read_text("utf-8").splitlines()]
    with house.store.reading() as connection:
        records = list(filed_records(connection))
        query = select(inbox.c.kind, func.count()).group_by(inbox.c.kind)
        outcome.for_a_person = {str(kind): number for kind, number in connection.execute(query)}
        live = select(func.count()).select_from(attempts).where(attempts.c.status.not_in(("ended", "cancelled")))
        outcome.unsettled = int(connection.execute(live).scalar_one())
    policies = list(good_policies(made.policies, OPENING.date()))
    hours = LawfulHours(house.folder / "config" / "compliance")
    campaign = house.campaigns[CAMPAIGN]
    outcome.violations = judge(log, records, policies, hours, max_attempts=campaign.max_attempts)
    outcome.laws = count(outcome.violations)
    events = Counter(event["event"] for event in log if event["direction"] == "outbound-api")
    outcome.calls, outcome.rang, outcome.answered = events["created"], events["ringing"], events["answered"]
    outcome.records = len(records)
    outcome.by_disposition = Counter(str(record["disposition"]) for record in records)
    rings = Counter(event["to"] for event in log if event["event"] == "ringing")
    # Everybody is planned once, and nobody has two numbers: a second ring would be a second dial of one attempt.
    outcome.rung_twice = sum(times > 1 for times in rings.values())
