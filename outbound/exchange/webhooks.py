"""Webhooks: Twilio's parameters, its signature, its retries. What is to be sent is collected for the driver."""

import base64
import hmac
import re
from collections.abc import Callable, Sequence
from itertools import chain
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from outbound.exchange.board import Switchboard
from outbound.exchange.call import FINAL, Call, Status
from outbound.exchange.faults import Faults
from outbound.exchange.log import fingerprint, without_secrets
from outbound.exchange.wire import API_VERSION, Request, Response, Webhook, WebhookFailure, rfc2822

Form = Sequence[tuple[str, str]]
_CALLED, _CALLER, _FROM, _TO = (
    tuple((party + part, "") for part in ("City", "Country", "State", "Zip"))
    for party in ("Called", "Caller", "From", "To")
)
"""Outside the United States the parties' places are sent empty, and signed."""

_SIP_CODES = {
    Status.COMPLETED: "200",
    Status.BUSY: "486",
    Status.NO_ANSWER: "487",
    Status.CANCELED: "487",
    Status.FAILED: "404",
}
_DEFAULT_RETRIES = ("1", "ct")
_RETRY_CAUSES = {WebhookFailure.CONNECT: "ct", WebhookFailure.TIMEOUT: "rt", WebhookFailure.RESET: "rt"}


def signature(auth_token: str, url: str, form: Form) -> str:
    """Return Twilio's signature: HMAC-SHA1 over the URL and every parameter, sorted by name."""
    message = url + "".join(chain.from_iterable(sorted(form)))
    return base64.b64encode(hmac.digest(auth_token.encode(), message.encode(), "sha1")).decode()


class Letter(Struct, frozen=True):
    """What a webhook is about, kept until its answer is here; `serial` is the same for its repetitions."""

    serial: int
    call: Call
    kind: str
    url: str
    method: str
    form: Form
    attempt: int = 0
    is_fallback: bool = False


