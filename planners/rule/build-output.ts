/**
 * The plan's result from its answers. Owns: one part per wish, branches joined, and fitting a requested schema.
 * Must not: add steps.
 */
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { isJsonObject } from "../../src/shared/json.ts";
import type { Part } from "./compose-plan.ts";
import { type Draft, maybeAbsent, outputPath } from "./draft.ts";
import { fitOf, isType, leavesOf, propertiesOf, requiredOf, schemaAt, typesOf } from "./schema-reading.ts";
import { isWeakStem, nameStems } from "./tokens.ts";

/** One part per wish; a conditional one has null as its default, and two branches of one answer share a part. */
export function buildOutput(draft: Draft, parts: readonly Part[]): JsonObject {
  const absent = maybeAbsent(draft);
  const output: JsonObject = {};
  const joined = new Set<Part>();
  for (const part of parts) {
    if (joined.has(part)) continue;
    const other = parts.find((later) => isOtherBranch(part, later));
    if (other !== undefined) joined.add(other);
    output[part.key] = referenceTo(part, absent.has(part.step.id), other);
  }
  return output;
}

function referenceTo(part: Part, isAbsent: boolean, other: Part | undefined): JsonObject {
  const reference: JsonObject = { ref: outputPath(part.step, part.path) };
  if (other !== undefined) return { ...reference, default: { ref: outputPath(other.step, other.path), default: null } };
  return isAbsent ? { ...reference, default: null } : reference;
}

/** True for the else side of the same condition, met by the same tool. */
function isOtherBranch(part: Part, later: Part): boolean {
  const own = part.wishes[0]?.branch;
  const its = later.wishes[0]?.branch;
  if (!own || !its || part.step === later.step || part.step.tool !== later.step.tool || part.path !== later.path)
    return false;
  return own.condition === its.condition && own.side === "then" && its.side === "else";
}

type Fitted = { output: JsonValue; problem: null } | { output: null; problem: string };

interface Choice {
  value: JsonObject;
  score: number;
}

/**
 * The result as the request's schema wants it: each property takes the answer closest in name whose type fits.
 * `avoid` holds properties whose first choice turned out wrong; they take their second.
 */
export function fitOutput(
  schema: JsonSchema,
  from: { draft: Draft; parts: readonly Part[] },
  avoid: ReadonlySet<string>,
): Fitted {
  if (!isType(schema, "object") && typesOf(schema).length > 0) return fitWhole(schema, from.parts);
  const properties = propertiesOf(schema);
  const plain = buildOutput(from.draft, from.parts);
  if (properties.length === 0) return { output: plain, problem: null };
  const output: JsonObject = {};
  for (const [name, target] of properties) {
    const choice = choicesFor(name, target, from)[avoid.has(name) ? 1 : 0];
    if (choice !== undefined) output[name] = choice.value;
  }
  fillByType(properties, output, from);
  const missing = [...requiredOf(schema)].find((name) => !Object.hasOwn(output, name));
  if (missing !== undefined) {
    const answers = from.parts.map((part) => `${part.key} (${typesOf(answerOf(part).schema).join(" or ") || "any"})`);
    const known = answers.length === 0 ? "there are no answers" : `the answers are ${answers.join(", ")}`;
    return { output: null, problem: `the result needs "${missing}" and no answer fits it by name and type; ${known}` };
  }
  return { output: schema.additionalProperties === false ? output : withRest(output, plain), problem: null };
}

/** Properties that no name fits take the only free answer of their type, where no other property could take it. */
function fillByType(
  properties: readonly [string, JsonSchema][],
  output: JsonObject,
  from: { draft: Draft; parts: readonly Part[] },
): void {
  const absent = maybeAbsent(from.draft);
  const used = new Set(Object.values(output).map((value) => (isJsonObject(value) ? value.ref : null)));
  const open = properties.filter(([name]) => !Object.hasOwn(output, name));
  const free = from.parts.filter((part) => !used.has(answerOf(part).path));
  const fits = (part: Part, target: JsonSchema): boolean => fitOf(answerOf(part).schema, target) !== "no";
  for (const [name, target] of open) {
    const [only, ...others] = free.filter((part) => fits(part, target));
    if (only === undefined || others.length > 0 || typesOf(target).length === 0) continue;
    if (open.filter(([, other]) => fits(only, other)).length > 1) continue;
    const isNullable = absent.has(only.step.id) && fitOf({ type: "null" }, target) !== "no";
    output[name] = { ref: answerOf(only).path, ...(isNullable ? { default: null } : {}) };
  }
}

