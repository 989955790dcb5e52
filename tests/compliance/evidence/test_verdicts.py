"""What a second evaluation says: the question as it was, and each difference by its path."""

from collections.abc import Callable
from typing import Any

import pytest

from outbound.compliance.evidence.question import question_of
from outbound.compliance.evidence.replay import Difference, Standing, replay
from tests.compliance.evidence.north import CONTACT, EVE, HISTORY, OPTIONS, Body, archive, body
from tests.values import replace


def without(path: str) -> Callable[[Body], None]:
    """Return what takes the last key of a path away."""

    def change(value: Body) -> None:
        *outer, last = path.split(".")
        for key in outer:
            value = value[key]
        del value[last]

    return change


def with_(path: str, given: Any) -> Callable[[Body], None]:
    """Return what puts a value at a path; numbers are places in lists."""

    def change(value: Any) -> None:
        *outer, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        for key in outer:
            value = value[key]
        value[last] = given

    return change


def cut(value: object) -> str:
    """Return a long value as a verdict shows it: eighty characters."""
    return f"{str(value)[:80]}…"


def test_every_fact_of_the_question_is_read_back() -> None:
    """What the receipt holds is the question that was asked, but for the birth date and the search."""
    asked = question_of(body())
    assert asked.contact == replace(CONTACT, birth_date=None)
    assert (asked.call_class, asked.instant, asked.history) == ("mandatory_interview", EVE, HISTORY)
    assert asked.options == replace(OPTIONS, find_next=False)
    bare = replace(CONTACT, privacy_notice_on=None, chosen=None, suppressions=(), do_not_call=True)
    live = replace(HISTORY, quiet_until=None, number_live=True)
    again = question_of(
        body(privacy_notice_on=None, chosen=None, suppressions=[], do_not_call=True)
        | {"quiet_until": None, "attempts": body()["attempts"] | {"number_live": True}, "promotional": True}
    )
    assert (again.contact, again.history) == (replace(bare, birth_date=None), live)
    assert again.options.promotional


def test_a_sound_receipt_is_proved() -> None:
    """Nothing differs and nothing is missing."""
    verdict = replay(body(), archive().rulebook_of)
    assert (verdict.standing, verdict.differences, verdict.why) == (Standing.PROVED, (), "")


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (with_("guard_seconds", 1), Difference("guard_seconds", "1", "430")),
        (with_("guard_seconds", 430.0), Difference("guard_seconds", "430.0", "430")),
        (without("guard_seconds"), Difference("guard_seconds", "(nothing)", "430")),
        (with_("more", 7), Difference("more", "7", "(nothing)")),
        (with_("more", None), Difference("more", "None", "(nothing)")),
        (with_("packs.1.signed", False), Difference("packs[1].signed", "False", "True")),
        (with_("counters.0.made", 2), Difference("counters[0].made", "2", "1")),
        (with_("segments", []), None),
        (with_("local_times", []), Difference("local_times", "[]", cut(body()["local_times"]))),
        (with_("local_times.UTC", "x"), Difference("local_times.UTC", "x", "(nothing)")),
        (
            without("local_times.Europe/Athens"),
            Difference("local_times.Europe/Athens", "(nothing)", "2026-12-30T12:00:00+02:00"),
        ),
        (
            with_("local_times.Europe/Athens", None),
            Difference("local_times.Europe/Athens", "None", "2026-12-30T12:00:00+02:00"),
        ),
        (with_("windows", {}), None),
        (with_("absent_calendars", ["XZ", "XY"]), None),
        (with_("more", "x" * 80), Difference("more", "x" * 80, "(nothing)")),
        (with_("more", "x" * 81), Difference("more", "x" * 80 + "…", "(nothing)")),
        (with_("zones", [1]), Difference("zones", "[1]", cut(body()["zones"]))),
        (with_("reasons.0.details.local", "11:59:59"), Difference("reasons[0].details.local", "11:59:59", "12:00:00")),
    ],
)  # fmt: skip
def test_a_difference_is_told_by_its_path(change: Callable[[Body], None], difference: Difference | None) -> None:
    """Key by key and place by place; what is on one side only is told as nothing on the other; long texts are cut."""
    changed = body()
    change(changed)
    verdict = replay(changed, archive().rulebook_of)
    if difference is None:
        assert verdict.standing is not Standing.PROVED
    else:
        assert (verdict.standing, verdict.differences, verdict.why) == (Standing.DIFFERING, (difference,), "")


def test_another_release_of_the_time_zone_data_is_named_beside_a_difference() -> None:
    """Both releases are told, for a difference may be theirs."""
    changed = body(time_zone_data="2019a", guard_seconds=1)
    now = body()["time_zone_data"]
    why = f"decided with time zone data 2019a, evaluated with {now}"
    assert replay(changed, archive().rulebook_of).why == why


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"line": "string"}, "ValueError"), ({"attempts": None}, "TypeError"), ({"place": {}}, "KeyError")],
)
def test_a_body_that_is_no_receipt_says_what_kind_of_fault_it_is(changes: Body, error: str) -> None:
    """The kind of error is named, not its text: that might quote the body."""
    verdict = replay(body(**changes), archive().rulebook_of)
    assert (verdict.standing, verdict.differences) == (Standing.UNPROVABLE, ())
    assert verdict.why == f"the body is no receipt of format 2 ({error})"


def test_another_format_is_told_with_the_one_that_is_read() -> None:
    """Which one the receipt has, and which one this version reads."""
    verdict = replay(body(format="1"), archive().rulebook_of)
    assert verdict.why == "format '1' cannot be evaluated again; this version reads format 2"
