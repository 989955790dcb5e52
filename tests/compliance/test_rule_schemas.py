"""JSON Schemas of the rule files: what an editor refuses while a file is written."""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from outbound.adapters.files.rules.reading.terms import PERIOD
from outbound.adapters.files.rules.reading.words import Confidence, Consent, SourceKind
from outbound.compliance.rules.pack import (
    PACK_LAYERS,
    CountedPer,
    HolidayScope,
    HolidayTreatment,
    Line,
    PeriodKind,
    Segment,
)
from outbound.compliance.rules.rulebook import SignatureKind
from outbound.domain.call_class import CallClass
from tests.compliance.rule_file_faults import EXTENDED, FAULTS, PACK

FOLDER = Path(__file__).parents[2] / "config" / "compliance"

BEYOND = {
    "code": "the file's name",
    "zones": "the time zone data",
    "fixed_zone": "the time zone data",
    "windows[1].hours.mon-fri": "which window comes before which",
    "effective_to": "a date before another, or no day of the calendar",
    "subdivisions.US-XK": "whose part it is",
    "subdivisions.XK-1.zones": "the pack's own zones",
    "same_clock.Asia/Taipei": "the pack's own zones",
    "same_clock.Europe/Belgrade": "the pack's own zones",
    "aliases.QK": "the listed parts",
    "aliases.NO": "what older YAML makes of a bare NO",
    "do_not_call_register.service_calls_exempt": "what older YAML makes of a bare no",
    "caller_id.forbidden": "one list against the other",
    "public_holiday": "a key that stands twice",
}
"""What no schema can see, so that only the reader refuses it, by key."""


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: true and false alone are no text, and neither dates nor 21:00 are numbers."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Keep keys as they are written: in JSON they are text."""
        return {str(key.value): self.construct_object(value, deep=deep) for key, value in node.value}


for kind, pattern, first in (
    ("bool", "true|false", "tf"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("null", "~|", ["~", ""]),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), list(first))


def loaded(text: str) -> Any:
    """Return a document as a schema sees it."""
    return yaml.load(text, Loader=Loader)  # noqa: S506  a safe loader


@cache
def validator(name: str) -> Draft202012Validator:
    """Give the schema of a kind of file, itself sound."""
    schema = json.loads((FOLDER / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def shipped() -> Iterator[tuple[str, Path]]:
    """Give every rule file as shipped, with the name of its schema."""
    for name, pattern in {
        "pack": "packs/*.yaml",
        "calendar": "calendars/*.yaml",
        "correction": "calendars/corrections/*.yaml",
        "signatures": "signatures.yaml",
    }.items():
        yield from ((name, file) for file in sorted(FOLDER.glob(pattern)))


def refused(text: str) -> bool:
    """Whether the schema refuses a pack; a text that is no YAML, or has a key twice, is the editor's own matter."""
    try:
        return not validator("pack").is_valid(loaded(text))
    except (yaml.YAMLError, RecursionError):
        return True


@pytest.mark.parametrize(
    ("name", "file"), list(shipped()), ids=lambda value: value.stem if isinstance(value, Path) else value
)
def test_every_shipped_file_fits_its_schema_and_names_it(name: str, file: Path) -> None:
    """An editor finds the schema in the first line and has nothing to complain of."""
    text = file.read_text(encoding="utf-8")
    assert [f"{list(e.absolute_path)}: {e.message}" for e in validator(name).iter_errors(loaded(text))] == []
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    named = (file.parent / first.partition("$schema=")[2]).resolve()
    assert named == FOLDER / "schema" / f"{name}.schema.json"


@pytest.mark.parametrize("text", [PACK, EXTENDED])
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    """A small pack and one that says everything are sound."""
    assert [error.message for error in validator("pack").iter_errors(loaded(text))] == []


@pytest.mark.parametrize(("old", "new", "line", "key", "mend"), FAULTS, ids=[f"{f[3]}-{f[1]}"[:60] for f in FAULTS])
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str, line: int, key: str, mend: str) -> None:
    """Each fault that can be seen in one place of one file is refused while it is written."""
    assert line >= 0
    assert mend or key
    assert refused(PACK.replace(old, new, 1)) or key in BEYOND


def enums(value: Any) -> Iterator[tuple[str, ...]]:
    """Give every enumeration of a schema."""
    if isinstance(value, dict):
        if "enum" in value:
            yield tuple(value["enum"])
        for item in value.values():
            yield from enums(item)
    elif isinstance(value, list):
        for item in value:
            yield from enums(item)


def test_the_words_of_the_schema_are_the_words_of_the_code() -> None:
    """Every enumeration lists what the reader knows, no less and no more."""
    layers = tuple(layer.value for layer in PACK_LAYERS)
    treatments = tuple(word.value for word in HolidayTreatment if word is not HolidayTreatment.OWN_WINDOW)
    lines = tuple(line.value for line in Line if line is not Line.UNKNOWN)
    kinds: tuple[type[StrEnum], ...] = (Confidence, Consent, SourceKind, CountedPer, HolidayScope, CallClass)
    known = {frozenset(words) for words in (layers, treatments, lines, *(tuple(kind) for kind in kinds))}
    schema = validator("pack").schema
    assert {frozenset(words) for words in enums(schema)} == known
    assert schema["$defs"]["public_holiday"]["oneOf"][1]["properties"]["treatment"]["const"] == "own_window"  # type: ignore[index]
    assert set(schema["$defs"]["window"]["properties"]["segments"]["properties"]) == set(Segment)  # type: ignore[index]
    assert [set(words) for words in enums(validator("signatures").schema)] == [set(SignatureKind)]


def test_the_periods_of_the_schema_are_the_periods_of_the_reader() -> None:
    """Both take the same names, every kind of period among them."""
    pattern = validator("pack").schema["$defs"]["attempt_limit"]["properties"]["period"]["pattern"]  # type: ignore[index]
    names = [kind.value for kind in PeriodKind] + ["rolling_14_days", "rolling_24_hours", "60_days_after_refusal"]
    names += ["rolling_0_days", "rolling_1_weeks", "0_days_after_refusal", "week", "rolling_14_days "]
    taken = [name for name in names if re.search(pattern, name)]
    assert taken == [name for name in names if PERIOD.fullmatch(name)]
    assert set(PeriodKind) - {PeriodKind.ROLLING} <= set(taken)


def described(value: Any, path: str = "") -> Iterator[str]:
    """Give the properties that have nothing to say when the pointer rests on them."""
    if not isinstance(value, dict):
        return
    for name, item in value["properties"].items() if value.get("additionalProperties") is False else ():
        if not {"description", "$ref"} & set(item):
            yield f"{path}.{name}"
    for key, item in value.items():
        yield from described(item, f"{path}/{key}")


@pytest.mark.parametrize("name", ["pack", "calendar", "correction", "signatures"])
def test_every_field_explains_itself(name: str) -> None:
    """Title, description and a text for every field, for the people who write the files."""
    schema = validator(name).schema
    assert schema["title"]  # type: ignore[index]
    assert schema["description"]  # type: ignore[index]
    assert list(described(schema)) == []
