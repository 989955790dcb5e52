"""Where the carrier's webhooks arrive, without a web framework: checked, carried out, answered, whatever happens."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from msgspec.structs import replace

from outbound.domain.outcome.connect import FINAL_STATUSES
from outbound.usecases.conversation.apology import apology
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.kept.whisper import whispered
from outbound.usecases.conversation.take_turn import take_turn
from outbound.usecases.log_fields import about, logging_about
from outbound.usecases.outcomes.apologise import apologise
from outbound.usecases.outcomes.close_attempt import Closing, close_attempt
from outbound.usecases.outcomes.note_machine import MachineOutcome, note_machine
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.owed import Owed, OwedPromises
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import BrokenOffError, ServiceAwayError, TryAgainError
from outbound.usecases.scheduling.may_call import Rules
from outbound.web.voice.given import GivenAnswers
from outbound.web.voice.inbound import InboundDesk
from outbound.web.voice.owed import OwedInMemory
from outbound.web.voice.recordings import PREFIX, fetch_recording
from outbound.web.voice.webhook import (
    BODY_LIMIT,
    BadWebhookError,
    Route,
    WebRequest,
    WebResponse,
    form_of,
    heard_of,
    route_of,
    sid_of,
    status_of,
)

_XML = "text/xml; charset=utf-8"

_AT_ONCE, _PAUSE_SECONDS = 3, 1.0
"""How many owed promises the answer to somebody who is on the line may wait for, and how often."""

_DONE, _NOT_FOUND = WebResponse(204), WebResponse(404)

_VERBS = {
    "turn": "take_turn", "whisper": "whispered", "status": "close_attempt", "amd": "note_machine",
    "inbound": "take_inbound_call", "inbound_status": "end_inbound_call",
}  # fmt: skip

_log = logging.getLogger(__name__)


class Genuine(Protocol):
    """Says whether a request was signed by the carrier."""

    def __call__(self, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str], /) -> bool:
        """Whether `headers` bear the signature of the public `url` and every parameter."""
        ...


class VoiceDesk:
    """Handles `/voice/{token}/turn/{n}` and `whisper/{n}`, `/voice/{token}/status` and `amd`, and calls that come in.

    Recordings below `/voice/audio/` are fetched without a signature.
    Safe for many threads. `rules` tells the rules as they stand at each turn; without it those of the `context` stay.
    `owed` keeps promises while the database cannot be written; without it they end with this object.
    """

    def __init__(
        self,
        *,
        store: Store,
        context: VoiceContext,
        carrier: Carrier,
        clock: Clock,
        is_genuine: Genuine,
        rules: Callable[[], Rules] | None = None,
        owed: OwedPromises | None = None,
    ) -> None:
        self._store = store
        self._context = context
        self._rules = rules
        self._carrier = carrier
        self._clock = clock
        self._is_genuine = is_genuine
        base = urlsplit(context.addresses.base)
        self._origin, self._prefix = f"{base.scheme}://{base.netloc}", base.path
        self._inbound = InboundDesk(store, clock)
        self._owed: OwedPromises = owed or OwedInMemory()
        self._settling, self._settled_at = threading.Lock(), float("-inf")
        self._given = GivenAnswers()
        self._kinds: Mapping[str, Callable[[Route, Mapping[str, str]], WebResponse]] = {
            "turn": self._turn,
            "whisper": self._whisper,
            "status": self._status,
            "amd": self._machine,
            "inbound": lambda _route, form: self._inbound.answer(form, self._present()),
            "inbound_status": lambda _route, form: self._inbound.ended(form, self._present()),
        }

    def handle(self, request: WebRequest) -> WebResponse:
        """Answer one request: 404 for an unknown path or call, 403 for a bad signature, with nothing changed.

        Never raises. When a turn fails, the callee hears an apology and the promise of a person, and hangs up.
        """
        path = request.path.partition("?")[0].removeprefix(self._prefix)
        if path.startswith(PREFIX):
            return fetch_recording(self._store, self._context.scripts, request, path.removeprefix(PREFIX))
        route = route_of(path)
        if route is None:
            return _NOT_FOUND
        if request.method != "POST":
            return WebResponse(405)
        if len(request.body) > BODY_LIMIT:
            return WebResponse(413)
        with logging_about(verb=_VERBS.get(route.kind, route.kind)):
            response = self._checked(route, request)
            _log.info("answered", extra=about(route.token, status=response.status, turn=route.turn))
        return response

    def settle_owed(self) -> int:
        """Write promises that could not be written when they were made; return how many are still owed."""
        try:
            self._owed.take_up()
        except OSError as error:
            _log.error("the journal of promises cannot be read", extra={"cause": _name(error)})
        self._settle(self._owed.waiting())
        return len(self._owed.waiting())

    def _settle(self, promises: Sequence[Owed]) -> None:
        for owed in promises:
            try:
                self._promise(owed)
                self._owed.done(owed)
            except Exception as error:  # noqa: BLE001 - law 11: the promise must outlive whatever is wrong here
                _log.error(
                    "a promised call by a person is not on record yet", extra=about(owed.token, cause=_name(error))
                )
                if isinstance(error, ServiceAwayError):
                    break

    def _settle_a_few(self, promises: Sequence[Owed]) -> None:
        """Write the oldest promises, one thread at a time: after an outage thousands may wait, and so does a caller."""
        now = self._clock.monotonic()
        if self._settled_at <= now < self._settled_at + _PAUSE_SECONDS or not self._settling.acquire(blocking=False):
            return
        try:
            self._settled_at = now
            self._settle(promises[:_AT_ONCE])
        finally:
            self._settling.release()

    def _checked(self, route: Route, request: WebRequest) -> WebResponse:
        form: Sequence[tuple[str, str]] = ()
        try:
            form = form_of(request.body)
            # The path as it was sent, below the address that we gave the carrier: never the request's own host.
            url = self._origin + self._prefix + request.path.removeprefix(self._prefix)
            if not self._is_genuine(url, form, request.headers):
                _log.warning("refused: the signature is missing or wrong", extra=about(route.token))
                return WebResponse(403)
            return self._carried_out(route, dict(form))
        except BadWebhookError as error:
            _log.warning("refused: %s", error, extra=about(route.token))
            return WebResponse(400)
        except Exception as error:  # noqa: BLE001 - law 11: a person is on the line
            return self._failed(route, error, dict(form))

    def _carried_out(self, route: Route, form: Mapping[str, str]) -> WebResponse:
        verb = self._kinds[route.kind]
        try:
            return verb(route, form)
        except (TryAgainError, BrokenOffError):
            # Each verb does once what is delivered twice: what was written after all is only read again.
            _log.warning("undone by the database, once more", extra=about(route.token))
            return verb(route, form)

    def _turn(self, route: Route, form: Mapping[str, str]) -> WebResponse:
        turn = route.turn or 0
        is_owed = self._owed.waiting()
        if any((owed.token, owed.turn) == (route.token, turn) for owed in is_owed):
            # What this delivery's twin was told already.
            return WebResponse(200, self._apology(route.token, turn), _XML)
        sid = sid_of(form)
        answer = take_turn(
            self._store,
            token=route.token,
            sid=sid,
            turn=turn,
            heard=heard_of(form) if turn else None,
            context=self._present(),
            now=self._clock.now(),
        )
        if is_owed:
            self._settle_a_few(is_owed)
        if answer is None:
            return _NOT_FOUND
        self._given.keep(route.token, turn, sid, answer.body)
        return WebResponse(200, answer.body, _XML)

    def _whisper(self, route: Route, _form: Mapping[str, str]) -> WebResponse:
        said = whispered(self._store, token=route.token, turn=route.turn or 0)
        return _NOT_FOUND if said is None else WebResponse(200, self._context.render(said, ""), _XML)

    def _present(self) -> VoiceContext:
        """Return the context under the rules as they stand; made anew only when they changed."""
        rules = self._context.rules if self._rules is None else self._rules()
        if rules is not self._context.rules:
            self._context = replace(self._context, rules=rules)
        return self._context

    def _status(self, route: Route, form: Mapping[str, str]) -> WebResponse:
        status = status_of(form)
        report = close_attempt(
            self._store,
            token=route.token,
            status=status,
            campaigns=self._context.campaigns,
            scripts=self._context.scripts,
            identifiers=self._context.identifiers,
            now=self._clock.now(),
        )
        if report.closing is Closing.UNKNOWN_TOKEN:
            return _NOT_FOUND
        stray = report.closing in {Closing.SECOND_CALL, Closing.CONTRADICTION}
        if stray and status.status not in FINAL_STATUSES:
            self._hang_up(route.token, status.sid)
        return _DONE

    def _machine(self, route: Route, form: Mapping[str, str]) -> WebResponse:
        report = note_machine(
            self._store,
            token=route.token,
            sid=sid_of(form),
            answered_by=form.get("AnsweredBy", "unknown")[:30],
            carrier=self._carrier,
            context=self._context,
            now=self._clock.now(),
        )
        return _NOT_FOUND if report.outcome is MachineOutcome.UNKNOWN_TOKEN else _DONE

    def _hang_up(self, token: str, sid: str) -> None:
        try:
            self._carrier.cancel_or_hang_up(sid)
        except CarrierAwayError:
            _log.warning("a second call could not be hung up", extra=about(token))

    def _failed(self, route: Route, error: Exception, form: Mapping[str, str]) -> WebResponse:
        away = isinstance(error, ServiceAwayError)
        # The kind of error and its place, never its text: that might repeat what was said.
        _log.error("failed", extra=about(route.token, cause=_name(error), turn=route.turn))
        if route.kind == "inbound":
            return self._inbound.apologise(form, self._context)
        if route.kind == "whisper":
            # Better put through without a word than not at all.
            return WebResponse(200, self._context.render((), ""), _XML)
        if route.turn is None:
            return WebResponse(503 if away else 500)
        given = self._given.find(route.token, route.turn, form.get("CallSid", ""))
        if given is not None:
            return WebResponse(200, given, _XML)
        owed = Owed(route.token, route.turn, _name(error), self._clock.now())
        self._owe(owed)
        if not away:
            self._settle([owed])
        return WebResponse(200, self._apology(route.token, route.turn), _XML)

    def _owe(self, owed: Owed) -> None:
        try:
            self._owed.add(owed)
        except OSError as error:
            _log.error("a promise is in memory alone", extra=about(owed.token, cause=_name(error)))

    def _apology(self, token: str, turn: int) -> bytes:
        return self._context.render(apology(), self._context.addresses.turn(token, turn + 1))

    def _promise(self, owed: Owed) -> None:
        apologise(
            self._store,
            token=owed.token,
            turn=owed.turn,
            answer=self._apology(owed.token, owed.turn),
            reason=owed.reason,
            context=self._context,
            now=self._clock.now(),
            promised_at=owed.at,
        )


def _name(error: Exception) -> str:
    """Name an error by its class and the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__}{where}"
