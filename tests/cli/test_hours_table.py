"""`outbound hours table`: a week of calling hours as a picture."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.cli.hours import app
from outbound.cli.hours.drawn import Drawn, Wanted, drawn
from outbound.cli.hours.folding import folded
from outbound.compliance.facts import Check, ContactFacts, GateOptions, History
from outbound.compliance.gate import decide
from outbound.compliance.rules.rulebook import Trust
from outbound.domain.call_class import CallClass
from outbound.usecases.problems import InputProblemError

RUNNER = CliRunner()
RULES = Path(__file__).parents[2] / "config" / "compliance"
LAYERS = "legal,industry_code,courtesy"
SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def week(*args: str) -> dict[str, Any]:
    """Draw with --json and return the document."""
    result = RUNNER.invoke(app, ["table", *args, "--json"])
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def cells(*args: str) -> list[str]:
    """Return the seven strips."""
    return [day["cells"] for day in week(*args)["days"]]


def shown(*args: str) -> str:
    """Draw in the terminal."""
    result = RUNNER.invoke(app, ["table", *args])
    assert result.exit_code == 0
    return result.stdout


def test_a_week_has_seven_rows_of_half_hours() -> None:
    """Taiwan on a weekday is open from nine to nine, on a Saturday from ten to six, on a Sunday not at all."""
    rows = cells("TW", "--week", "2026-11-25")
    assert rows[:5] == ["c" * 18 + "█" * 24 + "c" * 6] * 5
    assert rows[5:] == ["c" * 20 + "█" * 16 + "c" * 12, "c" * 48]


def test_the_document_says_what_was_drawn() -> None:
    """Week, zones, layers, standing, versions and the open hours with their offsets."""
    found = week("TW", "--week", "2026-11-29", "--age", "70")
    assert found["week"] == {"from": "2026-11-23", "to": "2026-11-29"}
    assert (found["drawn_in"], found["segment"]) == ("Asia/Taipei", "age_65_plus_or_vulnerable")
    assert found["layers"] == [{"layer": "courtesy", "jurisdiction": "TW"}]
    assert found["signed"] is False
    assert found["rules"][0]["code"] == "TW"
    assert found["calendars"][0]["version"]
    assert found["days"][0]["open"] == [
        {"from": "2026-11-23T09:30:00+08:00", "to": "2026-11-23T11:30:00+08:00"},
        {"from": "2026-11-23T14:00:00+08:00", "to": "2026-11-23T17:30:00+08:00"},
    ]


def test_the_strongest_layer_that_closes_is_shown() -> None:
    """Italy: the industry code closes before nine, courtesy until half past nine, and an eve is narrower."""
    found = week("IT", "--call-class", "telemarketing", "--week", "2026-12-25")["days"]
    assert found[0]["cells"] == "I" * 18 + "c" + "█" * 21 + "I" * 8
    assert found[3]["cells"] == "I" * 20 + "█" * 18 + "I" * 10
    assert found[3]["eve"] is True
    assert found[4]["holiday"] == {"name": "Christmas Day", "kept": True}
    assert set(found[4]["cells"]) == {"I"}


def test_the_law_is_drawn_apart_from_courtesy() -> None:
    """A marketing call in Mississippi: the law closes Sunday, courtesy the first hours of a weekday's."""
    rows = cells("US-MS", "--call-class", "telemarketing", "--week", "2026-11-18")
    assert rows[0].startswith("L" * 16 + "ccc█")
    assert rows[6] == "L" * 48


def test_several_clocks_show_what_is_lawful_in_all() -> None:
    """Texas has two zones: the picture is in the first one's time, opens with the later and closes with the earlier."""
    found = week("US-TX", "--week", "2026-11-18")
    assert found["zones"] == ["America/Chicago", "America/Denver"]
    alone = week("US-TX", "--week", "2026-11-18", "--zone", "America/Chicago")
    both, one = found["days"][0]["open"][0], alone["days"][0]["open"][0]
    assert (both["from"] > one["from"], both["to"] == one["to"]) == (True, True)
    assert "lawful in all" in shown("US-TX")


