"""Carries out TwiML on a call: fetches documents, plays, asks, records, puts through, hangs up."""

from collections.abc import Callable, Sequence
from urllib.parse import urljoin

from outbound.exchange.board import Switchboard
from outbound.exchange.call import Call
from outbound.exchange.people.callee import Reply
from outbound.exchange.people.population import Does
from outbound.exchange.twiml.document import SCHEMA_WARNING, TwimlError, read
from outbound.exchange.twiml.gathering import Gathered, gather
from outbound.exchange.twiml.playback import Playback
from outbound.exchange.twiml.speech import seconds_of
from outbound.exchange.twiml.verbs import (
    Audio,
    Dial,
    Document,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
)
from outbound.exchange.webhooks import Form, Letter, Webhooks
from outbound.exchange.wire import Response, WebhookFailure

RETRIEVAL_FAILURE = 11200
_APOLOGY = "We are sorry, an application error has occurred. Goodbye."
_MOST_FETCHES_AT_ONCE = 50
_MULTIPLE_CHOICES, _BAD_REQUEST = 300, 400
_NOT_WHISPERED = Dial | Record | Reject
"""Verbs that the document of a Number's url may not contain."""

EndCall = Callable[..., None]
PutThrough = Callable[[Call, Dial, Callable[[Form], None]], None]
PickUp = Callable[[Call], None]


