/**
 * A planted secret is in no journal, blob, signal, event, result, span, metric or export (SAFETY R16), wherever it came
 * in; and what is masked live is masked the same when it is folded (R8).
 */
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createMasker, MASKED } from "../../src/shared/mask-secrets.ts";
import { createScriptedModel, modelReply } from "../../src/testing/index.ts";
import { createWorld, type World, type WorldOptions } from "./run-world.ts";

const OWN = "correct horse battery staple";
const KEY = "sk-ant-api03-AAAAbbbb_CCCC-dddd";
const TOKEN = "ghp_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
const SECRETS = [OWN, KEY, TOKEN];
const PLANTED = SECRETS.join(" and ");

/** All that the store holds, as text. */
function kept({ data }: World): string {
  return [...data.runs.values()]
    .flatMap(({ files, blobs, signals }) => [...files.flat(), ...blobs.values(), JSON.stringify([...signals.values()])])
    .join("\n");
}

function expectNone(text: string): void {
  for (const secret of SECRETS) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
}

/** Whatever can be seen of the run from outside. */
async function seen(world: World, id: string): Promise<string> {
  const events: unknown[] = [];
  for await (const event of world.runtime.runs.events(id)) events.push(event);
  const [result, decisions, stats] = [
    await world.runtime.runs.get(id),
    await world.runtime.runs.decisions(id),
    await world.runtime.stats(),
  ];
  return JSON.stringify([events, result, decisions, stats, await world.runtime.metrics()]);
}

/** What the live run came to is what another process folds from the journal, to the last byte. */
async function expectFoldsAlike(world: World, live: RunResult): Promise<void> {
  const folded = await world.another().runtime.runs.get(live.id);
  expect(JSON.stringify(folded)).toBe(JSON.stringify(live));
}

function secretWorld(options: WorldOptions = {}): World {
  return createWorld({ secrets: [OWN], ...options });
}

