"""A contact as intake sees it, and a version of a policy that comes in."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import Contact
from outbound.domain.policy import PhoneNumber, Policy


class Claim(Struct, frozen=True):
    """What one policy says of its holder: numbers by blind index, best first; no robot calls; which source said so."""

    numbers: tuple[str, ...]
    do_not_call: bool
    source: str | None


class HeldAttempt(Struct, frozen=True):
    """What intake needs to know of an attempt; `ended_at` is None while it is not over."""

    id: str
    phone_id: str
    round: int
    status: AttemptStatus
    window_start: datetime
    ended_at: datetime | None


class Dossier(Struct, frozen=True):
    """A contact with what each of its policies claims (by policy_no) and its attempts."""

    contact: Contact
    claims: Mapping[str, Claim]
    attempts: tuple[HeldAttempt, ...] = ()

    @property
    def called_phones(self) -> frozenset[str]:
        """Identifiers of the phones that an attempt names, which therefore stay."""
        return frozenset(attempt.phone_id for attempt in self.attempts)

    @property
    def planned(self) -> HeldAttempt | None:
        """The attempt that waits for its window."""
        return next((one for one in self.attempts if one.status is AttemptStatus.PLANNED), None)

    @property
    def is_live(self) -> bool:
        """Whether a telephone may be ringing."""
        return any(one.status in LIVE for one in self.attempts)

    @property
    def was_dialled(self) -> bool:
        """Whether this round has seen a dial."""
        return any(
            one.round == self.contact.round and one.status not in {AttemptStatus.PLANNED, AttemptStatus.CANCELLED}
            for one in self.attempts
        )

    @property
    def last_ended_at(self) -> datetime | None:
        """When the latest call was over."""
        return max((one.ended_at for one in self.attempts if one.ended_at), default=None)


class Version(Struct, frozen=True):
    """A version of a policy that was never seen before; `phones` by blind index, best first.

    `policy_id` is the policy's own identifier, the same in every version and whoever holds it; `is_known` says that
    an earlier version is stored.
    """

    policy_id: str
    is_known: bool
    policy: Policy
    phones: Mapping[str, PhoneNumber]
    source: str

    @property
    def claim(self) -> Claim:
        """What it says of its holder."""
        return Claim(tuple(self.phones), self.policy.holder.do_not_call, self.source)