class Interpreter:
    """Works on many calls at once, each at its own verb.

    `end(call, by, error_code)` hangs a call up; `put_through` dials a second leg and calls back with the parameters of
    the Dial's action. `pick_up` answers a call that came in, when its first document is here.
    """

    def __init__(
        self, board: Switchboard, webhooks: Webhooks, end: EndCall, put_through: PutThrough, pick_up: PickUp
    ) -> None:
        self._board = board
        self._webhooks = webhooks
        self._end = end
        self._put_through = put_through
        self._pick_up = pick_up
        webhooks.on_document = self._arrived

    def start(self, call: Call, extra: Form = ()) -> None:
        """Begin the conversation of a call that has just been answered."""
        orders = call.orders
        self.turn_to(call, orders.url, orders.method, orders.twiml, extra)

    def turn_to(self, call: Call, url: str, method: str, twiml: str, extra: Form = ()) -> None:
        """Leave whatever is being carried out for another document: fetched, or given. The URL wins."""
        self.stop(call)
        if url:
            self._fetch(call, "voice", url, method, extra)
        else:
            self._read(call, twiml.encode(), "application/xml")

    def stop(self, call: Call) -> None:
        """Break off what is being carried out, a second leg too; what was said of it goes into the log."""
        self._close_playback(call)
        call.generation += 1
        call.waiting = None
        leg, call.child = call.child, None
        if leg is not None and not leg.ended:
            leg.whispering = None
            self._end(leg, "caller")

    def _fetch(
        self, call: Call, kind: str, url: str, method: str, extra: Form = (), *, is_fallback: bool = False
    ) -> None:
        call.generation += 1
        if call.fetched_at == self._board.now:
            call.fetches_at_once += 1
        else:
            call.fetched_at, call.fetches_at_once = self._board.now, 0
        if call.fetches_at_once > _MOST_FETCHES_AT_ONCE:
            self._apologise(call, RETRIEVAL_FAILURE)
            return
        if call.document_url and "://" not in url:
            url = urljoin(call.document_url, url)
        call.document_url, call.document_method = url, method
        call.waiting = self._webhooks.ask(call, kind, url, method, extra, is_fallback=is_fallback)

    def _arrived(self, letter: Letter, result: Response | WebhookFailure) -> None:
        call = letter.call
        if call.ended or call.waiting != letter.serial:
            return
        call.waiting = None
        if isinstance(result, WebhookFailure) or result.status >= _BAD_REQUEST:
            self._fail(call, RETRIEVAL_FAILURE, is_fallback=letter.is_fallback)
        elif result.status >= _MULTIPLE_CHOICES:
            self._fetch(call, letter.kind, result.header("Location") or letter.url, "GET")
        else:
            self._read(call, result.body, result.header("Content-Type"), is_fallback=letter.is_fallback)

    def _read(self, call: Call, body: bytes, content_type: str, *, is_fallback: bool = False) -> None:
        try:
            document = read(body, content_type, call.document_url)
        except TwimlError as error:
            self._fail(call, error.code, is_fallback=is_fallback)
            return
        if document.warnings:
            self._board.record(call, "warning", code=SCHEMA_WARNING, elements=list(document.warnings))
        call.document, call.position = document, 0
        if call.answered_at is None and not isinstance(next(iter(document.verbs), None), Reject):
            self._pick_up(call)
        self._continue(call)

    def _fail(self, call: Call, code: int, *, is_fallback: bool) -> None:
        orders = call.orders
        if orders.fallback_url and not is_fallback:
            extra = [("ErrorCode", str(code)), ("ErrorUrl", call.document_url)]
            self._fetch(call, "voice", orders.fallback_url, orders.fallback_method, extra, is_fallback=True)
        else:
            self._apologise(call, code)

    def _apologise(self, call: Call, code: int) -> None:
        call.document = Document(())
        if call.answered_at is None:
            self._pick_up(call)
        apology = Say(_APOLOGY, seconds_of(_APOLOGY))
        self._play(call, [apology], lambda: self._end(call, "application_error", code))

    def _continue(self, call: Call) -> None:
        document = call.document
        if document is None or call.position >= len(document.verbs):
            self._over(call)
            return
        verb = document.verbs[call.position]
        call.position += 1
        if call.whispering is not None and isinstance(verb, _NOT_WHISPERED):
            self._board.record(call, "warning", code=SCHEMA_WARNING, elements=[type(verb).__name__])
            self._continue(call)
            return
        match verb:
            case Say() | Play() | Pause():
                self._play_on(call, verb, document)
            case Gather():
                self._gather(call, verb)
            case Redirect():
                self._fetch(call, "voice", verb.url or call.document_url, verb.method)
            case Record():
                self._record(call, verb)
            case Dial():
                self._put_through(call, verb, lambda form: self._act(call, verb, form))
            case Hangup() | Reject():
                self._end(call, "document")

    def _over(self, call: Call) -> None:
        """End a call whose document has nothing left to do, or connect a second leg that was whispered to."""
        whisper, call.whispering = call.whispering, None
        if whisper is None:
            self._end(call, "document")
        else:
            whisper.heard()

    def _play_on(self, call: Call, first: Audio, document: Document) -> None:
        audio = [first]
        while call.position < len(document.verbs):
            verb = document.verbs[call.position]
            if not isinstance(verb, Say | Play | Pause):
                break
            audio.append(verb)
            call.position += 1
        self._play(call, audio, lambda: self._continue(call))

    def _play(self, call: Call, audio: Sequence[Audio], then: Callable[[], None]) -> None:
        playback = self._open_playback(call, audio)
        self._board.schedule(playback.seconds, call, self._played, call, then)

    def _played(self, call: Call, then: Callable[[], None]) -> None:
        self._close_playback(call)
        then()

    def _open_playback(self, call: Call, audio: Sequence[Audio]) -> Playback:
        playback = call.playback = Playback(self._board.now, audio, self._board.config.play_seconds)
        if call.listener is not None:
            call.listener.hears(playback.text)
        return playback

    def _close_playback(self, call: Call) -> None:
        playback, call.playback = call.playback, None
        if playback is None:
            return
        for spoken in playback.spoken(self._board.now):
            began = spoken.began.isoformat(timespec="milliseconds")
            details = {"interrupted": True} if spoken.interrupted else {}
            self._board.record(call, "said", text=spoken.text, began=began, **details)

    def _gather(self, call: Call, verb: Gather) -> None:
        playback = self._open_playback(call, verb.nested)
        reply = self._reply(call, playback.seconds, verb.timeout)
        gathered = gather(verb, playback.seconds, reply)
        if gathered.audio_stops_at is not None:
            playback.stop_after(gathered.audio_stops_at)
        if gathered.ignored is not None:
            self._board.schedule(gathered.ignored.at, call, self._ignore, call, gathered.ignored)
        self._board.schedule(gathered.at, call, self._gathered, call, verb, gathered)

    def _reply(self, call: Call, audio_seconds: float, patience: float) -> Reply | None:
        if call.listener is None:
            return None
        reply = call.listener.reply(audio_seconds, patience, self._board.now)
        if reply is not None and reply.does is Does.HANGS_UP:
            self._board.schedule(reply.at, call, self._end, call, "callee")
        return reply

    def _ignore(self, call: Call, reply: Reply) -> None:
        if reply.does is Does.PRESSES:
            self._board.record(call, "keyed", digits=reply.value, taken=False)
        else:
            self._board.record(call, "heard", text=reply.value, taken=False)

    def _gathered(self, call: Call, verb: Gather, gathered: Gathered) -> None:
        self._close_playback(call)
        extra: list[tuple[str, str]] = []
        if gathered.speech is not None:
            self._board.record(call, "heard", text=gathered.speech)
            extra = [("SpeechResult", gathered.speech), ("Confidence", self._confidence(call))]
        elif gathered.digits is not None:
            self._board.record(call, "keyed", digits=gathered.digits)
            extra = [("Digits", gathered.digits)]
        if gathered.speech or gathered.digits:
            self._act(call, verb, extra)
        elif verb.action_on_empty_result:
            self._act(call, verb, extra or [("Digits" if "dtmf" in verb.inputs else "SpeechResult", "")])
        else:
            self._continue(call)

    def _confidence(self, call: Call) -> str:
        stream = call.encounter.stream if call.encounter is not None else None
        return f"{stream.uniform(0.72, 0.98):.8f}" if stream is not None else "0.9"

    def _act(self, call: Call, verb: Gather | Record | Dial, extra: Form) -> None:
        """Go where a verb's action points; without one a Dial goes on and the others ask this document's URL again."""
        if isinstance(verb, Dial) and not verb.action:
            self._continue(call)
        else:
            self._fetch(call, "action", verb.action or call.document_url, verb.method, extra)

    def _record(self, call: Call, verb: Record) -> None:
        beep = 0.5 if verb.play_beep else 0.0
        reply = self._reply(call, beep, verb.timeout)
        if reply is None or reply.does is not Does.SAYS:
            self._board.schedule(beep + verb.timeout, call, self._continue, call)
        else:
            lasts = min(max(seconds_of(reply.value), 1.0), verb.max_length)
            ends = reply.at + lasts
            self._board.schedule(ends, call, self._hear, call, reply.value)
            self._board.schedule(ends + verb.timeout, call, self._recorded, call, verb, lasts)

    def _hear(self, call: Call, text: str) -> None:
        self._board.record(call, "heard", text=text)

    def _recorded(self, call: Call, verb: Record, seconds: float) -> None:
        sid = self._board.name("RE")
        account = self._board.config.account_sid
        url = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}"
        form = [("RecordingUrl", url), ("RecordingSid", sid), ("RecordingDuration", str(round(seconds)))]
        self._act(call, verb, form)
