"""Laws of bookkeeping: every call comes to one outcome, every outcome to one record, every request to one answer."""

from collections import Counter
from collections.abc import Iterator

from outbound.simulation.judge.calls import Call, Event
from outbound.simulation.judge.case import Case, Record
from outbound.simulation.judge.violation import Violation, shown

_LAST_GOOD = 299
_SOMEBODY, _NOBODY = frozenset({"human", "machine"}), frozenset({"busy", "no_answer", "failed", "canceled"})

_ON_FILE = ("您的申訴我已經登記", "Your complaint is on file")
"""What is said to whoever complains, in every language of the scripts."""


def one_outcome_a_call(case: Case) -> Iterator[Violation]:
    """Each call, ordered or come in, has one record; while it lasts none is due. No record names another call.

    Nor does it tell of somebody where nobody answered, or of nobody where somebody pressed keys; and a complaint has
    its case: who was told that it is on file is told the truth, and a person has it.
    """
    told: Counter[str] = Counter(record["call_sid"] for record in case.records if record.get("call_sid"))
    for call in case.calls:
        found = told.pop(call.sid, 0)
        if found > 1 or (found == 0 and call.ended is not None):
            expected = f"one record of this call, there are {found}"
            yield Violation("one_outcome_a_call", call.sid, shown(call.ended or call.created), expected)
        elif found and (contradiction := _contradicted(case.by_sid[call.sid], call)):
            yield Violation("one_outcome_a_call", call.sid, shown(call.ended or call.created), contradiction)
    for sid in told:
        at = case.by_sid[sid].get("ended_at") or ""
        yield Violation("one_outcome_a_call", sid, at, "a record of a call that the exchange knows")


def _contradicted(record: Record, call: Call) -> str | None:
    told, names = record.get("connect_result"), {event.get("event") for event in call.events}
    if told in _SOMEBODY and call.ended is not None and "answered" not in names:
        return "the outcome of a call that nobody answered"
    if told in _NOBODY and "keyed" in names:
        return "the outcome of a call in which somebody pressed keys"
    return _complaint_without_case(record, call)


def _complaint_without_case(record: Record, call: Call) -> str | None:
    said = (str(event.get("text")) for event in call.events if event.get("event") == "said")
    on_file = any(words in text for text in said for words in _ON_FILE)
    if on_file and not record.get("complaint"):
        return "a record of the complaint that was said to be on file"
    if record.get("complaint") and record.get("next_step") != "person":
        return "a person as the next step of a complaint"
    return None


def one_record_an_outcome(case: Case) -> Iterator[Violation]:
    """No record and no attempt is filed twice."""
    for key in ("record_id", "attempt_id"):
        seen: set[str] = set()
        for record in case.records:
            value = record.get(key)
            if value is None:
                continue
            if value in seen:
                sid, at = record.get("call_sid") or value, record.get("ended_at") or ""
                yield Violation("one_record_an_outcome", sid, at, f"one record with this {key}")
            seen.add(value)


def one_answer_a_turn(case: Case) -> Iterator[Violation]:
    """Whenever one request of a call is delivered again, it gets the first answer, byte for byte.

    An answer that is an error (no 2xx) is no document: the carrier carries nothing out, and asks again.

    The law makes no exception, though three accidents together can break it: the process that answered dies, its
    request is delivered once more, and the database is away at that moment. Nothing then knows the first answer, and
    the apology is given. An error instead would be worse: where the first answer was lost with the process, which looks
    the same from here, a person would hear the carrier's own words and be promised nobody. Answers in a journal beside
    the database would close the gap, at the price of names on the disk in a second place.
    """
    for call in case.calls:
        first: dict[str, Event] = {}
        for event in call.events:
            request, answer = event.get("request"), event.get("answer")
            if event.get("event") != "webhook_sent" or request is None or answer is None:
                continue
            if (event.get("http_status") or 0) > _LAST_GOOD:
                continue
            before = first.setdefault(request, event)
            if before["answer"] != answer:
                expected = f"the answer that the same request got at {before['at']}"
                yield Violation("one_answer_a_turn", call.sid, event["at"], expected)
