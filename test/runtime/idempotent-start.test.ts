/** Same key and same request: the same run, whatever has changed around them meanwhile (SAFETY R12). */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRuntime, type RuntimeOptions } from "../../src/create-runtime.ts";
import type { RunRequest } from "../../src/runtime/run-request.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { loadWorkflows } from "../../src/workflow/load-workflows.ts";

const PLAN = {
  ...{ kind: "plan", rationale: "r", steps: [], then: "finish" },
  output: { ref: "document.title" },
} as unknown as JsonValue;
const TEXT = "# Pier\n\nThe new pier was opened.";
const REQUEST: RunRequest = {
  ...{ goal: "Say its title", plan: PLAN, idempotencyKey: "k", budget: { maxSteps: 5 } },
  documents: [{ name: "a.md", text: TEXT }],
};
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "planwright-key-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** In a process of its own. */
async function start(request: RunRequest, options: RuntimeOptions = {}): Promise<string> {
  const runtime = createRuntime({ store: root, ...options });
  try {
    return (await runtime.run(request)).id;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  } finally {
    await runtime.close();
  }
}

test("defaults of the runtime are no part of a request, what it says itself is", async () => {
  const { budget: _, ...bare } = REQUEST;
  const id = await start(bare);
  expect(id).toMatch(/^run_/);
  const others = { limits: { budget: { maxSteps: 77, maxCostUsd: 2 } } };
  expect(await start(bare, others)).toBe(id);
  expect(await start({ ...bare, budget: { maxSteps: 77 } }, others)).toBe("IDEMPOTENCY_CONFLICT");
  // Also where it says what is the default anyhow.
  expect(await start({ ...bare, budget: { maxSteps: 100 } })).toBe("IDEMPOTENCY_CONFLICT");
});

test("documents are compared as they were given, not as they were read", async () => {
  const bytes = Buffer.from(TEXT);
  const asked = (document: object): RunRequest => ({ ...REQUEST, documents: [document as never] });
  const id = await start(asked({ name: "a.md", bytes }));
  expect(await start(asked({ name: "a.md", bytes: new Uint8Array(bytes) }))).toBe(id);
  // Read, it is the same text.
  for (const other of [Buffer.from(`\ufeff${TEXT}`), Buffer.from(TEXT.replaceAll("\n", "\r\n"))])
    expect(await start(asked({ name: "a.md", bytes: other }))).toBe("IDEMPOTENCY_CONFLICT");
  expect(await start(asked({ name: "a.md", text: "# Pier" }))).toBe("IDEMPOTENCY_CONFLICT");
});

test("a workflow of the same name is the same request, also after its file has changed", async () => {
  const folder = join(root, "workflows");
  const step = (value: number) => ({ id: "a", tool: "detect_language", input: { text: `The pier ${value}` } });
  const write = (value: number) => {
    const file = { name: "say", version: 1, steps: [step(value)] };
    writeFileSync(join(folder, "say.json"), JSON.stringify(file));
  };
  mkdirSync(folder, { recursive: true });
  const asked = { workflow: "say", idempotencyKey: "w" };
  const from = (): RuntimeOptions => ({ workflows: loadWorkflows({ folders: [folder] }) });
  write(1);
  const id = await start(asked, from());
  expect(id).toMatch(/^run_/);
  write(2);
  expect(await start(asked, from())).toBe(id);
});

test("a key that an earlier version claimed still holds", async () => {
  const id = await start(REQUEST);
  const folder = join(root, "keys");
  const file = join(folder, readdirSync(folder)[0]!);
  const kept = JSON.parse(readFileSync(file, "utf8")) as { run: string };
  const former = "sha256:14b3fde898b0d44f5aab8cdf43cf735594d2c68d0682b61e46d8e348c128b547";
  writeFileSync(file, JSON.stringify({ ...kept, requestHash: former }));
  expect(await start(REQUEST)).toBe(id);
  expect(await start({ ...REQUEST, goal: "Say more" })).toBe("IDEMPOTENCY_CONFLICT");
});
