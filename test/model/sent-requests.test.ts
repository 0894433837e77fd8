/** What reaches the providers' own addresses: intercepted, since nothing else of these addresses may be reached. */
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createAnthropicModel } from "../../src/model/anthropic-model.ts";
import { createCompatibleModel } from "../../src/model/compatible-model.ts";
import type { Model, ModelRequest } from "../../src/model/model.ts";
import { createOpenAiModel } from "../../src/model/openai-model.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { FORMATS, KEY, PLAN_SCHEMA, requestOf } from "./model-worlds.ts";
import { anthropic, compatible, openai, type Protocol } from "./protocols.ts";
import { SHORT } from "./provider-server.ts";

const server = setupServer();
// The option's old name, onUnhandledRequest, is ignored without a word: then a request goes out.
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  server.resetHandlers();
  vi.unstubAllEnvs();
});
afterAll(() => server.close());

interface Sent {
  url: string;
  headers: Headers;
  body: JsonObject;
}

function listenAt(url: string, protocol: Protocol): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http.post(url, async ({ request }) => {
      sent.push({ url: request.url, headers: request.headers, body: (await request.json()) as JsonObject });
      const stream = protocol.stream({ ...SHORT, usage: { input: 900, cached: 500, written: 200, output: 9 } });
      return new HttpResponse(stream, { headers: { "content-type": "text/event-stream" } });
    }),
  );
  return sent;
}

function ask(model: Model, request: ModelRequest = requestOf()) {
  return model.generate(request, { signal: new AbortController().signal });
}

test("a request that nobody answers is an error, not a request that goes out", async () => {
  // msw says what it refused.
  const said = vi.spyOn(console, "error").mockReturnValue();
  const model = createOpenAiModel({ name: "gpt-6.2-sol", apiKey: KEY });
  await expect(ask(model)).rejects.toMatchObject({ code: "MODEL_UNAVAILABLE" });
  expect(said).toHaveBeenCalledOnce();
  said.mockRestore();
});

describe("Anthropic", () => {
  const create = (name = "claude-sonnet-5-5") => createAnthropicModel({ name, apiKey: KEY });
  const listen = () => listenAt("https://api.anthropic.com/v1/messages", anthropic);

  test("stable parts are marked for the cache, and its tokens are told apart", async () => {
    const sent = listen();
    const { usage } = await ask(
      create(),
      requestOf({
        system: [
          { text: "one", isStable: true },
          { text: "", isStable: true },
        ],
        messages: [
          {
            role: "user",
            parts: [
              { text: "two", isStable: true },
              { text: "three", isStable: true },
            ],
          },
          { role: "assistant", parts: [{ text: "four", isStable: true }] },
          { role: "user", parts: [{ text: "five", isStable: true }, { text: "six" }] },
        ],
      }),
    );
    const { system, messages } = sent[0]?.body ?? {};
    const mark = { cache_control: { type: "ephemeral" } };
    expect(system).toEqual([{ type: "text", text: "one" }]);
    expect(messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "two", ...mark },
          { type: "text", text: "three", ...mark },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "four", ...mark }] },
      {
        role: "user",
        content: [
          { type: "text", text: "five", ...mark },
          { type: "text", text: "six" },
        ],
      },
    ]);
    expect(usage).toEqual({ inputTokens: 900, cachedInputTokens: 500, cacheWriteTokens: 200, outputTokens: 9 });
  });

  test("a schema is a format beside the effort that a parameter sets", async () => {
    const sent = listen();
    await ask(create(), requestOf({ format: FORMATS.schema, parameters: { output_config: { effort: "low" } } }));
    expect(sent[0]?.body).toMatchObject({
      model: "claude-sonnet-5-5",
      max_tokens: 1_000,
      stream: true,
      output_config: { effort: "low", format: { type: "json_schema", schema: PLAN_SCHEMA } },
    });
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  });

  test.each([
    ["claude-haiku-4-5", { type: "tool", name: "submit_plan", disable_parallel_tool_use: true }],
    ["claude-opus-5-5", { type: "auto", disable_parallel_tool_use: true }],
    ["claude-next-9", { type: "auto", disable_parallel_tool_use: true }],
  ])("%s gets one tool, forced only where the model takes that", async (name, choice) => {
    const sent = listen();
    await ask(create(name), requestOf({ format: FORMATS.tool }));
    expect(sent[0]?.body).toMatchObject({
      tools: [{ name: "submit_plan", description: "Takes the plan.", input_schema: PLAN_SCHEMA }],
      tool_choice: choice,
    });
  });

  test("neither keys nor addresses of the environment replace what was given", async () => {
    vi.stubEnv("ANTHROPIC_BASE_URL", "https://elsewhere.test");
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-other");
    vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "other-token");
    const sent = listen();
    await ask(create());
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  });

  test("a broken event prints nothing", async () => {
    const printed = vi.spyOn(console, "error").mockReturnValue();
    server.use(
      http.post("https://api.anthropic.com/v1/messages", () => {
        return new HttpResponse("event: message_start\ndata: {oops\n\n", {
          headers: { "content-type": "text/event-stream" },
        });
      }),
    );
    await expect(ask(create())).rejects.toThrow();
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });
});

