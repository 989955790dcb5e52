"""What every turn draws on. Made once at the start; a turn adds the call and the instant."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from outbound.dialogue.said import SaidItem
from outbound.domain.campaign import Campaign
from outbound.domain.identifiers import Identifiers
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.conversation.kept.themes import Themes
from outbound.usecases.conversation.versions import KnownVersions
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.scheduling.may_call import Rules

NO_THEMES = Themes()


class Renderer(Protocol):
    """Makes the carrier's document of what is said."""

    def __call__(
        self, said: tuple[SaidItem, ...], action_url: str, whisper_url: str = "", audio_url: str = "", /
    ) -> bytes:
        """Return the document; what is heard next is posted to `action_url`.

        Who takes a transfer is told what stands at `whisper_url`; recordings lie below `audio_url`.
        """
        ...


class VoiceContext(Struct, frozen=True):
    """Scripts, campaigns and companies by id, the rules, and the ways out of the conversation.

    `known_versions` remembers which scripts are kept: it belongs to the database of this context.
    """

    scripts: ScriptCatalogue
    campaigns: Mapping[str, Campaign]
    rules: Rules
    identifiers: Identifiers
    addresses: VoiceAddresses
    render: Renderer
    themes: Themes = NO_THEMES
    known_versions: KnownVersions = field(default_factory=KnownVersions)
