import { describe, expect, test } from "vitest";
import type { PlanwrightError } from "../../src/error/planwright-error.ts";
import { defaultModel, openModel } from "../../src/model/open-model.ts";
import { priceOf } from "../../src/model/price-table.ts";
import { answers, attemptScript } from "./attempt-script.ts";
import { KEY, requestOf } from "./model-worlds.ts";

const ENV = { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY, PLANWRIGHT_API_KEY: KEY };

async function failure(spec: string, env: Record<string, string>): Promise<PlanwrightError> {
  return openModel(spec, { env }).then(
    () => Promise.reject(new Error("a model was opened")),
    (thrown: unknown) => thrown as PlanwrightError,
  );
}

/** The address and the headers of the one request that a model makes. */
async function requestBy(spec: string, env: Record<string, string>): Promise<{ url: string; headers: Headers }> {
  let seen: { url: string; headers: Headers } | null = null;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen = { url: String(input), headers: new Headers(init?.headers) };
    return new Response("{}", { status: 400 });
  };
  const model = await openModel(spec, { env, fetch });
  await model.generate(requestOf(), { signal: new AbortController().signal }).catch(() => null);
  return seen!;
}

describe("openModel", () => {
  test.each([
    ["anthropic:claude-sonnet-5-5", "anthropic", "anthropic:claude-sonnet-5-5"],
    ["openai:gpt-6.2-sol", "openai", "openai:gpt-6.2-sol"],
    ["compatible:llama3.3@http://127.0.0.1:11434/v1", "compatible", "compatible:llama3.3"],
    ["compatible:org/name@tag@https://models.test/v1", "compatible", "compatible:org/name@tag"],
  ])("%s", async (spec, provider, name) => {
    const model = await openModel(spec, { env: ENV });
    expect(model).toMatchObject({ provider, name, price: priceOf(name) });
  });

  test("a model goes to the address that its variable names, with its key", async () => {
    const anthropic = await requestBy("anthropic:x", { ...ENV, ANTHROPIC_BASE_URL: "https://a.test/api" });
    const openai = await requestBy("openai:x", { ...ENV, OPENAI_BASE_URL: "https://o.test/v1" });
    const compatible = await requestBy("compatible:x@https://c.test/v1", ENV);
    expect([anthropic.url, openai.url, compatible.url]).toEqual([
      "https://a.test/api/v1/messages",
      "https://o.test/v1/responses",
      "https://c.test/v1/chat/completions",
    ]);
    for (const { headers } of [anthropic, openai, compatible])
      expect(headers.get("authorization")).toBe(`Bearer ${KEY}`);
  });

  test("a compatible server without a key gets none, whatever other keys there are", async () => {
    const { headers } = await requestBy("compatible:x@http://c.test/v1", {
      OPENAI_API_KEY: KEY,
      PLANWRIGHT_API_KEY: " ",
    });
    expect(headers.has("authorization")).toBe(false);
  });

  test("prices of the configuration hold", async () => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const prices = { "compatible:llama3.3": price };
    expect((await openModel("compatible:llama3.3@http://c.test/v1", { env: {}, prices })).price).toBe(price);
  });

  test("a cassette is opened by whoever can", async () => {
    const model = attemptScript([answers()]);
    const files: string[] = [];
    const openCassette = (file: string) => {
      files.push(file);
      return model;
    };
    expect(await openModel("cassette:./a:b.jsonl", { env: {}, openCassette })).toBe(model);
    expect(files).toEqual(["./a:b.jsonl"]);
    await expect(openModel("cassette:./a.jsonl", { env: {} })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test.each([
    ["anthropic:claude-sonnet-5-5", {}, "ANTHROPIC_API_KEY"],
    ["openai:gpt-6.2-sol", { OPENAI_API_KEY: "" }, "OPENAI_API_KEY"],
    ["anthropic:x", { ANTHROPIC_API_KEY: "two\nlines" }, "ANTHROPIC_API_KEY"],
    ["compatible:x@http://c.test", { PLANWRIGHT_API_KEY: "two words" }, "PLANWRIGHT_API_KEY"],
    ["openai:x", { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: "not a url" }, "OPENAI_BASE_URL"],
    ["anthropic:x", { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: "file:///etc" }, "ANTHROPIC_BASE_URL"],
    ["compatible:x", {}, "compatible:NAME@URL"],
    ["compatible:x@ftp://c.test", {}, "compatible:NAME@URL"],
    ["compatible:@http://c.test", {}, "compatible:NAME@URL"],
    ["gemini:x", {}, "openai:NAME"],
    ["anthropic:", {}, "anthropic:NAME"],
    ["", {}, "anthropic:NAME"],
  ] as [string, Record<string, string>, string][])(
    "%s with %o is refused, and the hint says what is missing",
    async (spec, env, hint) => {
      const error = await failure(spec, env);
      expect([error.code, error.hint]).toEqual(["CONFIG_INVALID", expect.stringContaining(hint)]);
    },
  );

  test("a name or password in an address is refused, and not repeated", async () => {
    for (const spec of ["compatible:x@http://me:pass-word@c.test/v1", "compatible:x@ftp://me:pass-word@c.test/v1"]) {
      const error = await failure(spec, {});
      expect(`${error.message} ${error.hint}`).not.toContain("pass-word");
    }
  });
});

describe("defaultModel", () => {
  test("Anthropic's key comes first, and the other is said to stay unused", () => {
    expect(defaultModel(ENV)).toEqual({
      spec: "anthropic:claude-sonnet-5-5",
      why: "ANTHROPIC_API_KEY is set; OPENAI_API_KEY is set too and stays unused",
    });
  });

  test("one key picks its model; none, or one that names no server, picks nothing", () => {
    expect(defaultModel({ OPENAI_API_KEY: KEY })).toEqual({ spec: "openai:gpt-6.2-sol", why: "OPENAI_API_KEY is set" });
    expect(defaultModel({ ANTHROPIC_API_KEY: "", PLANWRIGHT_API_KEY: KEY })).toBeNull();
  });

  test("what it picks can be opened, and its price is known", async () => {
    for (const key of ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]) {
      const choice = defaultModel({ [key]: KEY });
      expect((await openModel(choice!.spec, { env: ENV })).price).not.toBeNull();
    }
  });
});
