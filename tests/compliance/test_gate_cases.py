"""The hand-written table of cases."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from outbound.compliance.facts import (
    BlockedArea,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import decide
from outbound.compliance.rules.pack import Line
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
KEYS = {
    "name",
    "region",
    "at",
    "expect",
    "next",
    "why",
    "source",
    "class",
    "age",
    "birth_date",
    "vulnerable",
    "line",
    "consents",
    "dated_consents",
    "caller",
    "trust",
    "attempts",
    "number_attempts",
    "contact_attempts",
    "number_live",
    "quiet_until",
    "chosen",
    "zone",
    "number_zones",
    "blocked",
    "suppressions",
    "promotional",
    "do_not_call",
    "privacy_notice_on",
    "ring_seconds",
    "script_seconds",
}
CALLERS = {"TW": "+886277000000"}


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


def contact(case: dict[str, Any]) -> ContactFacts:
    """Return the contact of a case."""
    notice = case.get("privacy_notice_on", "2020-01-01")
    dated = case.get("dated_consents", {})
    given = () if dated else case.get("consents", ["automated_voice"])
    return ContactFacts(
        region=case["region"],
        stated_zone=case.get("zone"),
        number_zones=tuple(case.get("number_zones", ())),
        birth_date=born(case),
        vulnerable=case.get("vulnerable", False),
        line=Line(case.get("line", "mobile")),
        privacy_notice_on=None if notice is None else date.fromisoformat(notice),
        consents=(
            *(ConsentEvidence(purpose) for purpose in given),
            *(ConsentEvidence(purpose, date.fromisoformat(day)) for purpose, day in dated.items()),
        ),
        do_not_call=case.get("do_not_call", False),
        chosen=ChosenWindow(*moments(case["chosen"])) if "chosen" in case else None,
        suppressions=tuple(
            Suppression(SuppressionScope(s["scope"]), s.get("refusal", True), moment(s.get("until")))
            for s in case.get("suppressions", ())
        ),
    )


def history(case: dict[str, Any]) -> History:
    """Return the history of a case."""
    both = case.get("attempts", [])
    return History(
        number_attempts=moments(both + case.get("number_attempts", [])),
        contact_attempts=moments(both + case.get("contact_attempts", [])),
        number_live=case.get("number_live", False),
        quiet_until=moment(case.get("quiet_until")),
    )


def options(case: dict[str, Any]) -> GateOptions:
    """Return the options of a case."""
    usual = CALLERS.get(str(case["region"])[:2], "+12025550100")
    return GateOptions(
        trust=Trust(case.get("trust", "demo")),
        promotional=case.get("promotional", False),
        caller_number=case.get("caller", usual),
        ring_seconds=case.get("ring_seconds"),
        script_seconds=case.get("script_seconds"),
        blocked_areas=tuple(
            BlockedArea(a["code"], moment(a.get("since")), moment(a.get("until"))) for a in case.get("blocked", ())
        ),
    )


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
        following = None if found.next_allowed is None else found.next_allowed.astimezone(UTC)
        wanted = moment(case["next"])
        assert following == (None if wanted is None else wanted.astimezone(UTC)), case["why"]


def test_the_table_is_large_and_every_case_says_why() -> None:
    """At least sixty cases, each with a name of its own, its reason and its source."""
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert all(case["why"] and case["source"] for case in CASES)
    assert not {key for case in CASES for key in case} - KEYS
