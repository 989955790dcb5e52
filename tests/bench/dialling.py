"""How many calls a second are created on PostgreSQL: two workers, web, exchange and server on this machine."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import psutil
from sqlalchemy import func, select

from outbound.adapters.sql.schema import attempts
from tests.processes.rig import Rig, Shape, rig, wait_for

UNANSWERED, ANSWERED = {"no_answer": 1}, {"talks": 1}
"""Callees who let it ring; callees who talk through the whole script by keys."""

_UNLIMITED = 400.0
_BARE_LOOP = """
import sys, time
from twilio.rest import Client
account, token, url, first, count = *sys.argv[1:4], *map(int, sys.argv[4:])
client = Client(account, token)
client.api.base_url = url
began = time.perf_counter()
for index in range(count):
    client.calls.create(
        to=f"+886{first + index}", from_="+886277000000", url="http://127.0.0.1:9/", timeout=15,
        machine_detection="DetectMessageEnd", async_amd="true", async_amd_status_callback="http://127.0.0.1:9/",
    )
print(time.perf_counter() - began)
"""


def measure_dialling(contacts: int = 2000) -> dict[str, float]:
    """Calls created a second that nobody answers, the SDK alone in two bare loops, and their ratio."""
    figures = _campaign(Shape(contacts, UNANSWERED, calls_per_second=_UNLIMITED), 150)
    bare = figures.pop("bare")
    return {**figures, "bare_sdk_per_second": bare, "ratio": figures["created_per_second"] / bare}


def measure_answered_dialling(contacts: int = 400) -> dict[str, float]:
    """The same with callees who all answer and talk to the end: creating, and whole conversations a second."""
    figures = _campaign(Shape(contacts, ANSWERED, calls_per_second=_UNLIMITED), 250)
    figures.pop("bare")
    return figures


def _campaign(shape: Shape, seconds: float) -> dict[str, float]:
    with rig(shape) as made:
        made.set_off()
        wait_for(lambda: sum(_created(made)) > 0, "the first call")
        before = _processor(made)
        # Looked at seldom: whoever looks takes part of the two processors.
        wait_for(lambda: sum(_created(made)) == shape.contacts, "every call to be created", seconds, every=1)
        wait_for(lambda: _ended(made) == shape.contacts, "every call to end", seconds, every=1)
        after = _processor(made)
        figures = _figures(made, before, after)
        for name, part in made.parts.items():
            if name != "exchange":
                part.kill()
        figures["bare"] = _bare(made)
    return figures


def _figures(made: Rig, before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    created = sorted(_instants(made, "created"))
    ended = max(_instants(made, "ended"))
    speed, count = made.shape.speed, len(created)
    dialling = (created[-1] - created[0]).total_seconds() / speed
    whole = (ended - created[0]).total_seconds() / speed
    used = {f"{name}_ms_a_call": 1000 * (after[name] - before[name]) / count for name in after}
    return {"created_per_second": (count - 1) / dialling, "done_per_second": count / whole, **used}


def _bare(made: Rig, workers: int = 2, count: int = 400) -> float:
    """Calls a second of the SDK in `workers` loops that do nothing else, against the same exchange."""
    account = made.environment["TWILIO_ACCOUNT_SID"], made.environment["TWILIO_AUTH_TOKEN"]
    loops = [
        subprocess.Popen(
            [sys.executable, "-c", _BARE_LOOP, *account, made.environment["OUTBOUND_CARRIER_URL"],
             str(941_000_000 + 1000 * number), str(count)],
            stdout=subprocess.PIPE, text=True,
        )
        for number in range(workers)
    ]  # fmt: skip
    slowest = max(float(loop.communicate(timeout=60)[0]) for loop in loops)
    return workers * count / slowest


def _created(made: Rig) -> Iterator[int]:
    with made.log.open(encoding="utf-8") as log:
        yield from (1 for line in log if '"event":"created"' in line)


def _ended(made: Rig) -> int:
    with made.house.store.reading() as connection:
        query = select(func.count()).select_from(attempts).where(attempts.c.status == "ended")
        return int(connection.execute(query).scalar_one())


def _instants(made: Rig, event: str) -> Iterable[datetime]:
    with made.log.open(encoding="utf-8") as log:
        for line in log:
            if f'"event":"{event}"' in line:
                found: Mapping[str, Any] = json.loads(line)
                yield datetime.fromisoformat(found["at"])


def _processor(made: Rig) -> dict[str, float]:
    """Seconds of processor time by part of the rig so far."""
    used: dict[str, float] = {"workers": 0.0}
    for name, part in made.parts.items():
        times = psutil.Process(part.pid).cpu_times()
        key = "workers" if name.startswith("worker") else name
        used[key] = used.get(key, 0.0) + times.user + times.system
    used["postgres"] = sum(_seconds(pid) for pid in made.postgres.pids)
    return used


def _seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system + times.children_user + times.children_system
