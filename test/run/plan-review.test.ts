/** A person looks at whole plans before any of them runs: approves, edits, denies, or comes too late. */
import { describe, expect, test } from "vitest";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld, type World, type WorldOptions } from "./run-world.ts";

const step = (id: string, n: number): JsonValue => ({ id, tool: "echo", input: { n } });
const planOf = (steps: JsonValue[], then = "finish"): JsonValue => ({ kind: "plan", rationale: "test", steps, then });

async function waiting(
  answers: (JsonValue | ((request: PlanningRequest) => JsonValue))[] = [planOf([step("a", 1)])],
  options: WorldOptions = {},
): Promise<{ world: World; result: RunResult; approval: string }> {
  const world = createWorld({ planner: createScriptedPlanner(answers), ...options });
  const result = await world.run({ goal: "count", reviewPlan: true });
  return { world, result, approval: result.waiting?.approvals[0]?.id ?? "" };
}

const settled = (world: World, id: string): Promise<RunResult> => world.until(world.runtime.runs.settled(id));

test("a plan waits as a whole: nothing of it runs, and the approval shows it", async () => {
  const { world, result } = await waiting();
  expect(result).toMatchObject({ status: "waiting", waiting: { reason: "approval" }, plan: null });
  expect(result.waiting?.approvals).toMatchObject([
    { kind: "plan", step: null, tool: null, input: { kind: "plan", steps: [{ id: "a" }] }, rule: "request.reviewPlan" },
  ]);
  expect(world.calls).toEqual([]);
});

test("approved: it runs as it was shown, also in another process after a restart", async () => {
  const { world, result, approval } = await waiting();
  const next = world.crash();
  const [shown] = result.waiting?.approvals ?? [];
  await next.until(next.runtime.runs.approve(result.id, { id: approval, hash: shown?.hash ?? "" }));
  expect(await settled(next, result.id)).toMatchObject({ status: "completed", output: { a: { n: 1 } }, decisions: 1 });
});

test("given for what was not shown, or given twice: refused, and nothing happens", async () => {
  const { world, result, approval } = await waiting();
  const wrong = world.until(world.runtime.runs.approve(result.id, { id: approval, hash: "sha256:other" }));
  await expect(wrong).rejects.toMatchObject({ code: "APPROVAL_MISMATCH" });
  expect(world.calls).toEqual([]);
  await world.until(world.runtime.runs.approve(result.id, { id: approval }));
  const again = world.until(world.runtime.runs.approve(result.id, { id: approval }));
  await expect(again).rejects.toMatchObject({ code: /RUN_NOT_WAITING|RUN_ENDED/ });
  expect(world.calls).toHaveLength(1);
});

test("denied: the planner is told why, and its next plan waits, too", async () => {
  const seen: PlanningRequest[] = [];
  const second = (request: PlanningRequest): JsonValue => {
    seen.push(request);
    return planOf([step("b", 2)]);
  };
  const { world, result, approval } = await waiting([planOf([step("a", 1)]), second]);
  await world.until(world.runtime.runs.reject(result.id, { id: approval, reason: "use b" }));
  const next = await settled(world, result.id);
  expect(seen[0]?.issues).toMatchObject([{ code: "APPROVAL_DENIED", message: "A person denied this plan: use b" }]);
  expect(next).toMatchObject({ status: "waiting", waiting: { approvals: [{ input: { steps: [{ id: "b" }] } }] } });
  await world.until(world.runtime.runs.approve(result.id));
  expect(await settled(world, result.id)).toMatchObject({ status: "completed", output: { b: { n: 2 } } });
  expect(world.calls.map(({ input }) => input)).toEqual([{ n: 2 }]);
});

test("denied to the last: the run fails with APPROVAL_DENIED; a fixed plan has no second answer", async () => {
  const world = createWorld();
  const result = await world.apply([step("a", 1) as object], { request: { reviewPlan: true } });
  await world.until(world.runtime.runs.reject(result.id));
  expect(await settled(world, result.id)).toMatchObject({ status: "failed", error: { code: "APPROVAL_DENIED" } });
  expect(world.calls).toEqual([]);
});

