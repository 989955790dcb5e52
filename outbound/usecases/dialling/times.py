"""Whether the instants of an attempt fit each other and the receipt that allowed it."""

from datetime import datetime, timedelta

from msgspec import Struct

from outbound.usecases.dialling.terms import DIAL_WITHIN

_EARLY = timedelta(minutes=1)
_LATE = timedelta(minutes=5)
"""How far the carrier's times may lie off: `settle_calls` takes a call for this attempt's within the same bounds.

They hold the carrier's time-out (10 s unless set otherwise), its whole seconds, and clocks that differ.
"""


class AttemptTimes(Struct, frozen=True):
    """Instants of an attempt that was reserved, and of the receipt that it names (`allowed_at`, None without one).

    `believed` marks an attempt whose call proved itself by its token: it was taken up when that was heard.
    """

    reserved_at: datetime
    dial_by: datetime | None
    placed_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    allowed_at: datetime | None
    believed: bool = False


def moved(times: AttemptTimes) -> str | None:
    """Say what does not fit; None when everything does."""
    told, allowed = times.reserved_at, times.allowed_at
    if allowed is not None and (told < allowed if times.believed else told != allowed):
        return f"reserved_at is {_utc(told)}, and its receipt allowed the call at {_utc(allowed)}"
    if times.dial_by is not None and not told <= times.dial_by <= told + DIAL_WITHIN:
        return f"dial_by is {_utc(times.dial_by)}, and it was reserved at {_utc(told)}"
    latest = (times.dial_by or told) + _LATE
    if times.placed_at is not None and not told - _EARLY <= times.placed_at <= latest:
        return f"placed_at is {_utc(times.placed_at)}, and it was reserved at {_utc(told)}"
    begun = times.placed_at or told
    for name, at in (("ringing_at", times.ringing_at), ("answered_at", times.answered_at)):
        if at is not None and at < begun - _EARLY:
            return f"{name} is {_utc(at)}, and it was placed at {_utc(begun)}"
    return None


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
