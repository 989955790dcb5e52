"""The only place where adapters are made and handed to the verbs."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from outbound.adapters.clock import RandomIdentifiers, SystemClock
from outbound.adapters.sql.database.key_check import check_keys
from outbound.adapters.sql.database.keys import Keyring, read_key
from outbound.adapters.sql.database.migrate import upgrade
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.settings import Settings, home, load
from outbound.usecases.ports.clock import Clock
from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.adapters.files.rules.watched import WatchedRules
    from outbound.adapters.files.scripts.catalogue import WatchedScripts
    from outbound.adapters.sinks.http import HttpSink
    from outbound.adapters.twilio.signature import TwilioSignature
    from outbound.compliance.interview import InterviewRules
    from outbound.compliance.rules.rulebook import Rulebook, Trust
    from outbound.domain.line.trunk import Trunk
    from outbound.usecases.conversation.kept.themes import Themes
    from outbound.usecases.ports.carrier import Carrier
    from outbound.usecases.ports.messages import MessageTexts
    from outbound.usecases.ports.owed import OwedPromises
    from outbound.usecases.ports.sources import Source
    from outbound.usecases.scheduling.may_call import Rules


@dataclass
class House:
    """An installation with its parts, each made when it is first asked for.

    `honours_demo_signatures` is for `demo` and `simulate`, which dial nobody real. `keeps_rules` reads rules and
    scripts once, for runs in virtual time that must come out the same; elsewhere they are looked at again every minute.
    `worker` names this process on the attempts that it reserves.
    """

    settings: Settings
    store: SqlStore
    clock: Clock
    identifiers: Identifiers
    folder: Path
    honours_demo_signatures: bool = False
    keeps_rules: bool = False
    worker: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}")
    _last_rules: "Rules | None" = field(default=None, init=False, repr=False)

    @cached_property
    def companies(self) -> Mapping[str, Company]:
        """Companies of the group by id."""
        from outbound.adapters.files.campaigns import load_companies
        from outbound.adapters.sources.identity import with_identity_columns

        path = self.folder / "config" / "companies.yaml"
        return with_identity_columns(load_companies(path), str(path))

    @cached_property
    def campaigns(self) -> Mapping[str, Campaign]:
        """Campaigns by id."""
        from outbound.adapters.files.campaigns import load_campaigns

        return load_campaigns(self.folder / "config" / "campaigns", self.companies, self.folder / "scripts_tts")

    @cached_property
    def scripts(self) -> "WatchedScripts":
        """Every script that a campaign uses, proved; what is changed and proved is spoken within a minute or two."""
        from outbound.adapters.files.scripts.catalogue import WatchedScripts

        used = {name for each in self.campaigns.values() for name in each.scripts_used}
        monotonic = (lambda: 0.0) if self.keeps_rules else self.clock.monotonic
        return WatchedScripts(self.folder / "scripts_tts", used, monotonic=monotonic)

    @cached_property
    def messages(self) -> "MessageTexts":
        """Wordings of text messages."""
        from outbound.adapters.files.messages import load_messages

        return load_messages(self.folder / "scripts_tts" / "messages")

    @cached_property
    def themes(self) -> "Themes":
        """Words by which reasons for a score are sorted."""
        from outbound.adapters.files.themes import load_themes

        return load_themes(self.folder / "scripts_tts" / "themes")

    @cached_property
    def owed(self) -> "OwedPromises":
        """Promises that callees heard while the database was away, in a file that outlives the process."""
        from outbound.adapters.files.owed import OwedJournal

        path = self.folder / "var" / "owed.jsonl"
        try:
            return OwedJournal(path)
        except OSError as error:
            raise InputProblemError(
                f"{path}: cannot be written ({error.strerror}); what is promised to callees while the database is away "
                "stands there: let this user write to the folder"
            ) from None

    @cached_property
    def _watched_rules(self) -> "WatchedRules":
        from outbound.adapters.files.rules.signatures import latest_date
        from outbound.adapters.files.rules.watched import WatchedRules

        # A run in virtual time may lie before the day on which its rules were signed, and dials nobody real.
        any_date = self.honours_demo_signatures
        return WatchedRules(
            self.folder / "config" / "compliance",
            monotonic=(lambda: 0.0) if self.keeps_rules else self.clock.monotonic,
            year=lambda: self.clock.now().year,
            today=lambda: None if any_date else latest_date(self.clock.now()),
        )

    @property
    def rulebook(self) -> "Rulebook":
        """Rule packs, calendars and signatures as they stand now; the same object while nothing changed.

        Raises `InputProblemError` while they cannot be read: then nothing is dialled.
        """
        return self._watched_rules.current()

    def rules_problem(self) -> str | None:
        """Why the rules cannot be read, with the file below `folder`; None when they can."""
        try:
            self._watched_rules.current()
        except InputProblemError as problem:
            return str(problem).replace(f"{self.folder}/", "")
        return None

    @cached_property
    def _duties(self) -> "Mapping[str, InterviewRules]":
        from outbound.adapters.files.duties import load_duties

        return load_duties(self.folder / "config" / "duties")

    def interview_rules(self, company: Company) -> "InterviewRules | None":
        """Which policies need an interview before acceptance in a company's country; None without such a duty."""
        return self._duties.get(company.region.partition("-")[0])

    @property
    def trust(self) -> "Trust":
        """Which signatures count here."""
        from outbound.compliance.rules.rulebook import Trust

        return Trust.DEMO if self.honours_demo_signatures else Trust.PRODUCTION

    @property
    def script_seconds(self) -> Mapping[str, int]:
        """Length of the longest conversation of each script; the same object while no script changed."""
        return self.scripts.seconds()

    @property
    def rules(self) -> "Rules":
        """What every decision of the gate rests on, as `rulebook` stands now; the same object while nothing changed."""
        return self._rules(self.rulebook)

    @property
    def rules_or_no_pack(self) -> "Rules":
        """The same; while the rules cannot be read, rules without any pack, under which every answer is no."""
        try:
            return self.rules
        except InputProblemError:
            return self._rules(self._no_pack)

    @cached_property
    def _no_pack(self) -> "Rulebook":
        from outbound.compliance.rules.rulebook import Rulebook

        return Rulebook({}, {})

    def _rules(self, rulebook: "Rulebook") -> "Rules":
        made = self._last_rules
        seconds = self.script_seconds
        known = made is not None and made.rulebook is rulebook and made.script_seconds is seconds
        if made is None or not known or made.trust is not self.trust:
            from outbound.usecases.scheduling.may_call import Rules

            made = self._last_rules = Rules(rulebook, self.companies, self.trust, seconds)
        return made

    @cached_property
    def trunk(self) -> "Trunk":
        """Limits over all campaigns."""
        from outbound.domain.line.trunk import Trunk

        return Trunk(self.settings.trunk_calls_per_second, self.settings.trunk_max_live)

    @cached_property
    def carrier(self) -> "Carrier":
        """The carrier of the settings."""
        from outbound.adapters.twilio.carrier import TwilioCarrier
        from outbound.usecases.dialling.cancel_queued import TOGETHER

        return TwilioCarrier(
            account_sid=secret("TWILIO_ACCOUNT_SID", self.settings.account_sid),
            auth_token=secret("TWILIO_AUTH_TOKEN", self.settings.auth_token),
            public_url=self.settings.public_url,
            api_url=self.settings.carrier_url,
            timeout_seconds=self.settings.carrier_timeout_seconds,
            together=TOGETHER,
        )

    @cached_property
    def is_genuine(self) -> "TwilioSignature":
        """Checks that a webhook is the carrier's."""
        from outbound.adapters.twilio.signature import TwilioSignature

        return TwilioSignature(secret("TWILIO_AUTH_TOKEN", self.settings.auth_token))

    @cached_property
    def sink(self) -> "HttpSink | None":
        """Where records go; None is the table in this database."""
        if self.settings.sink == "table" or self.settings.sink_url is None:
            return None
        from outbound.adapters.sinks.http import HttpSink

        return HttpSink(self.settings.sink_url, secret("OUTBOUND_SINK_SECRET", self.settings.sink_secret).encode())

    def arrivals(self) -> "list[tuple[Source, Company, Campaign]]":
        """Where policies arrive by themselves, whose they are, and which campaign takes them.

        Folder, query and feed belong to `source_company`. Every other company with a campaign has a folder of its own
        below the drop folder, under its id. Raises `InputProblemError` when it is not clear whose policies they are.
        """
        from outbound.adapters.sources.folder import FolderSource

        found = [(source, *self._taker(self.settings.source_company)) for source in self._configured_sources()]
        if self.settings.drop_folder:
            others = sorted(
                {each.company_id for each in self.campaigns.values()} - {self.settings.source_company or ""}
            )
            for name in others:
                folder = self.folder / self.settings.drop_folder / name
                folder.mkdir(parents=True, exist_ok=True)
                found.append((FolderSource(f"folder/{name}", folder, self.clock.now), *self._taker(name)))
        return found

    def _configured_sources(self) -> "list[Source]":
        from outbound.adapters.sources.feed import FeedSource
        from outbound.adapters.sources.folder import FolderSource
        from outbound.adapters.sources.query import QuerySource

        given = self.settings
        found: list[Source] = []
        if given.drop_folder and given.source_company:
            folder = self.folder / given.drop_folder
            folder.mkdir(parents=True, exist_ok=True)
            found.append(FolderSource("folder", folder, self.clock.now))
        if given.query_url and given.query_sql:
            found.append(
                QuerySource("query", given.query_url, given.query_sql, given.query_watermark_column, given.query_start)
            )
        if given.feed_url:
            found.append(FeedSource("feed", given.feed_url, watermark_column=given.feed_watermark_column))
        return found

    def _taker(self, name: str | None) -> tuple[Company, Campaign]:
        """Company and the one campaign that takes its policies."""
        if name is None or name not in self.companies:
            raise InputProblemError(
                f"config/outbound.yaml: source_company: {name!r} is not in companies.yaml; "
                f"known are {', '.join(self.companies)}"
            )
        fitting = [each for each in self.campaigns.values() if each.company_id == name]
        if len(fitting) != 1:
            raise InputProblemError(
                f"config/campaigns: {len(fitting)} campaigns of {name}; what arrives by itself needs exactly one"
            )
        return self.companies[name], fitting[0]


