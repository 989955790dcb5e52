import pytest
from sqlalchemy import insert, select

from outbound.adapters.files.campaigns import load_campaign
from outbound.adapters.files.messages import MessageTexts, load_messages
from outbound.adapters.sql.schema import outbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.company import Company
from outbound.domain.contact import Contact
from outbound.domain.line.carrier_code import RefusalKind, Silence
from outbound.usecases.ports.carrier import Ambiguous, Placed, Refused
from outbound.usecases.records.send_messages import MessagesReport, send_messages
from tests.conftest import ROOT, ManualClock
from tests.usecases.builders import make_contact, suppress_number

NUMBER = "+886900000001"
Answer = Placed | Refused | Ambiguous


class Sender:
    """A carrier that takes messages; `answers` are given in turn."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, str]] = []

    def send_message(self, to: str, from_: str, body: str) -> Answer:
        """Note the message."""
        self.sent.append((to, from_, body))
        return self.answers.pop(0) if self.answers else Placed("SM1")


@pytest.fixture(scope="module")
def texts() -> MessageTexts:
    """The wordings as shipped."""
    return load_messages(ROOT / "scripts_tts" / "messages")


def write(store: SqlStore, clock: ManualClock, contact: Contact) -> None:
    """Put one message into the outbox."""
    phone = contact.phones[0]
    body = {"template": "second_policy", "language": "zh-TW", "to": phone.e164, "phone_id": phone.id}
    with store.engine.begin() as connection:
        connection.execute(
            insert(outbox).values(
                id="m1", kind="message", company_id="formosa-life", contact_id=contact.id, body=body,
                created_at=clock.now(), status="pending", next_try_at=clock.now(),
            )
        )  # fmt: skip


def run(
    store: SqlStore, sender: Sender, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> MessagesReport:
    """Send what is due."""
    campaign = load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")
    return send_messages(
        store,
        carrier=lambda: sender,  # type: ignore[arg-type,return-value]
        texts=texts,
        companies=companies,
        campaigns={campaign.id: campaign},
        now=clock.now(),
    )


def status(store: SqlStore) -> tuple[str, str | None]:
    """Status and problem of the message."""
    with store.reading() as connection:
        return tuple(connection.execute(select(outbox.c.status, outbox.c.last_problem)).one())


def test_a_message_goes_out_once_from_the_companys_number(
    store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """A due message is sent once, names company and hotline, and says nothing about the policy; its sid is kept."""
    write(store, clock, make_contact(store, numbers=(NUMBER,)))
    sender = Sender()
    assert run(store, sender, texts, companies, clock).sent == 1
    assert run(store, sender, texts, companies, clock).sent == 0
    ((to, from_, body),) = sender.sent
    assert (to, from_) == (NUMBER, companies["formosa-life"].caller_number)
    assert "福爾摩沙人壽" in body
    assert "02 5555 0199" in body
    assert "安心終身壽險" not in body
    assert status(store) == ("delivered", None)
    with store.reading() as connection:
        assert connection.execute(select(outbox.c.sid)).scalar_one() == "SM1"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Ambiguous(Silence.TIMEOUT), ("unknown", "timeout")),
        (Refused(20429, 429, RefusalKind.RATE), ("pending", "rate")),
        (Refused(21211, 400, RefusalKind.NUMBER_UNUSABLE), ("dead", "number_unusable")),
    ],
)
def test_what_may_have_gone_out_is_not_sent_again(
    sqlite_store: SqlStore,
    texts: MessageTexts,
    companies: dict[str, Company],
    clock: ManualClock,
    answer: Answer,
    expected: tuple[str, str],
) -> None:
    """Only a refusal that is certain and passing is tried again; silence is not."""
    write(sqlite_store, clock, make_contact(sqlite_store, numbers=(NUMBER,)))
    sender = Sender(answer)
    run(sqlite_store, sender, texts, companies, clock)
    assert status(sqlite_store) == expected
    clock.advance(hours=2)
    run(sqlite_store, sender, texts, companies, clock)
    assert len(sender.sent) == (2 if expected[0] == "pending" else 1)


def test_a_crash_while_sending_leaves_it_unsent(
    sqlite_store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """A message that was being sent when the process died is not sent again."""

    class Dying(Sender):
        def send_message(self, to: str, from_: str, body: str) -> Answer:
            super().send_message(to, from_, body)
            raise KeyboardInterrupt

    write(sqlite_store, clock, make_contact(sqlite_store, numbers=(NUMBER,)))
    with pytest.raises(KeyboardInterrupt):
        run(sqlite_store, Dying(), texts, companies, clock)
    sender = Sender()
    clock.advance(hours=1)
    assert run(sqlite_store, sender, texts, companies, clock).sent == 0
    assert sender.sent == []


def test_who_refused_meanwhile_gets_no_message(
    store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """A suppression that came after the message was written keeps it from going out."""
    write(store, clock, make_contact(store, numbers=(NUMBER,)))
    suppress_number(store, NUMBER)
    sender = Sender()
    assert run(store, sender, texts, companies, clock).dead == 1
    assert sender.sent == []
    assert status(store) == ("dead", "suppressed")


def test_a_message_that_was_held_up_does_not_go_out_at_night(
    sqlite_store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """Written by day and due by day, but first sent at half past eleven at night: it waits for the morning."""
    write(sqlite_store, clock, make_contact(sqlite_store, numbers=(NUMBER,), time_zone="Asia/Taipei"))
    sender = Sender()
    clock.advance(hours=13.5)
    assert run(sqlite_store, sender, texts, companies, clock).again == 1
    assert sender.sent == []
    clock.advance(hours=10)
    assert run(sqlite_store, sender, texts, companies, clock).sent == 1


def test_who_is_not_to_be_called_is_not_written_to(
    sqlite_store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """A do-not-call mark holds for text messages too."""
    write(sqlite_store, clock, make_contact(sqlite_store, numbers=(NUMBER,), do_not_call=True))
    sender = Sender()
    assert run(sqlite_store, sender, texts, companies, clock).dead == 1
    assert sender.sent == []


def test_where_nobody_knows_what_time_it_is_nothing_is_sent(
    sqlite_store: SqlStore, texts: MessageTexts, companies: dict[str, Company], clock: ManualClock
) -> None:
    """A satellite telephone may be anywhere: it could be the middle of the night there."""
    write(sqlite_store, clock, make_contact(sqlite_store, numbers=("+8821612345678",)))
    sender = Sender()
    assert run(sqlite_store, sender, texts, companies, clock).again == 1
    assert sender.sent == []
