/** Bad input through the library: typed errors that say what to do, and other runs go on. Large input runs. */
import { chmodSync, closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRuntime, defineTool, loadDocument, type RunRequest, type Runtime } from "../../src/index.ts";
import { nodeFileSystem } from "../../src/shared/node-file-system.ts";

const folder = mkdtempSync(join(tmpdir(), "planwright-bad-input-"));
afterAll(() => {
  chmodSync(join(folder, "secret.txt"), 0o600);
  rmSync(folder, { recursive: true, force: true });
});

const measure = defineTool({
  name: "measure",
  description: "Says how long a text is.",
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  effect: "read",
  idempotency: "pure",
  execute: (input) => {
    const { text, document } = input as { text: string; document?: { pages: string[] } };
    return { chars: text.length, pages: document?.pages.map((page) => page.length) ?? [] };
  },
});

let runtime: Runtime;
beforeEach(() => {
  runtime = createRuntime({ store: join(folder, "store"), tools: [measure] });
});
afterEach(() => runtime.close());

const steps = (list: object[]) => ({ kind: "plan", rationale: "test", steps: list }) as never;
const good: RunRequest = { goal: "Measure.", plan: steps([{ id: "m", tool: "measure", input: { text: "four" } }]) };

/** A bad thing beside a good run: the error is typed and says what to do, and the good run is not disturbed. */
async function expectRefusal(bad: () => PromiseLike<unknown>, code: string): Promise<void> {
  const other = runtime.run(good);
  const error = await Promise.resolve(bad()).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: "PlanwrightError", code });
  const { message, hint } = error as { message: string; hint: string };
  expect(message).not.toBe("");
  expect(hint).not.toBe("");
  expect((await other).status).toBe("completed");
}

describe("documents that cannot be read", () => {
  const at = (name: string) => join(folder, name);
  writeFileSync(at("empty.txt"), "");
  writeFileSync(at("blank.txt"), " \n\t\n");
  writeFileSync(at("secret.txt"), "secret", { mode: 0o000 });
  writeFileSync(at("binary.txt"), Buffer.from([0, 159, 146, 150, 1, 2, 3, 0]));
  mkdirSync(at("directory"));
  const huge = openSync(at("huge.txt"), "w");
  ftruncateSync(huge, 65 * 2 ** 20); // Sparse: takes no space.
  closeSync(huge);

  test.each([
    ["missing.txt", "DOCUMENT_NOT_FOUND"],
    ["directory", "DOCUMENT_UNREADABLE"],
    ["empty.txt", "DOCUMENT_EMPTY"],
    ["blank.txt", "DOCUMENT_EMPTY"],
    ["huge.txt", "DOCUMENT_TOO_LARGE"],
    ["binary.txt", "DOCUMENT_UNSUPPORTED"],
  ])("%s is %s", async (name, code) => {
    await expectRefusal(() => loadDocument(at(name)), code);
  });

  // The administrator may read every file.
  test.skipIf(process.getuid?.() === 0)("a file without the right to read it is DOCUMENT_UNREADABLE", async () => {
    await expectRefusal(() => loadDocument(at("secret.txt")), "DOCUMENT_UNREADABLE");
  });
});

