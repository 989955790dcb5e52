"""Companies and campaigns from `config/`, checked when they are read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from msgspec.structs import replace
from pydantic import Field, ValidationError, field_validator

from outbound.adapters.files.hours import FileForm, HoursForm
from outbound.adapters.files.scripts import declared
from outbound.adapters.files.service_desks import ServiceDeskForm, service_desk
from outbound.dialogue.facts import VerifyBy
from outbound.domain.attempt import ConnectResult
from outbound.domain.call_class import CallClass
from outbound.domain.campaign import Campaign, Pacing, RetryRule, ScriptShare, SecondPolicy
from outbound.domain.company import Company
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.problems import InputProblemError

_UNKNOWN = "unknown"
_EVERYBODY = 100
_CAUSES = {*ConnectResult, *Disposition}
Form = TypeVar("Form", bound=FileForm)
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def _each_once(value: tuple[VerifyBy, ...] | None) -> tuple[VerifyBy, ...] | None:
    if value is not None and len(set(value)) < len(value):
        raise ValueError("each fact once, in the order in which it is asked for")
    return value


class _CompanyForm(FileForm):
    region: str = Field(pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    spoken_name: dict[str, str] = Field(min_length=1)
    caller_number: str
    hotline: str
    hotline_spoken: dict[str, str] = Field(min_length=1)
    self_service: str
    self_service_spoken: dict[str, str] = Field(min_length=1)
    service_desk: ServiceDeskForm | None = None
    verification: tuple[VerifyBy, ...] = Field(default=(VerifyBy.BIRTH_DATE, VerifyBy.POLICY_DIGITS), min_length=1)
    identity_column: str | None = Field(default=None, min_length=1)

    _are_asked_once = field_validator("verification")(_each_once)

    @field_validator("caller_number", "hotline")
    @classmethod
    def _is_e164(cls, value: str) -> str:
        if not _E164.fullmatch(value):
            raise ValueError('a quoted number such as "+886255550100"')
        return value

    @field_validator("service_desk", mode="before")
    @classmethod
    def _is_known_or_said_not_to_be(cls, value: Any) -> Any:
        if value != _UNKNOWN and not isinstance(value, dict):
            raise ValueError(f"the hours of its people (zone, hours, holidays), or {_UNKNOWN}")
        return None if value == _UNKNOWN else value


class _RetryForm(FileForm):
    delays_hours: tuple[float, ...] = Field(min_length=1)
    next_number: bool = False


class _PacingForm(FileForm):
    calls_per_second: float = Field(gt=0, le=1000)
    max_live: int = Field(gt=0)
    ring_timeout_seconds: int = Field(ge=15, le=60)
    slot_capacity: int = Field(gt=0)


class _ShareForm(FileForm):
    script: str
    share: int = Field(ge=1, le=99)


class _CampaignForm(FileForm):
    id: str = Field(pattern="^[a-z0-9-]{1,60}$")
    company: str
    call_class: CallClass
    promotional: bool = False
    script: str | None = None
    scripts: tuple[_ShareForm, ...] | None = Field(default=None, min_length=2)
    return_script: str | None = None
    senior_script: str | None = None
    languages: tuple[Literal["zh-TW", "en-US", "nan-TW", "hak-TW"], ...] = Field(min_length=1)
    hours: tuple[HoursForm, ...] = Field(min_length=1)
    max_attempts: int = Field(ge=1, le=10)
    give_up_days: int = Field(ge=1, le=365)
    quiet_days: int = Field(ge=0, le=3650)
    second_policy: SecondPolicy
    free_look_days: dict[str, int]
    pacing: _PacingForm
    retries: dict[str, _RetryForm]
    verification: tuple[VerifyBy, ...] | None = Field(default=None, min_length=1)

    _are_asked_once = field_validator("verification")(_each_once)

    @field_validator("scripts")
    @classmethod
    def _share_everybody(cls, value: tuple[_ShareForm, ...] | None) -> tuple[_ShareForm, ...] | None:
        if value is not None and len({each.script for each in value}) < len(value):
            raise ValueError("each script once, with all of its share")
        total = sum(each.share for each in value or ())
        if value is not None and total != _EVERYBODY:
            raise ValueError(f"shares are whole per cents that add up to {_EVERYBODY}; these add up to {total}")
        return value

    @field_validator("retries")
    @classmethod
    def _are_causes(cls, value: dict[str, _RetryForm]) -> dict[str, _RetryForm]:
        unknown = sorted(set(value) - _CAUSES)
        if unknown:
            raise ValueError(
                f"{unknown[0]} is no connect result or disposition; known are {', '.join(sorted(_CAUSES))}"
            )
        return value


def load_companies(path: Path, calendars: Path | None = None) -> Mapping[str, Company]:
    """Read `companies.yaml`: id to company. Raises `InputProblemError` naming file and key.

    `calendars` is the folder with the holidays of service desks, `compliance/calendars` beside the file by default.
    Each company shows a number of its own: who rings it is told the name of the company that called.
    """
    companies: dict[str, Company] = {}
    for key, value in _read(path).items():
        form = _check(_CompanyForm, path, value, key)
        twin = next((each.id for each in companies.values() if each.caller_number == form.caller_number), None)
        if twin is not None:
            raise InputProblemError(
                f"{path}: {key}.caller_number: {twin} shows this number too; give each company its own, or who rings "
                "back is told the wrong name"
            )
        _look_at_identity(form.verification, form.identity_column, f"{path}: {key}.verification")
        companies[key] = _company(key, form, path, calendars or path.parent / "compliance" / "calendars")
    return companies


def _company(key: str, form: _CompanyForm, path: Path, calendars: Path) -> Company:
    desk = service_desk(form.service_desk, calendars, f"{path}: {key}.service_desk") if form.service_desk else None
    verification = tuple(each.value for each in form.verification)
    fields = form.model_dump(exclude={"service_desk", "verification"})
    return Company(id=key, service_desk=desk, verification=verification, **fields)


def _look_at_identity(verification: Iterable[str], identity_column: str | None, where: str) -> None:
    """Raise `InputProblemError` when digits of the identity number are asked for and nobody knows where they stand."""
    if VerifyBy.ID_DIGITS in verification and identity_column is None:
        raise InputProblemError(
            f"{where}: id_digits is asked for, but the company has no identity_column; name the column of its policy "
            "files that holds the identity number or its last four digits, or take id_digits out"
        )


def load_campaign(path: Path) -> Campaign:
    """Read one campaign. Raises `InputProblemError` naming file, key and what is allowed."""
    form = _check(_CampaignForm, path, _read(path))
    if (form.script is None) == (form.scripts is None):
        text = "script: give one script here, or several below scripts, each with its share: {script: NAME, share: 50}"
        raise InputProblemError(f"{path}: {text}")
    shares = tuple(ScriptShare(each.script, each.share) for each in form.scripts or ())
    return Campaign(
        id=form.id,
        company_id=form.company,
        call_class=form.call_class,
        promotional=form.promotional,
        script=form.script or shares[0].script,
        shares=shares,
        senior_script=form.senior_script,
        return_script=form.return_script,
        languages=form.languages,
        hours=tuple(item.read() for item in form.hours),
        max_attempts=form.max_attempts,
        give_up_days=form.give_up_days,
        quiet_days=form.quiet_days,
        second_policy=form.second_policy,
        free_look_days=form.free_look_days,
        pacing=Pacing(**form.pacing.model_dump()),
        retries={cause: RetryRule(**rule.model_dump()) for cause, rule in form.retries.items()},
        verification=tuple(each.value for each in form.verification or ()),
    )


def load_campaigns(folder: Path, companies: Mapping[str, Company], scripts: Path) -> Mapping[str, Campaign]:
    """Read every campaign in `folder`: id to campaign, promotional where its script is.

    Raises `InputProblemError` when one names a company that is not configured or a script that does not exist or is
    written for another class of call, `ScriptError` when the script's file cannot be read.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise InputProblemError(f"{folder}: no campaign here; add a file such as welcome-tw.yaml")
    campaigns: dict[str, Campaign] = {}
    for path in paths:
        campaign = check_campaign(load_campaign(path), path, companies, scripts)
        if campaign.id in campaigns:
            raise InputProblemError(f"{path}: id: {campaign.id} is taken by another file; choose another id")
        campaigns[campaign.id] = campaign
    return campaigns


