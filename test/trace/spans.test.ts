/** Spans are made from journal entries: right names and parents, the same ids whoever makes them, no content. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { createScriptedModel, modelReply } from "../../src/testing/index.ts";
import { transient } from "../../src/tool/transient.ts";
import { createSpanBuilder } from "../../src/trace/build-spans.ts";
import { type SpanChange, type SpanEnd, type SpanStart, spanIdOf, traceIdOf } from "../../src/trace/span.ts";
import { startTelemetry } from "../../src/trace/start-telemetry.ts";
import { call } from "../cli/fake-terminal.ts";
import { createWorld } from "../run/run-world.ts";
import { startSpanCollector } from "./span-collector.ts";

const PLAN = JSON.stringify({
  kind: "plan",
  rationale: "A sum.",
  steps: [{ id: "sum", tool: "compute", input: { op: "sum", values: [1, 2] } }],
});

test("spans of a run arrive at a collector with the names of the GenAI conventions and the right parents", async () => {
  const collector = await startSpanCollector();
  const telemetry = await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  if (telemetry === null) throw new Error("telemetry was expected");
  const model = createScriptedModel([modelReply({ value: "no plan" }), modelReply({ value: PLAN })]);
  const store = createMemoryStore();
  const runtime = createRuntime({ store, model, ...telemetry });
  const { id, status } = await runtime.run({ goal: "Add one and two" });
  await runtime.close();
  await telemetry.stop();
  await collector.stop();
  expect(status).toBe("completed");
  const { spans } = collector;
  const called = (name: string) => spans.filter((span) => span.attributes["gen_ai.operation.name"] === name);
  const [[run], [plan], chats, tools] = [
    called("invoke_agent"),
    called("plan"),
    called("chat"),
    called("execute_tool"),
  ];
  expect([spans.length, chats.length, tools.length]).toEqual([5, 2, 1]);
  expect(run).toMatchObject({
    name: "invoke_agent planwright",
    traceId: traceIdOf(id),
    spanId: spanIdOf(id, 0),
    parentSpanId: "",
    attributes: { "gen_ai.conversation.id": id, "planwright.run.status": "completed" },
  });
  expect(plan).toMatchObject({ parentSpanId: run?.spanId, attributes: { "planwright.decision.verdict": "accepted" } });
  for (const chat of chats) {
    expect(chat).toMatchObject({
      kind: 3,
      parentSpanId: plan?.spanId,
      attributes: { "gen_ai.request.model": "scripted" },
    });
    expect(chat.attributes["gen_ai.provider.name"]).toBeTypeOf("string");
    expect(chat.attributes["gen_ai.usage.input_tokens"]).toBeTypeOf("number");
  }
  expect(tools[0]).toMatchObject({
    name: "execute_tool compute",
    parentSpanId: run?.spanId,
    attributes: { "gen_ai.tool.name": "compute", "planwright.step.id": "sum" },
  });
  for (const span of spans) {
    expect(span.traceId).toBe(traceIdOf(id));
    expect(span.startMs).toBeGreaterThanOrEqual(run?.startMs ?? Number.POSITIVE_INFINITY);
    expect(span.endMs).toBeLessThanOrEqual(run?.endMs ?? 0);
  }
  const { entries } = await store.read(id);
  const again = build(entries).filter((change) => change.kind === "start");
  expect(again.map(({ spanId }) => spanId).sort()).toEqual(spans.map(({ spanId }) => spanId).sort());
  expect(collector.bodies.join("")).not.toContain("Add one and two");
});

function build(entries: readonly JournalEntry[]): SpanChange[] {
  const builder = createSpanBuilder(() => "tool");
  return entries.flatMap((entry) => builder.add(entry));
}

function pairs(changes: readonly SpanChange[]): [SpanStart, SpanEnd][] {
  const ends = new Map(changes.filter((change) => change.kind === "end").map((end) => [end.spanId, end]));
  return changes.filter((change) => change.kind === "start").map((start) => [start, ends.get(start.spanId) as SpanEnd]);
}

test("a failed attempt, its repetition and a refused call are spans with the error's code, and nothing of its text", async () => {
  let failures = 0;
  const world = createWorld({
    behaviours: {
      flaky: () => {
        failures += 1;
        if (failures === 1) throw transient("private words");
        return 1;
      },
    },
  });
  const { id } = await world.apply([{ id: "a", tool: "flaky", input: {} }]);
  const { entries } = await createMemoryStore({ data: world.data }).read(id);
  const changes = build(entries);
  const tools = pairs(changes).filter(([{ name }]) => name.startsWith("execute_tool"));
  expect(tools.map(([{ attributes }, { errorType }]) => [attributes["planwright.step.attempt"], errorType])).toEqual([
    [1, "TOOL_TRANSIENT"],
    [2, null],
  ]);
  expect(JSON.stringify(changes)).not.toContain("private words");
  expect(pairs(changes).every(([, end]) => end !== undefined)).toBe(true);
});

test("every span ends, with its parent at the latest, also where a run is cancelled in mid-plan", async () => {
  let ask = (): void => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const plan = (): Promise<never> => {
    ask();
    return new Promise(() => {});
  };
  const world = createWorld({ planner: { name: "silent", plan } });
  const handle = await world.runtime.start({ goal: "never" });
  await world.until(asked);
  await world.until(handle.cancel());
  await world.result(handle);
  const { entries } = await createMemoryStore({ data: world.data }).read(handle.id);
  const changes = pairs(build(entries));
  expect(changes.map(([{ name }, end]) => [name, end?.errorType])).toEqual([
    ["invoke_agent planwright", null],
    ["plan planwright", "CANCELLED"],
  ]);
});

test("a run that another process goes on with is one trace: the run's span comes from the one that saw its end", async () => {
  const collector = await startSpanCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  const [first, second] = [await startTelemetry(env), await startTelemetry(env)];
  if (first === null || second === null) throw new Error("telemetry was expected");
  const sending = {
    behaviours: { send: () => ({}) },
    definitions: { send: { effect: "irreversible", idempotency: "none" } as const },
  };
  const world = createWorld({ ...sending, ...first });
  const steps = [
    { id: "a", tool: "echo", input: {} },
    { id: "mail", tool: "send", after: ["a"], input: {} },
  ];
  const { id, status } = await world.apply(steps);
  expect(status).toBe("waiting");
  await world.runtime.close();
  await first.stop();
  const names = (): string[] => collector.spans.map(({ name }) => name).sort();
  expect(names()).toEqual(["execute_tool echo", "plan planwright"]);
  const later = world.another({ ...sending, ...second });
  await later.until(later.runtime.runs.approve(id));
  await later.until(later.runtime.runs.settled(id));
  await later.runtime.close();
  await second.stop();
  await collector.stop();
  expect(names()).toEqual(["execute_tool echo", "execute_tool send", "invoke_agent planwright", "plan planwright"]);
  const run = collector.spans.find(({ parentSpanId }) => parentSpanId === "");
  expect(run?.name).toBe("invoke_agent planwright");
  const others = collector.spans.filter((span) => span !== run);
  expect(new Set(others.map(({ parentSpanId, traceId }) => `${traceId} ${parentSpanId}`))).toEqual(
    new Set([`${run?.traceId} ${run?.spanId}`]),
  );
});

test("without an endpoint there is no telemetry, and none where it is disabled", async () => {
  expect(await startTelemetry({})).toBeNull();
  expect(await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "" })).toBeNull();
  expect(
    await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" }),
  ).toBeNull();
});

test("a tracer that throws, and a collector that is gone, change nothing for a run", async () => {
  const broken = {
    startSpan: () => {
      throw new Error("no");
    },
  };
  const world = createWorld({ tracer: broken as never });
  const { status } = await world.apply([{ id: "a", tool: "echo", input: {} }]);
  await world.runtime.close();
  const telemetry = await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" });
  const other = createWorld({ ...telemetry });
  expect([status, (await other.apply([{ id: "a", tool: "echo", input: {} }])).status]).toEqual([
    "completed",
    "completed",
  ]);
  await other.runtime.close();
  await telemetry?.stop();
});

test("the command line sends the spans of its runs before it ends", async () => {
  const collector = await startSpanCollector();
  const root = mkdtempSync(join(tmpdir(), "planwright-spans-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/` };
  const document = join(import.meta.dirname, "../../samples/ferry-cooperative.md");
  const { code } = await call(["run", "Summarise this", "-d", document, "--store", root, "--model", "offline"], {
    env,
  });
  await collector.stop();
  expect(code).toBe(0);
  const names = collector.spans.map(({ name }) => name).sort();
  expect(names).toEqual(["execute_tool summarize", "invoke_agent planwright", "plan planwright"]);
});
