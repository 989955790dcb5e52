"""One call as it is being changed, with everything that changing it draws on."""

from datetime import datetime

from msgspec import Struct

from outbound.dialogue.apologies import DEFAULT_LANGUAGE
from outbound.dialogue.said import SaidItem
from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.service_desk import NOBODYS_HOURS, PeoplesHours
from outbound.usecases.conversation.context import NO_THEMES, VoiceContext
from outbound.usecases.conversation.kept.themes import Themes
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.voice import CallState


class Scene(Struct, frozen=True):
    """The transaction, the call as it stood when it began, the turn that is being taken, and the instant.

    `campaign` is None for one that was taken out of the configuration.
    """

    work: UnitOfWork
    call: CallState
    turn: int
    identifiers: Identifiers
    now: datetime
    campaign: Campaign | None

    @property
    def language(self) -> str:
        """Language of the conversation so far, or the default one."""
        return self.call.session.language if self.call.session is not None else DEFAULT_LANGUAGE

    @property
    def people(self) -> PeoplesHours:
        """When people of the company can call whom this call was made to, as far as its conversation knows."""
        zones = self.call.session.facts.zones if self.call.session is not None else ()
        return self.campaign.people(zones) if self.campaign is not None else NOBODYS_HOURS

    @property
    def themes(self) -> Themes:
        """What reasons for a score are sorted by; without the context of a webhook, nothing."""
        return NO_THEMES

    def put(self, kind: InboxKind, note: str | None, promised_at: datetime | None = None) -> None:
        """Put something into the inbox, due as its kind says, counted from when it was promised (now, by default)."""
        call, item_id = self.call, self.identifiers.new()
        due = due_at(kind, promised_at or self.now, self.people)
        item = NewItem(item_id, kind, call.company_id, call.contact_id, call.attempt_id, self.now, due, note, self.turn)
        self.work.desk.add_item(item)

    def put_once(self, kind: InboxKind, note: str | None, promised_at: datetime | None = None) -> None:
        """Put something into the inbox unless the same call did so already."""
        if not self.work.outcomes.item_waits(self.call.attempt_id, kind):
            self.put(kind, note, promised_at)


class Webhook(Scene, frozen=True):
    """A scene that answers the carrier."""

    context: VoiceContext

    @property
    def themes(self) -> Themes:
        """What reasons for a score are sorted by."""
        return self.context.themes

    def render(self, said: tuple[SaidItem, ...], version: str = "") -> bytes:
        """Return the document for the carrier; what is heard next belongs to the following turn.

        Recordings are those of this version of a script, whatever stands on disk by then.
        """
        addresses, token = self.context.addresses, self.call.token
        following, whisper = addresses.turn(token, self.turn + 1), addresses.whisper(token, self.turn)
        return self.context.render(said, following, whisper, addresses.audio(f"{version}/"))


def answering(work: UnitOfWork, call: CallState, turn: int, context: VoiceContext, now: datetime) -> Webhook:
    """Return the scene of one webhook of a conversation."""
    return Webhook(work, call, turn, context.identifiers, now, context.campaigns.get(call.campaign_id), context)
