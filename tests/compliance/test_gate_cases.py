"""The hand-written table of cases; how one is read: cases/README.md."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from outbound.compliance.facts import (
    BlockedArea,
    Check,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    PlaceSource,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import decide
from outbound.compliance.rules.pack import PACK_LAYERS, Layer, Line
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
TOLD = {"name", "region", "at", "expect", "why", "source"}
KEYS = TOLD | {
    "next",
    "until",
    "class",
    "promotional",
    "age",
    "birth_date",
    "vulnerable",
    "line",
    "consents",
    "dated_consents",
    "caller",
    "attempts",
    "number_attempts",
    "contact_attempts",
    "refusals",
    "number_live",
    "quiet_until",
    "chosen",
    "zone",
    "number_zones",
    "place_source",
    "suppressions",
    "do_not_call",
    "privacy_notice_on",
    "blocked",
    "ring_seconds",
    "script_seconds",
    "layers",
    "skip",
    "trust",
}
CALLERS = {"TW": "+886277000000", "IN": "+911600000000", "AE": "+97140000000"}
# fmt: off
JURISDICTIONS = (
    "TW", "US", "US-FL", "US-OK", "US-WA", "US-MD", "US-TX", "US-NY", "US-CT", "US-NJ", "US-MS", "US-AL", "US-LA",
    "US-KY", "US-MA", "US-NV", "US-RI", "US-PA", "US-ME", "US-UT", "CA", "CA-BC", "GB", "IE", "FR", "DE", "ES", "IT",
    "PT", "NL", "BE", "AT", "CH", "SE", "NO", "AU", "NZ", "JP", "KR", "SG", "HK", "CN", "IN", "MY", "ID", "VN", "TH",
    "BR", "BR-RJ", "BR-ES", "BR-CE", "BR-SP", "MX", "CO", "AE", "ZA",
)
# fmt: on


def moment(text: str | None) -> datetime | None:
    """Read an instant."""
    return None if text is None else datetime.fromisoformat(text)


def moments(texts: list[str]) -> tuple[datetime, ...]:
    """Read instants."""
    return tuple(datetime.fromisoformat(text) for text in texts)


def born(case: dict[str, Any]) -> date | None:
    """Return the birth date of a case."""
    if "birth_date" in case:
        return date.fromisoformat(case["birth_date"])
    age = case.get("age", 40)
    return None if age is None else date(int(case["at"][:4]) - age, 1, 1)


def consents(case: dict[str, Any]) -> tuple[ConsentEvidence, ...]:
    """Return the consents of a case: those that its class usually asks for, unless it says."""
    if "dated_consents" in case:
        return tuple(ConsentEvidence(name, date.fromisoformat(day)) for name, day in case["dated_consents"].items())
    usual = ["automated_voice", "marketing"] if case.get("class") == "telemarketing" else ["automated_voice"]
    return tuple(ConsentEvidence(name) for name in case.get("consents", usual))


def contact(case: dict[str, Any]) -> ContactFacts:
    """Return the contact of a case."""
    notice = case.get("privacy_notice_on", "2020-01-01")
    return ContactFacts(
        region=case["region"],
        stated_zone=case.get("zone"),
        number_zones=tuple(case.get("number_zones", ())),
        birth_date=born(case),
        vulnerable=case.get("vulnerable", False),
        line=Line(case.get("line", "mobile")),
        privacy_notice_on=None if notice is None else date.fromisoformat(notice),
        consents=consents(case),
        do_not_call=case.get("do_not_call", False),
        chosen=ChosenWindow(*moments(case["chosen"])) if "chosen" in case else None,
        suppressions=tuple(
            Suppression(SuppressionScope(s["scope"]), s.get("refusal", True), moment(s.get("until")))
            for s in case.get("suppressions", ())
        ),
        place_source=PlaceSource(case.get("place_source", "policy")),
    )


def history(case: dict[str, Any]) -> History:
    """Return the history of a case."""
    both = case.get("attempts", [])
    return History(
        number_attempts=moments(both + case.get("number_attempts", [])),
        contact_attempts=moments(both + case.get("contact_attempts", [])),
        number_live=case.get("number_live", False),
        quiet_until=moment(case.get("quiet_until")),
        refusals=moments(case.get("refusals", [])),
    )


def options(case: dict[str, Any]) -> GateOptions:
    """Return the options of a case."""
    usual = CALLERS.get(str(case["region"])[:2], "+12025550100")
    return GateOptions(
        trust=Trust(case.get("trust", "assumed")),
        promotional=case.get("promotional", False),
        caller_number=case.get("caller", usual),
        ring_seconds=case.get("ring_seconds"),
        script_seconds=case.get("script_seconds"),
        blocked_areas=tuple(
            BlockedArea(a["code"], moment(a.get("since")), moment(a.get("until"))) for a in case.get("blocked", ())
        ),
        layers=frozenset(Layer(name) for name in case["layers"]) if "layers" in case else PACK_LAYERS,
        skip=frozenset(Check(name) for name in case.get("skip", ())),
    )


def in_utc(instant: datetime | None) -> datetime | None:
    """Return an instant in UTC, so that equal instants are shown alike."""
    return None if instant is None else instant.astimezone(UTC)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_gate_decides_as_the_table_says(case: dict[str, Any], rulebook: Rulebook) -> None:
    """Every case of the table comes out as written, with all its reasons and the next lawful instant."""
    call_class = CallClass(case.get("class", "service"))
    found = decide(
        contact(case), call_class, datetime.fromisoformat(case["at"]), history(case), rulebook, options(case)
    )
    expected = [] if case["expect"] == "allowed" else case["expect"]
    assert [reason.code for reason in found.reasons] == expected, case["why"]
    assert found.allowed == (not expected)
    if "next" in case:
        assert in_utc(found.next_allowed) == in_utc(moment(case["next"])), case["why"]
    if "until" in case:
        assert in_utc(found.open_until) == in_utc(moment(case["until"])), case["why"]


def test_the_table_is_large_and_every_case_says_why() -> None:
    """At least two hundred cases, each with a name of its own, its reason in words and its source, and no odd key."""
    assert len(CASES) >= 200
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []
    assert [case["name"] for case in CASES if not case["why"].strip() or not case["source"].strip()] == []
    assert [(case["name"], set(case) - KEYS, TOLD - set(case)) for case in CASES if not TOLD <= set(case) <= KEYS] == []


def test_every_refusal_names_the_next_lawful_instant() -> None:
    """A case that is refused says when it would be allowed, or null when nobody can say."""
    assert [case["name"] for case in CASES if case["expect"] != "allowed" and "next" not in case] == []


def test_every_jurisdiction_of_the_sources_is_in_the_table_at_least_twice() -> None:
    """Fifty-six jurisdictions were researched; each has two cases or more, its parts counting for it."""
    assert len(set(JURISDICTIONS)) == 56
    regions = [str(case["region"]) for case in CASES]
    counted = {code: sum(f"{region}-".startswith(f"{code}-") for region in regions) for code in JURISDICTIONS}
    assert [code for code, count in counted.items() if count < 2] == []
