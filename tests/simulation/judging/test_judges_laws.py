"""The judge's laws one by one, on logs made by hand: also logs that break off, leave things out, or contradict."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.simulation.judge import (
    Closure,
    Instructions,
    Refusal,
    StopOrder,
    Violation,
    first_ones,
    judge,
    judge_files,
)
from outbound.simulation.lawful_hours import LawfulHours
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT
from tests.simulation.judging.test_judge import NUMBER, call, good, policy, record
from tests.values import replace

RULES = ROOT / "config" / "compliance"
HOURS = LawfulHours(RULES)
TWO = datetime(2026, 11, 16, 2, tzinfo=UTC)


def found(
    log: list[dict[str, Any]], records: list[dict[str, Any]], instructions: Instructions | None = None
) -> list[Violation]:
    """What the judge finds, with three attempts allowed."""
    return judge(log, records, [policy()], HOURS, max_attempts=3, instructions=instructions)


def laws(violations: list[Violation]) -> set[str]:
    """Names of the laws that were broken."""
    return {violation.law for violation in violations}


def ordered(events: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """The same call, ordered with a URL of this fingerprint."""
    return [{**events[0], "order": order}, *events[1:]]


def test_a_second_call_of_one_order_must_not_ring() -> None:
    """Both rang: the later one is named, with its ring; that both of them have a record changes nothing."""
    log = [*ordered(call("CA1", 0), "a"), *ordered(call("CA2", 10), "a")]
    (violation,) = found(log, [record("CA1", 0), record("CA2", 10)])
    assert (violation.law, violation.sid) == ("one_ring_an_attempt", "CA2")
    assert violation.at == "2026-11-16T02:10:00+00:00"
    assert "CA1" in violation.expected


def test_a_second_call_of_one_order_may_be_created_and_ended() -> None:
    """It never rang: nobody was disturbed twice."""
    created, *_, ended = ordered(call("CA2", 10), "a")
    log = [*ordered(call("CA1", 0), "a"), created, {**ended, "status": "canceled"}]
    assert found(log, [record("CA1", 0), record("CA2", 10)]) == []


def test_a_short_call_within_a_long_one_does_not_hide_it() -> None:
    """A third call is measured against whichever call of the number ends last."""
    long = [*call("CA1", 0)[:-1], {**call("CA1", 30)[-1]}]
    log = [*long, *call("CA2", 5), *call("CA3", 20)]
    assert [each.sid for each in found(log, [record(f"CA{n}", m) for n, m in ((1, 0), (2, 5), (3, 20))])] == [
        "CA2",
        "CA3",
    ]


def test_a_call_that_had_not_ended_needs_no_record_yet() -> None:
    """The log breaks off in the middle of a call: no outcome is due, and two would be too many."""
    log, records = good()
    log += call("CA3", 0, day=18)[:-1]
    assert found(log, records) == []
    assert laws(found(log, [*records, record("CA3", 0, day=18), record("CA3", 0, day=18)])) == {
        "one_outcome_a_call",
        "one_record_an_outcome",
    }


def test_a_record_of_a_call_that_nobody_made_is_named() -> None:
    """The judge knows calls from the exchange only."""
    log, records = good()
    (violation,) = found(log, [*records, record("CA9", 0, day=18)])
    assert (violation.law, violation.sid) == ("one_outcome_a_call", "CA9")


def text_message(text: str, *, at: str = "2026-11-16T02:10:00+00:00", to: str = NUMBER) -> dict[str, Any]:
    """A text message as the exchange logs it; ten minutes past ten in Taipei, after the first call."""
    return {"at": at, "event": "message", "sid": "SM1", "from": "+886255550100", "to": to,
            "direction": "outbound-api", "text": text}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("福爾摩沙人壽：網址是 my.formosa-life.example", True),
        ("王試明您好", False),
        ("您的安心終身壽險", False),
        ("保單 L1150000001", False),
    ],
)
def test_a_text_message_names_nobody_and_no_policy(told: str, kept: bool) -> None:
    """A telephone lies about, and whoever picks it up reads what came."""
    log, records = good()
    assert laws(found([*log, text_message(told)], records)) == (set() if kept else {"discreet_beside_the_call"})


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2026-11-16T02:10:00+00:00", True),
        ("2026-11-16T02:01:00+00:00", False),  # the call lasts still
        ("2026-11-16T01:00:00+00:00", False),  # it has not begun
        ("2026-11-16T13:00:00+00:00", False),  # nine in the evening
        ("2026-11-16T23:59:00+00:00", False),  # a minute to eight in the morning
        ("2026-11-17T00:00:00+00:00", True),
    ],
)
def test_a_text_message_comes_after_the_call_and_by_day(at: str, kept: bool) -> None:
    """What was asked for late in the evening waits for the morning."""
    log, records = good()
    assert (found([*log, text_message("網址", at=at)], records) == []) is kept


def test_a_text_message_comes_once_a_call() -> None:
    """The second of a kind needs a second call; another kind does not, nor does what no call brought about."""
    log, records = good()
    late, new = "2026-11-17T02:10:00+00:00", "您有一張新的保單"
    once = [text_message("網址"), text_message("申請書"), text_message(new), text_message(new)]
    assert found([*log, *once, text_message("網址", at=late)], records) == []
    assert laws(found([*log, *once, text_message("網址")], records)) == {"discreet_beside_the_call"}
    texts = [path.read_text() for path in (ROOT / "scripts_tts" / "messages").glob("*/*.txt")]
    assert sum(new in text or "you have a new policy" in text for text in texts) == 2


def test_a_text_message_to_a_stranger_is_a_breach() -> None:
    """Nobody of ours has this number."""
    log, records = good()
    assert laws(found([*log, text_message("網址", to="+886940009999")], records)) == {"discreet_beside_the_call"}


@pytest.mark.parametrize(
    ("told", "heard", "kept"),
    [
        ("王試明先生想跟專人談，已核對身分。", "為您轉接。", True),
        ("保單 L1150000001", "為您轉接。", False),
        ("他買了安心終身壽險", "為您轉接。", False),
        ("客戶想申訴。", "客戶想申訴。", False),
    ],
)
def test_what_an_agent_is_told_stays_with_the_agent(told: str, heard: str, kept: bool) -> None:
    """The callee hears none of it, and nothing of a policy is in it: the line may be anybody's."""
    log, records = good()
    leg = {"at": log[-1]["at"], "sid": "CA8", "from": "+886255550100", "to": "+886255550199",
           "direction": "outbound-dial", "parent_sid": "CA1"}  # fmt: skip
    log[3]["text"] = heard
    log += [{**leg, "event": "transferred"}, {**leg, "event": "said", "text": told}]
    assert laws(found(log, records)) == (set() if kept else {"discreet_beside_the_call"})


