/**
 * Reads the text of a workflow file: YAML 1.2 (core schema, string keys, one document) or JSON. Owns: the caps on what
 * YAML can grow to, and which line a place of the file is on. Must not: judge what it says.
 * The package that reads YAML is loaded with the first file.
 */
import { createRequire } from "node:module";
import type { Document, LineCounter } from "yaml";
import type { Issue } from "../error/issue.ts";
import { describeThrown } from "../error/planwright-error.ts";
import { WORKFLOW_LIMITS } from "./parse-workflow.ts";

/** Line of a JSON Pointer, counted from 1; that of the nearest part around it where there is nothing; else null. */
export type LineOf = (pointer: string) => number | null;

export type WorkflowText = { value: unknown; lineOf: LineOf } | { issue: Issue };

/** Nodes that all aliases of one file may stand for, for each anchor. */
const MOST_ALIASES = 100;

/** Never throws. */
export function readWorkflowText(text: string, format: "yaml" | "json"): WorkflowText {
  if (Buffer.byteLength(text) > WORKFLOW_LIMITS.maxBytes) {
    return { issue: refuse("PLAN_TOO_LARGE", `The file has more than ${WORKFLOW_LIMITS.maxBytes} bytes.`) };
  }
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return format === "json" ? readJson(plain) : readYaml(plain);
}

function readJson(text: string): WorkflowText {
  try {
    return { value: JSON.parse(text) as unknown, lineOf: () => null };
  } catch (thrown) {
    return { issue: refuse("PLAN_NOT_JSON", `The file is not JSON: ${oneLine(describeThrown(thrown))}`) };
  }
}

function readYaml(text: string): WorkflowText {
  if (isSteep(text)) return { issue: refuse("PLAN_TOO_LARGE", "The file is nested too deeply.") };
  if (countMarks(text) > MOST_MARKS) {
    return { issue: refuse("PLAN_TOO_LARGE", `The file has more than ${MOST_MARKS} anchors, aliases and tags.`) };
  }
  try {
    const { LineCounter, parseDocument } = yaml();
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      stringKeys: true,
      prettyErrors: true,
      uniqueKeys: false,
    });
    const [problem] = [...document.errors, ...document.warnings, ...repeatedKeys(document, lines)];
    if (problem !== undefined) {
      return { issue: refuse("PLAN_NOT_JSON", `The file is not YAML that can be used: ${oneLine(problem.message)}`) };
    }
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { value, lineOf: (pointer) => lineIn(document, lines, pointer) };
  } catch (thrown) {
    const isDeep = thrown instanceof RangeError;
    const what = isDeep ? "It is nested too deeply." : oneLine(describeThrown(thrown));
    const code = isDeep || /alias count/i.test(what) ? "PLAN_TOO_LARGE" : "PLAN_NOT_JSON";
    return { issue: refuse(code, `The file is not YAML that can be used: ${what}`) };
  }
}

/** Brackets inside each other, or dashes in a row; twice what any value may have, since texts hold some as well. */
const STEEPEST = 200;

/** The parser takes time quadratic in the depth, so that this is looked at before. */
function isSteep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > STEEPEST) return true;
  }
  return new RegExp(`(?:[-?][ \\t]+){${STEEPEST}}`).test(text);
}

/** Anchors, aliases and tags: the parser takes time quadratic in their number, and no workflow has that many. */
const MOST_MARKS = 1_000;

function countMarks(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/(?:^|[\s[{,:?-])[&*!](?=\S)/gm)) count += 1;
  return count;
}

/** The parser's own look at keys takes time quadratic in the size of a map. */
function repeatedKeys(document: Document, lines: LineCounter): { message: string }[] {
  const found: { message: string }[] = [];
  const { visit, isScalar } = yaml();
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const { line, col } = lines.linePos(key.range?.[0] ?? 0);
          found.push({ message: `Map keys must be unique at line ${line}, column ${col}` });
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

function yaml(): typeof import("yaml") {
  return createRequire(import.meta.url)("yaml") as typeof import("yaml");
}

function lineIn(document: Document, lines: LineCounter, pointer: string): number | null {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let end = keys.length; end >= 0; end--) {
    const node: unknown = end === 0 ? document.contents : document.getIn(keys.slice(0, end), true);
    if (yaml().isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** The first line of a parser's message: what follows repeats the text. */
function oneLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/:$/, ".").slice(0, 300);
}

function refuse(code: Issue["code"], message: string): Issue {
  const hint = "Write one YAML document (or JSON) with name, version and steps; docs/workflows.md has an example.";
  return { severity: "error", code, path: "", message, hint, fix: null };
}
