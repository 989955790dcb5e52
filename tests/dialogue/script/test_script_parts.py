"""Parts: what calls have in common is written once, and every script says where it goes on from there."""

from pathlib import Path

import pytest

from tests.dialogue.script.conftest import Change, FindingsOf, read

SCRIPT = "welcome_call/script.yaml"
SATISFACTION = "parts/satisfaction/script.yaml"
PERSON = "parts/person/script.yaml"


def test_a_part_leads_on_where_the_script_says(root: Path, change: Change) -> None:
    """Every exit of a part goes to the step that stands for it in the script."""
    steps = read(root, "welcome_call").steps
    question = steps["nine_or_ten"].question
    assert question is not None
    assert question.hear["nine"].go == "score_reason_or_not"
    assert steps["score_reason_or_not"].choose[-1].go == "goodbye"
    assert steps["not_verified"].goes_on == "person"
    change(SCRIPT, "{verified: welcome, failed: person}", "{verified: welcome, failed: goodbye_early}")
    assert read(root, "welcome_call").steps["not_verified"].goes_on == "goodbye_early"


def test_what_the_script_writes_anew_wins(root: Path, change: Change) -> None:
    """A step and a sentence of one's own take the place of the part's."""
    change(SCRIPT, "  goodbye:\n", "  other_times:\n    next: no_time\n\n  goodbye:\n")
    change("welcome_call/prompts/en-US.yaml", "wish:", "checked: Thank you very much.\nwish:")
    script = read(root, "welcome_call")
    assert script.steps["other_times"].goes_on == "no_time"
    checked = script.prompts.get("checked", "en-US")
    assert checked is not None
    assert checked.fixed == "Thank you very much."


def test_a_script_that_extends_another_one_may_lead_its_parts_elsewhere(root: Path, change: Change) -> None:
    """An included part takes the place of the one that the other script includes, with its own exits."""
    change("missed_call_return/script.yaml", "extends: welcome_call\n",
           "extends: welcome_call\ninclude: {satisfaction: {done: goodbye_early, person: person}}\n")  # fmt: skip
    for name, target in (("missed_call_return", "goodbye_early"), ("welcome_call", "goodbye")):
        assert read(root, name).steps["score_reason_or_not"].choose[-1].go == target


def test_a_change_in_a_part_is_a_new_version_of_what_includes_it(root: Path, change: Change) -> None:
    """Scripts with the part change, with it in a part of theirs too; scripts without it do not."""
    (root / "short").mkdir()
    (root / "short" / "script.yaml").write_text(SHORT, encoding="utf-8")
    before = {name: read(root, name).version for name in ("welcome_call", "missed_call_return", "short")}
    change("parts/callback_choice/prompts/en-US.yaml", "All right. A person", "Fine. A person")
    after = {name: read(root, name).version for name in before}
    assert before["welcome_call"] != after["welcome_call"]
    assert before["missed_call_return"] != after["missed_call_return"]
    assert before["short"] == after["short"]
    change("parts/person/prompts/en-US.yaml", "One moment, please.", "Just a moment, please.")
    assert read(root, "short").version != after["short"]


SHORT = """\
name: short
languages: [zh-TW, en-US]
start: greeting
voicemail: voicemail
too_long: give_to_person
include:
  greeting: {greeted: goodbye_early}
  right_party: {right: goodbye_early, not_here: goodbye_early, fetched: greeting}
  voicemail: {}
  always:
    later: refused
    who: who_calls
    not_me: not_me
    wrong_number: wrong_party
    machine: voicemail
    picked_up: greeting
    settled: goodbye_early
"""

MISTAKES = [
    ("a part that is not there", SCRIPT, "  voicemail: {}", "  voicemial: {}", "unknown_part", "no part 'voicemial'"),
    (
        "an exit that leads nowhere",
        SCRIPT,
        "{verified: welcome, failed: person}",
        "{verified: welcome}",
        "missing_exit",
        "also ends by failed",
    ),
    (
        "an exit that the part does not have",
        SCRIPT,
        "{verified: welcome, failed: person}",
        "{verified: welcome, failed: person, asleep: person}",
        "unknown_exit",
        "no exit 'asleep'",
    ),
    (
        "an exit to no step",
        SCRIPT,
        "{goes_on: satisfaction}",
        "{goes_on: satisfcation}",
        "unknown_step",
        "'satisfcation'",
    ),
    ("no part at all", SATISFACTION, "part: true\n", "", "no_part", "part: true"),
    ("a key that parts do not have", SATISFACTION, "part: true", "part: true\nstart: satisfaction", "unknown_key", ""),
    ("an exit without its meaning", SATISFACTION, "They would", "", "format", "say what exit"),
    (
        "an exit that nothing leads to",
        SATISFACTION,
        "exits:\n",
        "exits:\n  bored: The callee is bored.\n",
        "unused_exit",
        "nothing leads to exit 'bored'",
    ),
    ("an exit that is not declared", SATISFACTION, "go: exit.done", "go: exit.gone", "unknown_exit", "'exit.gone'"),
    ("a step of somebody else", SATISFACTION, "go: nine_or_ten", "go: welcome", "unknown_exit", "'welcome' is no step"),
    (
        "a sentence that the part never says",
        "parts/satisfaction/prompts/en-US.yaml",
        "satisfaction: ",
        "spare: Well.\nsatisfaction: ",
        "unused_prompt",
        "'spare'",
    ),
    (
        "a mistake in a step of a part",
        "parts/callback_choice/script.yaml",
        "none_of_them: {go: callback_named}",
        "",
        "answer_outcomes",
        "none_of_them",
    ),
]


