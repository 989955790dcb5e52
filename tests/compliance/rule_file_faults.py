"""An invented pack, and every way in which one can be wrong."""

from pathlib import Path

PACK = """\
code: XK
name: Kosovo
version: "1"
confidence: mixed
zones: [Europe/Belgrade]
windows:
  - layer: legal
    binds: [service]
    hours: {mon-fri: ["09:00-12:00", "12:00-17:00"], sat: [], sun: []}
    public_holiday: allowed
    confidence: mixed
attempt_limits:
  - {layer: legal, binds: [service], count: 2, period: rolling_24_hours, per: called_number, confidence: mixed}
automated_voice:
  - {layer: legal, binds: [service], lines: [mobile], consents: [automated_voice], confidence: mixed}
caller_id: {layer: legal, must_show: true, prefixes: ["+383"], confidence: mixed}
dial_guard: {minimum_minutes: 5, ring_seconds: 40, script_seconds: 180}
duties: {disclosures: [name], disclosure_timing: first, opt_out: any, honour_opt_out_within: at once}
sources:
  - {citation: c, url: u, kind: primary, seen: true, paraphrase: p}
notes: [one]
"""


EXTENDED = """\
code: XK
name: Kosovo
version: "2"
confidence: recalled, unverified
calendar: XK
zones: [Europe/Belgrade, Europe/Lisbon]
same_clock: {Europe/Belgrade: [Europe/Podgorica]}
subdivisions:
  XK-1: {name: One, zones: [Europe/Belgrade]}
  XK-2: {name: Two, own_pack: true}
subdivision_required: true
zone_required: true
aliases: {QK: XK-1}
windows:
  - layer: courtesy
    binds: [service, telemarketing]
    hours: {mon-sat: ["09:00-20:00"], sun: []}
    public_holiday: {treatment: own_window, hours: ["10:00-12:00"]}
    holidays: national
    holiday_eve: {hours: ["10:00-19:00"]}
    calendar: XK
    fixed_zone: Europe/Lisbon
    consent_override: true
    customer_chosen: {hours: {mon-sat: ["08:00-21:00"], sun: ["10:00-18:00"]}, public_holiday: as_sunday}
    segments: {age_65_plus_or_vulnerable: {mon-fri: ["10:00-12:00"], sat: [], sun: []}}
    effective_from: 2026-01-01
    effective_to: 2026-12-31
    confidence: policy-proposal
    note: as invented
  - {layer: legal, binds: [collection], confidence: "recalled, unverified", note: nothing was found}
attempt_limits:
  - {layer: legal, binds: [service], count: 4, period: campaign, per: contact, confidence: mixed, note: four}
  - {layer: legal, binds: [service], count: 0, period: after_refusal, per: contact, confidence: mixed}
  - {layer: legal, binds: [service], count: 0, period: 60_days_after_refusal, per: called_number, confidence: mixed}
  - {layer: legal, binds: [service], count: 1, period: calendar_week, per: debt, unless_consent: marketing,
     effective_from: 2026-01-01, confidence: verified}
automated_voice:
  - {layer: legal, binds: [telemarketing], lines: [mobile, landline], consents: [marketing, automated_voice],
     confidence: mixed}
caller_id: {layer: legal, must_show: false, prefixes: ["+3831"], forbidden: ["+3836"], binds: [telemarketing],
  confidence: mixed, note: series}
duties:
  disclosures: [name]
  abandoned_calls: none
  recording: everybody agrees
  ai_disclosure: at the start
  post_sale_call: within ten days
do_not_call_register: {name: r, existing_relationship_exempt: "no", service_calls_exempt: "yes", confidence: mixed,
  note: n}
notes: [one]
unconfirmed: [everything]
sources:
  - {citation: c, url: u, kind: secondary, seen: false, paraphrase: p}
"""
"""A pack with everything that a pack may say."""


def folder(tmp_path: Path, pack: str = PACK, name: str = "XK") -> Path:
    """Write a pack into a rules directory."""
    (tmp_path / "packs").mkdir(exist_ok=True)
    (tmp_path / "packs" / f"{name}.yaml").write_text(pack, encoding="utf-8")
    return tmp_path


