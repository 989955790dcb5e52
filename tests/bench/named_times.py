"""How well times that callees name are understood, on the held-back set; its README says how windows are compared."""

import csv
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.dialogue.understanding.times import wanted_time
from outbound.dialogue.wanted_time import WantedTime
from tests.bench.figures import Figures, share, times
from tests.bench.understanding import HELD_BACK, LANGUAGES

_OPENS, _CLOSES = 9, 21

Window = tuple[datetime, datetime]


def measure_times() -> Figures:
    """Understand every held-back time in its zone, from the instant at which it is said."""
    with (HELD_BACK / "times.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    figures: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        clear, unclear, seconds = [], [], []
        for row in (each for each in rows if each["language"] == language):
            now = datetime.fromisoformat(row["now"]).astimezone(ZoneInfo(row["zone"]))
            began = time.perf_counter()
            found = wanted_time(row["text"], language, now)
            seconds.append(time.perf_counter() - began)
            if row["start"]:
                clear.append(found is not None and _same(found, row, now))
            else:
                unclear.append(found is None)
        figures[language] = {
            "rows": len(clear) + len(unclear),
            "right %": share([*clear, *unclear]),
            "of clear ones %": share(clear),
            "unclear ones asked back %": share(unclear),
            **times(seconds),
        }
    return figures


def _same(found: WantedTime, row: dict[str, str], now: datetime) -> bool:
    wanted = [datetime.fromisoformat(row[name]).astimezone(now.tzinfo) for name in ("start", "end")]
    got, meant = _cut((found.start, found.end), now), _cut((wanted[0], wanted[1]), now)
    return got[0] == meant[0] and (row["loose"] == "yes" or got[1] == meant[1])


def _cut(window: Window, now: datetime) -> Window:
    """Return a window cut to what is after `now` and between the hours of the day at which one may ring."""
    start, end = window
    last = end if (end.hour, end.minute) != (0, 0) else end - timedelta(days=1)
    start = max(start, start.replace(hour=_OPENS, minute=0), now)
    return start, min(end, last.replace(hour=_CLOSES, minute=0))
