"""The desk's commands as whole command lines, in process, over a database of their own."""

import base64
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from outbound import cli
from outbound.adapters.clock import RandomIdentifiers
from outbound.adapters.sql.schema import attempts, pacing
from outbound.bootstrap import open_house
from outbound.cli.show import SHORT_ID
from outbound.cli.why.words import REASONS
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role
from tests.conftest import ROOT
from tests.usecases.builders import make_attempt, make_contact

NUMBER = "0940-000-001"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own with keys in the environment."""
    for name in ("config", "scripts_tts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(os.urandom(32)).decode())
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """Run a command line; return exit code, standard output and standard error."""
    monkeypatch.setattr("sys.argv", ["outbound", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.mark.usefixtures("home")
class TestDesk:
    """Status, inbox, suppressions, stop orders, dead letters."""

    def test_empty_states_explain_themselves(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a fresh installation every list says why it is empty and what would fill it."""
        for arguments, part in (
            (("status",), "outbound policies import"),
            (("inbox", "list"), "Nothing waits"),
            (("suppress", "list"), "Nobody is suppressed"),
            (("dead-letters", "list"), "Nothing was given up"),
        ):
            code, out, _ = run(capsys, monkeypatch, *arguments)
            assert (code, part in out) == (0, True)

    def test_status_counts_what_waits_by_kind_and_what_was_done(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Items that wait or were claimed are counted by kind; those that people finished are told beside them."""
        house = open_house()
        now = house.clock.now()
        with house.store.begin() as work:
            for item, kind in (("a", "complaint"), ("b", "complaint"), ("c", "question"), ("d", "question")):
                work.desk.add_item(NewItem(item, InboxKind(kind), "c", None, None, now, now + timedelta(hours=4)))
            work.desk.claim_item("a", "lin", now)
            work.desk.finish_item("d", "lin", None, now)
            work.commit()
        told = run(capsys, monkeypatch, "status")[1]
        assert "Waiting for a person: complaint 2, question 1; overdue: 0; taken care of: 1\n" in told

    def test_a_number_is_suppressed_found_and_lifted(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A typed number is suppressed once, found again in another spelling, and lifted by its identifier."""
        add = ("suppress", "add", "--number", NUMBER, "--reason", "customer_request", "--evidence", "letter")
        assert "Suppressed." in run(capsys, monkeypatch, *add)[1]
        assert "already" in run(capsys, monkeypatch, *add)[1]
        _, out, _ = run(capsys, monkeypatch, "suppress", "list", "--number", "+886 940 000 001", "--json")
        (found,) = json.loads(out)
        assert (found["reason"], found["scope"]) == ("customer_request", "number")
        assert "940" not in out
        lift = ("suppress", "lift", found["id"][:12], "--reason", "consent")
        assert run(capsys, monkeypatch, *lift)[0] == 0
        assert run(capsys, monkeypatch, *lift)[0] == 2

    def test_a_file_of_numbers_goes_on_past_a_bad_line(
        self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Good lines are suppressed, the bad one is named by its line and not repeated, and the exit code says so."""
        file = home / "refused.txt"
        file.write_text("0940000001,letter\nnonsense\n\n+886940000002\n", encoding="utf-8")
        code, out, _ = run(capsys, monkeypatch, "suppress", "import", str(file), "--reason", "list")
        assert code == 1
        assert "Suppressed: 2; already before: 0; not taken: 1." in out
        assert "line 2" in out
        assert "nonsense" not in out

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("suppress", "add", "--reason", "r", "--evidence", "e"), "either --number or --contact"),
            (("suppress", "add", "--number", "12", "--reason", "r", "--evidence", "e"), "not a telephone number"),
            (
                ("suppress", "add", "--number", NUMBER, "--call-class", "fun", "--reason", "r", "--evidence", "e"),
                "'fun' is not one of",
            ),
            (("suppress", "import", "/none", "--reason", "r"), "cannot be read"),
            (("inbox", "list", "--kind", "callbacks"), "'callbacks' is not one of"),
            (("inbox", "claim", "none"), "no such item"),
            (("inbox", "done", "none"), "no such item"),
            (("stop-dialling", "--reason", "r", "--campaign", "none"), "known are welcome-tw"),
            (("stop-dialling", "--reason", " "), "--reason: say why"),
        ],
    )
    def test_a_mistake_is_said_in_one_line(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        arguments: tuple[str, ...],
        part: str,
    ) -> None:
        """Wrong input ends with exit code 2 and one clear line on standard error."""
        code, out, err = run(capsys, monkeypatch, *arguments)
        assert (code, out) == (2, "")
        assert part in err
        assert "Traceback" not in err

    def test_rules_that_cannot_be_read_stand_on_top_of_the_status(
        self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The file is named where operations look first, as text and as JSON; everything else is shown as ever."""
        (home / "config").unlink()
        shutil.copytree(ROOT / "config", home / "config")
        assert json.loads(run(capsys, monkeypatch, "status", "--json")[1])["rules_problem"] is None
        (home / "config" / "compliance" / "signatures.yaml").write_text("signatures: 7\n", encoding="utf-8")
        code, out, _ = run(capsys, monkeypatch, "status")
        assert (code, "NOTHING IS DIALLED" in out.splitlines()[0]) == (0, True)
        assert "config/compliance/signatures.yaml" in out.splitlines()[0]
        assert "signatures" in json.loads(run(capsys, monkeypatch, "status", "--json")[1])["rules_problem"]

    def test_processes_verbs_pace_and_calls_in_doubt_are_shown(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who works and who fell silent, what each verb came to, how fast dialling may go, and what is in doubt."""
        assert "Processes: none is at work" in run(capsys, monkeypatch, "status")[1]
        house = open_house()
        now, before = house.clock.now(), house.clock.now() - timedelta(minutes=5)
        made = make_attempt(house.store, make_contact(house.store))
        with house.store.begin() as work:
            work.heartbeats.beat(Heartbeat("host:7/web", Role.WEB, before, now, 12.4, 40))
            work.heartbeats.beat(Heartbeat("host:8", Role.FLOWS, before, before))
            work.heartbeats.verb_done("plan_calls", "host:8", before)
            work.heartbeats.verb_done("place_calls", "host:8", before, "OSError")
            work.dialling.open_lines(["trunk/main"], now)
            work.commit()
        in_doubt = {"status": "unknown", "cause": "create_timeout", "dial_by": before, "worker": "host:8"}
        with house.store.engine.begin() as connection:
            connection.execute(attempts.update().where(attempts.c.id == made.id).values(in_doubt))
            connection.execute(pacing.update().values(factor=0.5, failures=3))
        told = run(capsys, monkeypatch, "status")[1]
        for part in (
            "Process host:7/web (web): heard of", "answers within 12 ms (40 lately)",
            "Process host:8 (flows): heard of 5 min ago, SILENT",
            "Verb plan_calls: ended well 5 min ago (host:8)",
            "Verb place_calls: has not ended well yet; the last run FAILED with OSError (host:8)",
            "Pace of trunk/main: 50% of its rate, 3 orders in a row without a clear answer, breaker half open",
            "(5 min), create_timeout, reserved by host:8; `outbound settle` asks the carrier",
        ):  # fmt: skip
            assert part in told
        found = json.loads(run(capsys, monkeypatch, "status", "--json")[1])
        assert [each["worker"] for each in found["workers"]] == ["host:7/web", "host:8"]
        assert {each["verb"]: each["problem"] for each in found["verbs"]} == {
            "place_calls": "OSError",
            "plan_calls": None,
        }
        assert found["pace"][0]["factor"] == 0.5
        assert found["unknown_calls"][0]["cause"] == "create_timeout"

    def test_a_stop_order_shows_until_it_is_lifted(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who stopped dialling, and why, stands on top of the status until somebody resumes."""
        run(capsys, monkeypatch, "stop-dialling", "--reason", "drill", "--by", "lin")
        assert "STOPPED: all campaigns, by lin: drill" in run(capsys, monkeypatch, "status")[1]
        (order,) = json.loads(run(capsys, monkeypatch, "status", "--json")[1])["stop_orders"]
        assert (order["by"], order["reason"], bool(order["at"])) == ("lin", "drill", True)
        assert "lifted: 1" in run(capsys, monkeypatch, "resume-dialling")[1]
        assert "STOPPED" not in run(capsys, monkeypatch, "status")[1]
        assert "No such stop order" in run(capsys, monkeypatch, "resume-dialling")[1]
        code, _, err = run(capsys, monkeypatch, "resume-dialling", "--campaign", "nope")
        assert (code, "no campaign nope; known are welcome-tw" in err) == (2, True)

    def test_every_kind_of_the_inbox_is_said_in_both_languages(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An empty list of one kind says where the others are; each kind has words, not a code alone."""
        chinese = run(capsys, monkeypatch, "inbox", "list", "--kind", "callback_due", "--language", "zh-TW")[1]
        assert "目前沒有這一類（callback_due）" in chinese
        assert "Nothing of this kind" in run(capsys, monkeypatch, "inbox", "list", "--kind", "callback_due")[1]
        assert not [kind for kind in InboxKind if kind not in REASONS]

    def test_the_way_back_from_a_campaigns_stop_order_leaves_others_alone(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The command that goes on names the campaign that was stopped: without it all orders would be lifted."""
        run(capsys, monkeypatch, "stop-dialling", "--reason", "drill")
        out = run(capsys, monkeypatch, "stop-dialling", "--reason", "drill", "--campaign", "welcome-tw")[1]
        assert "`outbound resume-dialling --campaign welcome-tw`" in out
        run(capsys, monkeypatch, "resume-dialling", "--campaign", "welcome-tw")
        assert "STOPPED: all campaigns" in run(capsys, monkeypatch, "status")[1]


def test_missing_keys_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without keys nothing is opened, and the message says how to make one."""
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    code, _, err = run(capsys, monkeypatch, "status")
    assert code == 2
    assert "export OUTBOUND_DATA_KEY=" in err


def test_an_unreachable_database_is_exit_code_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """A database that does not answer is a service that is away; its address is not shown."""
    assert home.is_dir()
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", "postgresql+psycopg://user:hidden@127.0.0.1:9/x")
    code, _, err = run(capsys, monkeypatch, "status")
    assert code == 3
    assert "does not answer" in err
    assert "hidden" not in err


def test_what_a_table_shows_of_an_identifier_tells_a_batch_apart() -> None:
    """Identifiers made one after the other differ in the part that tables show and commands take for the whole."""
    identifiers = RandomIdentifiers()
    assert len({identifiers.new()[:SHORT_ID] for _ in range(5_000)}) == 5_000