def test_who_has_died_is_neither_called_nor_written_to() -> None:
    """The message that was asked for before is not sent any more; a member of the household is another person."""
    log, records = good()
    records[0]["disposition"] = "deceased"
    wrote = [*log[:7], text_message("網址")]
    assert [each.sid for each in found(log, records)] == ["CA2"]
    assert laws(found(wrote, records[:1])) == {"opt_out_is_final"}
    other = {**record("CA2", 0, day=17), "contact_id": "k2"}
    assert found([*log, text_message("網址", at="2026-11-17T02:10:00+00:00")], [records[0], other]) == []


@pytest.mark.parametrize(
    ("complaint", "following", "kept"), [(True, "person", True), (False, "person", False), (True, "none", False)]
)
@pytest.mark.parametrize("said", ["很抱歉。您的申訴我已經登記，會由專人處理。", "Your complaint is on file, and"])
def test_a_complaint_has_its_case(said: str, complaint: bool, following: str, kept: bool) -> None:
    """Who was told that it is on file was told the truth: the record says so, and a person is next."""
    log, records = good()
    log[5]["text"] = said
    records[0] |= {"complaint": complaint, "next_step": following}
    assert laws(found(log, records)) == (set() if kept else {"one_outcome_a_call"})
    prompts = [path.read_text() for path in (ROOT / "scripts_tts").glob("**/prompts/*.yaml")]
    assert any(said.partition("。")[2][:11] in text for text in prompts)


