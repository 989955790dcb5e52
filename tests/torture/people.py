"""A dozen invented people of a scenario, as a policies file. Their numbers belong to nobody."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.torture.draws import Draws

COLUMNS = (
    "policy_no", "product_name", "issued_on", "delivered_on", "customer_id", "full_name", "birth_date", "phone",
    "alt_phone", "language", "region", "time_zone", "privacy_notice_on", "consents", "do_not_call",
)  # fmt: skip
TAIWAN = ("TW-TPE", "TW-KHH", "TW-TXG", "TW-HUA")
AMERICA = (
    ("US-NY", "America/New_York", "212"),
    ("US-IL", "America/Chicago", "312"),
    ("US-CA", "America/Los_Angeles", "415"),
)
_PRODUCTS = ("安心終身壽險", "平安傷害保險", "守護醫療健康保險")
_NAMES = ("王試明", "林測安", "陳例華", "李樣美")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class People:
    """Rows of the policies file; `numbers` and `regions` that occur in it, for orders from outside."""

    rows: Sequence[Row]
    numbers: Sequence[str]
    regions: Sequence[str]

    def write(self, path: Path) -> None:
        """Write the file."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def draw_people(seed: int, start: date, american_share: float) -> People:
    """Invent 8 to 14 people: a fifth of 65 and more, some with two numbers, two policies, or another's number."""
    draws = Draws(seed, "people")
    rows: list[Row] = []
    for index in range(draws.whole(8, 14)):
        abroad = draws.chance(american_share)
        person = _american(index, draws) if abroad else _taiwanese(index, draws)
        person |= {"customer_id": f"C{index:03}", "birth_date": _birth_date(draws, start)}
        if not abroad and rows and rows[-1]["region"].startswith("TW") and draws.chance(0.1):
            person["phone"] = rows[-1]["phone"]
        elif not abroad and draws.chance(0.3):
            person["alt_phone"] = f"+8869411{seed % 1000:03}{index:02}"
        policies = 2 if draws.chance(0.15) else 1
        rows.extend(person | _policy(index, number, draws, start) for number in range(policies))
    numbers = sorted({row[name] for row in rows for name in ("phone", "alt_phone") if row.get(name)})
    return People(rows, numbers, sorted({row["region"] for row in rows}))


def _taiwanese(index: int, draws: Draws) -> Row:
    return {
        "full_name": _NAMES[index % len(_NAMES)],
        "phone": f"+88694000{index:02}{draws.whole(0, 99):02}",
        "language": "en" if draws.chance(0.1) else "zh-TW",
        "region": TAIWAN[draws.whole(0, len(TAIWAN) - 1)],
        "time_zone": "Asia/Taipei",
    }


def _american(index: int, draws: Draws) -> Row:
    region, zone, area = AMERICA[draws.whole(0, len(AMERICA) - 1)]
    return {
        "full_name": f"Test Person {index}",
        "phone": f"+1{area}55501{index:02}",
        "language": "en-US",
        "region": region,
        "time_zone": zone,
    }


def _birth_date(draws: Draws, start: date) -> str:
    if draws.chance(0.03):
        return ""
    years = draws.whole(66, 88) if draws.chance(0.2) else draws.whole(20, 60)
    return (start - timedelta(days=365 * years + draws.whole(0, 364))).isoformat()


def _policy(index: int, number: int, draws: Draws, start: date) -> Row:
    issued = start - timedelta(days=draws.whole(3, 9))
    return {
        "policy_no": f"L115{number}{index:03}{draws.whole(0, 999):03}",
        "product_name": _PRODUCTS[draws.whole(0, len(_PRODUCTS) - 1)],
        "issued_on": issued.isoformat(),
        "delivered_on": "" if draws.chance(0.1) else (issued + timedelta(days=2)).isoformat(),
        "privacy_notice_on": (issued - timedelta(days=5)).isoformat(),
        "consents": "service_call;automated_voice" + (f";recording={issued}" if draws.chance(0.5) else ""),
        "do_not_call": "Y" if draws.chance(0.02) else "N",
    }
