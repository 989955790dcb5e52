"""What a Gather makes of what the callee does: when it ends, which keys or words it takes, where its audio stops."""

from msgspec import Struct

from outbound.exchange.people.callee import Reply
from outbound.exchange.people.population import Does
from outbound.exchange.twiml.playback import SECONDS_PER_KEY
from outbound.exchange.twiml.speech import seconds_of
from outbound.exchange.twiml.verbs import Gather

AUTO_SPEECH_TIMEOUT = 1.0
_SHORTEST_UTTERANCE = 0.4


class Gathered(Struct, frozen=True):
    """The end of a Gather, `at` seconds from the beginning of its audio. None: no such input.

    `ignored` is what the callee did that this Gather does not listen to.
    """

    at: float
    digits: str | None = None
    speech: str | None = None
    audio_stops_at: float | None = None
    ignored: Reply | None = None


def gather(verb: Gather, audio_seconds: float, reply: Reply | None) -> Gathered:
    """Work out how the question ends, given what the callee will do (None: nothing)."""
    empty_at = audio_seconds + verb.timeout
    if reply is None or reply.does is Does.HANGS_UP:
        return Gathered(empty_at)
    begins = reply.at if verb.barge_in else max(reply.at, audio_seconds)
    if reply.does is Does.PRESSES and "dtmf" in verb.inputs:
        return _keys(verb, begins, reply.value)
    if reply.does is Does.SAYS and "speech" in verb.inputs:
        lasts = max(seconds_of(reply.value), _SHORTEST_UTTERANCE)
        return Gathered(begins + lasts + _speech_timeout(verb), speech=reply.value, audio_stops_at=begins)
    return Gathered(empty_at, ignored=reply)


def _keys(verb: Gather, begins: float, keys: str) -> Gathered:
    taken = ""
    at = begins
    for count, key in enumerate(keys):
        at = begins + count * SECONDS_PER_KEY
        if verb.finish_on_key and key in verb.finish_on_key:
            return Gathered(at, digits=taken, audio_stops_at=begins)
        taken += key
        if verb.num_digits is not None and len(taken) == verb.num_digits:
            return Gathered(at, digits=taken, audio_stops_at=begins)
    return Gathered(at + verb.timeout, digits=taken, audio_stops_at=begins)


def _speech_timeout(verb: Gather) -> float:
    return AUTO_SPEECH_TIMEOUT if verb.speech_timeout is None else verb.speech_timeout
