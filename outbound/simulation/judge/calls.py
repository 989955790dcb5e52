"""The calls of a log: what the exchange tells of each, whatever the log leaves out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

Event = Mapping[str, Any]

OUTBOUND, INBOUND = "outbound-api", "inbound"


class Message(Struct, frozen=True):
    """A text message that was sent to `number`."""

    sid: str
    number: str
    at: datetime
    text: str


class Leg(Struct, frozen=True):
    """One sentence that was said to whoever took the transfer of the call `parent_sid`, `sid` their own line."""

    sid: str
    parent_sid: str
    at: datetime
    said: str


@dataclass(slots=True)
class Call:
    """One call. `number` is the person's; `order` tells calls that were ordered with the same URL.

    `ended` is None for a call that was under way when the log stopped.
    """

    sid: str
    number: str
    created: datetime
    is_inbound: bool = False
    order: str | None = None
    cancelled: bool = False
    rang: datetime | None = None
    ended: datetime | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def taken_back(self) -> bool:
        """Whether it was cancelled before any telephone rang: no attempt to reach anybody."""
        return self.cancelled and self.rang is None


def calls_of(log: Iterable[Event]) -> list[Call]:
    """Gather calls in the order of their first event. Second legs, messages and refused orders are no calls here."""
    calls: dict[str, Call] = {}
    for event in log:
        sid, name = event.get("sid"), event.get("event")
        if not sid or name == "message" or event.get("direction") not in (OUTBOUND, INBOUND):
            continue
        call = calls.get(sid)
        if call is None:
            is_inbound = event["direction"] == INBOUND
            number = event.get("from" if is_inbound else "to") or ""
            call = calls[sid] = Call(sid, number, datetime.fromisoformat(event["at"]), is_inbound)
        _note(call, event, str(name))
    return list(calls.values())


def messages_of(log: Iterable[Event]) -> list[Message]:
    """Gather text messages in their order."""
    return [
        Message(str(event["sid"]), event.get("to") or "", datetime.fromisoformat(event["at"]), str(event.get("text")))
        for event in log
        if event.get("event") == "message"
    ]


def legs_of(log: Iterable[Event]) -> list[Leg]:
    """Gather what was said to people who took transfers, before they were put through."""
    parents: dict[str, str] = {}
    said = []
    for event in log:
        if event.get("event") == "transferred":
            parents[str(event["sid"])] = str(event.get("parent_sid"))
        elif event.get("event") == "said" and event.get("sid") in parents:
            sid, at = str(event["sid"]), datetime.fromisoformat(event["at"])
            said.append(Leg(sid, parents[sid], at, str(event.get("text"))))
    return said


def _note(call: Call, event: Event, name: str) -> None:
    call.events.append(event)
    if name == "created":
        call.order = event.get("order")
    elif name in ("ringing", "answered") and call.rang is None:
        call.rang = datetime.fromisoformat(event["at"])
    elif name == "ended" and call.ended is None:
        call.ended = datetime.fromisoformat(event["at"])
        call.cancelled = event.get("status") == "canceled"
