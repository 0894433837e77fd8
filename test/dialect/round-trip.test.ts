import { describe, expect, test } from "vitest";
import { DIALECTS } from "../../src/dialect/dialect.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { tryCases } from "../fuzz/dice.ts";
import { randomPlan } from "../fuzz/random-plans.ts";
import { VALID_DECISIONS } from "../fuzz/valid-decisions.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { allDialects, dialectOf } from "./dialect-of.ts";
import { admits, encodeDecision, encodingOf } from "./encode-decision.ts";
import { expectSame } from "./expect-same.ts";

/** Each compiles schemas of its own with ajv, which takes time; test/deep has many. */
const CASES = 8;

describe.each(DIALECTS)("dialect %s", (name) => {
  test.each(VALID_DECISIONS.map((decision, place) => [place, decision] as const))(
    "valid decision %i comes back as it was, and its schema admits it",
    (_place, decision) => {
      expectSame(decision, dialectOf(name, TOOLS), TOOLS);
    },
  );

  test("random plans over random tools come back as they were", () => {
    const tried = tryCases({ seed: 20_261, count: CASES }, (dice) => {
      const { tools, plan } = randomPlan(dice);
      expectSame(plan, allDialects(tools)[DIALECTS.indexOf(name)]!, tools);
    });
    expect(tried).toBe(CASES);
  });

  test("a decision in the plan language is taken as it is, whatever was asked for", () => {
    const dialect = dialectOf(name, TOOLS);
    for (const decision of VALID_DECISIONS) {
      const decoded = dialect.decode(JSON.stringify(decision));
      expect(decoded).toEqual({ decision, issues: [] });
    }
    tryCases({ seed: 77, count: CASES }, (dice) => {
      const { tools, plan } = randomPlan(dice);
      const decoded = allDialects(tools)[DIALECTS.indexOf(name)]!.decode(JSON.stringify(plan));
      expect(decoded).toEqual({ decision: plan, issues: [] });
    });
  });
});

test("an output schema that is closed limits the names of the output, and the whole can still be given", () => {
  const outputSchema = {
    type: "object",
    properties: { said: { type: "string" }, how: { type: "string" } },
    required: ["said"],
    additionalProperties: false,
  };
  const [, entries] = allDialects(TOOLS, outputSchema);
  const decision: JsonObject = { kind: "finish", rationale: "known", output: { said: { ref: "goal" } } };
  expectSame(decision, entries!, TOOLS);
  expectSame({ ...decision, output: { ref: "done.report" } }, entries!, TOOLS);
  const wrong = encodeDecision({ ...decision, output: { other: 1 } }, encodingOf(entries!, TOOLS));
  expect(admits(entries!, wrong)).toBe(false);
});

test("random plans do use every way to write an input", () => {
  const seen = new Set<string>();
  tryCases({ seed: 20_261, count: 3 * CASES }, (dice) => {
    const { tools, plan } = randomPlan(dice);
    const text = JSON.stringify(encodeDecision(plan, encodingOf(allDialects(tools)[0]!, tools)));
    for (const form of ["ref", "template", "json"]) if (text.includes(`:{"${form}":`)) seen.add(form);
    if (/:(?:null|\d|true|\[|")/.test(text.split('"input":')[1] ?? "")) seen.add("own");
  });
  expect([...seen].sort()).toEqual(["json", "own", "ref", "template"]);
});
