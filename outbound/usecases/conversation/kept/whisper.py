"""What whoever takes a transfer is told before they are put through: who, why, and whether they proved to be it."""

from msgspec.structs import replace

from outbound.dialogue.said import SaidItem, Transfer
from outbound.dialogue.session import Session, Sprint, Whispered
from outbound.usecases.ports.store import Store


def whispered(store: Store, *, token: str, turn: int) -> tuple[SaidItem, ...] | None:
    """Return the words for the transfer that turn `turn` asked for; none when it asked for no such transfer.

    Nothing is written, so that it may be asked for as often as the carrier likes. None for an unknown token.
    """
    with store.begin() as work:
        call = work.voice.lock_call(token, turn)
    if call is None:
        return None
    words = call.session.whispered if call.session is not None else None
    return words.said if words is not None and words.turn == turn else ()


def with_whisper(sprint: Sprint, turn: int) -> Session:
    """Return the session after a turn, with what it tells whoever takes the call."""
    transfer = next((each for each in sprint.said if isinstance(each, Transfer) and each.whisper), None)
    if transfer is None:
        return sprint.session
    return replace(sprint.session, whispered=Whispered(turn, transfer.whisper))
