"""`outbound hours check` and `outbound hours next`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from outbound.cli.hours import app
from outbound.usecases.problems import InputProblemError

RUNNER = CliRunner()
MONDAY = "2026-11-23T10:00+08:00"
SUNDAY = "2026-11-22T10:00+08:00"


def run(*args: str) -> tuple[int, dict[str, Any]]:
    """Run with --json and return exit code and document."""
    result = RUNNER.invoke(app, [*args, "--json"])
    return result.exit_code, json.loads(result.stdout)


def check(*args: str, at: str = MONDAY, jurisdiction: str = "TW") -> tuple[int, dict[str, Any]]:
    """Run `check` on Taiwan, supposing that the packs are signed."""
    return run("check", "--jurisdiction", jurisdiction, "--at", at, "--assume-signed", *args)


def codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of a document's reasons."""
    return [reason["code"] for reason in document["reasons"]]


def test_yes_is_exit_code_0_with_the_promised_keys() -> None:
    """A lawful instant: allowed, no reasons, the local time, and the instant itself as the next one."""
    code, found = check()
    assert code == 0
    assert found == {
        "allowed": True,
        "reasons": [],
        "local_times": {"Asia/Taipei": "2026-11-23T10:00:00+08:00"},
        "next_allowed": "2026-11-23T10:00:00+08:00",
        "rules": {"version": found["rules"]["version"], "signed": False},
        "not_evaluated": ["notice", "suppression", "line", "caller", "signature"],
    }
    assert found["rules"]["version"].startswith("TW 2026-11-22")


def test_no_is_exit_code_1_with_reasons_and_the_next_instant() -> None:
    """A Sunday: the reason with its layer and jurisdiction, and Monday morning as the next instant."""
    code, found = check(at=SUNDAY)
    assert code == 1
    reason = found["reasons"][0]
    assert (reason["code"], reason["layer"], reason["jurisdiction"]) == ("day_closed", "courtesy", "TW")
    assert found["next_allowed"] == "2026-11-23T09:00:00+08:00"


def test_packs_as_shipped_are_unsigned_here() -> None:
    """Demo signatures are not honoured by `hours`: no, with that reason and no next instant."""
    code, found = run("check", "--jurisdiction", "TW", "--at", MONDAY)
    assert (code, codes(found), found["next_allowed"]) == (1, ["pack_unsigned"], None)


def test_next_finds_an_instant_or_says_that_there_is_none() -> None:
    """Exit code 0 with an instant, 1 without."""
    code, found = run("next", "--jurisdiction", "TW", "--at", SUNDAY, "--age", "70", "--assume-signed")
    assert (code, found["next_allowed"]) == (0, "2026-11-23T09:30:00+08:00")
    code, found = run("next", "--jurisdiction", "TW", "--at", SUNDAY)
    assert (code, found["next_allowed"]) == (1, None)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("--age", "65"), []),
        (("--age", "64"), []),
        (("--attempt-at", "2026-11-23T09:30+08:00"), ["attempt_limit", "attempt_limit"]),
        (("--attempt-at", "2026-11-22T10:00+08:00"), []),
        (("--blocked-area", "TW-TPE"), ["area_blocked"]),
        (("--blocked-area", "TW-TPE", "--blocked-area", "TW-KHH"), ["area_blocked", "area_blocked"]),
        (("--caller", "+886277000000"), []),
        (("--caller", "+12025550100"), ["caller_foreign"]),
        (("--caller", "anonymous"), ["caller_hidden"]),
        (("--call-class", "telemarketing"), []),
        (("--line", "mobile"), []),
    ],
)
def test_options_reach_the_gate(args: tuple[str, ...], expected: list[str]) -> None:
    """Each option changes the question as its help says."""
    assert codes(check(*args)[1]) == expected


def test_age_changes_the_hours() -> None:
    """Sixty-five is the elders' noon, sixty-four is not."""
    noon = "2026-11-23T12:30+08:00"
    assert codes(check("--age", "65", at=noon)[1]) == ["outside_hours"]
    assert codes(check("--age", "64", at=noon)[1]) == []


def test_the_guard_can_be_left_out() -> None:
    """The last minutes before closing are lawful without the guard, and the answer says that it was left out."""
    late = "2026-11-23T20:58+08:00"
    assert codes(check(at=late)[1]) == ["closing_soon"]
    code, found = check("--no-guard", at=late)
    assert code == 0
    assert "guard" in found["not_evaluated"]


def test_layers_can_be_chosen() -> None:
    """Without courtesy a Sunday is open in Taiwan, and the answer says which layers were left out."""
    code, found = check("--layers", "legal,industry_code", at=SUNDAY)
    assert code == 0
    assert "courtesy" in found["not_evaluated"]


