"""What comes back from the telephone after the robot has spoken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys pressed, without the `#` that ended them."""

    digits: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words recognised; `confidence` from 0 to 1, or None where the carrier gave none."""

    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Neither a key nor a word."""


@dataclass(frozen=True, slots=True)
class MachineDetected:
    """An answering machine is on the line."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The callee, or the line, ended the call."""


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The transfer is over; `ok` when a person answered it."""

    ok: bool


Heard = Keyed | Spoken | Silence | MachineDetected | HungUp | TransferEnded
