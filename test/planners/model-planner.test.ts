import { describe, expect, test } from "vitest";
import { createModelPlanner, type ModelPlannerOptions } from "../../planners/model-planner.ts";
import { ModelCallError } from "../../src/model/model.ts";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { createPromptLibrary } from "../../src/prompt/prompt-library.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { prompt } from "../prompt/prompt-text.ts";
import { digest, planningRequest } from "./fixtures/planning-request.ts";
import { callError, plainDialect, plainDialects, scriptedCaller, USAGE } from "./fixtures/scripted-caller.ts";
import { TEXT_TOOLS } from "./fixtures/text-tools.ts";

const DONE = JSON.stringify({ kind: "finish", rationale: "Known.", output: 1 });
const signal = new AbortController().signal;
const request = planningRequest("Sum it up", TEXT_TOOLS, {
  visibility: "preview",
  documents: [{ ...digest(), preview: "The harbour was closed. ".repeat(20) }],
});

function planner(caller: ModelPlannerOptions["caller"], rest: Partial<ModelPlannerOptions> = {}) {
  return createModelPlanner({ caller, prompts: loadPrompts(), dialects: plainDialects(), ...rest });
}

async function failure(planning: Promise<unknown>): Promise<ModelCallError> {
  const thrown = await planning.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ModelCallError);
  return thrown as ModelCallError;
}

describe("a model's answer", () => {
  test("becomes a proposal that tells model, dialect, prompt, usage and cost", async () => {
    const caller = scriptedCaller([DONE]);
    const { hash } = loadPrompts().get("planning@1");
    expect(await planner(caller).plan(request, { signal })).toEqual({
      raw: { kind: "finish", rationale: "Known.", output: 1 },
      answer: DONE,
      issues: [],
      usage: USAGE,
      costUsd: 0.01,
      model: "scripted:test",
      dialect: "variants",
      prompt: { name: "planning", version: 1, hash },
      considered: [],
    });
    expect(caller.calls[0]?.options).toEqual({ signal });
  });

  test("that holds no JSON comes with the finding, in the model's own words", async () => {
    const proposal = await planner(scriptedCaller(["I'd rather not."])).plan(request, { signal });
    expect(proposal).toMatchObject({ raw: null, answer: "I'd rather not.", issues: [{ code: "PLAN_NOT_JSON" }] });
  });

  test("is marked with the prompt that drove the try", async () => {
    const asked = planner(scriptedCaller([DONE, DONE, DONE]));
    const names = [];
    for (const [n, attempt] of [
      [1, 1],
      [2, 1],
      [2, 2],
    ] as const) {
      names.push((await asked.plan({ ...request, n, attempt }, { signal })).prompt?.name);
    }
    expect(names).toEqual(["planning", "replanning", "repair"]);
  });

  test("is asked for with the limits, parameters and trial of the planner", async () => {
    const caller = scriptedCaller([DONE, DONE]);
    await planner(caller, { maxOutputTokens: 50, parameters: { temperature: 0 }, trial: 3 }).plan(request, { signal });
    expect(caller.calls[0]).toMatchObject({
      request: { maxOutputTokens: 50, parameters: { temperature: 0 } },
      options: { trial: 3 },
    });
    await planner(caller, { maxOutputTokens: 99_999 }).plan(request, { signal });
    expect(caller.calls[1]?.request.maxOutputTokens).toBe(16_000);
  });
});

describe("what a call may use", () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 10 };

  test("is reserved by the request's length and what is left", () => {
    const caller = scriptedCaller([], { price });
    const reserved = planner(caller).reserve?.(request, { tokens: 100_000, costUsd: 1 });
    expect(reserved?.tokens).toBeGreaterThan(8_192 + 1_000);
    expect(reserved?.tokens).toBeLessThan(8_192 + 10_000);
    expect(reserved?.costUsd).toBeGreaterThan(0.08192);
    expect(planner(caller).reserve?.(request, { tokens: 500, costUsd: 1 })).toBeNull();
    expect(planner(caller).reserve?.(request, { tokens: 100_000, costUsd: 0.000_1 })).toBeNull();
  });

  test("has no cost where the price is unknown", () => {
    expect(planner(scriptedCaller([])).reserve?.(request, { tokens: 100_000, costUsd: 1 })?.costUsd).toBeNull();
  });

  test("shrinks with every call", async () => {
    const caller = scriptedCaller([callError("MODEL_BAD_REQUEST", "compiled grammar is too large"), DONE]);
    await planner(caller).plan(request, { signal, allowance: { tokens: 1_000, costUsd: 0.5 } });
    const allowances = caller.calls.map(({ options }) => options.allowance);
    expect(allowances).toEqual([
      { tokens: 1_000, costUsd: 0.5 },
      { tokens: 900, costUsd: 0.499 },
    ]);
  });
});

