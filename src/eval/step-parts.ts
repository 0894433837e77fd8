/**
 * The inputs of one step against those of a gold step: equal, accepted, close enough, a default, or wrong.
 * Owns: what is compared of a step. Must not: choose which steps go together (align-plans.ts does).
 */
import { jsonPointer } from "../error/issue.ts";
import type { CompiledStep } from "../plan/compile-plan.ts";
import { compileValue } from "../plan/compile-value.ts";
import type { CompiledValue } from "../plan/compiled.ts";
import { isJsonObject, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import type { Tool } from "../tool/tool.ts";
import type { AcceptedInput } from "./case.ts";
import { conditionLikeness } from "./condition-likeness.ts";
import { briefValue, type LikenessContext, valueLikeness } from "./value-likeness.ts";

export interface PartsContext extends LikenessContext {
  /** Of the gold alternative. */
  accepted: readonly AcceptedInput[];
  tool: Tool | undefined;
}

/** One part with how alike it is, 0 to 1. */
export interface LikePart {
  name: string;
  pointer: string;
  likeness: number;
  finding: string;
}

export const WHEN = "/when";
export const ITEMS = "/forEach/items";

/** Every input of either, then the condition and the list where either has one. */
export function compareParts(got: CompiledStep, gold: CompiledStep, context: PartsContext): LikePart[] {
  const gotInputs = new Map(got.input.fields);
  const goldInputs = new Map(gold.input.fields);
  const names = new Set([...goldInputs.keys(), ...gotInputs.keys()]);
  const parts = [...names].map((name) =>
    comparePart(
      { name, got: gotInputs.get(name), gold: goldInputs.get(name), goldStep: gold.step.id },
      { pointer: `${got.pointer}/input${jsonPointer([name])}`, context },
    ),
  );
  if (got.items !== null || gold.items !== null) {
    const sides = { got: got.items ?? undefined, gold: gold.items ?? undefined };
    const place = { pointer: got.pointer + ITEMS, context };
    parts.push(comparePart({ name: ITEMS, ...sides, goldStep: gold.step.id }, place));
  }
  if (got.step.when !== undefined || gold.step.when !== undefined) parts.push(compareWhen(got, gold, context));
  return parts;
}

interface Sides {
  name: string;
  got: CompiledValue | undefined;
  gold: CompiledValue | undefined;
  goldStep: string;
}

function comparePart(sides: Sides, { pointer, context }: { pointer: string; context: PartsContext }): LikePart {
  const { name, got, gold } = sides;
  const accepted = context.accepted.find(({ step, input }) => step === sides.goldStep && input === name);
  const likeness = Math.max(
    ownLikeness(sides, context),
    accepted === undefined ? 0 : acceptance(sides, accepted, context),
  );
  if (likeness === 1) return { name, pointer, likeness, finding: "" };
  const wanted = gold === undefined ? "the gold leaves it out" : `the gold has ${briefValue(writtenValue(gold))}`;
  const found = got === undefined ? "is missing" : `is ${briefValue(writtenValue(got))}`;
  return { name, pointer, likeness, finding: `${pointer}: ${found}; ${wanted}` };
}

/** An input that is left out is the tool's default. */
function ownLikeness({ name, got, gold }: Sides, context: PartsContext): number {
  if (got !== undefined && gold !== undefined) {
    return Math.max(valueLikeness(got, gold, context), wrappedLikeness({ name, got, gold }, context));
  }
  const present = got ?? gold;
  const standard = defaultOf(context.tool, name);
  if (present === undefined || standard === undefined) return 0;
  return present.kind === "constant" && isSameJson(present.value, standard) ? 1 : 0;
}

/** `{"template": "{{a.text}}"}` is `{"ref": "a.text"}` where the input is a text. */
function wrappedLikeness(
  { name, got, gold }: { name: string; got: CompiledValue; gold: CompiledValue },
  context: PartsContext,
): number {
  if (got.kind === gold.kind || propertyOf(context.tool, name)?.type !== "string") return 0;
  const [left, right] = [unwrap(got), unwrap(gold)];
  return left === got && right === gold ? 0 : valueLikeness(left, right, context);
}

function unwrap(value: CompiledValue): CompiledValue {
  if (value.kind !== "template" || value.parts.length !== 1) return value;
  const [only] = value.parts;
  if (only === undefined || typeof only === "string") return value;
  return { kind: "ref", path: only, fallback: null, pointer: value.pointer };
}

function acceptance(sides: Sides, accepted: AcceptedInput, context: PartsContext): number {
  const { got, gold, name } = sides;
  if (got === undefined) {
    const standard = defaultOf(context.tool, name);
    const isAccepted = standard !== undefined && accepted.values.some((value) => isSameJson(value, standard));
    return accepted.absent || isAccepted ? 1 : 0;
  }
  if (accepted.anything || isClose(got, gold, accepted.tolerance)) return 1;
  const values = accepted.values.map((value) => compileValue(value, "").value);
  return Math.max(0, ...values.map((value) => ownLikeness({ ...sides, gold: value }, context)));
}

function isClose(got: CompiledValue, gold: CompiledValue | undefined, tolerance: number | undefined): boolean {
  if (tolerance === undefined || got.kind !== "constant" || gold?.kind !== "constant") return false;
  const [left, right] = [got.value, gold.value];
  return typeof left === "number" && typeof right === "number" && Math.abs(left - right) <= tolerance;
}

function compareWhen(got: CompiledStep, gold: CompiledStep, context: PartsContext): LikePart {
  const pointer = got.pointer + WHEN;
  const isSilent = context.accepted.some(
    ({ step, input, anything }) => step === gold.step.id && input === WHEN && anything,
  );
  const likeness = isSilent
    ? 1
    : got.when === null || gold.when === null
      ? 0
      : conditionLikeness(got.when, gold.when, context);
  if (likeness === 1) return { name: WHEN, pointer, likeness, finding: "" };
  const [found, wanted] = [briefValue(got.step.when), briefValue(gold.step.when)];
  return { name: WHEN, pointer, likeness, finding: `${pointer}: is ${found}; the gold has ${wanted}` };
}

function propertyOf(tool: Tool | undefined, name: string): { [key: string]: JsonValue } | undefined {
  const properties = tool?.inputSchema.properties;
  const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) ? property : undefined;
}

function defaultOf(tool: Tool | undefined, name: string): JsonValue | undefined {
  return propertyOf(tool, name)?.default;
}

/** A compiled value as JSON of the plan language again. */
export function writtenValue(value: CompiledValue): JsonValue {
  switch (value.kind) {
    case "constant":
      return value.value;
    case "ref":
      return value.fallback === null
        ? { ref: value.path.text }
        : { ref: value.path.text, default: writtenValue(value.fallback) };
    case "template":
      return { template: value.parts.map((part) => (typeof part === "string" ? part : `{{${part.text}}}`)).join("") };
    case "list":
      return value.items.map(writtenValue);
    case "object":
      return Object.fromEntries(value.fields.map(([key, field]) => [key, writtenValue(field)]));
  }
}
