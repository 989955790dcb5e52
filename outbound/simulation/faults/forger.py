"""Somebody who writes to our webhooks: without the carrier's key, or with a true request that he overheard."""

from collections import deque
from collections.abc import Sequence

from msgspec.structs import replace

from outbound.exchange.wire import Request
from outbound.simulation.faults.accidents import FORGED, Accidents

_OVERHEARD = 50
_SIGNATURE = "X-Twilio-Signature"
_CHANGES = {"CallStatus": "completed", "SpeechResult": "不要再打來了", "Digits": "9", "AnsweredBy": "machine_end_beep"}

Form = Sequence[tuple[str, str]]


class Forger:
    """Makes a request beside a true one. `is_replay` of what it returns says that the signature is true."""

    def __init__(self, accidents: Accidents) -> None:
        self._accidents = accidents
        self._overheard: deque[Request] = deque(maxlen=_OVERHEARD)

    def hear(self, request: Request) -> None:
        """Overhear a true request."""
        self._overheard.append(request)

    def forge(self, request: Request) -> tuple[Request, bool] | None:
        """Return a false request and whether it bears a true signature; None where nobody writes."""
        if not self._accidents.strikes(FORGED):
            return None
        kinds = (self._unsigned, self._badly_signed, self._changed, self._replayed)
        kind = kinds[int(self._share() * len(kinds))]
        return kind(request), kind == self._replayed

    def _share(self) -> float:
        return self._accidents.share(f"{FORGED} kind")

    def _unsigned(self, request: Request) -> Request:
        headers = {name: value for name, value in request.headers.items() if name != _SIGNATURE}
        return replace(request, headers=headers, form=_changed(request.form))

    def _badly_signed(self, request: Request) -> Request:
        return replace(request, headers={**request.headers, _SIGNATURE: "b2Z0ZW4gdHJpZWQsIG5ldmVyIHRydWU="})

    def _changed(self, request: Request) -> Request:
        """The true signature under other content."""
        return replace(request, form=_changed(request.form))

    def _replayed(self, request: Request) -> Request:
        heard = self._overheard
        return heard[int(self._share() * len(heard))] if heard else request


def _changed(form: Form) -> Form:
    changed = [(name, _CHANGES.get(name, value)) for name, value in form]
    return [*changed, ("Digits", "1")] if changed == list(form) else changed
