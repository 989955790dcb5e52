"""Which policies need an interview before acceptance, by the rules as shipped and by others."""

from datetime import date
from pathlib import Path

import pytest

from outbound.adapters.files.duties import load_duties, load_interviews
from outbound.adapters.files.rules.document import RuleFileError
from outbound.compliance.interview import TEXTS, InterviewRules, PolicyFacts, in_words, interview_needed
from tests.conftest import ROOT
from tests.values import replace

SHIPPED = (ROOT / "config" / "duties" / "interviews-tw.yaml").read_text(encoding="utf-8")
ISSUED = date(2026, 11, 16)
YOUNG = PolicyFacts(ISSUED, date(1980, 5, 1), "HI05", "守護醫療健康保險", "salary")


@pytest.fixture(scope="module")
def rules() -> InterviewRules:
    """The Taiwanese rules as shipped."""
    return load_duties(ROOT / "config" / "duties")["TW"]


@pytest.mark.parametrize(
    ("fund_source", "because"),
    [
        ("salary", ()),
        ("薪資", ()),
        ("薪資、存款", ()),
        ("ＳＡＬＡＲＹ", ()),
        ("loan", ("fund_loan",)),
        ("銀行貸款", ("fund_loan",)),
        ("保險單借款", ("fund_policy_loan",)),
        ("policy_surrender", ("fund_surrender",)),
        ("解約金", ("fund_surrender",)),
        ("定存解約", ("fund_surrender",)),
        ("薪資、保單借款", ("fund_policy_loan",)),
        ("保單借款、薪資", ("fund_policy_loan",)),
        ("loan; surrender", ("fund_loan", "fund_surrender")),
        ("salary + loan", ("fund_loan",)),
        ("朋友", ("fund_unknown",)),
        ("薪資所得", ("fund_unknown",)),
        (" , ", ("fund_unknown",)),
        (None, ("fund_unknown",)),
    ],
)
def test_money_that_was_borrowed_or_surrendered_needs_an_interview(
    rules: InterviewRules, fund_source: str | None, because: tuple[str, ...]
) -> None:
    """Loans, policy loans and surrenders do wherever the word stands; what is not known counts as one of them."""
    assert interview_needed(replace(YOUNG, fund_source=fund_source), rules) == because


@pytest.mark.parametrize(
    ("born", "code", "name", "because"),
    [
        (date(1961, 11, 16), "UL08", "豐收變額萬能壽險", ("age_reached", "product_named")),
        (date(1961, 11, 17), "UL08", "豐收變額萬能壽險", ()),
        (date(1950, 1, 1), "WL20", None, ("age_reached", "product_named")),
        (date(1950, 1, 1), None, "某某增額保險", ("age_reached", "product_named")),
        (date(1950, 1, 1), "HI05", "守護醫療健康保險", ()),
        (date(1950, 1, 1), "HI05", "還本醫療保險", ("age_reached", "product_named")),
        (date(1950, 1, 1), "ZZ9", "福氣計畫", ("age_reached", "product_unknown")),
        (None, "WL20", None, ("age_unknown", "product_named")),
        (None, None, None, ("age_unknown", "product_unknown")),
        (None, "HI05", None, ()),
    ],
)
def test_people_of_65_who_buy_what_holds_value_need_an_interview(
    rules: InterviewRules, born: date | None, code: str | None, name: str | None, because: tuple[str, ...]
) -> None:
    """From the birthday on, for investment-linked and cash-value products; an unknown age or product counts as such."""
    facts = replace(YOUNG, birth_date=born, product_code=code, product_name=name)
    assert interview_needed(facts, rules) == because


def test_both_rules_are_told_together(rules: InterviewRules) -> None:
    """Who is 70 and borrows for an investment-linked product is told every reason, in a fixed order."""
    facts = PolicyFacts(ISSUED, date(1956, 1, 1), "UL08", None, "loan")
    assert interview_needed(facts, rules) == ("fund_loan", "age_reached", "product_named")


@pytest.mark.parametrize(
    ("change", "day", "needed"),
    [
        ({}, date(2022, 9, 22), True),
        ({}, date(2022, 9, 21), False),
        ({"effective_to": date(2026, 12, 31)}, date(2026, 12, 31), True),
        ({"effective_to": date(2026, 12, 31)}, date(2027, 1, 1), False),
        ({"enabled": False}, ISSUED, False),
    ],
)
def test_a_rule_binds_from_its_first_to_its_last_day(
    rules: InterviewRules, change: dict[str, object], day: date, needed: bool
) -> None:
    """Both dates are inclusive, by the day of issue; a rule that is switched off binds never."""
    rule = replace(rules.rules[1], **change)
    facts = PolicyFacts(day, date(1940, 1, 1), "WL20", None, "salary")
    assert bool(interview_needed(facts, replace(rules, rules=(rule,)))) is needed


