"""What a conversation may draw on, and who may hear which of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Label(StrEnum):
    """Who may hear a field: anyone, the person who was asked for, the verified policyholder, or nobody."""

    PUBLIC = "public"
    PERSONAL = "personal"
    POLICY = "policy"
    UNSPOKEN = "unspoken"


class VerifyBy(StrEnum):
    """The fact by which a policyholder is recognised; the other one is used where this one is unknown."""

    BIRTH_DATE = "birth_date"
    POLICY_DIGITS = "policy_digits"


_PUBLIC, _PERSONAL = {"label": Label.PUBLIC}, {"label": Label.PERSONAL}
_POLICY, _UNSPOKEN = {"label": Label.POLICY}, {"label": Label.UNSPOKEN}


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """One policy of the call. `last_digits` are the last four of its number (or None).

    `free_look_last_day` is given only while the right still runs and the delivery is proved; otherwise None.
    """

    product_name: str | None = field(metadata=_POLICY)
    last_digits: str | None = field(metadata=_POLICY)
    free_look_last_day: date | None = field(metadata=_POLICY, default=None)

    def to_data(self) -> dict[str, Any]:
        """Return the policy as JSON types."""
        day = self.free_look_last_day
        return {
            "product_name": self.product_name,
            "last_digits": self.last_digits,
            "free_look_last_day": day.isoformat() if day else None,
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that one call may know. Mappings are by language tag and hold what a voice reads.

    `hotline_number` is E.164. `callback_choices` are at most three half-open (start, end) pairs of aware instants, in
    the contact's zone. `slow` asks for slower speech from the first word (for people of 65 and older).
    """

    company_name: Mapping[str, str] = field(metadata=_PUBLIC)
    hotline_spoken: Mapping[str, str] = field(metadata=_PUBLIC)
    hotline_number: str = field(metadata=_PUBLIC)
    self_service_spoken: Mapping[str, str] = field(metadata=_PUBLIC)
    full_name: str = field(metadata=_PERSONAL)
    birth_date: date | None = field(metadata=_UNSPOKEN)
    policies: tuple[PolicyFacts, ...] = field(metadata=_POLICY)
    callback_choices: tuple[tuple[datetime, datetime], ...] = field(metadata=_PUBLIC, default=())
    language: str = field(metadata=_PUBLIC, default="zh-TW")
    transfer_available: bool = field(metadata=_PUBLIC, default=False)
    verify_by: VerifyBy = field(metadata=_PUBLIC, default=VerifyBy.BIRTH_DATE)
    slow: bool = field(metadata=_PUBLIC, default=False)

    def __post_init__(self) -> None:
        if len(self.callback_choices) > MOST_CALLBACK_CHOICES:
            raise ValueError(
                f"callback_choices: {len(self.callback_choices)} windows given; a listener can keep "
                f"{MOST_CALLBACK_CHOICES} in mind: offer the earliest ones"
            )
        if any(moment.tzinfo is None for window in self.callback_choices for moment in window):
            raise ValueError("callback_choices: an instant without a zone; give it in the contact's zone")

    def to_data(self) -> dict[str, Any]:
        """Return the facts as JSON types."""
        return {
            "company_name": dict(self.company_name),
            "hotline_spoken": dict(self.hotline_spoken),
            "hotline_number": self.hotline_number,
            "self_service_spoken": dict(self.self_service_spoken),
            "full_name": self.full_name,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
            "policies": [policy.to_data() for policy in self.policies],
            "callback_choices": [[start.isoformat(), end.isoformat()] for start, end in self.callback_choices],
            "language": self.language,
            "transfer_available": self.transfer_available,
            "verify_by": self.verify_by.value,
            "slow": self.slow,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Facts":
        """Rebuild facts from `to_data`."""
        changed: dict[str, Any] = {
            "birth_date": _date(data["birth_date"]),
            "policies": tuple(_policy(each) for each in data["policies"]),
            "callback_choices": tuple(
                (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in data["callback_choices"]
            ),
            "verify_by": VerifyBy(data["verify_by"]),
        }
        return cls(**{**data, **changed})


MOST_CALLBACK_CHOICES = 3


def label_of(kind: type[Facts | PolicyFacts], name: str) -> Label:
    """Return who may hear the field `name` of `kind`; KeyError if there is no such field."""
    return {each.name: Label(each.metadata["label"]) for each in fields(kind)}[name]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _policy(data: Mapping[str, Any]) -> PolicyFacts:
    return PolicyFacts(data["product_name"], data["last_digits"], _date(data["free_look_last_day"]))
