"""What comes back from the telephone after the robot has spoken."""

from msgspec import Struct


class Keyed(Struct, frozen=True):
    """Keys pressed, without the `#` that ended them."""

    digits: str


class Spoken(Struct, frozen=True):
    """Words recognised; `confidence` from 0 to 1, or None where the carrier gave none."""

    text: str
    confidence: float | None = None


class Silence(Struct, frozen=True):
    """Neither a key nor a word."""


class MachineDetected(Struct, frozen=True):
    """An answering machine is on the line."""


class HungUp(Struct, frozen=True):
    """The callee, or the line, ended the call."""


class TransferEnded(Struct, frozen=True):
    """The transfer is over; `ok` when a person answered it."""

    ok: bool


Heard = Keyed | Spoken | Silence | MachineDetected | HungUp | TransferEnded
