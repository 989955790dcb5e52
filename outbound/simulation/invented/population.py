"""A population for a file of policies: who is at each number, when he answers, and how he is.

Everything about a number follows from the seed and the number alone, so that one row more in the file changes nobody
else.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from outbound.domain.policy import Policy, Policyholder
from outbound.exchange.people.population import Callee, Person, Population, Resident
from outbound.simulation.invented.personas import TRAITS, named, person
from outbound.simulation.invented.profiles import PROFILES

_SENIOR = 65
_DAYS_A_YEAR = 365.25
_SCORES = (10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 3)


def population_for(policies: Iterable[Policy], seed: int, today: date) -> Population:
    """Make callees for every number in `policies`. A first number leads to its person; a second one may not."""
    holders: dict[str, dict[str, tuple[Policyholder, str]]] = defaultdict(dict)
    for policy in policies:
        for phone in policy.holder.phones:
            holders[phone.e164].setdefault(policy.holder.customer_id, (policy.holder, policy.policy_no))
    people = {(trait.name, language): person(trait.name, language) for trait in TRAITS for language in _LANGUAGES}
    return Population(
        {
            number: _callee(number, list(found.values()), seed, today, people)
            for number, found in sorted(holders.items())
        }
    )


_LANGUAGES = ("zh-TW", "en-US")


def _callee(
    number: str,
    holders: Sequence[tuple[Policyholder, str]],
    seed: int,
    today: date,
    people: Mapping[tuple[str, str], Person],
) -> Callee:
    draw = random.Random(f"callee {seed} {number}")  # noqa: S311 - chance, not secrecy
    is_senior = any(_age(holder, today) >= _SENIOR for holder, _ in holders)
    weights = {"at_work": 45, "at_home": 12, "any_time": 38, "never": 3, "unallocated": 1.5, "refused": 0.5}
    if is_senior:
        weights |= {"at_work": 5, "at_home": 70, "any_time": 20}
    profile = PROFILES[draw.choices(list(weights), list(weights.values()))[0]]
    if len(holders) > 1:
        residents = tuple(
            Resident(named(holder.full_name, _language(holder)), _facts(holder, policy_no, draw))
            for holder, policy_no in holders
        )
        return Callee(profile, residents)
    holder, policy_no = holders[0]
    shares = [trait.share_senior if is_senior else trait.share for trait in TRAITS]
    trait = draw.choices([trait.name for trait in TRAITS], shares)[0]
    return Callee(profile, (Resident(people[trait, _language(holder)], _facts(holder, policy_no, draw)),))


def _facts(holder: Policyholder, policy_no: str, draw: random.Random) -> dict[str, str]:
    score = draw.choice(_SCORES)
    return {
        "birth": holder.birth_date.strftime("%m%d") if holder.birth_date else "0000",
        "tail": re.sub(r"\D", "", policy_no)[-4:],
        "score": str(min(score, 9)),
        "ten": "2" if score > 9 else "1",  # noqa: PLR2004 - a keypad has no key for 10
    }


def _language(holder: Policyholder) -> str:
    return "en-US" if (holder.language or "").startswith("en") else "zh-TW"


def _age(holder: Policyholder, today: date) -> float:
    return _SENIOR if holder.birth_date is None else (today - holder.birth_date).days / _DAYS_A_YEAR