FAULTS = [
    ("zones: [Europe/Belgrade]", "zones: [Europe/Belgrade, Europe/Belgrade]", 5, "zones", "one of the two"),
    ("binds: [service]\n    hours", "binds: [service, service]\n    hours", 8, "windows[1].binds", "one of the two"),
    ("code: XK", "code: NO", 1, "code", "quotes"),
    ("code: XK", "code: XX", 1, "code", "XK"),
    ("name: Kosovo", "name: [a]", 2, "name", "single value"),
    ("name: Kosovo", "name:", 2, "name", "value"),
    ('version: "1"', "version: 1", 3, "version", "quotes"),
    ('version: "1"\n', "", 1, "version", "add it"),
    ("zones: [Europe/Belgrade]", "zones: [Europe/Atlantis]", 5, "zones", "Asia/Taipei"),
    ("zones: [Europe/Belgrade]", "zones: []", 5, "zones", "zone"),
    ("zones: [Europe/Belgrade]", "zones: Europe/Belgrade", 5, "zones", "[first, second]"),
    ("zones: [Europe/Belgrade]", "zones: [on]", 5, "zones", "quotes"),
    ("layer: legal\n    binds", "layer: lawful\n    binds", 7, "windows[1].layer", "courtesy"),
    ("layer: legal\n    binds", "layer: house\n    binds", 7, "windows[1].layer", "courtesy"),
    ("binds: [service]\n    hours", "binds: []\n    hours", 8, "windows[1].binds", "service"),
    ("binds: [service]\n    hours", "binds: [sales]\n    hours", 8, "windows[1].binds", "service"),
    ('"09:00-12:00"', "21:00", 9, "windows[1].hours.mon-fri", "quotes"),
    ('"09:00-12:00"', '"9:00-12:00"', 9, "windows[1].hours.mon-fri", "two digits"),
    ('"09:00-12:00"', '"13:00-12:00"', 9, "windows[1].hours.mon-fri", "midnight"),
    ('"09:00-12:00"', '"09:00-24:30"', 9, "windows[1].hours.mon-fri", "midnight"),
    ('"09:00-12:00"', '"09:00-13:00"', 9, "windows[1].hours.mon-fri", "apart"),
    ("sat: [],", "", 9, "windows[1].hours.sat", "[]"),
    ("sat: [],", "fri: [], sat: [],", 9, "windows[1].hours.fri", "once"),
    ("sat: [],", "saturday: [],", 9, "windows[1].hours.saturday", "mon"),
    ("public_holiday: allowed", "public_holiday: own_window", 10, "windows[1].public_holiday", "hours"),
    ("public_holiday: allowed", "public_holiday: maybe", 10, "windows[1].public_holiday", "blocked"),
    ("public_holiday: allowed", "public_holiday: blocked\n    customer_chosen: {}", 11, "customer_chosen", ""),
    (
        "public_holiday: allowed",
        'public_holiday: blocked\n    customer_chosen: {hours: {every_day: ["09:00-10:00"]}, public_holiday: allowed}',
        11,
        "customer_chosen",
        "remove it",
    ),
    (
        "public_holiday: allowed",
        "public_holiday: allowed\n    effective_from: 2026-05-01\n    effective_to: 2026-04-30",
        12,
        "effective_to",
        "dates",
    ),
    ("public_holiday: allowed", "public_holiday: allowed\n    effective_from: 1 May", 11, "effective_from", "YYYY"),
    ("public_holiday: allowed", "public_holiday: allowed\n    segments: {poor: {}}", 11, "segments.poor", "general"),
    (
        "public_holiday: allowed",
        "public_holiday: allowed\n    consent_override: maybe",
        11,
        "override",
        "true or false",
    ),
    ("public_holiday: allowed", "public_holiday: allowed\n    holliday: x", 11, "windows[1].holliday", "keys are"),
    ("public_holiday: allowed", "public_holiday: allowed\n    public_holiday: blocked", 11, "public_holiday", "one"),
    ("windows:\n", "windows: []\nolder:\n", 6, "windows", "at least one"),
    ("windows:\n", "windows: none\nolder:\n", 6, "windows", "dash"),
    ("windows:\n  - layer", "windows:\n  - monday\n  - layer", 7, "windows[1]", "key: value"),
    ("count: 2", "count: two", 13, "attempt_limits[1].count", "number"),
    ("rolling_24_hours", "fortnight", 13, "attempt_limits[1].period", "rolling_14_days"),
    ('"+383"', '"383"', 16, "caller_id.prefixes", "+886"),
    ("ring_seconds: 40", "ring_seconds: -40", 17, "dial_guard.ring_seconds", "number"),
    ("public_holiday: allowed", "public_holiday: no", 10, "windows[1].public_holiday", "quotes"),
    ("public_holiday: allowed", "public_holiday: {treatment: own_window}", 10, "public_holiday.hours", "add it"),
    ("public_holiday: allowed", "public_holiday: {treatment: blocked, hours: []}", 10, "treatment", "blocked"),
    ("public_holiday: allowed", "public_holiday: allowed\n    holiday_eve: {}", 11, "holiday_eve.hours", "add it"),
    ("public_holiday: allowed", "public_holiday: allowed\n    holidays: city", 11, "windows[1].holidays", "national"),
    ("public_holiday: allowed", "public_holiday: allowed\n    fixed_zone: CST7", 11, "fixed_zone", "Asia/Taipei"),
    ("public_holiday: allowed", "public_holiday: allowed\n    effective_to: 20260430", 11, "effective_to", "YYYY"),
    ("public_holiday: allowed", "public_holiday: allowed\n    effective_to: 2026-02-30", 11, "effective_to", "YYYY"),
    ("    hours: {mon-fri", "    older: {mon-fri", 10, "windows[1].public_holiday", "give the layer hours"),
    ("    confidence: mixed\nattempt", "    confidence: sure\nattempt", 11, "windows[1].confidence", "verified"),
    ('"12:00-17:00"', '"14:00-17:00", "12:30-13:00"', 9, "windows[1].hours.mon-fri", "sort"),
    ('["09:00-12:00", "12:00-17:00"]', "21:00", 9, "windows[1].hours.mon-fri", "[first, second]"),
    ("[service]\n    hours", "[service, NO]\n    hours", 8, "windows[1].binds", "quotes"),
    ("rolling_24_hours", "rolling_0_days", 13, "attempt_limits[1].period", "rolling_14_days"),
    ("rolling_24_hours", "after_refusal", 13, "attempt_limits[1].count", "count: 0"),
    ("rolling_24_hours", "60_days_after_refusal", 13, "attempt_limits[1].count", "count: 0"),
    ("count: 2", "count: 0", 13, "attempt_limits[1].count", "1 or more"),
    ("per: called_number", "per: household", 13, "attempt_limits[1].per", "residential_line"),
    ("{layer: legal, binds: [service], count", "{layer: house, binds: [service], count", 13, "layer", "courtesy"),
    ("lines: [mobile]", "lines: [unknown]", 15, "automated_voice[1].lines", "landline"),
    ("consents: [automated_voice]", "consents: []", 15, "automated_voice[1].consents", "marketing"),
    ("consents: [automated_voice]", "consents: [robot]", 15, "automated_voice[1].consents", "automated_voice"),
    ("must_show: true", "must_show: yes", 16, "caller_id.must_show", "true or false"),
    ('prefixes: ["+383"]', "prefixes: [+383]", 16, "caller_id.prefixes", "quotes"),
    ('prefixes: ["+383"]', 'prefixes: ["+383"], forbidden: ["0900"]', 16, "caller_id.forbidden", "+886"),
    ('prefixes: ["+383"]', 'prefixes: ["+383"], forbidden: ["+38"]', 16, "caller_id.forbidden", "two lists"),
    ('prefixes: ["+383"]', 'prefixes: ["+383"], binds: [sales]', 16, "caller_id.binds", "telemarketing"),
    ("kind: primary", "kind: rumour", 20, "sources[1].kind", "secondary"),
    ("opt_out: any", "opt_in: any", 18, "duties.opt_in", "keys are"),
    (
        "notes: [one]",
        "do_not_call_register: {name: r, service_calls_exempt: no, confidence: mixed}",
        21,
        "do_not_call_register.service_calls_exempt",
        "quotes",
    ),
    ("notes: [one]", "do_not_call_register: {confidence: mixed}", 21, "do_not_call_register.name", "add it"),
    ("notes: [one]", "unconfirmed: all", 21, "unconfirmed", "[first, second]"),
    ("notes: [one]", "zone_required: maybe", 21, "zone_required", "true or false"),
    ("notes: [one]", "subdivision_required: true", 21, "subdivision_required", "under subdivisions"),
    ("notes: [one]", "same_clock: {Europe/Belgrade: [Europe/Belgrade]}", 21, "same_clock.Europe/Belgrade", "once"),
    ("notes: [one]", "same_clock: {Europe/Belgrade: [Europe/Nowhere]}", 21, "same_clock.Europe/Belgrade", "Taipei"),
    ("notes: [one]", "aliases: {NO: XK-1}", 21, "aliases.NO", "quotes"),
    ("notes: [one]", "aliases: {XKX: XK-1}", 21, "aliases.XKX", "two capital"),
    ("notes: [one]", "aliases: {QK: XK-1}", 21, "aliases.QK", "under subdivisions"),
    ("notes: [one]", "calendar: [a]", 21, "calendar", "single value"),
    ("notes: [one]", "parent: US", 21, "parent", "no parent"),
    ("notes: [one]", "subdivisions: {US-XK: {name: n}}", 21, "subdivisions.US-XK", "XK-XXX"),
    ("notes: [one]", "subdivisions: {XK-1: {name: n, zones: [Asia/Taipei]}}", 21, "subdivisions.XK-1.zones", "Europe"),
    ("notes: [one]", "subdivisions: {NO: {name: n}}", 21, "subdivisions.NO", "quotes"),
    ("notes: [one]", "same_clock: {Asia/Taipei: [Asia/Tokyo]}", 21, "same_clock.Asia/Taipei", "Europe/Belgrade"),
    ("notes: [one]", "? [a]\n: b", 21, "", "name the key"),
    ("notes: [one]", "notes: [one", 22, "", "syntax"),
    ("notes: [one]", "notes: &n [[*n]]", 21, "", "alias"),
    ("notes: [one]", "notes: ['\x07']", 0, "", "control"),
]
