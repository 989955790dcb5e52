"""What is planted in a campaign is looked for everywhere afterwards: in whatever leaves the sealed columns."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
from installation import MONDAY, ShiftedClock, free_port, make_home, open_at, rows, wait_for
from secrets_room import (
    DIGITS,
    HOLDERS,
    WORDS,
    Found,
    all_over,
    answered,
    into_window,
    personal,
    policies_file,
    take_in,
    troubled_exchange,
    whole_web,
)
from twilio.request_validator import RequestValidator
from typer.testing import CliRunner

from flows.deployments import TIMETABLE
from outbound.adapters.sql.database.columns import Sealed
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, contacts, metadata
from outbound.bootstrap import House
from outbound.cli import app
from outbound.cli.serving.logs import JsonLines
from outbound.usecases.desk.withdraw_consent import withdraw_words
from outbound.usecases.ports.carrier import CarrierAwayError
from outbound.work import Work

pytestmark = pytest.mark.slow

FAULTS = {"webhook_doubled": 0.3, "webhook_reordered": 0.3, "webhook_delayed": 0.1, "create_500_made": 0.5}

MAY_NAME = {
    "inbox list": {"name", "phone", "words"},
    "faq unanswered list": {"words"},
    "script conversations": {"words"},
    "requests to the carrier": {"phone"},
}
"""Where personal data may stand, and which, as docs/operations.md says; the carrier's list is searched by number."""


