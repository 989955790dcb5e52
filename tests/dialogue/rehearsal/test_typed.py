"""What a writer types."""

import pytest

from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.rehearsal.typed import CLEAR, HELP, Command, Unknown, read_typed


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("好啊", Spoken("好啊", CLEAR)),
        ("1", Keyed("1")),
        ("０５２２", Keyed("0522")),
        ("*", Keyed("*")),
        ("0522#", Keyed("0522#")),
        ("", Silence()),
        ("  ", Silence()),
        (":silence", Silence()),
        ("：machine", MachineDetected()),
        (":hangup", HungUp()),
        (":transfer ok", TransferEnded(ok=True)),
        (":transfer no", TransferEnded(ok=False)),
        (":say 9", Spoken("9", CLEAR)),
        (":unclear 好", Spoken("好", 0.2)),
    ],
)
def test_what_is_heard(line: str, heard: Heard) -> None:
    """Words are words, a line of keys is pressed, an empty one is silence, and commands begin with a colon."""
    assert read_typed(line) == heard


@pytest.mark.parametrize("line", [":help", ":quit", ":facts", ":language", ":wait 30", ":save call.txt"])
def test_commands(line: str) -> None:
    """Commands that the robot does not hear, all of them in the help."""
    name = line[1:].partition(" ")[0]
    found = read_typed(line)
    assert isinstance(found, Command)
    assert found.name == name
    assert f":{name}" in HELP


@pytest.mark.parametrize(
    "line", [":dance", ":transfer", ":transfer maybe", ":wait soon", ":save", ":say", ":hangup now"]
)
def test_slips(line: str) -> None:
    """A command that there is not, or that lacks something, is answered with what to type instead."""
    found = read_typed(line)
    assert isinstance(found, Unknown)
    assert found.mend