def test_other_events_are_no_calls() -> None:
    """Refused orders, text messages and second legs need no record."""
    log, records = good()
    common = {"at": log[0]["at"], "from": "+886255550100", "to": NUMBER}
    log += [
        {**common, "event": "refused", "sid": None, "direction": "outbound-api"},
        text_message("您好", at=log[-1]["at"]),
        {**common, "event": "transferred", "sid": "CA8", "direction": "outbound-dial"},
    ]
    assert found(log, records) == []


def came_in(
    sid: str, number: str = NUMBER, *, day: int = 18, hour: int = 15, said: str = "您好"
) -> list[dict[str, Any]]:
    """A call that somebody made to us at night: it never rings."""
    return [
        {**event, "direction": "inbound", "from": number, "to": "+886255550100"}
        for event in call(sid, 0, day=day, hour=15)
        if event["event"] != "ringing"
    ]


def test_a_call_that_came_in_needs_its_record_and_no_hours() -> None:
    """Who rings us at night breaks nothing; without a record its outcome is lost; it is no attempt either."""
    log, records = good()
    log += [event for n in range(3) for event in came_in(f"CI{n}", day=18 + n)]
    assert {each.sid for each in found(log, records)} == {"CI0", "CI1", "CI2"}
    assert found(log, [*records, *(record(f"CI{n}", 0, day=18 + n, hour=15) for n in range(3))]) == []


def test_a_stranger_who_rings_hears_nothing_of_any_policy() -> None:
    """At a number that belongs to nobody no digits prove anything."""
    log = came_in("CI1", "+886940009999")
    unknown = {**record("CI1", 0), "contact_id": None, "policy_nos": []}
    assert laws(found(log, [unknown])) == {"nothing_personal_before_verification"}


def test_who_rings_in_is_not_named_before_the_proof() -> None:
    """A call of ours asks for somebody; a number can be shown by anybody, so who rings in hears no name."""
    log, records = good()
    for event in (*log, *(mine := came_in("CI1"))):
        if event["event"] == "said" and event["text"] == "您好":
            event["text"] = "請問您是王試明本人嗎"
    (violation,) = found([*log, *mine], [*records, record("CI1", 0, day=18, hour=15)])
    assert (violation.law, violation.sid) == ("nothing_personal_before_verification", "CI1")


@pytest.mark.parametrize(
    "said", ["好的，我們不會再用自動語音打電話給您。", "All right. We will not call you with an automated voice again."]
)
def test_what_was_spoken_counts_though_no_record_says_so(said: str) -> None:
    """Who was told that no robot calls any more is not called again, whatever the records tell."""
    log, records = good()
    log[5]["text"] = said
    (violation,) = found(log, records)
    assert (violation.law, violation.sid) == ("opt_out_is_final", "CA2")
    prompts = [path.read_text() for path in (ROOT / "scripts_tts").glob("**/prompts/*.yaml")]
    assert sum(said in text for text in prompts) == 1


def test_a_contact_under_two_names_is_one_person() -> None:
    """The cap counts calls to a policyholder, also where the records name another contact each time."""
    log = [event for day in range(16, 20) for event in call(f"CA{day}", 0, day=day)]
    records = [{**record(f"CA{day}", 0, day=day), "contact_id": f"k{day}"} for day in range(16, 20)]
    (violation,) = found(log, records)
    assert (violation.law, violation.sid) == ("attempt_cap", "CA19")


def test_nobody_is_rung_who_is_talking_to_us() -> None:
    """A call is ordered to a number whose owner rang in and is in conversation; a short goodbye is none."""
    log, records = good()
    mine = came_in("CI1")
    ordered_meanwhile = [
        {**each, "at": each["at"].replace("T15:00", "T15:01")} for each in call("CA3", 0, day=18, hour=15)
    ]
    told = {**record("CI1", 0, day=18, hour=15), "script": "missed_call_return"}
    late = record("CA3", 0, day=18, hour=15)
    assert "one_live_call_a_number" in laws(found([*log, *mine, *ordered_meanwhile], [*records, told, late]))
    assert "one_live_call_a_number" not in laws(
        found([*log, *mine, *ordered_meanwhile], [*records, {**told, "script": None}, late])
    )


