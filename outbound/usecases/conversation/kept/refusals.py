"""Calls that are refused, or in vain for ever: noted in the transaction of the turn in which it was said."""

from collections.abc import Collection

from outbound.dialogue import effects as fx
from outbound.dialogue.session import Session
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.ports.stored.desk import NewSuppression

DECEASED = "deceased"
"""Why nobody is called or written to any more who has died, as the suppression tells it."""


def opt_out(scene: Scene, session: Session, effect: fx.OptedOut) -> None:
    """Suppress the contact at once, and the number too where somebody else may have spoken for it.

    Who is known not to be the contact speaks for the telephone alone: a stranger ends nobody else's service.
    """
    call = scene.call
    call_class = None if effect.scope == fx.ALL_ROBOT_CALLS else str(effect.scope)
    evidence = f"attempt {call.attempt_id} turn {scene.turn}"
    targets: list[tuple[str | None, str | None]] = []
    if session.right_party is not False:
        targets.append((None, call.contact_id))
    if session.right_party is not True:
        targets.append((call.number_index, None))
    for number_index, contact_id in targets:
        suppress(scene, evidence, number_index=number_index, contact_id=contact_id, call_class=call_class)


def takes_back_promises(effects: Collection[fx.Effect]) -> bool:
    """Whether a turn refuses all calls, and so those that were promised before; not where it asks for a person, too."""
    refused = any(isinstance(each, fx.OptedOut) and each.scope == fx.ALL_ROBOT_CALLS for each in effects)
    return refused and not any(isinstance(each, fx.PersonRequested) for each in effects)


def suppress(
    scene: Scene,
    evidence: str,
    *,
    number_index: str | None = None,
    contact_id: str | None = None,
    call_class: str | None = None,
    reason: str = "opted_out",
    by: str = "callee",
) -> None:
    """Forbid calls of a class, or all, and take back what is planned: it is planned anew where it is allowed still."""
    scene.work.desk.suppress(
        NewSuppression(
            id=scene.identifiers.new(),
            number_index=number_index,
            contact_id=contact_id,
            call_class=call_class,
            reason=reason,
            evidence=evidence,
            by=by,
            at=scene.now,
        )
    )
    scene.work.desk.cancel_planned(number_index=number_index, contact_id=contact_id, cause=reason, now=scene.now)
