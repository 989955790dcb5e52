"""A return call that was confirmed by a last word, after the attempt had been concluded without it."""

from outbound.dialogue import effects as fx
from outbound.domain.attempt import Attempt
from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import NO_MORE_CALLS, Callback, CallbackStatus
from outbound.domain.outcome.inbox import RINGS_BACK, InboxKind
from outbound.planning.again import callback_dial_left
from outbound.usecases.conversation.promise import is_free
from outbound.usecases.conversation.scene import Webhook
from outbound.usecases.ports.stored.outcomes import Standing

_WAITING = "waiting_for_callback"


def keep_late_promise(scene: Webhook, wish: fx.CallbackWished) -> None:
    """Let the planner see the promise that was just saved; where the robot is done with the contact, a person keeps it.

    A contact that was closed is not reopened: what it was due is given up, so that a call would be about nothing.
    """
    outcomes = scene.work.outcomes
    attempt = outcomes.attempt_of(scene.call.token)
    standing = outcomes.standing(attempt, scene.now) if attempt is not None else None
    if attempt is None or standing is None or standing.wished is None:
        return
    if standing.state is ContactState.WITHDRAWN or attempt.disposition in NO_MORE_CALLS:
        outcomes.settle_callback(standing.wished.id, CallbackStatus.WITHDRAWN, scene.now)
    elif _is_for_the_robot(scene, attempt, standing.wished, standing) and _is_free(scene, standing):
        not_before = standing.wished.not_before
        outcomes.set_contact(attempt.contact_id, ContactState.OPEN, _WAITING, not_before, scene.now)
    else:
        if not outcomes.item_waits(attempt.id, *sorted(RINGS_BACK)):
            scene.put(InboxKind.PERSON_REQUESTED, _note(wish))
        scene.work.desk.due_by(attempt.id, scene.people.due_in(wish.start, wish.end))


def _is_for_the_robot(scene: Webhook, attempt: Attempt, wished: Callback, standing: Standing) -> bool:
    campaign = scene.context.campaigns.get(attempt.campaign_id)
    by_person = attempt.disposition is None or wished.is_for_a_person(attempt.disposition)
    by_person = by_person or not is_free(scene, (wished.window_start, wished.window_end))
    return not by_person and campaign is not None and callback_dial_left(campaign, len(standing.earlier) + 1)


def _is_free(scene: Webhook, standing: Standing) -> bool:
    """Whether the contact waits to be planned; what is planned instead of the promised call makes room for it."""
    if standing.state is not ContactState.PLANNED:
        return standing.state is ContactState.OPEN
    cancelled = scene.work.desk.cancel_planned(
        number_index=None, contact_id=scene.call.contact_id, cause=_WAITING, now=scene.now
    )
    return cancelled > 0


def _note(wish: fx.CallbackWished) -> str:
    window = f"{wish.start:%Y-%m-%d %H:%M}–{wish.end:%H:%M} (UTC{wish.start:%z})"
    return f"客戶希望在這段時間接到回電：{window} / asked to be called back at this time: {window}"
