"""Who wants to cancel is not argued with: a person, an instant on record, the way to the form, no more calls."""

from datetime import date, timedelta

import pytest

from outbound.adapters.files.messages import load_messages
from outbound.adapters.sql.schema import inbox, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.domain.company import Company
from outbound.domain.contact import ContactState
from tests.conftest import MONDAY_TEN, ROOT
from tests.usecases.builders import contact_now, rows
from tests.usecases.voice_room import Line, open_to_service, ring


def written(line: Line) -> list[dict[str, str]]:
    """Bodies of the text messages that wait."""
    return [row.body for row in rows(line.store, outbox.select().where(outbox.c.kind == "message"))]


def test_the_wish_is_taken_as_it_is_and_the_robot_rings_no_more(store: SqlStore) -> None:
    """One sentence and goodbye: nobody is talked round, a person has it within four hours, the contact is done."""
    line = ring(store, delivered_on=date(2026, 11, 10))
    open_to_service(line)
    line.now += timedelta(minutes=1)
    answer = line.hear(Spoken("我想要取消保單"))
    assert "我已經登記您提出的時間，會由專人為您辦理" in answer
    assert "<Gather" not in answer
    assert "<Hangup" in answer
    line.hang_up(3)
    (item,) = rows(store, inbox.select())
    assert (item.kind, item.at, item.due_at - item.at) == ("cancellation", line.now, timedelta(hours=4))
    assert item.note == "我想要取消保單"
    contact = contact_now(store, line.attempt.contact_id)
    assert (contact.state, contact.reason, contact.not_before) == (ContactState.DONE, "wants_to_cancel", None)


def test_the_way_to_the_form_is_sent_once_to_the_telephone_that_was_spoken_on(store: SqlStore) -> None:
    """The message is in the language of the call and due at once; it bears no name, no policy and no wish."""
    line = ring(store)
    open_to_service(line)
    line.hear(Spoken("我要解約"))
    line.hang_up(3)
    (body,) = written(line)
    assert (body["template"], body["language"], body["to"]) == ("cancellation_form", "zh-TW", "+886900000001")
    assert set(body) == {"template", "language", "company_id", "contact_id", "phone_id", "to"}
    (letter,) = rows(store, outbox.select().where(outbox.c.kind == "message"))
    assert (letter.status, letter.next_try_at) == ("pending", MONDAY_TEN)


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "1")])
def test_who_was_not_verified_gets_a_person_and_no_message(sqlite_store: SqlStore, keys: tuple[str, ...]) -> None:
    """Whoever may have picked up: the wish waits for a person, and nothing is written to anybody."""
    line = ring(sqlite_store)
    line.hear()
    for key in keys:
        line.hear(Keyed(key))
    line.hear(Spoken("我要解約"))
    assert [kind for kind, _, _ in line.inbox()] == ["cancellation"]
    assert written(line) == []


def test_without_a_number_that_takes_text_a_person_does_it_all(sqlite_store: SqlStore) -> None:
    """A landline gets no message; the item is there."""
    line = ring(sqlite_store, line="landline")
    open_to_service(line)
    line.hear(Spoken("我要解約"))
    assert [kind for kind, _, _ in line.inbox()] == ["cancellation"]
    assert written(line) == []


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
def test_the_message_says_where_and_nothing_else(language: str, companies: dict[str, Company]) -> None:
    """Company, self-service, hotline, and the line that swindlers are reported to; no word of a policy."""
    text = load_messages(ROOT / "scripts_tts" / "messages").render(
        "cancellation_form", language, companies["formosa-life"]
    )
    for part in ("my.formosa-life.example", "5555 0199", "165"):
        assert part in text
    for word in ("取消", "解約", "保單", "cancel", "policy"):
        assert word not in text


def test_who_asks_whether_it_is_a_swindle_hears_how_to_check(sqlite_store: SqlStore) -> None:
    """The answer names who calls, the published line and the anti-fraud line; then the question comes again."""
    line = ring(sqlite_store)
    line.hear()
    answer = line.hear(Spoken("你是詐騙吧"))
    for part in ("福爾摩沙人壽的自動語音電話", "官方網站上的客服電話", "一六五反詐騙專線", "<Gather"):
        assert part in answer
    line.hear(Keyed("8"))
    answer = line.hear(Spoken("is this a scam"))
    for part in ("This is an automated call from", "the number on our website", "one six five", "<Gather"):
        assert part in answer


@pytest.mark.parametrize("said", ["我要解約而且要投訴你們", "我要投訴，而且我要解約"])
def test_who_complains_and_cancels_in_one_breath_has_done_both(store: SqlStore, said: str) -> None:
    """A person has the complaint and the wish, each with its clock; the robot does not call again."""
    line = ring(store)
    open_to_service(line)
    line.hear(Spoken(said))
    line.hang_up(3)
    assert {(kind, note) for kind, note, _ in line.inbox()} == {("complaint", said), ("cancellation", said)}
    (record,) = rows(store, outbox.select().where(outbox.c.kind == "record"))
    assert (record.body["complaint"], record.body["next_step"]) == (True, "person")
    assert [body["template"] for body in written(line)] == ["cancellation_form"]
    assert contact_now(store, line.attempt.contact_id).state is ContactState.DONE