def check_campaign(campaign: Campaign, path: Path, companies: Mapping[str, Company], scripts: Path) -> Campaign:
    """Return the campaign as script and company bind it; raise `InputProblemError` unless both fit.

    A script that promotes anything makes every campaign that uses it promotional: telemarketing, to the gate.
    """
    if campaign.company_id not in companies:
        raise InputProblemError(
            f"{path}: company: {campaign.company_id} is not in companies.yaml; known are {', '.join(companies)}"
        )
    promotes = campaign.promotional
    for key, name in _scripts_by_key(campaign):
        if not (scripts / name / "script.yaml").is_file():
            known = ", ".join(sorted(item.parent.name for item in scripts.glob("*/script.yaml"))) or "none"
            raise InputProblemError(f"{path}: {key}: there is no {name} in {scripts}; known are {known}")
        script = declared(scripts / name)
        promotes = promotes or script.promotional or script.call_class is CallClass.TELEMARKETING
        if campaign.call_class is CallClass.MANDATORY_INTERVIEW and promotes:
            raise InputProblemError(
                f"{path}: promotional: an interview that the law asks for promotes nothing; take it out"
            )
        if not _fits(campaign.call_class, script.call_class):
            raise InputProblemError(
                f"{path}: call_class: {campaign.call_class} cannot use {name}, a script for calls of class "
                f"{script.call_class}; change call_class here or in {scripts / name / 'script.yaml'}"
            )
    company = companies[campaign.company_id]
    verification = campaign.verification or company.verification
    _look_at_identity(verification, company.identity_column, f"{path}: verification")
    return replace(campaign, promotional=promotes, service_desk=company.service_desk, verification=verification)


