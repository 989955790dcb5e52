"""The robot is done with a contact by a last word that came after the attempt had been concluded without it."""

from outbound.domain.attempt import FINAL
from outbound.domain.contact import ContactState
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.conversation.scene import Scene


def end_calls_late(scene: Scene, disposition: Disposition) -> None:
    """Take back what is planned and close the contact, as the end of the call would have done had it been heard.

    Nothing while the call lasts: its end sees to it. A contact that was closed or withdrawn meanwhile stays so.
    """
    call = scene.call
    if call.status not in FINAL:
        return
    scene.work.desk.cancel_planned(number_index=None, contact_id=call.contact_id, cause=disposition, now=scene.now)
    scene.work.outcomes.set_contact(call.contact_id, ContactState.DONE, disposition, None, scene.now)
    scene.work.outcomes.close_policies(call.contact_id, scene.now, scene.now)
