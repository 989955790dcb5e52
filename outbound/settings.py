"""Settings from `config/outbound.yaml` and the environment (`OUTBOUND_…` wins), checked at start.

Secrets come from the environment only: they have no place in the file and are never printed.
"""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from outbound.usecases.problems import InputProblemError

SECRETS = ("account_sid", "auth_token", "data_key", "index_key", "sink_secret", "metrics_token")
_ENVIRONMENT_NAMES = {"account_sid": "TWILIO_ACCOUNT_SID", "auth_token": "TWILIO_AUTH_TOKEN"}


def home() -> Path:
    """Folder that holds `config/`, `scripts_tts/` and `var/`: `OUTBOUND_HOME`, else the checkout."""
    return Path(os.environ.get("OUTBOUND_HOME") or Path(__file__).resolve().parents[1])


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(env_prefix="OUTBOUND_", extra="forbid", hide_input_in_errors=True)

    database_url: str = "sqlite:///var/outbound.db"
    public_url: str = "http://127.0.0.1:8080"
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(8080, ge=0, le=65535)
    carrier_url: str | None = None
    """Base address of the carrier's API; None means Twilio itself."""
    trunk_calls_per_second: float = Field(0.8, gt=0, le=1000)
    """Below the carrier's own rate (1 a second unless more was agreed), so that its queue stays empty."""
    trunk_max_live: int | None = Field(None, ge=1)
    """Calls of all campaigns that may be ringing or in conversation at once; without it only campaigns limit them."""
    carrier_timeout_seconds: float = Field(10, gt=0, le=60)
    max_clock_skew_seconds: float = Field(2, gt=0, le=60)
    embedded_exchange: bool = False
    exchange_population: str | None = None
    """File of the people whom the embedded exchange calls; without one, nobody answers but its test numbers."""
    sink: Literal["table", "http"] = "table"
    sink_url: str | None = None
    drop_folder: str | None = "var/inbox"
    feed_url: str | None = None
    query_url: str | None = None
    query_sql: str | None = None
    """A query with one parameter, `:watermark`, ordered by `query_watermark_column`."""
    query_watermark_column: str = "updated_at"
    query_start: str = "1970-01-01"
    feed_watermark_column: str | None = None
    source_company: str | None = None
    """Company whose policies arrive by feed, query and the drop folder itself; others have a folder below it."""
    business_zone: str = "Asia/Taipei"
    """IANA zone in which operations work: what "today" means to intake, and how tables show instants."""
    prefect: Literal["embedded", "external"] = "embedded"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    account_sid: SecretStr | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    auth_token: SecretStr | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    data_key: SecretStr | None = None
    index_key: SecretStr | None = None
    sink_secret: SecretStr | None = None
    metrics_token: SecretStr | None = None
    """Who asks for /metrics has to bear it; without one whoever reaches the port may read the figures."""

    @field_validator("public_url", "carrier_url", "sink_url", "feed_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("an address that starts with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("business_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("an IANA zone such as Asia/Taipei") from None
        return value

    @model_validator(mode="after")
    def _sink_is_whole(self) -> Self:
        if self.sink == "http" and not (self.sink_url and self.sink_secret):
            raise ValueError("sink: http needs sink_url, and OUTBOUND_SINK_SECRET in the environment")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


def embedded(**values: Any) -> Settings:
    """Return the defaults with `values`, whatever file and environment say: what the demo runs on."""
    return Settings.model_construct(**values)


def load(path: Path | None = None) -> Settings:
    """Read settings from `path` (`config/outbound.yaml` below `home()`) and the environment.

    Raises `InputProblemError` naming file, key, what is allowed; never a secret's value.
    """
    path = path or home() / "config" / "outbound.yaml"
    values = _read(path)
    for name in SECRETS:
        if name in values or _ENVIRONMENT_NAMES.get(name) in values:
            variable = _ENVIRONMENT_NAMES.get(name, f"OUTBOUND_{name.upper()}")
            raise InputProblemError(
                f"{path}: {name}: secrets do not belong in a file; set {variable} in the environment"
            )
    _check_environment()
    try:
        return Settings(**values)
    except ValidationError as error:
        raise InputProblemError("\n".join(_explain(path, values, item) for item in error.errors())) from None


def _check_environment() -> None:
    """Raise `InputProblemError` for a variable that looks like a setting and is none: a typo must not pass for one."""
    known = {f"OUTBOUND_{name.upper()}" for name in Settings.model_fields} | {"OUTBOUND_HOME"}
    for name in sorted(os.environ):
        if name.startswith("OUTBOUND_") and name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; is {near[0]} meant?" if near else f"; known are {', '.join(sorted(known))}"
            raise InputProblemError(f"environment: {name}: no such setting{hint}")


def _read(path: Path) -> dict[str, Any]:
    import yaml

    if not path.exists():
        return {}
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except UnicodeDecodeError as error:
        raise InputProblemError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise InputProblemError(f"{path}{where}: this is not YAML; look at the indentation and quotes there") from None
    if not isinstance(values, dict):
        raise InputProblemError(f"{path}: expected `key: value` lines, found a {type(values).__name__}")
    return values


def _explain(path: Path, values: dict[str, Any], item: Any) -> str:
    if not item["loc"]:
        return f"{path} or the environment: {item['msg'].removeprefix('Value error, ')}"
    key = str(item["loc"][0])
    variable = key if key.isupper() else f"OUTBOUND_{key.upper()}"
    where = f"environment: {variable}" if variable in os.environ else f"{path}: {key}"
    if item["type"] == "extra_forbidden":
        known = ", ".join(sorted(name for name in Settings.model_fields if name not in SECRETS))
        return f"{where}: no such setting; known are {known}"
    shown = "" if variable in os.environ or key not in values else f" {values[key]!r} is not allowed:"
    return f"{where}:{shown} {item['msg'].removeprefix('Value error, ')}"
