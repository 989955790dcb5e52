"""What a company's operations schedule: whom to call, with which script, when, how often and how fast."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.domain.call_class import CallClass
from outbound.domain.hours import OpenHours
from outbound.domain.service_desk import PeoplesHours, ServiceDesk

__all__ = ["Campaign", "OpenHours", "Pacing", "RetryRule", "ScriptShare", "SecondPolicy"]


class SecondPolicy(StrEnum):
    """What a policy gets that is issued within the quiet days after a welcome."""

    MESSAGE = "message"
    MERGE = "merge"


class RetryRule(Struct, frozen=True):
    """When to try again after one cause: `delays_hours[n]` after the (n+1)-th attempt that ended so.

    The rule is spent when its delays are; the campaign's cap holds over all causes together.
    """

    delays_hours: tuple[float, ...]
    next_number: bool = False


class Pacing(Struct, frozen=True):
    """Calls per second stay below the carrier's; `max_live` counts calls that may be ringing or in conversation."""

    calls_per_second: float
    max_live: int
    ring_timeout_seconds: int
    slot_capacity: int


class ScriptShare(Struct, frozen=True):
    """A script of several in one campaign, and the per cent of contacts who hear it."""

    script: str
    share: int


class Campaign(Struct, frozen=True):
    """One campaign. `max_attempts` counts dials a contact and round over all numbers; one more for a promise.

    `script` is what is spoken; with `shares`, which add up to 100, each contact hears one of several (`script_for`).
    `senior_script`, where there is one, is spoken to people of 65 and older instead.
    `return_script` is for those who ring back; without one they are told where a person is reached.
    `hours` are the contact's. `service_desk` is that of the campaign's company; so is `verification`, the facts by
    which customers are recognised, unless the campaign has its own.
    """

    id: str
    company_id: str
    call_class: CallClass
    script: str
    languages: tuple[str, ...]
    hours: tuple[OpenHours, ...]
    max_attempts: int
    quiet_days: int
    second_policy: SecondPolicy
    pacing: Pacing
    retries: Mapping[str, RetryRule]
    free_look_days: Mapping[str, int]
    give_up_days: int
    promotional: bool = False
    return_script: str | None = None
    service_desk: ServiceDesk | None = None
    verification: tuple[str, ...] = ()
    shares: tuple[ScriptShare, ...] = ()
    senior_script: str | None = None

    @property
    def called_with(self) -> tuple[str, ...]:
        """Return the scripts of which a contact hears one when called."""
        seniors = (self.senior_script,) if self.senior_script else ()
        return tuple(
            dict.fromkeys((*(each.script for each in self.shares or (ScriptShare(self.script, 100),)), *seniors))
        )

    @property
    def scripts_used(self) -> tuple[str, ...]:
        """Return every script of the campaign, that for those who ring back too."""
        return (*self.called_with, *((self.return_script,) if self.return_script else ()))

    def script_for(self, contact_id: str, *, senior: bool = False) -> str:
        """Return the script that a contact hears, in every call of the campaign; a `senior` is 65 or older.

        Weighted rendezvous hashing: each script draws a number from the contact and itself, and the best one speaks.
        Neither the order in the file nor the other scripts change a draw. So where a script is added and the others
        keep their proportions, only contacts change who go over to it; the same when one is taken out.
        """
        if senior and self.senior_script is not None:
            return self.senior_script
        if not self.shares:
            return self.script
        return min(self.shares, key=lambda each: (_waits(self.id, contact_id, each), each.script)).script

    def people(self, zones: Iterable[str]) -> PeoplesHours:
        """Return when people of the company can call a contact who is in one of these IANA zones."""
        return PeoplesHours(self.service_desk, self.hours, tuple(ZoneInfo(name) for name in zones))


def _waits(campaign: str, contact: str, each: ScriptShare) -> float:
    """Draw from an exponential distribution with the share as its rate: the least of several falls by their shares."""
    digest = hashlib.sha256(f"{campaign}\0{contact}\0{each.script}".encode()).digest()
    drawn = (int.from_bytes(digest[:7], "big") + 1) / (1 << 56)
    return -math.log(drawn) / each.share
