/** The steps of a run as a tree of lines: for the live view, `runs show` and `runs watch`. Pure. */
import type { RunResult, StepRow } from "../../run/run-result.ts";
import { durationText } from "./duration.ts";
import type { Style } from "./style.ts";
import { cutToWidth, padText, textWidth } from "./text-width.ts";
import { visibleLine } from "./visible-text.ts";

export interface StepsOptions {
  style: Style;
  /** Columns of the line; null for lines of any length. */
  width: number | null;
  /** Most lines; steps that have nothing to say are counted instead. */
  rows: number | null;
  nowMs: number;
  /** What stands before a running step; the live view turns it. */
  spinner?: string;
}

const LONGEST_NAME = 40;

interface TreeLine {
  row: StepRow;
  elements: readonly StepRow[];
}

/** One line per step; elements of a forEach are counted, and shown where they failed or wait. */
export function renderSteps(result: Pick<RunResult, "steps" | "plan">, options: StepsOptions): string[] {
  const lines = treeLines(result.steps);
  const shown = chooseLines(lines, options.rows);
  const nameWidth = Math.min(LONGEST_NAME, Math.max(0, ...lines.map(({ row }) => textWidth(row.id))));
  const toolWidth = Math.min(LONGEST_NAME, Math.max(0, ...lines.map(({ row }) => textWidth(visibleLine(row.tool)))));
  const texts = shown.flatMap((line) => lineText(line, result, { ...options, nameWidth, toolWidth }));
  const hidden = lines.length - shown.length;
  return hidden > 0 ? [...texts, options.style.dim(`… and ${hidden} more (${countByStatus(lines, shown)})`)] : texts;
}

function treeLines(rows: readonly StepRow[]): TreeLine[] {
  const elements = new Map<string, StepRow[]>();
  for (const row of rows) {
    if (row.index !== null) elements.set(row.id, [...(elements.get(row.id) ?? []), row]);
  }
  return rows.filter((row) => row.index === null).map((row) => ({ row, elements: elements.get(row.id) ?? [] }));
}

/** What moves or went wrong first, then the newest of what is done, then what is to come; in the order of the plan. */
const WEIGHT: Record<StepRow["status"], number> = {
  failed: 0,
  unknown: 0,
  waiting: 1,
  running: 1,
  completed: 3,
  pending: 2,
  unmet: 4,
  skipped: 4,
  cancelled: 4,
};

function chooseLines(lines: readonly TreeLine[], rows: number | null): readonly TreeLine[] {
  if (rows === null || lines.length <= rows) return lines;
  const ranked = [...lines].sort((left, right) => WEIGHT[left.row.status] - WEIGHT[right.row.status]);
  const chosen = new Set(ranked.slice(0, Math.max(1, rows - 1)));
  return lines.filter((line) => chosen.has(line));
}

function countByStatus(lines: readonly TreeLine[], shown: readonly TreeLine[]): string {
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (!shown.includes(line)) counts.set(line.row.status, (counts.get(line.row.status) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${count} ${status}`).join(", ");
}

interface LineOptions extends StepsOptions {
  nameWidth: number;
  toolWidth: number;
}

function lineText(line: TreeLine, result: Pick<RunResult, "steps" | "plan">, options: LineOptions): string[] {
  const { row, elements } = line;
  const { style, width } = options;
  const name = padText(cutToWidth(row.id, options.nameWidth), options.nameWidth);
  const tool = padText(cutToWidth(visibleLine(row.tool), options.toolWidth), options.toolWidth);
  const left = 2 + options.nameWidth + 2 + options.toolWidth + 2;
  const details = detailText(line, result, options);
  const cut = width === null ? details : cutToWidth(details, Math.max(1, width - 1 - left));
  const main = `${markOf(row, options)} ${name}  ${style.dim(tool)}  ${paintDetail(row, cut, style)}`.trimEnd();
  const troubled = elements.filter(({ status }) => status === "failed" || status === "unknown" || status === "waiting");
  return [main, ...troubled.slice(0, 3).map((element) => elementText(element, options))];
}

function elementText(row: StepRow, options: LineOptions): string {
  const text = `  ${row.id}[${row.index}] ${row.status}${row.error === null ? "" : `: ${row.error.code} ${visibleLine(row.error.message)}`}`;
  return `  ${markOf(row, options)} ${options.width === null ? text : cutToWidth(text, Math.max(1, options.width - 6))}`;
}

function markOf({ status }: StepRow, { style, spinner = "▸" }: StepsOptions): string {
  switch (status) {
    case "completed":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    case "unknown":
      return style.red("?");
    case "running":
      return style.cyan(spinner);
    case "waiting":
      return style.yellow("⏸");
    case "pending":
      return style.dim("·");
    case "unmet":
    case "skipped":
      return style.dim("○");
    case "cancelled":
      return style.yellow("⊘");
  }
}

function detailText(
  { row, elements }: TreeLine,
  { plan, steps }: Pick<RunResult, "steps" | "plan">,
  { nowMs }: LineOptions,
): string {
  const parts: string[] = [];
  if (elements.length > 0)
    parts.push(`${elements.filter(({ status }) => status === "completed").length}/${elements.length}`);
  if (row.status === "completed") parts.push(durationText(row.durationMs ?? 0));
  else if (row.status === "running" && row.startedAt !== null)
    parts.push(durationText(nowMs - Date.parse(row.startedAt)));
  else if (row.status === "pending") parts.push(waitsFor(row, plan, steps));
  else parts.push(row.status === "unmet" ? "condition not met" : row.status);
  if (row.attempts > 1) parts.push(`attempt ${row.attempts}`);
  if (row.error !== null && row.status !== "completed")
    parts.push(`${row.error.code}: ${visibleLine(row.error.message)}`);
  return parts.filter((part) => part !== "").join(" · ");
}

/** Steps named in its input or `after` that have not settled. */
function waitsFor(row: StepRow, plan: RunResult["plan"], rows: readonly StepRow[]): string {
  const step = plan?.steps.find(({ id }) => id === row.id);
  if (step === undefined) return "";
  const open = new Set(
    rows
      .filter(
        ({ index, status }) => index === null && (status === "pending" || status === "running" || status === "waiting"),
      )
      .map(({ id }) => id),
  );
  open.delete(row.id);
  const text = JSON.stringify([step.input, step.when ?? null, step.forEach ?? null]);
  const named = [...open].filter(
    (id) => step.after?.includes(id) === true || new RegExp(`[":{.]${id}["}.[]`).test(text),
  );
  return named.length === 0 ? "" : `after ${named.slice(0, 3).join(", ")}${named.length > 3 ? " …" : ""}`;
}

function paintDetail(row: StepRow, text: string, style: Style): string {
  if (row.status === "failed" || row.status === "unknown") return style.red(text);
  return row.status === "waiting" ? style.yellow(text) : style.dim(text);
}
