/** Looks workflows up by name. Owns: the port, and what a name that leads nowhere is told. Must not: read files. */
import type { Issue } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { Workflow } from "./workflow.ts";

export interface WorkflowEntry {
  name: string;
  /** `shipped`, or the file it came from. */
  source: string;
  /** Null where the file is not right; then there are issues. */
  workflow: Workflow | null;
  /** Paths lead into the file. */
  issues: Issue[];
  /** Line of a place in the file, where that is known. */
  lineOf(pointer: string): number | null;
}

export interface WorkflowLibrary {
  /** By name; also those that are not right. */
  list(): readonly WorkflowEntry[];
  /** Throws NOT_FOUND. */
  get(name: string): WorkflowEntry;
}

/** Later entries take the place of earlier ones with the same name. */
export function createWorkflowLibrary(entries: readonly WorkflowEntry[]): WorkflowLibrary {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const sorted = [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  return {
    list: () => sorted,
    get(name) {
      const entry = byName.get(name);
      if (entry === undefined) throw notFound(name, [...byName.keys()]);
      return entry;
    },
  };
}

/** A workflow that came as data: in code, or in a request. */
export function entryOf(workflow: Workflow): WorkflowEntry {
  return { name: workflow.name, source: "given", workflow, issues: [], lineOf: () => null };
}

/** Throws the first issue's code with all of them; their messages name lines where those are known. */
export function refuseIssues(entry: Pick<WorkflowEntry, "name" | "lineOf">, issues: readonly Issue[]): void {
  const errors = issues.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  const located = issues.map((issue) => withLine(issue, entry.lineOf));
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  throw new PlanwrightError(
    first.code,
    `Workflow '${entry.name}' is refused: ${withLine(first, entry.lineOf).message}${more}`,
    {
      issues: located,
      hint: errors.length === 1 ? first.hint : "Correct every issue; each says where it is and what to do.",
    },
  );
}

function withLine(issue: Issue, lineOf: WorkflowEntry["lineOf"]): Issue {
  const line = lineOf(issue.path);
  return line === null ? issue : { ...issue, message: `${issue.message} (line ${line})` };
}

function notFound(name: string, names: readonly string[]): PlanwrightError {
  const shown = name.slice(0, 80);
  const guess = meantName(didYouMean(name, names));
  return new PlanwrightError("NOT_FOUND", `There is no workflow '${shown}'.${guess}`, {
    hint: `There are ${names.join(", ") || "none"}; a user's own are files of ./workflows, or of the folder that the configuration names.`,
  });
}
