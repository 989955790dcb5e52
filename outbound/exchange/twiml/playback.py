"""Audio on its way to the callee: what has been said of it at any instant."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.exchange.twiml.verbs import Audio, Pause, Say

SECONDS_PER_KEY = 0.5


class Spoken(Struct, frozen=True):
    """A Say as far as the callee heard it."""

    began: datetime
    text: str
    interrupted: bool


class Playback:
    """Consecutive audio that starts at `start`; `play_seconds` stands for the length of an audio file."""

    __slots__ = ("items", "seconds", "start", "stopped_after")

    def __init__(self, start: datetime, audio: Sequence[Audio], play_seconds: float) -> None:
        self.start = start
        self.items: list[tuple[float, float, str]] = []
        self.stopped_after: float | None = None
        offset = 0.0
        for each in audio:
            if isinstance(each, Say):
                seconds = each.seconds
                self.items.append((offset, seconds, each.text))
            elif isinstance(each, Pause):
                seconds = each.seconds
            else:
                seconds = (len(each.digits) * SECONDS_PER_KEY if each.digits else play_seconds) * each.loops
            offset += seconds
        self.seconds = offset

    @property
    def text(self) -> str:
        """Everything that would be said."""
        return "\n".join(text for _, _, text in self.items)

    def stop_after(self, seconds: float) -> None:
        """Cut the audio off after so many seconds from its start."""
        self.stopped_after = seconds

    def spoken(self, now: datetime) -> Iterator[Spoken]:
        """Yield what was said up to `now`; a text that was cut short ends where the callee heard it end."""
        heard = (now - self.start).total_seconds()
        if self.stopped_after is not None:
            heard = min(heard, self.stopped_after)
        for offset, seconds, text in self.items:
            if offset > heard or (offset == heard and seconds > 0):
                return
            whole = offset + seconds <= heard + 1e-6
            part = text if whole else text[: int(len(text) * (heard - offset) / seconds)]
            if part:
                yield Spoken(self.start + timedelta(seconds=offset), part, not whole)
