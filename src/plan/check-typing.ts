/**
 * What is known about the type of everything a plan can refer to. Owns: the type behind each root, and which steps
 * may end without an output. Must not: report (check-values.ts and check-types.ts do).
 */

import { z } from "zod";
import { DOCUMENT_JSON_SCHEMA } from "../goal/document.ts";
import { nowSchema } from "../goal/run-request.ts";
import type { JsonSchema } from "../shared/json.ts";
import type { Examination } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";
import type { CompiledValue, Path } from "./compiled.ts";
import { ANY_SCHEMA, listSchema, nullableSchema, objectSchema, unionSchema } from "./schema-compose.ts";
import { type PathSchema, schemaAtPath } from "./schema-path.ts";
import { prepareSchema } from "./schema-references.ts";

const TEXT: JsonSchema = { type: "string" };
const PLACE: JsonSchema = { type: "integer", minimum: 0 };
const NOW = z.toJSONSchema(nowSchema) as JsonSchema;
const STATUS: JsonSchema = { enum: ["completed", "unmet", "skipped", "failed"] };

/** Type of a root. */
export interface RootType {
  schema: JsonSchema;
  /** The schema is hearsay. */
  isAdvisory: boolean;
  /** Nothing may be there at all: the step may be unmet, skipped or failed. */
  isUncertain: boolean;
}

export interface Typing {
  examination: Examination;
  /** Steps that have been typed so far, in an order in which sources come first. */
  outputs: Map<string, RootType>;
  /** Types of the roots that are not steps. */
  fixed: { documents: JsonSchema; params: JsonSchema };
  /** Per schema, what was found behind a path; steps share tools, and equal objects make relating cheap. */
  found: WeakMap<JsonSchema, Map<string, PathSchema>>;
}

/** Who reads: null stands for the output. `item` is the type of the forEach element where there is one. */
export interface Reader {
  step: CompiledStep | null;
  item: RootType | null;
}

const UNKNOWN: RootType = { schema: ANY_SCHEMA, isAdvisory: true, isUncertain: false };

export function startTyping(examination: Examination): Typing {
  const { documents, params, paramsSchema } = examination.context;
  const fixed = {
    documents: documentsSchema(documents),
    params: paramsSchema === null ? { const: params } : prepareSchema(paramsSchema),
  };
  return { examination, outputs: new Map(), fixed, found: new WeakMap() };
}

/** Type of what a path starts with; anything where that is not known. */
function typeOfRoot(path: Path, reader: Reader, typing: Typing): RootType {
  switch (path.root) {
    case "goal":
      return certain(TEXT);
    case "document":
      return { ...certain(DOCUMENT_JSON_SCHEMA), isUncertain: typing.examination.context.documents === 0 };
    case "documents":
      return certain(typing.fixed.documents);
    case "params":
      return certain(typing.fixed.params);
    case "now":
      return certain(NOW);
    case "index":
      return certain(PLACE);
    case "item":
      return reader.item ?? UNKNOWN;
    default:
      return typeOfStep(path.root, typing);
  }
}

function certain(schema: JsonSchema): RootType {
  return { schema, isAdvisory: false, isUncertain: false };
}

function documentsSchema(count: number | null): JsonSchema {
  if (count === null) return listSchema(DOCUMENT_JSON_SCHEMA);
  return listSchema(DOCUMENT_JSON_SCHEMA, { minItems: count, maxItems: count });
}

function typeOfStep(id: string, typing: Typing): RootType {
  const { context, groups } = typing.examination;
  const typed = typing.outputs.get(id);
  if (typed !== undefined) return typed;
  const members = groups.get(id);
  if (members !== undefined) return typeOfGroup(members, typing);
  const known = context.known.get(id);
  if (known === undefined || typing.examination.steps.has(id)) return UNKNOWN;
  const isUncertain = known.status !== "completed";
  return {
    schema: prepareSchema(known.outputSchema ?? ANY_SCHEMA),
    isAdvisory: known.outputSchema === null,
    isUncertain,
  };
}

function typeOfGroup(members: readonly string[], typing: Typing): RootType {
  const types = members.map((id) => [id, typeOfStep(id, typing)] as const);
  const uncertain = new Set(types.filter(([, type]) => type.isUncertain).map(([id]) => id));
  const schema = objectSchema(
    types.map(([id, type]) => [id, type.schema]),
    uncertain,
  );
  return { schema, isAdvisory: types.some(([, type]) => type.isAdvisory), isUncertain: false };
}

/** Type of a whole path, with the root it starts from. */
export function typeOfPath(path: Path, reader: Reader, typing: Typing): { root: RootType; found: PathSchema } {
  if (path.root === "status") {
    const found = schemaAtPath(STATUS, path.segments.slice(1));
    return { root: certain(STATUS), found };
  }
  const root = typeOfRoot(path, reader, typing);
  const below = path.text.slice(path.root.length);
  const known = typing.found.get(root.schema) ?? new Map<string, PathSchema>();
  const found = known.get(below) ?? schemaAtPath(root.schema, path.segments);
  known.set(below, found);
  typing.found.set(root.schema, known);
  return { root, found };
}

