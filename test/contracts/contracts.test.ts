import { describe, expect, test } from "vitest";
import { z } from "zod";
import { issueSchema } from "../../src/error/issue.ts";
import { errorShapeSchema } from "../../src/error/planwright-error.ts";
import { decisionLogEntrySchema } from "../../src/journal/decision-log.ts";
import { approvalSchema } from "../../src/journal/entries.ts";
import { dryRunSchema } from "../../src/run/dry-run.ts";
import { listedRunSchema, runEventSchema, runResultSchema } from "../../src/run/run-result.ts";
import * as contract from "./contract-schemas.ts";
import { DRY_RUNS, SCENARIOS, scripted } from "./scenarios.ts";

/** The document as somebody outside gets it. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function check(mirror: z.ZodType, own: z.ZodType, value: unknown): void {
  const document = sent(value);
  expect(mirror.safeParse(document).error?.issues ?? [], JSON.stringify(document)).toEqual([]);
  expect(own.safeParse(document).error?.issues ?? [], JSON.stringify(document)).toEqual([]);
}

describe("documents of real runs", () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("%s", async (_, { status, play }) => {
    const { runtime, results } = await play();
    const last = results.at(-1);
    expect(last?.status, JSON.stringify(last?.error)).toBe(status);
    for (const result of results) check(contract.runResult, runResultSchema, result);
    const id = last?.id ?? "";
    const decisions = await runtime.runs.decisions(id);
    expect(decisions.map(({ n }) => n)).toEqual(decisions.map((_entry, place) => place + 1));
    expect(decisions).toHaveLength(last?.decisions ?? -1);
    for (const entry of decisions) check(contract.decisionLogEntry, decisionLogEntrySchema, entry);
    const plans = decisions.flatMap(({ decision }) => (decision?.kind === "plan" ? [decision] : []));
    expect(last?.plan?.steps).toEqual(plans.at(-1)?.steps);
    expect(last?.plan?.revision).toBe(decisions.at(-1)?.revision || undefined);
    let seq = 0;
    for await (const event of runtime.runs.events(id)) {
      check(contract.runEvent, runEventSchema, event);
      expect(event.seq).toBe(seq++);
    }
    const { items } = await runtime.runs.list();
    for (const item of items) expect(listedRunSchema.safeParse(sent(item)).error?.issues ?? []).toEqual([]);
  });
});

describe("dry runs", () => {
  test.each(DRY_RUNS.map((one) => [one.name, one] as const))("%s", async (_, { valid, answers }) => {
    const world = scripted(answers);
    const made = await world.until(world.runtime.plan({ goal: "test", documents: [{ name: "a.txt", text: "One." }] }));
    check(contract.dryRun, dryRunSchema, made);
    expect(made.valid, JSON.stringify(made.issues)).toBe(valid);
  });
});

/** A schema as the tree of its keys. */
interface Keys {
  [key: string]: Keys;
}

interface Shape {
  $ref?: string;
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  anyOf?: Shape[];
  oneOf?: Shape[];
}

/** Keys that are always there, below optional and nullable parts and lists too; plan language left out. */
function requiredKeys(schema: Shape): Keys {
  if (schema.$ref !== undefined) return {};
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (variants.filter((variant) => variant.properties !== undefined).length > 1) return {};
  const keys: Keys = {};
  for (const part of [...variants, ...(schema.items === undefined ? [] : [schema.items])]) {
    Object.assign(keys, requiredKeys(part));
  }
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name];
    if (property !== undefined && name !== "decision" && name !== "fix") keys[name] = requiredKeys(property);
  }
  return keys;
}

const keysOf = (schema: z.ZodType): Keys =>
  requiredKeys(z.toJSONSchema(schema, { unrepresentable: "any", io: "output" }) as Shape);

describe("the schemas of src have the keys of the contract, no fewer and no others", () => {
  const pairs: [string, z.ZodType, z.ZodType][] = [
    ["RunResult", contract.runResultFields, runResultSchema],
    ["Approval", contract.approval, approvalSchema],
    ["dry run", contract.dryRun, dryRunSchema],
    ["Issue", contract.issue, issueSchema],
    ["decision log entry", contract.decisionLogEntry, decisionLogEntrySchema],
    ["run event", contract.runEvent, runEventSchema],
    ["error", contract.error, errorShapeSchema],
  ];

  /** Fields that src adds to the contract; a new one belongs here, and CONTRACTS.md allows it. */
  const additions: Record<string, (keys: Keys) => void> = {
    "decision log entry": ({ saw }) => {
      if (saw) saw["budgetLeft"] = {};
    },
  };

  test.each(pairs)("%s", (name, mirror, own) => {
    const keys = keysOf(own);
    additions[name]?.(keys);
    expect(Object.keys(keys).length).toBeGreaterThan(4);
    expect(keys).toEqual(keysOf(mirror));
  });
});
