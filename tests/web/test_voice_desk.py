"""The voice desk: signed webhooks in, documents out, and nothing changed by anybody else."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import inbox, metadata, script_versions, suppressions
from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.cli.serving.logs import JsonLines
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.problems import TryAgainError
from outbound.usecases.scheduling.may_call import Rules
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import BODY_LIMIT, WebRequest, WebResponse, heard_of, route_of, status_of
from tests.conftest import ManualClock
from tests.usecases.builders import attempt_now, rows
from tests.usecases.voice_room import BASE, OTHER_SID, SID, FakeCarrier, Line, make_context, ring
from tests.values import replace

TOKEN = "an invented token"
SPOKEN = "我要申訴，鄰居的狗叫整晚"


@dataclass
class Caller:
    """The carrier in a test: signs and posts."""

    desk: VoiceDesk
    line: Line
    base: str = BASE
    signed_with: str = TOKEN

    def post(self, below: str, parameters: Mapping[str, str] | None = None, **changes: Any) -> WebResponse:
        """Post to a path below this call's token, with the SDK's own signature."""
        target = f"/voice/{changes.pop('token', self.line.attempt.token)}/{below}"
        form = {"CallSid": SID, "AccountSid": f"AC{'0' * 32}", "ToCity": "", **(parameters or {})}
        url = self.base + changes.pop("signed_path", target)
        signature = RequestValidator(self.signed_with).compute_signature(url, form)
        headers = {"x-twilio-signature": signature, "host": "attacker.example", "x-forwarded-host": "attacker.example"}
        request = WebRequest("POST", changes.pop("path", target), headers, urlencode(form).encode())
        return self.desk.handle(replace(request, **changes))


def make_caller(store: SqlStore, **options: Any) -> Caller:
    """A desk with a ringing call, and its carrier."""
    context = options.pop("context", None) or make_context()
    carrier = options.pop("carrier", None) or FakeCarrier()
    used = options.pop("used_store", None) or store
    desk = VoiceDesk(
        store=used, context=context, carrier=carrier, clock=ManualClock(), is_genuine=TwilioSignature(TOKEN)
    )
    return Caller(desk, ring(store, context=context, **options), context.addresses.base)


def dump(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """The whole database as it is stored."""
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY 1, 2")]  # noqa: S608
            for table in metadata.sorted_tables
        }


class TestDesk:
    """Tests that take `store` hold for SQLite and PostgreSQL alike; in the others SQL is not in question."""

    def test_rules_count_as_they_stand_at_each_turn(self, sqlite_store: SqlStore) -> None:
        """The rules are asked for anew; under none that can be read the call begins all the same and offers no time."""
        context, asked = make_context(), []

        def without_packs() -> Rules:
            asked.append(True)
            return replace(context.rules, rulebook=Rulebook({}, {}))

        caller = make_caller(sqlite_store, context=context)
        caller.desk = VoiceDesk(
            store=sqlite_store, context=context, carrier=FakeCarrier(), clock=ManualClock(),
            is_genuine=TwilioSignature(TOKEN), rules=without_packs,
        )  # fmt: skip
        caller.post("status", {"CallStatus": "in-progress", "SequenceNumber": "2"})
        assert (caller.post("turn/0").status, len(asked)) == (200, 1)
        assert (caller.post("turn/1", {"Digits": "2"}).status, len(asked)) == (200, 2)

    def test_a_call_from_ring_to_record(self, store: SqlStore) -> None:
        """A call that is answered, heard out and completed ends as a welcome, with one record on its way."""
        caller = make_caller(store)
        assert caller.post("status", {"CallStatus": "in-progress", "SequenceNumber": "2"}).status == 204
        first = caller.post("turn/0")
        assert (first.status, first.content_type) == (200, "text/xml; charset=utf-8")
        for turn, keys in enumerate(["1", "1", "0528", "1", "2", "2", "2", "7", "2"], start=1):
            assert caller.post(f"turn/{turn}", {"Digits": keys}).status == 200
        done = {
            "CallStatus": "completed",
            "SequenceNumber": "3",
            "CallDuration": "95",
            "SipResponseCode": "200",
            "Timestamp": "Mon, 16 Nov 2026 02:01:35 +0000",
        }
        assert [caller.post("status", done).status for _ in range(2)] == [204, 204]
        attempt = attempt_now(store, caller.line.attempt.id)
        assert (attempt.status, attempt.connect_result, attempt.disposition) == ("ended", "human", "welcomed")
        assert attempt.record_id is not None

    def test_a_bad_signature_changes_nothing(self, store: SqlStore) -> None:
        """Whatever is posted without the right signature is refused with 403 and leaves the database as it was."""
        caller = make_caller(store)
        caller.post("turn/0")
        before = dump(store)
        forger = replace(caller, signed_with="another token")
        for path, form in (
            ("turn/1", {"Digits": "1"}),
            ("status", {"CallStatus": "completed", "SequenceNumber": "1"}),
            ("amd", {"AnsweredBy": "machine_end_beep"}),
        ):
            assert forger.post(path, form).status == 403
            assert caller.post(path, form, headers={}).status == 403
        assert caller.post("turn/1", {"Digits": "1"}, body=b"CallSid=" + SID.encode() + b"&Digits=2").status == 403
        assert caller.post("turn/1", signed_path=f"/voice/{caller.line.attempt.token}/turn/2").status == 403
        assert dump(store) == before

    def test_an_unknown_call_is_not_found(self, sqlite_store: SqlStore) -> None:
        """A webhook for a call that is none of ours is answered with 404, and nothing changes."""
        caller = make_caller(sqlite_store)
        before = dump(sqlite_store)
        for path, form in (
            ("turn/0", {}),
            ("turn/3", {"Digits": "1"}),
            ("status", {"CallStatus": "completed", "SequenceNumber": "1"}),
            ("amd", {"AnsweredBy": "machine_end_beep"}),
        ):
            assert caller.post(path, form, token="f" * 32).status == 404
        assert dump(sqlite_store) == before

    def test_the_same_webhook_again_gets_the_same_bytes(self, sqlite_store: SqlStore) -> None:
        """A doubled or replayed turn is answered with the very same bytes and changes nothing."""
        caller = make_caller(sqlite_store)
        caller.post("turn/0")
        first = caller.post("turn/1", {"Digits": "1"})
        before = dump(sqlite_store)
        assert caller.post("turn/1", {"Digits": "1"}) == first
        assert caller.post("turn/1", {"Digits": "2"}) == first
        assert dump(sqlite_store) == before

    def test_words_are_kept_nowhere_when_recording_was_refused(self, sqlite_store: SqlStore) -> None:
        """After a refusal no opened column of any table, and no record, holds what was said."""
        caller = make_caller(sqlite_store)
        caller.post("turn/0")
        for turn, keys in enumerate(["2", "1", "0528"], start=1):
            caller.post(f"turn/{turn}", {"Digits": keys})
        caller.post("turn/4", {"SpeechResult": SPOKEN, "Confidence": "0.9"})
        caller.post("status", {"CallStatus": "completed", "SequenceNumber": "3"})
        for table in metadata.sorted_tables:
            assert SPOKEN[5:] not in f"{[tuple(row) for row in rows(sqlite_store, table.select())]}"
        assert [row.kind for row in rows(sqlite_store, inbox.select())] == ["complaint"]

    def test_words_are_kept_where_recording_was_agreed_to(self, sqlite_store: SqlStore) -> None:
        """After an agreement the same words stand in the transcript and in the inbox."""
        caller = make_caller(sqlite_store)
        caller.post("turn/0")
        for turn, keys in enumerate(["1", "1", "0528"], start=1):
            caller.post(f"turn/{turn}", {"Digits": keys})
        caller.post("turn/4", {"SpeechResult": SPOKEN, "Confidence": "0.9"})
        assert [row.heard for row in caller.line.turns()][4] == SPOKEN
        assert [row.note for row in rows(sqlite_store, inbox.select())] == [SPOKEN]

    def test_a_second_call_is_hung_up_before_it_is_answered(self, sqlite_store: SqlStore) -> None:
        """A second call that rings for the same attempt is hung up at the carrier; an attempt stays with its own."""
        carrier = FakeCarrier()
        caller = make_caller(sqlite_store, carrier=carrier)
        caller.post("turn/0")
        answer = caller.post("status", {"CallSid": OTHER_SID, "CallStatus": "ringing", "SequenceNumber": "1"})
        assert answer.status == 204
        assert carrier.hung_up == [OTHER_SID]
        assert attempt_now(sqlite_store, caller.line.attempt.id).sid == SID

    def test_a_machine_is_left_a_message(self, sqlite_store: SqlStore) -> None:
        """The verdict redirects the call to the next turn, and that turn speaks the message."""
        carrier = FakeCarrier()
        caller = make_caller(sqlite_store, carrier=carrier)
        caller.post("turn/0")
        assert caller.post("amd", {"AnsweredBy": "machine_end_beep"}).status == 204
        ((_sid, url),) = carrier.redirected
        assert url == f"{BASE}/voice/{caller.line.attempt.token}/turn/1"
        assert b"<Hangup" in caller.post("turn/1").body
        caller.post("status", {"CallStatus": "completed", "SequenceNumber": "3"})
        assert attempt_now(sqlite_store, caller.line.attempt.id).disposition == "voicemail_left"


def test_a_base_with_a_path_is_signed_whole(sqlite_store: SqlStore) -> None:
    """Below a public address with a path, the whole of it is signed, whether a proxy takes the path away or not."""
    base = "https://voice.example.test/outbound"
    caller = make_caller(sqlite_store, context=make_context(addresses=VoiceAddresses(base)))
    stripped = f"/voice/{caller.line.attempt.token}/turn/0"
    assert caller.post("turn/0").status == 200
    assert caller.post("turn/0", path="/outbound" + stripped).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/voice", "/voice/abc", "/voice/a/turn/x", "/voice/a/turn/00001", "/voice/a%2e/amd"]
)
def test_other_paths_are_not_found(sqlite_store: SqlStore, path: str) -> None:
    """A path that is none of ours is not found."""
    assert make_caller(sqlite_store).post("turn/0", path=path).status == 404


def test_what_no_carrier_sends_is_refused(sqlite_store: SqlStore) -> None:
    """Another method, an oversized body, no form, or no sid: refused without looking further."""
    caller = make_caller(sqlite_store)
    assert caller.post("turn/0", method="GET").status == 405
    assert caller.post("turn/0", body=b"x" * (BODY_LIMIT + 1)).status == 413
    assert caller.post("turn/0", body="ä=1".encode()).status == 400
    assert caller.post("turn/0", {"CallSid": "'; DROP TABLE"}).status == 400
    assert caller.post("status", {"CallSid": ""}).status == 400
    assert attempt_now(sqlite_store, caller.line.attempt.id).turn == 0


def test_logs_name_no_token_number_or_word(sqlite_store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """What is logged holds the first characters of the token and codes, nothing that a person said or is."""
    caplog.set_level(logging.DEBUG, logger="outbound")
    caller = make_caller(sqlite_store)
    caller.post("turn/0", {"To": "+886900000001"})
    caller.post("turn/1", {"SpeechResult": SPOKEN, "To": "+886900000001"})
    replace(caller, signed_with="x").post("turn/2", {"SpeechResult": SPOKEN})
    caller.post("turn/9", {"SpeechResult": SPOKEN})
    text = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert caller.line.attempt.token[:8] in text
    for secret in (caller.line.attempt.token, "900000001", "鄰居", "王試明", SID, TOKEN):
        assert secret not in text


class Broken:
    """A store that fails as long as `error` is set."""

    def __init__(self, store: SqlStore, error: Exception | None = None) -> None:
        self._store = store
        self.error = error

    def begin(self) -> Any:
        """Fail, or open a transaction."""
        if self.error is not None:
            raise self.error
        return self._store.begin()


class Undone:
    """A store that undoes the first transactions, at their end, as a database does that breaks a deadlock."""

    def __init__(self, store: SqlStore, times: int) -> None:
        self._store = store
        self.times = times

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Open a transaction whose commit may fail."""
        with self._store.begin() as work:
            if self.times > 0:
                self.times -= 1
                work.commit = self._undo
            yield work

    @staticmethod
    def _undo() -> None:
        raise TryAgainError("undone")


