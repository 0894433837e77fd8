/**
 * What every adapter of a provider must keep (src/model/model.ts): one attempt, complete or a ModelError. A new adapter's
 * test file is five lines: its world (a server that stands in for the provider) and this call.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AttemptOptions, type Model, ModelError, type ModelRequest } from "../../src/model/model.ts";
import { FORMATS, KEY, type ModelWorld, requestOf } from "../model/model-worlds.ts";
import { type ProviderServer, type Reply, SHORT, startProvider } from "../model/provider-server.ts";

const TEXT = SHORT.pieces.join("");
const PLAN = { pieces: ['{"goal":', '"x"}'] };

let server: ProviderServer;
let model: Model;

async function answer(request: ModelRequest = requestOf(), options: Partial<AttemptOptions> = {}) {
  return model.generate(request, { signal: new AbortController().signal, ...options });
}

async function failure(options: Partial<AttemptOptions> = {}): Promise<ModelError> {
  const thrown = await answer(requestOf(), options).then(
    () => new Error("an answer came"),
    (error: unknown) => error,
  );
  if (!(thrown instanceof ModelError)) throw thrown;
  return thrown;
}

export function describeModel(name: string, { protocol, create }: ModelWorld): void {
  beforeEach(async () => {
    server = await startProvider(protocol);
    model = create(server.url);
  });
  afterEach(() => server.close());
  const reply = (...replies: Reply[]): void => {
    server.replies = replies;
  };

  describe(`${name}: answers`, () => answerTests(reply));
  describe(`${name}: failures`, () => failureTests(reply, { protocol, create }));
  describe(`${name}: cancelling`, () => cancelTests(reply));
}

type SetReply = (...replies: Reply[]) => void;

function answerTests(reply: SetReply): void {
  test("a stream is put together, and its pieces are the answer", async () => {
    reply({ kind: "stream", script: { ...SHORT, usage: { input: 500, cached: 300, output: 7 } } });
    const pieces: string[] = [];
    const got = await answer(requestOf(), { onText: (piece) => pieces.push(piece) });
    expect(got.value).toBe(TEXT);
    expect(pieces.join("")).toBe(TEXT);
    expect(got.usage).toMatchObject({ inputTokens: 500, cachedInputTokens: 300, outputTokens: 7 });
    expect(got.model).toMatch(/test-1$/);
    expect(server.asked).toHaveLength(1);
  });

  test("a whole JSON answer to a server that does not stream is the same answer", async () => {
    reply({ kind: "whole", script: SHORT });
    const pieces: string[] = [];
    const got = await answer(requestOf(), { onText: (piece) => pieces.push(piece) });
    expect([got.value, pieces.join(""), got.usage.inputTokens]).toEqual([TEXT, TEXT, 120]);
  });

  test.each(["stream", "whole"] as const)("a tool's arguments are the answer (%s)", async (kind) => {
    reply({ kind, script: { ...PLAN, tool: "submit_plan" } });
    const pieces: string[] = [];
    const got = await answer(requestOf({ format: FORMATS.tool }), { onText: (piece) => pieces.push(piece) });
    expect([got.value, pieces.join("")]).toEqual(['{"goal":"x"}', '{"goal":"x"}']);
    expect(JSON.stringify(server.asked[0]?.body)).toContain("submit_plan");
  });

  test("what does not fit the schema is passed through as it came", async () => {
    reply({ kind: "stream", script: { pieces: ["not ", "JSON"] } });
    expect((await answer(requestOf({ format: FORMATS.schema }))).value).toBe("not JSON");
    expect(JSON.stringify(server.asked[0]?.body)).toContain('"json_schema"');
  });

  test("text where a tool call was asked for is the answer", async () => {
    reply({ kind: "stream", script: PLAN });
    expect((await answer(requestOf({ format: FORMATS.tool }))).value).toBe('{"goal":"x"}');
  });

  test("parameters reach the provider, but override nothing that is set here", async () => {
    reply({ kind: "stream", script: SHORT });
    await answer(requestOf({ parameters: { temperature: 0.2, model: "another", stream: false } }));
    expect(server.asked[0]?.body).toMatchObject({ temperature: 0.2, stream: true });
    expect(server.asked[0]?.body["model"]).not.toBe("another");
  });

  test("every chunk is a sign of life", async () => {
    reply({ kind: "stream", script: SHORT });
    let signs = 0;
    await answer(requestOf(), { onActivity: () => (signs += 1) });
    expect(signs).toBeGreaterThan(1);
  });
}

function failureTests(reply: SetReply, { protocol, create }: ModelWorld): void {
  test.each([
    ["truncated", "MODEL_TRUNCATED"],
    ["refused", "MODEL_REFUSED"],
  ] as const)("an answer that is %s is no answer", async (end, code) => {
    for (const kind of ["stream", "whole"] as const) {
      reply({ kind, script: { ...SHORT, end } });
      const error = await failure();
      expect([error.code, error.usage?.outputTokens]).toEqual([code, 40]);
    }
  });

  test("an empty answer is a bad response that was paid for", async () => {
    reply({ kind: "stream", script: { pieces: [" "] } });
    expect(await failure()).toMatchObject({ code: "MODEL_BAD_RESPONSE", usage: { inputTokens: 120 } });
  });

  test.each([
    [400, "invalid_request_error", "temperature is out of range", "MODEL_BAD_REQUEST"],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens", "MODEL_CONTEXT_OVERFLOW"],
    [401, "authentication_error", "invalid key", "MODEL_AUTH"],
    [402, "billing_error", "payment required", "MODEL_QUOTA"],
    [403, "permission_error", "not yours", "MODEL_AUTH"],
    [404, "not_found_error", "model: nothing", "MODEL_BAD_REQUEST"],
    [413, "request_too_large", "too many bytes", "MODEL_CONTEXT_OVERFLOW"],
    [429, "rate_limit_error", "slow down", "MODEL_RATE_LIMITED"],
    [429, "insufficient_quota", "You exceeded your current quota", "MODEL_QUOTA"],
    [500, "api_error", "oops", "MODEL_UNAVAILABLE"],
    [503, "server_error", "busy", "MODEL_OVERLOADED"],
    [529, "overloaded_error", "Overloaded", "MODEL_OVERLOADED"],
  ])("status %i %s (%s) is %s, and costs nothing", async (...[status, kind, message, code]) => {
    reply({ kind: "http", status, body: protocol.error(kind, message) });
    const error = await failure();
    expect(error).toMatchObject({ code, usage: { inputTokens: 0, outputTokens: 0 } });
    expect(error.message).toContain(message);
    expect(server.asked).toHaveLength(1);
  });

  test("the provider's wish to wait is kept", async () => {
    const date = { date: "Sat, 28 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 28 Nov 2026 10:00:07 GMT" };
    for (const [headers, ms] of [
      [{ "retry-after": "2.5" }, 2_500],
      [{ "retry-after-ms": "90", "retry-after": "1" }, 90],
      [date, 7_000],
      [{ "retry-after": "soon" }, null],
      [{}, null],
    ] as [Record<string, string>, number | null][]) {
      reply({ kind: "http", status: 429, headers, body: protocol.error("rate_limit_error", "slow down") });
      expect((await failure()).retryAfterMs).toBe(ms);
    }
  });

  test("a page in place of an answer, or of an error, is said to be one", async () => {
    const page = "<html><head><title>Sign in</title></head></html>";
    reply({ kind: "http", status: 200, headers: { "content-type": "text/html" }, body: page });
    expect(await failure()).toMatchObject({ code: "MODEL_BAD_RESPONSE" });
    reply({ kind: "http", status: 502, headers: { "content-type": "text/html" }, body: page });
    expect(await failure()).toMatchObject({ code: "MODEL_UNAVAILABLE", message: expect.stringContaining("Sign in") });
  });

  test("JSON that is none, or half of one, is told apart", async () => {
    const headers = { "content-type": "application/json" };
    reply({ kind: "http", status: 200, headers, body: "oops" });
    expect((await failure()).code).toBe("MODEL_BAD_RESPONSE");
    reply({ kind: "http", status: 200, headers, body: '{"id": "x", "cont' });
    expect((await failure()).code).toBe("MODEL_STREAM_BROKEN");
  });

  test("an error in a 200 is an error", async () => {
    reply({ kind: "http", status: 200, body: protocol.error("rate_limit_error", "slow down") });
    expect((await failure()).code).toBe("MODEL_RATE_LIMITED");
  });

  test.each([
    ["overloaded_error", "MODEL_OVERLOADED"],
    ["rate_limit_exceeded", "MODEL_RATE_LIMITED"],
    ["server_error", "MODEL_UNAVAILABLE"],
  ])("%s in the middle of a stream is %s", async (kind, code) => {
    const after = protocol.stream(SHORT).indexOf("\n\n") + 2;
    reply({ kind: "broken-off", script: SHORT, after, event: protocol.errorEvent(kind, "in the middle") });
    const error = await failure();
    expect([error.code, error.message]).toEqual([code, expect.stringContaining("in the middle")]);
    expect(error.usage?.inputTokens).toBe(protocol.tellsUsageFirst ? 120 : undefined);
  });

  test.each([
    ["end", 0],
    ["end", 200],
    ["reset", 0],
    ["reset", 200],
  ] as const)("a stream that ends with a %s after %i bytes is broken", async (how, after) => {
    reply({ kind: "cut", how, after, script: SHORT });
    expect((await failure()).code).toBe("MODEL_STREAM_BROKEN");
  });

  test("an event that is not JSON is a bad response", async () => {
    const after = protocol.stream(SHORT).indexOf("\n\n") + 2;
    const event = `event: message_start\ndata: {oops\n\n${protocol.stream(SHORT)}`;
    reply({ kind: "broken-off", script: SHORT, after, event });
    expect((await failure()).code).toMatch(/MODEL_BAD_RESPONSE|MODEL_STREAM_BROKEN/);
  });

  test("nobody at the address is an unavailable provider that was not paid", async () => {
    const { url } = server;
    await server.close();
    model = create(url);
    expect(await failure()).toMatchObject({ code: "MODEL_UNAVAILABLE", usage: { inputTokens: 0 } });
  });

  test("a redirect is not followed: key and prompt go to the configured address only", async () => {
    reply({ kind: "http", status: 307, headers: { location: `${server.url}/elsewhere` } });
    expect((await failure()).code).toBe("MODEL_BAD_RESPONSE");
    expect(server.asked).toHaveLength(1);
  });

  test("the key is in no error, however the provider repeats it", async () => {
    const echo = `Incorrect API key provided: ${KEY}. Authorization: Bearer ${KEY}`;
    for (const status of [400, 401, 429, 500]) {
      reply({ kind: "http", status, headers: { "x-echo": KEY }, body: protocol.error("authentication_error", echo) });
      expect(everythingOf(await failure())).not.toContain(KEY);
    }
    reply({ kind: "broken-off", script: SHORT, after: 0, event: protocol.errorEvent("server_error", echo) });
    expect(everythingOf(await failure())).not.toContain(KEY);
    reply({ kind: "stream", script: { pieces: ["I am "], usage: { input: 1, output: 1 } } });
    expect(JSON.stringify(await answer())).not.toContain(KEY);
    expect(JSON.stringify(server.asked[0]?.headers)).toContain(KEY);
  });

  test("the key is not in the error where it makes an impossible header", async () => {
    model = create(server.url, { key: `${KEY}\n${KEY}` });
    const error = await failure();
    expect(error).toMatchObject({ code: "MODEL_BAD_REQUEST", usage: { inputTokens: 0 } });
    expect(everythingOf(error)).not.toContain(KEY);
    expect(server.asked).toHaveLength(0);
  });
}

/** All that an error holds, however deep. */
function everythingOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 9) return String(JSON.stringify(error));
  const fields = Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)] as const);
  return fields.map(([name, value]) => `${name}: ${everythingOf(value, depth + 1)}`).join("\n");
}

function cancelTests(reply: SetReply): void {
  test.each(["request", "headers", 150] as const)(
    "an abort during silence after %s closes the socket",
    async (after) => {
      reply({ kind: "silence", after });
      const controller = new AbortController();
      const call = failure({ signal: controller.signal });
      await until(() => server.asked.length === 1);
      controller.abort();
      expect((await call).code).toBe("CANCELLED");
      await until(() => server.hangUps === 1);
    },
  );

  test("an abort with a reason of ours fails with that reason", async () => {
    reply({ kind: "silence", after: "headers" });
    const controller = new AbortController();
    const call = failure({ signal: controller.signal });
    await until(() => server.asked.length === 1);
    controller.abort(new ModelError("MODEL_TIMEOUT", "too slow"));
    expect(await call).toMatchObject({ code: "MODEL_TIMEOUT", message: "too slow" });
  });

  test("nothing is asked once the signal has fired", async () => {
    const error = await failure({ signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: "CANCELLED", usage: { inputTokens: 0 } });
    expect(server.asked).toHaveLength(0);
  });
}

/** Real sockets take their time; the test's own limit ends what never happens. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
}
