/**
 * Whether the document had a say in a step: that it ran, with what, or that it did not. Works on the plan's JSON and on
 * how the steps ended, and knows no labels. Knows only what label-of-absence.test.ts writes.
 */
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";

interface Look {
  isThere: boolean;
  isTainted: boolean;
}

export function naiveTaint(steps: readonly JsonObject[], result: RunResult, id: string): boolean {
  const statusOf = (other: string) => result.steps.find((row) => row.id === other && row.index === null)?.status;

  function source(path: string): Look {
    if (path === "item") return { isThere: true, isTainted: false }; // Its list is looked at as well.
    if (path.startsWith("document")) return { isThere: true, isTainted: true };
    if (path === "goal") return { isThere: true, isTainted: false };
    const status = /^status\.(\w+)/.exec(path)?.[1];
    const read = status ?? /^\w+/.exec(path)?.[0] ?? "";
    const output = result.steps.find((row) => row.id === read && row.index === null)?.output ?? null;
    const isNull = Array.isArray(output) && output[0] === null;
    return { isThere: status !== undefined || (statusOf(read) === "completed" && !isNull), isTainted: taint(read) };
  }

  function look(value: JsonValue): Look {
    if (typeof value !== "object" || value === null) return { isThere: true, isTainted: false };
    if (Array.isArray(value)) return value.map(look)[0] ?? { isThere: true, isTainted: false };
    const found = source(String(value.ref));
    if (found.isThere || value.default === undefined) return found;
    const other = look(value.default);
    return { isThere: other.isThere, isTainted: found.isTainted || other.isTainted };
  }

  function taint(of: string): boolean {
    const step = steps.find((one) => one.id === of) as JsonObject;
    const when = step.when === undefined ? null : look({ ref: (step.when as JsonObject).ref as string });
    if (when !== null && (when.isTainted || statusOf(of) === "unmet")) return when.isTainted;
    const input = look((step.input as JsonObject).x ?? null);
    if (!input.isThere || step.forEach === undefined) return input.isTainted;
    return input.isTainted || look((step.forEach as JsonObject).items ?? null).isTainted;
  }

  return taint(id);
}
