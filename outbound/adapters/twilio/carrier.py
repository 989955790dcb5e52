"""The carrier through Twilio's official SDK, against Twilio or anything that speaks its API."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any, TypeVar

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.base.values import unset
from twilio.http import HttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from outbound.adapters.twilio.in_process import NoAnswerError
from outbound.adapters.twilio.one_shot import OneShotHttpClient
from outbound.domain.line.carrier_code import RefusalKind, Silence, read_create_refusal
from outbound.usecases.log_fields import about
from outbound.usecases.ports.carrier import (
    Ambiguous,
    CallOrder,
    Cancelled,
    CarrierAwayError,
    CarrierCall,
    Placed,
    Refused,
    UnansweredError,
)

_log = logging.getLogger(__name__)
_STATUS_EVENTS = ["ringing", "answered", "completed"]
"""`initiated` is left out: it tells nothing that the answer to the order, or the first of these, does not tell."""
_EXTENSION_PAUSE = "wwww"
_NO_ENVIRONMENT = {"TWILIO_REGION": "", "TWILIO_EDGE": ""}
"""A region or an edge would rewrite the address; an empty mapping would be taken for none given."""
_QUEUED = "queued"
_LARGEST_PAGE = 1000
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SERVER_ERRORS = 500
_NOT_FOUND, _WRONG_STATE = 404, 21220
_NOT_TO_US = frozenset({401, 403, 408, 429})
"""Statuses with which any question is answered for the moment, not just this one."""
_Answer = TypeVar("_Answer")


class TwilioCarrier:
    """Orders calls whose addresses are `{public_url}/voice/{token}/turn/0`, `/status` and `/amd`.

    `api_url` None means Twilio itself. Every order is sent once, by one HTTP request, with a time-out. `together` is
    how many calls it is asked about at a time where there are several.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        public_url: str,
        api_url: str | None = None,
        timeout_seconds: float = 10,
        http_client: HttpClient | None = None,
        together: int = 1,
    ) -> None:
        self._together = together
        self._public_url = public_url.rstrip("/")
        self._client = Client(
            account_sid,
            auth_token,
            http_client=http_client or OneShotHttpClient(timeout_seconds),
            environment=_NO_ENVIRONMENT,
        )
        if api_url is not None:
            self._client.api.base_url = api_url.rstrip("/")

    def create_call(self, order: CallOrder) -> Placed | Refused | Ambiguous:
        """POST Calls.json once."""
        base = f"{self._public_url}/voice/{order.token}"
        return _ordered(
            lambda: self._client.calls.create_with_http_info(
                to=order.to,
                from_=order.from_,
                url=f"{base}/turn/0",
                status_callback=f"{base}/status",
                status_callback_event=_STATUS_EVENTS,
                timeout=order.ring_seconds,
                machine_detection="DetectMessageEnd",
                async_amd="true",
                async_amd_status_callback=f"{base}/amd",
                send_digits=f"{_EXTENSION_PAUSE}{order.extension}" if order.extension else unset,
            ),
            order.token,
        )

    def send_message(self, to: str, from_: str, body: str) -> Placed | Refused | Ambiguous:
        """POST Messages.json once."""
        return _ordered(lambda: self._client.messages.create_with_http_info(to=to, from_=from_, body=body), "message")

    def cancel_or_hang_up(self, sid: str) -> bool:
        """Cancel what is queued or rings; hang up what was answered in the meantime."""
        return self._change(sid, status="canceled") or self._change(sid, status="completed")

    def cancel_queued(self, sid: str) -> bool:
        """Look first: Twilio would cancel a call that rings as well, and whoever runs to it finds nobody there."""
        call = self.fetch(sid)
        return call is not None and call.status == _QUEUED and self._change(sid, status="canceled")

    def cancel_all_queued(self, sids: Sequence[str]) -> Cancelled:
        """Ask about `together` of them at a time: the carrier begins to ring others meanwhile."""
        told: dict[str, bool] = {}
        away = Event()

        def cancel(sid: str) -> None:
            if away.is_set():
                return
            try:
                told[sid] = self.cancel_queued(sid)
            except UnansweredError as error:
                _log.warning("a call stays in the carrier's queue for now: %s", error)
            except CarrierAwayError as error:
                _log.warning("clearing the carrier's queue stops: %s", error)
                away.set()

        if self._together > 1 and len(sids) > 1:
            with ThreadPoolExecutor(min(self._together, len(sids))) as threads:
                list(threads.map(cancel, sids))
        else:
            list(map(cancel, sids))
        return Cancelled(told, away.is_set())

    def queued_calls(self, *, from_: str) -> list[CarrierCall]:
        """List by the number that is shown, and state."""
        calls = self._client.calls
        found = _asked(lambda: [*map(_call_from, calls.list(from_=from_, status=_QUEUED, page_size=_LARGEST_PAGE))])
        return sorted(found, key=lambda call: (call.created_at or _LONG_AGO, call.sid))

    def redirect(self, sid: str, url: str) -> bool:
        """Update the call with another address."""
        return self._change(sid, url=url)

    def _change(self, sid: str, **change: str) -> bool:
        try:
            self._client.calls(sid).update(**change)
        except (TwilioException, requests.RequestException, NoAnswerError, ValueError) as error:
            if _status_of(error) == _NOT_FOUND or _code_of(error) == _WRONG_STATE:
                return False
            raise _away(error) from None
        return True

    def fetch(self, sid: str) -> CarrierCall | None:
        """GET one call."""
        try:
            return _call_from(self._client.calls(sid).fetch())
        except (TwilioException, requests.RequestException, NoAnswerError, ValueError) as error:
            if _status_of(error) == _NOT_FOUND:
                return None
            raise _away(error) from None

    def find_calls(self, *, to: str, from_: str, since: datetime) -> list[CarrierCall]:
        """List by number and time, and once more what is queued: that has no start time yet."""
        calls = self._client.calls
        found = _asked(
            lambda: [
                *map(_call_from, calls.list(to=to, from_=from_, start_time_after=since.astimezone(UTC))),
                *map(_call_from, calls.list(to=to, from_=from_, status=_QUEUED)),
            ]
        )
        each = {call.sid: call for call in found}
        return sorted(each.values(), key=lambda call: (call.created_at or since, call.sid))

    def received_calls(self, *, to: str, since: datetime) -> list[CarrierCall]:
        """List by the number that was rung, and time."""
        calls = self._client.calls
        found = _asked(lambda: [*map(_call_from, calls.list(to=to, start_time_after=since.astimezone(UTC)))])
        return sorted(found, key=lambda call: (call.started_at or since, call.sid))

    def time(self) -> datetime | None:
        """Read the Date header of a small question."""
        uri = f"{self._client.api.base_url}/2010-04-01/Accounts/{self._client.account_sid}/Calls.json"
        answer = _asked(lambda: self._client.request("GET", uri, params={"PageSize": 1}))
        if answer.status_code >= _SERVER_ERRORS:
            raise CarrierAwayError(f"the carrier is out of order: http {answer.status_code}")
        return _date(answer.headers)


