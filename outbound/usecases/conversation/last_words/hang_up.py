"""Let the conversation know that the line is gone, before its outcome is read from it."""

from datetime import datetime
from typing import Any

from outbound.dialogue.engine import advance
from outbound.dialogue.heard import HungUp
from outbound.dialogue.session import Session
from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.usecases.conversation.effects import carry_out
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.conversation.versions import script_of
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.voice import CallState


def hear_hang_up(
    work: UnitOfWork,
    attempt: Attempt,
    *,
    campaign: Campaign | None,
    scripts: ScriptCatalogue,
    identifiers: Identifiers,
    now: datetime,
) -> dict[str, Any]:
    """Carry out what hanging up says at the open question; return the columns of `attempt` that it changes.

    Belongs into the transaction that ends the attempt, whoever ends it: who said "no more calls" and hung up is taken
    at their word. Nothing when no conversation was begun, or when it was over before.
    """
    if attempt.session is None or attempt.session["ended"]:
        return {}
    session = Session.from_data(attempt.session)
    script = script_of(work, scripts, session)
    if script is None:  # what was said so far is all that is known
        return {}
    sprint = advance(script, session, HungUp(), now=now)
    scene = Scene(work, _call_of(attempt, session), attempt.turn, identifiers, now, campaign)
    carry_out(scene, sprint.session, sprint.effects)
    after = sprint.session
    return {
        "session": after.to_data(),
        "language": after.language,
        "recording": after.recording,
        "right_party": after.right_party,
        "verified": after.verified,
    }


def _call_of(attempt: Attempt, session: Session) -> CallState:
    return CallState(
        attempt_id=attempt.id,
        token=attempt.token,
        contact_id=attempt.contact_id,
        company_id=attempt.company_id,
        campaign_id=attempt.campaign_id,
        phone_id=attempt.phone_id,
        number_index=attempt.number_index,
        status=attempt.status,
        sid=attempt.sid,
        answered_by=attempt.answered_by,
        session=session,
        turn=attempt.turn,
        answer=None,
    )
