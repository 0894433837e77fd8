/** Calls through each adapter and a real socket: what goes away is got over, what does not ends; none waits for ever. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createModelCaller } from "../../src/model/call-model.ts";
import { ModelCallError, type ModelCaller, type ModelReply } from "../../src/model/model.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { KEY, requestOf, WORLDS } from "../model/model-worlds.ts";
import { type ProviderServer, type Reply, SHORT, startProvider } from "../model/provider-server.ts";

const TEXT = SHORT.pieces.join("");
const FINE: Reply = { kind: "stream", script: SHORT };

// Loading an SDK takes longer than these tests are willing to wait for a byte.
beforeAll(async () => {
  await Promise.all([import("@anthropic-ai/sdk"), import("openai")]);
});

describe.each(["anthropic", "openai", "compatible"] as const)("%s", (name) => {
  const { protocol, create } = WORLDS[name];
  let server: ProviderServer;
  let caller: ModelCaller;
  beforeEach(async () => {
    server = await startProvider(protocol);
    const limits = { firstByteMs: 800, idleMs: 800, totalMs: 20_000, retries: 2 };
    caller = createModelCaller(create(server.url), { clock: systemClock, random: { next: () => 0 }, limits });
  });
  afterEach(() => server.close());

  function call(...replies: Reply[]): Promise<ModelReply> {
    server.replies = replies;
    return caller.call(requestOf(), { signal: new AbortController().signal });
  }

  const busy = (status: number, headers: Record<string, string> = {}): Reply => {
    return { kind: "http", status, headers, body: protocol.error("rate_limit_error", "slow down") };
  };
  const faults: [string, Reply][] = [
    ["429 with retry-after", busy(429, { "retry-after": "0.05" })],
    ["429 without", busy(429)],
    ["529", { kind: "http", status: 529, body: protocol.error("overloaded_error", "Overloaded") }],
    ["500", { kind: "http", status: 500, body: "<html><title>Oops</title></html>" }],
    ["silence before the headers", { kind: "silence", after: "request" }],
    ["silence after the headers", { kind: "silence", after: "headers" }],
    ["silence in the middle", { kind: "silence", after: 200 }],
    ["a connection that is reset", { kind: "cut", how: "reset", after: 200, script: SHORT }],
    ["a stream that just ends", { kind: "cut", how: "end", after: 200, script: SHORT }],
  ];

  test.each(faults)("%s is got over by another attempt", async (_, fault) => {
    const reply = await call(fault, FINE);
    expect(reply).toMatchObject({ value: TEXT, usage: { modelCalls: 2 } });
    expect(server.asked).toHaveLength(2);
  });

  test("faults that stay end with their error, and what they used", async () => {
    const after = protocol.stream(SHORT).indexOf("\n\n") + 40;
    const error = await call({ kind: "silence", after }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelCallError);
    expect(error).toMatchObject({ code: "MODEL_TIMEOUT", usage: { modelCalls: 3 } });
    const { inputTokens, outputTokens } = (error as ModelCallError).usage;
    // Told at the start of the stream by one provider; for the others the reservation counts.
    expect([inputTokens / 3, outputTokens / 3]).toEqual(protocol.tellsUsageFirst ? [120, 1] : [211, 1_000]);
    expect(String((error as ModelCallError).stack)).not.toContain(KEY);
  });

  test("an exhausted account is not asked again", async () => {
    const spent = protocol.error("insufficient_quota", "You exceeded your current quota");
    await expect(call({ kind: "http", status: 429, body: spent }, FINE)).rejects.toMatchObject({ code: "MODEL_QUOTA" });
    expect(server.asked).toHaveLength(1);
  });
});
