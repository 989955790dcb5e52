"""What of a script is come to only by callees who proved who they are."""

from collections.abc import Iterator

from outbound.dialogue.script.model import Branch, EffectSpec, Script, Step

_VERIFIED, _NOT = "verified", "not verified"


def verified_only(script: Script) -> frozenset[str]:
    """Return the steps that nobody comes to who has not proved who they are."""
    seen: set[tuple[str, bool]] = set()
    waiting = [(script.start, False), (script.voicemail, False)]
    while waiting:
        name, verified = waiting.pop()
        if (name, verified) in seen or name not in script.steps:
            continue
        seen.add((name, verified))
        waiting.extend(_ways_on(script, script.steps[name], verified=verified))
    return frozenset(name for name, verified in seen if verified and (name, False) not in seen)


def _ways_on(script: Script, step: Step, *, verified: bool) -> Iterator[tuple[str, bool]]:
    now = _after(step.effects, verified=verified)
    branches: list[Branch] = list((step.transfer or {}).values())
    if step.question is not None:
        branches += [*step.question.hear.values(), *script.universal.values()]
        yield from ((name, now) for name in (step.question.silent, step.question.not_understood, script.too_long))
    yield from ((each.go, _after(each.effects, verified=now)) for each in branches)
    for choice in step.choose:
        if not (choice.when == _VERIFIED and not now) and not (choice.when == _NOT and now):
            yield choice.go, now
    if step.goes_on is not None:
        yield step.goes_on, now
    if step.faq is not None:
        yield from ((step.faq.answered, now), (step.faq.unanswered, now))


def _after(effects: tuple[EffectSpec, ...], *, verified: bool) -> bool:
    for each in effects:
        if each.name in {"verified", "wrong_party"}:
            verified = each.name == "verified"
    return verified
