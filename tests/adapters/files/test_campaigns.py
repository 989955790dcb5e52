import shutil
from pathlib import Path

import pytest

from outbound.adapters.files.campaigns import load_campaign, load_campaigns, load_companies
from outbound.domain.campaign import Campaign, SecondPolicy
from outbound.domain.company import Company
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT
from tests.values import replace

SHIPPED = (ROOT / "config" / "campaigns" / "welcome-tw.yaml").read_text(encoding="utf-8")


def write(tmp_path: Path, old: str, new: str) -> Path:
    """Write the shipped campaign with one change."""
    assert old in SHIPPED
    path = tmp_path / "changed.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_campaign_says_what_it_means(campaign: Campaign) -> None:
    """Hours, limits and retries of the shipped file arrive as they stand there."""
    assert campaign.hours[0].weekdays == frozenset({1, 2, 3, 4, 5})
    assert (campaign.max_attempts, campaign.quiet_days) == (3, 30)
    assert campaign.second_policy is SecondPolicy.MESSAGE
    assert campaign.retries["no_answer"].delays_hours == (27, 29, 31)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("max_attempts: 3", "max_attempts: 30", ["max_attempts", "30", "less than or equal to 10"]),
        ("max_attempts: 3", "max_atempts: 3", ["max_atempts", "Extra inputs"]),
        ("days: mon-fri", "days: mo-fr", ["hours.0.days", "'mo-fr'", "mon-fri"]),
        ("days: mon-fri", "days: fri-mon", ["hours.0.days", "in order"]),
        ('from: "09:30"', "from: 9:30", ["hours.0.from", "quoted time"]),
        ("second_policy: message", "second_policy: ring", ["second_policy", "'ring'", "'message' or 'merge'"]),
        ("  no_answer:", "  no_anser:", ["retries", "no_anser is no connect result", "no_answer"]),
        ("call_class: service", "call_class: sales", ["call_class", "'sales'", "telemarketing"]),
        ("id: welcome-tw", "id: [", ["line", "YAML"]),
    ],
)
def test_a_mistake_is_named_with_file_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, parts: list[str]
) -> None:
    """A wrong value in a campaign file names file and key, shows the value and says what is allowed."""
    with pytest.raises(InputProblemError) as caught:
        load_campaign(write(tmp_path, old, new))
    for part in ["changed.yaml", *parts]:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("script: welcome_call", "script: welcome_cal", "there is no welcome_cal in .*known are .*welcome_call"),
        ("return_script: missed_call_return", "return_script: missed", "return_script: there is no missed in"),
        ("company: formosa-life", "company: nobody", "nobody is not in companies.yaml; known are formosa-life"),
    ],
)
def test_a_campaign_whose_script_or_company_does_not_exist_is_refused(
    tmp_path: Path, old: str, new: str, message: str, companies: dict[str, Company]
) -> None:
    """A campaign cannot be loaded with a script or a company that is not there; the ones that are get named."""
    write(tmp_path, old, new)
    with pytest.raises(InputProblemError, match=message):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")


def scripts_with(tmp_path: Path, call_class: str, *, promotional: bool = False) -> Path:
    """Copy what the shipped script says of itself, changed, into a folder of scripts."""
    shipped = (ROOT / "scripts_tts" / "welcome_call" / "script.yaml").read_text(encoding="utf-8")
    text = shipped.replace("call_class: service", f"call_class: {call_class}", 1)
    text = text.replace("promotional: false", f"promotional: {str(promotional).lower()}", 1)
    folder = tmp_path / "scripts" / "welcome_call"
    folder.mkdir(parents=True)
    (folder / "script.yaml").write_text(text, encoding="utf-8")
    for name in ("missed_call_return", "care_call_65_plus"):
        shutil.copytree(ROOT / "scripts_tts" / name, folder.parent / name)
    return folder.parent


@pytest.mark.parametrize(
    ("campaign_class", "script_class"),
    [
        ("service", "mandatory_interview"),
        ("mandatory_interview", "service"),
        ("telemarketing", "mandatory_interview"),
        ("service", "collection"),
    ],
)
def test_an_interview_keeps_to_a_script_of_its_own(
    tmp_path: Path, companies: dict[str, Company], campaign_class: str, script_class: str
) -> None:
    """A service campaign cannot use an interview's script, nor an interview another: file, key and mend are named."""
    write(tmp_path, "call_class: service", f"call_class: {campaign_class}")
    scripts = scripts_with(tmp_path, script_class)
    with pytest.raises(InputProblemError, match=f"call_class: {campaign_class} cannot use .* class {script_class}"):
        load_campaigns(tmp_path, companies, scripts)


