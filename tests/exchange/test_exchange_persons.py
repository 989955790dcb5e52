"""The people of `persons.yaml` in a small conversation: each behaves as his name says."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from outbound.exchange.people.population_file import load
from outbound.exchange.wire import Request
from tests.exchange.exchange_rig import BASE, Page, Rig, twiml

PEOPLE = Path(__file__).with_name("persons.yaml")
QUESTIONS = {
    "who": "您好，請問是王小明本人嗎？是的話請按一。For English, press two.",
    "birth": "請輸入您的出生月日四碼。Please key in your birth date.",
    "service": "您對服務滿意嗎？請按零到九分。",
}
NEXT = {"who": "birth", "birth": "service"}


def ask(step: str) -> str:
    """One question of the conversation."""
    keys = 4 if step == "birth" else 1
    gather = f'<Gather input="dtmf speech" numDigits="{keys}" speechTimeout="1" action="/turn?step={step}">'
    return twiml(f"{gather}<Say>{QUESTIONS[step]}</Say></Gather>")


def answer(request: Request) -> Page:
    """Go on when keys were pressed; put the question again when somebody spoke; give up after three times."""
    step = parse_qs(urlsplit(request.url).query)["step"][0]
    form = dict(request.form)
    if "Digits" not in form:
        again = dict(request.form)["SpeechResult"].startswith("蛤")
        return ask(step) if again else twiml("<Say>再見</Say>")
    return ask(NEXT[step]) if step in NEXT else twiml("<Say>謝謝，再見</Say>")


def ring(ending: str, hours_later: float = 0) -> Rig:
    """Ring one of the people and talk to whoever answers."""
    rig = Rig(load(PEOPLE))
    rig.now += timedelta(hours=hours_later)
    rig.pages |= {"/voice": ask("who"), "/turn": answer}
    rig.create(to="+886900000" + ending, StatusCallback=f"{BASE}/status")
    rig.run()
    return rig


def did(rig: Rig) -> list[str]:
    """What the callee pressed and said, in order."""
    return [event.get("digits") or event["text"] for event in rig.events("keyed", "heard")]


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("601", ["1", "0528", "9"]),
        ("606", ["你打錯了"]),
        ("607", ["不需要，謝謝"]),
        ("608", ["我現在不方便，晚一點再打"]),
        ("609", ["蛤？再講一次", "1", "蛤？再講一次", "0101", "蛤？再講一次", "9"]),
        ("610", ["1"]),
        ("611", ["2", "0704"]),
        ("612", ["我要申訴"]),
    ],
)
def test_what_each_person_says_and_presses(ending: str, words: list[str]) -> None:
    """Answers, wrong person, refusal, callback, elderly, leaving, English, complaint."""
    assert did(ring(ending)) == words


@pytest.mark.parametrize(
    ("ending", "status", "by"),
    [
        ("601", "completed", "document"),
        ("603", "busy", "network"),
        ("604", "no-answer", "ring_timeout"),
        ("610", "completed", "callee"),
        ("613", "failed", "network"),
    ],
)
def test_how_each_call_ends(ending: str, status: str, by: str) -> None:
    """Busy, no answer, unallocated, and the one who leaves in the middle."""
    ended = ring(ending).events("ended")[0]
    assert (ended["status"], ended["by"]) == (status, by)


@pytest.mark.parametrize(("hours_later", "status"), [(0, "no-answer"), (9, "completed")])
def test_who_answers_in_the_evening_only(hours_later: float, status: str) -> None:
    """At ten in Taipei nobody is there, at seven in the evening he picks up."""
    assert ring("602", hours_later).events("ended")[0]["status"] == status


def test_a_voicemail_answers_without_a_person() -> None:
    """The machine takes the call and replies to nothing."""
    rig = ring("605")
    assert rig.events("answered")[0]["by"] == "machine"
    assert did(rig) == []
