"""Queries and feeds: batches, watermarks, and what is said when they fail. No socket is opened."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from outbound.adapters.sources.contract import SourceError, SourceUnreachableError
from outbound.adapters.sources.feed import FeedSource
from outbound.adapters.sources.query import QuerySource
from outbound.usecases.ports.sources import Delivery

QUERY = "SELECT * FROM issued WHERE changed >= :watermark ORDER BY changed"
ITEM = {"policy_no": "P1", "issued_on": "2026-11-16", "customer_id": "C1", "full_name": "王小明",
        "phone": "0940-123-456", "region": "TW"}  # fmt: skip


def numbers(delivery: Delivery) -> list[str]:
    """Return the policy numbers of a delivery."""
    return [row.values["policy_no"] for row in delivery.rows()]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database of another system with six policies, some changed at the same instant."""
    url = f"sqlite:///{tmp_path}/other.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE issued (policy_no TEXT, issued_on DATE, customer_id TEXT, full_name TEXT, phone TEXT,"
                " region TEXT, premium NUMERIC, changed TEXT)"
            )
        )
        for number, changed in enumerate(("01", "02", "02", "02", "02", "03"), 1):
            values = {**ITEM, "policy_no": f"P{number}", "changed": f"2026-11-{changed}"}
            connection.execute(
                text(
                    "INSERT INTO issued VALUES (:policy_no, :issued_on, :customer_id, :full_name, :phone, :region, 100,"
                    " :changed)"
                ),
                values,
            )
    engine.dispose()
    return url


def query(url: str, sql: str = QUERY, size: int = 2) -> QuerySource:
    """Make a source that reads batches of two."""
    return QuerySource("core", url, sql, "changed", "1900-01-01", batch_size=size)


def test_a_query_yields_batches_with_settled_watermarks(database: str) -> None:
    """A watermark is never ahead of a row that is still to come, even where many rows tie."""
    deliveries = list(query(database).deliveries())
    assert [numbers(one) for one in deliveries] == [["P1", "P2"], ["P3", "P4"], ["P5", "P6"]]
    assert [one.watermark for one in deliveries] == ["2026-11-01", "2026-11-01", "2026-11-03"]
    (row, *_) = deliveries[0].rows()
    assert (row.source, row.line, row.values["premium"]) == ("core", 1, "100")


def test_a_query_resumes_at_its_watermark(database: str) -> None:
    """What was committed is not read again, but for the rows of the watermark itself."""
    assert [numbers(one) for one in query(database).deliveries("2026-11-03")] == [["P6"]]
    assert list(query(database).deliveries("2026-12-01")) == []


def test_stopping_anywhere_loses_no_row(database: str) -> None:
    """Whatever the batch size and wherever a run stops, the next run from the stored watermark brings the rest."""
    for size in range(1, 8):
        for stop in range(1, 8):
            first = list(query(database, size=size).deliveries())[:stop]
            seen = {number for one in first for number in numbers(one)}
            rest = query(database, size=size).deliveries(first[-1].watermark)
            assert seen | {number for one in rest for number in numbers(one)} == {f"P{n}" for n in range(1, 7)}


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT * FROM nowhere WHERE changed >= :watermark", "no such table"),
        ("SELEC", "syntax error"),
        (QUERY + " DESC", "not ordered by changed"),
        ("SELECT *, 1 AS other FROM issued WHERE changed >= :watermark AND :more", "the query fails"),
        ("SELECT policy_no, changed FROM issued WHERE changed >= :watermark", "lacks the required columns issued_on"),
        ("SELECT policy_no FROM issued WHERE changed >= :watermark", "returns no column changed"),
        (QUERY.replace("*", "policy_no, issued_on, customer_id, full_name, phone, region, NULL AS changed"), "is null"),
    ],
)  # fmt: skip
def test_a_query_that_is_wrong_is_explained(database: str, sql: str, what: str) -> None:
    """Syntax, tables, parameters, order and columns: the message says which, and the source's name."""
    with pytest.raises(SourceError, match="core: ") as caught:
        list(query(database, sql).deliveries())
    assert what in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    """The same run may succeed later: exit code 3; a URL that is none is an error of input."""
    with pytest.raises(SourceUnreachableError) as caught:
        list(query(f"sqlite:///{tmp_path}/none/there.db").deliveries())
    assert caught.value.exit_code == 3
    for url in ("hunter2", "nodb://me:hunter2@host/x"):
        with pytest.raises(SourceError, match="cannot be used") as wrong:
            list(query(url).deliveries())
        assert "hunter2" not in str(wrong.value) + repr(query(url))


Handler = Callable[[httpx.Request], httpx.Response]


def feed(handler: Handler, **options: Any) -> FeedSource:
    """Make a feed that is answered by a function."""
    client = httpx.Client(transport=httpx.MockTransport(handler))
    return FeedSource("feed", "https://core.example/policies?size=2", client=client, **options)


def page(*policy_numbers: str, **rest: object) -> httpx.Response:
    """Make a page with these policies."""
    items = [{**ITEM, "policy_no": number, "changed": f"2026-11-0{number[1:]}"} for number in policy_numbers]
    return httpx.Response(200, json={"policies": items, **rest})


