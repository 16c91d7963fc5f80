# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of the report. Light and dark by the reader's setting; nothing is fetched.

This module util is private to the collection.
"""

from __future__ import annotations

STYLE = """
:root { --paper: #f4f2ee; --card: #fffdfa; --ink: #22262b; --soft: #6b7078; --line: #e3ded5; --steel: #39424d;
  --rust: #b4501e; --rust-soft: #e9b794; --leaf: #2f7d4f; --leaf-soft: #dcefe2; --alarm: #b3261e;
  --alarm-soft: #f9dedc;
  --frame: #2b3138; --unit: #424b56; --unit-ink: #f1efe9; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181b; --card: #1d2125; --ink: #e8e5df; --soft: #9aa0a8;
  --line: #2d3238; --steel: #aab4c0; --rust: #e0803f; --rust-soft: #6b3d20; --leaf: #6fc590; --leaf-soft: #1f3a2a;
  --alarm: #f2867e; --alarm-soft: #4a1d1a; --frame: #0e1012; --unit: #2a3037; --unit-ink: #e8e5df; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
  padding: 40px 24px 64px; }
main { max-width: 1120px; margin: 0 auto; display: grid; gap: 22px; }
header { display: flex; align-items: end; justify-content: space-between; gap: 24px; padding-bottom: 4px; }
.brand { color: var(--rust); font-weight: 700; letter-spacing: .14em; text-transform: uppercase; font-size: 12px; }
h1 { font-size: 38px; line-height: 1.1; letter-spacing: -.02em; }
h2 { font-size: 13px; letter-spacing: .1em; text-transform: uppercase; color: var(--soft); margin-bottom: 16px; }
h3 { font-size: 17px; }
.soft { color: var(--soft); } .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
.right { text-align: right; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 22px 24px; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 16px 20px; }
.tile b { display: block; font-size: 30px; line-height: 1.2; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.tile.bad b { color: var(--alarm); }
.pill { display: inline-block; border-radius: 99px; padding: 1px 11px; font-size: 12.5px; font-weight: 600;
  background: var(--leaf-soft); color: var(--leaf); white-space: nowrap; }
.pill.bad { background: var(--alarm-soft); color: var(--alarm); }
.pill.plain { background: var(--line); color: var(--soft); }
.rack { background: var(--frame); border-radius: 12px; padding: 14px 26px; display: grid; gap: 8px;
  position: relative; }
.rack::before, .rack::after { content: ""; position: absolute; top: 14px; bottom: 14px; width: 8px;
  background: radial-gradient(circle, #0006 2.6px, #fff1 3px, transparent 3.6px) 0 0 / 8px 16px; }
.rack::before { left: 9px; } .rack::after { right: 9px; }
.unit { background: linear-gradient(#fff1, #0000 40%), var(--unit); color: var(--unit-ink); border-radius: 7px;
  display: grid; grid-template-columns: 18px 190px 1fr auto; gap: 16px; align-items: center; padding: 12px 16px;
  min-height: 68px; }
.led { width: 11px; height: 11px; border-radius: 50%; background: #5fe08e; box-shadow: 0 0 8px #5fe08e; }
.led.off { background: #777; box-shadow: none; } .led.bad { background: #ff6b5e; box-shadow: 0 0 8px #ff6b5e; }
.unit b { font-size: 16px; } .unit .sub { font-size: 12.5px; opacity: .75; }
.role { font-size: 11px; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; opacity: .9;
  border: 1px solid #fff5; border-radius: 5px; padding: 0 6px; margin-left: 8px; }
.ports { display: flex; gap: 5px; margin-top: 5px; flex-wrap: wrap; }
.port { font-size: 11px; background: #0005; border: 1px solid #fff2; border-radius: 3px; padding: 0 6px; }
.guests { display: flex; gap: 8px; flex-wrap: wrap; justify-content: end; }
.guest { background: var(--rust); color: #fff; border-radius: 6px; padding: 6px 12px; font-weight: 600;
  font-size: 13px; }
.guest.off { background: #666; }
svg text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
svg text.soft { fill: var(--soft); font-size: 12px; } svg text.on { fill: #fff; font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
.share { display: flex; height: 14px; border-radius: 7px; overflow: hidden; gap: 2px; margin-bottom: 20px; }
.stage { display: grid; grid-template-columns: 170px 1fr 130px 130px; gap: 16px; align-items: center;
  padding: 7px 0; }
.stage + .stage { border-top: 1px solid var(--line); }
.bars { display: grid; gap: 3px; }
.bar { height: 13px; min-width: 3px; border-radius: 4px; background: var(--rust); }
.bar.again { height: 5px; background: var(--rust-soft); } .bar.bad { background: var(--alarm); }
.num { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
.vms { display: grid; grid-template-columns: repeat(auto-fill, minmax(480px, 1fr)); gap: 16px; }
.vm { border: 1px solid var(--line); border-left: 5px solid var(--rust); border-radius: 10px; padding: 16px 18px; }
.vm .head { display: flex; justify-content: space-between; align-items: center; margin-bottom: 10px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; } dt { color: var(--soft); }
dd { overflow-wrap: anywhere; }
.route { display: flex; align-items: center; gap: 8px; margin-top: 12px; }
.hop { border: 1px solid var(--line); border-radius: 6px; padding: 1px 10px; } .hop.now { background: var(--rust);
  color: #fff; border: 0; }
table { width: 100%; border-collapse: collapse; } td, th { text-align: left; padding: 7px 12px 7px 0;
  vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: 13px; } tr + tr td { border-top: 1px solid var(--line); }
.wide { overflow-x: auto; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 22px; }
footer { color: var(--soft); font-size: 13px; }
@media (max-width: 900px) { .tiles, .two { grid-template-columns: 1fr 1fr; } .two { grid-template-columns: 1fr; }
  .unit { grid-template-columns: 18px 1fr; } .guests { justify-content: start; grid-column: 2; }
  .stage { grid-template-columns: 1fr; gap: 4px; } .num { text-align: left; } .vms { grid-template-columns: 1fr; } }
@media print { body { background: #fff; padding: 0; } .card, .tile { break-inside: avoid; } }
"""

# One colour for each network and each stage, readable on both papers.
COLOURS = ("#b4501e", "#2f6f8f", "#6a8f3a", "#8a5a9e", "#c08a1e", "#3f8f7c", "#a23b5c", "#5b6472")