class Logged(logging.Handler):
    """Every line as `outbound serve` would write it, and as it was before its texts were left out."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.name.startswith(("outbound", "flows")) or record.levelno >= logging.WARNING:
            self.lines.append(JsonLines().format(record))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Found]:
    """A campaign with faults, lived through; what it left behind, by where it was found."""
    folder = tmp_path_factory.mktemp("secrets")
    clock, logged, asked = ShiftedClock(MONDAY), Logged(), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTBOUND_HOME", str(make_home(folder / "home")))
        send = requests.Session.send

        def noting(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
            asked.append(str(request.url))
            return send(session, request, **more)

        patch.setattr(requests.Session, "send", noting)
        logging.getLogger().addHandler(logged)
        for name in ("outbound", "flows"):
            patch.setattr(logging.getLogger(name), "level", logging.DEBUG)
        house = open_at(f"sqlite:///{folder}/outbound.db", free_port(), keyring, clock)
        patch.setattr("outbound.bootstrap.open_house", lambda *_a, **_k: house)
        lived = Found(folder, house)
        try:
            live_through(lived, clock, patch)
        finally:
            logging.getLogger().removeHandler(logged)
            lived.texts["log"] = "\n".join(logged.lines)
            lived.texts["requests to the carrier"] = "\n".join(asked)
        yield lived
        house.store.engine.dispose()


def live_through(found: Found, clock: ShiftedClock, patch: pytest.MonkeyPatch) -> None:
    """Take in, plan, call with faults, file, forget, and ask every command and address."""
    house = found.house
    take_in(house, policies_file(found.folder))
    work = Work(house)
    reports: list[object] = [work.plan()]
    into_window(house, clock)
    with troubled_exchange(house, FAULTS) as events, whole_web(house) as paths:
        for _ in range(8):
            reports.append(work.place())
            wait_for(lambda: all_over(house))
            clock.move_to(clock.now() + timedelta(minutes=3))
            reports += [work.settle(), work.file()]
        break_down(found, patch)
        base = house.settings.public_url
        for path in ("/metrics", "/readyz", "/healthz", "/voice/nothing", "/nowhere"):
            found.texts[f"GET {path}"] = httpx.get(base + path).text
        found.texts["addresses asked for"] = "\n".join(paths.seen)
        found.texts["webhook addresses"] = "\n".join(str(event.get("url")) for event in events)
        found.said = "\n".join(str(event.get("text")) for event in events if event["event"] == "heard")
    with pytest.raises(CarrierAwayError):
        house.carrier.time()
    reports += [work.place(), work.settle()]
    found.texts["reports of the verbs"] = "\n".join(map(repr, reports))
    forget(house)
    ask(found)


def break_down(found: Found, patch: pytest.MonkeyPatch) -> None:
    """Let turns fail whose words are known: no database, a conversation that raises what it heard, a forged one."""
    house, said = found.house, f"{WORDS['kept']}，卡號{DIGITS['card'][0]}"
    token = rows(house, attempts)[0]["token"]
    url, form = f"{house.settings.public_url}/voice/{token}/turn/99", {"CallSid": "CA" + "1" * 32, "SpeechResult": said}
    auth = house.settings.auth_token
    assert auth is not None
    signed = {"X-Twilio-Signature": RequestValidator(auth.get_secret_value()).compute_signature(url, form)}
    answers = [httpx.post(url, data=form, headers={"X-Twilio-Signature": "forged"})]
    with patch.context() as now:

        def fail(*_arguments: object, **_more: object) -> None:
            raise RuntimeError(said)

        now.setattr("outbound.web.voice.desk.take_turn", fail)
        answers.append(httpx.post(url, data=form, headers=signed))
    with closing(sqlite3.connect(found.folder / "outbound.db")) as other:
        other.execute("ALTER TABLE attempts RENAME TO away")
        answers.append(httpx.post(url, data=form, headers=signed))
        other.execute("ALTER TABLE away RENAME TO attempts")
    assert [each.status_code for each in answers] == [403, 200, 200]
    found.texts["answers to turns that failed"] = "\n".join(each.text for each in answers)


def forget(house: House) -> None:
    """Somebody takes consent back at the desk."""
    (person,) = [
        each for each in rows(house, contacts) if each["person"]["full_name"] == HOLDERS["forgotten"].full_name
    ]
    report = withdraw_words(
        house.store, contact_id=person["id"], evidence="letter 2026-11-27", by="lin", identifiers=house.identifiers,
        now=house.clock.now(),
    )  # fmt: skip
    assert (report.added, report.log_is_clear) == (True, True)
    assert report.withdrawal.words


def ask(found: Found) -> None:
    """Run the commands that show something; what they print and write is kept under their name."""
    policy = HOLDERS["kept"].policy_no
    someone = rows(found.house, contacts)[0]["id"]
    for line in (
        "status", "status --json", f"why {someone}", f"why {someone} --json", f"why {policy} --language zh-TW",
        f"consent show {someone}", f"consent show {someone} --json", "inbox list", "inbox list --json",
        "faq unanswered list", "faq unanswered list --json", "policies quarantine", "policies quarantine --json",
        "suppress list", "interviews list", "places list", "areas list", "dead-letters list", "script versions",
        "audit verify", f"audit export --out {found.folder}/receipts.jsonl",
        f"script conversations --out {found.folder}/calls.jsonl",
        "suppress add --number 0900-000-671x --reason a --evidence b", "why 0900000671", "why A142798653",
        f"why {HOLDERS['kept'].full_name}", f"places set {someone} --region 0900000671 --evidence b",
    ):  # fmt: skip
        result = CliRunner().invoke(app, line.split())
        name = " ".join(line.split()[: 2 if line.split()[0] not in {"status", "why", "faq"} else 1])
        name = "faq unanswered list" if name == "faq" else name
        found.texts[f"$ {name}"] = found.texts.get(f"$ {name}", "") + result.output + str(result.exception or "")
    for name, command in (("receipts.jsonl", "audit export"), ("calls.jsonl", "script conversations")):
        found.texts[f"$ {command}"] += (found.folder / name).read_text("utf-8")


def test_the_calls_were_held_and_the_secrets_said(found: Found) -> None:
    """Otherwise nothing would be proved: everybody was talked with, and said card, code, identity number and words."""
    assert answered(found.house) == 3
    for spoken in (*(each[1] for each in DIGITS.values()), *WORDS.values()):
        assert spoken[-6:] in found.said


def test_nothing_that_is_printed_logged_or_asked_for_holds_a_secret(found: Found) -> None:
    """Logs of every level, health, figures, addresses, reports, commands: except what the handbook names."""
    leaks = []
    for where, text in found.texts.items():
        may = MAY_NAME.get(where.removeprefix("$ "), set())
        leaks += [f"{where}: {kind}" for kind, value in personal() if kind not in may and value in text]
    assert leaks == []


def test_words_are_shown_only_of_who_agreed(found: Found) -> None:
    """Also in commands that may show words: neither of who refused, nor of who took it back; digits of nobody."""
    everything = "\n".join(found.texts.values())
    assert WORDS["kept"] in found.texts["$ inbox list"]
    for gone in (WORDS["refused"], WORDS["forgotten"], *(text for each in DIGITS.values() for text in each)):
        assert gone not in everything


def test_open_columns_hold_nothing_personal(found: Found) -> None:
    """Whatever is not sealed could be read by everybody who reads the database: policy numbers alone stand there."""
    leaks = set()
    for table in metadata.tables.values():
        clear = [column.name for column in table.columns if not isinstance(column.type, Sealed)]
        for row in rows(found.house, table):
            text = " ".join(str(row[name]) for name in clear)
            leaks |= {(table.name, kind) for kind, value in personal() if value in text}
    assert leaks == {("policies", "policy"), ("policy_versions", "policy")}


def test_no_column_holds_what_must_not_be_stored(found: Found) -> None:
    """Opened with the key: no card, code or identity number that was said, no word of who refused or took it back."""
    text = "\n".join(str(row) for table in metadata.tables.values() for row in rows(found.house, table))
    assert WORDS["kept"] in text
    for gone in (WORDS["refused"], WORDS["forgotten"], *(each for pair in DIGITS.values() for each in pair)):
        assert gone not in text


def test_the_files_hold_nothing_readable(found: Found) -> None:
    """Neither the database's bytes, its log included, nor any other file below `var`, nor any file's name."""
    database = b"".join(path.read_bytes() for path in found.folder.glob("outbound.db*"))
    leaks = [kind for kind, value in personal() if kind != "policy" and value.encode() in database]
    names = "\n".join(str(path) for path in found.folder.rglob("*"))
    leaks += [f"name of a file: {kind}" for kind, value in personal() if value in names]
    for path in (found.folder / "home" / "var").rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        leaks += [f"{path.name}: {kind}" for kind, value in personal() if value.encode() in held]
    assert leaks == []


def test_flows_are_given_seconds_alone() -> None:
    """What Prefect keeps of a run are its parameters, its result (the reports above) and the kind of an error."""
    given = [each for timing in TIMETABLE.values() for each in timing.parameters.values()]
    assert all(isinstance(each, int) for each in given)
