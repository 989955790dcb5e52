"""`outbound rules calendar`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from outbound.adapters.files.rules.calendars import read_calendars
from outbound.cli.rules import app
from outbound.usecases.problems import InputProblemError

RUNNER = CliRunner()
SHIPPED = Path(__file__).parents[2] / "config" / "compliance"
CALENDARS = SHIPPED / "calendars"
HAND = """\
# Written by a person.
code: DE
version: "2020-01-01.4"
source: the gazette
years:
  2026:
    # checked twice
    holidays:
      2026-01-01: "Neujahr"   # a comment
      2026-02-02: "Not the library's"
    regional:
      2026-01-06: {name: "Heilige Drei Könige", in: [DE-BW, DE-BY, DE-ST]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules with two calendars: Taiwan's as shipped and a German one written by hand."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "calendars").mkdir()
    shutil.copy(CALENDARS / "TW.yaml", tmp_path / "calendars")
    parts = "parts: [DE-BW, DE-BY, DE-ST]\n"
    (tmp_path / "calendars" / "DE.yaml").write_text(HAND.replace("years:", f"{parts}years:", 1), encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> str:
    """Run the command; give what it printed on standard output."""
    result = RUNNER.invoke(app, ["calendar", *words, "--rules", str(folder)])
    if isinstance(result.exception, InputProblemError):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_next_year_is_added_and_everything_else_stays(folder: Path) -> None:
    """The new file is the old one letter for letter, with a year at its end and a new version."""
    file = folder / "calendars" / "TW.yaml"
    before = file.read_text(encoding="utf-8").splitlines()
    assert (
        "Written to"
        in RUNNER.invoke(app, ["calendar", "tw", "--years", "2028", "--write", "--rules", str(folder)]).stderr
    )
    after = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if not line.startswith("version:")] == [
        line for line in after[: len(before)] if not line.startswith("version:")
    ]
    assert after[len(before)] == "  2028:"
    taiwan = read_calendars(folder / "calendars", only=["TW"])["TW"]
    assert (2028 in taiwan.years, taiwan.version.startswith("2026-11-22.2")) == (True, False)


def test_without_write_the_file_is_printed_and_left_alone(folder: Path) -> None:
    """Standard output is the file, so that it can be piped; the table is not in it."""
    before = (folder / "calendars" / "DE.yaml").read_bytes()
    text = run(folder, "DE", "--years", "2025-2027")
    assert text.startswith("# Written by a person.\n")
    assert text.index("  2025:") < text.index("  2026:") < text.index("  2027:")
    assert '2026-02-02: "Not the library\'s"' in text
    assert '2026-01-01: "Neujahr"   # a comment' in text
    assert "DE-TH" in text.splitlines()[4]
    assert (folder / "calendars" / "DE.yaml").read_bytes() == before


def test_a_listed_year_is_only_replaced_when_asked(folder: Path) -> None:
    """It is named as differing; with --replace the library's days stand there under the names that people gave."""
    kept = json.loads(run(folder, "DE", "--years", "2026", "--json"))
    assert (kept["changes"], kept["differing_years"], kept["written"]) == ([], [2026], False)
    changed = json.loads(run(folder, "DE", "--years", "2026", "--replace", "--write", "--json"))
    assert {"day": "2026-02-02", "change": "removed", "name": "Not the library's", "parts": []} in changed["changes"]
    text = (folder / "calendars" / "DE.yaml").read_text(encoding="utf-8")
    assert '2026-01-01: "Neujahr"' in text
    assert 'name: "Heilige Drei Könige"' in text
    germany = read_calendars(folder / "calendars", only=["DE"])["DE"]
    assert germany.years[2026] == read_calendars(CALENDARS, only=["DE"])["DE"].years[2026]
    again = json.loads(run(folder, "DE", "--years", "2026", "--replace", "--write", "--json"))
    assert (again["changes"], again["written"]) == ([], False)


@pytest.mark.parametrize("country", ["NO", "FR", "IT", "GB", "ES"])
def test_a_country_without_calendar_gets_one(country: str, folder: Path) -> None:
    """The whole file is written as the shipped one was, parts in parts too; Norway is quoted."""
    run(folder, country.lower(), "--years", "2024-2027", "--write")
    fresh, shipped = (read_calendars(each, only=[country])[country] for each in (folder / "calendars", CALENDARS))
    assert fresh.years == shipped.years
    assert fresh.parts == shipped.parts


def test_nothing_is_lost_when_the_file_cannot_be_written(folder: Path) -> None:
    """The calendar is as it was, and the error names it."""
    file = folder / "calendars" / "DE.yaml"
    before = file.read_bytes()
    file.with_suffix(".new").mkdir()
    with pytest.raises(InputProblemError, match="cannot be written"):
        run(folder, "DE", "--years", "2027", "--write")
    assert file.read_bytes() == before


def test_a_calendar_without_parts_gets_those_of_its_new_year(folder: Path) -> None:
    """They stand in front of the years, and the reader takes the file."""
    file = folder / "calendars" / "DE.yaml"
    file.write_text(
        'code: DE\nversion: "1"\nsource: s\nyears:\n  2026:\n    holidays: {2026-01-01: x}\n', encoding="utf-8"
    )
    text = run(folder, "DE", "--years", "2027")
    assert text.index("parts: [DE-") < text.index("years:")


@pytest.mark.parametrize("country", ["US", "FR", "IT", "MY", "TW"])
def test_the_shipped_files_are_what_the_command_would_leave(country: str) -> None:
    """Nothing differs from the library in the years that are listed."""
    found = json.loads(run(SHIPPED, country, "--years", "2024-2027", "--json"))
    assert (found["changes"], found["differing_years"]) == ([], [])


def test_a_year_out_of_the_librarys_reach_is_told(folder: Path) -> None:
    """India's tables end in 2035."""
    found = json.loads(run(folder, "IN", "--years", "2035-2036", "--json"))
    assert found["unknown_years"] == [2036]
    assert {change["day"][:4] for change in found["changes"]} == {"2035"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("XX", "--years", "2028"), "no country 'XX'"),
        (("DE", "--years", "next"), "2024-2028"),
        (("DE", "--years", "2028-2024"), "2024-2028"),
        (("DE", "--years", "1900-2100"), "1 to 30"),
    ],
)
def test_what_cannot_be_asked_is_told(folder: Path, words: tuple[str, ...], told: str) -> None:
    """An unknown country and a span that is none are input problems."""
    with pytest.raises(InputProblemError, match=told):
        run(folder, *words)


