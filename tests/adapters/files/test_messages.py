from pathlib import Path

import pytest

from outbound.adapters.files.messages import load_messages
from outbound.domain.company import Company
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT


@pytest.mark.parametrize(("language", "name"), [("zh-TW", "福爾摩沙人壽"), ("en-US", "Formosa Life")])
def test_the_second_policy_is_told_in_both_languages(companies: dict[str, Company], language: str, name: str) -> None:
    """The message names the company, its hotline as people dial it, and self-service; nothing about the policy."""
    text = load_messages(ROOT / "scripts_tts" / "messages").render("second_policy", language, companies["formosa-life"])
    assert name in text
    assert "02 5555 0199" in text
    assert "https://my.formosa-life.example" in text


def test_an_unknown_field_is_named_with_the_file(tmp_path: Path) -> None:
    """A template that would use a policy's number is refused when it is read."""
    path = tmp_path / "second_policy" / "en-US.txt"
    path.parent.mkdir()
    path.write_text("Your policy {{ policy_no }}", encoding="utf-8")
    with pytest.raises(InputProblemError, match=r"en-US\.txt.*policy_no.*may use"):
        load_messages(tmp_path)


def test_a_language_without_a_text_is_said(companies: dict[str, Company], tmp_path: Path) -> None:
    """A message in a language without template is a clear error, not an empty text."""
    with pytest.raises(InputProblemError, match="fr-FR"):
        load_messages(tmp_path).render("second_policy", "fr-FR", companies["formosa-life"])


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
@pytest.mark.parametrize("template", ["self_service_link", "cancellation_form", "hotline"])
def test_what_is_asked_for_in_a_call_says_where_and_nothing_else(
    companies: dict[str, Company], template: str, language: str
) -> None:
    """The company's own address and line, what is never asked for, and how to check; no word of a policy."""
    text = load_messages(ROOT / "scripts_tts" / "messages").render(template, language, companies["formosa-life"])
    for part in ("https://my.formosa-life.example", "02 5555 0199", "165"):
        assert part in text
    assert text.count("http") == 1
    assert "驗證碼" in text or "codes" in text
    for word in ("保單", "取消", "解約", "policy", "cancel"):
        assert word not in text