def test_a_feed_is_followed_by_links() -> None:
    """Links, relative ones too, lead from page to page; the credential goes with each request; numbers stay text."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return page("P3", watermark="w2") if "page" in request.url.params else page("P1", "P2", next="?page=2")

    source = feed(answer, headers={"Authorization": "Bearer invented"})
    deliveries = list(source.deliveries("w1"))
    assert [numbers(one) for one in deliveries] == [["P1", "P2"], ["P3"]]
    assert [one.watermark for one in deliveries] == ["w1", "w2"]
    assert asked[0].url.params["since"] == "w1"
    assert {request.headers["authorization"] for request in asked} == {"Bearer invented"}
    assert [(row.source, row.line) for row in deliveries[0].rows()] == [("feed page 1", 1), ("feed page 1", 2)]
    assert "invented" not in repr(source)


def test_a_feed_is_followed_by_tokens() -> None:
    """A page token is sent back in its parameter, along with the watermark."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["since"] == "2026-11-01"
        return {None: page("P3", next="t1"), "t1": page("P2", next="t2"), "t2": page()}[request.url.params.get("token")]

    source = feed(answer, token_param="token", watermark_column="changed")
    deliveries = list(source.deliveries("2026-11-01"))
    assert [numbers(one) for one in deliveries] == [["P3"], ["P2"], []]
    assert [one.watermark for one in deliveries] == ["2026-11-01", "2026-11-01", "2026-11-03"]


def test_values_of_json_become_text() -> None:
    """Numbers keep their digits, lists are joined, null is nothing, and deeper things stay JSON."""
    item = ITEM | {"do_not_call": True, "consents": ["service_call", "recording"], "alt_phone": None, "rate": 1.10,
                   "serial": 12345678901234567890, "more": {"b": 1, "a": [2]}}  # fmt: skip
    (delivery,) = feed(lambda _: httpx.Response(200, content=json.dumps([item]))).deliveries()
    (row,) = delivery.rows()
    read = [row.values[name] for name in ("do_not_call", "consents", "alt_phone", "rate", "serial", "more")]
    assert read == ["true", "service_call;recording", "", "1.1", "12345678901234567890", '{"a": ["2"], "b": "1"}']


@pytest.mark.parametrize(
    ("response", "what"),
    [
        (httpx.Response(401), "the feed answers 401"),
        (httpx.Response(302, headers={"Location": "https://evil.example"}), "the feed answers 302"),
        (httpx.Response(200, text="<html>"), "is not JSON"),
        (httpx.Response(200, json={"data": []}), "has no list of objects under policies"),
        (httpx.Response(200, json=[1]), "has no list of objects"),
        (httpx.Response(200, json="x"), "has no list of objects"),
        (httpx.Response(200, json=[{"a": 1}]), "lacks the required columns"),
        (page("P1", next="https://evil.example/2"), "on another server"),
        (page("P1", next="http://core.example/2"), "on another server"),
        (page("P1", next="?size=2"), "leads back"),
        (page("P1", next="https://core.example:port/"), "cannot be read"),
    ],
)
def test_a_feed_that_is_wrong_is_explained(response: httpx.Response, what: str) -> None:
    """Status, form and links: the message says which; a credential never goes to another server."""
    with pytest.raises(SourceError) as caught:
        list(feed(lambda _: response).deliveries())
    assert what in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_address_that_is_none_is_explained() -> None:
    """An address without https:// is an error of the configuration, not of the network; it is not repeated."""
    with pytest.raises(SourceError, match="none of HTTP") as caught:
        list(FeedSource("feed", "core.example/?key=hunter2").deliveries())
    assert caught.value.exit_code == 2
    assert "hunter2" not in str(caught.value) + repr(FeedSource("feed", "core.example/?key=hunter2"))


def fail(request: httpx.Request) -> httpx.Response:
    """Answer as a network does that is down."""
    raise httpx.ConnectTimeout("for the test", request=request)


@pytest.mark.parametrize("answer", [fail, lambda _: httpx.Response(503), lambda _: httpx.Response(429)])
def test_a_feed_that_is_away_may_be_asked_again(answer: Handler) -> None:
    """Time-outs, 5xx and 429 say that a service cannot be reached: exit code 3."""
    with pytest.raises(SourceUnreachableError) as caught:
        list(feed(answer).deliveries())
    assert caught.value.exit_code == 3
    assert "feed page 1" in str(caught.value)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("kind", "start", "marks"),
    [
        ("timestamptz", "1900-01-01", ("2026-11-16 10:00:00+00", "2026-11-16 10:00:00.5+00")),
        ("bigint", "0", ("1", "20")),
        ("date", "1900-01-01", ("2026-11-16", "2026-11-17")),
    ],
)
def test_a_watermark_compares_as_its_column_does(
    postgres_url: str, kind: str, start: str, marks: tuple[str, str]
) -> None:
    """The stored watermark is text; the database reads it as an instant, a number or a day."""
    select = " UNION ALL ".join(
        f"SELECT 'P{n}' AS policy_no, date '2026-11-16' AS issued_on, 'C1' AS customer_id, '王小明' AS full_name,"
        f" '0940-123-456' AS phone, 'TW' AS region, CAST('{mark}' AS {kind}) AS changed"
        for n, mark in enumerate(marks, 1)
    )
    source = QuerySource("core", postgres_url, QUERY.replace("issued", f"({select}) AS issued"), "changed", start)
    (delivery,) = source.deliveries()
    assert numbers(delivery) == ["P1", "P2"]
    assert [numbers(one) for one in source.deliveries(delivery.watermark)] == [["P2"]]