def test_a_rule_that_does_not_bind_leaves_the_others(rules: InterviewRules) -> None:
    """Whichever rule is switched off or over, those behind it are asked all the same."""
    elder = PolicyFacts(ISSUED, date(1940, 1, 1), "WL20", None, "loan")
    for change in ({"enabled": False}, {"effective_to": date(2024, 7, 1)}):
        changed = replace(rules, rules=(replace(rules.rules[0], **change), *rules.rules[1:]))
        assert {"age_reached", "product_named"} <= set(interview_needed(elder, changed))


def test_reasons_are_said_in_both_languages() -> None:
    """Every code has words; one that a later version dropped is shown as it is."""
    assert in_words(["fund_loan", "age_reached"], chinese=True) == "保費來自貸款、要保人達到規定年齡"
    assert in_words(["fund_loan", "older_code"], chinese=False) == "the premium comes from a loan; older_code"
    assert all(len(words) == 2 and all(words) for words in TEXTS.values())


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("region: TW", "region: Taiwan", "region", "is no country"),
        ('version: "2026-11-22.1"', f'version: "{"9" * 50}"', "version", "too long"),
        ("enabled: true", "enabled: yes", "rules[1].enabled", "true or false"),
        ("effective_from: 2024-06-28", "effective_from: 28/6/2024", "rules[1].effective_from", "is no date"),
        (
            "effective_from: 2024-06-28",
            "effective_from: 2024-06-28\n    effective_to: 2024-06-27",
            "rules[1].effective_to",
            "before effective_from",
        ),
        ("age_from: 65", "age_from: 650", "rules[2].age_from", "650 is no age"),
        ("age_from: 65", "age_form: 65", "rules[2].age_form", "not known here"),
        ("[investment_linked, cash_value]", "[unit_linked]", "rules[2].products", "'unit_linked' is not known"),
        ("[loan, policy_loan, surrender]", "[loans]", "rules[1].fund_sources", "'loans' is not known"),
        ("[loan, policy_loan, surrender]", "[loan, other]", "rules[1].fund_sources", "no rule asks about"),
        ("    fund_sources: [loan, policy_loan, surrender]\n", "", "rules[1].code", "names no condition"),
        ("code: elder_buyer", "code: borrowed_premium", "rules", "stands there twice"),
        ("surrender: [surrender,", "surrender: [surrender, 貸款,", "fund_sources.surrender", "stands under loan"),
        ("codes: [HI, AC,", 'codes: ["　", AC,', "products.protection.codes", "is empty"),
        ("confidence: mixed", "confidence: sure", "rules[2].confidence", "'sure' is not known"),
    ],
)
def test_a_mistake_in_the_file_names_line_key_and_mend(
    tmp_path: Path, old: str, new: str, key: str, problem: str
) -> None:
    """A matrix with a mistake is not used; file, line, key and what to write are told."""
    assert old in SHIPPED
    file = tmp_path / "interviews-tw.yaml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_interviews(file)
    assert caught.value.key == key
    assert problem in str(caught.value)
    assert f"{file}:{caught.value.line}" in str(caught.value)


def test_a_file_without_rules_is_refused(tmp_path: Path) -> None:
    """A country without the duty has no file; an empty list of rules is a mistake."""
    file = tmp_path / "interviews-tw.yaml"
    file.write_text(SHIPPED[: SHIPPED.index("rules:\n")], encoding="utf-8")
    with pytest.raises(RuleFileError, match="there is no rule"):
        load_interviews(file)


def test_a_folder_that_is_missing_or_doubled_is_refused(tmp_path: Path) -> None:
    """Without the folder nobody would notice that interviews are missing; a country has one file."""
    with pytest.raises(RuleFileError, match="no such folder"):
        load_duties(tmp_path / "duties")
    for name in ("interviews-a.yaml", "interviews-b.yaml"):
        (tmp_path / name).write_text(SHIPPED, encoding="utf-8")
    with pytest.raises(RuleFileError, match="TW has another file"):
        load_duties(tmp_path)


def test_a_changed_matrix_has_another_version(tmp_path: Path, rules: InterviewRules) -> None:
    """The version that an interview keeps tells the content apart, even where somebody forgot to count it up."""
    file = tmp_path / "interviews-tw.yaml"
    file.write_text(SHIPPED.replace("age_from: 65", "age_from: 60"), encoding="utf-8")
    assert load_interviews(file).version != rules.version
    assert len(rules.version) <= 60
