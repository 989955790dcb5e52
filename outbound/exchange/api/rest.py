"""The REST API: routes, Basic authentication, and what a create, an update and a message do."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlsplit

from outbound.exchange.api.errors import ApiError
from outbound.exchange.api.listing import list_calls
from outbound.exchange.api.orders import (
    INVALID_PARAMETER,
    INVALID_STATUS_CALLBACK,
    Params,
    checked_url,
    first,
    method,
    number,
    orders_of,
)
from outbound.exchange.api.resources import call_resource, message_resource
from outbound.exchange.board import Switchboard
from outbound.exchange.call import Call, Direction, Orders, Status
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import NumberState
from outbound.exchange.trunk import Trunk
from outbound.exchange.webhooks import Webhooks
from outbound.exchange.wire import API_VERSION, ExchangeNoAnswer, NoAnswer, Request, Response, json_response, rfc2822

_ROUTE = re.compile(rf"/{API_VERSION}/Accounts/(?P<account>\w+)/(?P<kind>Calls|Messages)(?:/(?P<sid>\w+))?(?:\.json)?")
_AUTHENTICATE, _NOT_FOUND, _NOT_ALLOWED, _TOO_MANY, _INTERNAL, _UNAVAILABLE = 20003, 20404, 20405, 20429, 20500, 20503
_INVALID_TO, _MISSING_TO, _INVALID_FROM, _MISSING_FROM, _UNVERIFIED_FROM = 21211, 21201, 21212, 21213, 21210
_UNREACHABLE, _NOT_IN_PROGRESS = 21214, 21220
_MISSING_BODY, _MESSAGE_FROM, _MESSAGE_TO = 21602, 21603, 21604
_MESSAGE_SENT_AFTER, _MESSAGE_DELIVERED_AFTER = 0.5, 2.0


class RestApi:
    """Answers requests; raises `ExchangeNoAnswer` where a fault keeps the answer from the client."""

    def __init__(self, board: Switchboard, trunk: Trunk, webhooks: Webhooks, faults: Faults | None) -> None:
        self._board = board
        self._trunk = trunk
        self._webhooks = webhooks
        self._faults = faults
        self._creates = 0
        config = board.config
        credentials = base64.b64encode(f"{config.account_sid}:{config.auth_token}".encode())
        self._authorization = b"Basic " + credentials

    def answer(self, request: Request) -> Response:
        """Answer one request; the `Date` is the exchange's own."""
        try:
            response = self._route(request)
        except ApiError as error:
            response = error.response()
        headers = {**response.headers, "Date": rfc2822(self._board.now, gmt=True)}
        return Response(response.status, headers, response.body)

    def _route(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        route = _ROUTE.fullmatch(parts.path)
        if self._faults is not None and self._faults.carrier_is_down(self._board.now):
            raise ApiError(_UNAVAILABLE)
        self._authenticate(request, route["account"] if route else "")
        if route is None:
            raise ApiError(_NOT_FOUND, parts.path)
        if request.method == "POST":
            return self._post(route["kind"], route["sid"], _params(request.form))
        if request.method != "GET" or route["kind"] != "Calls":
            raise ApiError(_NOT_ALLOWED)
        account = self._board.config.account_sid
        if route["sid"]:
            return json_response(200, call_resource(self._call(route["sid"]), account))
        return json_response(200, list_calls(self._board.book, _params(parse_qsl(parts.query)), account))

    def _post(self, kind: str, sid: str | None, params: Params) -> Response:
        if kind == "Messages":
            if sid:
                raise ApiError(_NOT_ALLOWED)
            return self._send_message(params)
        return self._update(self._call(sid), params) if sid else self._create(params)

    def _authenticate(self, request: Request, account: str) -> None:
        sent = request.header("Authorization").encode()
        if account not in ("", self._board.config.account_sid) or not _same(sent, self._authorization):
            raise ApiError(_AUTHENTICATE)

    def _call(self, sid: str) -> Call:
        call = self._board.book.by_sid.get(sid)
        if call is None:
            raise ApiError(_NOT_FOUND, f"/{API_VERSION}/Accounts/{self._board.config.account_sid}/Calls/{sid}.json")
        return call

    def _create(self, params: Params) -> Response:
        self._creates += 1
        to, from_ = first(params, "To"), first(params, "From")
        fault = self._faults.create(f"{to}/{self._creates}", self._board.now) if self._faults else ""
        try:
            self._refuse_by_fault(fault, to)
            to, from_, orders = self._checked(params)
        except ApiError as error:
            self._board.refuse(from_, to, http_status=error.status, code=error.code)
            raise
        call = self._trunk.create(to, from_, orders)
        document = call_resource(call, self._board.config.account_sid)
        if fault == "create_500_made":
            raise ApiError(_INTERNAL)
        if fault in ("create_timeout_made", "create_reset_made"):
            raise ExchangeNoAnswer(NoAnswer.TIMEOUT if "timeout" in fault else NoAnswer.RESET)
        return json_response(201, document)

    def _refuse_by_fault(self, fault: str, to: str) -> None:
        refusals = {"create_429": _TOO_MANY, "create_400": _UNREACHABLE, "create_500_not_made": _INTERNAL}
        if fault in refusals:
            raise ApiError(refusals[fault], to)
        if fault == "create_timeout_not_made":
            raise ExchangeNoAnswer(NoAnswer.TIMEOUT)

    def _checked(self, params: Params) -> tuple[str, str, Orders]:
        config = self._board.config
        to = number(first(params, "To"), _INVALID_TO, _MISSING_TO)
        from_ = number(first(params, "From"), _INVALID_FROM, _MISSING_FROM)
        if config.callers is not None and from_ not in config.callers:
            raise ApiError(_UNVERIFIED_FROM, from_)
        if self._board.population.callee(to).profile.number is NumberState.REFUSED:
            raise ApiError(_INVALID_TO, to)
        orders = orders_of(params)
        if config.max_queued is not None and self._trunk.queued >= config.max_queued:
            raise ApiError(_TOO_MANY)
        return to, from_, orders

    def _update(self, call: Call, params: Params) -> Response:
        status, url, twiml = first(params, "Status"), first(params, "Url"), first(params, "Twiml")
        if status not in ("", "canceled", "completed"):
            raise ApiError(INVALID_PARAMETER, "Status is canceled or completed")
        checked_url(url)
        is_live = call.status is Status.IN_PROGRESS
        if call.ended or (is_live and status == "canceled") or (not is_live and not status and (url or twiml)):
            raise ApiError(_NOT_IN_PROGRESS)
        self._change(call, params)
        if status and is_live:
            self._trunk.hang_up(call, "api")
        elif status:
            self._trunk.cancel(call)
        elif url or twiml:
            self._trunk.interpreter.turn_to(call, url, method(params, "Method"), twiml)
        return json_response(200, call_resource(call, self._board.config.account_sid))

    def _change(self, call: Call, params: Params) -> None:
        orders = call.orders
        if "FallbackUrl" in params:
            orders.fallback_url = checked_url(first(params, "FallbackUrl"))
            orders.fallback_method = method(params, "FallbackMethod")
        if "StatusCallback" in params:
            orders.status_callback = checked_url(first(params, "StatusCallback"), INVALID_STATUS_CALLBACK)
            orders.status_method = method(params, "StatusCallbackMethod")

    def _send_message(self, params: Params) -> Response:
        to = number(first(params, "To"), _INVALID_TO, _MESSAGE_TO)
        from_ = number(first(params, "From"), _INVALID_FROM, _MESSAGE_FROM)
        body = first(params, "Body")
        if not body:
            raise ApiError(_MISSING_BODY)
        callback = checked_url(first(params, "StatusCallback"), INVALID_STATUS_CALLBACK)
        board = self._board
        # A message lives outside the book of calls: it never rings.
        message = Call(-1, board.name("SM"), to, from_, Direction.API, board.now, Orders())
        board.record(message, "message", text=body)
        if callback:
            report: Callable[..., None] = self._webhooks.report_message
            board.schedule(_MESSAGE_SENT_AFTER, None, report, message, callback, "sent")
            board.schedule(_MESSAGE_DELIVERED_AFTER, None, report, message, callback, "delivered")
        return json_response(201, message_resource(message, board.config.account_sid, body))


def _same(sent: bytes, expected: bytes) -> bool:
    """Compare Basic credentials in constant time, whatever the case of the scheme's name and the padding."""
    scheme, _, value = sent.partition(b" ")
    if scheme.lower() != b"basic":
        return False
    try:
        decoded = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(decoded, base64.b64decode(expected.partition(b" ")[2]))


def _params(form: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    params: dict[str, list[str]] = {}
    for name, value in form:
        params.setdefault(name, []).append(value)
    return params
