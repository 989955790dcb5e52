"""A script as a picture and as a flowchart."""

from functools import cache
from xml.etree import ElementTree as ET

from outbound.adapters.files.scripts.places import parts_of
from outbound.dialogue.drawing.content import Drawing, draw
from outbound.dialogue.drawing.mermaid import as_mermaid
from outbound.dialogue.drawing.regions import verified_only
from outbound.dialogue.drawing.svg import as_svg
from outbound.dialogue.rehearsal.walked import Walked
from outbound.dialogue.script.model import RESERVED_TARGETS
from tests.conftest import ROOT
from tests.dialogue.rehearsal.conftest import base
from tests.values import replace

SVG = "{http://www.w3.org/2000/svg}"


@cache
def drawing(language: str = "zh-TW") -> Drawing:
    """The small script, some of its steps from an invented part."""
    parts = {"birth_date": "verification", "birth_date_second": "verification", "not_verified": "verification"}
    return draw(base(), parts, language)


def test_every_step_is_drawn_once() -> None:
    """One box a step, with its name and the beginning of what it says; every group has its panel."""
    root = ET.fromstring(as_svg(drawing()))  # noqa: S314 - our own
    boxes = [each.get("id") for each in root.iter(f"{SVG}rect") if (each.get("id") or "").startswith("step-")]
    assert sorted(boxes) == sorted(f"step-{name}" for name in base().steps)
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert "請按您出生的月和日，四個數字。" in texts
    assert {"base", "verification"} <= set(texts)


def test_every_way_is_drawn() -> None:
    """An arrow from step to step for every answer and guard that leads to another step; the rest stands in the box."""
    found = {(each.source, each.target) for each in drawing().arrows}
    for name, step in base().steps.items():
        branches = step.question.hear.values() if step.question is not None else ()
        for target in [*(each.go for each in branches), *(each.go for each in step.choose)]:
            assert target in RESERVED_TARGETS or (name, target) in found
    assert "[1] yes / opt_out" in next(
        each.labels for each in drawing().arrows if (each.source, each.target) == ("opt_out", "opted_out")
    )
    assert any("back" in note for note in drawing().boxes["opt_out"].notes)


def test_words_heard_everywhere_are_a_legend() -> None:
    """They are listed with their keys instead of drawn from every question."""
    words = {each.name: each for each in drawing().words}
    assert words.keys() == base().universal.keys()
    assert (words["opt_out"].key, words["opt_out"].target, words["opt_out"].urgent) == ("7", "opt_out", True)
    assert drawing().failures == (("silence", "silent_goodbye"), ("not understood", "give_to_person"))


def test_what_is_only_for_the_verified_is_tinted() -> None:
    """Steps that nobody reaches before proving who they are, and no others."""
    found = verified_only(base())
    assert {"free_look_or_not", "free_look", "satisfaction"} <= found
    assert not {"greeting", "recording", "birth_date", "person", "voicemail", "opted_out"} & found


def test_the_same_bytes() -> None:
    """A picture that has not changed is no change in version control."""
    again = draw(base(), {"birth_date": "verification", "birth_date_second": "verification",
                          "not_verified": "verification"}, "zh-TW")  # fmt: skip
    assert as_svg(again) == as_svg(drawing())
    assert as_mermaid(again) == as_mermaid(drawing())


def test_text_is_escaped() -> None:
    """What stands in a script cannot become a part of the picture."""
    evil = '<script>alert("x")</script> & #1'
    boxes = {**drawing().boxes, "greeting": replace(drawing().boxes["greeting"], says=evil)}
    spoiled = replace(drawing(), boxes=boxes, name=evil)
    assert "<script" not in as_svg(spoiled)
    ET.fromstring(as_svg(spoiled))  # noqa: S314 - our own
    flowchart = as_mermaid(spoiled)
    assert "<script" not in flowchart.replace("title: ", "", 1).split("flowchart TD")[1]
    assert "#quot;" in flowchart


def test_what_no_journey_walks_is_marked() -> None:
    """Boxes and arrows that nobody walked look otherwise; without journeys none does."""
    assert "unwalked" not in as_svg(drawing()).split("</style>")[1]
    found = Walked(frozenset({"greeting", "recording"}), frozenset({("recording", "yes")}))
    marked = draw(base(), {}, "zh-TW", found)
    assert marked.boxes["voicemail"].walked is False
    assert marked.boxes["recording"].walked is True
    assert [each.walked for each in marked.arrows if each.source == "recording"] == [True]
    assert "unwalked" in as_svg(marked).split("</style>")[1]
    assert "-.->" in as_mermaid(marked)


def test_the_flowchart() -> None:
    """A subgraph a group, every step in one of them, and what is heard at every question beside it."""
    text = as_mermaid(drawing("en-US"))
    assert text.count("  subgraph ") == text.count("\n  end\n") == 2
    assert all(f"<b>{name}</b>" in text for name in base().steps)
    assert "[7] opt_out → opt_out (urgent)" in text


def test_the_shipped_scripts_know_their_parts() -> None:
    """Steps of the welcome call stand in the group of the part that writes them."""
    parts = parts_of(ROOT / "scripts_tts", "welcome_call")
    assert parts["birth_date"] == "verification"
    assert parts["service"] == "welcome_call"