def test_years_in_one_line_are_not_taken_apart(folder: Path) -> None:
    """A file whose years stand in one line is left to its author."""
    file = folder / "calendars" / "DE.yaml"
    file.write_text('code: DE\nversion: "1"\nsource: s\nyears: {2026: {holidays: {}}}\n', encoding="utf-8")
    with pytest.raises(InputProblemError, match="one line"):
        run(folder, "DE", "--years", "2027")


def test_years_go_where_they_belong_and_comments_stay(folder: Path) -> None:
    """A year between two others goes between them; a comment above the later one stays with it."""
    file = folder / "calendars" / "DE.yaml"
    years = "".join(f"  # about {year}\n  {year}:\n    holidays: {{{year}-01-01: x}}\n" for year in (2024, 2030))
    parts = "parts:\n  - DE-BW\n  - DE-BY\n# the years\n"
    file.write_text(f'code: DE\nversion: "1"\nsource: s\n{parts}years:\n{years}# the end\n', encoding="utf-8")
    text = run(folder, "DE", "--years", "2023-2027")
    order = [
        text.index(word)
        for word in (
            "parts: [",
            "# the years",
            "  2023:",
            "# about 2024",
            "  2024:",
            "  2025:",
            "  2027:",
            "# about 2030",
            "  2030:",
        )
    ]
    assert order == sorted(order)
    assert text.endswith("# the end\n")
