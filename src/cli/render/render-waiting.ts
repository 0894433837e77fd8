/** What a run waits for, for people: the approval with where each value came from, the question, the commands to answer. */
import type { Approval } from "../../journal/entries.ts";
import { decisionSchema } from "../../plan/decision.ts";
import type { RunResult } from "../../run/run-result.ts";
import { isJsonObject, type JsonValue } from "../../shared/json.ts";
import { renderDecision } from "./render-plan.ts";
import { renderTable } from "./render-table.ts";
import type { Style } from "./style.ts";
import { cutToWidth } from "./text-width.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

const LONGEST_VALUE = 300;

export interface ApprovalOptions {
  /** Declared effect of the tool; null where the tool is not registered here. */
  effect: string | null;
  style: Style;
  width: number | null;
}

export function renderApproval(approval: Approval, { effect, style, width }: ApprovalOptions): string[] {
  const place =
    approval.step === null
      ? "the plan"
      : `step ${approval.step}${approval.index === null ? "" : `[${approval.index}]`}`;
  const tool = approval.tool === null ? "" : ` · ${visibleLine(approval.tool)} ${approval.toolVersion ?? ""}`.trimEnd();
  const head = `${style.yellow("⏸")} ${style.bold(`Approval needed for ${place}`)}${tool}${effect === null ? "" : ` · ${effect}`} ${style.dim(`(${approval.rule})`)}`;
  if (approval.kind === "plan") return [head, ...planLines(approval.input, { style, width })];
  const parts: [string, JsonValue][] = isJsonObject(approval.input)
    ? Object.entries(approval.input)
    : [["input", approval.input]];
  const rows = parts.map(([name, value]) => [visibleLine(name), valueText(value), originText(approval, name)]);
  const table = renderTable(
    { columns: ["input", "value", "from"], rows },
    { style, width: width === null ? null : width - 2 },
  );
  return [head, ...table.map((line) => `  ${line}`)];
}

function planLines(input: JsonValue, { style, width }: Pick<ApprovalOptions, "style" | "width">): string[] {
  const { data } = decisionSchema.safeParse(input);
  const lines = data === undefined ? [valueText(input)] : renderDecision(data, { style, width });
  return lines.map((line) => (line === "" ? line : `  ${line}`));
}

/** Strings in quotes, so that it is clear where a value begins and ends. */
function valueText(value: JsonValue): string {
  return cutToWidth(visibleText(JSON.stringify(value)), LONGEST_VALUE);
}

/** Provenance of the input's part: its own, or that of anything inside it. */
function originText({ provenance }: Approval, name: string): string {
  const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const found = provenance.filter(({ path }) => path === "" || path === pointer || path.startsWith(`${pointer}/`));
  if (found.length === 0) return "";
  const isUntrusted = found.some(({ integrity }) => integrity === "untrusted");
  const origins = [...new Set(found.flatMap(({ origins }) => origins))].map(visibleLine);
  return `${isUntrusted ? "untrusted" : "trusted"}${origins.length === 0 ? "" : `: ${origins.join(", ")}`}`;
}

/** One or two lines: why the run waits. */
export function renderWaitingHead({ id, waiting }: Pick<RunResult, "id" | "waiting">, style: Style): string {
  const mark = style.yellow("⏸");
  switch (waiting?.reason) {
    case "approval":
      return `${mark} Run ${id} waits for ${waiting.approvals.length === 1 ? "an approval" : `${waiting.approvals.length} approvals`}.`;
    case "answer":
      return `${mark} ${style.bold(visibleText(waiting.question ?? "The run asks a question."))}`;
    case "retry-at":
      return `${mark} Run ${id} waits until ${waiting.until ?? "its next attempt"}.`;
    default: {
      const error = waiting?.error ?? null;
      const why = error === null ? "" : ` ${error.code}: ${visibleText(error.message)}`;
      return `${mark} Run ${id} needs somebody's attention.${why}${error === null || error.hint === "" ? "" : `\n  ${style.cyan("→")} ${visibleText(error.hint)}`}`;
    }
  }
}

/** Whether a person may say what the step's output is, on which the run waits. */
export function takesOutput({ waiting, steps }: Pick<RunResult, "waiting" | "steps">): boolean {
  const stepId = waiting?.reason === "needs-attention" ? waiting.error?.stepId : null;
  return steps.some(({ id, status, error }) => {
    return status === "unknown" || (id === stepId && status === "waiting" && error !== null);
  });
}

/** The exact commands that answer; `commandLine` adds the flags of this call. */
export function answerCommands(
  result: Pick<RunResult, "id" | "waiting" | "steps">,
  commandLine: (...words: string[]) => string,
): string[] {
  const { id, waiting } = result;
  switch (waiting?.reason) {
    case "approval": {
      const isOne = waiting.approvals.length === 1;
      return waiting.approvals.flatMap((approval) => {
        const named = isOne ? [id] : [id, approval.id];
        const edit = approval.kind === "plan" ? [commandLine("runs", "approve", ...named, "--plan", "<file>")] : [];
        return [commandLine("runs", "approve", ...named), ...edit, commandLine("runs", "reject", ...named)];
      });
    }
    case "answer":
      return [commandLine("runs", "answer", id, "'…'")];
    case "needs-attention": {
      return [
        ...(takesOutput(result) ? [commandLine("runs", "answer", id, "'<output as JSON>'")] : []),
        commandLine("runs", "resume", id),
        commandLine("runs", "cancel", id),
      ];
    }
    default:
      return [commandLine("runs", "watch", id)];
  }
}
