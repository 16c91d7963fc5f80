# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of what only the report of an estate has. Light and dark by the reader's setting.

This module util is private to the collection.
"""

from __future__ import annotations

ESTATE_STYLE = """
:root { --cold: #2f6f8f; --warm: #b4501e; --done: #2f7d4f; --running: #8a5a9e; --failed: #b3261e; --grid: #e3ded5; }
@media (prefers-color-scheme: dark) { :root { --cold: #2c7396; --warm: #b95a28; --done: #2c7c50; --running: #8a5fa0;
  --failed: #b83a32; --grid: #2d3238; } }
main { max-width: 1240px; grid-template-columns: minmax(0, 1fr); }
.tiles.six { grid-template-columns: repeat(6, 1fr); }
.tiles.six .tile b { font-size: 24px; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 22px; margin-bottom: 16px; font-size: 13px; }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.key { width: 14px; height: 14px; border-radius: 3px; display: inline-block; }
.key.cold { background: var(--cold); } .key.warm { background: var(--warm); } .key.done { background: var(--done); }
.key.running { background: var(--running); } .key.failed { background: var(--failed); }
.panel { border-top: 1px solid var(--line); padding: 14px 0 16px; overflow-x: auto; }
.panel svg { min-width: 760px; } .panel .top { display: flex; gap: 4px 16px; flex-wrap: wrap; margin-bottom: 8px; }
.copy.cold { fill: var(--cold); } .copy.warm { fill: var(--warm); } .copy.done { fill: var(--done); }
.copy.running { fill: var(--running); } .copy.failed { fill: var(--failed); }
.mark { stroke: var(--grid); stroke-width: 1; }
.gantt svg text { font-size: 11px; } .gantt svg text.soft { font-size: 11px; }
.gantt svg text.on { pointer-events: none; }
.timeline { display: grid; grid-template-columns: 220px 1fr 110px; gap: 14px; align-items: center; padding: 4px 0; }
.timeline .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line { display: flex; height: 13px; border-radius: 4px; overflow: hidden; background: var(--line); }
.line i { display: block; min-width: 1px; }
.phase-precopied { background: #6fa3bd; } .phase-stopped { background: #b3261e; }
.phase-fenced { background: #a23b5c; } .phase-allocated { background: #5b6472; } .phase-copied { background: #2f6f8f; }
.phase-verified { background: #3f8f7c; } .phase-defined { background: #c08a1e; } .phase-started { background: #b4501e; }
.phase-checked { background: #8a5a9e; } .phase-other { background: #8c8577; }
.name { font-weight: 600; overflow-wrap: anywhere; } .remark { overflow-wrap: anywhere; }
td { font-size: 14px; } td:first-child .name { min-width: 90px; display: inline-block; }
.tight { white-space: nowrap; }
.pill.critical { background: var(--alarm-soft); color: var(--alarm); }
.pill.warning { background: #f6e6c8; color: #7a5200; } .pill.info { background: var(--line); color: var(--soft); }
@media (prefers-color-scheme: dark) { .pill.warning { background: #453410; color: #e8bd62; } }
summary { cursor: pointer; color: var(--rust); font-weight: 600; padding-bottom: 8px; }
@media (max-width: 900px) { .tiles.six { grid-template-columns: 1fr 1fr; }
  .timeline { grid-template-columns: 1fr; gap: 2px; } }
"""