class Webhooks:
    """Composes, signs, repeats and loses webhooks. `on_document` takes the answers that are TwiML, or their failure."""

    def __init__(self, board: Switchboard, faults: Faults | None) -> None:
        self._board = board
        self._faults = faults
        self._outbox: list[Webhook] = []
        self._letters: dict[int, Letter] = {}
        self._held: dict[str, Letter] = {}
        self._serial = 0
        self._ids = 0
        self.on_document: Callable[[Letter, Response | WebhookFailure], None] = lambda _letter, _result: None

    def is_empty(self) -> bool:
        """Whether nothing waits for the driver."""
        return not self._outbox

    def take(self) -> list[Webhook]:
        """Hand over what is to be sent, in order."""
        outbox, self._outbox = self._outbox, []
        return outbox

    def base_form(self, call: Call, status: str = "") -> list[tuple[str, str]]:
        """Return the parameters that every webhook of a call bears."""
        # In the order that the signature wants, which spares it the sorting.
        return [
            ("AccountSid", self._board.config.account_sid),
            ("ApiVersion", API_VERSION),
            ("CallSid", call.sid),
            ("CallStatus", status or call.status),
            ("Called", call.to),
            *_CALLED,
            ("Caller", call.from_),
            *_CALLER,
            ("Direction", call.direction),
            ("From", call.from_),
            *_FROM,
            ("To", call.to),
            *_TO,
        ]

    def ask(self, call: Call, kind: str, url: str, method: str, extra: Form, *, is_fallback: bool = False) -> int:
        """Ask for a document; return the serial under which its answer will come."""
        return self._post(call, kind, url, method, [*self.base_form(call), *extra], is_fallback=is_fallback)

    def report_status(self, call: Call, event: str) -> None:
        """Send a status callback, if there is one and it wants this event (initiated, ringing, answered, completed)."""
        orders = call.orders
        if not orders.status_callback or event not in orders.status_events:
            return
        form = self.base_form(call, "initiated" if event == "initiated" else "")
        form += (
            ("Timestamp", rfc2822(self._board.now)),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(call.sequence)),
        )
        call.sequence += 1
        if call.parent_sid is not None:
            form.append(("ParentCallSid", call.parent_sid))
        if call.answered_by:
            form.append(("AnsweredBy", call.answered_by))
        if call.status in FINAL:
            minutes = -(-call.seconds // 60)
            form += (
                ("CallDuration", str(call.seconds)),
                ("Duration", str(minutes)),
                ("SipResponseCode", _SIP_CODES[call.status]),
            )
        self._post(call, "status", orders.status_callback, orders.status_method, form)

    def report_detection(self, call: Call, milliseconds: int) -> None:
        """Send the callback of asynchronous answering-machine detection, if there is one."""
        orders = call.orders
        if orders.async_amd_url:
            form = [
                ("CallSid", call.sid),
                ("AccountSid", self._board.config.account_sid),
                ("AnsweredBy", call.answered_by),
                ("MachineDetectionDuration", str(milliseconds)),
            ]
            self._post(call, "amd", orders.async_amd_url, orders.async_amd_method, form)

    def report_message(self, message: Call, url: str, status: str) -> None:
        """Send the status callback of a text message."""
        form = [
            ("MessageSid", message.sid),
            ("MessageStatus", status),
            ("SmsSid", message.sid),
            ("SmsStatus", status),
            ("AccountSid", self._board.config.account_sid),
            ("From", message.from_),
            ("To", message.to),
            ("ApiVersion", API_VERSION),
        ]
        self._post(message, "message", url, "POST", form)

    def delivered(self, webhook: Webhook, result: Response | WebhookFailure) -> None:
        """Take the result of a webhook: log it, try again where Twilio does, or pass its document on."""
        letter = self._letters.pop(webhook.id, None)
        if letter is None:
            return
        shown = _compared(webhook.request, result) if letter.kind in ("voice", "action") else {}
        if isinstance(result, Response):
            self._record(letter, http_status=result.status, **shown)
        else:
            self._record(letter, http_status=None, error=result, **shown)
        if _is_repeated(letter, result):
            again = Letter(
                letter.serial, letter.call, letter.kind, letter.url, letter.method, letter.form, letter.attempt + 1,
                letter.is_fallback,
            )  # fmt: skip
            self._send(again)
        elif letter.kind in ("voice", "action"):
            self.on_document(letter, result)

    def _record(self, letter: Letter, event: str = "webhook_sent", **details: object) -> None:
        url = without_secrets(letter.url)
        self._board.record(letter.call, event, kind=letter.kind, url=url, **details)

    def _post(self, call: Call, kind: str, url: str, method: str, form: Form, *, is_fallback: bool = False) -> int:
        self._serial += 1
        letter = Letter(self._serial, call, kind, url, method, form, is_fallback=is_fallback)
        if self._faults is None:
            self._send(letter)
        else:
            self._send_through(letter, self._faults)
        return letter.serial

    def _send_through(self, letter: Letter, faults: Faults) -> None:
        key = f"{letter.call.sid}/{letter.kind}/{self._board.now.isoformat()}"
        accident = faults.webhook(key, self._board.now)
        if accident == "webhook_lost":
            self._record(letter, "webhook_lost", http_status=None)
            if letter.kind in ("voice", "action"):
                timeout = self._board.config.webhook_timeout_seconds
                self._board.schedule(timeout, None, self.on_document, letter, WebhookFailure.TIMEOUT)
        elif accident == "webhook_delayed":
            self._board.schedule(faults.delay(key), None, self._send, letter)
        elif accident == "webhook_reordered" and letter.kind == "status" and letter.call.sid not in self._held:
            self._held[letter.call.sid] = letter
            self._board.schedule(5.0, None, self._release, letter.call)
        else:
            self._send(letter)
            if accident == "webhook_doubled":
                self._send(letter)
            if letter.kind == "status":
                self._release(letter.call)

    def _release(self, call: Call) -> None:
        held = self._held.pop(call.sid, None)
        if held is not None:
            self._send(held)

    def _send(self, letter: Letter) -> None:
        self._ids += 1
        token = self._board.config.auth_token
        url, form = letter.url.partition("#")[0], letter.form
        if letter.method == "GET":
            url, form = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}", ()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": _token(self._board.seed, letter.serial),
            "X-Twilio-Signature": signature(token, url, form),
        }
        self._letters[self._ids] = letter
        request = Request(letter.method, url, headers, form)
        self._outbox.append(Webhook(self._ids, letter.call.sid, letter.kind, request))


def _token(seed: int, serial: int) -> str:
    return f"{seed & 0xFFFFFFFF:08x}-0000-4000-8000-{serial:012x}"


def _compared(request: Request, result: Response | WebhookFailure) -> dict[str, str]:
    """What tells whether two deliveries of one request were answered alike: fingerprints of both."""
    asked = fingerprint("\n".join([request.url, *[f"{name}={value}" for name, value in sorted(request.form)]]).encode())
    return {"request": asked} | ({"answer": fingerprint(result.body)} if isinstance(result, Response) else {})


def _is_repeated(letter: Letter, result: Response | WebhookFailure) -> bool:
    if isinstance(result, Response) and result.status < 400:  # noqa: PLR2004
        return False
    count, causes = _retries(letter.url)
    if letter.attempt >= count:
        return False
    if isinstance(result, WebhookFailure):
        return "all" in causes or _RETRY_CAUSES[result] in causes
    return "all" in causes or f"{result.status // 100}xx" in causes


def _retries(url: str) -> tuple[int, list[str]]:
    """Read the connection overrides of a URL's fragment (`#rc=2&rp=5xx,ct`); by default one retry on `ct`."""
    fragment = urlsplit(url).fragment if "#" in url else ""
    overrides = dict(re.findall(r"(rc|rp)=([^&]*)", fragment))
    count, causes = overrides.get("rc", _DEFAULT_RETRIES[0]), overrides.get("rp", _DEFAULT_RETRIES[1])
    return (min(int(count), 5) if count.isdecimal() else 1), causes.split(",")
