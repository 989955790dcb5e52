"""Colours and letters of a drawn script, for light and dark."""

HUES = (
    "#2f6fb3", "#1f8a4c", "#8e44ad", "#b5651d", "#16857f", "#a8324a", "#4f5fb8", "#6b7a1f", "#8a5a44", "#5b6675",
    "#c0578f", "#3d7f9e",
)  # fmt: skip
"""One for each part, with white letters on it."""

STYLE = """
svg { --ink: #1b2330; --soft: #5b6675; --page: #f4f6f9; --panel: #ffffff; --line: #d5dbe3; --box: #ffffff;
  --edge: #8a94a3; --proof: #e2f3e7; --proof-edge: #4a9c68; --wire: #66717f; --stub: #eef1f6; --alarm: #c0392b; }
@media (prefers-color-scheme: dark) { svg { --ink: #eceff4; --soft: #a9b4c2; --page: #10141a; --panel: #181d25;
  --line: #39424f; --box: #1f2630; --edge: #6c7889; --proof: #173224; --proof-edge: #4fae76; --wire: #9aa6b5;
  --stub: #252d39; --alarm: #ff7a6b; } }
text { font-family: system-ui, -apple-system, "Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans TC",
  "Noto Sans CJK TC", sans-serif; fill: var(--ink); font-size: 13px; }
.page { fill: var(--page); } .panel { fill: var(--panel); stroke: var(--line); }
.title { font-size: 26px; font-weight: 700; } .soft { fill: var(--soft); font-size: 14px; }
.head { font-size: 15px; font-weight: 600; } .group { fill: #ffffff; font-weight: 600; font-size: 13px; }
.small { font-size: 12px; } .word { font-size: 12px; font-weight: 600; }
.box { fill: var(--box); stroke: var(--edge); stroke-width: 1.2; } .ends { stroke-width: 2.6; }
.verified { fill: var(--proof); stroke: var(--proof-edge); }
.unwalked { stroke: var(--alarm); stroke-dasharray: 6 4; }
.name { font-weight: 600; font-size: 13px; } .kind { fill: var(--soft); font-size: 11px; }
.says { font-size: 13px; } .note { fill: var(--soft); font-size: 11px; }
.pill { fill: var(--ink); } .pilltext { fill: var(--panel); font-size: 11px; }
.stub { fill: var(--stub); stroke: var(--edge); } .stubtext { font-size: 12px; }
.wire { fill: none; stroke: var(--wire); stroke-width: 1.4; } .tip { fill: var(--wire); }
.wire.unwalked { stroke: var(--alarm); }
.behind { fill: var(--panel); } .label { font-size: 11px; }
.key { fill: var(--stub); stroke: var(--edge); } .keytext { font-size: 12px; font-weight: 600; }
"""