/** Answers that no property took stay where the schema allows more. */
function withRest(output: JsonObject, plain: JsonObject): JsonObject {
  const used = new Set(Object.values(output).map((value) => (isJsonObject(value) ? value.ref : null)));
  const rest = Object.entries(plain).filter(([key, value]) => {
    return !Object.hasOwn(output, key) && !(isJsonObject(value) && used.has(value.ref ?? ""));
  });
  return { ...output, ...Object.fromEntries(rest) };
}

function fitWhole(schema: JsonSchema, parts: readonly Part[]): Fitted {
  for (const part of parts) {
    for (const place of placesOf(part)) {
      if (fitOf(place.schema, schema) !== "no") return { output: { ref: place.path }, problem: null };
    }
  }
  return { output: null, problem: `the result must be ${typesOf(schema).join(" or ")} and no answer is` };
}

interface Place {
  path: string;
  schema: JsonSchema;
  /** Below the answer rather than the answer itself. */
  isInner: boolean;
}

/** A step that runs for each of a list gives a list of everything. */
function inList(part: Part, schema: JsonSchema): JsonSchema {
  return part.step.each === null ? schema : { type: "array", items: schema };
}

function answerOf(part: Part): Place {
  const schema = inList(part, schemaAt(part.step.tool.outputSchema, part.path) ?? {});
  return { path: outputPath(part.step, part.path), schema, isInner: false };
}

function placesOf(part: Part): Place[] {
  const { outputSchema } = part.step.tool;
  const inner = leavesOf(outputSchema).filter((leaf) => leaf.path !== part.path);
  return [
    answerOf(part),
    ...inner.map((leaf) => ({
      path: outputPath(part.step, leaf.path),
      schema: inList(part, leaf.schema),
      isInner: true,
    })),
    { path: outputPath(part.step, ""), schema: inList(part, outputSchema), isInner: true },
  ];
}

function choicesFor(name: string, target: JsonSchema, from: { draft: Draft; parts: readonly Part[] }): Choice[] {
  const absent = maybeAbsent(from.draft);
  const choices: Choice[] = [];
  for (const part of from.parts) {
    for (const place of placesOf(part)) {
      const fit = fitOf(place.schema, target);
      const near = similarity(name, part, place);
      if (fit === "no" || near === 0) continue;
      const value: JsonObject = { ref: place.path };
      const isNullable = absent.has(part.step.id) && fitOf({ type: "null" }, target) !== "no";
      choices.push({
        value: isNullable ? { ...value, default: null } : value,
        score: near + (fit === "yes" ? 0.3 : 0),
      });
    }
  }
  return choices.sort((a, b) => b.score - a.score);
}

/**
 * 0–2: shared stems of the property with the answer's key, the goal's words, its tool and the place below it; failing
 * these, with the phrases its tool declares, which are other words for the same ("gist" for a summary).
 */
function similarity(name: string, part: Part, place: Place): number {
  const wanted = nameStems(name);
  const last = nameStems(place.path.split(".").slice(1).join("_"));
  const about = new Set([
    ...nameStems(part.key),
    ...nameStems(part.step.tool.name),
    ...part.wishes.flatMap((wish) => wish.words.map((word) => word.stem)),
  ]);
  const shared = (stems: Iterable<string>): number => {
    const known = new Set(stems);
    return wanted.filter((stem) => known.has(stem)).length / Math.max(1, wanted.length);
  };
  const declared = part.wishes.flatMap((wish) => wish.mention.candidates[0]?.tool.planning?.intents ?? []);
  const byAnswer = Math.max(
    shared(about),
    shared(declared.flatMap(nameStems).filter((stem) => !isWeakStem(stem))) * 0.4,
  );
  return place.isInner ? shared(last) * 0.9 + byAnswer * 0.4 : byAnswer + shared(last) * 0.1;
}