def test_a_mobile_in_the_united_states_needs_consent() -> None:
    """The line is evaluated when it is given, and consent on record satisfies it."""
    args = ("--zone", "America/New_York", "--line", "mobile")
    at = "2026-11-23T10:00-05:00"
    assert codes(check(*args, at=at, jurisdiction="US")[1]) == ["consent_missing"]
    code, found = check(*args, "--prior-consent", at=at, jurisdiction="US")
    assert code == 0
    assert "subdivision" in found["not_evaluated"]
    assert list(found["local_times"]) == ["America/New_York"]


def test_without_a_zone_every_zone_counts() -> None:
    """From Puerto Rico to Guam the whole country is open only from half past nine on Guam, the day after."""
    code, found = check(at="2026-11-23T18:00+00:00", jurisdiction="US")
    assert code == 1
    assert len(found["local_times"]) == 11
    assert found["next_allowed"] == "2026-11-23T18:30:00-05:00"


@pytest.mark.parametrize("jurisdiction", ["BG", "EG", "NC"])
def test_a_place_without_rules_is_a_no(jurisdiction: str) -> None:
    """Where there is no pack nobody is called: exit code 1 and the reason."""
    code, found = check(jurisdiction=jurisdiction)
    assert (code, codes(found)) == (1, ["pack_missing"])
    assert found["rules"] == {"version": None, "signed": False}
    assert found["local_times"] == {}


def test_a_territory_answers_to_both_of_its_codes() -> None:
    """Puerto Rico is PR and US-PR."""
    at = "2026-11-23T10:00-04:00"
    assert check(at=at, jurisdiction="PR")[0] == check(at=at, jurisdiction="us-pr")[0] == 0


@pytest.mark.parametrize(
    ("code", "other", "at", "zone"),
    [
        ("RE", "FR-RE", "2026-11-24T10:30+04:00", "Indian/Reunion"),
        ("GP", "FR-GP", "2026-11-24T10:30-04:00", "America/Guadeloupe"),
        ("PM", "FR-PM", "2026-11-24T10:30-03:00", "America/Miquelon"),
        ("GU", "US-GU", "2026-11-24T10:30+10:00", "Pacific/Guam"),
        ("SJ", "NO-21", "2026-11-24T10:30+01:00", "Europe/Oslo"),
    ],
)
def test_territories_of_any_country_answer_to_both_codes(code: str, other: str, at: str, zone: str) -> None:
    """A part with a country code of its own is found by its country's aliases, in its own zone."""
    for name in (code, other):
        exit_code, found = check(at=at, jurisdiction=name)
        assert (exit_code, list(found["local_times"])) == (0, [zone])


def test_a_country_of_its_own_is_no_part_of_another() -> None:
    """Hong Kong has its own rules."""
    assert check(jurisdiction="HK")[1]["rules"]["version"].startswith("HK ")


@pytest.mark.parametrize(
    ("jurisdiction", "call_class", "asked"),
    [("JP", "telemarketing", True), ("JP", "service", False), ("FR", "telemarketing", True), ("TW", "service", False)],
)
def test_earlier_refusals_are_not_evaluated_where_they_would_count(
    jurisdiction: str, call_class: str, asked: bool
) -> None:
    """A law that counts from a refusal is named as left out: the command knows of none."""
    found = check("--call-class", call_class, jurisdiction=jurisdiction)[1]
    assert ("refusal" in found["not_evaluated"]) is asked


def test_a_wide_country_needs_a_part_or_a_zone() -> None:
    """France as a whole is asked about without its part; with a zone nothing is left out."""
    assert "subdivision" in check(jurisdiction="FR")[1]["not_evaluated"]
    assert "subdivision" not in check("--zone", "Europe/Paris", jurisdiction="FR")[1]["not_evaluated"]


def test_each_reason_says_whose_it_is_and_is_said_once() -> None:
    """The same sentence from law and courtesy is one line that names both, in both languages."""
    ask = ["check", "--jurisdiction", "NO", "--at", "2026-11-22T10:00+01:00", "--call-class", "telemarketing",
           "--assume-signed"]  # fmt: skip
    english = RUNNER.invoke(app, [*ask, "--language", "en"]).stdout
    assert english.count("Because: ") == 1
    assert "(law, Norway; our own courtesy, Norway)" in english
    assert "2026-11-22 Sun 10:00:00 Europe/Oslo" in english
    chinese = RUNNER.invoke(app, [*ask, "--language", "zh-TW"]).stdout
    assert "（法律，挪威；本公司的禮貌時段，挪威）" in chinese
    assert "週日" in chinese
    assert "未評估：個資告知、拒撥名單" in chinese


