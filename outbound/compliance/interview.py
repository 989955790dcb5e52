"""Which policies the law wants an interview for before acceptance: dated rules, and the decision with its reasons.

Sources stand with each rule in `config/duties/`. What is not known counts as what a rule names: an interview too many
costs ten minutes, one too few an unlawful acceptance.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct


class FundSource(StrEnum):
    """Where the premium comes from, as far as the rules ask."""

    LOAN = "loan"
    POLICY_LOAN = "policy_loan"
    SURRENDER = "surrender"
    OTHER = "other"
    UNKNOWN = "unknown"


TEXTS: Mapping[str, tuple[str, str]] = {
    "fund_loan": ("保費來自貸款", "the premium comes from a loan"),
    "fund_policy_loan": ("保費來自保險單借款", "the premium comes from a policy loan"),
    "fund_surrender": ("保費來自解約", "the premium comes from a surrendered policy"),
    "fund_unknown": ("不知道保費來源", "it is not known where the premium comes from"),
    "age_reached": ("要保人達到規定年齡", "the policyholder is of the age that the rule names"),
    "age_unknown": ("不知道要保人年齡", "the policyholder's age is not known"),
    "product_named": ("商品屬於規定種類", "the product is of a kind that the rule names"),
    "product_unknown": ("不知道商品種類", "the kind of product is not known"),
}
"""Code -> (zh-TW, en): what an interview is opened for."""

_APART = re.compile(r"[,;/+、，；／＋&\n]|和|及")


class ProductKind(Struct, frozen=True):
    """How products of a kind are known: beginnings of their codes, words in their names (both folded)."""

    codes: tuple[str, ...]
    names: tuple[str, ...]


class InterviewRule(Struct, frozen=True):
    """One dated rule; all that it names must hold. `age_from` None and empty sets ask for nothing."""

    code: str
    enabled: bool
    effective_from: date
    effective_to: date | None
    fund_sources: frozenset[FundSource]
    age_from: int | None
    products: frozenset[str]

    def in_force(self, day: date) -> bool:
        """Whether the rule binds on a day; both dates are inclusive."""
        return self.enabled and self.effective_from <= day <= (self.effective_to or date.max)


class InterviewRules(Struct, frozen=True):
    """The matrix of one country; words are folded by `fold`. `version` names file version and content."""

    region: str
    version: str
    funds: Mapping[FundSource, tuple[str, ...]]
    products: Mapping[str, ProductKind]
    rules: tuple[InterviewRule, ...]


class PolicyFacts(Struct, frozen=True):
    """What the rules look at. `issued_on` decides which rules are in force, and the age."""

    issued_on: date
    birth_date: date | None
    product_code: str | None
    product_name: str | None
    fund_source: str | None


def fold(text: str) -> str:
    """Return a word as it is compared: full width and letter case do not count."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def interview_needed(facts: PolicyFacts, rules: InterviewRules) -> tuple[str, ...]:
    """Return why an interview is needed, as codes of `TEXTS` in a fixed order; empty when no rule asks for one."""
    found: set[str] = set()
    for rule in rules.rules:
        if not rule.in_force(facts.issued_on):
            continue
        asked = [
            *((_funds(facts, rule, rules),) if rule.fund_sources else ()),
            *((_age(facts, rule.age_from),) if rule.age_from is not None else ()),
            *((_product(facts, rule, rules),) if rule.products else ()),
        ]
        if all(asked):
            found.update(code for codes in asked for code in codes)
    return tuple(code for code in TEXTS if code in found)


def in_words(because: Iterable[str], *, chinese: bool) -> str:
    """Say reasons as one line; a code of an older version is shown as it is."""
    column = 0 if chinese else 1
    said = (TEXTS[code][column] if code in TEXTS else code for code in because)
    return ("、" if chinese else "; ").join(said)


def fund_sources(text: str | None, funds: Mapping[FundSource, tuple[str, ...]]) -> frozenset[FundSource]:
    """Read where a premium comes from: a telling word counts wherever it stands, a clearing one must be the whole."""
    parts = [part for part in map(fold, _APART.split(unicodedata.normalize("NFKC", text or ""))) if part]
    found: set[FundSource] = set()
    for part in parts:
        whole = {kind for kind, words in funds.items() if part in words}
        told = whole or {kind for kind, words in funds.items() if _tells(kind) and any(word in part for word in words)}
        found |= told or {FundSource.UNKNOWN}
    return frozenset(found) or frozenset({FundSource.UNKNOWN})


def product_kinds(code: str | None, name: str | None, kinds: Mapping[str, ProductKind]) -> frozenset[str]:
    """Return every kind that a product's code or name fits; empty when nothing is known of it."""
    code, name = fold(code or ""), fold(name or "")
    return frozenset(
        kind
        for kind, known in kinds.items()
        if code.startswith(known.codes) or any(word in name for word in known.names)
    )


def _tells(kind: FundSource) -> bool:
    return kind is not FundSource.OTHER


def _funds(facts: PolicyFacts, rule: InterviewRule, rules: InterviewRules) -> tuple[str, ...]:
    found = fund_sources(facts.fund_source, rules.funds)
    return tuple(f"fund_{kind}" for kind in found if kind in rule.fund_sources or kind is FundSource.UNKNOWN)


def _age(facts: PolicyFacts, age_from: int) -> tuple[str, ...]:
    born, day = facts.birth_date, facts.issued_on
    if born is None:
        return ("age_unknown",)
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return ("age_reached",) if day.year - born.year - (not had_birthday) >= age_from else ()


def _product(facts: PolicyFacts, rule: InterviewRule, rules: InterviewRules) -> tuple[str, ...]:
    found = product_kinds(facts.product_code, facts.product_name, rules.products)
    if not found:
        return ("product_unknown",)
    return ("product_named",) if found & rule.products else ()
