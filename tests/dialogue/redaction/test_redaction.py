"""What must never be stored is taken out of what was heard, however it was said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from outbound.dialogue.redaction.model import NOTHING, Carry, Kind
from outbound.dialogue.redaction.redact import redact
from outbound.dialogue.session import Session
from outbound.dialogue.understanding.digits import joined
from tests.dialogue.redaction.measure import DEVELOPMENT, UNANNOUNCED, measure, measure_redaction

VISA = "4111111111111111"
_ISSUERS = (
    ("4", 16), ("4", 13), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("3528", 16),
    ("3589", 16), ("6011", 16), ("65", 16), ("644", 16), ("62", 16), ("62", 19), ("300", 14), ("36", 14), ("38", 16),
)  # fmt: skip
_CHINESE = dict(
    zip("0123456789", ("零洞〇", "一么", "二兩", "三", "四", "五", "六", "七拐", "八", "九勾"), strict=True)
)
_ENGLISH = dict(
    zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True)  # noqa: SIM905
)
_PAUSES = ("", " ", "，", "-", "，然後", " 再來 ", "空格", " 嗯 ")


@st.composite
def _cards(draw: st.DrawFn) -> str:
    prefix, length = draw(st.sampled_from(_ISSUERS))
    size = length - len(prefix) - 1
    body = prefix + draw(st.text("0123456789", min_size=size, max_size=size))
    return body + luhn.calc_check_digit(body)


@st.composite
def _spoken(draw: st.DrawFn, digits: str) -> str:
    """Say digits in groups, in characters, full-width, Arabic or English."""
    way = draw(st.sampled_from(["chinese", "arabic", "wide", "english"]))
    words = []
    for digit in digits:
        match way:
            case "chinese":
                words.append(draw(st.sampled_from(_CHINESE[digit])))
            case "english":
                words.append(" " + _ENGLISH[digit] + " ")
            case "wide":
                words.append(chr(ord(digit) + 0xFEE0))
            case _:
                words.append(digit)
    pause = draw(st.sampled_from(_PAUSES))
    return pause.join("".join(words[place : place + 4]) for place in range(0, len(words), 4))


def test_the_development_examples_are_understood() -> None:
    """Nothing of the examples leaks, and nothing that is ours or ordinary is taken out."""
    figures = measure(DEVELOPMENT)
    assert figures.wrong == ()
    assert figures.secrets > 130


def test_codes_that_nobody_announces_are_taken_out() -> None:
    """Beside words of receiving and seeing digits are a code; prices, years, times, rooms and counts there stay."""
    figures = measure(UNANNOUNCED)
    assert figures.precision == 1
    assert figures.recall > 0.97


@pytest.mark.parametrize("said", ["我收到的保單寫 4321", "it says 904321 on my policy", "它傳給我 0800000123"])
def test_our_numbers_stay_beside_words_of_seeing(said: str) -> None:
    """The end of a policy number, the number that ends so, and our own line are no codes."""
    assert redact(said, "zh-TW", frozenset({"4321", "+886800000123"})).text == said


def test_digits_that_were_asked_for_are_no_code() -> None:
    """Where a fact, a score or a time was asked for, what is read out is the answer."""
    assert redact("上面寫 8765", "zh-TW").text == "上面寫 [驗證碼]"
    assert redact("上面寫 8765", "zh-TW", digits_expected=True).text == "上面寫 8765"
    assert redact("驗證碼 8765", "zh-TW", digits_expected=True).text == "驗證碼 [驗證碼]"


def test_the_bench_gets_its_figures() -> None:
    """`make bench` is given precision, recall and time."""
    assert {"recall %", "precision %"} <= set(measure_redaction())


def test_a_row_that_contradicts_itself_is_named(tmp_path: Path) -> None:
    """Whoever writes examples learns in which line the words differ."""
    (tmp_path / "examples.csv").write_text("language,text,expected_text\nzh-TW,卡號一,號碼[卡號]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        measure(tmp_path / "examples.csv")


def test_spans_may_stand_for_the_expected_text(tmp_path: Path) -> None:
    """Examples may name places instead of writing out what is stored."""
    (tmp_path / "examples.csv").write_text(f"language,text,spans\nzh-TW,卡號{VISA},2-18 card\n", encoding="utf-8")
    figures = measure(tmp_path / "examples.csv")
    assert (figures.recall, figures.precision, figures.by_kind) == (1, 1, {"card": 1})


@given(st.data())
def test_no_digit_of_a_card_is_stored(data: st.DataObject) -> None:
    """A card number of any issuer, said in any of these ways, leaves no digit behind and is counted."""
    said = data.draw(_spoken(data.draw(_cards())))
    for text in (said, f"我的卡號是{said}", f"my card is {said}, thank you", f"你記一下 {said} 謝謝"):
        redacted = redact(text, "zh-TW")
        assert joined(redacted.text) == ""
        assert redacted.found["card"] == 1


@given(st.data())
def test_no_digit_of_a_card_is_stored_when_it_is_said_over_several_turns(data: st.DataObject) -> None:
    """Wherever the turns of a dictated card number end, no group of four or more is stored, nor one that follows."""
    card = data.draw(_cards())
    size = data.draw(st.integers(4, 8))
    carry, kept = NOTHING, ""
    for place in range(0, len(card), size):
        redacted = redact(data.draw(_spoken(card[place : place + size])), "zh-TW", carry=carry)
        carry, kept = redacted.carry, kept + joined(redacted.text)
    assert len(kept) <= 1
    assert carry.kind is None or len(card) % size == 1


def test_the_rest_of_a_card_whose_first_part_passes_the_check_is_not_stored() -> None:
    """A card of sixteen digits whose first fourteen are a valid number themselves leaves nothing behind either."""
    carry, stored = NOTHING, []
    for said in ("3801021", "4770369", "三四"):
        redacted = redact(said, "zh-TW", carry=carry)
        carry = redacted.carry
        stored.append(redacted.text)
    assert joined("".join(stored)) == ""


def test_a_card_that_was_announced_may_begin_with_fewer_digits() -> None:
    """The word card is enough to take out its first groups, whatever is said beside them."""
    redacted = redact("卡號四一一一一一一一你等我一下", "zh-TW")
    assert (redacted.text, dict(redacted.found)) == ("卡號[號碼]你等我一下", {"number": 1})


def test_what_is_carried_holds_no_digit() -> None:
    """Of eight digits only their count, two sums and the lengths of the issuer are kept, shared by a million others."""
    carry = redact("我的卡號是四一一一一一一一", "zh-TW").carry
    assert carry == Carry(Kind.CARD, 8, carry.sums, (16, 13, 19))
    assert all(0 <= each <= 9 for each in carry.sums)


def test_what_is_carried_survives_storage() -> None:
    """A session brings what is carried to the next turn unchanged."""
    import msgspec

    carry = redact("我的卡號是四一一一", "zh-TW").carry
    assert msgspec.json.decode(msgspec.json.encode(carry), type=Carry) == carry
    assert "carry" in Session.__struct_fields__


def test_a_number_that_does_not_go_on_is_forgotten() -> None:
    """After five turns without a digit nothing is waited for, and a score is a score again."""
    carry = redact("四一一一", "zh-TW").carry
    for said in ("等一下", "我找不到", "喂", "你說什麼", "再說一次"):
        carry = redact(said, "zh-TW", carry=carry).carry
    assert carry == NOTHING
    assert redact("八八", "zh-TW", carry=carry).text == "八八"


def test_the_other_half_of_a_card_may_come_late() -> None:
    """Who says half a number and four other things meanwhile leaves no digit of the other half behind."""
    carry = redact("我的卡號是四一一一一一一一", "zh-TW").carry
    for said in ("等一下", "我找一下眼鏡", "喂", "還在嗎"):
        carry = redact(said, "zh-TW", carry=carry).carry
    redacted = redact("一一一一一一一一", "zh-TW", carry=carry)
    assert (redacted.text, dict(redacted.found)) == ("[卡號]", {"card": 1})


@given(st.text("0123456789", min_size=8, max_size=14), st.data())
def test_our_numbers_stay(number: str, data: st.DataObject) -> None:
    """A number that is known stays readable, whole or its last four digits, however it is said."""
    for said in (number, number[-4:]):
        text = f"是{data.draw(_spoken(said))}"
        assert redact(text, "zh-TW", frozenset({number})).text == text


def test_a_phone_number_is_known_as_it_is_said_at_home() -> None:
    """A number that is known with its country code is known with a zero as well."""
    text = "零九零零零零零一二三"
    assert redact(f"驗證碼{text}", "zh-TW", frozenset({"+886900000123"})).text == f"驗證碼{text}"


@given(st.text(max_size=80), st.sampled_from(["zh-TW", "en-US", "nan-TW"]))
def test_any_words_are_borne(text: str, language: str) -> None:
    """No words raise an error, and what was redacted once does not change again."""
    once = redact(text, language)
    assert bool(once.found) == (once.text != text)
    assert redact(once.text, language).text == once.text


def test_marks_are_in_the_language_of_the_call() -> None:
    """Who reads a transcript reads the marks in its language."""
    assert redact(VISA, "zh-TW").text == "[卡號]"
    assert redact(VISA, "en-US").text == "[card number]"