describe("a schema that the provider refuses", () => {
  const refused = () => callError("MODEL_BAD_REQUEST", "Invalid schema for response_format 'decision'");

  test("makes it ask in the next dialect, and adds up what both used", async () => {
    const caller = scriptedCaller([refused(), refused(), DONE]);
    const proposal = await planner(caller).plan(request, { signal });
    expect(proposal).toMatchObject({ dialect: "text", usage: { inputTokens: 300, outputTokens: 10, modelCalls: 3 } });
    expect(proposal.costUsd).toBeCloseTo(0.012, 10);
    const formats = caller.calls.map(({ request: { format } }) =>
      format.kind === "schema" ? format.schema.title : "text",
    );
    expect(formats).toEqual(["variants", "entries", "text"]);
    const systems = caller.calls.map(({ request: { system } }) => system[1]?.text);
    expect(systems[1]).toContain("written as entries");
  });

  test("is remembered: the next request starts where the last one was taken", async () => {
    const caller = scriptedCaller([refused(), DONE, DONE]);
    const asked = planner(caller);
    await asked.plan(request, { signal });
    expect(await asked.plan({ ...request, n: 2 }, { signal })).toMatchObject({ dialect: "entries" });
    expect(caller.calls).toHaveLength(3);
  });

  test("is remembered for that schema alone", async () => {
    const caller = scriptedCaller([refused(), DONE, DONE]);
    let hash = "sha256:one";
    const dialects = {
      ...plainDialects(),
      chooseDialects: () => ({ dialects: [plainDialect("entries", { schemaHash: hash }), plainDialect("text")] }),
    };
    const asked = planner(caller, { dialects });
    expect(await asked.plan(request, { signal })).toMatchObject({ dialect: "text" });
    hash = "sha256:two";
    const other = { ...request, outputSchema: { type: "string" } };
    expect(await asked.plan(other, { signal })).toMatchObject({ dialect: "entries" });
  });

  test("in every dialect ends in that error, with the usage of all calls", async () => {
    const caller = scriptedCaller([refused(), refused(), refused()]);
    const error = await failure(planner(caller).plan(request, { signal }));
    expect(error).toMatchObject({
      code: "MODEL_BAD_REQUEST",
      hint: "Do this.",
      usage: { inputTokens: 300, modelCalls: 3 },
    });
    expect(error.costUsd).toBeCloseTo(0.003, 10);
  });

  test("in every dialect, text too, was not the reason: nothing is remembered", async () => {
    const caller = scriptedCaller([refused(), refused(), refused(), DONE]);
    const asked = planner(caller);
    await failure(asked.plan(request, { signal }));
    expect(await asked.plan(request, { signal })).toMatchObject({ dialect: "variants" });
  });

  test("is told from other refused requests by its words, or by a predicate of one's own", async () => {
    const other = callError("MODEL_BAD_REQUEST", "temperature must be at most 1");
    expect((await failure(planner(scriptedCaller([other])).plan(request, { signal }))).message).toContain(
      "temperature",
    );
    const caller = scriptedCaller([other, DONE]);
    await planner(caller, { isSchemaRejection: ({ message }) => message.includes("temperature") }).plan(request, {
      signal,
    });
    expect(caller.calls).toHaveLength(2);
  });
});

