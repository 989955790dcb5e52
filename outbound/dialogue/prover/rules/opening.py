"""What comes first, what machines and assistants hear, and what goes with a transfer."""

from collections.abc import Iterator

from outbound.dialogue.prover.graph import lines_of
from outbound.dialogue.prover.length import Lasting
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.topics import Spoken, Topic
from outbound.dialogue.prover.walk import Walk
from outbound.dialogue.script.model import BACK, Line, Script

_FIRST = (
    (int(Topic.COMPANY), "company_undisclosed", "which company calls"),
    (int(Topic.AUTOMATED), "automated_undisclosed", "that the voice is automated"),
    (int(Topic.PURPOSE), "purpose_undisclosed", "why it calls"),
    (int(Topic.PERSON), "person_undisclosed", "how to reach a person"),
)
_ROUTE, _COMPANY, _AUTOMATED, _POLICY = (
    int(each) for each in (Topic.ROUTE, Topic.COMPANY, Topic.AUTOMATED, Topic.POLICY_WORDS)
)
_ON_VOICEMAIL = frozenset({"company", "hotline"})


def check_opening(report: Report, walk: Walk) -> None:
    """Who calls, that it is a machine, why, and the way to a person come before the first question."""
    waiting = list(_FIRST)
    for (step_name, now), state in walk.asked:
        for topic, code, what in waiting:
            if not now.told & topic:
                path = walk.path(state)
                language = _silent_about(report, path, topic)
                where = f" in {language}" if language else ""
                text = f"step '{step_name}' asks before it was said{where} {what}; say it in the greeting"
                report.at(code, ("steps", step_name, "ask"), text, step_name, path)
        waiting = [each for each in waiting if now.told & each[0]]
    for ended, state in walk.ended:
        if not ended.now.told & _ROUTE:
            text = f"a call that ends at step '{state.step}' has named no way to complain or to call back"
            report.at("no_route", ("steps", state.step), text, state.step, walk.path(state))
    _check_first_words(report)


def _silent_about(report: Report, path: tuple[str, ...], topic: int) -> str | None:
    """Return the language in which nothing on a path speaks of a topic."""
    names = [line.prompt for step in path for line in report.script.steps[step].say if line.prompt]
    for language in report.script.languages:
        spoken = (report.book.get(name, language) for name in names)
        if not any(each is not None and each.topics & topic for each in spoken):
            return language
    return None


def _check_first_words(report: Report) -> None:
    script = report.script
    lines = _first_lines(script)
    pauses = [index for index, line in enumerate(lines) if line.pause >= report.limits.bounds.pause_after_greeting]
    for language in script.languages:
        named = [
            (index, spoken)
            for index, line in enumerate(lines)
            if line.prompt and (spoken := report.book.get(line.prompt, language)) and spoken.topics & _COMPANY
        ]
        if not named:
            continue
        first, spoken = named[0]
        if not any(0 < pause < first for pause in pauses):
            text = (
                "the company is named in the first two seconds, which are often lost; greet, pause, then say who calls"
            )
            report.prompt("lost_greeting", spoken.name, language, text, script.start, (script.start,))
        if not spoken.topics & _AUTOMATED:
            text = f"prompt '{spoken.name}' names the company but not that the voice is automated; say both at once"
            report.prompt("automated_undisclosed", spoken.name, language, text, script.start, (script.start,))


def _first_lines(script: Script) -> list[Line]:
    """Return what is said from the start on as far as there is only one way."""
    lines: list[Line] = []
    name: str | None = script.start
    for _ in range(script.limits.steps_in_a_turn):
        if name is None or name not in script.steps:
            break
        step = script.steps[name]
        lines += step.say
        name = step.goes_on
    return lines


def check_machines(report: Report) -> None:
    """Voicemail and call screening hear what they may hear, and are asked nothing."""
    script = report.script
    for name in _following(script, script.voicemail):
        if script.steps[name].question is not None:
            text = f"step '{name}' asks a machine; end the call after the message"
            report.at("voicemail_asks", ("steps", name, "ask"), text, name)
    leaves = [name for name in _following(script, script.voicemail) if _leaves_message(script, name)]
    for name in leaves:
        for spoken in _spoken_at(report, name):
            more = sorted(spoken.variables - _ON_VOICEMAIL)
            if more or spoken.topics & _POLICY:
                what = ", ".join(more) or "insurance"
                text = f"prompt '{spoken.name}' tells a machine of {what}; company and number only"
                report.prompt("voicemail_field", spoken.name, spoken.language, text, name, (script.voicemail,))
        for language in script.languages:
            fields = {each for s in _spoken_at(report, name) if s.language == language for each in s.variables}
            if _ON_VOICEMAIL - fields:
                text = (
                    f"step '{name}' leaves a message without {', '.join(sorted(_ON_VOICEMAIL - fields))} in {language}"
                )
                report.at("voicemail_silent", ("steps", name, "say"), text, name, (script.voicemail,))
    _check_screening(report)


