"""A voice room for tests: script and rules as shipped, readable answers, an invented contact on the line."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.campaigns import check_campaign, load_campaign, load_companies
from outbound.adapters.files.rules.packs import load_rulebook
from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import inbox, turns
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.rules.rulebook import Trust
from outbound.dialogue.heard import Heard, Keyed, Spoken
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.outcome.connect import CarrierStatus
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.take_turn import Answer, take_turn
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.ports.carrier import CarrierAwayError
from outbound.usecases.scheduling.may_call import Rules
from outbound.web.voice.twiml import render
from tests.conftest import MONDAY_TEN, ROOT
from tests.usecases.builders import make_attempt, make_contact, rows
from tests.values import replace

BASE = "https://voice.example.test"
SID = f"CA{'1' * 32}"
OTHER_SID = f"CA{'2' * 32}"
BIRTH_DATE = Keyed("0528")
"""The birth date of the builders' contact, as it is keyed."""


@cache
def shipped() -> tuple[Any, Any, Any, Any]:
    """Scripts, campaigns, companies and rulebook of the checkout."""
    files = FileScripts(ROOT / "scripts_tts")
    companies = load_companies(ROOT / "config" / "companies.yaml")
    path = ROOT / "config" / "campaigns" / "welcome-tw.yaml"
    campaign = check_campaign(load_campaign(path), path, companies, ROOT / "scripts_tts")
    names = campaign.called_with
    scripts = FixedScripts({name: files.load(name) for name in names}, {name: files.contents(name) for name in names})
    return scripts, {campaign.id: campaign}, companies, load_rulebook(ROOT / "config" / "compliance")


def make_context(**changes: Any) -> VoiceContext:
    """A context with everything as shipped; the demo's signatures count."""
    scripts, campaigns, companies, rulebook = shipped()
    values: dict[str, Any] = {
        "scripts": scripts,
        "campaigns": campaigns,
        "rules": Rules(rulebook, companies, Trust.DEMO),
        "identifiers": SeededIdentifiers(11),
        "addresses": VoiceAddresses(BASE),
        "render": render,
    }
    return VoiceContext(**values | changes)


def with_transfers() -> VoiceContext:
    """The same, where people at the desk take calls that are put through."""
    _, campaigns, *_ = shipped()
    taking = {
        name: replace(each, service_desk=replace(each.service_desk, takes_transfers=True))
        for name, each in campaigns.items()
    }
    return make_context(campaigns=taking)


@dataclass
class FakeCarrier:
    """A carrier that notes what it was asked to do with calls in the air."""

    away: bool = False
    redirected: list[tuple[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    def redirect(self, sid: str, url: str) -> bool:
        """Note a redirection."""
        if self.away:
            raise CarrierAwayError("the carrier does not answer")
        self.redirected.append((sid, url))
        return True

    def cancel_or_hang_up(self, sid: str) -> bool:
        """Note a hang-up."""
        if self.away:
            raise CarrierAwayError("the carrier does not answer")
        self.hung_up.append(sid)
        return True


@dataclass
class Line:
    """One call in a test: every turn goes through the store."""

    store: SqlStore
    attempt: Attempt
    context: VoiceContext = field(default_factory=make_context)
    sid: str = SID
    now: datetime = MONDAY_TEN
    turn: int = 0

    def hear(self, heard: Heard | None = None) -> str:
        """Deliver the next turn and return what is answered, as text."""
        answer = self.deliver(self.turn, heard)
        assert answer is not None
        self.turn += 1
        return answer.body.decode()

    def key(self, *keys: str) -> str:
        """Press keys, one turn each; return the last answer."""
        return [self.hear(Keyed(each)) for each in keys][-1]

    def deliver(self, turn: int, heard: Heard | None = None, sid: str | None = None) -> Answer | None:
        """Deliver any turn."""
        return take_turn(
            self.store,
            token=self.attempt.token,
            sid=sid or self.sid,
            turn=turn,
            heard=heard,
            context=self.context,
            now=self.now,
        )

    def hang_up(self, sequence: int, sid: str | None = None) -> None:
        """Deliver the status of a call that was answered and is over."""
        close_attempt(
            self.store,
            token=self.attempt.token,
            status=CarrierStatus(sid or self.sid, "completed", sequence, at=self.now),
            campaigns=self.context.campaigns,
            scripts=self.context.scripts,
            identifiers=self.context.identifiers,
            now=self.now,
        )

    def inbox(self) -> list[tuple[str, str | None, str]]:
        """Kind, note and status of what waits."""
        return [
            (row.kind, row.note, row.status)
            for row in rows(self.store, inbox.select().order_by(inbox.c.at, inbox.c.kind))
        ]

    def turns(self) -> list[Any]:
        """Every turn that was kept."""
        return rows(self.store, turns.select().order_by(turns.c.turn))


def ring(store: SqlStore, *, status: AttemptStatus = AttemptStatus.RINGING, **options: Any) -> Line:
    """A call that rings at an invented contact, who was born on 28 May; `context` may be given."""
    context = options.pop("context", None) or make_context()
    columns = options.pop("columns", {"sid": SID})
    contact = make_contact(store, **options)
    return Line(store, make_attempt(store, contact, status=status, **columns), context)


def open_to_service(line: Line) -> None:
    """Open the call, agree to the recording, be the right person, and be verified."""
    line.hear()
    line.key("1", "1", BIRTH_DATE.digits)


def ask_a_person(line: Line) -> str:
    """At the question whether they have any: ask what has no approved answer, want a person for it, and no more.

    Return what they are asked then: which of the offered times suits.
    """
    line.hear(Spoken("我想問明年會不會下雪"))
    return line.key("1", "2")
