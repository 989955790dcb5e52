"""Invented policyholders of a rig, and how each of them takes a call: it follows from the number alone."""

import csv
from collections.abc import Mapping
from pathlib import Path
from random import Random

from outbound.exchange.people.population import Callee, Person, Population, Profile, Resident, Unanswered, Voicemail
from outbound.simulation.invented.personas import person

FIRST_NUMBER = 940_001_000
"""The numbering plan gives this block to no carrier, see `outbound.simulation.invented.sample`."""

CHAOS = {
    "no_answer": 38, "busy": 10, "declined": 5, "machine": 10, "hangs_up": 15, "talks": 14, "opts_out": 4,
    "wants_a_person": 4,
}  # fmt: skip
"""Who is rung while things break down: weights by kind."""

_QUICK = (2.0, 5.0)
_TRAITS = {"talks": "presses_keys", "opts_out": "opts_out", "wants_a_person": "wants_a_person"}
_COLUMNS = (
    "policy_no", "product_code", "product_name", "issued_on", "delivered_on", "customer_id", "full_name", "birth_date",
    "phone", "language", "region", "privacy_notice_on", "consents", "do_not_call", "status",
)  # fmt: skip


def write_policies(path: Path, contacts: int) -> None:
    """Write one policy each of `contacts` people in Taiwan, all of whom may be called on 2026-11-16."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for index in range(contacts):
            writer.writerow((
                f"L115{index:07}", "HI05", "守護醫療健康保險", "2026-11-10", "2026-11-12", f"T{index:07}",
                f"試{chr(0x4E00 + index % 500)}安", f"{1960 + index % 40}-05-{1 + index % 28:02}",
                f"0{FIRST_NUMBER + index}", "zh-TW", "TW", "2026-11-09", "service_call;automated_voice", "N",
                "in force",
            ))  # fmt: skip


def population(contacts: int, weights: Mapping[str, int], seed: int) -> Population:
    """Give each of these people a way to take the call."""
    kinds = {kind: _kind(kind) for kind in weights}
    return Population({_number(index): _callee(index, kinds, weights, seed) for index in range(contacts)})


def _number(index: int) -> str:
    return f"+886{FIRST_NUMBER + index}"


def _callee(
    index: int, kinds: Mapping[str, tuple[Profile, Person | None]], weights: Mapping[str, int], seed: int
) -> Callee:
    draw = Random(f"{seed} {index}")  # noqa: S311 - chance, not secrecy
    profile, who = kinds[draw.choices(list(weights), list(weights.values()))[0]]
    facts = {"birth": f"05{1 + index % 28:02}", "tail": f"{index:07}"[-4:], "score": "9", "ten": "1"}
    return Callee(profile, (Resident(who, facts),) if who else ())


def _kind(kind: str) -> tuple[Profile, Person | None]:
    if kind == "machine":
        voicemail = Voicemail(greeting_seconds=5)
        return Profile(rings=_QUICK, unanswered={Unanswered.VOICEMAIL: 1.0}, voicemail=voicemail), None
    if kind in set(Unanswered):
        return Profile(rings=_QUICK, unanswered={Unanswered(kind): 1.0}), None
    who = Person(hangs_up_after_seconds=2.0) if kind == "hangs_up" else person(_TRAITS[kind], "zh-TW")
    return Profile(otherwise=1.0, rings=_QUICK), who
