"""What a conversation may draw on, and who may hear which of it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, get_type_hints

from msgspec import Struct


class Label(StrEnum):
    """Who may hear a field: anyone, the person who was asked for, the verified policyholder, or nobody."""

    PUBLIC = "public"
    PERSONAL = "personal"
    POLICY = "policy"
    UNSPOKEN = "unspoken"


class VerifyBy(StrEnum):
    """A fact by which a policyholder is recognised: birth date, or last four of policy or identity number."""

    BIRTH_DATE = "birth_date"
    POLICY_DIGITS = "policy_digits"
    ID_DIGITS = "id_digits"


class PolicyFacts(Struct, frozen=True):
    """One policy of the call. `last_digits` are the last four of its number (or None).

    `free_look_last_day` is given only while the right still runs and the delivery is proved; otherwise None.
    """

    product_name: Annotated[str | None, Label.POLICY]
    last_digits: Annotated[str | None, Label.POLICY]
    free_look_last_day: Annotated[date | None, Label.POLICY] = None


class Facts(Struct, frozen=True):
    """Everything that one call may know. Mappings are by language tag and hold what a voice reads.

    `hotline_number` is E.164. `callback_choices` (the robot calls) and `person_choices` (a person does) are at most
    three half-open (start, end) pairs of aware instants each, in the contact's zone. `person_can_call`: within the next
    two weeks there is a time at which people work and it is day where the contact is, which may be in any of `zones`
    (IANA). `slow` asks for slower speech from the first word (for people of 65 and older). `verify_by` is the order in
    which facts are asked for; the first that is known is. `id_digits` are the last four digits of the identity number.
    `locked_out`: two wrong answers were given not long ago, and only a person may go on. `can_text`: the
    number takes text messages. `senior`: known to be 65 or older.
    """

    company_name: Annotated[Mapping[str, str], Label.PUBLIC]
    hotline_spoken: Annotated[Mapping[str, str], Label.PUBLIC]
    hotline_number: Annotated[str, Label.PUBLIC]
    self_service_spoken: Annotated[Mapping[str, str], Label.PUBLIC]
    full_name: Annotated[str, Label.PERSONAL]
    birth_date: Annotated[date | None, Label.UNSPOKEN]
    policies: Annotated[tuple[PolicyFacts, ...], Label.POLICY]
    callback_choices: Annotated[tuple[tuple[datetime, datetime], ...], Label.PUBLIC] = ()
    person_choices: Annotated[tuple[tuple[datetime, datetime], ...], Label.PUBLIC] = ()
    language: Annotated[str, Label.PUBLIC] = "zh-TW"
    transfer_available: Annotated[bool, Label.PUBLIC] = False
    person_can_call: Annotated[bool, Label.PUBLIC] = False
    zones: Annotated[tuple[str, ...], Label.UNSPOKEN] = ()
    verify_by: Annotated[tuple[VerifyBy, ...], Label.PUBLIC] = (VerifyBy.BIRTH_DATE, VerifyBy.POLICY_DIGITS)
    slow: Annotated[bool, Label.PUBLIC] = False
    id_digits: Annotated[str | None, Label.UNSPOKEN] = None
    locked_out: Annotated[bool, Label.PUBLIC] = False
    can_text: Annotated[bool, Label.PUBLIC] = False
    senior: Annotated[bool, Label.UNSPOKEN] = False

    def __post_init__(self) -> None:
        _look_at("callback_choices", self.callback_choices)
        _look_at("person_choices", self.person_choices)


MOST_CALLBACK_CHOICES = 3


def _look_at(name: str, choices: tuple[tuple[datetime, datetime], ...]) -> None:
    if len(choices) > MOST_CALLBACK_CHOICES:
        raise ValueError(
            f"{name}: {len(choices)} windows given; a listener can keep {MOST_CALLBACK_CHOICES} in mind: offer the "
            "earliest ones"
        )
    for start, end in choices:
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError(f"{name}: an instant without a zone; give it in the contact's zone")


def label_of(kind: type[Facts | PolicyFacts], name: str) -> Label:
    """Return who may hear the field `name` of `kind`; KeyError if there is no such field."""
    return Label(get_type_hints(kind, include_extras=True)[name].__metadata__[0])
