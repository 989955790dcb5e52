"""A transfer from end to end: the exchange puts it through, and whoever takes it is told first who it is about."""

from urllib.parse import urlencode, urlsplit

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import inbox
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.exchange.people.population import Callee, Does, Person, Population, Profile, Resident, Rule
from outbound.exchange.wire import Request, Response
from outbound.usecases.conversation.context import VoiceContext
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import WebRequest
from tests.conftest import ManualClock
from tests.exchange.exchange_rig import CALLEE, TOKEN, Rig
from tests.usecases.builders import rows
from tests.usecases.voice_room import BASE, FakeCarrier, ring, with_transfers
from tests.values import replace

HOTLINE = "+886255550199"
WHISPER = "how_to_check_us"


def whispering() -> VoiceContext:
    """People take calls that are put through, and the script has something to tell them."""
    context = with_transfers()
    script = context.scripts.current("welcome_call")
    steps = {
        key: replace(step, whisper=(WHISPER,)) if step.transfer is not None else step
        for key, step in script.steps.items()
    }
    return replace(context, scripts=FixedScripts({script.name: replace(script, steps=steps)}))


class OnTheLine:
    """The exchange in virtual time, with our desk behind every webhook."""

    def __init__(self, store: SqlStore) -> None:
        agent = Resident(Person(talks=(30, 30)))
        caller = Resident(Person((Rule(Does.PRESSES, "0"),)))
        profile = Profile(otherwise=1.0, rings=(3.0, 3.0))
        self.rig = Rig(Population({CALLEE: Callee(profile, (caller,)), HOTLINE: Callee(profile, (agent,))}))
        context = whispering()
        self.desk = VoiceDesk(
            store=store, context=context, carrier=FakeCarrier(), clock=ManualClock(), is_genuine=TwilioSignature(TOKEN)
        )
        self.line = ring(store, context=context, columns={"sid": None})

    def run(self) -> None:
        """Ring the contact until the call is over."""
        token = self.line.attempt.token
        for number in range(6):
            self.rig.pages |= {
                f"/voice/{token}/turn/{number}": self._ask,
                f"/voice/{token}/whisper/{number}": self._ask,
            }
        self.rig.create(Url=f"{BASE}/voice/{token}/turn/0")
        self.rig.run()

    def _ask(self, request: Request) -> Response:
        path = urlsplit(request.url).path
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.desk.handle(WebRequest("POST", path, headers, urlencode(request.form).encode()))
        return Response(answer.status, {"Content-Type": answer.content_type or ""}, answer.body)


def test_the_agent_is_told_and_the_callee_hears_none_of_it(sqlite_store: SqlStore) -> None:
    """The words are said on the second leg; then the two are connected, and the wish for a person is done."""
    on_the_line = OnTheLine(sqlite_store)
    on_the_line.run()
    rig = on_the_line.rig
    (leg,) = rig.events("transferred")
    told = [each["text"] for each in rig.events("said") if each["sid"] == leg["sid"]]
    heard = [each["text"] for each in rig.events("said") if each["sid"] == leg["parent_sid"]]
    assert len(told) == 1
    assert "一六五" in told[0]
    assert not any(told[0] in each for each in heard)
    dialled = next(dict(each.form) for each in rig.sent if "DialCallStatus" in dict(each.form))
    assert (dialled["DialCallStatus"], dialled["DialBridged"]) == ("completed", "true")
    assert {row.status for row in rows(sqlite_store, inbox.select())} <= {"done"}
