"""Reasons of the gate as the people of operations read them: of a decision now, and of a receipt of then."""

from collections.abc import Iterable, Mapping
from math import floor
from typing import Any

from msgspec.structs import replace

from outbound.cli.hours.place_names import place_name
from outbound.cli.hours.words import each_once, reason_text, whose
from outbound.cli.why.told import Told
from outbound.cli.why.words import REASONS, word
from outbound.compliance.gate import Decision
from outbound.compliance.reason import TEXTS, Reason
from outbound.compliance.rules.pack import Layer, Pack
from outbound.compliance.situation import Situation

_PER_NUMBER = frozenset({"called_number", "residential_line"})


def texts_of(decision: Decision, told: Told) -> list[str]:
    """Say every reason of a decision."""
    receipt = decision.receipt
    packs, seconds = packs_of(decision), floor(receipt.instant.timestamp())
    return [_text(each, packs, told, shared=_shared(each, receipt.situation, seconds)) for each in decision.reasons]


def once(reasons: Iterable[Mapping[str, Any]], packs: Iterable[Pack], told: Told) -> list[str]:
    """Return the texts of {text, layer, jurisdiction}, each once with the layers of the rules that say so."""
    packs = tuple(packs)
    said = ((each["text"], _speaker(Layer(each["layer"]), each["jurisdiction"], packs, told)) for each in reasons)
    return list(each_once(said, chinese=told.chinese))


def kept_texts(body: Mapping[str, Any], packs: Iterable[Pack], told: Told) -> list[str]:
    """Say the reasons of a stored receipt, each once; one of an older version may lack a detail of today's wording."""
    packs = tuple(packs)
    made = body.get("attempts") or {}
    own = [at for at in made.get("number", ()) if at in made.get("contact", ())]
    reasons = [
        {**each, "text": _kept(each, len(own) < len(made.get("number", ())), len(own), packs, told)}
        for each in body.get("reasons", ())
    ]
    return once(reasons, packs, told)


def because(decision: Decision, areas: Iterable[Mapping[str, Any]], told: Told) -> str:
    """Say in short why a call will not be made; of a suspended area, until when."""
    packs, at = packs_of(decision), decision.receipt.instant
    said: dict[str, None] = {}
    for each in decision.reasons:
        if each.code != "area_blocked":
            said[word(REASONS, each.code, chinese=told.chinese)] = None
            continue
        code = dict(each.details)["area"]
        until = max((row["until"] for row in areas if row["code"] == code and row["since"] <= at), default=None)
        name = place_name(code, packs, chinese=told.chinese)
        end = "" if until is None else told.say(f"到 {told.local(until)}", f" until {told.local(until)}")
        said[told.say(f"{name}暫停撥打{end}", f"calls to {name} are suspended{end}")] = None
    return told.say("、", "; ").join(said)


def packs_of(decision: Decision) -> tuple[Pack, ...]:
    """Packs of the place that a decision is about, none where it was not understood."""
    situation = decision.receipt.situation
    return () if situation is None else situation.place.packs


def _speaker(layer: Layer, jurisdiction: str, packs: Iterable[Pack], told: Told) -> str:
    """Whose a reason is; our own safeguards need not be named to our own people."""
    return "" if layer is Layer.HOUSE else whose(layer, jurisdiction, packs, chinese=told.chinese)


def _kept(kept: Mapping[str, Any], shared: bool, own: int, packs: Iterable[Pack], told: Told) -> str:
    if kept["code"] in TEXTS:
        details = {name: str(value) for name, value in kept["details"].items()}
        reason = Reason(kept["code"], Layer(kept["layer"]), kept["jurisdiction"], tuple(details.items()))
        counted = details.get("per") in _PER_NUMBER and details.get("made", "").isdecimal()
        try:
            return _text(reason, packs, told, shared=shared and counted and int(details["made"]) > own)
        except KeyError:
            pass
    return word(REASONS, kept["code"], chinese=told.chinese)


def _text(reason: Reason, packs: Iterable[Pack], told: Told, *, shared: bool) -> str:
    text = reason_text(reason, told.language, packs, told.zone)
    if not shared:
        return text
    return told.say(
        f"{text.removesuffix('。')}（含共用此號碼的其他客戶）。",
        f"{text.removesuffix('.')} (other customers who share this number included).",
    )


def _shared(reason: Reason, situation: Situation | None, seconds: int) -> bool:
    """Whether calls to other contacts on the same number are among those that a limit counted."""
    details = dict(reason.details)
    if situation is None or reason.code != "attempt_limit" or details.get("per") not in _PER_NUMBER:
        return False
    own = tuple(at for at in situation.number_attempts if at in situation.contact_attempts)
    alone = replace(situation, number_attempts=own)
    return any(
        alone.made(limit, seconds) < situation.made(limit, seconds)
        for pack, limit in situation.limits(seconds)
        if (pack.code, limit.layer) == (reason.jurisdiction, reason.layer)
        and (limit.period.name, str(limit.per), str(limit.count))
        == (details["period"], details["per"], details["count"])
    )
