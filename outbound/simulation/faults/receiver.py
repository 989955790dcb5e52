"""The company's service record as a stranger with a memory of its own: each idempotency key is filed once."""

from collections.abc import Mapping
from typing import Any

from outbound.simulation.faults.accidents import SINK_DOWN, Accidents
from outbound.usecases.ports.stored.records import Delivered, Undelivered

_HALF = 0.5


class Receiver:
    """Survives every process of the product. `records` and `events` are in the order of their filing."""

    def __init__(self, accidents: Accidents) -> None:
        self._accidents = accidents
        self._filed: dict[str, Mapping[str, Any]] = {}
        self.repeated = 0

    @property
    def records(self) -> list[Mapping[str, Any]]:
        """Bodies of service records as they were first delivered."""
        return [body for body in self._filed.values() if "record_id" in body]

    def take(self, key: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Take a delivery, unless the receiver is away; or take it and let the answer be lost."""
        if self._accidents.in_this_hour(SINK_DOWN):
            return Undelivered("HTTP 503")
        answer_is_lost = self._accidents.strikes(SINK_DOWN)
        if answer_is_lost and self._accidents.share(f"{SINK_DOWN} kind") < _HALF:
            return Undelivered("no answer (ConnectTimeout)")
        if key in self._filed:
            self.repeated += 1
        else:
            self._filed[key] = dict(body)
        return Undelivered("no answer (ReadTimeout)") if answer_is_lost else Delivered()


class ReceiverSink:
    """One process' way to the receiver, instrumented."""

    def __init__(self, receiver: Receiver, accidents: Accidents, process: str) -> None:
        self._receiver, self._accidents, self._process = receiver, accidents, process

    def deliver(self, record_id: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Hand over one record or event."""
        self._accidents.pass_point(f"{self._process}: before delivery")
        result = self._receiver.take(record_id, body)
        self._accidents.pass_point(f"{self._process}: after delivery")
        return result