def _scripts_by_key(campaign: Campaign) -> Iterator[tuple[str, str]]:
    """Yield every script with where it stands in the campaign's file."""
    if campaign.shares:
        yield from ((f"scripts.{index}.script", each.script) for index, each in enumerate(campaign.shares))
    else:
        yield "script", campaign.script
    for key, name in (("return_script", campaign.return_script), ("senior_script", campaign.senior_script)):
        if name:
            yield key, name


def _fits(campaign: CallClass, script: CallClass) -> bool:
    """Whether a script may be used: interviews and collection keep to their own, promotion binds itself."""
    apart = {CallClass.MANDATORY_INTERVIEW, CallClass.COLLECTION}
    return campaign is script or not {campaign, script} & apart


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputProblemError(f"{path}: there is no such file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise InputProblemError(f"{path}{where}: this is not YAML in UTF-8; look at the indentation there") from None
    if not isinstance(values, dict) or not values:
        raise InputProblemError(f"{path}: expected `key: value` lines; the file is empty or holds something else")
    return values


def _check(form: type[Form], path: Path, value: Any, prefix: str = "") -> Form:
    try:
        return form.model_validate(value)
    except ValidationError as error:
        lines = []
        for item in error.errors():
            key = ".".join(str(part) for part in (prefix, *item["loc"]) if part != "")
            message = item["msg"].removeprefix("Value error, ")
            shown = "" if item["type"] in {"missing", "extra_forbidden"} else f" {item['input']!r} is not allowed:"
            lines.append(f"{path}: {key}:{shown} {message}")
        raise InputProblemError("\n".join(lines)) from None
