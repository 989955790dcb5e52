"""Places and areas as whole command lines, in process, over a database of their own."""

import json
from datetime import timedelta

import pytest

from outbound.bootstrap import House
from outbound.domain.contact import ContactState
from tests.cli.conftest import Run
from tests.usecases.builders import contact_now, make_attempt, make_contact


class TestPlaces:
    """Who cannot be placed, and what the customer says."""

    def test_from_held_to_placed_and_back(self, house: House, run: Run) -> None:
        """A contact of no known state is listed with reason and mend, placed by the start of its identifier, shown
        as placed, and cleared again; JSON for other programs holds no name.
        """
        later = house.clock.now() + timedelta(hours=5)
        contact = make_contact(house.store, region="US", reason="place_unknown", not_before=later)
        code, out, _ = run("places", "list", "--language", "en")
        assert (code, contact.full_name in out) == (0, True)
        listed = json.loads(run("places", "list", "--json")[1])
        (entry,) = listed["shown"]
        assert (listed["contacts"], entry["reasons"], entry["postal_code"]) == (1, ["place_unknown"], True)
        assert f"outbound places set {contact.id[:12]}" in entry["mend"]
        assert contact.full_name not in json.dumps(listed, ensure_ascii=False)
        assert "請" in run("places", "list", "--json", "--language", "zh-TW")[1]
        where = ("--region", "us-ny", "--zone", "America/New_York", "--evidence", "call", "--by", "lin")
        code, out, _ = run("places", "set", contact.id, *where)
        assert (code, "Recorded. The next planning" in out) == (0, True)
        placed = contact_now(house.store, contact.id)
        assert (placed.stated[0].region, placed.not_before, placed.state) == ("US-NY", None, ContactState.OPEN)
        assert "the place is known now" in run("places", "list", "--json", "--language", "en")[1]
        clear = ("places", "clear", contact.id[:31], "--evidence", "call", "--by", "lin")
        assert run(*clear)[:2] == (0, "Cleared. The policy's address counts again.\n")
        code, _, err = run(*clear)
        assert (code, "no stated place of this contact" in err) == (2, True)

    def test_the_table_is_readable_in_both_languages(
        self, house: House, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """At 80 columns a contact takes two rows at most, and its mend is one line below the table."""
        monkeypatch.setenv("COLUMNS", "80")
        contact = make_contact(house.store, region="US", reason="place_unknown")
        out = run("places", "list", "--language", "en")[1]
        start = contact.id[:12]
        assert f"{start}: ask which state or county, then: outbound places set {start} --region CODE" in out
        table = out.partition(f"{start}: ")[0]
        assert len(table.splitlines()) <= 6
        chinese = run("places", "list", "--language", "zh-TW")[1]
        assert all(part in chinese for part in ("姓名", "期限", f"{start}: 問明客戶在哪個州或縣市"))
        assert "name" not in chinese

    def test_a_policy_number_and_a_county_by_name(self, house: House, run: Run) -> None:
        """The contact may be named by its policy, the place by its Chinese name, and the answer is Chinese."""
        contact = make_contact(house.store, policy_nos=("L1150000267",))
        where = ("--region", "花蓮縣", "--evidence", "call", "--language", "zh-TW")
        assert run("places", "set", "L1150000267", *where)[:2] == (0, "已登錄，下次排定時即依此辦理。\n")
        assert contact_now(house.store, contact.id).stated[0].region == "TW-HUA"
        out = run("places", "clear", "L1150000267", "--evidence", "call", "--language", "zh-TW")[1]
        assert out == "已取消登錄，恢復以保單地址為準。\n"

    @pytest.mark.parametrize("command", ["set", "clear"])
    def test_an_unknown_contact_is_told(self, house: House, run: Run, command: str) -> None:
        """Who means nobody is told so, and that nothing was done."""
        assert house.folder.is_dir()
        where = ("--region", "TW") if command == "set" else ()
        code, _, err = run("places", command, "nope", *where, "--evidence", "call")
        assert (code, "no contact 'nope'" in err, "nothing was" in err) == (2, True, True)

    def test_a_country_without_rules_is_recorded_and_said(self, house: House, run: Run) -> None:
        """Where the customer is counts even if nobody can be called there; the command says so."""
        contact = make_contact(house.store)
        code, out, _ = run("places", "set", contact.id, "--region", "FJ", "--evidence", "call")
        assert (code, "Nobody is called there" in out) == (0, True)

    def test_the_empty_list_explains_itself(self, house: House, run: Run) -> None:
        """It says why there is nothing and what would bring something."""
        assert house.folder.is_dir()
        assert "Nobody is held back for the place" in run("places", "list")[1]

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("--region", "XX"), "no assigned ISO 3166 code"),
            (("--region", "TW", "--until", "2027-01-01"), "with its offset"),
            (("--region", "US-NY", "--zone", "Asia/Taipei"), "Zones of US-NY are America/New_York"),
        ],
    )
    def test_a_mistake_is_said_in_one_line(self, house: House, run: Run, arguments: tuple[str, ...], part: str) -> None:
        """Exit code 2 and how to mend it."""
        contact = make_contact(house.store)
        code, out, err = run("places", "set", contact.id, *arguments, "--evidence", "e")
        assert (code, out, part in err) == (2, "", True)


