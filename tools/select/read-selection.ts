/**
 * Reads what `select` is asked to do. Owns: fields, the condition and the names that `pick` gives, and the words when
 * one of them is wrong. Must not: read forms; references were resolved before the tool runs, so operands are data.
 */

import { compileCondition } from "../../src/plan/compile-condition.ts";
import type { CompiledCondition, Segment } from "../../src/plan/compiled.ts";
import { parseFieldPath } from "../../src/plan/path.ts";
import type { JsonObject } from "../../src/shared/json.ts";

export interface SelectInput {
  where?: JsonObject | undefined;
  groupBy?: { field: string } | undefined;
  orderBy?: { field: string; descending?: boolean | undefined }[] | undefined;
  take?: number | undefined;
  pick?: string[] | Record<string, string> | undefined;
}

export interface Selection {
  where: CompiledCondition | null;
  groupBy: Segment[] | null;
  orderBy: { segments: Segment[]; isDescending: boolean }[];
  take: number | null;
  pick: [name: string, segments: Segment[]][] | null;
}

/** `words` completes "Input '/where' is not accepted: …", without the full stop. */
export interface SelectionProblem {
  path: (string | number)[];
  words: string;
  hint: string;
}

/** The selection is complete only where there is no problem. */
export function readSelection(input: SelectInput): { selection: Selection; problems: SelectionProblem[] } {
  const problems: SelectionProblem[] = [];
  const field = (text: string, path: (string | number)[]): Segment[] => {
    const parsed = parseFieldPath(text);
    if (parsed.ok) return parsed.segments;
    problems.push({ path, words: withoutStop(parsed.message), hint: parsed.hint });
    return [];
  };
  const { groupBy, orderBy = [], take = null } = input;
  const selection: Selection = {
    where: readCondition(input.where, problems),
    groupBy: groupBy === undefined ? null : field(groupBy.field, ["groupBy", "field"]),
    orderBy: orderBy.map((order, place) => ({
      segments: field(order.field, ["orderBy", place, "field"]),
      isDescending: order.descending ?? false,
    })),
    take,
    pick: namedFields(input.pick, problems)?.map(({ name, text, path }) => [name, field(text, path)]) ?? null,
  };
  return { selection, problems };
}

function readCondition(where: JsonObject | undefined, problems: SelectionProblem[]): CompiledCondition | null {
  if (where === undefined) return null;
  const { condition, issues } = compileCondition(where, "/where", { inside: "element", operands: "data" });
  for (const issue of issues) {
    problems.push({ path: keysOf(issue.path), words: withoutStop(issue.message), hint: issue.hint });
  }
  return condition;
}

interface NamedField {
  name: string;
  text: string;
  path: (string | number)[];
}

/** A list of fields names each property by the field's last key. */
function namedFields(pick: SelectInput["pick"], problems: SelectionProblem[]): NamedField[] | null {
  if (pick === undefined) return null;
  if (!Array.isArray(pick)) return Object.entries(pick).map(([name, text]) => ({ name, text, path: ["pick", name] }));
  const names = new Set<string>();
  return pick.map((text, place): NamedField => {
    const name = lastKey(text);
    const path = ["pick", place];
    if (name === null || names.has(name)) {
      const words = name === null ? "gives the property no name" : `gives a second property the name '${name}'`;
      problems.push({ path, words, hint: 'Name the properties yourself: "pick": {"name": "field", …}.' });
    }
    names.add(name ?? "");
    return { name: name ?? "", text, path };
  });
}

/** Null for `""`, for places alone, and for what is no field (which is told elsewhere). */
function lastKey(text: string): string | null {
  const parsed = parseFieldPath(text);
  if (!parsed.ok) return text;
  return parsed.segments.findLast((segment) => segment.kind === "key")?.key ?? null;
}

function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function withoutStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}