@pytest.mark.parametrize(
    ("script_class", "in_script", "in_campaign", "promotional"),
    [
        ("service", False, False, False),
        ("service", True, False, True),
        ("service", False, True, True),
        ("telemarketing", False, False, True),
    ],
)
def test_a_script_that_promotes_binds_its_campaign(
    tmp_path: Path, companies: dict[str, Company], script_class: str, in_script: bool, in_campaign: bool,
    promotional: bool,
) -> None:  # fmt: skip
    """Whoever of the two promotes makes the calls telemarketing; nothing takes it back."""
    write(tmp_path, "promotional: false", f"promotional: {str(in_campaign).lower()}")
    scripts = scripts_with(tmp_path, script_class, promotional=in_script)
    assert load_campaigns(tmp_path, companies, scripts)["welcome-tw"].promotional is promotional


def test_a_script_for_returned_calls_binds_its_campaign_too(tmp_path: Path, companies: dict[str, Company]) -> None:
    """What is offered to those who ring back makes the campaign promotional as well."""
    write(tmp_path, "id: welcome-tw", "id: welcome-tw")
    scripts = scripts_with(tmp_path, "service")
    file = scripts / "missed_call_return" / "script.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "promotional: true\n", encoding="utf-8")
    assert load_campaigns(tmp_path, companies, scripts)["welcome-tw"].promotional


def test_without_a_script_for_returned_calls(tmp_path: Path, companies: dict[str, Company]) -> None:
    """A campaign may do without: then those who ring back are told where a person is."""
    write(tmp_path, "return_script: missed_call_return\n", "")
    assert load_campaigns(tmp_path, companies, ROOT / "scripts_tts")["welcome-tw"].return_script is None


def test_an_interview_promotes_nothing(tmp_path: Path, companies: dict[str, Company]) -> None:
    """An interview that the law asks for with an offer in it is refused."""
    write(tmp_path, "call_class: service", "call_class: mandatory_interview")
    scripts = scripts_with(tmp_path, "mandatory_interview", promotional=True)
    with pytest.raises(InputProblemError, match="promotional: an interview"):
        load_campaigns(tmp_path, companies, scripts)


def test_two_campaigns_cannot_share_an_identifier(tmp_path: Path, companies: dict[str, Company]) -> None:
    """The second file with the same id is named."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SHIPPED, encoding="utf-8")
    with pytest.raises(InputProblemError, match=r"b\.yaml: id: welcome-tw is taken"):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")


def test_a_folder_without_campaigns_says_so(tmp_path: Path, companies: dict[str, Company]) -> None:
    """An empty folder of campaigns is an error that says what to add."""
    with pytest.raises(InputProblemError, match="no campaign here; add a file"):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("formosa-life: {region: TW}\n", "formosa-life.spoken_name: Field required"),
        ("a: {region: TW, caller_number: 886255550100}\n", "a.caller_number"),
    ],
)
def test_a_company_with_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A company that lacks something is named with the key."""
    path = tmp_path / "companies.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblemError, match=message):
        load_companies(path)