test("expired: the run fails with APPROVAL_EXPIRED, also where nobody drove it", async () => {
  const { world, result, approval } = await waiting();
  const next = world.crash();
  await next.clock.advanceAsync(25 * 3_600_000);
  const late = next.until(next.runtime.runs.approve(result.id, { id: approval }));
  await expect(late).rejects.toMatchObject({ code: "APPROVAL_EXPIRED" });
  const handle = await next.until(next.runtime.resume(result.id));
  expect(await next.result(handle)).toMatchObject({ status: "failed", error: { code: "APPROVAL_EXPIRED" } });
});

test("a run that denies all approvals denies its plan", async () => {
  const planner = createScriptedPlanner([planOf([step("a", 1)])]);
  const world = createWorld({ planner });
  const result = await world.run({ goal: "count", reviewPlan: true, approve: "none" });
  expect(result).toMatchObject({ status: "failed", error: { code: "APPROVAL_DENIED" } });
});

describe("edited", () => {
  test("the person's plan runs instead, and the log says so", async () => {
    const { world, result, approval } = await waiting();
    const plan = planOf([step("a", 10), step("b", 20)]);
    await world.until(world.runtime.runs.approve(result.id, { id: approval, plan }));
    expect(await settled(world, result.id)).toMatchObject({ output: { a: { n: 10 }, b: { n: 20 } } });
    const [decision] = await world.runtime.runs.decisions(result.id);
    expect(decision).toMatchObject({ cause: "edit", verdict: "accepted", steps: ["a", "b"] });
  });

  test("a plan that is not in order is refused with its issues, and the run waits on", async () => {
    const { world, result, approval } = await waiting();
    const plan = planOf([{ id: "a", tool: "ecko", input: {} }]);
    const refused = world.until(world.runtime.runs.approve(result.id, { id: approval, plan }));
    await expect(refused).rejects.toMatchObject({ code: "PLAN_UNKNOWN_TOOL", issues: [{ path: "/steps/0/tool" }] });
    expect((await settled(world, result.id)).status).toBe("waiting");
  });

  test("an approval of one step takes no plan", async () => {
    const definitions = { send: { effect: "irreversible" as const, idempotency: "none" as const } };
    const world = createWorld({ behaviours: { send: () => 1 }, definitions });
    const result = await world.apply([{ id: "s", tool: "send", input: {} }]);
    const refused = world.until(world.runtime.runs.approve(result.id, { plan: planOf([]) }));
    await expect(refused).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("a person's literals in a tainted plan are worth no more than the plan's", async () => {
    const definitions = { save: { effect: "write" as const, idempotency: "key" as const } };
    const documents = [{ name: "note.md", text: "Please save this." }];
    const planner = createScriptedPlanner([planOf([step("a", 1)])], { visibility: "preview" });
    const world = createWorld({ behaviours: { save: () => 1 }, definitions, planner });
    const result = await world.run({ goal: "save", documents, reviewPlan: true });
    const plan = planOf([{ id: "s", tool: "save", input: { text: "mine" } }]);
    await world.until(world.runtime.runs.approve(result.id, { plan }));
    expect(await settled(world, result.id)).toMatchObject({
      status: "waiting",
      waiting: { approvals: [{ kind: "step", step: "s" }] },
    });
  });
});

test("a replan waits again, while finished steps stay as they are", async () => {
  const { world, result } = await waiting([planOf([step("a", 1)], "replan"), planOf([step("a", 1), step("b", 2)])]);
  await world.until(world.runtime.runs.approve(result.id));
  const second = await settled(world, result.id);
  expect(second).toMatchObject({ status: "waiting", decisions: 2 });
  expect(world.calls).toHaveLength(1);
  await world.until(world.runtime.runs.approve(result.id));
  expect(await settled(world, result.id)).toMatchObject({ status: "completed" });
  expect(world.calls).toHaveLength(2);
});

test("cancelled while its plan waits", async () => {
  const { world, result } = await waiting();
  await world.until(world.runtime.runs.cancel(result.id));
  expect(await settled(world, result.id)).toMatchObject({ status: "cancelled" });
});
