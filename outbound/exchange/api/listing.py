"""The list of calls: filters, pages, the newest first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urlencode

from outbound.exchange.api.errors import ApiError
from outbound.exchange.api.orders import INVALID_PARAMETER, Params, first
from outbound.exchange.api.resources import call_resource
from outbound.exchange.call import Call, CallBook
from outbound.exchange.wire import API_VERSION

_DEFAULT_PAGE, _LARGEST_PAGE = 50, 1000
_DATE_LENGTH = len("2026-01-31")


def list_calls(book: CallBook, params: Params, account_sid: str) -> dict[str, object]:
    """Return one page of calls. The page token names the last call of the page before, so new calls shift nothing."""
    size = _size(params)
    page = int(first(params, "Page", "0")) if first(params, "Page", "0").isdecimal() else 0
    token = first(params, "PageToken")
    found = list(islice(_after(_matching(book, params), book, token), size + 1))
    calls, more = found[:size], len(found) > size
    path = f"/{API_VERSION}/Accounts/{account_sid}/Calls.json"
    kept = [(name, value) for name, values in params.items() for value in values if name not in ("Page", "PageToken")]
    if "PageSize" not in params:
        kept.append(("PageSize", str(size)))
    following = [*kept, ("Page", str(page + 1)), ("PageToken", f"PA{calls[-1].sid}" if calls else "")]
    return {
        "calls": [call_resource(call, account_sid) for call in calls],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(calls) - 1, 0),
        "first_page_uri": f"{path}?{urlencode([*kept, ('Page', '0')])}",
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
        "previous_page_uri": None,
        "uri": f"{path}?{urlencode([*kept, ('Page', str(page))])}",
    }


def _size(params: Params) -> int:
    value = first(params, "PageSize", str(_DEFAULT_PAGE))
    if not value.isdecimal() or int(value) < 1:
        raise ApiError(INVALID_PARAMETER, "PageSize is a whole number from 1 to 1000")
    return min(int(value), _LARGEST_PAGE)


def _after(calls: Iterator[Call], book: CallBook, token: str) -> Iterator[Call]:
    if not token:
        return calls
    last = book.by_sid.get(token.removeprefix("PA"))
    if last is None:
        raise ApiError(INVALID_PARAMETER, "PageToken is not known")
    return (call for call in calls if call.index < last.index)


def _matching(book: CallBook, params: Params) -> Iterator[Call]:
    from_, status = first(params, "From"), first(params, "Status")
    parent = first(params, "ParentCallSid")
    start, end = _interval(params, "StartTime"), _interval(params, "EndTime")
    return (
        call
        for call in book.newest_first(first(params, "To"))
        if (not from_ or call.from_ == from_)
        and (not status or call.status == status)
        and (not parent or call.parent_sid == parent)
        and _within(call.dialled_at, start)
        and _within(call.ended_at, end)
    )


def _interval(params: Params, name: str) -> tuple[datetime | None, datetime | None]:
    """Read `Name`, `Name<` and `Name>` (dates or instants, both ends included) as a half-open interval."""
    exact, before, after = first(params, name), first(params, name + "<"), first(params, name + ">")
    if exact:
        return _instant(exact, name), _instant(exact, name) + _unit(exact)
    return (
        _instant(after, name) if after else None,
        _instant(before, name) + _unit(before) if before else None,
    )


def _unit(value: str) -> timedelta:
    """Return what a value covers: a date its whole day, an instant its whole second."""
    return timedelta(days=1) if len(value) == _DATE_LENGTH else timedelta(seconds=1)


def _instant(value: str, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise ApiError(INVALID_PARAMETER, f"{name} is a date or an instant") from error
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _within(instant: datetime | None, interval: tuple[datetime | None, datetime | None]) -> bool:
    begins, ends = interval
    if begins is None and ends is None:
        return True
    return instant is not None and (begins is None or instant >= begins) and (ends is None or instant < ends)