@pytest.mark.parametrize(
    ("jurisdiction", "at", "zone", "local"),
    [
        ("IN", "2026-11-23T04:30Z", "Asia/Kolkata", "2026-11-23T10:00:00+05:30"),
        ("NZ", "2026-09-26T13:59Z", "Pacific/Chatham", "2026-09-27T02:44:00+12:45"),
        ("NZ", "2026-09-26T14:00Z", "Pacific/Chatham", "2026-09-27T03:45:00+13:45"),
        ("AU-NSW", "2026-04-04T15:00Z", "Australia/Lord_Howe", "2026-04-05T01:30:00+10:30"),
        ("US", "2026-11-01T06:30Z", "US/Eastern", "2026-11-01T01:30:00-05:00"),
        ("PT-20", "2026-03-29T01:00Z", "Atlantic/Azores", "2026-03-29T01:00:00+00:00"),
    ],
)
def test_local_times_follow_every_clock(jurisdiction: str, at: str, zone: str, local: str) -> None:
    """Half and quarter hours, both sides of a change, and another name of the same zone."""
    found = check("--zone", zone, at=at, jurisdiction=jurisdiction)[1]
    assert list(found["local_times"].values()) == [local]


@pytest.mark.parametrize(
    ("changed", "mend"),
    [
        ({"--jurisdiction": "XX"}, "ISO 3166"),
        ({"--jurisdiction": "Taiwan"}, "ISO 3166"),
        ({"--jurisdiction": "UK"}, "GB"),
        ({"--jurisdiction": "TW-XXX"}, "ISO 3166-2"),
        ({"--at": "2026-11-23T10:00"}, "offset"),
        ({"--at": "tomorrow"}, "2026-11-23T10:00+08:00"),
        ({"--at": "9999-12-31T10:00+08:00"}, "years"),
        ({"--zone": "Asia/Atlantis"}, "Asia/Taipei"),
        ({"--zone": "Asia/Tokyo"}, "Asia/Taipei"),
        ({"--line": "fax"}, "landline"),
        ({"--age": "old"}, "years"),
        ({"--age": "151"}, "years"),
        ({"--age": "-1"}, "years"),
        ({"--call-class": "sales"}, "telemarketing"),
        ({"--layers": "house"}, "legal"),
        ({"--layers": ","}, "legal"),
        ({"--layers": "law"}, "legal"),
        ({"--attempt-at": "yesterday"}, "2026"),
        ({"--blocked-area": "TW-XXX"}, "rules show"),
        ({"--blocked-area": "here"}, "ISO 3166"),
        ({"--rules": "/nowhere"}, "config/compliance"),
        ({"--language": "fr"}, "zh-TW"),
    ],
)
def test_wrong_input_is_named_with_its_mend(changed: dict[str, str], mend: str) -> None:
    """What cannot be read is an input problem that names the option and says how to write it."""
    options = {"--jurisdiction": "TW", "--at": MONDAY} | changed
    result = RUNNER.invoke(app, ["check", *(part for pair in options.items() for part in pair)])
    assert isinstance(result.exception, InputProblemError)
    assert next(iter(changed)) in str(result.exception)
    assert mend in str(result.exception)
    assert result.exception.exit_code == 2


def test_a_missing_option_is_exit_code_2() -> None:
    """Without a jurisdiction there is no question."""
    assert RUNNER.invoke(app, ["check", "--at", MONDAY]).exit_code == 2


def test_people_are_answered_in_their_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The locale decides, the option wins, and anything else is English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    ask = ["check", "--jurisdiction", "TW", "--at", SUNDAY, "--assume-signed"]
    assert "No call may start" in RUNNER.invoke(app, ask).stdout
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")
    chinese = RUNNER.invoke(app, ask).stdout
    assert "不可以撥打" in chinese
    assert "這一天不打電話" in chinese
    assert "下一個可以撥打的時間：2026-11-23T09:00:00+08:00" in chinese
    assert "No call may start" in RUNNER.invoke(app, [*ask, "--language", "en"]).stdout


def test_next_says_the_instant_first() -> None:
    """`next` leads with the instant; without one it says what has to come first."""
    ask = ["next", "--jurisdiction", "TW", "--at", SUNDAY, "--language", "en"]
    assert RUNNER.invoke(app, [*ask, "--assume-signed"]).stdout.startswith("Next allowed: 2026-11-23T09:00")
    assert RUNNER.invoke(app, ask).stdout.startswith("No next time can be named")


