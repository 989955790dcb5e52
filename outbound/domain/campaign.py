"""What a company's operations schedule: whom to call, with which script, when, how often and how fast."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.domain.call_class import CallClass
from outbound.domain.hours import OpenHours
from outbound.domain.service_desk import PeoplesHours, ServiceDesk

__all__ = ["Campaign", "OpenHours", "Pacing", "RetryRule", "SecondPolicy"]


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


class Campaign(Struct, frozen=True):
    """One campaign. `max_attempts` counts dials a contact and round over all numbers; one more for a promise.

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

    def people(self, zones: Iterable[str]) -> PeoplesHours:
        """Return when people of the company can call a contact who is in one of these IANA zones."""
        return PeoplesHours(self.service_desk, self.hours, tuple(ZoneInfo(name) for name in zones))
