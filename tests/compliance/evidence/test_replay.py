"""A receipt is evaluated again years later: from what it says, and from the rules by their hashes."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.digest import receipt_digest
from outbound.compliance.evidence.manifest import manifest_hash, year_hash
from outbound.compliance.evidence.question import birth_date_for
from outbound.compliance.evidence.replay import NOT_COMPARED, Standing, replay
from outbound.compliance.facts import (
    Check,
    ContactFacts,
    GateOptions,
    History,
    PlaceSource,
    Stage,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.pack import Line
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.evidence.archives import archive_of, finds, texts_of
from tests.compliance.gate.test_gate_properties import moments, oddities
from tests.compliance.questions import questions
from tests.values import replace

TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)
FACTS = ContactFacts("TW", line=Line.MOBILE, birth_date=date(1980, 5, 28), privacy_notice_on=date(2026, 11, 12))
OPTIONS = GateOptions(trust=Trust.ASSUMED, caller_number="+886255550100", stage=Stage.RESERVATION)


@pytest.fixture(scope="module")
def texts(rulebook: Rulebook) -> dict[str, str]:
    """Texts of the shipped rules."""
    return texts_of(rulebook)


@pytest.fixture(scope="module")
def archive(texts: dict[str, str]) -> Archive:
    """An archive of the shipped rules."""
    return archive_of(texts)


def ask(rulebook: Rulebook, facts: ContactFacts = FACTS, at: datetime = TUESDAY, **options: Any) -> Decision:
    """Ask about a Taiwanese customer on a Tuesday morning."""
    return decide(facts, CallClass.SERVICE, at, History(), rulebook, replace(OPTIONS, **options))


def kept(decision: Decision) -> dict[str, Any]:
    """Return the receipt's body as a database gives it back."""
    body: dict[str, Any] = json.loads(json.dumps(decision.receipt.body()))
    return body


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_receipt_proves_itself(rulebook: Rulebook, archive: Archive, data: st.DataObject) -> None:
    """Whatever was asked, in every jurisdiction, a second evaluation gives the same receipt."""
    question = data.draw(questions(rulebook))
    verdict = replay(kept(question.ask(rulebook, find_next=False)), archive.rulebook_of)
    assert (verdict.standing, verdict.differences, verdict.why) == (Standing.PROVED, (), "")


@settings(max_examples=100, deadline=None)
@given(contact=oddities(), at=moments, call_class=st.sampled_from(CallClass))
def test_a_refusal_for_facts_that_nobody_checked_proves_itself(
    rulebook: Rulebook, archive: Archive, contact: ContactFacts, at: datetime, call_class: CallClass
) -> None:
    """Places and instants that cannot be understood leave receipts that are as good as any other."""
    decision = decide(contact, call_class, at, History(), rulebook, replace(OPTIONS, find_next=False))
    assert replay(kept(decision), archive.rulebook_of).standing is Standing.PROVED


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every plain value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path
        return
    for key, item in items:
        yield from leaves(item, (*path, key))


