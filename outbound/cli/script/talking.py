"""The conversation in the terminal: what is said is printed, what is typed is heard."""

import json
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from outbound.dialogue.heard import Heard, Keyed, Spoken, TransferEnded
from outbound.dialogue.rehearsal.call import Call, Turn, Window
from outbound.dialogue.rehearsal.lasting import heard_seconds, said_seconds
from outbound.dialogue.rehearsal.telling import effect_text, heard_line, said_lines
from outbound.dialogue.rehearsal.typed import HELP, Command, Unknown, read_typed
from outbound.dialogue.rehearsal.understood import taken
from outbound.dialogue.said import Transfer
from outbound.dialogue.session import final_disposition

if TYPE_CHECKING:
    from outbound.dialogue.prover.limits import Speech


class Talk:
    """A writer's conversation with a script. Time passes as what is said and heard would take in a call."""

    def __init__(self, call: Call, speech: "Speech", possible: tuple[Window, ...], out: TextIO) -> None:
        self._call, self._speech, self._possible, self._out = call, speech, possible, out
        self._seconds = 0.0
        self._at: list[float] = []
        self._passed(call.turns[0])

    def go_on(self, lines: TextIO) -> None:
        """Talk until the conversation is over, nobody types any more, or the writer quits."""
        terminal = lines.isatty()
        self._print("Type what the callee says, or keys; :help says what else there is.\n" if terminal else "")
        self._show_turn(self._call.turns[0])
        for line in self._typed(lines, terminal=terminal):
            if not terminal:
                self._print(f"> {line or '(silence)'}")
            meant = read_typed(line)
            if meant == Command("quit"):
                break
            if isinstance(meant, Unknown):
                self._print(f"  {meant.mend}")
            elif isinstance(meant, Command):
                self._obey(meant)
            else:
                self._hear(meant)
            if self._call.session.ended:
                break
        self._show_end()

    def _typed(self, lines: TextIO, *, terminal: bool) -> Iterable[str]:
        if not terminal:
            yield from (line.rstrip("\r\n") for line in lines)
            return
        while True:
            try:
                print("> ", end="", file=self._out, flush=True)
                line = lines.readline()
            except KeyboardInterrupt:
                line = ""
            if not line:
                return
            yield line.rstrip("\r\n")

    def _hear(self, heard: Heard) -> None:
        before = self._call.sprint.said
        if isinstance(heard, TransferEnded) and not any(isinstance(each, Transfer) for each in before):
            self._print("  nobody is being put through now")
            return
        self._wait(heard_seconds(heard, before, self._speech))
        turn = self._call.hear(heard)
        self._passed(turn)
        self._show_understood(turn)
        self._show_turn(turn)

    def _wait(self, seconds: float) -> None:
        self._seconds += seconds
        began = self._call.turns[0].sprint.session.began_at
        if began is not None:
            self._call.now = began + timedelta(seconds=round(self._seconds))

    def _passed(self, turn: Turn) -> None:
        self._at.append(self._seconds)
        self._seconds += said_seconds(turn.sprint.said, self._speech)

    def _obey(self, command: Command) -> None:
        if command.name == "help":
            self._print(HELP)
        elif command.name == "facts":
            self._print(json.dumps(self._facts(), ensure_ascii=False, indent=2))
        elif command.name == "wait":
            self._wait(float(command.argument))
            self._print(f"  {command.argument} s pass")
        elif command.name == "save":
            self.save(command.argument)
        else:
            self._other_language()

    def _other_language(self) -> None:
        keys = self._call.script.universal_keys
        key = next((key for key, word in keys.items() if word == "other_language"), None)
        if key is None:
            self._print("  this script has no key for another language")
        else:
            self._print(f"  (the callee presses {key})")
            self._hear(Keyed(key))

    def _facts(self) -> dict[str, Any]:
        from outbound.dialogue.journeys.writing import facts_data

        return facts_data(self._call.turns[0].sprint.session.facts, self._possible)

    def _show_understood(self, turn: Turn) -> None:
        found = taken(turn)
        parts = [f"understood: {'perhaps ' if found.doubtful else ''}{found.intent or 'nothing'}"]
        if found.confidence is not None and isinstance(turn.heard, Spoken):
            parts.append(f"{found.confidence:.0%} sure{', asked back' if found.doubtful else ''}")
        parts += [each for each in (found.value,) if each]
        parts += [f"approved answer {found.answer}"] if found.answer else []
        parts += [f"no approved answer is near enough; nearest {found.nearest}"] if found.nearest else []
        self._print(f"  {'; '.join(parts)}")
        for effect in turn.sprint.effects:
            self._print(f"  brings about: {effect_text(effect)}")

    def _show_turn(self, turn: Turn) -> None:
        for line in said_lines(turn.sprint.said):
            self._print(f"robot  {line}")
        session = turn.sprint.session
        stands = "over" if session.ended else f"open: {session.step}"
        self._print(f"  {stands}; {session.language}; {self._seconds:.0f} s\n")

    def _show_end(self) -> None:
        session = self._call.session
        came = final_disposition(session)
        self._print(f"ends as: {came}" if session.ended else f"not over; if it ended here: {came}")
        for name, value in session.answers.items():
            self._print(f"  {name}: {value}")

    def save(self, name: str) -> None:
        """Save the call so far as a journey; a file that is there stays as it is."""
        from outbound.dialogue.journeys.writing import journey_text

        file = Path(name)
        text = journey_text(self._call, _shared_facts(file), self._possible, file.stem.replace("_", " "))
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
        except FileExistsError:
            self._print(f"  {file} is there already; name another file")
        except OSError as error:
            self._print(f"  {file} cannot be written: {error.strerror}")
        else:
            self._print(f"  saved as {file}")

    def record(self, file: Path) -> None:
        """Add the call to a file of conversations."""
        from outbound.dialogue.replay.recorded import as_line, conversation_of

        with file.open("a", encoding="utf-8") as opened:
            opened.write(as_line(conversation_of(self._call, f"{file.stem}-{len(self._call.turns)}", self._possible)))

    def document(self) -> dict[str, Any]:
        """Return the whole conversation as plain values."""
        session = self._call.session
        return {
            "script": session.script,
            "script_version": session.script_version,
            "language": session.language,
            "turns": [self._turn(turn, at) for turn, at in zip(self._call.turns, self._at, strict=True)],
            "ended": session.ended,
            "disposition": final_disposition(session),
            "answers": session.answers,
            "verified": session.verified,
            "step": session.step,
            "seconds": round(self._seconds, 1),
        }

    def _turn(self, turn: Turn, at: float) -> dict[str, Any]:
        return {
            "at": round(at, 1),
            "heard": heard_line(turn.heard) if turn.heard is not None else None,
            "understood": taken(turn) if turn.heard is not None else None,
            "effects": [effect_text(each) for each in turn.sprint.effects],
            "said": said_lines(turn.sprint.said),
            "step": turn.sprint.session.step,
            "steps": turn.walked,
            "language": turn.sprint.session.language,
        }

    def _print(self, text: str) -> None:
        if text:
            print(text, file=self._out or sys.stdout, flush=True)


def _shared_facts(file: Path) -> dict[str, Any]:
    """Return the facts that journeys beside a file share, or nothing."""
    from outbound.adapters.files.journeys import FACTS, load_facts

    for folder in file.resolve().parents:
        if (folder / FACTS).is_file():
            return dict(load_facts(folder / FACTS))
    return {}