def test_a_quarter_hour_is_a_part_of_a_half_hour() -> None:
    """The Chatham Islands close a quarter past: the half hour is marked, and the hours are written out."""
    found = week("NZ", "--week", "2026-09-21")["days"][0]
    assert found["cells"][38] == "▄"
    assert found["open"][0]["to"].endswith("19:15:00+12:00")


def test_hours_that_a_clock_skips_are_no_hours() -> None:
    """London on the last Sunday of March has no time between one and two, and the row says so."""
    found = week("GB", "--week", "2026-03-29")["days"][6]
    assert found["cells"][:5] == "cc//c"
    assert found["clock_changes"] == [
        {"zone": "Europe/London", "at": "2026-03-29T02:00:00+01:00", "from": "01:00", "to": "02:00"}
    ]
    assert "clock forward 01:00 → 02:00 (Europe/London)" in found["notes"]


def test_an_hour_that_comes_twice_is_open_only_if_it_is_so_both_times() -> None:
    """Where the clock goes back the strip keeps its length, and the picture explains the doubled hour."""
    text = shown("GB", "--week", "2026-10-25", "--language", "en")
    assert "clock back 02:00 → 01:00" in " ".join(text.split())
    assert "a time comes twice" in text
    assert {len(row) for row in cells("AU", "--zone", "Australia/Lord_Howe", "--week", "2026-04-05")} == {48}


def test_a_change_at_midnight_belongs_to_the_day_that_loses_the_hour() -> None:
    """Chile puts its clocks forward at midnight: that is marked once, on the day that begins late."""
    from outbound.cli.hours.week import _changes
    from outbound.compliance.timetable import day_start

    zone = ZoneInfo("America/Santiago")
    days = [date(2026, 9, 5), date(2026, 9, 6), date(2026, 9, 7)]
    starts = [day_start(day, zone) for day in days]
    assert list(_changes(zone.key, (starts[0], starts[1]))) == []
    found = list(_changes(zone.key, (starts[1], starts[2])))
    assert [(f"{each.before:%H:%M}", f"{each.after:%H:%M}") for each in found] == [("00:00", "01:00")]


def test_a_year_without_calendar_is_unknown_and_not_closed_by_a_rule() -> None:
    """Taiwan in 2031: every half hour is a question mark, and the row names the year."""
    found = week("TW", "--week", "2031-01-08")["days"]
    assert {day["cells"] for day in found} == {"?" * 48}
    assert found[0]["missing_years"] == [2031]
    assert found[0]["open"] == []
    assert "no calendar of 2031" in found[0]["notes"]


def test_a_holiday_that_changes_nothing_is_named_all_the_same() -> None:
    """The law alone lets Thanksgiving pass as any Thursday: the name is there, with the remark."""
    found = week("US-CA", "--layers", "legal", "--call-class", "telemarketing", "--week", "2026-11-26")["days"][3]
    assert found["holiday"]["kept"] is False
    assert found["notes"][0].startswith("holiday: Thanksgiving")
    assert found["notes"][0].endswith("hours as usual")


def test_a_day_that_only_some_parts_keep_names_them() -> None:
    """Where the part is not known the day of any part counts, and the picture says whose day it is."""
    note = week("IN", "--week", "2026-12-24")["days"][3]["notes"][0]
    assert note == "holiday: Christmas Eve (IN-MZ)"


def test_a_day_that_a_library_brought_has_no_name() -> None:
    """Years that a calendar leaves to its library are drawn with their holidays, which no file names."""
    found = week("DE", "--week", "2031-01-01")["days"][2]
    assert found["holiday"] == {"name": "", "kept": True}
    assert found["notes"] == ["holiday"]


def test_a_zone_alone_may_be_open_where_all_together_are_not() -> None:
    """All of France is never open at once; the picture says that Paris alone is, and what a contact needs."""
    found = week("FR", "--week", "2026-11-23")
    assert found["too_wide"] is True
    assert {tuple(day["open"]) for day in found["days"]} == {()}
    assert "open in Europe/Paris, but never in all zones at once" in found["days"][0]["notes"]
    assert "A contact needs its part or its zone" in " ".join(shown("FR", "--week", "2026-11-23").split())


