"""A file of invented policies: the same seed gives the same bytes, and nobody who exists can be rung from it.

Taiwanese numbers come from 0940-0949: valid mobiles by the numbering plan's pattern, and the one block of millions that
the `phonenumbers` data give to no carrier. American ones come from 555-0100 to 555-0199, kept for fiction. The last
digits at which the local exchange always behaves in one way are left out.
"""

import csv
import random
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from outbound.simulation.invented import sample_people as parts

COLUMNS = (
    "policy_no", "product_code", "product_name", "issued_on", "delivered_on", "customer_id", "full_name", "birth_date",
    "phone", "alt_phone", "language", "region", "postal_code", "time_zone", "preferred_window", "agent_code",
    "channel", "fund_source", "privacy_notice_on", "consents", "do_not_call", "status",
)  # fmt: skip
DAYS_OF_ISSUE = 5
_TAIWANESE_NUMBERS = range(940_001_000, 949_900_000)
_NUMBERS_ABROAD = range(949_901_000, 950_000_000)
_FICTION = range(100, 200)
_SATURDAY = 5
_SENIOR = 65
_WITH_DASHES, _INTERNATIONAL = 0.7, 0.85
_VOICE_CONSENT, _DATED_CONSENT = 0.8, 0.6
_DECK = 100
_BAD_EVERY, _DOUBLE_EVERY = 60, 90
_SHARES = {
    "english": 5, "senior": 25, "two_policies": 6, "three_policies": 1, "shared_phone": 4, "undelivered": 10,
    "abroad": 5, "do_not_call": 2, "no_notice": 2, "other_phone": 15, "prefers": 25, "cancelled": 1,
    "wide_digits": 2, "minguo": 30, "no_birth_date": 1,
}  # fmt: skip
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
Row = dict[str, str]


class Sample(Struct, frozen=True):
    """What a sample file holds: rows = policies + bad + doubled; `contacts` are the people behind good rows."""

    contacts: int
    rows: int
    policies: int
    bad: int
    doubled: int


class _Person(Struct, frozen=True):
    index: int
    traits: frozenset[str]
    fields: Row


class _Deck:
    """Deals each trait to exactly its share of every hundred people, in an order of the seed."""

    def __init__(self, rng: random.Random) -> None:
        self._slots: list[set[str]] = [set() for _ in range(_DECK)]
        for trait, share in _SHARES.items():
            for slot in rng.sample(range(_DECK), share):
                self._slots[slot].add(trait)
        self._frozen = [frozenset(traits) for traits in self._slots]

    def deal(self, index: int) -> frozenset[str]:
        return self._frozen[index % _DECK]