class TestFailure:
    """When something breaks, a person is on the line."""

    def test_what_the_database_undid_is_done_once_more(self, sqlite_store: SqlStore) -> None:
        """A turn or a status that lost against another transaction is carried out again: no opt-out is lost."""
        undone = Undone(sqlite_store, times=0)
        caller = make_caller(sqlite_store, used_store=undone)
        caller.post("turn/0")
        for turn, form in enumerate(({"Digits": "1"}, {"SpeechResult": "不要再打來"}, {"Digits": "1"}), 1):
            undone.times = 1
            assert caller.post(f"turn/{turn}", form).status == 200
        assert caller.line.inbox() == []
        (row,) = [row for row in rows(sqlite_store, suppressions.select()) if row.contact_id]
        assert row.contact_id == caller.line.attempt.contact_id
        undone.times = 1
        assert caller.post("status", {"CallStatus": "completed", "SequenceNumber": "3"}).status == 204
        assert attempt_now(sqlite_store, caller.line.attempt.id).disposition == "opted_out"

    def test_what_the_database_undoes_again_is_apologised_for(self, sqlite_store: SqlStore) -> None:
        """Two undone transactions are a failure like any other: an apology, or a status to be sent again."""
        undone = Undone(sqlite_store, times=0)
        caller = make_caller(sqlite_store, used_store=undone)
        caller.post("turn/0")
        undone.times = 2
        assert "專人" in caller.post("turn/1", {"Digits": "1"}).body.decode()
        undone.times = 2
        assert caller.post("status", {"CallStatus": "ringing", "SequenceNumber": "0"}).status == 503

    def test_a_database_that_is_away_is_apologised_for_and_remembered(
        self, sqlite_store: SqlStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The caller hears an apology and a promise, which stands in the inbox as soon as the database is back."""
        broken = Broken(sqlite_store)
        caller = make_caller(sqlite_store, used_store=broken)
        caller.post("turn/0")
        broken.error = DatabaseUnreachableError("the database does not answer")
        answer = caller.post("turn/1", {"Digits": "1"})
        assert answer.status == 200
        assert "專人" in answer.body.decode()
        assert b"<Hangup" in answer.body
        assert caller.post("status", {"CallStatus": "ringing", "SequenceNumber": "0"}).status == 503
        assert caller.desk.settle_owed() == 1
        broken.error = None
        assert caller.desk.settle_owed() == 0
        ((kind, note, _status),) = caller.line.inbox()
        assert kind == "apology"
        assert note is not None
        assert note.startswith("DatabaseUnreachableError")
        assert caller.post("turn/1", {"Digits": "1"}).body == answer.body
        assert "does not answer" not in caplog.text

    def test_a_turn_that_breaks_is_apologised_for_at_once(self, sqlite_store: SqlStore) -> None:
        """An unexpected error in a turn is an apology on record, and the robot leaves the contact to a person."""
        context = make_context()
        caller = make_caller(sqlite_store, context=context)
        caller.post("turn/0")
        with sqlite_store.engine.begin() as connection:
            connection.execute(script_versions.delete())
        mute = replace(context, scripts=FixedScripts({}))
        broken = make_caller(sqlite_store, context=mute, numbers=("+886900000002",), columns={})
        caller.desk = broken.desk
        answer = caller.post("turn/1", {"Digits": "1"})
        assert "專人" in answer.body.decode()
        assert [kind for kind, _note, _status in caller.line.inbox()] == ["apology"]
        assert caller.post("turn/1", {"Digits": "1"}).body == answer.body
        caller.post("status", {"CallStatus": "completed", "SequenceNumber": "3"})
        assert attempt_now(sqlite_store, caller.line.attempt.id).disposition == "person_requested"

    def test_a_broken_status_is_asked_for_again(self, sqlite_store: SqlStore) -> None:
        """A status that fails is answered with 500, so that the carrier sends it again."""
        broken = Broken(sqlite_store, RuntimeError("with a name in it: 王試明"))
        caller = make_caller(sqlite_store, used_store=broken)
        assert caller.post("status", {"CallStatus": "ringing", "SequenceNumber": "0"}).status == 500

    def test_a_carrier_that_is_away_does_not_matter(self, sqlite_store: SqlStore) -> None:
        """A stray call that cannot be hung up now is answered all the same."""
        caller = make_caller(sqlite_store, carrier=FakeCarrier(away=True))
        caller.post("turn/0")
        form = {"CallSid": OTHER_SID, "CallStatus": "ringing", "SequenceNumber": "1"}
        assert caller.post("status", form).status == 204


def test_parameters_mean_what_the_carrier_says() -> None:
    """Keys beat words, a transfer's end beats both, and what cannot be read is left out rather than lost."""
    assert f"{heard_of({'Digits': '1', 'SpeechResult': '好'})}" == "Keyed(digits='1')"
    assert f"{heard_of({'SpeechResult': '好', 'Confidence': '0.5'})}" == "Spoken(text='好', confidence=0.5)"
    assert f"{heard_of({'SpeechResult': '好', 'Confidence': 'nan'})}" == "Spoken(text='好', confidence=None)"
    assert f"{heard_of({'SpeechResult': '好', 'Confidence': 'high'})}" == "Spoken(text='好', confidence=None)"
    assert f"{heard_of({'Digits': '', 'SpeechResult': ' '})}" == "Silence()"
    assert f"{heard_of({'DialCallStatus': 'completed', 'Digits': '1'})}" == "TransferEnded(ok=True)"
    assert f"{heard_of({'DialCallStatus': 'no-answer'})}" == "TransferEnded(ok=False)"
    assert f"{heard_of({'DialCallStatus': 'completed', 'DialBridged': 'true'})}" == "TransferEnded(ok=True)"
    assert f"{heard_of({'DialCallStatus': 'completed', 'DialBridged': 'false'})}" == "TransferEnded(ok=False)"
    status = status_of({"CallSid": SID, "CallStatus": "completed", "SequenceNumber": "x", "Timestamp": "yesterday"})
    assert (status.sequence, status.at, status.duration_seconds) == (None, None, None)
    assert route_of("/voice/abc/turn/12") is not None