@pytest.mark.parametrize(
    ("left_out", "result"), [({"answered", "said", "keyed"}, "human"), (set(), "no_answer"), (set(), "failed")]
)
def test_a_record_that_contradicts_the_call_is_no_outcome(left_out: set[str], result: str) -> None:
    """Nobody answered, and the record tells of a person; or somebody pressed keys, and it tells of none."""
    log, records = good()
    log = [each for each in log if each["sid"] != "CA2" or each["event"] not in left_out]
    (violation,) = found(log, [records[0], {**records[1], "connect_result": result}])
    assert (violation.law, violation.sid) == ("one_outcome_a_call", "CA2")


def test_who_proved_himself_does_not_open_anothers_policy() -> None:
    """Two people of one number: the birthday of one opens his own product, not the other's."""
    one = policy()
    holder = replace(one.holder, customer_id="C2", birth_date=date(1985, 3, 1))
    other = replace(one, policy_no="L1150000002", product_name="平安傷害保險", holder=holder)
    log, records = good()
    assert judge(log, records, [one, other], HOURS, max_attempts=3) == []
    log[5]["text"] = "您的平安傷害保險"
    assert laws(judge(log, records, [one, other], HOURS, max_attempts=3)) == {"nothing_personal_before_verification"}


@pytest.mark.parametrize(
    ("order", "broken"),
    [
        (StopOrder(TWO - timedelta(seconds=11)), True),
        (StopOrder(TWO - timedelta(seconds=10)), False),
        (StopOrder(TWO - timedelta(hours=3), TWO), False),
        (StopOrder(TWO - timedelta(hours=3), TWO + timedelta(seconds=1)), True),
        (StopOrder(TWO - timedelta(hours=3), campaign="another"), False),
        (StopOrder(TWO - timedelta(hours=3), campaign="welcome-tw"), True),
    ],
)
def test_a_stop_order_holds_after_ten_seconds(order: StopOrder, broken: bool) -> None:
    """Until it is lifted, for the campaign that it names or for all; what rang before goes on."""
    stops = Instructions(stops=(order,))
    violations = found(call("CA1", 0), [{**record("CA1", 0), "campaign": "welcome-tw"}], stops)
    assert laws(violations) == ({"stop_order_holds"} if broken else set())


def test_a_call_without_a_record_counts_under_every_stop_order() -> None:
    """Where no campaign is known, a stop of any campaign forbids the ring."""
    stops = Instructions(stops=(StopOrder(TWO - timedelta(hours=1), campaign="welcome-tw"),))
    assert laws(found(call("CA1", 0), [], stops)) == {"stop_order_holds", "one_outcome_a_call"}


def test_a_refusal_from_elsewhere_is_final_and_a_closed_area_is_out_of_hours() -> None:
    """Ten seconds after either nothing rings; a moment before it may."""
    for before, broken in ((timedelta(minutes=5), True), (timedelta(seconds=5), False)):
        refused = Instructions(refusals=(Refusal(TWO - before, number=NUMBER),))
        closed = Instructions(closures=(Closure("TW-TPE", TWO - before, TWO + before),))
        log, records = call("CA1", 0), [record("CA1", 0)]
        assert laws(found(log, records, refused)) == ({"opt_out_is_final"} if broken else set())
        assert laws(found(log, records, closed)) == ({"inside_lawful_hours"} if broken else set())


def test_the_second_delivery_gets_the_first_answer() -> None:
    """Other bytes for the same request are a breach; an error is no answer, and another request is another one."""
    log, records = good()

    def webhook(minute: int, request: str, answer: str, status: int = 200) -> dict[str, Any]:
        at = f"2026-11-16T02:{minute:02}:00+00:00"
        return {**log[0], "at": at, "event": "webhook_sent", "request": request, "answer": answer,
                "http_status": status}  # fmt: skip

    lawful = [webhook(0, "q1", "e0", 503), webhook(0, "q1", "a1"), webhook(1, "q1", "a1"), webhook(1, "q2", "a2")]
    assert found([*log, *lawful], records) == []
    (violation,) = found([*log, *lawful, webhook(1, "q2", "a3")], records)
    assert (violation.law, violation.sid, violation.at) == ("one_answer_a_turn", "CA1", "2026-11-16T02:01:00+00:00")