def write_sample(path: Path, contacts: int, seed: int, today: date) -> Sample:
    """Write a CSV of invented policies of `contacts` people, issued on five working days from `today` on.

    People of 65 and over are a quarter; some share a number, hold several policies, have no proof of delivery, no
    privacy notice or a do-not-call mark. Of those abroad some live where no rules are ready, or nobody knows in which
    state. One row in sixty cannot be read and one in ninety comes twice, both besides.
    """
    counts = Sample(contacts, 0, 0, 0, 0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for kind, row in _rows(contacts, random.Random(seed), today):  # noqa: S311 - invented people, not secrets
            writer.writerow(row)
            counts = _count(counts, kind)
    return counts


def _count(counts: Sample, kind: str) -> Sample:
    return replace(
        counts,
        rows=counts.rows + 1,
        policies=counts.policies + (kind == "policy"),
        bad=counts.bad + (kind == "bad"),
        doubled=counts.doubled + (kind == "doubled"),
    )


def _rows(contacts: int, rng: random.Random, today: date) -> Iterator[tuple[str, Row]]:
    days = _working_days(today)
    recent: deque[Row] = deque(maxlen=40)
    serial = 0
    for person in _people(contacts, rng, today):
        policies = 1 + ("two_policies" in person.traits) + 2 * ("three_policies" in person.traits)
        for _ in range(policies):
            serial += 1
            row = _policy(person, serial, days[person.index * DAYS_OF_ISSUE // contacts], rng)
            recent.append(row)
            yield "policy", row
            if serial % _BAD_EVERY == _BAD_EVERY // 2:
                yield "bad", _spoilt(row, serial, rng)
            if serial % _DOUBLE_EVERY == _DOUBLE_EVERY // 2:
                yield "doubled", rng.choice(recent)


def _working_days(today: date) -> list[date]:
    days = (today + timedelta(days=ahead) for ahead in range(3 * DAYS_OF_ISSUE))
    return [day for day in days if day.weekday() < _SATURDAY][:DAYS_OF_ISSUE]


def _people(contacts: int, rng: random.Random, today: date) -> Iterator[_Person]:
    deck = _Deck(rng)
    taiwanese = iter(rng.sample(_TAIWANESE_NUMBERS, 2 * contacts))
    abroad = _abroad(rng)
    shared = ""
    for index in range(contacts):
        traits = deck.deal(index)
        away = next(abroad, None) if "abroad" in traits else None
        fields = _foreign(away, rng) if away else _taiwanese(next(taiwanese), rng, traits)
        fields["customer_id"] = f"C{index + 1:07}"
        fields["birth_date"] = "" if "no_birth_date" in traits else _birth_date(rng, today, traits)
        fields["do_not_call"] = "Y" if "do_not_call" in traits else "N"
        if not away and "shared_phone" in traits and shared:
            fields["phone"] = shared
        elif not away:
            shared = fields["phone"]
            if "other_phone" in traits:
                fields["alt_phone"] = _spelled(next(taiwanese), rng)
        yield _Person(index, traits, fields)


def _abroad(rng: random.Random) -> Iterator[Row]:
    """Yield people who live abroad while there are numbers: three in the United States, then two elsewhere."""
    american = [
        {"region": region, "time_zone": zone, "postal_code": postal_code, "phone": f"({area}) 555-{line:04}"}
        for region, zone, postal_code, areas in parts.AMERICAN_PLACES
        for area in areas
        for line in _FICTION
    ]
    rng.shuffle(american)
    elsewhere = cycle(parts.OTHER_PLACES)
    # Who moved away kept the Taiwanese number: its zone counts besides that of the address.
    kept = iter(rng.sample(_NUMBERS_ABROAD, 2 * len(american)))
    for *three, spare in zip(*[iter(american)] * 4, strict=False):
        yield from three
        for region, zone, postal_code in (next(elsewhere), next(elsewhere)):
            phone = spare["phone"] if region == "US" else f"+886{next(kept)}"
            yield {"region": region, "time_zone": zone, "postal_code": postal_code, "phone": phone}


def _foreign(place: Row, rng: random.Random) -> Row:
    name = f"{rng.choice(parts.ENGLISH_GIVEN)} {rng.choice(parts.ENGLISH_FAMILY)}"
    return place | {"full_name": name, "language": "en-US" if place["region"].startswith("US") else "en"}


def _taiwanese(number: int, rng: random.Random, traits: frozenset[str]) -> Row:
    region, postal_code = rng.choice(parts.TAIWANESE_PLACES)
    phone = _spelled(number, rng)
    english = "english" in traits
    name = (
        f"{rng.choice(parts.ENGLISH_GIVEN)} {rng.choice(parts.ENGLISH_FAMILY)}"
        if english
        else rng.choice(parts.SURNAMES) + rng.choice(parts.GIVEN) + rng.choice(parts.GIVEN)
    )
    return {"full_name": name, "phone": phone.translate(_WIDE) if "wide_digits" in traits else phone,
            "language": "en" if english else "zh-TW", "region": region, "time_zone": "Asia/Taipei",
            "postal_code": postal_code}  # fmt: skip


def _spelled(number: int, rng: random.Random) -> str:
    digits = str(number)
    chance = rng.random()
    if chance < _WITH_DASHES:
        return f"0{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return f"+886{digits}" if chance < _INTERNATIONAL else f"0{digits}"


def _birth_date(rng: random.Random, today: date, traits: frozenset[str]) -> str:
    low, high = (_SENIOR, 88) if "senior" in traits else (20, _SENIOR - 1)
    born = date(today.year - rng.randint(low, high) - 1, 12, 31) - timedelta(days=rng.randrange(30))
    born = min(born + timedelta(days=rng.randrange(300)), date(today.year - low, today.month, 1))
    return _minguo(born) if "minguo" in traits else born.isoformat()


def _minguo(day: date) -> str:
    return f"{day.year - 1911}/{day.month:02}/{day.day:02}"


def _policy(person: _Person, serial: int, issued: date, rng: random.Random) -> Row:
    traits = person.traits
    write: Callable[[date], str] = _minguo if "minguo" in traits else date.isoformat
    code, name = rng.choice(parts.PRODUCTS)
    delivered = "" if "undelivered" in traits else write(issued + timedelta(days=rng.randint(1, 4)))
    voice = "service_call;automated_voice" if rng.random() < _VOICE_CONSENT else "service_call"
    return person.fields | {
        "policy_no": f"L{issued.year - 1911}{serial:07}",
        "product_code": code,
        "product_name": name,
        "issued_on": write(issued),
        "delivered_on": delivered,
        "preferred_window": rng.choice(("09:00-12:00", "14:00-18:00", "上午", "下午", "evening"))
        if "prefers" in traits
        else "",
        "agent_code": f"A{rng.randint(1, 400):04}",
        "channel": rng.choice(parts.CHANNELS),
        "fund_source": rng.choice(parts.FUNDS),
        "privacy_notice_on": "" if "no_notice" in traits else write(issued - timedelta(days=rng.randint(3, 12))),
        "consents": f"{voice};recording={issued.isoformat()}" if rng.random() < _DATED_CONSENT else voice,
        "status": "cancelled" if "cancelled" in traits else "in force",
    }


def _spoilt(row: Row, serial: int, rng: random.Random) -> Row:
    """Return a row of somebody else that cannot be read, as exports produce them."""
    column, value = rng.choice((
        ("issued_on", "115/02/30"), ("delivered_on", "下週一"), ("phone", "0940-12"), ("phone", "9.4E+08"),
        ("region", "TW-XYZ"), ("region", "台灣"), ("full_name", ""), ("birth_date", "46348"),
    ))  # fmt: skip
    return row | {"policy_no": f"{row['policy_no'][:4]}9{serial:06}", "customer_id": f"X{serial:07}", column: value}