class TestAreas:
    """The switch for suspended areas."""

    def test_suspend_show_and_lift(self, house: House, run: Run) -> None:
        """A suspended county shows in the list with the planned contacts it touches and in the status until lifted."""
        now = house.clock.now()
        here = make_contact(house.store, region="TW", postal_code="970")
        make_attempt(house.store, here, window_start=now)
        make_attempt(house.store, make_contact(house.store, numbers=("+886900000002",)), window_start=now)
        until = (now + timedelta(days=31)).isoformat()
        assert "at most 30 days" in run("areas", "suspend", "TW-HUA", "--until", until, "--reason", "r")[2]
        end = (now + timedelta(days=1)).isoformat()
        suspend = ("areas", "suspend", "tw-hua", "台東", "--until", end, "--reason", "typhoon", "--by", "lin")
        code, out, _ = run(*suspend, "--language", "en")
        assert (code, "TW-HUA Hualien County, TW-TTT Taitung County" in out) == (0, True)
        assert "Planned calls that this stops: 1." in out
        rows = {row["code"]: row for row in json.loads(run("areas", "list", "--json")[1])}
        assert {code: row["planned_contacts"] for code, row in rows.items()} == {"TW-HUA": 1, "TW-TTT": 0}
        assert "typhoon" in run("areas", "list")[1]
        assert "SUSPENDED: calls to TW-HUA" in run("status")[1]
        assert [row["code"] for row in json.loads(run("status", "--json")[1])["suspended_areas"]] == [
            "TW-HUA",
            "TW-TTT",
        ]
        assert "Lifted: TW-HUA" in run("areas", "lift", "TW-HUA")[1]
        code, _, err = run("areas", "lift", "TW-HUA")
        assert (code, "suspended are: TW-TTT" in err) == (2, True)
        code, _, err = run("areas", "lift", "花蓮", "--language", "zh-TW")
        assert (code, "TW-HUA 花蓮縣 目前沒有暫停撥打；暫停中的地區：TW-TTT 臺東縣" in err) == (2, True)
        states = {row["code"]: row["state"] for row in json.loads(run("areas", "list", "--all", "--json")[1])}
        assert states == {"TW-HUA": "lifted", "TW-TTT": "in_force"}

    def test_answers_come_in_the_chosen_language(self, house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """By option, else by locale, each command answers in Chinese or English, names of counties too."""
        end = (house.clock.now() + timedelta(days=1)).isoformat()
        for _ in range(2):
            out = run("areas", "suspend", "Hualien", "--until", end, "--reason", "颱風", "--language", "zh-TW")[1]
        assert out.startswith("已暫停撥打至 ")
        assert all(part in out for part in ("TW-HUA 花蓮縣", "已排定的通話不會撥出：0 通", "取代先前的暫停指令：1 則"))
        listed = run("areas", "list", "--language", "zh-TW")[1]
        assert all(part in listed for part in ("暫停撥打的地區", "花蓮縣", "暫停中", "登錄人"))
        monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
        assert run("areas", "lift", "花蓮市")[1] == "已解除：TW-HUA 花蓮縣。\n"
        assert "目前沒有暫停撥打的地區" in run("areas", "list")[1]

    def test_reasons_hold_nobodys_number(self, house: House, run: Run) -> None:
        """A number in the reason is refused, and nothing is suspended."""
        end = (house.clock.now() + timedelta(days=1)).isoformat()
        code, _, err = run("areas", "suspend", "TW-HUA", "--until", end, "--reason", "問 0900-000-678")
        assert (code, "recording or ticket" in err, "0900" in err) == (2, True, False)
        assert json.loads(run("areas", "list", "--json")[1]) == []

    def test_the_empty_list_explains_itself(self, house: House, run: Run) -> None:
        """It says that nothing is suspended and how something would be."""
        assert house.folder.is_dir()
        assert "No area is suspended" in run("areas", "list")[1]

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("TW-HAU", "--until", "2026-01-01T00:00+08:00"), "did you mean"),
            (("TW-HAU", "--until", "2026-01-01T00:00+08:00"), "\n  TW-HUA 花蓮縣 Hualien County\n"),
            (("Hualein", "--until", "2026-01-01T00:00+08:00"), "did you mean Hualien County (TW-HUA)"),
            (("花連", "--until", "2026-01-01T00:00+08:00"), "\n  TW-HUA 花蓮縣 Hualien County\n"),
            (("嘉義", "--until", "2026-01-01T00:00+08:00"), "write 嘉義市 (TW-CYI) or 嘉義縣 (TW-CYQ)"),
            (("TW", "--until", "tomorrow"), "with its offset"),
            (("TW", "--until", "2020-01-01T00:00+08:00"), "has passed"),
        ],
    )
    def test_a_mistake_is_said_in_one_line(self, house: House, run: Run, arguments: tuple[str, ...], part: str) -> None:
        """Exit code 2 and how to mend it."""
        assert house.folder.is_dir()
        code, out, err = run("areas", "suspend", *arguments, "--reason", "r")
        assert (code, out, part in err) == (2, "", True)
