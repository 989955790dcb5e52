"""A small campaign in which recognisable secrets are planted: in the policies, and in what people say."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from installation import ACCOUNT, SPEED, TOKEN, ShiftedClock, rows, wait_for
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.schema import attempts
from outbound.bootstrap import House
from outbound.exchange.core import ExchangeConfig
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import Callee, Does, Person, Population, Profile, Resident, Rule
from outbound.exchange.server import ServerOptions, running
from outbound.simulation.invented.personas import BIRTH, RECORDING, RIGHT_PARTY
from outbound.usecases.intake.take_in_policies import take_in_policies
from outbound.web.process import web_app, web_attendance

DIGITS = {
    "card": ("4532015112830366", "四五三二零一五一一二八三零三六六"),
    "code": ("835291", "八三五二九一"),
    "identity": ("A142798653", "一四二七九八六五三"),
}
"""What nobody asks for, and people say all the same: as it is written, and as it is spoken."""

WORDS = {
    "kept": "紫色大象走進瓷器店",
    "refused": "綠色鯨魚飛過屋頂",
    "forgotten": "銀色松鼠偷走了鑰匙",
}
"""What three people say: one agreed to a record, one did not, one took it back at the desk."""


class Holder(Struct, frozen=True):
    """A policyholder as the file has it."""

    policy_no: str
    customer_id: str
    full_name: str
    birth_date: str
    phone: str
    alt_phone: str
    secret_column: str


HOLDERS = {
    name: Holder(f"L9990{n}61", f"CUST-QX{n}", full_name, birth_date, f"+88690000{n}", f"+88690001{n}", f"IDN-{n}310")
    for name, n, full_name, birth_date in (
        ("kept", "0671", "歐陽試保留", "1958-03-17"),
        ("refused", "0672", "司馬試拒錄", "1961-09-04"),
        ("forgotten", "0673", "諸葛試撤回", "1972-11-26"),
    )
}

_HEADER = (
    "policy_no,product_code,product_name,issued_on,delivered_on,customer_id,full_name,birth_date,phone,alt_phone,"
    "branch_note,language,region,privacy_notice_on,consents,do_not_call,status\n"
)


def policies_file(folder: Path) -> Path:
    """Write the file of the three, and one row that cannot be read."""
    lines = [
        f"{each.policy_no},HI05,守護醫療健康保險,2026-11-10,2026-11-12,{each.customer_id},{each.full_name},"
        f"{each.birth_date},{each.phone},{each.alt_phone},{each.secret_column},zh-TW,TW,2026-11-09,"
        "service_call;automated_voice,N,in force"
        for each in HOLDERS.values()
    ]
    bad = (
        lines[0]
        .replace("L9990067161", "L9990067461")
        .replace("1958-03-17", "1958-33-17")
        .replace("CUST-QX0671", "CUST-QX0674")
    )
    path = folder / "policies.csv"
    path.write_text(_HEADER + "\n".join([*lines, bad, ""]), encoding="utf-8")
    return path


def take_in(house: House, path: Path) -> None:
    """Take the file in."""
    campaign = house.campaigns["welcome-tw"]
    report = take_in_policies(
        house.store,
        rows=normalise_rows(read_rows(path), today=date(2026, 11, 16), company_region="TW"),
        source=path.name,
        company=house.companies[campaign.company_id],
        campaign=campaign,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    assert (report.taken_in, report.quarantined) == (3, 1)


def _says(hears: str, text: str, times: int | None = 1) -> Rule:
    return Rule(Does.SAYS, text, re.compile(hears), times=times)


def _presses(hears: str, key: str) -> Rule:
    return Rule(Does.PRESSES, key, re.compile(hears) if hears else None)


def _talker(name: str) -> Person:
    """Somebody who proves who they are, and then says at every question what nobody asked for."""
    card, code, identity = (spoken for _, spoken in DIGITS.values())
    return Person(
        (
            _presses(RECORDING, "2" if name == "refused" else "1"),
            _presses(RIGHT_PARTY, "1"),
            _presses(BIRTH, "{birth}"),
            _says("", f"我想請問，{WORDS[name]}，這樣有保嗎"),
            _says("", f"我的信用卡卡號是{card[:8]}，嗯，{card[8:]}"),
            _says("", f"剛剛收到的驗證碼是{code}"),
            _says("", f"我的身分證字號是A{identity}"),
            _says("", f"我要申訴，{WORDS[name]}"),
            _presses("", "2"),
        ),
        "zh-TW",
    )


def callees() -> Population:
    """Who answers those numbers, at once."""
    profile = Profile(otherwise=1.0, rings=(3.0, 3.0))
    return Population({
        each.phone: Callee(profile, (Resident(_talker(name), {"birth": each.birth_date[5:].replace("-", "")}),))
        for name, each in HOLDERS.items()
    })  # fmt: skip


class Found(Struct):
    """What a campaign left behind: texts by where they were found, and what the callees really said."""

    folder: Path
    house: House
    texts: dict[str, str] = {}
    said: str = ""


def personal() -> Iterator[tuple[str, str]]:
    """Yield every planted value by its kind, in the spellings in which it might turn up."""
    for each in HOLDERS.values():
        yield "name", each.full_name
        yield "customer", each.customer_id
        yield "attribute", each.secret_column
        yield "policy", each.policy_no
        for number in (each.phone, each.alt_phone):
            yield "phone", number.removeprefix("+886")
            yield "phone", f"0{number[4:7]}-{number[7:10]}-{number[10:]}"
        born = each.birth_date
        yield from (("birth", born), ("birth", born.replace("-", "")), ("birth", born.replace("-", "/")))
    for written, spoken in DIGITS.values():
        yield from (("digits", written), ("digits", spoken), ("digits", spoken[-8:]))
    yield from (("words", each) for each in WORDS.values())


class Paths:
    """An application around the real one that notes every address which was asked for, with its query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note and pass on."""
        if scope["type"] == "http":
            self.seen.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await self._app(scope, receive, send)


@contextmanager
def whole_web(house: House) -> Iterator[Paths]:
    """Serve the application as `outbound serve` does, with health and figures."""
    paths = Paths(web_app(house, web_attendance(house)))
    server = uvicorn.Server(uvicorn.Config(paths, port=house.settings.listen_port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield paths
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def troubled_exchange(house: House, faults: Mapping[str, float]) -> Iterator[list[dict[str, Any]]]:
    """Run the exchange with faults, in a hurry, by the house's time of day; yields its log."""
    events: list[dict[str, Any]] = []
    config = ExchangeConfig(ACCOUNT, TOKEN, calls_per_second=5)
    options = ServerOptions(
        config, callees(), log=lambda event: events.append(dict(event)), port=0, speed=SPEED, clock=house.clock.now,
        faults=Faults(faults), seed=7,
    )  # fmt: skip
    with running(options) as url:
        house.settings.carrier_url = url
        yield events


def all_over(house: House) -> bool:
    """Whether no call is under way."""
    return not {row["status"] for row in rows(house, attempts)} & {"reserved", "placed", "ringing", "in_progress"}


def answered(house: House) -> int:
    """Count the calls in which somebody was verified."""
    return sum(bool(row["verified"]) for row in rows(house, attempts))


def into_window(house: House, clock: ShiftedClock) -> None:
    """Let it be five seconds into the first window that is planned."""
    starts = [row["window_start"] for row in rows(house, attempts) if row["status"] == "planned"]
    clock.move_to(max(min(starts), clock.now()) + timedelta(seconds=5))
