"""The setup page: its looks."""
# MIT License; see LICENSE

TEXT = b"""
:root { color-scheme: light dark; --ground: #f2f5f3; --surface: #fff; --raised: #e8eeeb;
  --ink: #12201c; --soft: #52635d; --line: #d9e2de; --edge: #7d8f88; --accent: #0d6f5d;
  --on: #fff; --bad: #bf2f38; --bad-ground: #fdecec; --good: #0b7a5f;
  font: 400 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ground: #0c1211; --surface: #141c1a;
  --raised: #1e2926; --ink: #e9f0ed; --soft: #9bada6; --line: #24302d; --edge: #5c6f68;
  --accent: #46d3b0; --on: #04231b; --bad: #ff8f92; --bad-ground: #331a1c; --good: #46d3b0; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); }
header, main { max-width: 30rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; gap: .9rem; align-items: center; padding-top: 1.6rem;
  padding-bottom: 1rem; }
header svg { width: 44px; fill: var(--accent); stroke: var(--on); stroke-width: 2.6;
  stroke-linecap: round; }
header svg rect { stroke: none; }
h1 { font-size: 1.45rem; line-height: 1.15; letter-spacing: -.02em; margin: 0; }
h2 { font-size: 1.2rem; letter-spacing: -.01em; margin: 0 0 .8rem; }
p { margin: .4rem 0; }
header p, .note { color: var(--soft); font-size: .88rem; margin: .35rem 0 0; }
fieldset, #progress { border: 1px solid var(--line); border-radius: 18px; margin: 0 0 1rem;
  background: var(--surface); padding: 3.2rem 1.1rem 1.2rem; position: relative; min-width: 0; }
#progress { padding-top: 1.2rem; outline: none; }
legend { position: absolute; top: 1rem; padding: 0; font-weight: 650; font-size: 1.05rem; }
legend b { display: inline-grid; place-items: center; width: 1.6rem; height: 1.6rem;
  border-radius: 50%; background: var(--raised); font-size: .85rem; margin-right: .45rem; }
label { display: block; font-size: .88rem; font-weight: 550; margin: .9rem 0 .25rem; }
fieldset > label:first-of-type { margin-top: .2rem; }
input, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox]):not([type=radio]), textarea { width: 100%; padding: .6rem .75rem;
  border: 1.5px solid var(--edge); border-radius: 11px; background: var(--ground);
  resize: vertical; }
#country { width: 5rem; text-transform: uppercase; }
::placeholder { color: var(--soft); opacity: 1; font-size: .9rem; }
:focus-visible { outline: 2.5px solid var(--accent); outline-offset: 2px; }
button { border: 0; border-radius: 12px; padding: .65rem 1.1rem; font-weight: 600; cursor: pointer;
  background: var(--accent); color: var(--on); }
button.soft { background: var(--raised); color: var(--ink); }
button:disabled { opacity: .55; cursor: default; }
button[aria-pressed=true] { box-shadow: inset 0 0 0 2px var(--accent); }
#save { width: 100%; padding: .9rem; font-size: 1.05rem; margin-bottom: 2rem; }
.row { display: flex; gap: .8rem; align-items: center; margin-top: .6rem; }
.row button { flex: none; }
.row .note { margin: 0; }
.with { display: flex; gap: .5rem; }
.check { display: flex; gap: .6rem; align-items: center; font-weight: 450; font-size: .95rem;
  min-height: 2.2rem; }
.check input { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); flex: none; }
#networks { display: grid; gap: .3rem; max-height: 17rem; overflow: auto; }
#networks label { display: flex; align-items: center; gap: .7rem; margin: 0; min-height: 2.75rem;
  padding: .3rem .75rem; border-radius: 11px; background: var(--ground); font-weight: 500;
  font-size: 1rem; cursor: pointer; }
#networks label span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#networks input { position: absolute; opacity: 0; }
#networks label:has(:checked) { background: var(--raised);
  box-shadow: inset 0 0 0 2px var(--accent); }
#networks label:has(:focus-visible) { outline: 2.5px solid var(--accent); outline-offset: 2px; }
#networks small { color: var(--soft); }
.bars { display: inline-flex; gap: 2px; align-items: end; height: 15px; flex: none; }
.bars i { width: 4px; border-radius: 1px; background: var(--line); }
.bars i.on { background: var(--ink); }
.bars i:nth-child(1) { height: 4px; } .bars i:nth-child(2) { height: 7px; }
.bars i:nth-child(3) { height: 11px; } .bars i:nth-child(4) { height: 15px; }
summary { margin-top: .9rem; cursor: pointer; color: var(--accent); font-size: .92rem; }
#meter { flex: 1; height: 14px; border-radius: 7px; background: var(--raised); overflow: hidden; }
#meter i { display: block; height: 100%; width: 100%; background: var(--good);
  transform: scaleX(0); transform-origin: left; transition: transform 90ms linear; }
#error { background: var(--bad-ground); color: var(--bad); border-radius: 12px;
  padding: .75rem 1rem; font-weight: 550; margin: 0 0 .9rem; overflow-wrap: anywhere; }
#closing { margin-top: .9rem; }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .7rem; }
li { display: grid; grid-template-columns: 1.5rem 1fr; gap: .6rem; }
li::before { content: ""; width: 1.15rem; height: 1.15rem; margin-top: .2rem; border-radius: 50%;
  border: 2.5px solid var(--line); }
li.busy::before { border-top-color: var(--accent); animation: turn 900ms linear infinite; }
li.passed::before, li.failed::before { border: 0; font-weight: 800; margin: 0; }
li.passed::before { content: "\\2713"; color: var(--good); }
li.failed::before { content: "\\2715"; color: var(--bad); }
li p { grid-column: 2; margin: 0; color: var(--bad); font-weight: 550; }
#back { margin-top: 1rem; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important;
  transition: none !important; } }
"""
