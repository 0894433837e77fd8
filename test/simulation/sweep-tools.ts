/** Tools and a planner that behave the same in every play of a scene, whichever process calls them. */
import type { Planner } from "../../src/planner/planner.ts";
import type { Clock } from "../../src/shared/clock.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Effect, Idempotency, Tool, ToolContext } from "../../src/tool/tool.ts";
import { transient } from "../../src/tool/transient.ts";
import { LARGE_CHARS } from "./random-plan.ts";
import type { Referee } from "./referee.ts";
import type { Surroundings } from "./simulated-world.ts";

type Kind = [name: string, effect: Effect, idempotency: Idempotency];
const KINDS: readonly Kind[] = [
  ["look", "read", "pure"],
  ["keep", "write", "key"],
  ["note", "write", "none"],
  ["send", "irreversible", "none"],
  ["slow", "write", "key"],
  ["large", "read", "key"],
  ["flaky", "write", "key"],
  ["fail", "read", "pure"],
  ["odd", "read", "pure"],
  ["sulk", "write", "key"],
];

/** `counts`: calls so far, by step and index; what flaky tools count. */
export function sweepTools(
  { referee, counts }: { referee: Referee; counts: Map<string, number> },
  { mortal, clock }: Surroundings,
): Tool[] {
  return KINDS.map(([name, effect, idempotency]) =>
    defineTool({
      name,
      description: `Sweep ${name}.`,
      inputSchema: { type: "object" },
      outputSchema: {},
      effect,
      idempotency,
      derive: "inputs",
      ...(effect === "write"
        ? {
            async compensate({ context }: { context: ToolContext }): Promise<unknown> {
              if (!mortal.isAlive) return new Promise(() => {});
              referee.toolUndone({ tool: name, idempotency, context, epoch: mortal.epoch });
              await wait(clock, { ms: 5, signal: context.signal });
              return null;
            },
          }
        : {}),
      async execute(input: unknown, context: ToolContext): Promise<unknown> {
        if (!mortal.isAlive) return new Promise(() => {});
        const given = structuredClone(input) as JsonValue;
        referee.toolCalled({ tool: name, idempotency, context, input: given, epoch: mortal.epoch });
        await wait(clock, { ms: name === "slow" ? 1_000 : 5, signal: context.signal });
        return behave(counts, name, context);
      },
    }),
  );
}

export function sweepPlanner(
  { referee, decisions, isModel }: { referee: Referee; decisions: readonly JsonValue[]; isModel: boolean },
  { mortal, clock }: Surroundings,
): Planner {
  return {
    name: "scene",
    visibility: "shape",
    ...(isModel ? { reserve: () => RESERVED } : {}),
    async plan(request, { signal, onStep }) {
      if (!mortal.isAlive) return new Promise(() => {});
      referee.plannerCalled(request.n, request.attempt, mortal.epoch);
      const raw = decisions[request.n + request.attempt - 2] ?? null;
      if (!isModel) {
        await wait(clock, { ms: 5, signal });
        return { raw };
      }
      for (const step of stepsOf(raw)) {
        await wait(clock, { ms: 5, signal });
        onStep?.(step);
      }
      return { raw, usage: { inputTokens: 60, outputTokens: 20, modelCalls: 1 } };
    },
  };
}

/** What a scene's model may use for one answer. */
const RESERVED = { tokens: 100, costUsd: 0.01 };

function stepsOf(decision: JsonValue): JsonValue[] {
  return isJsonObject(decision) && Array.isArray(decision.steps) ? decision.steps : [];
}

export function outputOf(step: string, index: number | null): JsonObject {
  return { v: `${step} ${index ?? ""}` };
}

function wait(clock: Clock, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    clock.setTimer(ms, resolve);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function behave(counts: Map<string, number>, name: string, { step, index }: ToolContext): JsonObject {
  const key = `${step} ${index}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  if (name === "fail") throw new Error("no");
  if (name === "odd" && index !== null && index % 2 === 1) throw new Error("odd");
  if (name === "sulk" && index === 1 && count === 1) throw new Error("not yet");
  if (name === "flaky" && count <= 2) throw transient("busy");
  if (name === "large") return { ...outputOf(step, index), text: "large ".repeat(LARGE_CHARS / 6) };
  return outputOf(step, index);
}