describe("requests of the wrong shape", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const document = { name: "a.txt", text: "Some words." };
  const BAD: [string, unknown, string?][] = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "Summarise."],
    ["an empty goal", { goal: "" }],
    ["a goal of white space", { goal: " \n" }],
    ["a number as goal", { goal: 5 }],
    ["a goal that is too long", { goal: "x".repeat(10_001) }],
    ["an unknown field", { goal: "a", documnets: [] }],
    ["a negative budget", { goal: "a", budget: { maxSteps: -1 } }],
    ["a budget that is no number", { goal: "a", budget: { maxSeconds: Number.NaN } }],
    ["an unknown limit", { goal: "a", budget: { maxStep: 1 } }],
    ["a prototype key", { goal: "a", params: JSON.parse('{"deep": {"__proto__": {"a": 1}}}') }],
    ["a cycle in params", { goal: "a", params: cycle }],
    ["a BigInt in params", { goal: "a", params: { a: 10n } }],
    ["a function in params", { goal: "a", params: { a: () => 1 } }],
    ["a date in params", { goal: "a", params: { a: new Date(0) } }],
    ["a list as params", { goal: "a", params: [1] }],
    ["a cycle as plan", { goal: "a", plan: cycle }],
    ["a BigInt as plan", { goal: "a", plan: 10n }],
    ["a cycle as schema", { goal: "a", output: cycle }],
    ["a cycle in a grant", { goal: "a", approve: [{ tool: "send", input: cycle }] }],
    ["a misspelt grant", { goal: "a", approve: [{ tool: "send", inputs: {} }] }],
    ["a document without content", { goal: "a", documents: [{ name: "a.txt" }] }],
    ["a document with both contents", { goal: "a", documents: [{ ...document, bytes: new Uint8Array(3) }] }],
    ["a document with a number as text", { goal: "a", documents: [{ name: "a.txt", text: 7 }] }],
    ["half a document that claims to be read", { goal: "a", documents: [{ chars: 3 }] }],
    ["a document that is null", { goal: "a", documents: [null] }],
    ["an empty key", { goal: "a", idempotencyKey: "" }],
    ["an empty document", { goal: "a", documents: [{ name: "a.txt", text: " " }] }, "DOCUMENT_EMPTY"],
  ];
  test.each(BAD)("%s is refused", async (_, request, code = "VALIDATION") => {
    await expectRefusal(() => runtime.start(request as RunRequest), code);
    await expectRefusal(() => runtime.plan(request as RunRequest), code);
  });

  test("an answer that is no JSON is refused, and the run goes on waiting", async () => {
    const plan = { kind: "ask", rationale: "test", question: "Which?" };
    const handle = await runtime.start({ goal: "Ask.", plan });
    expect((await handle.result()).status).toBe("waiting");
    await expectRefusal(() => handle.answer(cycle as never), "VALIDATION");
    await expectRefusal(() => handle.answer(10n as never), "VALIDATION");
    expect((await handle.result()).status).toBe("waiting");
    await handle.cancel();
  });
});

describe("plans that cannot run", () => {
  test.each([
    [
      "a cycle",
      [
        { id: "a", tool: "measure", input: { text: { ref: "b.chars" } } },
        { id: "b", tool: "measure", input: { text: { ref: "a.chars" } } },
      ],
      "PLAN_CYCLE",
    ],
    ["an unknown tool", [{ id: "a", tool: "measur", input: {} }], "PLAN_UNKNOWN_TOOL"],
    ["the same id twice", [1, 2].map(() => ({ id: "a", tool: "measure", input: { text: "x" } })), "PLAN_DUPLICATE_ID"],
    ["no steps in a list", { id: "a" }, "PLAN_SCHEMA"],
  ])("%s fails the run with its code", async (_, list, code) => {
    const other = runtime.run(good);
    const result = await runtime.run({ goal: "Try.", plan: steps(list as object[]) });
    expect(result).toMatchObject({ status: "failed", error: { code } });
    expect(result.error?.hint).not.toBe("");
    expect(result.error?.issues.length).toBeGreaterThan(0);
    expect((await other).status).toBe("completed");
  });
});

describe("large documents", () => {
  test.each([20, 60])("%i MB of text run, are kept once, and are read back", async (megabytes) => {
    const line = "The council met on Tuesday and agreed to repair the bridge before winter.\n";
    const text = line.repeat(Math.ceil((megabytes * 1_000_000) / line.length));
    const input = { text: { ref: "document.text" }, document: { ref: "document" } };
    const plan = steps([{ id: "m", tool: "measure", input }]);
    const result = await runtime.run({ goal: "Measure.", documents: [{ name: "a.txt", text }], plan });
    expect(result.status).toBe("completed");
    expect(result.output).toEqual({ m: { chars: text.length, pages: [text.length] } });
    const blobs = join(folder, "store", "runs", result.id, "blobs");
    const sizes = await Promise.all(
      (await nodeFileSystem.list(blobs)).map(async (name) => (await nodeFileSystem.stat(join(blobs, name))).bytes),
    );
    expect(Math.max(...sizes)).toBeLessThan(1.1 * text.length);
    const later = createRuntime({ store: join(folder, "store"), tools: [measure] });
    expect(await later.runs.get(result.id)).toMatchObject({ status: "completed", output: result.output });
    await later.close();
  });
});
