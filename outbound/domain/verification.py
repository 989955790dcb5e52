"""When nobody is asked again who they are: too many wrong answers, not long ago."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

LOCKED_OUT_FOR = timedelta(days=30)
"""How long nobody is asked again who could not be verified: a person sees to it."""

MOST_TRIES = 3
"""Wrong answers over several calls, each of which ended before it had failed, after which nobody is asked again."""


class Check(Struct, frozen=True):
    """What one conversation, ended at `at`, came to: whether it verified or failed, and its number of wrong answers."""

    at: datetime
    verified: bool
    failed: bool
    tries: int = 0


def locked_until(checks: Iterable[Check]) -> datetime | None:
    """Return until when nobody is asked again, the last moment included; None without a lock.

    `checks` come newest first. What lies before a conversation in which somebody was verified does not count, nor do
    conversations that ended more than LOCKED_OUT_FOR ago: who asks leaves those out.
    """
    tries = 0
    for check in checks:
        if check.verified:
            return None
        tries += check.tries
        if check.failed or tries >= MOST_TRIES:
            return check.at + LOCKED_OUT_FOR
    return None
