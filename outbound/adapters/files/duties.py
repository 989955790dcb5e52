"""Duties besides the hours of calls, from `config/duties/`: which policies need an interview before acceptance."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from outbound.adapters.files.rules.reading.words import Confidence
from outbound.adapters.files.rules.sections import RuleFileError, Section, read
from outbound.compliance.interview import FundSource, InterviewRule, InterviewRules, ProductKind, fold
from outbound.domain.outcome.interview import InterviewScript, InterviewStep, Unheard

_LONGEST_VERSION = 40
_HASH_SHOWN = 12
_OLDEST = 150


def load_duties(folder: Path) -> Mapping[str, InterviewRules]:
    """Read every `interviews-*.yaml` of a folder: ISO 3166-1 code to rules.

    Raises `RuleFileError` with file, line, key and mend, also when the folder is not there: without it nobody would
    notice that interviews are missing.
    """
    if not folder.is_dir():
        mend = "put it there from the release; without rules no interview would be opened"
        raise RuleFileError(folder, 0, "", "there is no such folder", mend)
    found: dict[str, InterviewRules] = {}
    for file in sorted(folder.glob("interviews-*.yaml")):
        rules = load_interviews(file)
        if rules.region in found:
            raise RuleFileError(file, 0, "region", f"{rules.region} has another file", "keep one file a country")
        found[rules.region] = rules
    return found


def load_interview_script(file: Path) -> InterviewScript:
    """Read what the interviewer reads out. Raises `RuleFileError` with file, line, key and mend."""
    top, content_hash = read(file)
    version = top.text("version")
    steps = tuple(_step(section) for section in top.sections("steps"))
    if not steps:
        raise top.fail("steps", "there is no step", "write what the interviewer reads out")
    twice = _twice([step.name for step in steps])
    if twice is not None:
        raise top.fail("steps", f"{twice!r} stands there twice", "give each step a name of its own")
    top.done()
    return InterviewScript(f"{version}+{content_hash[:_HASH_SHOWN]}", steps)


def _step(section: Section) -> InterviewStep:
    otherwise = section.choice("otherwise", Unheard) if section.has("otherwise") else None
    step = InterviewStep(section.text("name"), section.text("zh"), section.text("en"), otherwise)
    section.done()
    return step


def load_interviews(file: Path) -> InterviewRules:
    """Read one matrix of interviews. Raises `RuleFileError` with file, line, key and mend."""
    top, content_hash = read(file)
    region = top.text("region")
    if len(region) != 2 or not region.isalpha() or not region.isupper():  # noqa: PLR2004 - ISO 3166-1
        raise top.fail("region", f"{region!r} is no country", "write its ISO 3166-1 code, such as TW")
    version = top.text("version")
    if len(version) > _LONGEST_VERSION:
        raise top.fail("version", "is too long", f"write at most {_LONGEST_VERSION} characters")
    products = _products(top.section("products"))
    rules = InterviewRules(
        region=region,
        version=f"{version}+{content_hash[:_HASH_SHOWN]}",
        funds=_funds(top.section("fund_sources")),
        products=products,
        rules=_rules(top, frozenset(products)),
    )
    top.done()
    return rules


def _funds(section: Section) -> dict[FundSource, tuple[str, ...]]:
    found: dict[FundSource, tuple[str, ...]] = {
        kind: _words(section, kind) for kind in FundSource if kind is not FundSource.UNKNOWN
    }
    section.done()
    owner: dict[str, FundSource] = {}
    for kind, words in found.items():
        for word in words:
            if owner.setdefault(word, kind) is not kind:
                raise section.fail(kind, f"{word!r} stands under {owner[word]} too", "keep it in one place")
    return found


def _products(section: Section) -> dict[str, ProductKind]:
    found: dict[str, ProductKind] = {}
    for name in section.keys():  # noqa: SIM118 - a section is no mapping
        kind = section.section(name)
        found[name] = ProductKind(_words(kind, "codes", default=()), _words(kind, "names", default=()))
        kind.done()
    return found


def _words(section: Section, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    return tuple(fold(word) for word in section.texts(key, default))


def _rules(top: Section, products: frozenset[str]) -> tuple[InterviewRule, ...]:
    found = [_rule(section, products) for section in top.sections("rules")]
    codes = [rule.code for rule in found]
    if not codes:
        raise top.fail("rules", "there is no rule", "add one; a country without this duty needs no file")
    twice = _twice(codes)
    if twice is not None:
        raise top.fail("rules", f"{twice!r} stands there twice", "give each rule a code of its own")
    return tuple(found)


def _rule(section: Section, products: frozenset[str]) -> InterviewRule:
    rule = InterviewRule(
        code=section.text("code"),
        enabled=section.flag("enabled"),
        effective_from=section.day("effective_from"),
        effective_to=section.day("effective_to") if section.has("effective_to") else None,
        fund_sources=section.choices("fund_sources", FundSource, frozenset()),
        age_from=section.number("age_from") if section.has("age_from") else None,
        products=frozenset(section.texts("products", ())),
    )
    # Nothing decides by these; who signs reads them.
    section.text("source")
    section.choice("confidence", Confidence)
    section.text("note", "")
    section.done()
    _check(section, rule, products)
    return rule


def _check(section: Section, rule: InterviewRule, products: frozenset[str]) -> None:
    if rule.effective_to is not None and rule.effective_to < rule.effective_from:
        raise section.fail("effective_to", "lies before effective_from", "write the last day on which the rule binds")
    unknown = sorted(rule.products - products)
    if unknown:
        raise section.fail("products", f"{unknown[0]!r} is not known", f"write one of {', '.join(sorted(products))}")
    if rule.fund_sources & {FundSource.OTHER, FundSource.UNKNOWN}:
        mend = "write one of loan, policy_loan, surrender; what is not known counts anyway"
        raise section.fail("fund_sources", "names a source that no rule asks about", mend)
    if rule.age_from is not None and not 0 < rule.age_from <= _OLDEST:
        raise section.fail("age_from", f"{rule.age_from} is no age", f"write years from 1 to {_OLDEST}")
    if not rule.fund_sources and rule.age_from is None and not rule.products:
        raise section.fail("code", "the rule names no condition", "add fund_sources, age_from or products")


def _twice(words: Sequence[str]) -> str | None:
    return next((word for place, word in enumerate(words) if word in words[:place]), None)