def _leaves_message(script: Script, name: str) -> bool:
    return any(spec.name == "voicemail_left" for spec in script.steps[name].effects)


def _spoken_at(report: Report, name: str) -> Iterator[Spoken]:
    for line in lines_of(report.script.steps[name]):
        yield from report.book.in_languages(line.prompt) if line.prompt else ()


def _following(script: Script, start: str) -> list[str]:
    found: list[str] = []
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found and name in script.steps:
            found.append(name)
            step = script.steps[name]
            waiting.extend(choice.go for choice in step.choose)
            waiting.extend([step.goes_on] if step.goes_on else [])
    return found


def _check_screening(report: Report) -> None:
    script = report.script
    branch = script.universal.get("call_screening")
    if branch is None:
        return
    steps = [script.steps[name] for name in _following(script, branch.go)]
    lines = [*branch.say, *(line for step in steps if step.question is None for line in step.say)]
    for language in script.languages:
        spoken = [each for line in lines if line.prompt and (each := report.book.get(line.prompt, language))]
        sentences = sum(len(each.sentences) for each in spoken)
        waits = any(step.question is not None or step.goes_on == BACK for step in steps) and not any(
            step.ends for step in steps
        )
        names = any(each.topics & _COMPANY for each in spoken)
        if sentences != 1 or not names or not waits:
            text = "who screens calls hears one sentence, who calls and why, and is waited for; go back after it"
            report.at("screening", ("universal", "call_screening"), f"{text} ({language}: {sentences} sentences)")


def check_transfers(report: Report) -> None:
    """Who is put through is told so; who takes the call is told what it is about."""
    for name, step in report.script.steps.items():
        if step.transfer is None:
            continue
        if not step.whisper:
            text = f"step '{name}' puts somebody through to a person who knows nothing; write a whisper"
            report.at("whisper_missing", ("steps", name, "transfer"), text, name)
        if not any(line.prompt for line in step.say):
            text = f"step '{name}' puts somebody through without a word; say so first"
            report.at("transfer_unannounced", ("steps", name, "transfer"), text, name)


def check_lengths(report: Report, walk: Walk) -> None:
    """A turn, the straight path and the whole call are short enough."""
    script, limits = report.script, report.limits
    for language in script.languages:
        lasting = Lasting(script, language, limits.speech, 1.0)
        straight = lasting.straight()
        if straight > limits.lengths.script_seconds:
            text = (
                f"the robot speaks for {straight:.0f} s on the straight path in {language}; "
                f"{limits.lengths.script_seconds} s are allowed"
            )
            report.at("script_length", ("start",), text, script.start)
        slow = Lasting(script, language, limits.speech, limits.speech.slow)
        longest = slow.longest() + slow.asked_again()
        if longest > script.limits.seconds:
            most = script.limits.seconds
            text = f"the longest call straight on takes {longest:.0f} s in {language}; it is cut short at {most}"
            report.at("cut_short", ("limits",), text)
        _check_turns(report, walk, lasting, language)


def _check_turns(report: Report, walk: Walk, lasting: Lasting, language: str) -> None:
    said: dict[str, float] = {}
    for state in walk.came_from:
        origin = walk.came_from[state]
        step = report.script.steps[state.step]
        before = 0.0
        if origin is not None and report.script.steps[origin.step].question is None:
            before = said.get(origin.step, 0.0)
        seconds = before + lasting.turn(step.say)
        said[state.step] = max(seconds, said.get(state.step, 0.0))
        if step.question is None:
            continue
        seconds += lasting.prompt(step.question.prompts[0], language)
        most = report.limits.lengths.turn_seconds
        if seconds > most:
            text = (
                f"{seconds:.0f} s are spoken in {language} before step '{state.step}' listens; {most} s can be followed"
            )
            report.at("long_turn", ("steps", state.step, "ask"), text, state.step, walk.path(state))