/** Schema of a value; `nullIfAbsent` as in the output of a plan, where what is absent becomes null. */
export function schemaOfValue(
  value: CompiledValue,
  typing: Typing,
  options: { reader: Reader; nullIfAbsent?: boolean },
): JsonSchema {
  switch (value.kind) {
    case "constant":
      return { const: value.value };
    case "template":
      return TEXT;
    case "list": {
      const items = value.items.map((item) => schemaOfValue(item, typing, options));
      const count = { minItems: items.length, maxItems: items.length };
      return listSchema(items.length === 0 ? ANY_SCHEMA : unionSchema(items), count);
    }
    case "object":
      return objectSchema(value.fields.map(([key, field]) => [key, schemaOfValue(field, typing, options)]));
    case "ref":
      return schemaOfReference(value, typing, options);
  }
}

function schemaOfReference(
  { path, fallback }: Extract<CompiledValue, { kind: "ref" }>,
  typing: Typing,
  options: { reader: Reader; nullIfAbsent?: boolean },
): JsonSchema {
  const { root, found } = typeOfPath(path, options.reader, typing);
  if (found.kind === "missing") return fallback === null ? ANY_SCHEMA : schemaOfValue(fallback, typing, options);
  const mayBeAbsent = root.isUncertain || found.mayBeAbsent;
  if (fallback === null) return mayBeAbsent && options.nullIfAbsent ? nullableSchema(found.schema) : found.schema;
  return mayBeAbsent ? unionSchema([found.schema, schemaOfValue(fallback, typing, options)]) : found.schema;
}

/** Whether anything in a value comes from a schema that is hearsay. */
export function isAdvisoryValue(value: CompiledValue, typing: Typing, reader: Reader): boolean {
  switch (value.kind) {
    case "list":
      return value.items.some((item) => isAdvisoryValue(item, typing, reader));
    case "object":
      return value.fields.some(([, field]) => isAdvisoryValue(field, typing, reader));
    case "ref":
      return value.path.root !== "status" && typeOfRoot(value.path, reader, typing).isAdvisory;
    default:
      return false;
  }
}

/** Puts the output of a step among the known types; its sources must have been typed before. */
export function typeStep(step: CompiledStep, typing: Typing, reader: Reader): void {
  const tool = typing.examination.tools.get(step.step.id);
  const isUncertain = mayHaveNoOutput(step, typing);
  if (tool === undefined) {
    typing.outputs.set(step.step.id, { ...UNKNOWN, isUncertain });
    return;
  }
  const one = prepareSchema(inferredOutput(step, typing, reader) ?? tool.outputSchema);
  const { forEach, onFailure } = step.step;
  const isSkip = (onFailure ?? typing.examination.context.defaultOnFailure) === "skip";
  const bounds = forEach?.max === undefined ? {} : { maxItems: forEach.max };
  const isNullable = forEach !== undefined && (isSkip || hangsOnElement(step.input, typing, reader));
  const schema = forEach === undefined ? one : listSchema(isNullable ? nullableSchema(one) : one, bounds);
  typing.outputs.set(step.step.id, { schema, isAdvisory: tool.schemaTrust === "advisory", isUncertain });
}

/** Whether an input needs a part of the forEach element that it may lack: that element is skipped, its output null. */
function hangsOnElement(value: CompiledValue, typing: Typing, reader: Reader): boolean {
  const isLacking = (path: Path): boolean => {
    if (!isOfElement(path)) return false;
    const { found } = typeOfPath(path, reader, typing);
    return found.kind === "found" && found.mayBeAbsent;
  };
  switch (value.kind) {
    case "constant":
      return false;
    case "template":
      return value.parts.some((part) => typeof part !== "string" && isLacking(part));
    case "list":
      return value.items.some((item) => hangsOnElement(item, typing, reader));
    case "object":
      return value.fields.some(([, field]) => hangsOnElement(field, typing, reader));
    case "ref":
      return isLacking(value.path) && (value.fallback === null || hangsOnElement(value.fallback, typing, reader));
  }
}

/** `item`, and what is read at the element's own place. */
export function isOfElement({ root, segments }: Path): boolean {
  return root === "item" || segments.some((segment) => segment.kind === "here");
}

/** A tool's own inference is code of its author: where it throws, the declared schema stands. */
function inferredOutput(step: CompiledStep, typing: Typing, reader: Reader): JsonSchema | null {
  const tool = typing.examination.tools.get(step.step.id);
  if (!tool?.inferOutput) return null;
  const inputs = step.input.fields.map(([key, value]) => [key, schemaOfValue(value, typing, { reader })] as const);
  try {
    return tool.inferOutput(Object.fromEntries(inputs));
  } catch {
    return null;
  }
}

function mayHaveNoOutput(step: CompiledStep, typing: Typing): boolean {
  const { graph, context } = typing.examination;
  const { id, when, forEach, onFailure } = step.step;
  if (when !== undefined) return true;
  if (forEach === undefined && (onFailure ?? context.defaultOnFailure) === "skip") return true;
  const sources = graph.dependencies.get(id)?.data ?? [];
  return sources.some((source) => typing.outputs.get(source)?.isUncertain ?? typeOfStep(source, typing).isUncertain);
}