def test_the_rules_are_found_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OUTBOUND_HOME wins over the project; an unusable one falls back to it."""
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    assert check()[0] == 0
    (tmp_path / "config" / "compliance" / "packs").mkdir(parents=True)
    result = RUNNER.invoke(app, ["check", "--jurisdiction", "TW", "--at", MONDAY])
    assert isinstance(result.exception, InputProblemError)
    assert str(tmp_path) in str(result.exception)


def test_no_rules_anywhere_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that was moved away from its rules asks for them."""
    monkeypatch.setattr("outbound.cli.rules.folder.__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    monkeypatch.chdir(tmp_path)
    result = RUNNER.invoke(app, ["check", "--jurisdiction", "TW", "--at", MONDAY])
    assert isinstance(result.exception, InputProblemError)
    assert "--rules" in str(result.exception)


def test_an_answer_loads_nothing_heavy() -> None:
    """Half a second does not leave room for the validation, holiday, number or table libraries."""
    heavy = {"pydantic", "holidays", "phonenumbers", "rich.table", "sqlalchemy", "prefect", "numpy", "pendulum"}
    code = (
        "import sys\nfrom outbound.cli.hours import app\n"
        f"try: app(['check', '--jurisdiction', 'TW', '--at', {MONDAY!r}, '--json'])\n"
        f"except SystemExit: print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_a_script_that_promotes_is_telemarketing_and_the_reason_says_so() -> None:
    """A service call with an offer in it needs consent to marketing; the reason names the offer, in both languages."""
    code, found = check("--promotional")
    assert (code, codes(found)) == (1, ["marketing_consent_missing"])
    assert "promotes" in found["reasons"][0]["text"]
    assert "含有推銷" in check("--promotional", "--language", "zh-TW")[1]["reasons"][0]["text"]
    assert check("--promotional", "--prior-consent")[0] == 0


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ("0223456789", r"write \+886223456789"),
        ("02-2345-6789", r"write \+886223456789"),
        ("+886 2 2345 6789", r"write \+886223456789"),
        ("somebody", "or hidden"),
    ],
)
def test_a_caller_that_is_no_number(given: str, mend: str) -> None:
    """A number in another notation is wrong input, said with the right one: it is never judged as a hidden one."""
    asked = ["check", "--jurisdiction", "TW", "--at", MONDAY, "--caller", given]
    with pytest.raises(InputProblemError, match=mend):
        RUNNER.invoke(app, asked, catch_exceptions=False)


@pytest.mark.parametrize("given", ["", "hidden", "anonymous"])
def test_a_caller_that_is_hidden(given: str) -> None:
    """What stands for a withheld number asks about one."""
    assert codes(check("--caller", given)[1]) == ["caller_hidden"]


def test_the_year_without_a_calendar_is_named() -> None:
    """Where no next time is found because calendars end, the missing year is said; not where something else stands."""
    asked = ["next", "--jurisdiction", "TW", "--at", "2027-12-31T22:00+08:00"]
    for language, words in (("en", "there is no calendar for 2028"), ("zh", "缺少 2028 年的假日曆")):
        assert words in RUNNER.invoke(app, [*asked, "--assume-signed", "--language", language]).stdout
        assert words not in RUNNER.invoke(app, [*asked, "--language", language]).stdout


def test_consent_to_a_robot_is_named_as_left_out() -> None:
    """Without a line, a place whose rules ask consent for a robot says that this was not asked; others do not."""
    name = "automated_voice_consent"
    assert name in check(jurisdiction="KR")[1]["not_evaluated"]
    assert name not in check("--line", "mobile", jurisdiction="KR")[1]["not_evaluated"]
    assert name not in check("--prior-consent", jurisdiction="KR")[1]["not_evaluated"]
    assert name not in check()[1]["not_evaluated"]
    asked = ["check", "--jurisdiction", "KR", "--at", MONDAY, "--assume-signed", "--language"]
    assert "自動語音的事先同意" in RUNNER.invoke(app, [*asked, "zh"]).stdout
    assert "consent to a robot's call" in RUNNER.invoke(app, [*asked, "en"]).stdout


def test_chinese_answers_are_set_in_chinese() -> None:
    """Full-width colons and brackets, weekdays, and counties by their names."""
    asked = ["check", "--jurisdiction", "TW", "--at", SUNDAY, "--assume-signed", "--blocked-area", "TW-HUA"]
    chinese = RUNNER.invoke(app, [*asked, "--language", "zh"]).stdout
    assert "2026-11-22 週日（Asia/Taipei）這一天不打電話。" in chinese
    assert "花蓮縣（TW-HUA）目前暫停撥打" in chinese
    assert ": " not in chinese
    assert "(" not in chinese
    eve = ["check", "--jurisdiction", "TW", "--at", "2027-01-01T10:00+08:00", "--assume-signed", "--language", "zh"]
    assert "2027-01-01 週五是當地的國定或地方假日（Asia/Taipei）" in RUNNER.invoke(app, eve).stdout
    english = RUNNER.invoke(app, [*asked, "--language", "en"]).stdout
    assert "on Sun 2026-11-22 (Asia/Taipei)" in english
    assert "Calls to Hualien County (TW-HUA) are suspended" in english
