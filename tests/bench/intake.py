"""How fast a policies file is taken in: read, normalised, sealed and stored."""

import csv
import gc
import os
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from outbound.adapters.clock import RandomIdentifiers
from outbound.adapters.files.campaigns import load_campaign, load_companies
from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.database.migrate import upgrade
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.usecases.intake.take_in_policies import take_in_policies

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "policy_no", "product_code", "product_name", "issued_on", "delivered_on", "customer_id", "full_name", "birth_date",
    "phone", "alt_phone", "language", "region", "postal_code", "channel", "privacy_notice_on", "consents",
    "do_not_call",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def measure_mixed_intake(rows: int = 100_000) -> dict[str, float]:
    """The same where one row in five belongs to somebody who came earlier in the file."""
    return measure_intake(rows, returning=0.2)


def measure_intake(rows: int = 100_000, returning: float = 0.0) -> dict[str, float]:
    """Take `rows` new policies in on SQLite: seconds (of the wall and of the processor), rows a second, peak MB."""
    keyring = Keyring(data_key=os.urandom(32), index_key=os.urandom(32))
    campaign = load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")
    company = load_companies(ROOT / "config" / "companies.yaml")[campaign.company_id]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policies.csv"
        _write(path, rows, returning)
        engine = open_engine(f"sqlite:///{folder}/outbound.db", keyring)
        upgrade(engine)
        gc.disable()  # as the command does
        wall, processor = time.perf_counter(), time.process_time()
        report = take_in_policies(
            SqlStore(engine, keyring),
            rows=normalise_rows(read_rows(path), today=date(2026, 11, 22)),
            source=path.name,
            company=company,
            campaign=campaign,
            identifiers=RandomIdentifiers(),
            now=NOW,
        )
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        gc.enable()
        engine.dispose()
    if report.taken_in != rows:
        raise RuntimeError(f"{report.taken_in} of {rows} rows were taken in")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": wall, "processor_seconds": processor, "rows_per_second": rows / wall, "peak_mb": peak}


def _write(path: Path, rows: int, returning: float) -> None:
    """Write policies of invented people; the share `returning` has an earlier one in the same file."""
    chance = Random(1)  # noqa: S311
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            customer = number if chance.random() >= returning else chance.randrange(number + 1)
            person = Random(customer)  # noqa: S311
            issued = date(2026, 11, 1) + timedelta(days=chance.randrange(20))
            writer.writerow((
                f"P{number:08}", "WL01", "安心終身壽險", issued, issued + timedelta(days=2), f"C{customer:08}",
                f"王{chr(person.randrange(0x4E00, 0x9000))}測", f"{person.randrange(30, 90)}/5/9",
                f"0900-{person.randrange(1_000_000):06}", "(02)2345-6789" if person.random() < 0.3 else "", "zh-TW",
                "TW-TPE", "106", "agent", issued, f"service_call;recording={issued}", "N",
            ))  # fmt: skip