def test_layers_that_are_left_out_are_named() -> None:
    """Without courtesy Taiwan has no hours of its own for service calls, and the picture says what is missing."""
    text = shown("TW", "--layers", "legal", "--week", "2026-11-23")
    assert "No layer that was asked about gives hours." in text
    assert "Left out: industry code, our own courtesy" in text


def copied(tmp_path: Path, signatures: str) -> Path:
    """Copy the rules with other signatures."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    (folder / "signatures.yaml").write_text(signatures, encoding="utf-8")
    return folder


def test_rules_that_two_people_signed_bear_no_banner(tmp_path: Path) -> None:
    """Signed for production: the picture says so instead, on the page and in the file."""
    digest = load_rulebook(RULES, years=[2026], only=["TW"]).packs["TW"].content_hash
    entry = "  - {{jurisdiction: TW, sha256: {}, by: {}, on: 2026-11-22, kind: production}}\n"
    both = "".join(entry.format(digest, name) for name in ("王小明", "陳美玉"))
    folder = str(copied(tmp_path, f"signatures:\n{both}"))
    text = shown("TW", "--week", "2026-11-23", "--rules", folder, "--svg", str(tmp_path / "week.svg"))
    assert "nobody signed" not in text
    assert "(signed for production)" in text
    assert "nobody signed" not in (tmp_path / "week.svg").read_text(encoding="utf-8")
    assert week("TW", "--rules", folder)["signed"] is True


def test_unsigned_rules_are_drawn_and_said_to_be_so(tmp_path: Path) -> None:
    """Without signatures the picture is the same, with a banner; a demo's signature is named as such."""
    folder = copied(tmp_path, "signatures: []\n")
    text = shown("TW", "--week", "2026-11-23", "--rules", str(folder))
    assert "nobody signed for production: nobody is dialled by them" in text
    assert "UNSIGNED" in text
    assert "DEMO signature only" in shown("TW", "--week", "2026-11-23")


def test_the_picture_speaks_chinese() -> None:
    """Every sentence around the picture is in the chosen language."""
    text = shown("TW", "--week", "2026-11-23", "--language", "zh-TW")
    assert "可撥打時段：臺灣（服務電話，未滿 65 歲）" in text
    assert "依據未經正式簽署的規則繪製" in text
    assert "週日 11-29" in text
    assert "nobody" not in text


