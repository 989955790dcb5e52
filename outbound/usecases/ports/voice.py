"""A conversation between its turns."""

from typing import Protocol


class VoiceStore(Protocol):
    """A conversation between its turns."""