def secret(name: str, value: SecretStr | None) -> str:
    """Return a secret, or raise `InputProblemError` that names the variable."""
    if value is None or not value.get_secret_value():
        raise InputProblemError(f"environment: {name} is not set; the carrier's account page shows it")
    return value.get_secret_value()


def keyring_of(settings: Settings) -> Keyring:
    """Read both keys from the settings, or raise `InputProblemError` that says how to make them."""
    return Keyring(
        data_key=_key("OUTBOUND_DATA_KEY", settings.data_key), index_key=_key("OUTBOUND_INDEX_KEY", settings.index_key)
    )


def _key(name: str, value: SecretStr | None) -> bytes:
    if value is None:
        raise InputProblemError(
            f"environment: {name} is not set; personal data is never stored without it. Make one with\n"
            f"  export {name}=$(python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')\n"
            "and keep it: what was sealed with it cannot be read without it."
        )
    return read_key(name, value.get_secret_value())


def open_house(
    settings: Settings | None = None,
    *,
    keyring: Keyring | None = None,
    clock: Clock | None = None,
    identifiers: Identifiers | None = None,
    honours_demo_signatures: bool = False,
    keeps_rules: bool = False,
    throwaway: bool = False,
) -> House:
    """Open the installation that `settings` describe and bring its database to this version's schema.

    `throwaway` is for a database that a run makes for itself, see `open_engine`.
    Raises `InputProblemError` for settings or keys that cannot be used, `ServiceAwayError` without a database.
    """
    settings = settings or load()
    keyring = keyring or keyring_of(settings)
    engine = open_engine(_absolute(settings.database_url), keyring, repeatable=keeps_rules, throwaway=throwaway)
    upgrade(engine)
    check_keys(engine, keyring)
    return House(
        settings=settings,
        store=SqlStore(engine, keyring),
        clock=clock or SystemClock(),
        identifiers=identifiers or RandomIdentifiers(),
        folder=home(),
        honours_demo_signatures=honours_demo_signatures,
        keeps_rules=keeps_rules,
    )


def _absolute(url: str) -> str:
    """Anchor a relative SQLite path at `home()`, so that every command finds the same file."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
        return f"{prefix}{home() / url.removeprefix(prefix)}"
    return url