describe("a planted secret", () => {
  test("in goal, parameters, document and a plan's literals is masked before anything is kept", async () => {
    const inputs: JsonValue[] = [];
    const world = secretWorld({ behaviours: { look: (input) => inputs.push(input) } });
    const request = {
      goal: `Use ${PLANTED}`,
      params: { key: PLANTED },
      documents: [
        { name: "small.md", text: `# Note\n\nIt is ${PLANTED}.` },
        { name: "large.md", text: `# Large\n\n${"words ".repeat(20_000)} ${PLANTED}` },
      ],
    };
    const input = {
      literal: PLANTED,
      goal: { ref: "goal" },
      small: { ref: "documents[0].text" },
      large: { ref: "documents[1].text" },
    };
    const live = await world.apply([{ id: "a", tool: "look", input }], { request });
    const { id, status, output } = live;
    expect([status, output]).toEqual(["completed", { a: 1 }]);
    expectNone(kept(world));
    expectNone(await seen(world, id));
    expectNone(JSON.stringify(inputs));
    expect(JSON.stringify(inputs)).toContain(`It is ${MASKED} and ${MASKED} and ${MASKED}.`);
    await expectFoldsAlike(world, live);
  });

  test("in a tool's output, small or large, is masked for the steps that read it, too", async () => {
    const large = `${"words ".repeat(20_000)} ${PLANTED}`;
    const read: JsonValue[] = [];
    const world = secretWorld({
      behaviours: {
        leak: ({ size }) => ({ text: size === "large" ? large : PLANTED, [`key ${KEY}`]: 1 }),
        look: (input) => read.push(input),
      },
    });
    const live = await world.apply([
      { id: "small", tool: "leak", input: { size: "small" } },
      { id: "large", tool: "leak", input: { size: "large" } },
      { id: "look", tool: "look", input: { small: { ref: "small.text" }, large: { ref: "large.text" } } },
    ]);
    const { id, status } = live;
    expect(status).toBe("completed");
    expectNone(kept(world));
    expectNone(await seen(world, id));
    expectNone(JSON.stringify(read));
    await expectFoldsAlike(world, live);
  });

  test("in what a tool throws is in no error", async () => {
    const world = secretWorld({
      behaviours: {
        broken: () => {
          throw new Error(`Cannot log in with ${PLANTED}`);
        },
      },
    });
    const { id, error } = await world.apply([{ id: "a", tool: "broken", input: {} }]);
    expect(error?.message).toContain(MASKED);
    expectNone(kept(world));
    expectNone(await seen(world, id));
  });

  test("in a model's answer, good or bad, is in no decision", async () => {
    const plan = { kind: "plan", rationale: PLANTED, steps: [{ id: "a", tool: "echo", input: { key: PLANTED } }] };
    const replies = [modelReply({ value: `no plan, but ${PLANTED}` }), modelReply({ value: JSON.stringify(plan) })];
    const world = secretWorld({ model: createScriptedModel(replies) });
    const { id, status, output } = await world.run({ goal: "anything" });
    expect([status, output]).toEqual(["completed", { a: { key: `${MASKED} and ${MASKED} and ${MASKED}` } }]);
    expectNone(kept(world));
    expectNone(await seen(world, id));
  });

  test("in a person's answer is in neither the signal nor the journal", async () => {
    const plans = [
      { kind: "ask", rationale: "unclear", question: "Which?" },
      { kind: "plan", rationale: "now", steps: [], output: { ref: "answers[0]" } },
    ];
    const world = secretWorld({
      model: createScriptedModel(plans.map((plan) => modelReply({ value: JSON.stringify(plan) }))),
    });
    const { id, status } = await world.run({ goal: "ask me" });
    expect(status).toBe("waiting");
    await world.until(world.runtime.runs.answer(id, { text: PLANTED }));
    await world.until(world.runtime.runs.settled(id));
    expectNone(kept(world));
    expectNone(await seen(world, id));
  });

  test("in a dry run is in none of what it tells", async () => {
    const plan = { kind: "plan", rationale: PLANTED, steps: [{ id: "a", tool: "echo", input: { key: PLANTED } }] };
    const world = secretWorld();
    const dryRun = await world.runtime.plan({ goal: PLANTED, plan: plan as unknown as JsonValue });
    expect(dryRun.valid).toBe(true);
    expectNone(JSON.stringify(dryRun));
  });
});

describe("a masker", () => {
  const masker = createMasker({ secrets: [OWN] });

  test("gives what is clean back as it is, whatever its depth", () => {
    let deep: JsonValue = "bottom";
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(masker.json(deep)).toBe(deep);
    const clean = { a: [1, null, { b: "text" }] };
    expect(masker.json(clean)).toBe(clean);
  });

  test("cuts off what is too deep to be gone through, where there is something to mask", () => {
    let deep: JsonValue = KEY;
    for (let level = 0; level < 2_000; level++) deep = [deep];
    const text = JSON.stringify(masker.json(deep));
    expect(text).toContain(MASKED);
    expect(text).not.toContain(KEY);
  });

  test("leaves hashes of our own alone, and nothing else under their names", () => {
    const hash = `sk-${"a".repeat(40)}`;
    expect(masker.json({ inputHash: hash })).toEqual({ inputHash: hash });
    expect(masker.json({ output: hash })).toEqual({ output: MASKED });
    expect(masker.json({ hash: `${KEY} ${OWN}` })).toEqual({ hash: `${MASKED} ${MASKED}` });
  });

  test("does not change a prototype, and masks twice as once", () => {
    const value = JSON.parse(`{"__proto__": {"x": "${KEY}"}, "token": "a"}`) as JsonValue;
    const once = masker.json(value);
    expect(Object.keys(once as object)).toEqual(["__proto__", "token"]);
    expect(JSON.stringify(once)).toBe(`{"__proto__":{"x":"${MASKED}"},"token":"a"}`);
    expect(masker.json(once)).toBe(once);
  });
});
