"""Rules that no country has: whatever a rule file may say and no shipped one says yet, for both readings of it."""

from pathlib import Path

_REST = """
attempt_limits: []
automated_voice: []
caller_id: {layer: courtesy, must_show: false, confidence: mixed}
dial_guard: {minimum_minutes: 5, ring_seconds: 40, script_seconds: 180}
duties: {disclosures: [], opt_out: "any"}
unconfirmed: []
sources: []
"""

# The Azores repeat and skip the hour after midnight, Havana repeats it too; layers open and close in those hours.
PACKS = {
    "PT": """
code: PT
name: Somewhere
version: "1"
confidence: mixed
calendar: PT
zones: [Europe/Lisbon, Atlantic/Azores, Atlantic/Madeira]
same_clock: {Europe/Lisbon: [Portugal]}
zone_required: true
aliases: {YT: PT-20}
subdivisions:
  PT-1: {name: A region}
  PT-11: {name: A province, zones: [Europe/Lisbon]}
  PT-12: {name: Another province, zones: [Europe/Lisbon]}
  PT-2: {name: Another region, zones: [Europe/Lisbon]}
  PT-20: {name: Islands, zones: [Atlantic/Azores, Atlantic/Madeira], own_pack: true}
  PT-30: {name: Apart, own_pack: true}
windows:
  - layer: legal
    binds: [telemarketing]
    hours:
      mon-fri: ["00:30-01:30", "01:45-02:15", "09:00-12:00", "12:00-24:00"]
      sat: ["00:00-24:00"]
      sun: ["23:00-24:00"]
    public_holiday: {treatment: own_window, hours: ["10:00-12:00", "22:00-24:00"]}
    holidays: national
    effective_to: 2026-10-24
    confidence: mixed
  - layer: industry_code
    binds: [telemarketing, service]
    hours: {every_day: ["00:00-24:00"]}
    public_holiday: as_sunday
    holiday_eve: {hours: ["10:00-19:00"]}
    segments: {age_65_plus_or_vulnerable: {mon-sat: ["00:15-11:30", "14:00-24:00"], sun: ["14:00-17:30"]}}
    effective_from: 2026-03-29
    confidence: mixed
  - layer: courtesy
    binds: [service]
    hours: {mon-sat: ["00:00-02:30", "08:00-21:00"], sun: []}
    public_holiday: {treatment: own_window, hours: ["00:30-01:00"]}
    holiday_eve: {hours: ["00:30-12:00"]}
    consent_override: true
    customer_chosen:
      hours: {every_day: ["00:00-24:00"]}
      public_holiday: allowed
      holiday_eve: {hours: ["00:00-23:30"]}
    confidence: mixed
  - layer: legal
    binds: [collection]
    hours: {every_day: ["01:00-02:00", "06:00-22:00"]}
    public_holiday: allowed
    fixed_zone: America/New_York
    effective_from: 2026-06-01
    confidence: mixed
""",
    "PT-20": """
code: PT-20
name: Islands
parent: PT
version: "1"
confidence: mixed
calendar: PT
zones: [Atlantic/Azores, Atlantic/Madeira]
windows:
  - layer: legal
    binds: [service, collection]
    hours: {mon-fri: ["00:00-01:00", "01:30-24:00"], sat: ["00:30-24:00"], sun: ["00:00-00:45", "08:00-22:00"]}
    public_holiday: unspecified
    fixed_zone: America/Havana
    confidence: mixed
""",
}

CALENDAR = """
code: PT
version: "1"
source: invented
parts: [PT-1, PT-2, PT-20]
contains: {PT-1: [PT-11, PT-12]}
years:
  2025:
    holidays: {2025-01-01: "New Year"}
  2026:
    holidays: {2026-01-01: "New Year", 2026-05-01: "Labour Day", 2026-12-25: "Christmas Day", 2026-12-26: "Another"}
    regional:
      2026-03-30: {name: Spring, in: [PT-1]}
      2026-06-10: {name: Saint's day, in: [PT-11, PT-20]}
      2026-10-26: {name: Autumn, in: [PT-12]}
  2027:
    holidays: {2027-01-01: "New Year", 2027-12-31: "Year's end"}
    regional:
      2027-10-29: {name: Autumn, in: [PT-2]}
"""

CORRECTIONS = {
    "2026-02-01-PT": """
dated: 2026-02-01
calendar: PT
source: invented
holidays: {2026-06-11: "Decreed"}
working_days: {2026-12-26: "Worked after all", 2026-05-01: {name: Worked in one province, in: [PT-11]}}
regional: {2026-08-03: {name: Feast, in: [PT-12]}}
""",
    "2026-01-01-PT": """
dated: 2026-01-01
calendar: PT
source: invented
regional: {2026-12-26: {name: Feast, in: [PT-2]}, 2026-06-10: {name: Saint's day, in: [PT-2]}}
make_up_workdays: {2026-03-28: "Worked Saturday"}
working_days: {2026-10-26: {name: Worked, in: [PT-1]}}
""",
}


def write_odd_rules(folder: Path) -> Path:
    """Write a rules directory of these packs, calendar and corrections, and return it."""
    for name in ("packs", "calendars/corrections"):
        (folder / name).mkdir(parents=True)
    for code, text in PACKS.items():
        (folder / "packs" / f"{code}.yaml").write_text(text + _REST, "utf-8")
    (folder / "calendars" / "PT.yaml").write_text(CALENDAR, "utf-8")
    for name, text in CORRECTIONS.items():
        (folder / "calendars" / "corrections" / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "signatures.yaml").write_text("signatures: []\n", "utf-8")
    return folder
