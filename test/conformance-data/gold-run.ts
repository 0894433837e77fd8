/** Runs a gold plan with fake tools, and says independently of the plan language what each step must get. */

import { type GoldRecord, rawReferences, stepOf } from "../../evals/data/gold-record.ts";
import { importPlan, rawSegments } from "../../evals/data/import-plan.ts";
import { importedName, importTools } from "../../evals/data/import-tools.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { DryRun } from "../../src/run/dry-run.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { exampleValue } from "../fake-tools/example-value.ts";
import { createRecordingTools, type RecordedCall } from "../fake-tools/recording-tools.ts";

export interface GoldRun {
  checked: DryRun;
  /** Null where the plan is not valid. */
  result: RunResult | null;
  calls: RecordedCall[];
  /** What each step's fake tool returns. */
  outputs: Map<string, JsonValue>;
}

export async function runGoldPlan(record: GoldRecord): Promise<GoldRun> {
  const outputs = fakeOutputs(record);
  const { tools, calls } = createRecordingTools(
    importTools(uniqueTools(record)),
    ({ step }) => outputs.get(step) ?? null,
  );
  const runtime = createRuntime({ tools, builtInTools: false, store: createMemoryStore() });
  const request = { goal: record.goal.slice(0, 10_000), plan: importPlan(record) as unknown as JsonValue };
  const checked = await runtime.plan(request);
  const result = await runtime.run(request);
  await runtime.close();
  return { checked, result, calls, outputs };
}

function uniqueTools(record: GoldRecord): GoldRecord["tools"] {
  return [...new Map(record.tools.map((tool) => [importedName(tool.name), tool])).values()];
}

/** Example values of the tools' output schemas, with every place that the gold plan reads filled in. */
function fakeOutputs(record: GoldRecord): Map<string, JsonValue> {
  const schemas = new Map(importTools(record.tools).map((tool) => [tool.name, tool.outputSchema]));
  const outputs = new Map<string, JsonValue>();
  for (const step of record.goldSteps) {
    outputs.set(step.id, exampleValue(schemas.get(importedName(step.tool)) ?? {}, step.id));
  }
  const read = [...record.goldSteps.map((step) => step.args), record.resultMap ?? {}].flatMap(rawReferences);
  for (const reference of read) {
    const root = stepOf(reference);
    const segments = rawSegments(reference.slice(root.length));
    outputs.set(root, withPlace(outputs.get(root) ?? null, segments, reference));
  }
  return outputs;
}

function withPlace(value: JsonValue, segments: (string | number)[], name: string): JsonValue {
  const [first, ...rest] = segments;
  if (first === undefined) return value ?? name;
  if (typeof first === "number") {
    const list = Array.isArray(value) ? [...value] : [];
    for (let place = 0; place <= first; place++) list[place] ??= place === first ? withPlace(null, rest, name) : null;
    list[first] = withPlace(list[first] ?? null, rest, name);
    return list;
  }
  const fields: JsonObject = isJsonObject(value) ? { ...value } : {};
  fields[first] = withPlace(fields[first] ?? null, rest, name);
  return fields;
}

/** Raw arguments with their references read from the outputs. */
export function expectedValue(raw: JsonValue, outputs: ReadonlyMap<string, JsonValue>): JsonValue {
  if (Array.isArray(raw)) return raw.map((item) => expectedValue(item, outputs));
  if (!isJsonObject(raw)) return raw;
  if (typeof raw.$ref === "string") return lookUp(raw.$ref, outputs);
  if (typeof raw.$template === "string") {
    return raw.$template.replaceAll(/\$\{([^}]*)\}/g, (_, path: string) => asText(lookUp(path, outputs)));
  }
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, expectedValue(value, outputs)]));
}

function lookUp(reference: string, outputs: ReadonlyMap<string, JsonValue>): JsonValue {
  const root = stepOf(reference);
  let current = outputs.get(root) ?? null;
  for (const part of rawSegments(reference.slice(root.length))) {
    current = (current as { [key: string | number]: JsonValue })[part] ?? null;
  }
  return current;
}

function asText(value: JsonValue): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}
