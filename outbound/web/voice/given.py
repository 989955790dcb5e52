"""The last answers that this process gave: a twin of an answered webhook gets the same, database or not."""

import threading
from collections import OrderedDict

_MOST = 2000
"""Some minutes of a few hundred conversations; a carrier repeats a webhook within seconds."""


class GivenAnswers:
    """Keeps answers in memory alone, the newest two thousand. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()

    def keep(self, token: str, turn: int, sid: str, answer: bytes) -> None:
        """Keep what turn `turn` of the call `sid` was answered with, unless an answer stands there."""
        with self._lock:
            self._answers.setdefault((token, turn, sid), answer)
            if len(self._answers) > _MOST:
                self._answers.popitem(last=False)

    def find(self, token: str, turn: int, sid: str) -> bytes | None:
        """Return what the turn was answered with, None when it was not, or is forgotten."""
        with self._lock:
            return self._answers.get((token, turn, sid))
