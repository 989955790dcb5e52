"""Take in the carrier's verdict on who answered; leave the message where it is an answering machine."""

import logging
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from outbound.dialogue.engine import advance
from outbound.dialogue.heard import MachineDetected
from outbound.domain.attempt import AttemptStatus
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.keeping import keep_turn
from outbound.usecases.conversation.scene import Webhook, answering
from outbound.usecases.conversation.take_turn import MACHINE_ENDED
from outbound.usecases.conversation.versions import spoken_by
from outbound.usecases.log_fields import about
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError
from outbound.usecases.ports.store import Store

_log = logging.getLogger(__name__)


class MachineOutcome(StrEnum):
    """What became of a verdict: `redirected` alone changes the call."""

    REDIRECTED = "redirected"
    WAITING = "waiting"
    NOTED = "noted"
    PERSON_SPOKE = "person_spoke"
    REPEATED = "repeated"
    SECOND_CALL = "second_call"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - an outcome, no secret


class MachineReport(Struct, frozen=True):
    """`turn` is the one whose answer is the message for the machine, None when there is none."""

    outcome: MachineOutcome
    turn: int | None = None


def note_machine(
    store: Store,
    *,
    token: str,
    sid: str,
    answered_by: str,
    carrier: Carrier,
    context: VoiceContext,
    now: datetime,
) -> MachineReport:
    """Store the verdict; after `machine_end_*` let the message be spoken, unless a person was heard before.

    The message is committed as the answer of the next turn before the carrier is asked to fetch it. Should the carrier
    not be reached (`waiting`), the question that is open runs into silence and fetches the same answer.
    """
    with store.begin() as work:
        call = work.voice.lock_call(token, 0)
        if call is None:
            _log.warning("a verdict for an unknown token", extra=about(token))
            return MachineReport(MachineOutcome.UNKNOWN_TOKEN)
        report = _note(answering(work, call, call.turn, context, now), sid, answered_by)
        work.commit()
    if report.turn is None:
        return report
    return _redirect(carrier, sid, context.addresses.turn(token, report.turn), report.turn, token)


def _note(scene: Webhook, sid: str, answered_by: str) -> MachineReport:
    call = scene.call
    if call.sid is not None and call.sid != sid:
        return MachineReport(MachineOutcome.SECOND_CALL)
    if not scene.work.voice.note_machine(call, sid, answered_by, scene.now):
        return MachineReport(MachineOutcome.REPEATED)
    is_open = call.status is AttemptStatus.IN_PROGRESS
    if not answered_by.startswith(MACHINE_ENDED) or not is_open or call.session is None:
        return MachineReport(MachineOutcome.NOTED)
    session = call.session
    if session.human or session.ended:
        return MachineReport(MachineOutcome.PERSON_SPOKE if session.human else MachineOutcome.NOTED)
    heard = MachineDetected()
    keep_turn(
        scene, advance(spoken_by(scene.work, scene.context.scripts, session), session, heard, now=scene.now), heard
    )
    return MachineReport(MachineOutcome.REDIRECTED, scene.turn)


def _redirect(carrier: Carrier, sid: str, url: str, turn: int, token: str) -> MachineReport:
    try:
        moved = carrier.redirect(sid, url)
    except CarrierAwayError:
        moved = False
    if not moved:
        _log.warning("the carrier did not take the message for the machine yet", extra=about(token, turn=turn))
    return MachineReport(MachineOutcome.REDIRECTED if moved else MachineOutcome.WAITING, turn)
