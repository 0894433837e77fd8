/** The round trip through a dialect: a decision, as a model would write it, comes back as it was. */
import { expect } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { canonicalJson, type JsonObject } from "../../src/shared/json.ts";
import { admits, encodeDecision, encodingOf } from "./encode-decision.ts";

function parsed(decision: unknown): string {
  const { decision: value, issues } = parseDecision(decision, MODEL_PLAN_LIMITS);
  if (value === null) throw new Error(`not parsed: ${JSON.stringify(issues)}`);
  return canonicalJson(value);
}

/** Encoded, admitted by the schema, decoded without an issue, and then the same decision. */
export function expectSame(decision: JsonObject, dialect: Dialect, tools: readonly ToolDescription[]): void {
  const written = encodeDecision(decision, encodingOf(dialect, tools));
  if (!admits(dialect, written)) throw new Error(`${dialect.name} does not admit ${JSON.stringify(written)}`);
  const decoded = dialect.decode(JSON.stringify(written));
  expect(decoded.issues).toEqual([]);
  expect(parsed(decoded.decision)).toBe(parsed(decision));
}
