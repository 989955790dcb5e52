"""Recordings over HTTP: what a manifest of a spoken version names, for whoever fetches it, and nothing else."""

import asyncio
from typing import Any, cast

import httpx
import pytest

from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.files.scripts.recordings import recordings_of
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.usecases.problems import ServiceAwayError
from outbound.web.app import create_app
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.recordings import fetch_recording
from outbound.web.voice.webhook import WebRequest
from tests.conftest import ManualClock
from tests.usecases.voice_room import FakeCarrier, make_context

SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt and so on"
MANIFEST = b"voice: zh-TW\nprompts:\n  hello: [{play: hello.wav}, {say: '{{ full_name }}'}, {play: bye.mp3}]\n"
FILES = {
    "tale/script.yaml": b"steps: {}",
    "tale/audio/nan-TW/manifest.yaml": MANIFEST,
    "tale/audio/nan-TW/hello.wav": SOUND,
    "tale/audio/nan-TW/bye.mp3": b"ID3 and so on",
    "tale/audio/nan-TW/unused.wav": SOUND,
}


@pytest.fixture
def desk(sqlite_store: SqlStore) -> VoiceDesk:
    """A desk whose script has a recorded language."""
    script = make_context().scripts.current("welcome_call")
    context = make_context(scripts=FixedScripts({script.name: script}, {script.name: FILES}))
    return VoiceDesk(
        store=sqlite_store,
        context=context,
        carrier=cast("Any", FakeCarrier()),
        clock=ManualClock(),
        is_genuine=TwilioSignature("an invented token"),
    )


def address(path: str) -> str:
    """Path and query of a recording of the script's version, as it stands in the carrier's document."""
    version = make_context().scripts.current("welcome_call").version
    return VoiceAddresses("").audio(f"{version}/{path}")


def fetch(desk: VoiceDesk, path: str, method: str = "GET") -> Any:
    """Fetch without any signature."""
    return desk.handle(WebRequest(method, path))


@pytest.mark.parametrize(("file", "kind"), [("hello.wav", "audio/wav"), ("bye.mp3", "audio/mpeg")])
def test_what_the_manifest_names_is_served_for_good(desk: VoiceDesk, file: str, kind: str) -> None:
    """Nobody signs it; the address names the version, so that it may be kept for ever."""
    answer = fetch(desk, address(f"tale/audio/nan-TW/{file}"))
    assert (answer.status, answer.content_type, answer.body) == (200, kind, FILES[f"tale/audio/nan-TW/{file}"])
    assert "immutable" in answer.cache


@pytest.mark.parametrize(
    "path",
    [
        "tale/audio/nan-TW/unused.wav",
        "tale/audio/nan-TW/manifest.yaml",
        "tale/script.yaml",
        "tale/audio/nan-TW/../nan-TW/hello.wav",
        "../../../etc/passwd",
        "/etc/passwd",
        "",
    ],
)
def test_nothing_else_is_served(desk: VoiceDesk, path: str) -> None:
    """Neither scripts nor files beside recordings, nor anything outside of the folder."""
    assert fetch(desk, address(path)).status == 404
    assert fetch(desk, address(path).replace("..", "%2e%2e")).status == 404


def test_a_version_that_nobody_spoke_has_no_recordings(desk: VoiceDesk) -> None:
    """A stranger who guesses finds nothing."""
    assert fetch(desk, f"/voice/audio/{'0' * 64}/tale/audio/nan-TW/hello.wav").status == 404
    assert fetch(desk, "/voice/audio/hello.wav").status == 404


def test_nothing_is_written_to_a_recording(desk: VoiceDesk) -> None:
    """It is fetched, or asked for by its head."""
    path = address("tale/audio/nan-TW/hello.wav")
    assert fetch(desk, path, "POST").status == 405
    assert fetch(desk, path, "HEAD").status == 200


def test_over_http_it_has_type_length_and_cache(desk: VoiceDesk) -> None:
    """What a carrier needs to play it, and to fetch it once."""
    path = f"http://here.test{address('tale/audio/nan-TW/hello.wav')}"

    async def ask() -> tuple[httpx.Response, httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(desk))) as client:
            return await client.get(path), await client.head(path)

    found, head = asyncio.run(ask())
    assert (found.status_code, found.content) == (200, SOUND)
    assert found.headers["content-type"] == "audio/wav"
    assert found.headers["cache-control"].startswith("public, max-age=")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(SOUND)))


def test_a_file_that_the_manifest_names_and_nobody_brought_is_nothing() -> None:
    """The prover refuses such a script; what was kept of one is not served either."""
    files = {name: content for name, content in FILES.items() if not name.endswith("bye.mp3")}
    assert list(recordings_of(files)) == ["tale/audio/nan-TW/hello.wav"]


class AwayStore:
    """A database that cannot be reached."""

    def begin(self) -> Any:
        """Refuse."""
        raise ServiceAwayError("the database is away")


def test_the_carrier_may_ask_again_while_the_database_is_away() -> None:
    """A version that this process does not hold cannot be looked up then: 503 invites another try."""
    away = cast("Any", AwayStore())
    answer = fetch_recording(away, FixedScripts({}), WebRequest("GET", "/"), f"{'0' * 64}/tale/audio/nan-TW/hello.wav")
    assert answer.status == 503