def _ordered(send: Callable[[], Any], token: str) -> Placed | Refused | Ambiguous:
    """Send an order and say what is certain about it."""
    try:
        answer = send()
    except (TwilioRestException, TwilioServiceException) as error:
        kind = read_create_refusal(error.status, _code_of(error))
        told = about(token, status=error.status, cause=f"carrier_{_code_of(error) or error.status}")
        _log.warning("the order was not taken: %s", kind or "ambiguous", extra=told)
        if kind is None:
            return Ambiguous(Silence.SERVER_ERROR)
        return Refused(_code_of(error), error.status, kind)
    except (requests.RequestException, NoAnswerError) as error:
        silence = _silence(error)
        _log.warning("the order was not answered", extra=about(token, cause=silence or "no_connection"))
        return Ambiguous(silence) if silence else Refused(None, None, RefusalKind.UNREACHABLE)
    except (TwilioException, ValueError, TypeError, AttributeError):
        # A success that cannot be read is a success all the same.
        _log.warning("the answer to the order cannot be read", extra=about(token))
        return Ambiguous(Silence.MALFORMED)
    sid = answer.data.sid
    return Placed(sid, _date(answer.headers)) if isinstance(sid, str) and sid else Ambiguous(Silence.MALFORMED)


def _silence(error: requests.RequestException | NoAnswerError) -> Silence | None:
    """Tell how no answer came, or None when nothing was sent at all."""
    if isinstance(error, NoAnswerError):
        return error.kind if error.sent else None
    cause = error.args[0] if error.args else None
    if isinstance(getattr(cause, "reason", None), NewConnectionError | ConnectTimeoutError):
        return None
    return Silence.TIMEOUT if isinstance(error, requests.Timeout) else Silence.RESET


def _asked(ask: Callable[[], _Answer]) -> _Answer:
    """Ask a question that may be asked again; raises `CarrierAwayError`."""
    try:
        return ask()
    except (TwilioException, requests.RequestException, NoAnswerError, ValueError) as error:
        raise _away(error) from None


def _away(error: Exception) -> CarrierAwayError:
    """Say what happened without the carrier's words: they may hold a number."""
    status = _status_of(error)
    text = f"the carrier did not answer as it should: {type(error).__name__}, http {status}"
    if isinstance(error, requests.RequestException | NoAnswerError):
        unreadable = isinstance(error, requests.exceptions.InvalidJSONError)
        return UnansweredError(text) if unreadable else CarrierAwayError(text)
    is_about_us = status is not None and (status >= _SERVER_ERRORS or status in _NOT_TO_US)
    return CarrierAwayError(text) if is_about_us else UnansweredError(text)


def _status_of(error: Exception) -> int | None:
    # The error of a list holds the answer itself.
    answer = error.args[-1] if error.args else None
    status = getattr(error, "status", getattr(answer, "status_code", None))
    return status if isinstance(status, int) else None


def _code_of(error: Exception) -> int | None:
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None


def _call_from(call: Any) -> CarrierCall:
    return CarrierCall(
        sid=call.sid,
        to=call.to,
        from_=call._from,  # noqa: SLF001 - the SDK's name for a reserved word
        status=str(call.status),
        created_at=call.date_created,
        started_at=call.start_time,
        ended_at=call.end_time,
        duration_seconds=int(call.duration) if call.duration else None,
        answered_by=call.answered_by or None,
    )


def _date(headers: Any) -> datetime | None:
    text = headers.get("Date") or headers.get("date")
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None
