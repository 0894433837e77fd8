/** `planwright demo-model` as the README uses it: another process's command line plans with it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { chooseDialects } from "../../src/dialect/choose-dialects.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { createModelCaller } from "../../src/model/call-model.ts";
import type { AnswerFormat, Model } from "../../src/model/model.ts";
import { openModel } from "../../src/model/open-model.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { systemRandom } from "../../src/shared/random.ts";
import { type DemoServer, startDemoServer } from "../../src/testing/demo-model/demo-server.ts";
import { call, fakeTerminal, tempFolder } from "../cli/fake-terminal.ts";

const TEXT = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted. It cost little.";

async function withDemo<T>(options: { failFirst?: number }, work: (demo: DemoServer) => Promise<T>): Promise<T> {
  const demo = await startDemoServer({ port: 0, clock: systemClock, ...options });
  try {
    return await work(demo);
  } finally {
    await demo.close();
  }
}

const open = (demo: DemoServer): Promise<Model> => openModel(`compatible:demo@${demo.url}`, { env: {} });

describe("the demo model", () => {
  test("plans for the command line; the summary comes from it too, word for word the first sentences", async () => {
    await withDemo({}, async (demo) => {
      const model = `compatible:demo@${demo.url}`;
      const args = ["run", "Summarise this and list the people", "-d", "-", "--model", model, "--json"];
      const done = await call(args, { cwd: tempFolder(), stdin: TEXT });
      expect([done.code, done.json()]).toMatchObject([
        0,
        {
          status: "completed",
          planner: "model",
          output: { summary: expect.stringContaining("Maria Lindqvist opened") },
        },
      ]);
      expect(done.json()).toMatchObject({ usage: { modelCalls: 2 }, steps: [{ id: "summary" }, { id: "names" }] });
      expect(demo.asked()).toBe(2);
    });
  });

  test.each([
    ["variants", ["schema"]],
    ["entries", ["schema"]],
    ["tool", ["tool"]],
    ["text", ["text"]],
  ] as [string, AnswerFormat["kind"][]][])("writes its plan in the dialect %s", async (name, formats) => {
    await withDemo({}, async (demo) => {
      const { provider } = { provider: name === "entries" ? ("anthropic" as const) : ("openai" as const) };
      const model: Model = { ...(await open(demo)), provider, formats };
      const runtime = createRuntime({ model, store: createMemoryStore() });
      const result = await runtime.run({ goal: "List the people", documents: [{ name: "n.md", text: TEXT }] });
      await runtime.close();
      expect(result).toMatchObject({ status: "completed", output: { names: [{ text: "Maria Lindqvist" }, {}] } });
      const tools = runtime.tools.map((tool) => ({ ...tool, planning: null }));
      expect(chooseDialects(tools, { provider, formats }).dialects[0]?.name).toBe(name);
    });
  });

  test("says that it is a double where it does not know the goal", async () => {
    await withDemo({}, async (demo) => {
      const args = ["run", "Write a poem about the sea", "--model", `compatible:demo@${demo.url}`, "--json"];
      const done = await call(args, { cwd: tempFolder() });
      expect([done.code, done.out]).toEqual([1, expect.stringContaining("is a double, not a model")]);
    });
  });

  test("is busy at first where it was told to be, and is asked again", async () => {
    await withDemo({ failFirst: 2 }, async (demo) => {
      const caller = createModelCaller(await open(demo), {
        clock: systemClock,
        random: { ...systemRandom, next: () => 0 },
      });
      const request = { system: [], messages: [{ role: "user" as const, parts: [{ text: "hello" }] }], parameters: {} };
      const reply = await caller.call(
        { ...request, format: { kind: "text" }, maxOutputTokens: 50 },
        { signal: new AbortController().signal },
      );
      expect(reply.value).not.toBe("");
      expect(demo.asked()).toBe(3);
    });
  });

  test("refuses what it does not know, and bodies that are no JSON", async () => {
    await withDemo({}, async ({ url }) => {
      expect((await fetch(`${url}/models`)).status).toBe(200);
      expect((await fetch(`${url}/nothing`)).status).toBe(404);
      for (const body of ["{", "[]", "null"]) {
        expect((await fetch(`${url}/chat/completions`, { method: "POST", body })).status).toBe(400);
      }
      const empty = await fetch(`${url}/chat/completions`, { method: "POST", body: "{}" });
      expect([empty.status, await empty.json()]).toMatchObject([200, { object: "chat.completion" }]);
    });
  });

  test("as a command prints its address, says what it is, and ends with Ctrl-C", async () => {
    const terminal = fakeTerminal();
    const ended = runCli(["demo-model", "--port", "0", "--json"], terminal);
    await terminal.shows("not a model");
    const { url } = JSON.parse(terminal.out()) as { url: string };
    expect((await fetch(`${url}/models`)).status).toBe(200);
    terminal.signal("SIGINT");
    expect(await ended).toBe(0);
    await expect(fetch(`${url}/models`)).rejects.toThrow();
  });

  test("answers what a script says, errors included, in order, and then no more", async () => {
    const cwd = tempFolder();
    const plan = { kind: "finish", rationale: "r", output: { known: [1] } };
    writeFileSync(join(cwd, "script.json"), JSON.stringify(["no plan", { status: 503, message: "Later." }, plan]));
    const terminal = fakeTerminal({ cwd });
    const ended = runCli(["demo-model", "--port", "0", "--script", "script.json", "--json"], terminal);
    await terminal.shows("it answers what stands in script.json");
    const { model } = JSON.parse(terminal.out()) as { model: string };
    const run = (goal: string) => call(["run", goal, "--model", model, "--json"], { cwd: tempFolder() });
    expect((await run("Anything at all")).json()).toMatchObject({
      ...{ status: "completed", output: { known: [1] }, usage: { modelCalls: 3 } },
    });
    const more = (await run("Something else")).json();
    expect(more).toMatchObject({
      error: { code: "MODEL_BAD_REQUEST", message: /has 3 answers and was asked once more/ },
    });
    terminal.signal("SIGTERM");
    expect(await ended).toBe(0);
  });

  test.each([
    ["is no list", '{"a": 1}', "no list of answers"],
    ["is empty", "[]", "no list of answers"],
    ["is no JSON", "[", "can't be used"],
    ["is missing", null, "can't be used"],
  ])("refuses a script that %s", async (_, content, message) => {
    const cwd = tempFolder();
    if (content !== null) writeFileSync(join(cwd, "script.json"), content);
    const { code, json } = await call(["demo-model", "--port", "0", "--script", "script.json", "--json"], { cwd });
    expect([code, json()]).toMatchObject([2, { code: "CONFIG_INVALID", message: expect.stringContaining(message) }]);
  });
});
