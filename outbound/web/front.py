"""The voice desk of an installation, put together."""

from outbound.bootstrap import House
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.ports.owed import OwedPromises
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.twiml import render


def voice_desk(house: House, owed: OwedPromises | None = None) -> VoiceDesk:
    """Make the desk that answers the carrier's webhooks for `house`.

    `owed` keeps promises while the database is away; without it they end with the process.
    """
    for name in house.scripts.names():
        # Packed before anybody is on the line: the first call that begins with a version keeps it.
        house.scripts.as_kept(house.scripts.current(name).version)
    context = VoiceContext(
        scripts=house.scripts,
        campaigns=house.campaigns,
        rules=house.rules_or_no_pack,
        identifiers=house.identifiers,
        addresses=VoiceAddresses(house.settings.public_url),
        render=render,
        themes=house.themes,
    )
    return VoiceDesk(
        store=house.store,
        context=context,
        carrier=house.carrier,
        clock=house.clock,
        is_genuine=house.is_genuine,
        rules=lambda: house.rules_or_no_pack,
        owed=owed,
    )