@pytest.mark.parametrize("case", MISTAKES, ids=[case[0] for case in MISTAKES])
def test_what_does_not_fit_is_found(change: Change, findings_of: FindingsOf, root: Path, case: tuple[str, ...]) -> None:
    """A part and where it leads are proved when the script is loaded; the line to mend is named."""
    _, file, old, new, code, text = case
    if "meaning" in case[0]:
        old, new = "A score was given, or they would rather not give one.", '""'
    line = change(file, old, new)
    found = [each for each in findings_of("welcome_call") if each.code == code and text in each.text]
    assert found
    if code not in {"answer_outcomes", "no_part"}:
        assert found[0].file == str(root / file)
        assert abs(found[0].line - line) <= 1


def test_a_circle_of_parts_is_found(change: Change, findings_of: FindingsOf, root: Path) -> None:
    """The line that closes the circle is named, and the whole way round."""
    line = change(PERSON, "part: true\n", "part: true\ninclude: {callback_choice: {goes_on: person}}\n") + 1
    (found, *_) = [each for each in findings_of("welcome_call") if each.code == "include_circle"]
    ways = {"callback_choice > person > callback_choice", "person > callback_choice > person"}
    assert any(way in found.text for way in ways)
    assert found.line in {line, 6}
    assert Path(found.file).parent.parent == root / "parts"


def test_the_same_step_in_two_parts_is_found(change: Change, findings_of: FindingsOf, root: Path) -> None:
    """Which of them is meant nobody could tell; written in the script anew, it is the script's."""
    change(SATISFACTION, "steps:\n", "steps:\n  hold:\n    next: exit.done\n\n")
    line = change(SCRIPT, "  satisfaction: {done", "  satisfaction: {done")
    (found,) = findings_of("welcome_call")
    assert (found.code, found.line) == ("clash", line)
    assert "'hold' stands in the graph of the parts 'right_party' and 'satisfaction'" in found.text
    change(SCRIPT, "  goodbye:\n", "  hold:\n    next: household\n\n  goodbye:\n")
    assert read(root, "welcome_call").steps["hold"].goes_on == "household"


def test_the_same_sentence_name_in_two_parts_is_found(change: Change, findings_of: FindingsOf) -> None:
    """Two parts that call different sentences by one name cannot both be right."""
    change("parts/satisfaction/prompts/en-US.yaml", "nine_or_ten:", "checked: Noted.\nnine_or_ten:")
    change(SATISFACTION, "go: nine_or_ten", "say: [checked], go: nine_or_ten")
    change("parts/satisfaction/prompts/zh-TW.yaml", "nine_or_ten:", "checked: 謝謝您。\nnine_or_ten:")
    codes = {(each.code, each.text.partition(" of the parts")[0]) for each in findings_of("welcome_call")}
    assert ("clash", "'checked' stands in the en-US prompts") in codes


def test_a_language_that_a_part_does_not_speak_is_found(root: Path, findings_of: FindingsOf) -> None:
    """One finding where the part is included says which file to add, instead of one for every sentence."""
    (root / "parts" / "satisfaction" / "prompts" / "en-US.yaml").unlink()
    (found,) = findings_of("welcome_call")
    assert found.code == "missing_language"
    assert found.text.startswith("part 'satisfaction' does not speak 'en-US'; add ")
    assert "parts/satisfaction/prompts/en-US.yaml" in found.text


def test_a_script_is_called_as_its_folder(change: Change, findings_of: FindingsOf) -> None:
    """Sessions and campaigns know a script by its name; another one in the file would lead them astray."""
    change(SCRIPT, "name: welcome_call", "name: welcome")
    assert {each.code for each in findings_of("welcome_call")} == {"name"}
