"""The rules of a day, put together again by hash; what is missing, replaced or denied is named."""

from datetime import date

import pytest

from outbound.compliance.evidence.archive import Archive, RulesDenyError, RulesMissingError, calendar_year_from
from outbound.compliance.evidence.manifest import manifest_hash
from outbound.compliance.evidence.replay import Difference, Standing, replay
from outbound.compliance.rules.calendar import CalendarYear
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import SignatureKind
from tests.compliance.evidence.north import (
    BOOK,
    CALENDAR,
    COUNTRY,
    PACKS,
    PART,
    TEXTS,
    YEAR,
    Body,
    archive,
    ask,
    body,
    read,
)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"absent_packs": ["XK-N"]}, "packs: XK-N: the manifest of that day lists another one"),
        ({"absent_calendars": ["XK"]}, "absent_calendars: XK: the manifest of that day lists it"),
        (
            {"calendars": [ask().receipt.body()["calendars"][0] | {"years": {"2026": None}}]},
            "calendars: XK 2026: the manifest of that day lists another one",
        ),
        (
            {"packs": [ask().receipt.body()["packs"][0] | {"hash": "hash of the country"}]},
            "packs: XK-N: the manifest of that day lists another one",
        ),
    ],
)
def test_what_the_manifest_denies_is_a_difference(changes: Body, why: str) -> None:
    """The rules that were in force are listed under a hash: who says otherwise is told by code and year."""
    with pytest.raises(RulesDenyError) as caught:
        archive().rulebook_of(body(**changes))
    assert str(caught.value) == why
    verdict = replay(body(**changes), archive().rulebook_of)
    assert (verdict.standing, verdict.why) == (Standing.DIFFERING, "")
    assert verdict.differences == (Difference("manifest", why, "(nothing)"),)


@pytest.mark.parametrize(
    ("lost", "what"),
    [
        (PART.content_hash, "pack XK-N hash of the part"),
        (YEAR.content_hash("XK", 2026), f"calendar year XK {YEAR.content_hash('XK', 2026)}"),
        (manifest_hash(BOOK), f"manifest  {manifest_hash(BOOK)}"),
    ],
)
def test_a_rule_that_the_history_lacks_is_named(lost: str, what: str) -> None:
    """Kind, code and hash; another text under the hash is told apart from none."""
    gone = archive({content_hash: text for content_hash, text in TEXTS.items() if content_hash != lost})
    verdict = replay(body(), gone.rulebook_of)
    assert (verdict.standing, verdict.why) == (Standing.UNPROVABLE, f"{what} is not in the history of the rules")
    wrong = "text of XK-N" if "pack" not in what else "text of XK"
    replaced = Archive(lambda _code, found: TEXTS[found] if found != lost else wrong, read_any)
    with pytest.raises(RulesMissingError) as caught:
        replaced.rulebook_of(body())
    assert str(caught.value) == f"{what}: what is kept under this hash has another one"


def read_any(text: str, _code: str) -> Pack:
    """Read the invented texts, whatever code is asked for."""
    return {f"text of {pack.code}": pack for pack in PACKS.values()}[text]


def test_a_text_that_cannot_be_read_any_more_is_named() -> None:
    """With the pack, its hash and the reader's own words."""

    def refuse(_text: str, _code: str) -> Pack:
        raise ValueError("no such key")

    with pytest.raises(RulesMissingError) as caught:
        Archive(lambda _code, found: TEXTS[found], refuse).rulebook_of(body())
    assert str(caught.value) == "pack XK-N hash of the part cannot be read any more: no such key"


def test_the_rules_of_a_day_are_put_together_again() -> None:
    """Packs, known years of calendars with parts and what lies in what, and as many signatures as there were."""
    given = body()
    rules = archive().rulebook_of(given)
    assert rules.packs == {"XK-N": PART, "XK": COUNTRY}
    calendar = rules.calendars["XK"]
    assert (calendar.code, calendar.version, dict(calendar.years)) == ("XK", "2026-11", {2026: YEAR})
    assert (calendar.parts, calendar.contains) == (frozenset({"XK-N"}), CALENDAR.contains)
    assert calendar.not_covered
    assert [(each.jurisdiction, each.content_hash, each.kind) for each in rules.signatures] == [
        ("XK-N", "hash of the part", SignatureKind.PRODUCTION),
        ("XK-N", "hash of the part", SignatureKind.DEMO),
        ("XK-N", "hash of the part", SignatureKind.DEMO),
        ("XK", "hash of the country", SignatureKind.DEMO),
    ]
    assert len({each.signer for each in rules.signatures}) == 4 - 1
    given["calendars"][0] |= {"not_covered": False, "overlaps": [["XK-R", "XK-N"], ["XK-R", "XK-S"]]}
    covered = archive().rulebook_of(given).calendars["XK"]
    assert (covered.not_covered, covered.contains) == ("", {"XK-R": {"XK-N", "XK-S"}})


def test_what_was_put_together_is_kept_for_the_next_receipt() -> None:
    """Each text is looked up and read once, however many receipts name it."""
    looked: list[str] = []

    def find(_code: str, content_hash: str) -> str:
        looked.append(content_hash)
        return TEXTS[content_hash]

    kept = Archive(find, read)
    assert kept.rulebook_of(body()) is kept.rulebook_of(body())
    other = kept.rulebook_of(body(calendars=[]))
    assert other is not kept.rulebook_of(body())
    assert sorted(looked) == sorted(TEXTS)


def test_a_lookup_is_by_code_and_hash() -> None:
    """Packs and years of calendars are kept under their code, a manifest under none."""
    asked: list[tuple[str, str]] = []

    def find(code: str, content_hash: str) -> str:
        asked.append((code, content_hash))
        return TEXTS[content_hash]

    Archive(find, read).rulebook_of(body())
    codes = {"XK-N": PART.content_hash, "XK": COUNTRY.content_hash, "": manifest_hash(BOOK)}
    assert set(asked) == {*codes.items(), ("XK", YEAR.content_hash("XK", 2026))}


def test_a_year_is_written_in_one_way_and_read_back() -> None:
    """Sorted and without spaces: equal years give equal text, and the text gives the year."""
    days = {date(2026, 7, 1): frozenset({"XK-S", "XK-N"}), date(2026, 6, 1): frozenset({"XK-N"})}
    year = CalendarYear(frozenset({date(2026, 12, 31), date(2026, 1, 1)}), days, frozenset({date(2026, 2, 7)}))
    text = year.content("XK", 2026)
    assert text == (
        '{"code":"XK","everywhere":["2026-01-01","2026-12-31"],"make_up_workdays":["2026-02-07"],'
        '"regional":{"2026-06-01":["XK-N"],"2026-07-01":["XK-N","XK-S"]},"year":2026}'
    )
    assert calendar_year_from(text) == year
