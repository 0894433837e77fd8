/** Small suites at the level loop whose planner answers as a script says. */
import { evaluateSuite } from "../../../src/eval/evaluate-suite.ts";
import { loadSuiteObject } from "../../../src/eval/run/load-suite.ts";
import type { SuiteInput } from "../../../src/eval/suite.ts";
import { createMemoryStore } from "../../../src/journal/memory-store.ts";
import type { Planner } from "../../../src/planner/planner.ts";
import { createMemoryFileSystem } from "../../../src/testing/memory-file-system.ts";

/** A pure tool that needs a stub to give anything. */
export const LOOK = {
  ...{ name: "look", description: "Looks.", effect: "read" as const, idempotency: "pure" as const },
  inputSchema: { type: "object", properties: { x: {} } },
  outputSchema: { type: "object", properties: { v: { type: "string" } }, required: ["v"] },
};
export const FIRST = { id: "a", tool: "look", input: { x: 1 } };
export const SECOND = { id: "b", tool: "look", input: { x: { ref: "a.v" } } };
export const planOf = (steps: object[], more: object = {}): object => ({
  kind: "plan",
  rationale: "r",
  steps,
  ...more,
});

/** Gives these answers, one after the other. */
function scripted(answers: readonly object[]): () => Planner {
  return () => {
    let asked = 0;
    return {
      name: "scripted",
      plan: async () => ({ raw: JSON.parse(JSON.stringify(answers[asked++] ?? answers.at(-1))) }),
    };
  };
}

/** The report on one case of that kind; `cases` is what it has beyond or instead. */
export async function scoresOf(answers: readonly object[], more: Partial<SuiteInput> = {}, cases: object = {}) {
  const one = { id: "c", goal: "Look.", tools: [LOOK], stubs: { look: [{ v: "x" }] }, decision: 2, ...cases };
  const suite = {
    name: "later",
    level: "loop",
    variants: [{ id: "v", planner: scripted(answers) }],
    cases: [one],
    ...more,
  };
  const loaded = await loadSuiteObject(suite, { file: "later.eval.ts", folder: "." });
  const options = { store: "/store", mode: "replay" as const, env: {}, fileSystem: createMemoryFileSystem() };
  return (await evaluateSuite(loaded, { ...options, runs: createMemoryStore() })).report;
}
