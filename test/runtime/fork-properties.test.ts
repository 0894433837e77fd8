/** Random runs, forked at every decision: what was completed stays as it was, and is never called again. */
import { describe, expect, it } from "vitest";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import { cutPrefix } from "../../src/journal/cut-prefix.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { wholeHistory } from "../../src/journal/fork-prefix.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { ReadBlob } from "../../src/journal/store.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { Planner } from "../../src/planner/planner.ts";
import { type Call, findCall } from "../../src/run/ledger.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { createWorld, type World } from "../run/run-world.ts";
import { createDice, type Dice, seedOf } from "../simulation/dice.ts";
import { headOf, randomSteps } from "../simulation/random-plan.ts";
import { outputOf } from "../simulation/random-tools.ts";

const FINISH = { kind: "finish", rationale: "r", output: null };

/** Plans at random from what its request says was completed; the fork's seed is another one than its source's. */
function planner(seed: number, proposed: Map<string, Step>): Planner {
  return {
    name: "random",
    visibility: "shape",
    async plan({ n, attempt, run, history }) {
      const dice = createDice(seedOf(seed, run, n, attempt));
      const done = history
        .filter(({ status }) => status === "completed")
        .flatMap(({ step }) => proposed.get(step) ?? []);
      const heads = done.map(headOf);
      if (n >= 5 || attempt > 1) return { raw: FINISH };
      if (n > 1 && dice.chance(0.15)) return { raw: { kind: "ask", rationale: "r", question: "?" } };
      const source = { dice, referable: heads, count: proposed.size, hasDocument: false };
      const steps = randomSteps(source, 5);
      for (const step of steps) {
        if (step.onFailure === "fail") step.onFailure = "skip";
        proposed.set(step.id, step);
      }
      const kept = done.filter(() => dice.chance(0.2));
      const raw = { kind: "plan", rationale: "r", steps: [...kept, ...steps], then: "replan" };
      return { raw: raw as unknown as JsonValue };
    },
  };
}

function worldOf(seed: number, dice: Dice): World {
  const act = (input: JsonObject, context: { step: string; index: number | null }): JsonObject => {
    if (dice.chance(0.15)) throw new Error("no");
    return outputOf(input, context);
  };
  return createWorld({
    planner: planner(seed, new Map()),
    policy: ({ effect }) => ({ outcome: effect === "irreversible" ? "approve" : "allow", rule: "test" }),
    behaviours: { look: act, keep: act, note: act, send: act },
    definitions: {
      keep: { effect: "write", idempotency: "key" },
      note: { effect: "write", idempotency: "none" },
      send: { effect: "irreversible", idempotency: "none" },
    },
  });
}

/** Lets a run go on to its end: every question answered, every approval given. */
async function toTheEnd(world: World, id: string): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    const { status, waiting } = await world.until(world.runtime.runs.settled(id));
    if (status !== "waiting") return;
    const approval = waiting?.approvals[0];
    if (approval !== undefined) await world.until(world.runtime.runs.approve(id, { id: approval.id }));
    else await world.until(world.runtime.runs.answer(id, "so"));
  }
  throw new Error("the run goes on and on");
}

interface Contents {
  entries: readonly JournalEntry[];
  read: ReadBlob;
}

async function contentsOf(world: World, run: string): Promise<Contents> {
  const store = createMemoryStore({ clock: world.clock, data: world.data });
  const { entries, blobs } = await store.read(run);
  return { entries, read: (await loadBlobs(entries, blobs)).read };
}

/** What was completed before decision `n` of the source. */
function completedBefore({ entries, read }: Contents, n: number): Call[] {
  const cut = cutPrefix(wholeHistory(entries, read), n);
  const { ledger } = foldJournal(entries.slice(0, cut?.requested.seq), read);
  const calls = [...ledger.steps.values()].flatMap((step) => [step.call, ...(step.fanOut?.elements ?? [])]);
  return calls.filter(({ status }) => status === "completed");
}

const nameOf = (step: string, index: number | null): string => `${step} ${index ?? ""}`;

/** Forks at one decision, lets the fork come to its end, and gives how many completed calls it kept. */
async function forkAt(world: World, id: string, n: number): Promise<number> {
  const before = completedBefore(await contentsOf(world, id), n);
  const callsBefore = world.calls.length;
  const fork = await world.until(world.runtime.fork(id, { atDecision: n }));
  await toTheEnd(world, fork.id);
  const own = await contentsOf(world, fork.id);
  const { ledger } = foldJournal(own.entries, own.read);
  const called = world.calls.slice(callsBefore).map(({ context }) => nameOf(context.step, context.index));
  for (const call of before) {
    const other = findCall(ledger, { step: call.step.id, index: call.index });
    expect(canonicalJson(other?.output ?? null)).toBe(canonicalJson(call.output));
    expect(other?.outputLabel).toEqual(call.outputLabel);
    expect(called).not.toContain(nameOf(call.step.id, call.index));
  }
  expect(own.entries.map(({ seq }) => seq)).toEqual(own.entries.map((_, place) => place));
  return before.length;
}

describe("a fork of a random run", () => {
  it("keeps every completed output byte for byte at every decision, and calls no finished tool again", async () => {
    let forks = 0;
    let kept = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const world = worldOf(seed, createDice(seed));
      const { id } = await world.runtime.start({ goal: "g" });
      await toTheEnd(world, id);
      const { decisions } = await world.runtime.runs.get(id);
      for (let n = 1; n <= decisions; n++) {
        kept += await forkAt(world, id, n);
        forks += 1;
      }
    }
    expect(forks).toBeGreaterThan(30);
    expect(kept).toBeGreaterThan(100);
  });
});
