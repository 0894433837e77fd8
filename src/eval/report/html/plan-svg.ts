/**
 * A plan drawn: steps in columns by their longest way from the start, lines for who waits for whom. Owns: the layout.
 * Pure, and bounded: of very large plans the first steps are drawn, and the rest is counted.
 */
import type { DrawnDecision } from "../trial-detail.ts";
import { escapeHtml } from "./escape-html.ts";

const BOX = { width: 150, height: 40 };
const GAP = { x: 46, y: 14 };
const MOST_STEPS = 60;
const MOST_CHARS = 20;

interface Placed {
  id: string;
  tool: string;
  x: number;
  y: number;
}

/** `isShared` says whether the other side has a step like this one. */
export function drawPlan(decision: DrawnDecision, isShared: (tool: string) => boolean): string {
  const steps = decision.steps.slice(0, MOST_STEPS);
  if (steps.length === 0) return `<p class="soft">${escapeHtml(wordFor(decision.kind))}</p>`;
  const placed = place(steps, decision.edges);
  const width = Math.max(...placed.map(({ x }) => x)) + BOX.width + 2;
  const height = Math.max(...placed.map(({ y }) => y)) + BOX.height + 2;
  const byId = new Map(placed.map((one) => [one.id, one]));
  const lines = decision.edges.flatMap(([from, to]) => {
    const [start, end] = [byId.get(from), byId.get(to)];
    return start === undefined || end === undefined ? [] : [drawEdge(start, end)];
  });
  const boxes = placed.map((one) => drawBox(one, isShared(one.tool)));
  const label = escapeHtml(`Plan with ${decision.steps.length} steps: ${steps.map(({ id }) => id).join(", ")}`);
  const rest = decision.steps.length - steps.length;
  const more = rest === 0 ? "" : `<p class="soft">and ${rest} more steps</p>`;
  return `<svg role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${lines.join("")}${boxes.join("")}</svg>${more}`;
}

function wordFor(kind: DrawnDecision["kind"]): string {
  const words = { plan: "a plan without steps", finish: "finishes at once", ask: "asks a person", abandon: "abandons" };
  return words[kind];
}

/** Column: the longest way from a step that waits for nobody. A cycle (in a plan that was refused) ends the search. */
function place(steps: DrawnDecision["steps"], edges: DrawnDecision["edges"]): Placed[] {
  const column = new Map(steps.map(({ id }) => [id, 0]));
  for (let round = 0; round < steps.length; round++) {
    let isChanged = false;
    for (const [from, to] of edges) {
      const wanted = (column.get(from) ?? 0) + 1;
      if (!column.has(from) || (column.get(to) ?? wanted) >= wanted) continue;
      column.set(to, wanted);
      isChanged = true;
    }
    if (!isChanged) break;
  }
  const rows = new Map<number, number>();
  return steps.map(({ id, tool }) => {
    const at = column.get(id) ?? 0;
    const row = rows.get(at) ?? 0;
    rows.set(at, row + 1);
    return { id, tool, x: 1 + at * (BOX.width + GAP.x), y: 1 + row * (BOX.height + GAP.y) };
  });
}

function drawBox({ id, tool, x, y }: Placed, isShared: boolean): string {
  const kind = isShared ? "both" : "only";
  return (
    `<rect class="box ${kind}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>` +
    `<text x="${x + 10}" y="${y + 17}">${escapeHtml(cut(id))}</text>` +
    `<text class="small" x="${x + 10}" y="${y + 32}">${escapeHtml(cut(tool))}</text>`
  );
}

function drawEdge(from: Placed, to: Placed): string {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(20, (x2 - x1) / 2);
  const path = `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 6} ${y2}`;
  return `<path class="edge" d="${path}"/><path class="tip" d="M${x2} ${y2} l-8 -4 v8 z"/>`;
}

function cut(text: string): string {
  return text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS - 1)}…`;
}
