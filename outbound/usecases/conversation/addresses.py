"""The addresses that a call bears: an opaque token and a turn's number, never anything about a person."""

from urllib.parse import quote

from msgspec import Struct


class VoiceAddresses(Struct, frozen=True):
    """Where the carrier reaches us, below the configured public base (`https://host`, no slash at its end)."""

    base: str

    @property
    def inbound(self) -> str:
        """Return the address of the first document of calls that come in: the voice URL of our number."""
        return f"{self.base}/voice/inbound"

    @property
    def inbound_status(self) -> str:
        """Return the address that is told the end of calls that come in."""
        return f"{self.inbound}/status"

    def turn(self, token: str, turn: int) -> str:
        """Return the address that a turn is posted to; turn 0 is the opening."""
        return f"{self.base}/voice/{token}/turn/{turn}"

    def whisper(self, token: str, turn: int) -> str:
        """Return the address of what is said to whoever takes the transfer that turn `turn` asks for."""
        return f"{self.base}/voice/{token}/whisper/{turn}"

    def audio(self, path: str) -> str:
        """Return the address of a recording: the version of a script, and a path below the folder of scripts."""
        return f"{self.base}/voice/audio/{quote(path)}"

    def status(self, token: str) -> str:
        """Return the address of status callbacks."""
        return f"{self.base}/voice/{token}/status"

    def machine(self, token: str) -> str:
        """Return the address of the answering-machine verdict."""
        return f"{self.base}/voice/{token}/amd"
