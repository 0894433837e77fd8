/**
 * What compiling one workflow gathers: issues, where each part of the plan came from, and the ids that are taken.
 * Owns: how issues find their way back into the file. Must not: know the plan language.
 */
import type { Issue } from "../error/issue.ts";
import type { Step } from "../plan/decision.ts";
import { PERSONAL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Nested, Workflow } from "./workflow.ts";
import type { WorkflowLibrary } from "./workflow-library.ts";

/** Stands for a value that could not be made, which was told: nothing more is said of what reads it. */
export const FAILED: unique symbol = Symbol("failed");

/** A value in terms of the plan. */
export type Form = JsonValue | typeof FAILED;

/** A place in the file that is compiled. */
export interface Location {
  /** JSON Pointer into that file; of a nested workflow the node that names it. */
  path: string;
  /** Where it is in a nested workflow's own file. */
  inside: { workflow: string; pointer: string } | null;
}

/** One use of a workflow: the file that is compiled, or one that is nested in it. */
export interface Frame {
  workflow: Workflow;
  /** Null for the file that is compiled. */
  parent: Frame | null;
  /** The node of the parent's file that this one takes the place of. */
  node: Nested | null;
  /** Place of that node in the parent's file. */
  pointer: string;
  /** Ids in the plan, by the id of a step or of a group's member. */
  ids: Map<string, string>;
  /** Ids of members, by the id of their group. */
  groups: Map<string, readonly string[]>;
  nested: Map<string, Frame>;
  /** Whether its steps run once for each element of a list. */
  isRepeated: boolean;
}

export interface Expansion {
  library: WorkflowLibrary;
  issues: Issue[];
  /** Ids of the plan, and all ids of the file itself. */
  taken: Set<string>;
  /** Every nested workflow by name, for the hash. */
  nested: Map<string, Workflow>;
  steps: Step[];
  /** By pointer into the plan. `isWhole`: everything below it came from that one place. */
  sources: Map<string, { location: Location; isWhole: boolean }>;
  /** The output of nested workflows and the values of their params, in terms of the plan; filled in by need. */
  forms: Map<Frame, Map<string, Form>>;
  /** What forms and templates may still come to, in characters or so; the same parts can be named many times over. */
  room: number;
  /** Forms that are being made, to notice those that need themselves. */
  open: Set<string>;
}

export function createExpansion(library: WorkflowLibrary): Expansion {
  return {
    library,
    issues: [],
    taken: new Set(),
    nested: new Map(),
    steps: [],
    sources: new Map(),
    forms: new Map(),
    room: PERSONAL_PLAN_LIMITS.maxBytes,
    open: new Set(),
  };
}

/** Takes room for `size`; says once that there is none left. */
export function takeRoom(expansion: Expansion, size: number, at: Pick<Report, "frame" | "pointer">): boolean {
  const hadRoom = expansion.room >= 0;
  expansion.room -= size;
  if (expansion.room >= 0) return true;
  const message = "Nested workflows repeat each other's values and names too often.";
  const hint = "Refer to single entries of an output, and to single steps in 'after', instead of the whole.";
  if (hadRoom) report(expansion, { ...at, code: "PLAN_TOO_LARGE", message, hint });
  return false;
}

export interface Report {
  frame: Frame;
  /** Place in the frame's file. */
  pointer: string;
  code: Issue["code"];
  message: string;
  hint: string;
}

const MOST_ISSUES = 200;

export function report({ issues }: Expansion, { frame, pointer, code, message, hint }: Report): void {
  if (issues.length >= MOST_ISSUES) return;
  const location = locate(frame, pointer);
  const fix = null;
  issues.push({
    severity: "error",
    code,
    path: location.path,
    message: `${message}${insideText(location)}`,
    hint,
    fix,
  });
}

export function locate(frame: Frame, pointer: string): Location {
  if (frame.parent === null) return { path: pointer, inside: null };
  let top = frame;
  while (top.parent?.parent != null) top = top.parent;
  return { path: top.pointer, inside: { workflow: frame.workflow.name, pointer } };
}

/** The same issue with its place in the file instead of the plan. */
export function relocate(issue: Issue, expansion: Pick<Expansion, "sources">, file: JsonValue): Issue {
  const location = sourceOf(expansion, issue.path);
  return {
    ...issue,
    path: nearest(file, location.path),
    message: `${issue.message}${insideText(location)}`,
    fix: null,
  };
}

function insideText({ inside }: Location): string {
  return inside === null ? "" : ` (in workflow '${inside.workflow}' at ${inside.pointer || "its top"})`;
}

function sourceOf({ sources }: Pick<Expansion, "sources">, pointer: string): Location {
  for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
    const found = sources.get(pointer.slice(0, end));
    if (found === undefined) continue;
    const { location, isWhole } = found;
    const rest = isWhole ? "" : pointer.slice(end);
    if (location.inside === null) return { path: location.path + rest, inside: null };
    const { workflow, pointer: inner } = location.inside;
    return { path: location.path, inside: { workflow, pointer: inner + rest } };
  }
  return { path: pointer, inside: null };
}

/** The pointer, or the part of it that leads somewhere: an issue about what is missing points to where it is missing. */
export function nearest(file: JsonValue, pointer: string): string {
  let current: JsonValue | undefined = file;
  let path = "";
  for (const raw of pointer.split("/").slice(1)) {
    const key = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return path;
    current = (current as Record<string, JsonValue>)[key];
    path += `/${raw}`;
  }
  return path;
}
