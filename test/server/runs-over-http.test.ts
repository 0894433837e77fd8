/** Goals and documents in, results and decisions out; every answer fits the OpenAPI document. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createServerWorld, type ServerWorld } from "./server-world.ts";

const TEXT = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted.";
const DOCUMENT = { name: "news.md", text: TEXT };
const PLAN = { kind: "plan", rationale: "test", steps: [], output: { n: 1 } };

async function finished(world: ServerWorld, body: object): Promise<JsonObject> {
  const answer = await world.ask("POST", "/v1/runs?wait=true", { body });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe("the OpenAPI document", () => {
  test("is accepted by an independent validator", async () => {
    const world = createServerWorld();
    await world.ask("GET", "/healthz", { token: null });
    const validator = new Validator();
    const { valid, errors } = await validator.validate(world.document());
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });
});

describe("a run over HTTP", () => {
  test("is accepted with its place, and ends with a result, decisions and events", async () => {
    const world = createServerWorld();
    const started = await world.ask("POST", "/v1/runs", { body: { goal: "Summarise this", document: DOCUMENT } });
    const { id } = started.json<{ id: string }>();
    expect(started.status).toBe(202);
    expect(started.headers.get("location")).toBe(`/v1/runs/${id}`);
    const stream = await (await world.open("GET", `/v1/runs/${id}/events`)).text();
    const events = [...stream.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? "") as JsonObject);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place));
    expect(events.at(0)).toMatchObject({ kind: "run.accepted", run: id });
    expect(events.at(-1)).toMatchObject({ kind: "run.ended", data: { status: "completed" } });
    const result = await world.ask("GET", `/v1/runs/${id}`);
    expect(result.json()).toMatchObject({ id, status: "completed", planner: "rule" });
    const decisions = await world.ask("GET", `/v1/runs/${id}/decisions`);
    expect(decisions.json<JsonValue[]>()).toHaveLength(1);
    expect((await world.ask("GET", `/v1/runs/${id}/decisions/1`)).json()).toMatchObject({ n: 1, verdict: "accepted" });
    expect((await world.ask("GET", `/v1/runs/${id}/decisions/2`)).status).toBe(404);
  });

  test.each<[string, object]>([
    ["text", { document: DOCUMENT }],
    ["base64", { document: { name: "news.md", base64: Buffer.from(TEXT).toString("base64") } }],
    ["a list", { documents: [DOCUMENT, { name: "b.md", text: "# Second" }] }],
  ])("takes documents as %s", async (_, documents) => {
    const world = createServerWorld();
    const result = await finished(world, {
      goal: "Titles",
      ...documents,
      plan: { ...PLAN, output: { ref: "document.title" } },
    });
    expect(result).toMatchObject({ status: "completed", output: "Ferry news" });
  });

  test("takes documents as files of a form", async () => {
    const world = createServerWorld();
    const form = new FormData();
    const output = [{ ref: "document.name" }, { ref: "documents[1].title" }];
    form.set("request", JSON.stringify({ goal: "Titles", plan: { ...PLAN, output } }));
    form.append("document", new Blob([TEXT], { type: "text/markdown" }), "news.md");
    form.append("document", new Blob(["# Second"]), "second.md");
    const answer = await world.ask("POST", "/v1/runs?wait=true", { raw: form });
    expect(answer.json()).toMatchObject({ status: "completed", output: ["news.md", "Second"] });
  });

  test("is checked against the output schema of its request", async () => {
    const world = createServerWorld();
    const output = (type: string) => ({ type: "object", properties: { n: { type } }, required: ["n"] });
    const good = await finished(world, { goal: "Typed", plan: PLAN, output: output("integer") });
    expect(good).toMatchObject({ status: "completed", output: { n: 1 } });
    const bad = await world.ask("POST", "/v1/runs", { body: { goal: "Typed", plan: PLAN, output: output("string") } });
    expect(bad.json()).toMatchObject({ status: 422, code: "PLAN_OUTPUT_MISMATCH" });
  });

  test("gives 202 where it is not done in time, and the run goes on", async () => {
    const gate = Promise.withResolvers<object>();
    const clock = createManualClock();
    const slow = createFakeTool({ name: "slow", output: () => gate.promise });
    const world = createServerWorld({ tools: [slow], clock });
    const plan = { ...PLAN, steps: [{ id: "a", tool: "slow", input: {} }], output: 1 };
    const asked = world.ask("POST", "/v1/runs?wait=true&timeoutSeconds=1", { body: { goal: "Wait", plan } });
    while (slow.calls.length === 0) await new Promise(setImmediate);
    await clock.advanceAsync(1_000);
    const answer = await asked;
    expect(answer.status).toBe(202);
    gate.resolve({});
    const { id } = answer.json<{ id: string }>();
    expect(await world.runtime.runs.settled(id)).toMatchObject({ status: "completed", output: 1 });
  });
});

describe("lists", () => {
  test("come by pages, filtered by status and words", async () => {
    const world = createServerWorld();
    for (const goal of ["first apple", "second pear", "third apple"]) await finished(world, { goal, plan: PLAN });
    const page = await world.ask("GET", "/v1/runs?limit=2");
    const { items, next } = page.json<{ items: { goal: string }[]; next: string }>();
    expect(items.map(({ goal }) => goal)).toEqual(["third apple", "second pear"]);
    const rest = await world.ask("GET", `/v1/runs?limit=2&cursor=${next}`);
    expect(rest.json<{ items: unknown[]; next: null }>()).toMatchObject({
      items: [{ goal: "first apple" }],
      next: null,
    });
    const apples = await world.ask("GET", "/v1/runs?q=APPLE&status=completed");
    expect(apples.json<{ items: unknown[] }>().items).toHaveLength(2);
    expect((await world.ask("GET", "/v1/runs?status=failed")).json()).toEqual({ items: [], next: null });
    for (const cursor of ["../../x", "%00", "", "run_", `${next}/`]) {
      const answer = await world.ask("GET", `/v1/runs?cursor=${cursor}`);
      expect([cursor, answer.status, answer.json().code]).toEqual([cursor, 400, "VALIDATION"]);
    }
  });

  test("tell of tools and prompts", async () => {
    const world = createServerWorld();
    const tools = (await world.ask("GET", "/v1/tools")).json<{ name: string }[]>();
    expect(tools.map(({ name }) => name)).toContain("summarize");
    expect((await world.ask("GET", "/v1/tools/summarize")).json()).toMatchObject({ name: "summarize", effect: "read" });
    expect((await world.ask("GET", "/v1/tools/summarise")).json()).toMatchObject({ code: "NOT_FOUND" });
    expect((await world.ask("GET", "/v1/prompts")).status).toBe(200);
    expect((await world.ask("GET", "/v1/prompts/planning@1")).json()).toMatchObject({ name: "planning", version: 1 });
    expect((await world.ask("GET", "/v1/prompts/plannning")).json()).toMatchObject({ code: "PROMPT_NOT_FOUND" });
  });
});

describe("runs that come and go", () => {
  test("an export can be imported elsewhere, once; what was changed cannot", async () => {
    const [here, there] = [createServerWorld(), createServerWorld()];
    const { id } = await finished(here, { goal: "Travel", plan: PLAN, document: DOCUMENT });
    const exported = await here.ask("GET", `/v1/runs/${id}/export`);
    const headers = { "content-type": "application/x-ndjson" };
    const arrive = (raw: string) => there.ask("POST", "/v1/runs/import", { raw, headers });
    const changed = await arrive(exported.text.replace("Travel", "Trouble"));
    expect([changed.status, changed.json().code]).toEqual([422, "JOURNAL_CORRUPT"]); // Nothing that waiting would mend.
    expect(changed.headers.has("retry-after")).toBe(false);
    expect((await arrive(exported.text)).json()).toEqual({ id, isNew: true });
    expect((await arrive(exported.text)).json()).toEqual({ id, isNew: false });
    expect((await there.ask("GET", `/v1/runs/${id}`)).json()).toMatchObject({ status: "completed", goal: "Travel" });
    expect((await arrive("nonsense")).json()).toMatchObject({ code: "VALIDATION" });
    const asJson = await there.ask("POST", "/v1/runs/import", { body: {} });
    expect(asJson.json()).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
    expect((await here.ask("GET", "/v1/runs/run_aaaaaaaa/export")).status).toBe(404);
  });

  test("are counted in the metrics, which need the token", async () => {
    const world = createServerWorld();
    await finished(world, { goal: "Count me", plan: PLAN });
    expect((await world.ask("GET", "/metrics")).text).toMatch(
      /planwright_runs_total\{[^}]*status="completed"[^}]*\} 1/,
    );
    expect((await world.ask("GET", "/metrics", { token: null })).status).toBe(401);
  });
});

describe("workflows over HTTP", () => {
  test("are listed with what is in them, and runs name one or bring their own", async () => {
    const world = createServerWorld();
    const names = (await world.ask("GET", "/v1/workflows")).json<{ name: string }[]>().map(({ name }) => name);
    expect(names).toContain("document_analysis");
    expect((await world.ask("GET", "/v1/workflows/document_analysis")).json()).toMatchObject({
      plan: { kind: "plan" },
    });
    expect((await world.ask("GET", "/v1/workflows/nothing")).json()).toMatchObject({ code: "NOT_FOUND" });
    const text = "Maria Lindqvist opened the new pier in Bremen. Everyone was delighted. It was a good day.";
    const named = await finished(world, { workflow: "document_analysis", document: { name: "a.md", text } });
    expect(named).toMatchObject({ status: "completed", workflow: { name: "document_analysis" }, planner: "fixed" });
    const step = { id: "s", tool: "summarize", input: { text: { ref: "document.text" } } };
    const own = { name: "own_one", version: 1, steps: [step], output: { ref: "s.text" } };
    expect(await finished(world, { workflow: own, document: { name: "a.md", text } })).toMatchObject({
      status: "completed",
    });
    const listed = await world.ask("GET", "/v1/runs?workflow=own_one");
    expect(listed.json<{ items: unknown[] }>().items).toHaveLength(1);
    const wrong: [object | string, number][] = [
      ["nothing", 404],
      [{ ...own, steps: [{ ...step, tool: "sumarize" }] }, 422],
      [{}, 422],
    ];
    for (const [workflow, status] of wrong) {
      const refused = await world.ask("POST", "/v1/runs", { body: { workflow, document: { name: "a.md", text } } });
      expect([workflow, refused.status]).toEqual([workflow, status]);
    }
  });
});

describe("a dry run over HTTP", () => {
  test("tells plan and forecast, and 200 also where the goal can't be planned", async () => {
    const world = createServerWorld();
    const good = await world.ask("POST", "/v1/plans", { body: { goal: "Summarise this", document: DOCUMENT } });
    expect(good.json()).toMatchObject({ valid: true, decision: { kind: "plan" } });
    const bad = await world.ask("POST", "/v1/plans", { body: { goal: "Book me a flight", document: DOCUMENT } });
    expect(bad.json()).toMatchObject({ valid: false });
  });

  test("refuses a wrong plan of the caller with its first code and all issues", async () => {
    const world = createServerWorld();
    const plan = { ...PLAN, steps: [{ id: "a", tool: "sumarize", input: {} }], output: { ref: "b.x" } };
    for (const path of ["/v1/plans", "/v1/runs"]) {
      const answer = await world.ask("POST", path, { body: { goal: "x", plan } });
      expect(answer.status).toBe(422);
      const problem = answer.json<{ code: string; issues: unknown[] }>();
      expect(problem.code).toMatch(/^PLAN_/);
      expect(problem.issues.length).toBeGreaterThan(1);
    }
    expect((await world.ask("GET", "/v1/runs")).json()).toMatchObject({ items: [] });
  });
});
