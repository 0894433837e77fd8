/**
 * Tools that answer what their call alone decides, so that a run that was cut off ends like one that was not; how long
 * they take and which attempts fail is the seed's. They report every call to the referee.
 */

import type { Clock } from "../../src/shared/clock.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { canonicalJson } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Effect, Idempotency, Tool, ToolContext } from "../../src/tool/tool.ts";
import { transient } from "../../src/tool/transient.ts";
import { createDice, seedOf } from "./dice.ts";
import type { Mortal } from "./mortal-process.ts";
import { LARGE_CHARS } from "./random-plan.ts";
import type { Referee } from "./referee.ts";

export interface ToolWorld {
  seed: number;
  referee: Referee;
  mortal: Mortal;
  clock: Clock;
  /** 0: nothing fails; 1: as much as the seed says. */
  trouble: number;
  onCall: () => void;
  /** A call that never ends, and keeps its place. */
  onHang: () => void;
}

const KINDS: [name: string, effect: Effect, idempotency: Idempotency][] = [
  ["look", "read", "pure"],
  ["keep", "write", "key"],
  ["note", "write", "none"],
  ["send", "irreversible", "none"],
];

export function randomTools(world: ToolWorld): Tool[] {
  return KINDS.map(([name, effect, idempotency]) =>
    defineTool({
      name,
      description: `Simulated ${name}.`,
      inputSchema: { type: "object" },
      outputSchema: {},
      effect,
      idempotency,
      derive: "inputs",
      ...(effect === "write"
        ? {
            compensate: ({ context }: { context: ToolContext }) => undo(world, { name, idempotency }, context),
          }
        : {}),
      execute: (input: unknown, context: ToolContext) =>
        act(world, { name, idempotency }, { input: input as JsonObject, context }),
    }),
  );
}

/** What the call gives, whenever it is made. */
export function outputOf(input: JsonObject, context: Pick<ToolContext, "step" | "index">): JsonObject {
  const dice = createDice(seedOf(context.step, context.index, canonicalJson(input)));
  const list: JsonValue[] = Array.from({ length: dice.under(5) }, () => dice.under(10));
  const output = { v: dice.under(100), kind: dice.pick(["low", "high"]), list };
  return dice.chance(0.08) ? { ...output, big: "b".repeat(LARGE_CHARS) } : output;
}

/** Fails now and then, for a while or for good. */
async function undo(
  { seed, referee, mortal, clock, trouble }: ToolWorld,
  { name, idempotency }: { name: string; idempotency: Idempotency },
  context: ToolContext,
): Promise<unknown> {
  if (!mortal.isAlive) return new Promise(() => {});
  referee.toolUndone({ tool: name, idempotency, context, epoch: mortal.epoch });
  const dice = createDice(seedOf(seed, "undo", context.step, context.index));
  await new Promise<void>((resolve) => void clock.setTimer(1 + dice.under(30), resolve));
  if (dice.chance(0.1 * trouble)) throw new Error("it cannot be undone");
  if (dice.chance(0.1 * trouble)) throw transient("busy");
  return null;
}

async function act(
  { seed, referee, mortal, clock, trouble, onCall, onHang }: ToolWorld,
  { name, idempotency }: { name: string; idempotency: Idempotency },
  { input, context }: { input: JsonObject; context: ToolContext },
): Promise<unknown> {
  if (!mortal.isAlive) return new Promise(() => {});
  referee.toolCalled({ tool: name, idempotency, context, input: structuredClone(input), epoch: mortal.epoch });
  onCall();
  if (!mortal.isAlive) return new Promise(() => {});
  const dice = createDice(seedOf(seed, context.step, context.index, context.attempt));
  const lasting = createDice(seedOf(seed, context.step, context.index));
  const ms = dice.under(40);
  const { signal } = context;
  const isDeaf = dice.chance(0.05 * trouble);
  await new Promise<void>((resolve, reject) => {
    if (ms === 0) return resolve();
    clock.setTimer(ms, resolve);
    if (!isDeaf) signal.addEventListener("abort", () => reject(signal.reason));
  });
  if (dice.chance(0.02 * trouble)) {
    onHang();
    await new Promise(() => {});
  }
  if (lasting.chance(0.15 * trouble)) throw new Error(`${context.step} fails for good`);
  if (dice.chance(0.2 * trouble)) throw transient("busy");
  return outputOf(input, context);
}
