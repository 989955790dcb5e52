"""Policies out of an HTTP feed: JSON in pages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from outbound.adapters.sources.columns import resolve_header
from outbound.adapters.sources.contract import RawRow, RowsDelivery, SourceError, SourceUnreachableError
from outbound.adapters.sources.sheets import as_text
from outbound.usecases.ports.sources import Delivery

_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_PAGES: Final = 100_000
_SERVER_ERROR: Final = 500
_BUSY: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed whose pages are `{items_key: [...], next_key: link or token, watermark_key: text}`, or a bare list.

    With `token_param` the value of `next_key` is sent back in that parameter; without, it is the next page's address,
    followed on the same origin only, since `headers` may hold a credential. `since_param` bears the watermark. A page's
    own watermark counts when it has one; the newest `watermark_column` of all rows counts after the last page only,
    because pages need not be in order. `client` is made with those defaults unless given.
    """

    name: str
    url: str = field(repr=False)
    items_key: str = "policies"
    next_key: str = "next"
    token_param: str | None = None
    since_param: str = "since"
    watermark_key: str = "watermark"
    watermark_column: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    mapping: Mapping[str, str] | None = None
    client: httpx.Client | None = field(default=None, repr=False)

    def deliveries(self, watermark: str | None = None) -> Iterator[Delivery]:
        """Yield one delivery a page; raises SourceError, SourceUnreachableError where a later call may succeed."""
        if self.client is not None:
            yield from self._pages(self.client, watermark)
            return
        with httpx.Client(timeout=_TIMEOUT) as client:
            yield from self._pages(client, watermark)

    def _pages(self, client: httpx.Client, watermark: str | None) -> Iterator[Delivery]:
        url = self._parsed_url(self.url)
        if url.scheme not in {"http", "https"}:
            raise SourceError("the feed's address is none of HTTP", self.name, "Write https://host/path.")
        if watermark is not None:
            url = url.copy_merge_params({self.since_param: watermark})
        origin, newest, settled, seen = url, watermark, watermark, set[str]()
        for number in range(1, _PAGES + 1):
            seen.add(str(url))
            items, following, stated = self._page(self._fetch(client, url, number), number)
            rows = self._rows(items, number)
            newest = self._newest(rows, newest)
            settled = stated or (newest if following is None else settled)
            yield RowsDelivery(f"{self.name} page {number}", settled, rows)
            if following is None:
                return
            url = self._next_url(origin, url, following)
            if str(url) in seen:
                raise self._broken(number, "leads back to a page that was read already")
        raise self._broken(_PAGES, "does not end")

    def _fetch(self, client: httpx.Client, url: httpx.URL, number: int) -> Any:
        where = f"{self.name} page {number}"
        try:
            response = client.get(url, headers={"Accept": "application/json", **self.headers})
        except httpx.HTTPError as error:
            what = f"the feed cannot be reached ({type(error).__name__})"
            raise SourceUnreachableError(what, where, "Check address and network, and run again.") from None
        status = response.status_code
        if status >= _SERVER_ERROR or status in _BUSY:
            raise SourceUnreachableError(f"the feed answers {status}", where, "Run again later.")
        if not response.is_success:
            raise SourceError(f"the feed answers {status}", where, "Check the address and the credential.")
        try:
            return json.loads(response.content, parse_float=str, parse_int=str)
        except ValueError:
            raise self._broken(number, "is not JSON") from None

    def _page(self, body: Any, number: int) -> tuple[Sequence[Mapping[str, Any]], str | None, str | None]:
        page = {self.items_key: body} if isinstance(body, list) else body
        items = page.get(self.items_key) if isinstance(page, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self._broken(number, f"has no list of objects under {self.items_key}")
        following, stated = page.get(self.next_key), page.get(self.watermark_key)
        return items, str(following) if following else None, str(stated) if stated else None

    def _rows(self, items: Sequence[Mapping[str, Any]], number: int) -> list[RawRow]:
        where = f"{self.name} page {number}"
        names = list(dict.fromkeys(name for item in items for name in item))
        if not names:
            return []
        columns = dict(zip(names, resolve_header(names, self.mapping, where), strict=True))
        return [
            RawRow(where, place, {columns[name]: _text(value) for name, value in item.items()})
            for place, item in enumerate(items, 1)
        ]

    def _newest(self, rows: Sequence[RawRow], newest: str | None) -> str | None:
        if self.watermark_column is None:
            return newest
        marks = [mark for row in rows if (mark := row.values.get(self.watermark_column))]
        return max(marks if newest is None else [*marks, newest], default=None)

    def _next_url(self, origin: httpx.URL, url: httpx.URL, following: str) -> httpx.URL:
        if self.token_param is not None:
            return origin.copy_merge_params({self.token_param: following})
        found = url.join(self._parsed_url(following))
        if (found.scheme, found.host, found.port) != (origin.scheme, origin.host, origin.port):
            raise SourceError(
                "the feed's next page is on another server, which must not get this one's credential",
                self.name,
                "Ask the feed's owner for links on the same server, or use page tokens.",
            )
        return found

    def _parsed_url(self, text: str) -> httpx.URL:
        try:
            return httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            raise SourceError("an address of the feed cannot be read", self.name, "Write https://host/path.") from None

    def _broken(self, number: int, what: str) -> SourceError:
        return SourceError(f"the page {what}", f"{self.name} page {number}", "Ask the feed's owner to mend it.")


def _text(value: object) -> str:
    """Return a JSON value as a CSV would hold it; lists of words are joined, anything deeper stays JSON."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return as_text(value)
