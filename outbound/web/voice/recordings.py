"""Recordings that the carrier plays: it fetches them as anybody could, and they say nothing about anybody."""

import logging
import re
from urllib.parse import unquote

from outbound.usecases.conversation.versions import recording_of
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import ServiceAwayError
from outbound.web.voice.webhook import WebRequest, WebResponse

PREFIX = "/voice/audio/"

_ADDRESS = re.compile(r"(?P<version>[0-9a-f]{64})/(?P<path>[A-Za-z0-9_./-]{1,200})")
_FOR_EVER = "public, max-age=31536000, immutable"
"""The address names the version of the script: what is found there never changes."""

_NOT_FOUND = WebResponse(404)

_log = logging.getLogger(__name__)


def fetch_recording(store: Store, scripts: ScriptCatalogue, request: WebRequest, path: str) -> WebResponse:
    """Answer GET and HEAD of `path`, the address below `/voice/audio/`; 404 for what no manifest names.

    Nothing is looked for on disk: a path is the name of a file that a version of a script brought along.
    """
    if request.method not in {"GET", "HEAD"}:
        return WebResponse(405)
    address = _ADDRESS.fullmatch(unquote(path))
    if address is None:
        return _NOT_FOUND
    try:
        found = recording_of(store, scripts, address["version"], address["path"])
    except ServiceAwayError as error:
        _log.error("a recording cannot be had", extra={"cause": type(error).__name__})
        return WebResponse(503)
    if found is None:
        return _NOT_FOUND
    return WebResponse(200, found.content, found.content_type, _FOR_EVER)