def test_two_companies_with_one_number_are_told_apart_by_nobody(tmp_path: Path) -> None:
    """Who rings the number back must hear the name of the company that called."""
    text = (ROOT / "config" / "companies.yaml").read_text(encoding="utf-8")
    path = tmp_path / "companies.yaml"
    path.write_text(text + text.replace("formosa-life:", "another:"), encoding="utf-8")
    with pytest.raises(InputProblemError, match=r"another\.caller_number: formosa-life shows this number too"):
        load_companies(path, ROOT / "config" / "compliance" / "calendars")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A campaign file that is not there is named."""
    with pytest.raises(InputProblemError, match="there is no such file"):
        load_campaign(tmp_path / "none.yaml")


COMPANIES = (ROOT / "config" / "companies.yaml").read_text(encoding="utf-8")


def test_customers_are_recognised_by_what_their_company_asks(tmp_path: Path, companies: dict[str, Company]) -> None:
    """A campaign asks for what its company asks for, in its order, unless it has an order of its own."""
    asked = companies["formosa-life"].verification
    assert asked == ("birth_date", "policy_digits")
    write(tmp_path, "languages:", "languages:")
    assert load_campaigns(tmp_path, companies, ROOT / "scripts_tts")["welcome-tw"].verification == asked
    write(tmp_path, "languages:", "verification: [policy_digits]\nlanguages:")
    assert load_campaigns(tmp_path, companies, ROOT / "scripts_tts")["welcome-tw"].verification == ("policy_digits",)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[shoe_size]", "formosa-life.verification.0: 'shoe_size' is not allowed: .*birth_date"),
        ("[]", "formosa-life.verification: .*at least 1"),
        ("[birth_date, birth_date]", "each fact once, in the order in which it is asked for"),
        (
            "[id_digits]",
            "formosa-life.verification: id_digits is asked for, but .* no identity_column; name the column",
        ),
    ],
)
def test_what_a_company_asks_for_is_checked(tmp_path: Path, written: str, message: str) -> None:
    """Unknown facts, none, one twice, and digits that stand nowhere are said with file and key."""
    path = tmp_path / "companies.yaml"
    path.write_text(COMPANIES.replace("[birth_date, policy_digits]", written, 1), encoding="utf-8")
    with pytest.raises(InputProblemError, match=message):
        load_companies(path, ROOT / "config" / "compliance" / "calendars")


def test_a_campaign_cannot_ask_for_digits_that_stand_nowhere(tmp_path: Path, companies: dict[str, Company]) -> None:
    """The company has to say where the identity number stands, for a campaign of its own order too."""
    path = write(tmp_path, "languages:", "verification: [id_digits]\nlanguages:")
    with pytest.raises(InputProblemError, match=r"changed\.yaml: verification: id_digits is asked for"):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")
    known = {name: replace(each, identity_column="id_last4") for name, each in companies.items()}
    assert load_campaigns(path.parent, known, ROOT / "scripts_tts")["welcome-tw"].verification == ("id_digits",)


SHARED = "scripts: [{script: welcome_call, share: 70}, {script: missed_call_return, share: 30}]"


def test_a_campaign_may_speak_a_language_that_is_recorded(tmp_path: Path) -> None:
    """Hokkien and Hakka have no voice; who wishes for them hears the recordings where the script has them."""
    path = write(tmp_path, "languages: [zh-TW, en-US]", "languages: [zh-TW, nan-TW, hak-TW]")
    assert load_campaign(path).languages == ("zh-TW", "nan-TW", "hak-TW")


def test_a_campaign_may_speak_otherwise_to_older_people(tmp_path: Path, companies: dict[str, Company]) -> None:
    """Their script is checked like the others: it has to exist, and to be of the campaign's class."""
    write(tmp_path, "senior_script: care_call_65_plus", "senior_script: voicemail")
    assert load_campaigns(tmp_path, companies, ROOT / "scripts_tts")["welcome-tw"].called_with[-1] == "voicemail"
    write(tmp_path, "senior_script: care_call_65_plus", "senior_script: care_call")
    with pytest.raises(InputProblemError, match="senior_script: there is no care_call in"):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")


def test_a_campaign_may_be_shared_by_scripts(tmp_path: Path, companies: dict[str, Company]) -> None:
    """Each script is checked like the only one of another campaign."""
    write(tmp_path, "script: welcome_call", SHARED)
    campaign = load_campaigns(tmp_path, companies, ROOT / "scripts_tts")["welcome-tw"]
    assert campaign.called_with == ("welcome_call", "missed_call_return", "care_call_65_plus")
    assert [each.share for each in campaign.shares] == [70, 30]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SHARED.replace("70", "60"), r"changed.yaml: scripts:.*whole per cents that add up to 100; these add up to 90"),
        (SHARED.replace("70", "69.5"), r"scripts.0.share:"),
        (SHARED.replace("missed_call_return", "welcome_call"), r"scripts:.*each script once"),
        ("scripts: [{script: welcome_call, share: 100}]", r"scripts:"),
        (f"script: welcome_call\n{SHARED}", r"changed.yaml: script: give one script here, or several below scripts"),
        ("# none", r"changed.yaml: script: give one script here"),
        (SHARED.replace("missed_call_return", "missed"), r"scripts.1.script: there is no missed in"),
    ],
)
def test_shares_that_cannot_be_meant_are_refused(
    tmp_path: Path, text: str, message: str, companies: dict[str, Company]
) -> None:
    """File and key are named, with what is allowed."""
    write(tmp_path, "script: welcome_call", text)
    with pytest.raises(InputProblemError, match=message):
        load_campaigns(tmp_path, companies, ROOT / "scripts_tts")
