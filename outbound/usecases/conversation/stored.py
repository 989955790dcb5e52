"""A conversation as it is stored with its attempt: the engine's JSON, as an object."""

import json
from collections.abc import Mapping
from typing import Any

from outbound.dialogue.session import Session


def session_of(data: Mapping[str, Any]) -> Session:
    """Rebuild the conversation from an attempt's `session`; ValueError if it is none."""
    return Session.from_json(json.dumps(data))


def data_of(session: Session) -> dict[str, Any]:
    """Return a conversation as an attempt stores it. It holds personal data."""
    data: dict[str, Any] = json.loads(session.to_json())
    return data
