"""Keep the promise that a callee heard when a webhook failed: a person rings back."""

from datetime import datetime

from outbound.domain.attempt import FINAL
from outbound.usecases.conversation.apology import owe_person
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.keeping import keep_answer
from outbound.usecases.conversation.scene import answering
from outbound.usecases.ports.store import Store


def apologise(
    store: Store, *, token: str, turn: int, answer: bytes, reason: str, context: VoiceContext, now: datetime
) -> bool:
    """Put the promise into the inbox, and `answer` on record for a turn that has none; False for an unknown token.

    `reason` is a code, such as an exception's class.
    """
    with store.begin() as work:
        call = work.voice.lock_call(token, turn)
        if call is None:
            return False
        scene = answering(work, call, turn, context, now)
        owe_person(scene, reason)
        if call.answer is None and turn == call.turn and call.status not in FINAL:
            keep_answer(scene, "apology", reason[:60], (), answer)
        work.commit()
    return True
