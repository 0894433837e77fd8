/**
 * What earlier decisions of the run mean for this one. Owns: tools that failed, findings of the checker, and ids that
 * are taken. Must not: compose plans; it tells the composer what to keep away from.
 */
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { banOf, type Setting } from "./circumstances.ts";
import { type Composition, composePlan } from "./compose-plan.ts";
import { type DraftStep, numbered } from "./draft.ts";

const MOST_ROUNDS = 20;

/** Composes again and again until no step repeats a failed one. */
export function composeAround(setting: Setting): Composition {
  const failed = setting.request.history.filter((item) => item.status === "failed" || item.status === "unknown");
  let barred = new Set([...setting.barred, ...faultyTools(setting.request)]);
  let bans = new Set(setting.bans);
  for (let round = 0; ; round++) {
    const composition = composePlan({ ...setting, barred, bans });
    const again = composition.draft.steps.filter((step) => failed.some((item) => repeats(step, item)));
    if (again.length === 0 || round === MOST_ROUNDS) return composition;
    for (const step of again) {
      const wishes = [...composition.taken].filter(([, taken]) => taken.tool === step.tool).map(([wish]) => wish);
      const own = wishes.filter((wish) =>
        composition.parts.some((part) => part.step === step && part.wishes.includes(wish)),
      );
      if (own.length === 0) barred = new Set([...barred, step.tool.name]);
      else bans = new Set([...bans, ...own.map((wish) => banOf(wish, step.tool.name)), `${step.tool.name}\u0000if`]);
    }
  }
}

function repeats(step: DraftStep, item: { step: string; tool: string }): boolean {
  if (step.tool.name !== item.tool) return false;
  return item.step === step.id || item.step.replace(/_\d+$/, "") === step.id.replace(/_\d+$/, "");
}

/** Tools of the steps that the checker found fault with in the last try. */
function faultyTools(request: PlanningRequest): string[] {
  return request.issues.flatMap((issue) => {
    if (issue.severity !== "error" || issue.code === "PLAN_ID_REUSED") return [];
    const step = faultyStep(request.previous, issue.path);
    return step === null || typeof step.tool !== "string" ? [] : [step.tool];
  });
}

function faultyStep(previous: JsonValue, path: string): JsonObject | null {
  const place = /^\/steps\/(\d+)(\/|$)/.exec(path)?.[1];
  const steps = isJsonObject(previous) ? previous.steps : undefined;
  const step = Array.isArray(steps) && place !== undefined ? steps[Number(place)] : undefined;
  return isJsonObject(step) ? step : null;
}

/** Properties of the result that did not pass the request's schema. */
export function wrongProperties(request: PlanningRequest): Set<string> {
  if (request.cause !== "output-invalid") return new Set();
  const names = request.issues.map((issue) => issue.path.split("/").filter((part) => part !== "output")[1] ?? "");
  return new Set(names.filter((name) => name !== ""));
}

/**
 * New ids for steps whose id is taken by another definition (KERNEL 7). The planner sees no earlier definitions, but
 * it makes the same plan again: a step keeps its id where the plan without failures defines it the same.
 */
export function renamedIds(
  request: PlanningRequest,
  steps: readonly DraftStep[],
  original: readonly DraftStep[],
): Map<string, string> {
  const taken = new Set(request.history.map((item) => item.step));
  const refused = new Set(reusedIds(request));
  const definitions = new Map(original.map((step) => [step.id, definitionOf(step)]));
  const renamed = new Map<string, string>();
  const own = new Set(steps.map((step) => step.id));
  for (const step of steps) {
    const isKept = definitions.get(step.id) === definitionOf(step) && !refused.has(step.id);
    const dependsOnRenamed = [...renamed.keys()].some((id) => definitionOf(step).includes(id));
    if (!(taken.has(step.id) || refused.has(step.id)) || (isKept && !dependsOnRenamed)) continue;
    const fresh = numbered(step.id.replace(/_\d+$/, ""), (id) => taken.has(id) || refused.has(id) || own.has(id));
    own.add(fresh);
    renamed.set(step.id, fresh);
  }
  return renamed;
}

function reusedIds(request: PlanningRequest): string[] {
  const reused = request.issues.filter((issue) => issue.code === "PLAN_ID_REUSED" || issue.code === "PLAN_RESERVED_ID");
  return reused.flatMap((issue) => {
    const step = faultyStep(request.previous, issue.path);
    return step === null || typeof step.id !== "string" ? [] : [step.id];
  });
}

function definitionOf(step: DraftStep): string {
  return canonicalJson({
    tool: step.tool.name,
    input: step.input,
    when: step.when,
    each: step.each,
    after: step.after,
  });
}

/** The same JSON with step ids replaced wherever a path starts with one. */
export function renameIn(value: JsonValue, renamed: ReadonlyMap<string, string>): JsonValue {
  if (renamed.size === 0) return value;
  if (Array.isArray(value)) return value.map((entry) => renameIn(entry, renamed));
  if (!isJsonObject(value) || "literal" in value) return value;
  const entries = Object.entries(value).map(([key, entry]): [string, JsonValue] => {
    if (key === "ref" && typeof entry === "string") return [key, renamePath(entry, renamed)];
    if (key !== "template" || typeof entry !== "string") return [key, renameIn(entry, renamed)];
    return [key, entry.replace(/\{\{([^{}]+)\}\}/g, (_, path: string) => `{{${renamePath(path, renamed)}}}`)];
  });
  return Object.fromEntries(entries);
}

function renamePath(path: string, renamed: ReadonlyMap<string, string>): string {
  return path.replace(/^(status\.)?([A-Za-z0-9_]+)/, (whole, status: string | undefined, id: string) => {
    const fresh = renamed.get(id);
    return fresh === undefined ? whole : `${status ?? ""}${fresh}`;
  });
}
