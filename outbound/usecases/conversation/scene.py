"""One call as it is being changed, with everything that changing it draws on."""

from dataclasses import dataclass
from datetime import datetime

from outbound.dialogue.apologies import DEFAULT_LANGUAGE
from outbound.dialogue.said import SaidItem
from outbound.domain.identifiers import Identifiers
from outbound.domain.inbox import DUE_WITHIN, InboxKind
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.ports.desk import NewItem
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.voice import CallState


@dataclass(frozen=True, slots=True)
class Scene:
    """The transaction, the call as it stood when it began, the turn that is being taken, and the instant."""

    work: UnitOfWork
    call: CallState
    turn: int
    identifiers: Identifiers
    now: datetime

    @property
    def language(self) -> str:
        """Language of the conversation so far, or the default one."""
        return str(self.call.session["language"]) if self.call.session else DEFAULT_LANGUAGE

    def put(self, kind: InboxKind, note: str | None) -> None:
        """Put something into the inbox, due as its kind says."""
        call, due, item_id = self.call, self.now + DUE_WITHIN[kind], self.identifiers.new()
        item = NewItem(item_id, kind, call.company_id, call.contact_id, call.attempt_id, self.now, due, note)
        self.work.desk.add_item(item)

    def put_once(self, kind: InboxKind, note: str | None) -> None:
        """Put something into the inbox unless the same call did so already."""
        if not self.work.outcomes.item_waits(self.call.attempt_id, kind):
            self.put(kind, note)


@dataclass(frozen=True, slots=True)
class Webhook(Scene):
    """A scene that answers the carrier."""

    context: VoiceContext

    def render(self, said: tuple[SaidItem, ...]) -> bytes:
        """Return the document for the carrier; what is heard next belongs to the following turn."""
        return self.context.render(said, self.context.addresses.turn(self.call.token, self.turn + 1))


def answering(work: UnitOfWork, call: CallState, turn: int, context: VoiceContext, now: datetime) -> Webhook:
    """Return the scene of one webhook of a conversation."""
    return Webhook(work, call, turn, context.identifiers, now, context)
