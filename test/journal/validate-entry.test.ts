import fc from "fast-check";
import { expect, test } from "vitest";
import { type EntryKind, entryData } from "../../src/journal/entries.ts";
import { validateEntry } from "../../src/journal/validate-entry.ts";

const HEADER = {
  v: 1,
  run: "run_a",
  seq: 0,
  epoch: 0,
  at: "2026-01-01T00:00:00.000Z",
  synced: -1,
  prev: "",
  hash: "h",
};

const label = fc.record({
  integrity: fc.constantFrom("trusted", "untrusted"),
  origins: fc.array(fc.constantFrom("goal", "tool:add")),
});
const inline = fc.record({ value: fc.jsonValue() });
const blob = fc.record({ blob: fc.string(), bytes: fc.nat() });

/** Data as it is written, of the kinds that have a way of their own and of those with stored values. */
const DATA: Partial<Record<EntryKind, fc.Arbitrary<Record<string, unknown>>>> = {
  "step.started": fc.record(
    {
      rule: fc.string(),
      inputHash: fc.string(),
      label,
      approval: fc.string(),
      items: fc.record({ count: fc.nat(), hash: fc.string() }),
    },
    { requiredKeys: ["rule", "inputHash", "label"] },
  ),
  "step.completed": fc.record(
    {
      output: fc.oneof(inline, blob),
      label,
      usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), modelCalls: fc.nat() }),
    },
    { requiredKeys: [] },
  ),
  "question.answered": fc.record({ answer: fc.oneof(inline, blob), settles: fc.constant(null) }),
};

/** What may stand in any place of a journal that somebody else wrote. */
const anything = fc.oneof(fc.jsonValue(), inline, blob, label, fc.constant({ value: 1, blob: "b" }));

/** Some data of a kind; mostly with one field, or a field of a field, put wrong, taken away or added. */
const entry = fc.constantFrom(...(Object.keys(DATA) as EntryKind[])).chain((kind) =>
  fc
    .record({
      data: DATA[kind] ?? fc.constant({}),
      at: fc.constantFrom("rule", "inputHash", "label", "approval", "items", "output", "usage", "answer", "other"),
      below: fc.constantFrom(null, null, "integrity", "origins", "value", "blob"),
      change: fc.oneof(fc.constant("none"), fc.constant("remove"), fc.constant("set")),
      wrong: anything,
    })
    .map(({ data, at, below, change, wrong }) => {
      const changed: Record<string, unknown> = structuredClone(data);
      const inner = below === null ? null : changed[at];
      const target = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : changed;
      const name = target === changed ? at : (below ?? at);
      if (change === "remove") delete target[name];
      if (change === "set") target[name] = wrong;
      return { kind, data: JSON.parse(JSON.stringify(changed)) as unknown };
    }),
);

test("an entry is right exactly where its schema says so, whichever way is taken to find out", () => {
  const seen = { right: 0, wrong: 0 };
  const property = fc.property(entry, ({ kind, data }) => {
    const isRight = entryData[kind].safeParse(data).success;
    seen[isRight ? "right" : "wrong"] += 1;
    expect("problem" in validateEntry({ ...HEADER, kind, data })).toBe(!isRight);
  });
  fc.assert(property, { numRuns: 2_000 });
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(200);
});

test("no entry is right whose data is no object", () => {
  for (const data of [null, 1, "x", [], undefined]) {
    for (const kind of Object.keys(DATA)) expect(validateEntry({ ...HEADER, kind, data })).toHaveProperty("problem");
  }
});
