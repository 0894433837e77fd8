/**
 * Turns what a file or a caller holds into a workflow of the right shape. Owns: the caps, and which shape each part is
 * held against. Must not: judge names, references or types, or throw whatever it is given.
 */
import { z } from "zod";
import type { Issue } from "../error/issue.ts";
import { criterionSchema } from "../goal/run-rules.ts";
import { briefIssues } from "../plan/brief-issues.ts";
import { examineJson, type JsonFinding, type JsonLimits } from "../plan/json-limits.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { describeFindings } from "./describe-findings.ts";
import { groupSchema, nestedSchema, type Workflow, workflowSchema, workflowStepSchema } from "./workflow.ts";

/** Of one file, expanded: a workflow with a hundred steps has some 30 KB. */
export const WORKFLOW_LIMITS: JsonLimits = { maxBytes: 2 ** 20, maxDepth: 32 };

export interface ParsedWorkflow {
  /** Null exactly where there are issues. */
  workflow: Workflow | null;
  issues: Issue[];
}

/** All but the parts that have several shapes, which are held against theirs one by one. */
const headSchema = workflowSchema.extend({
  steps: z.array(z.json()).min(1).max(1_000),
  success: z.array(z.json()).max(50).optional(),
});

/**
 * A copy of `raw` as a workflow. Issues: PLAN_TOO_LARGE (bytes, depth), PLAN_BAD_VALUE (prototype keys, what isn't JSON,
 * wrong choices), PLAN_SCHEMA, PLAN_UNKNOWN_FIELD; each with its place in the file.
 */
export function parseWorkflow(raw: unknown): ParsedWorkflow {
  const { finding } = examineJson(raw, WORKFLOW_LIMITS);
  if (finding !== null) return { workflow: null, issues: [describeFinding(finding)] };
  const value = JSON.parse(JSON.stringify(raw) ?? "null") as JsonValue;
  if (!isJsonObject(value)) return { workflow: null, issues: [notObject(value)] };
  const issues = [...checkHead(value), ...checkNodes(value.steps), ...checkCriteria(value.success)];
  if (issues.length > 0) return { workflow: null, issues: briefIssues(issues) };
  return { workflow: value as Workflow, issues };
}

function checkHead(value: JsonObject): Issue[] {
  return check({ schema: headSchema, value, pointer: "", owner: "the workflow" });
}

function checkNodes(steps: JsonValue | undefined): Issue[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((node, place) => checkNode(node, place));
}

function checkNode(node: JsonValue, place: number): Issue[] {
  const pointer = `/steps/${place}`;
  const id = isJsonObject(node) && typeof node.id === "string" && node.id !== "" ? `'${node.id.slice(0, 64)}'` : null;
  const named = (kind: string): string => (id === null ? `${kind} at place ${place + 1}` : `${kind} ${id}`);
  if (isJsonObject(node) && Object.hasOwn(node, "parallel")) return checkGroup(node, pointer, named("group"));
  if (isJsonObject(node) && Object.hasOwn(node, "workflow")) {
    return check({ schema: nestedSchema, value: node, pointer, owner: named("the nested workflow") });
  }
  return check({ schema: workflowStepSchema, value: node, pointer, owner: named("step") });
}

function checkGroup(node: JsonObject, pointer: string, owner: string): Issue[] {
  const members = Array.isArray(node.parallel) ? node.parallel : [];
  const own = check({ schema: groupShell, value: node, pointer, owner });
  const inside = members.flatMap((member, place) => {
    const id = isJsonObject(member) && typeof member.id === "string" ? `'${member.id.slice(0, 64)}'` : `${place + 1}`;
    const part = { value: member, pointer: `${pointer}/parallel/${place}`, owner: `step ${id} of ${owner}` };
    return check({ schema: workflowStepSchema, ...part });
  });
  return [...own, ...inside];
}

const groupShell = groupSchema.extend({ parallel: z.array(z.json()).min(1).max(500) });

/** A criterion is one of three; its key says which was meant. */
function checkCriteria(success: JsonValue | undefined): Issue[] {
  if (!Array.isArray(success)) return [];
  return success.flatMap((value, place) => {
    const schema = criterionSchema.options.find((option) =>
      Object.keys(option.shape).some((key) => KINDS.has(key) && isJsonObject(value) && Object.hasOwn(value, key)),
    );
    const part = { value, pointer: `/success/${place}`, owner: `success criterion ${place + 1}` };
    return schema === undefined ? [noKind(part)] : check({ schema, ...part });
  });
}

const KINDS: ReadonlySet<string> = new Set(["check", "schema", "judge"]);

function noKind({ pointer, owner }: { pointer: string; owner: string }): Issue {
  const message = `${owner.charAt(0).toUpperCase()}${owner.slice(1)} says nothing to check.`;
  const hint =
    'Give it a check (a condition), a schema (of the output) or a judge (a question), such as {"name": "…", "check": {…}}.';
  return { severity: "error", code: "PLAN_SCHEMA", path: pointer, message, hint, fix: null };
}

function check(part: Parameters<typeof describeFindings>[1]): Issue[] {
  const parsed = part.schema.safeParse(part.value);
  return parsed.success ? [] : describeFindings(parsed.error.issues, part);
}

function describeFinding({ kind, path, what }: JsonFinding): Issue {
  const isSize = kind === "too-large" || kind === "too-deep";
  const message = `The workflow holds ${what}${isSize ? "" : ", which is not allowed"}.`;
  const hint = isSize
    ? "A workflow has at most 1 MiB and 32 levels; nest workflows, or pass data as documents and params."
    : "Use plain data: strings, finite numbers, booleans, null, lists and objects.";
  return { severity: "error", code: isSize ? "PLAN_TOO_LARGE" : "PLAN_BAD_VALUE", path, message, hint, fix: null };
}

function notObject(value: JsonValue): Issue {
  const message = `A workflow is an object, not ${Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40)}.`;
  const hint = "Begin with name, version and steps; docs/workflows.md has an example.";
  return { severity: "error", code: "PLAN_SCHEMA", path: "", message, hint, fix: null };
}