def test_a_call_beyond_the_cap_is_seen_without_its_record() -> None:
    """A lost record does not hide an attempt: the number's other records say whose it was."""
    log, records = good()
    for day in (18, 19):
        log += call(f"CA{day}", 0, day=day)
        records.append(record(f"CA{day}", 0, day=day))
    records.pop()
    assert laws(found(log, records)) == {"attempt_cap", "one_outcome_a_call"}


def test_a_wish_to_be_called_allows_one_call_more() -> None:
    """Three attempts and one that was asked for; a second wish adds nothing."""
    log, records = good()
    for day in (18, 19, 20):
        log += call(f"CA{day}", 0, day=day)
        records.append(record(f"CA{day}", 0, day=day))
    for each in records[:2]:
        each["callback"] = {"window": "2026-11-25T02:00:00+00:00/2026-11-25T03:00:00+00:00", "reason": "later"}
    assert [each.sid for each in found(log, records)] == ["CA20"]


def test_a_violation_names_no_person_and_no_number() -> None:
    """What is printed is law, call, instant and what was expected."""
    log, records = good()
    log[3]["text"] = "您的安心終身壽險"
    (violation,) = found(log, records)
    assert str(violation).startswith("nothing_personal_before_verification: CA1 at 2026-11-16T02:01:00")
    assert NUMBER not in str(violation)
    assert "王試明" not in str(violation)


def test_only_the_first_violations_of_a_law_are_named_one_by_one() -> None:
    """Ten of each law are enough to look at."""
    many = [Violation(law, f"CA{n}", "") for law in ("attempt_cap", "opt_out_is_final") for n in range(12)]
    assert [each.sid for each in first_ones(many, 2)] == ["CA0", "CA1", "CA0", "CA1"]


def write(folder: Path, log: list[dict[str, Any]], records: list[dict[str, Any]], rest: str = "") -> tuple[Path, ...]:
    """Write the three files of a case."""
    names = {"log.jsonl": log, "records.jsonl": records}
    for name, items in names.items():
        folder.joinpath(name).write_text("".join(json.dumps(each) + "\n" for each in items) + rest, "utf-8")
    folder.joinpath("policies.csv").write_text(
        "policy_no,product_name,issued_on,customer_id,full_name,birth_date,phone,region\n"
        f"L1150000001,安心終身壽險,2026-11-12,C1,王試明,1980-05-28,{NUMBER},TW-TPE\n",
        "utf-8",
    )
    return folder / "log.jsonl", folder / "records.jsonl", folder / "policies.csv"


def test_files_alone_are_enough(tmp_path: Path) -> None:
    """Log, records, policies and rules: nothing else of a run is needed. Half a line at the end is left out."""
    log, records = good()
    assert judge_files(*write(tmp_path, log, records, '{"at": "2026'), rules=RULES, max_attempts=3) == []
    found_in_files = judge_files(*write(tmp_path, log, records[:1]), rules=RULES, max_attempts=1)
    assert laws(found_in_files) == {"attempt_cap", "one_outcome_a_call"}


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """File and line stand in the message."""
    paths = write(tmp_path, *good())
    lines = paths[0].read_text("utf-8").splitlines()
    paths[0].write_text("\n".join(["no json", *lines]), "utf-8")
    with pytest.raises(InputProblemError, match=r"log\.jsonl, line 1: no JSON"):
        judge_files(*paths, rules=RULES, max_attempts=3)


def test_an_empty_run_breaks_nothing(tmp_path: Path) -> None:
    """Nobody was called."""
    assert judge_files(*write(tmp_path, [], []), rules=RULES, max_attempts=3) == []