def test_the_same_picture_is_written_as_svg(tmp_path: Path) -> None:
    """A well-formed file with title, description, seven labels, a pattern for each layer, and both colour schemes."""
    file = tmp_path / "week.svg"
    result = RUNNER.invoke(app, ["table", "IT", "--week", "2026-12-25", "--svg", str(file), "--language", "en"])
    assert result.exit_code == 0
    assert str(file) in result.stdout.replace("\n", "")
    root = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314  our own file
    assert root.get("role") == "img"
    assert "Italy" in str(root.findtext(f"{SVG}title"))
    told = str(root.findtext(f"{SVG}desc"))
    assert "nobody is dialled" in told
    assert "Fri 12-25, no calls, holiday: Christmas Day" in told
    assert {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")} >= {"legal", "industry_code", "courtesy"}
    assert "prefers-color-scheme: dark" in str(root.findtext(f"{SVG}style"))
    labels = [text.text for text in root.iter(f"{SVG}text")]
    assert labels.count("Thu 12-24") == 1


def test_the_week_is_todays_if_none_is_named() -> None:
    """Today is the place's own date: Sunday evening in London is Monday in Taipei."""
    found = drawn(Wanted("TW", None, "service", None, None, "courtesy", None), NOW)
    assert isinstance(found, Drawn)
    assert found.monday == date(2026, 11, 23)


@pytest.mark.parametrize("jurisdiction", ["BG", "NC"])
def test_a_place_without_rules_cannot_be_drawn(jurisdiction: str) -> None:
    """Exit code 1 with the reason, in words and as JSON."""
    result = RUNNER.invoke(app, ["table", jurisdiction])
    assert (result.exit_code, "no rule pack" in result.stdout) == (1, True)
    found = json.loads(RUNNER.invoke(app, ["table", jurisdiction, "--json"]).stdout)
    assert ([reason["code"] for reason in found["reasons"]], found["days"]) == (["pack_missing"], [])


@pytest.mark.parametrize(
    ("args", "mend"),
    [
        (("XX",), "ISO 3166"),
        (("UK",), "GB"),
        (("TW-XXX",), "ISO 3166-2"),
        (("TW", "--week", "next"), "2026-11-23"),
        (("TW", "--week", "2026-02-30"), "2026-11-23"),
        (("TW", "--week", "9999-12-31"), "years"),
        (("TW", "--age", "-1"), "years"),
        (("TW", "--zone", "Asia/Tokyo"), "Asia/Taipei"),
        (("TW", "--zone", "Asia/Atlantis"), "IANA"),
        (("TW", "--call-class", "sales"), "telemarketing"),
        (("TW", "--layers", "house"), "legal"),
        (("TW", "--rules", "/nowhere"), "config/compliance"),
        (("TW", "--language", "fr"), "zh-TW"),
        (("TW", "--svg", "/nowhere/week.svg"), "folder"),
    ],
)
def test_wrong_input_is_named_with_its_mend(args: tuple[str, ...], mend: str) -> None:
    """What cannot be read, or written, is an input problem that says how to mend it."""
    result = RUNNER.invoke(app, ["table", *args])
    assert isinstance(result.exception, InputProblemError)
    assert mend in str(result.exception)
    assert result.exception.exit_code == 2


def test_chinese_breaks_between_letters_and_never_before_a_stop() -> None:
    """Names of zones stay whole, and no line begins with punctuation."""
    lines = folded("以 Asia/Taipei 當地時間顯示。", lambda line: len(line) <= 13)
    assert lines == ["以 Asia/Taipei", "當地時間顯示。"]
    assert folded("可以撥打，好。", lambda line: len(line) <= 4) == ["可以撥", "打，好。"]


@pytest.mark.parametrize("code", ["TW", "FR", "US-TX", "IN", "BR-SP", "AU", "NZ", "DE"])
@pytest.mark.parametrize("call_class", ["service", "telemarketing"])
def test_the_picture_agrees_with_the_gate(code: str, call_class: str) -> None:
    """Within every fourth half hour the gate without guard says yes exactly where the picture is open."""
    found = drawn(Wanted(code, "2026-04-05", call_class, "70", None, LAYERS, None), NOW)
    assert isinstance(found, Drawn)
    rules = load_rulebook(RULES, years=[2026], only=[code])
    contact = ContactFacts(region=code)
    options = GateOptions(trust=Trust.ASSUMED, skip=frozenset(Check), find_next=False)
    for row in found.rows:
        for index in range(1, 48, 4):
            at = datetime(row.day.year, row.day.month, row.day.day, index // 2, index % 2 * 30 + 7, tzinfo=found.home)
            inside = any(start <= at.timestamp() < end for start, end in row.open)
            assert decide(contact, CallClass(call_class), at, History(), rules, options).allowed is inside


def test_courtesy_is_not_said_to_be_beyond_the_law_where_no_law_gives_hours() -> None:
    """What allows the call is named only where it gives hours: the law, a code of the industry, or nothing known."""
    assert "法規未查得明定時段；依本公司禮貌時段不打" in shown("TW", "--language", "zh")
    assert "no hours are fixed by law that we know of; closed by our own courtesy" in shown("TW", "--language", "en")
    assert "法規允許，本公司為了禮貌不打" in shown("NO", "--call-class", "telemarketing", "--language", "zh")
    assert "allowed by law; closed by our own" in shown("NO", "--call-class", "telemarketing", "--language", "en")
    assert "業界自律規範允許，本公司為了禮貌不打" in shown("DE", "--language", "zh")
    assert "法規允許" not in shown("DE", "--language", "zh")
