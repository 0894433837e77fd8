/** The one style sheet of the HTML report. Owns: colours, in light and dark. The page's policy allows exactly this text. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --line: #d7dce4; --paper: #ffffff; --band: #f4f6f9;
  --good: #1a7f4b; --bad: #b3261e; --mark: #2b5fb8; --gold: #8a6100; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b5; --line: #333c4a; --paper: #14181f;
  --band: #1b212b; --good: #58c98b; --bad: #ff8a80; --mark: #86b1ff; --gold: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: .75rem 0 .25rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); overflow-wrap: anywhere; } .good { color: var(--good); } .bad { color: var(--bad); }
.note { border-left: 4px solid var(--gold); background: var(--band); padding: .5rem .75rem; margin: .75rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); }
td.full { color: var(--good); } td.none { color: var(--bad); } td.flip { background: var(--band); font-weight: 600; }
details { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .75rem; margin: .5rem 0; }
summary { cursor: pointer; font-weight: 600; } summary:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
pre { background: var(--band); padding: .6rem; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.45 ui-monospace, monospace; }
.pair > * { min-width: 0; } .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
svg { max-width: 100%; height: auto; } td svg { min-width: 8rem; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .small { fill: var(--soft); font-size: 11px; }
.box { fill: var(--band); stroke: var(--line); } .box.both { stroke: var(--good); stroke-width: 2; } .box.only { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 5 3; }
.edge { fill: none; stroke: var(--soft); stroke-width: 1.5; } .tip { fill: var(--soft); }
.axis { stroke: var(--line); } .whisker { stroke: var(--mark); stroke-width: 3; } .dot { fill: var(--mark); } .zero { stroke: var(--soft); stroke-dasharray: 3 3; }
`;