def flipped(body: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """Return a copy in which one plain value is another one of its kind."""
    changed = copy.deepcopy(body)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    value = place[path[-1]]
    if isinstance(value, bool):
        place[path[-1]] = not value
    elif isinstance(value, int):
        place[path[-1]] = value + 1
    else:
        place[path[-1]] = "changed" if value is None else f"{value}x"
    return changed


def digest_of(body: dict[str, Any]) -> str:
    """Digest of a row with this body."""
    return receipt_digest(
        receipt_id="a" * 32, contact_id="b" * 32, attempt_id=None, stage="reserve", at=TUESDAY, allowed=True,
        reasons=(), body=body,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.data(), pick=st.integers(0, 10_000))
def test_no_value_of_a_receipt_can_be_changed_unseen(
    rulebook: Rulebook, archive: Archive, data: st.DataObject, pick: int
) -> None:
    """The digest shows any change; and what was concluded cannot be changed even with a new digest."""
    question = data.draw(questions(rulebook))
    body = kept(question.ask(rulebook))
    paths = sorted(leaves(body), key=str)
    path = paths[pick % len(paths)]
    changed = flipped(body, path)
    assert digest_of(changed) != digest_of(body)
    concluded = {"result", "reasons", "windows", "counters", "local_times", "zones", "region", "guard_seconds", "packs"}
    # how many had signed is told to the gate: only the digest guards a number that decides nothing
    if path[0] in concluded and "signatures" not in path:
        assert replay(changed, archive.rulebook_of).standing is not Standing.PROVED
    if path[0] in NOT_COMPARED:
        assert replay(changed, archive.rulebook_of).standing is Standing.PROVED


def test_differences_are_named_by_key(rulebook: Rulebook, archive: Archive) -> None:
    """A forged result is told with what the receipt says and what a second evaluation gives."""
    night = kept(ask(rulebook, at=TUESDAY + timedelta(hours=12)))
    forged = night | {"result": "allowed", "reasons": []}
    verdict = replay(forged, archive.rulebook_of)
    assert verdict.standing is Standing.DIFFERING
    assert [(each.key, each.kept) for each in verdict.differences] == [("reasons", "[]"), ("result", "allowed")]
    assert verdict.differences[0].found.endswith("…")


def test_differences_have_an_end(rulebook: Rulebook, archive: Archive) -> None:
    """A body with very many wrong values is told by the first of them."""
    body = kept(ask(rulebook)) | {f"more {number}": 1 for number in range(50)}
    assert len(replay(body, archive.rulebook_of).differences) == 20


def test_rules_that_changed_since_do_not_matter(rulebook: Rulebook, texts: dict[str, str]) -> None:
    """Packs and calendars of today may be others: the receipt is judged by those of its day."""
    body = kept(ask(rulebook))
    pack = replace(rulebook.packs["TW"], windows=(), content_hash="f" * 64)
    today = Rulebook({"TW": pack}, {}, contents={"f" * 64: "code: TW"})
    archive = archive_of(texts | texts_of(today))
    assert kept(ask(today, trust=Trust.ASSUMED))["packs"][0]["hash"] == "f" * 64
    assert replay(body, archive.rulebook_of).standing is Standing.PROVED


def named(body: dict[str, Any]) -> dict[str, str]:
    """Hashes that a receipt names, by what they are."""
    years = body["calendars"][0]["years"]
    return {"pack TW": body["packs"][0]["hash"], "calendar year TW": years["2026"], "manifest": body["manifest"]}


@pytest.mark.parametrize("what", ["pack TW", "calendar year TW", "manifest"])
def test_history_that_lacks_a_rule_proves_nothing(rulebook: Rulebook, texts: dict[str, str], what: str) -> None:
    """The receipt is unprovable, and says which hash is missing; so it is when another text stands there."""
    body = kept(ask(rulebook))
    lost = named(body)[what]
    verdict = replay(body, archive_of({k: v for k, v in texts.items() if k != lost}).rulebook_of)
    assert verdict.standing is Standing.UNPROVABLE
    assert f"{what} " in verdict.why
    assert f"{lost} is not in the history" in verdict.why
    other = texts[lost] + "\nname: x\n" if what == "pack TW" else texts[lost] + " "
    assert replay(body, archive_of(texts | {lost: other}).rulebook_of).standing is Standing.UNPROVABLE


def test_a_pack_that_another_text_replaced_is_seen(rulebook: Rulebook, texts: dict[str, str]) -> None:
    """A sound pack under the hash of another one is not taken for it."""
    body = kept(ask(rulebook))
    wrong = rulebook.contents[body["packs"][0]["hash"]].replace("09:00", "06:00")
    verdict = replay(body, archive_of(texts | {body["packs"][0]["hash"]: wrong}).rulebook_of)
    assert verdict.standing is Standing.UNPROVABLE
    assert "what is kept under this hash has another one" in verdict.why


def test_a_pack_that_cannot_be_read_any_more_is_named(rulebook: Rulebook, texts: dict[str, str]) -> None:
    """A text of a time before this version's format leaves its receipts unprovable."""

    def refuse(_text: str, _code: str) -> Any:
        raise ValueError("no such key")

    verdict = replay(kept(ask(rulebook)), Archive(finds(texts), refuse).rulebook_of)
    assert (verdict.standing, "cannot be read any more" in verdict.why) == (Standing.UNPROVABLE, True)


@pytest.mark.parametrize("number", [1, 3, None, "2"])
def test_another_format_is_unprovable(rulebook: Rulebook, archive: Archive, number: Any) -> None:
    """A receipt of an earlier or a later version is said to be such, and nothing breaks."""
    verdict = replay(kept(ask(rulebook)) | {"format": number}, archive.rulebook_of)
    assert verdict.standing is Standing.UNPROVABLE
    assert repr(number) in verdict.why


@pytest.mark.parametrize(
    "changes",
    [
        {"place": None}, {"instant": "soon"}, {"packs": [{}]}, {"calendars": 3}, {"trust": "blind"}, {"attempts": []},
        {"layers": [1]}, {"segments": {"2026-02-29": "general"}}, {"calendars": [{"code": "X", "years": {"1": None}}]},
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_unprovable(rulebook: Rulebook, archive: Archive, changes: dict[str, Any]) -> None:
    """A body in which something has another shape is unprovable, not a crash."""
    verdict = replay(kept(ask(rulebook)) | changes, archive.rulebook_of)
    assert (verdict.standing, "is no receipt" in verdict.why) == (Standing.UNPROVABLE, True)


def test_the_manifest_proves_absence(rulebook: Rulebook, texts: dict[str, str]) -> None:
    """Who claims that a pack, a calendar or a year was not there is refuted by the list of what was."""
    archive = archive_of(texts)
    missing = kept(ask(rulebook, replace(FACTS, region="AQ")))
    assert (missing["absent_packs"], missing["region"]) == (["AQ"], None)
    assert replay(missing, archive.rulebook_of).standing is Standing.PROVED
    body = kept(ask(rulebook))
    calendar = body["calendars"][0]
    lies = (
        {"packs": [], "absent_packs": ["TW"]},
        {"calendars": [], "absent_calendars": ["TW"]},
        {"calendars": [calendar | {"years": calendar["years"] | {"2026": None}}]},
    )
    for lie in lies:
        verdict = replay(body | lie, archive.rulebook_of)
        assert (verdict.standing, [each.key for each in verdict.differences]) == (Standing.DIFFERING, ["manifest"])


def test_a_calendar_that_was_missing_replays(rulebook: Rulebook) -> None:
    """Without a calendar, or without its year, the day was closed, and it still is when it is evaluated again."""
    bare = Rulebook(rulebook.packs, {}, rulebook.signatures, rulebook.contents)
    body = kept(ask(bare))
    assert (body["calendars"], body["absent_calendars"]) == ([], ["TW"])
    assert "calendar_missing" in [reason["code"] for reason in body["reasons"]]
    assert replay(body, archive_of(texts_of(bare)).rulebook_of).standing is Standing.PROVED
    far = kept(ask(rulebook, at=datetime(2031, 5, 6, 2, tzinfo=UTC)))
    assert set(far["calendars"][0]["years"].values()) == {None}
    assert replay(far, archive_of(texts_of(rulebook)).rulebook_of).standing is Standing.PROVED


def test_a_code_of_a_territory_is_understood_again(rulebook: Rulebook, archive: Archive) -> None:
    """A part that is known by a code of its own is found by the pack that knows it."""
    body = kept(ask(rulebook, replace(FACTS, region="re")))
    assert body["region"] == "FR-RE"
    assert replay(body, archive.rulebook_of).standing is Standing.PROVED


def test_signatures_are_counted_by_kind(rulebook: Rulebook, texts: dict[str, str]) -> None:
    """Two people for production, nobody by name; who signs as demo counts as nobody, whatever kind is claimed."""
    pack = rulebook.packs["TW"]
    names = [
        ("王一", SignatureKind.PRODUCTION),
        ("  王一 ", SignatureKind.PRODUCTION),
        ("林二", SignatureKind.PRODUCTION),
    ]
    names += [("demo", SignatureKind.PRODUCTION), ("demo", SignatureKind.DEMO)]
    on = date(2026, 11, 22)
    signatures = tuple(Signature("TW", pack.content_hash, by, on, kind) for by, kind in names)
    signed = Rulebook(rulebook.packs, rulebook.calendars, signatures, rulebook.contents)
    body = kept(ask(signed, trust=Trust.PRODUCTION))
    assert (body["packs"][0]["signatures"], body["packs"][0]["signed"]) == ({"production": 2, "demo": 1}, True)
    archive = archive_of(texts)
    assert replay(body, archive.rulebook_of).standing is Standing.PROVED
    forged = copy.deepcopy(body)
    forged["packs"][0]["signatures"]["production"] = 1
    assert replay(forged, archive.rulebook_of).standing is Standing.DIFFERING


def test_rulebooks_that_were_put_together_are_kept_within_bounds(
    rulebook: Rulebook, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receipts of very many packs are verified in bounded memory."""
    monkeypatch.setattr("outbound.compliance.evidence.archive._MOST_RULEBOOKS", 2)
    archive = archive_of(texts)
    bodies = [kept(ask(rulebook, replace(FACTS, region=region))) for region in ("TW", "JP", "KR", "SG", "TW")]
    assert all(replay(body, archive.rulebook_of).standing is Standing.PROVED for body in bodies)
    assert len(archive._rulebooks) <= 2
    assert archive.rulebook_of(bodies[-1]) is archive.rulebook_of(bodies[0])


def test_a_receipt_holds_the_whole_question(rulebook: Rulebook) -> None:
    """Place and its source, zones and how each was found, guard parts, attempts, refusals and the company's number."""
    facts = replace(
        FACTS,
        region="TW-TPE",
        place_source=PlaceSource.STATED,
        number_zones=("Asia/Tokyo",),
        suppressions=(Suppression(SuppressionScope.MARKETING, until=TUESDAY),),
    )
    before = TUESDAY - timedelta(days=3)
    history = History((before,), (before,), refusals=(before,), quiet_until=before)
    options = replace(OPTIONS, ring_seconds=45, script_seconds=200, skip=frozenset({Check.CALLER_ID}))
    body = kept(decide(facts, CallClass.SERVICE, TUESDAY, history, rulebook, options))
    assert body["place"] == {
        "region": "TW-TPE",
        "source": "stated",
        "stated_zone": None,
        "number_zones": ["Asia/Tokyo"],
    }
    assert body["zones"][1] == {"zone": "Asia/Tokyo", "found_by": "number"}
    assert (body["ring_seconds"], body["script_seconds"], body["guard_seconds"]) == (45, 200, 300)
    assert (body["refusals"], body["attempts"]["contact"]) == ([before.isoformat()], [before.isoformat()])
    assert (body["caller_number"], body["not_evaluated"]) == ("+886255550100", ["caller_id"])
    assert (body["segments"], body["open_until"] is not None) == ({"2026-11-24": "general"}, True)
    assert [limit["made"] for limit in body["counters"]][:2] == [0, 1]
    assert set(body["calendars"][0]["years"]) == {"2026"}
    assert {"holiday", "eve"} <= body["windows"][0].keys()


def test_the_days_before_new_year_name_the_next_year(rulebook: Rulebook) -> None:
    """An eve looks at the next day, so the receipt names that day's year as well."""
    body = kept(ask(rulebook, at=datetime(2026, 12, 30, 2, tzinfo=UTC)))
    assert list(body["calendars"][0]["years"]) == ["2026", "2027"]


def test_an_instant_at_the_end_of_time_is_written_as_it_stands(rulebook: Rulebook) -> None:
    """What has no instant in UTC is kept as given."""
    first = datetime.fromisoformat("0001-01-01T00:00:00+08:00")
    assert kept(ask(rulebook, at=first))["instant"] == first.isoformat()


@pytest.mark.parametrize(
    ("segments", "born"),
    [
        ({}, None),
        ({"2026-11-24": "general", "2026-11-25": "general"}, date(2026, 11, 24)),
        ({"2026-11-24": "age_65_plus_or_vulnerable"}, None),
        ({"2026-11-24": "general", "2026-11-25": "age_65_plus_or_vulnerable"}, date(1961, 11, 25)),
    ],
)
def test_a_birth_date_that_gives_the_segments(segments: dict[str, str], born: date | None) -> None:
    """Of age the receipt keeps the segment by date: any birth date that gives it will do."""
    assert birth_date_for(segments) == born


def test_a_birthday_between_two_zones_replays(rulebook: Rulebook, archive: Archive) -> None:
    """Who turns 65 on one of the two dates that an instant has in the zones is evaluated alike again."""
    facts = replace(FACTS, number_zones=("Pacific/Honolulu",), birth_date=date(1961, 11, 24))
    body = kept(ask(rulebook, facts))
    assert body["segments"] == {"2026-11-23": "general", "2026-11-24": "age_65_plus_or_vulnerable"}
    assert replay(body, archive.rulebook_of).standing is Standing.PROVED


def test_the_manifest_is_worked_out_once(rulebook: Rulebook) -> None:
    """It stays the same, and a year that no calendar has no hash."""
    assert manifest_hash(rulebook) == manifest_hash(Rulebook(rulebook.packs, rulebook.calendars))
    assert year_hash(rulebook, "TW", 1999) is None
    assert year_hash(rulebook, "XX", 2026) is None


def test_another_release_of_the_time_zone_data_is_named_where_it_may_matter(
    rulebook: Rulebook, archive: Archive
) -> None:
    """A receipt names its release: another one alone is no difference, beside a difference it is told."""
    body = kept(ask(rulebook))
    older = body | {"time_zone_data": "2019a"}
    assert replay(older, archive.rulebook_of).standing is Standing.PROVED
    changed = older | {"local_times": {"Asia/Taipei": "2026-11-23T09:00:00+09:00"}}
    verdict = replay(changed, archive.rulebook_of)
    assert (verdict.standing, "2019a" in verdict.why) == (Standing.DIFFERING, True)
    assert replay(body | {"guard_seconds": 1}, archive.rulebook_of).why == ""