describe("OpenAI", () => {
  const create = () => createOpenAiModel({ name: "gpt-6.2-sol", apiKey: KEY });
  const listen = () => listenAt("https://api.openai.com/v1/responses", openai);

  test("a schema is strict, nothing is stored, and cached tokens are told apart", async () => {
    const sent = listen();
    const { usage, raw } = await ask(create(), requestOf({ format: FORMATS.schema }));
    expect(sent[0]?.body).toEqual({
      model: "gpt-6.2-sol",
      store: false,
      stream: true,
      stream_options: { include_obfuscation: false },
      max_output_tokens: 1_000,
      instructions: "You plan.\n\n",
      input: [{ role: "user", content: "Plan this." }],
      text: { format: { type: "json_schema", name: "plan", schema: PLAN_SCHEMA, strict: true } },
    });
    expect(usage).toEqual({ inputTokens: 900, cachedInputTokens: 500, cacheWriteTokens: 200, outputTokens: 9 });
    expect(raw).not.toHaveProperty("instructions");
  });

  test("a tool is one function that must be called", async () => {
    const sent = listen();
    await ask(create(), requestOf({ format: FORMATS.tool }));
    expect(sent[0]?.body).toMatchObject({
      tools: [{ type: "function", name: "submit_plan", parameters: PLAN_SCHEMA, strict: false }],
      tool_choice: { type: "function", name: "submit_plan" },
    });
  });
});

describe("a compatible server", () => {
  const url = "http://127.0.0.1:11434/v1";
  const listen = () => listenAt(`${url}/chat/completions`, compatible);

  test("gets a response format, a tool, and asks for the usage", async () => {
    const sent = listen();
    const model = createCompatibleModel({ name: "local-1", baseUrl: url });
    await ask(model, requestOf({ format: FORMATS.schema }));
    await ask(model, requestOf({ format: FORMATS.tool }));
    expect(sent[0]?.body).toMatchObject({
      model: "local-1",
      max_tokens: 1_000,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "You plan.\n\n" },
        { role: "user", content: "Plan this." },
      ],
      response_format: { type: "json_schema", json_schema: { name: "plan", schema: PLAN_SCHEMA, strict: true } },
    });
    expect(sent[1]?.body).toMatchObject({ tool_choice: { type: "function", function: { name: "submit_plan" } } });
  });

  test("gets nothing that is meant for OpenAI", async () => {
    vi.stubEnv("OPENAI_API_KEY", KEY);
    vi.stubEnv("OPENAI_ADMIN_KEY", `admin-${KEY}`);
    vi.stubEnv("OPENAI_ORG_ID", "org-secret");
    vi.stubEnv("OPENAI_PROJECT_ID", "project-secret");
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", "x-secret: custom-secret");
    const sent = listen();
    await ask(createCompatibleModel({ name: "local-1", baseUrl: url }));
    await ask(createCompatibleModel({ name: "local-1", baseUrl: url, apiKey: "own-key" }));
    const [without, withKey] = sent.map(({ headers }) => Object.fromEntries(headers));
    const names = Object.keys(without ?? {}).join(" ");
    expect(names).not.toMatch(/authorization|openai|stainless|x-/);
    expect(withKey).toMatchObject({ authorization: "Bearer own-key" });
    expect(JSON.stringify([without, withKey])).not.toContain("secret");
  });
});
