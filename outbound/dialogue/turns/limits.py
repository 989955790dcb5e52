"""Where a call is cut short, and how a machine is told by repeating itself."""

import zlib
from datetime import datetime

from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session

MOST_ECHOES = 3
_LONG_ENOUGH = 12
_GRACE_TURNS, _GRACE_SECONDS = 2, 60


def is_over(script: Script, session: Session, now: datetime | None) -> bool:
    """Whether the call exceeds its turns or its seconds."""
    return session.turn > script.limits.turns or _seconds(session, now) > script.limits.seconds


def may_still_be_heard(script: Script, session: Session, now: datetime | None) -> bool:
    """Whether urgent words still count in a call that is over: for two turns, and a minute."""
    limits = script.limits
    return session.turn <= limits.turns + _GRACE_TURNS and _seconds(session, now) <= limits.seconds + _GRACE_SECONDS


def echo_of(session: Session, text: str) -> tuple[int, int]:
    """Return the hash of the last long utterance with `text` heard too, and how often it came unchanged."""
    plain = "".join(each for each in text.casefold() if each.isalnum())
    if len(plain) < _LONG_ENOUGH:
        return session.echo
    hashed, (last, count) = zlib.crc32(plain.encode()), session.echo
    return hashed, count + 1 if hashed == last else 1


def _seconds(session: Session, now: datetime | None) -> float:
    return (now - session.began_at).total_seconds() if now is not None and session.began_at is not None else 0.0
