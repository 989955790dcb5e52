"""What was spoken in a call, by name and version only, and how the check of who it is came out."""

from collections.abc import Iterator, Mapping
from typing import Any

from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.show import SHORT_ID
from outbound.cli.why.told import Told


def spoken_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return script, version and check of a call, for its event."""
    return {name: row[name] for name in ("script", "script_version", "language", "verification", "wrong_answers")}


def spoken(row: Mapping[str, Any], told: Told) -> str:
    """Tell which version of which script a call spoke and how the check came out, as an end of a sentence; or nothing.

    A call that nobody answered spoke nothing.
    """
    parts = [each for each in (_version(row, told), _check(row, told)) if each]
    between = told.say("；", "; ")
    return between + between.join(parts) if parts else ""


def version_hint(story: ContactStory, told: Told) -> str | None:
    """Say where the wording of a version can be read; None where nothing was spoken."""
    if not any(row["script_version"] for row in story.attempts):
        return None
    return told.say(
        "當時所說的內容：`outbound script show 版本`；各版本：`outbound script versions`。",
        "What a version says: `outbound script show VERSION`; all of them: `outbound script versions`.",
    )


def lock(story: ContactStory, told: Told) -> Iterator[str]:
    """Say that nobody is asked again who they are, until when, and what happens instead."""
    if story.locked_until is not None and story.locked_until >= told.now:
        until = told.local(story.locked_until)
        yield told.say(
            f"身分核對已鎖定到 {until}：多次未能核對，來電不再詢問，改請專人處理。",
            f"Verification is locked until {until}: after too many wrong answers calls ask no more, and a person "
            "sees to it.",
        )


def _version(row: Mapping[str, Any], told: Told) -> str | None:
    if not row["script_version"]:
        return None
    language = f"，{row['language']}" if told.chinese else f", {row['language']}"
    name = f"{row['script'] or '-'} {row['script_version'][:SHORT_ID]}{language if row['language'] else ''}"
    return told.say(f"腳本 {name}", f"script {name}")


def _check(row: Mapping[str, Any], told: Told) -> str | None:
    if row["verification"] == "verified":
        return told.say("已核對身分", "verified")
    if row["verification"] == "failed":
        return told.say("未能核對身分", "could not be verified")
    wrong = row["wrong_answers"]
    if not wrong:
        return None
    return told.say(f"核對時答錯 {wrong} 次", f"{wrong} wrong answer{'' if wrong == 1 else 's'} when verified")
