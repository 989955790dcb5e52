"""Scripts with one place changed at random, as a tired writer might change it."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_folder
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.script.document import Finding, Findings, ScriptError
from outbound.dialogue.script.joining import Material
from outbound.dialogue.script.model import Script
from outbound.dialogue.script.reading import read_script
from tests.dialogue.prover.conftest import Ears

Graph = dict[str, Any]
Change = Callable[[Graph, random.Random], object]

EFFECTS = (
    "verified", "right_party", "recording_given", "satisfaction", "callback_wished", "wrong_party", "complaint_raised",
    "opted_out", "cancel_wished", "death_reported", "question_asked", "person_reached",
    {"person_requested": {"reason": "wish"}}, {"message_wished": {"what": "link"}},
)  # fmt: skip
DISPOSITIONS = ("welcomed", "refused", "not_available", "as_decided")
RESERVED = ("back", "repeat", "previous", "slower", "other_language")


class Mutant(Struct, frozen=True):
    """A changed script, what was changed, and what the prover finds in it that it did not find before."""

    script: Script
    change: str
    seed: int
    findings: tuple[Finding, ...]


def mutants_of(root: Path, name: str, limits: VoiceLimits, seeds: Iterable[int]) -> Iterator[Mutant]:
    """Yield for each seed the mutant that it stands for, where there is one that can be read at all."""
    material = assemble(shelf_of_folder(root), name, Findings())
    before = {(each.code, each.step, each.text) for each in _errors(material, limits)}
    for seed in seeds:
        chance, graph = random.Random(seed), deepcopy(material.graph.data)  # noqa: S311 - to be run again alike
        change = chance.choice(CHANGES)
        what = change(graph, chance)
        changed = replace(material, graph=replace(material.graph, data=graph))
        try:
            script = read_script(changed, Ears(), "version", limits=None)
        except ScriptError:
            continue
        found = tuple(x for x in _errors(changed, limits) if (x.code, x.step, x.text) not in before)
        yield Mutant(script, f"{change.__name__} {what}", seed, found)


def _errors(material: Material, limits: VoiceLimits) -> list[Finding]:
    collected = Findings()
    try:
        read_script(material, Ears(), "version", limits=limits, findings=collected)
    except ScriptError as error:
        return [*(each for each in error.findings if not each.warning), *collected.found]
    return [each for each in collected.found if not each.warning]


def _branches(graph: Graph) -> list[dict[str, Any]]:
    found = [*graph["universal"].values()]
    for step in graph["steps"].values():
        found += (step.get("hear") or {}).values()
        found += [step["hung_up"]] if step.get("hung_up") else []
        exits: Mapping[str, Any] = step.get("transfer") or {}
        found += [exits[name] for name in ("connected", "not_connected") if name in exits]
    return found


def _some(places: Iterable[dict[str, Any]], key: str, chance: random.Random) -> dict[str, Any]:
    """Return a place that says something under a key, or one that belongs to nothing."""
    having = [each for each in places if each.get(key)]
    return chance.choice(having) if having else {key: [{}]}


def _prompts(graph: Graph) -> list[str]:
    steps = graph["steps"].values()
    return [line for each in steps for key in ("say", "ask") for line in each.get(key) or () if isinstance(line, str)]


def drops_an_effect(graph: Graph, chance: random.Random) -> object:
    """Forget to note something."""
    effects = _some([*_branches(graph), *graph["steps"].values()], "effects", chance)["effects"]
    return effects.pop(chance.randrange(len(effects)))


def notes_another_effect(graph: Graph, chance: random.Random) -> object:
    """Note something that did not happen."""
    place, effect = chance.choice([*_branches(graph), *graph["steps"].values()]), chance.choice(EFFECTS)
    place["effects"] = [*(place.get("effects") or ()), effect]
    return effect


def leads_elsewhere(graph: Graph, chance: random.Random) -> object:
    """Go to another step."""
    place, target = _some(_branches(graph), "go", chance), chance.choice([*graph["steps"], *RESERVED])
    before, place["go"] = place["go"], target
    return before, target


def goes_on_elsewhere(graph: Graph, chance: random.Random) -> object:
    """Go on with another step."""
    place, target = _some(graph["steps"].values(), "next", chance), chance.choice([*graph["steps"]])
    before, place["next"] = place["next"], target
    return before, target


def drops_a_guard(graph: Graph, chance: random.Random) -> object:
    """Take a way whether its guard holds or not, or never."""
    place = _some(graph["steps"].values(), "choose", chance)
    index = chance.randrange(max(len(place["choose"]) - 1, 1))
    guarded = place["choose"][index]
    place["choose"] = place["choose"][index + chance.randrange(2) :] or place["choose"]
    return guarded, guarded.pop("when", None)


def turns_a_guard(graph: Graph, chance: random.Random) -> object:
    """Take a way where its guard does not hold."""
    guarded = _some(_some(graph["steps"].values(), "choose", chance)["choose"], "when", chance)
    guarded["when"] = f"not {guarded['when']}".replace("not not ", "")
    return guarded


def says_more(graph: Graph, chance: random.Random) -> object:
    """Say a sentence where it does not belong."""
    name, prompt = chance.choice([*graph["steps"]]), chance.choice(_prompts(graph))
    graph["steps"][name]["say"] = [*(graph["steps"][name].get("say") or ()), prompt]
    return name, prompt


def answers_in_other_words(graph: Graph, chance: random.Random) -> object:
    """Say a sentence after something was heard where it does not belong."""
    place, prompt = chance.choice(_branches(graph)), chance.choice(_prompts(graph))
    place["say"] = [prompt]
    return place, prompt


def says_less(graph: Graph, chance: random.Random) -> object:
    """Leave a sentence out."""
    lines = _some(graph["steps"].values(), "say", chance)["say"]
    return lines.pop(chance.randrange(len(lines)))


def asks_otherwise(graph: Graph, chance: random.Random) -> object:
    """Ask in the words of another question."""
    one, other = (_some(graph["steps"].values(), "ask", chance) for _ in range(2))
    one["ask"] = [*other["ask"]]
    return one["ask"]


def ends_otherwise(graph: Graph, chance: random.Random) -> object:
    """End as something else."""
    place = _some(graph["steps"].values(), "end", chance)
    before, place["end"] = place["end"], chance.choice(DISPOSITIONS)
    return before, place["end"]


def comes_to_nothing(graph: Graph, chance: random.Random) -> object:
    """Forget what the call comes to."""
    return _some([*_branches(graph), *graph["steps"].values()], "outcome", chance).pop("outcome")


def takes_another_reason(graph: Graph, chance: random.Random) -> object:
    """Note another reason for the return call."""
    place = _some(_branches(graph), "reason", chance)
    place["reason"] = chance.choice(("later", "wish", "question", "not_available"))
    return place


def does_not_hear(graph: Graph, chance: random.Random) -> object:
    """Do not hear a word that is heard everywhere, or hear it after everything else."""
    name = chance.choice([*graph["universal"]])
    return name, graph["universal"][name].pop("urgent", None) or graph["universal"].pop(name)


def fails_elsewhere(graph: Graph, chance: random.Random) -> object:
    """Lead elsewhere after three failures."""
    place = _some(graph["steps"].values(), "ask", chance)
    place["failed"] = {cause: chance.choice([*graph["steps"]]) for cause in ("silence", "not_understood")}
    return place["failed"]


def forgets_to_wait(graph: Graph, chance: random.Random) -> object:
    """Answer at once what must wait, or ask for no fact where one is due."""
    return _some(graph["steps"].values(), chance.choice(("defers", "answer", "hung_up")), chance).popitem()


CHANGES: tuple[Change, ...] = (
    drops_an_effect, notes_another_effect, leads_elsewhere, goes_on_elsewhere, drops_a_guard, turns_a_guard, says_more,
    answers_in_other_words, says_less, asks_otherwise, ends_otherwise, comes_to_nothing, takes_another_reason,
    does_not_hear, fails_elsewhere, forgets_to_wait,
)  # fmt: skip
