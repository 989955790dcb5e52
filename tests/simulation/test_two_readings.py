import shutil
from collections import defaultdict
from pathlib import Path

import phonenumbers
import pytest

from outbound.simulation.judge import zones_of_number
from outbound.simulation.lawful_hours import LawfulHours
from outbound.usecases.scheduling.may_call import number_zones
from tests.simulation.odd_rules import write_odd_rules
from tests.simulation.two_readings import RULES, Question, TwoReadings, changes, judged

MANY, SOME = 6_000, 4_000
Answered = tuple[Path, dict[Question, bool]]


@pytest.fixture(scope="module")
def shipped() -> TwoReadings:
    """Both readings of the rules as shipped."""
    return TwoReadings(RULES)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """Rules that no country has, and questions about them with the gate's answers."""
    folder = write_odd_rules(tmp_path_factory.mktemp("odd"))
    readings = TwoReadings(folder)
    return folder, {question: readings.gate(question) for question in readings.questions(SOME, 2027)}


def test_gate_and_judge_agree_on_the_shipped_rules(shipped: TwoReadings) -> None:
    """Of thousands of questions over all jurisdictions, parts, classes and ages, none is answered apart."""
    assert list(shipped.disagreements(shipped.questions(MANY, 2026))) == []


def test_gate_and_judge_agree_on_rules_that_no_country_has(odd: Answered) -> None:
    """Nor where windows open in repeated hours, holidays have hours, corrections cross and zones are named by rules."""
    folder, answers = odd
    hours = LawfulHours(folder)
    assert [question for question, gate in answers.items() if judged(hours, question) is not gate] == []


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("packs/PT.yaml", '"09:00-12:00", ', '"09:01-12:00", '),
        ("packs/PT.yaml", "    effective_to: 2026-10-24\n", ""),
        ("packs/PT.yaml", "effective_from: 2026-06-01", "effective_from: 2026-06-02"),
        ("packs/PT.yaml", "    fixed_zone: America/New_York\n", ""),
        ("packs/PT.yaml", 'holiday_eve: {hours: ["10:00-19:00"]}', 'holiday_eve: {hours: ["10:00-20:00"]}'),
        ("packs/PT.yaml", '"14:00-24:00"], sun', '"14:30-24:00"], sun'),
        ("packs/PT.yaml", "treatment: own_window, hours: [", 'treatment: own_window, hours: ["08:00-09:00", '),
        ("packs/PT.yaml", "    public_holiday: allowed\n    fixed", "    public_holiday: blocked\n    fixed"),
        ("packs/PT-20.yaml", "America/Havana", "America/Chicago"),
        ("calendars/PT.yaml", "2026-12-25: ", "2026-12-24: "),
        ("calendars/PT.yaml", "in: [PT-11, PT-20]", "in: [PT-11]"),
        ("calendars/corrections/2026-02-01-PT.yaml", "in: [PT-12]", "in: [PT-11]"),
    ],
)
def test_a_reading_that_differs_is_found(odd: Answered, tmp_path: Path, file: str, before: str, after: str) -> None:
    """The comparison is not blind: one word that only the judge reads otherwise comes to light."""
    folder, answers = odd
    shutil.copytree(folder, tmp_path / "rules")
    changed = tmp_path / "rules" / file
    text = changed.read_text("utf-8")
    assert before in text
    changed.write_text(text.replace(before, after), "utf-8")
    hours = LawfulHours(tmp_path / "rules")
    assert any(judged(hours, question) is not gate for question, gate in answers.items())


def test_the_questions_cover_what_decides_hours(shipped: TwoReadings) -> None:
    """Every pack is asked about, each class gets both answers, and clocks change in both years."""
    answers = defaultdict(set)
    questions = list(shipped.questions(MANY, 2026))
    assert {question.person.region for question in questions} >= shipped.rulebook.packs.keys()
    for question in questions[: MANY // 10]:
        answers[question.call_class].add(shipped.judge(question))
    assert len(answers) == 4
    assert all(found == {True, False} for found in answers.values())
    assert {moment.year for moment in changes("America/New_York")} == {2026, 2027}
    assert len(changes("Australia/Lord_Howe")) == 4


def test_both_know_the_same_zones_of_a_number() -> None:
    """The judge asks the library for a number's zones, the product reads its table: they agree in every region."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
                assert sorted(zones_of_number(e164)) == sorted(number_zones(e164))
    assert zones_of_number("+9990") == ()
