"""A return call is promised only while there is room for it: looked at once more when the callee says yes."""

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.choices import is_for_a_person
from outbound.dialogue.engine import offer_again, offer_times
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session, Sprint
from outbound.planning.promised import Window, has_room, places_for_promises
from outbound.usecases.conversation.opening import choices_now
from outbound.usecases.conversation.scene import Webhook


def with_named_time(scene: Webhook, script: Script, sprint: Sprint) -> Sprint:
    """Return the turn with the time that was named looked up: read back where a call can be promised, else declined."""
    wanted = sprint.wants
    if wanted is None:
        return sprint
    windows = choices_now(
        scene.work,
        scene.call,
        scene.context,
        scene.now,
        by_person=is_for_a_person(sprint.session),
        within=(wanted.start, wanted.end),
    )
    return offer_times(script, sprint.session, windows, now=scene.now)


def keep_room(scene: Webhook, script: Script, session: Session, sprint: Sprint) -> Sprint:
    """Return the turn as it is if what it promises can be kept; otherwise one that offers other times.

    `session` is the conversation before the turn. Minutes lie between offer and answer: who confirms the last place of
    a time first has it. From here to the end of the transaction nobody else of the campaign confirms a time.
    """
    wish = next((each for each in sprint.effects if isinstance(each, fx.CallbackWished)), None)
    if wish is None or is_free(scene, (wish.start, wish.end)):
        return sprint
    by_person = is_for_a_person(session)
    choices = choices_now(scene.work, scene.call, scene.context, scene.now, by_person=by_person)
    return offer_again(script, replace(session, human=True), choices)


def is_free(scene: Webhook, window: Window) -> bool:
    """Whether the campaign can keep one more promise in this window, apart from an earlier one of the same call."""
    call, campaign = scene.call, scene.context.campaigns.get(scene.call.campaign_id)
    if campaign is None:
        return False
    scene.work.voice.lock_promises(campaign.id)
    promised = scene.work.voice.open_callbacks(campaign.id, scene.now, apart_from=call.attempt_id)
    return has_room(window, promised, places_for_promises(campaign.pacing.slot_capacity))
