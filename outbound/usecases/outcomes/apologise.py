"""Keep the promise that a callee heard when a webhook failed: a person rings back."""

from datetime import datetime

from outbound.domain.attempt import FINAL
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.conversation.apology import owe_person
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.keeping import keep_answer
from outbound.usecases.conversation.scene import answering
from outbound.usecases.ports.store import Store


def apologise(
    store: Store,
    *,
    token: str,
    turn: int,
    answer: bytes,
    reason: str,
    context: VoiceContext,
    now: datetime,
    promised_at: datetime | None = None,
) -> bool:
    """Put the promise into the inbox, and `answer` on record for a turn that has none; False for an unknown token.

    From now on the contact is a person's: the robot does not ring it any more. The same promise again changes nothing.
    `reason` is a code, such as an exception's class. `promised_at` is when the promise was heard (now, by default): how
    soon it is due is counted from then.
    """
    with store.begin() as work:
        call = work.voice.lock_call(token, turn)
        if call is None:
            return False
        scene = answering(work, call, turn, context, now)
        # Who reads a journal once more, maybe from a backup, must not take back what was planned since.
        is_on_record = work.outcomes.item_waits(call.attempt_id, InboxKind.APOLOGY)
        owe_person(scene, reason, promised_at)
        if call.status in FINAL and is_on_record:
            return True
        if call.status in FINAL:
            # The call was concluded before we could write what was promised: its retry must not come before the person.
            work.desk.cancel_planned(number_index=None, contact_id=call.contact_id, cause=InboxKind.APOLOGY, now=now)
            work.planning.hand_over(call.contact_id, Disposition.PERSON_REQUESTED, now)
        if call.answer is None and turn == call.turn:
            keep_answer(scene, "apology", reason[:60], (), answer)
        work.commit()
    return True
