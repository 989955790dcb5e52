"""What every turn draws on. Made once at the start; a turn adds the call and the instant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from outbound.dialogue.said import SaidItem
from outbound.dialogue.script.model import Script
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.may_call import Rules


class Renderer(Protocol):
    """Makes the carrier's document of what is said."""

    def __call__(self, said: tuple[SaidItem, ...], action_url: str, /) -> bytes:
        """Return the document; what is heard next is posted to `action_url`."""
        ...


def never_open(_company: Company, _now: datetime) -> bool:
    """No hotline takes transferred calls: who wants a person is called back by one."""
    return False


@dataclass(frozen=True, slots=True)
class VoiceContext:
    """Scripts by name, campaigns and companies by id, the rules, and the ways out of the conversation.

    `transfer_open` says whether people at a company's hotline take transferred calls at an instant.
    """

    scripts: Mapping[str, Script]
    campaigns: Mapping[str, Campaign]
    rules: Rules
    identifiers: Identifiers
    addresses: VoiceAddresses
    render: Renderer
    transfer_open: Callable[[Company, datetime], bool] = never_open