describe("a request that is too long", () => {
  const tooLong = () => callError("MODEL_CONTEXT_OVERFLOW", "prompt is too long");
  const lengthOf = (caller: ReturnType<typeof scriptedCaller>, call: number) =>
    JSON.stringify(caller.calls[call]?.request.messages).length;

  test("is asked once more with half of the previews", async () => {
    const caller = scriptedCaller([tooLong(), DONE]);
    expect(await planner(caller).plan(request, { signal })).toMatchObject({ usage: { modelCalls: 2 } });
    const shorter = lengthOf(caller, 0) - lengthOf(caller, 1);
    expect(shorter).toBeGreaterThan(200);
    expect(shorter).toBeLessThan(300);
  });

  test("is given up after that, with what both used", async () => {
    const caller = scriptedCaller([tooLong(), tooLong()]);
    const error = await failure(planner(caller).plan(request, { signal }));
    expect(error).toMatchObject({ code: "MODEL_CONTEXT_OVERFLOW", usage: { modelCalls: 2 } });
  });

  test("is given up at once where there is no preview to shorten", async () => {
    const caller = scriptedCaller([tooLong()]);
    const error = await failure(planner(caller).plan({ ...request, visibility: "shape" }, { signal }));
    expect(error.usage.modelCalls).toBe(1);
  });
});

describe("steps while the plan is being written", () => {
  const step = (id: string) => ({ id, tool: "summarize", input: {} });
  const line = (id: string) => `${JSON.stringify(step(id))}\n`;

  test("are handed on as soon as they are complete", async () => {
    const seen: JsonValue[] = [];
    const caller = scriptedCaller([
      ({ onText }) => {
        for (const piece of [line("a").slice(0, 9), line("a").slice(9), line("b")]) onText?.(piece);
        expect(seen).toEqual([step("a"), step("b")]);
        return DONE;
      },
    ]);
    await planner(caller).plan(request, { signal, onStep: (one) => seen.push(one) });
    expect(seen).toHaveLength(2);
  });

  test("are handed on once, also where a broken stream starts again", async () => {
    const seen: JsonValue[] = [];
    const caller = scriptedCaller([
      ({ onText, onRestart }) => {
        onText?.(`${line("a")}{"id":`);
        onRestart?.();
        onText?.(`${line("a")}${line("b")}`);
        return DONE;
      },
    ]);
    await planner(caller).plan(request, { signal, onStep: (one) => seen.push(one) });
    expect(seen).toEqual([step("a"), step("b")]);
  });

  test("end where a second writing differs from the first", async () => {
    const seen: JsonValue[] = [];
    const caller = scriptedCaller([
      ({ onText, onRestart }) => {
        onText?.(line("a"));
        onRestart?.();
        onText?.(`${line("x")}${line("b")}`);
        return DONE;
      },
    ]);
    await planner(caller).plan(request, { signal, onStep: (one) => seen.push(one) });
    expect(seen).toEqual([step("a")]);
  });

  test("are not looked for where nobody wants them", async () => {
    const caller = scriptedCaller([DONE]);
    await planner(caller).plan(request, { signal });
    expect(caller.calls[0]?.options.onText).toBeUndefined();
  });
});

describe("a prompt can't play a role that it isn't made for:", () => {
  const shipped = loadPrompts().list();
  const withPrompt = (extra: ReturnType<typeof prompt>) => createPromptLibrary([...shipped, extra]);

  test("other inputs", () => {
    const prompts = withPrompt(prompt({ name: "repair", version: 2 }));
    expect(() => planner(scriptedCaller([]), { prompts })).toThrow("Prompt 'repair@2' can't be used for repair");
    expect(() => planner(scriptedCaller([]), { prompts, promptReferences: { repair: "repair@1" } })).not.toThrow();
  });

  test("a system text that would come before what stays the same", () => {
    const body = "--- system ---\nHello\n--- user ---\n{{findings}}";
    const prompts = withPrompt(prompt({ name: "repair", version: 2, inputs: ["findings: text"], body }));
    expect(() => planner(scriptedCaller([]), { prompts })).toThrow("has a section 'system'");
  });

  test("one that is not there", () => {
    expect(() => planner(scriptedCaller([]), { promptReferences: { planning: "planning@9" } })).toThrow(
      expect.objectContaining({ code: "PROMPT_NOT_FOUND" }),
    );
  });
});
