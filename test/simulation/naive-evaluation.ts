/**
 * The plan language once more, as plainly as can be: what a step's input is, and whether it may run, computed from what
 * the journal says and nothing else. Knows only what `random-plan.ts` writes.
 */
import type { Step } from "../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";

export const NOTHING: unique symbol = Symbol("nothing");
type Maybe = JsonValue | typeof NOTHING;
export type Outcome = "completed" | "failed" | "unmet" | "skipped";

export interface Facts {
  /** Steps of every plan so far. */
  steps: Map<string, Step>;
  /** Steps of the plan in force. */
  current: Set<string>;
  /** What the journal says of whole steps. */
  ended: Map<string, "completed" | "failed">;
  /** Derived at an earlier time, under an earlier plan, and final since. */
  settledBefore: Map<string, "unmet" | "skipped">;
  outputs: Map<string, JsonValue>;
  document: JsonObject;
  onFailure: (step: Step) => "replan" | "skip" | "fail";
}

/** How a step stands; null where it has not settled. */
export function outcomeOf(facts: Facts, id: string): Outcome | null {
  const ended = facts.ended.get(id);
  if (ended !== undefined) return ended;
  const before = facts.settledBefore.get(id);
  if (before !== undefined) return before;
  const step = facts.steps.get(id);
  if (step === undefined || !facts.current.has(id) || !isSettledForAll(facts, step)) return null;
  if (!conditionHolds(facts, step)) return "unmet";
  return hasInput(facts, step) ? null : "skipped";
}

/** Every step that this one waits for has settled. */
export function isSettledForAll(facts: Facts, step: Step): boolean {
  return sourcesOf(step).every((id) => {
    const outcome = outcomeOf(facts, id);
    if (outcome !== "failed") return outcome !== null;
    const source = facts.steps.get(id);
    return source !== undefined && (facts.onFailure(source) === "skip" || !facts.current.has(id));
  });
}

export function conditionHolds(facts: Facts, { when }: Step): boolean {
  if (when === undefined) return true;
  const found = read(facts, String(when.ref), null);
  return found !== NOTHING && found === when.is;
}

function hasInput(facts: Facts, step: Step): boolean {
  if (step.forEach === undefined) return inputOf(facts, step, null) !== NOTHING;
  if (evaluate(facts, step.forEach.items, null) === NOTHING) return false;
  // Whatever the element is, its own part is there.
  return inputOf(facts, step, { index: 0, item: null }) !== NOTHING;
}

export function listOf(facts: Facts, step: Step): Maybe {
  return step.forEach === undefined ? NOTHING : evaluate(facts, step.forEach.items, null);
}

export function inputOf(facts: Facts, step: Step, element: Element | null): Maybe {
  return evaluate(facts, step.input, element);
}

export interface Element {
  index: number;
  item: JsonValue;
}

function evaluate(facts: Facts, value: JsonValue, element: Element | null): Maybe {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const parts = value.map((part) => evaluate(facts, part, element));
    return parts.includes(NOTHING) ? NOTHING : (parts as JsonValue);
  }
  if (typeof value.ref === "string") {
    const found = read(facts, value.ref, element);
    return found === NOTHING && value.default !== undefined ? evaluate(facts, value.default, element) : found;
  }
  if (typeof value.template === "string") return fill(facts, value.template, element);
  const fields: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    const found = evaluate(facts, field, element);
    if (found === NOTHING) return NOTHING;
    fields[key] = found;
  }
  return fields;
}

function fill(facts: Facts, template: string, element: Element | null): Maybe {
  const [before = "", rest = ""] = template.split("{{");
  const [path = "", after = ""] = rest.split("}}");
  const found = read(facts, path, element);
  return found === NOTHING ? NOTHING : `${before}${typeof found === "string" ? found : JSON.stringify(found)}${after}`;
}

function read(facts: Facts, path: string, element: Element | null): Maybe {
  if (path === "item" || path === "index") return element === null ? NOTHING : element[path];
  const [head = "", key = ""] = path.split(".");
  if (head === "document") return facts.document[key] ?? NOTHING;
  if (head === "status") return outcomeOf(facts, key) ?? NOTHING;
  return readOutput(facts, head, key);
}

function readOutput(facts: Facts, head: string, key: string): Maybe {
  const root = head.replace("[0]", "");
  const whole = facts.ended.get(root) === "completed" ? facts.outputs.get(root) : undefined;
  if (key === "") return whole ?? NOTHING;
  const first = Array.isArray(whole) ? whole[0] : undefined;
  const output = head === root ? whole : first;
  if (typeof output !== "object" || output === null || Array.isArray(output)) return NOTHING;
  return Object.hasOwn(output, key) ? (output[key] as JsonValue) : NOTHING;
}

const ROOTS: ReadonlySet<string> = new Set(["item", "index", "goal", "document"]);

/** Ids of all steps that a step names, wherever. */
export function sourcesOf(step: Step): string[] {
  const text = JSON.stringify([step.input, step.when ?? null, step.forEach ?? null]);
  const paths = [...text.matchAll(/(?:"ref":"|\{\{)(?:status\.)?([A-Za-z]\w*)/g)];
  const named = paths.map(([, root]) => root ?? "").filter((root) => !ROOTS.has(root));
  return [...new Set([...named, ...(step.after ?? [])])];
}
