/**
 * Stops a run at every boundary of its journal (after each append, before and after each sync), goes on with it in a new
 * process, and compares how it ends with the run that nobody stopped.
 */
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { Planner } from "../../src/planner/planner.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { commandRun } from "../../src/runtime/command-run.ts";
import { createRunHandle, readResult } from "../../src/runtime/run-handle.ts";
import { checkRequest } from "../../src/runtime/run-request.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Effect, Idempotency, Tool, ToolContext } from "../../src/tool/tool.ts";
import { transient } from "../../src/tool/transient.ts";
import { checkJournal } from "./check-journal.ts";
import type { CrashScene } from "./crash-scenes.ts";
import { createDice, seedOf } from "./dice.ts";
import type { Mortal } from "./mortal-process.ts";
import { createReferee, type Referee } from "./referee.ts";
import { createSimulatedWorld, type Process, type SimulatedWorld } from "./simulated-world.ts";

const RUN = "run_0000000000000000000000000sweep";
const MOST_TURNS = 2_000;

export interface SweepEnd {
  /** What must be equal: status, output, steps with their outcomes. */
  summary: string;
  problems: readonly string[];
  boundaries: number;
  crashes: number;
}

interface Play {
  scene: CrashScene;
  referee: Referee;
  world: SimulatedWorld;
  process: Process;
  boundaries: number;
  /** Boundary to die at; 0: none. */
  dieAt: number;
  crashes: number;
  /** Calls so far, by step and index: what flaky tools count. */
  counts: Map<string, number>;
}

/** Plays the scene and dies at that boundary (0: not at all); what a power cut then leaves is the seed's. */
export async function playScene(
  scene: CrashScene,
  storage: "memory" | "file",
  { dieAt, seed = 0 }: { dieAt: number; seed?: number },
): Promise<SweepEnd> {
  const referee = createReferee();
  const play = { scene, referee, boundaries: 0, dieAt, crashes: 0, counts: new Map() } as unknown as Play;
  const dice = createDice(seedOf(scene.name, dieAt, seed));
  play.world = createSimulatedWorld({
    seed: seedOf(scene.name),
    storage,
    referee,
    syncMs: () => 0,
    callMs: () => null,
    fate: () => dice.pick(["lost", "kept", "random"] as const),
    makeTools: (process) => makeTools(play, process),
    makePlanner: (process) => makePlanner(play, process),
    limits: { toolTimeoutMs: 5_000, graceMs: 100 },
  });
  enter(play);
  await start(play);
  const result = await driveToEnd(play);
  const { entries, blobs } = await play.world.store.read(RUN);
  checkJournal(entries, referee, (await loadBlobs(entries, blobs)).read);
  return {
    summary: summaryOf(result, scene),
    problems: referee.problems,
    boundaries: play.boundaries,
    crashes: play.crashes,
  };
}

function enter(play: Play): void {
  play.process = play.world.start();
  const { mortal } = play.process;
  mortal.diesAt = () => {
    play.boundaries += 1;
    return play.boundaries === play.dieAt;
  };
}

async function start(play: Play): Promise<void> {
  const { scene } = play;
  const plan = scene.isFixed ? { plan: scene.decisions[0] as JsonValue } : {};
  const request = checkRequest({ goal: "sweep", idempotencyKey: "sweep", ...plan }, {});
  for (;;) {
    const { environment, active } = play.process;
    const accepted = await settle(play, acceptRun(environment, RUN, request));
    if (accepted === "dead") {
      revive(play);
      continue;
    }
    if ("existing" in accepted.value) return resume(play);
    active.drive(accepted.value);
    return;
  }
}

function revive(play: Play): void {
  play.crashes += 1;
  enter(play);
}

async function resume(play: Play): Promise<void> {
  const { environment, active } = play.process;
  if (active.get(RUN) !== undefined) return;
  const said = commandRun(environment, active, { run: RUN, kind: "resume", data: {} }).catch(async (error) => {
    if (!["RUN_NOT_WAITING", "RUN_ENDED", "STORE_LOCKED"].includes(error.code)) throw error;
    if (error.code === "STORE_LOCKED") await play.world.clock.advanceAsync(1_000);
  });
  await settle(play, said);
}

/** Until the run has ended: approves, answers, settles unknown outcomes and cancels as a patient person would. */
async function driveToEnd(play: Play): Promise<RunResult> {
  const { clock } = play.world;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await clock.advanceAsync(0);
    if (!play.process.mortal.isAlive) {
      revive(play);
      await resume(play);
      continue;
    }
    const seen = await settle(play, readResult(play.process.environment, play.process.active, RUN));
    if (seen === "dead") continue;
    const result = seen.value;
    const isOver = /completed|failed|exhausted|cancelled/.test(result.status);
    if (isOver && play.process.active.get(RUN) === undefined) return result;
    if (!isOver && (await personActs(play, result))) continue;
    if (result.status === "interrupted") await resume(play);
    else await clock.advanceToNext();
  }
  throw new Error(`${play.scene.name} stopped at ${play.dieAt} never ends`);
}

async function personActs(play: Play, result: RunResult): Promise<boolean> {
  const { environment, active } = play.process;
  const handle = createRunHandle(environment, active, RUN);
  const act = actionFor(play, result);
  if (act === null) return false;
  const before = play.referee.durable().length;
  const said = act(handle).catch((error: { code?: string }) => {
    if (!["RUN_NOT_WAITING", "RUN_ENDED", "STORE_LOCKED"].includes(error.code ?? "")) throw error;
  });
  const heard = await settle(play, said);
  return heard === "dead" || play.referee.durable().length > before;
}

function actionFor(
  play: Play,
  { steps, waiting }: RunResult,
): ((handle: ReturnType<typeof createRunHandle>) => Promise<void>) | null {
  const { cancelAt } = play.scene;
  if (cancelAt !== undefined && steps.some(({ id, status }) => id === cancelAt && status === "running")) {
    return (handle) => handle.cancel().then(() => play.referee.acknowledged("cancel.requested"));
  }
  if (waiting?.reason === "approval") return (handle) => handle.approve();
  if (waiting?.reason === "answer") return (handle) => handle.answer("this one");
  const unknown = steps.find(({ status }) => status === "unknown");
  if (waiting?.reason !== "needs-attention" || unknown === undefined) return null;
  return (handle) => handle.answer(outputOf(unknown.id, unknown.index));
}

/** Of a cancelled run only what had completed: a call is cut off by the abort, or by the crash. */
function summaryOf({ status, output, steps, reason }: RunResult, scene: CrashScene): string {
  const counted = scene.cancelAt === undefined ? steps : steps.filter((row) => row.status === "completed");
  const rows = counted.map((row) => ({ id: row.id, index: row.index, status: row.status, output: row.output }));
  return canonicalJson({ status, output, reason, steps: rows });
}

async function settle<T>(play: Play, promise: Promise<T>): Promise<{ value: T } | "dead"> {
  const { mortal } = play.process;
  let settled: { value: T } | { error: unknown } | null = null;
  promise.then(
    (value) => {
      if (mortal.isAlive) settled = { value };
    },
    (error: unknown) => {
      if (mortal.isAlive) settled = { error };
    },
  );
  const settledNow = (): typeof settled => settled;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await play.world.clock.advanceAsync(0);
    const now = settledNow();
    if (now !== null && "error" in now) throw now.error;
    if (now !== null) return now;
    if (!mortal.isAlive) return "dead";
    await play.world.clock.advanceToNext();
  }
  throw new Error("a call never settled");
}

function outputOf(step: string, index: number | null): JsonObject {
  return { v: `${step} ${index ?? ""}` };
}

type Kind = [name: string, effect: Effect, idempotency: Idempotency];
const KINDS: readonly Kind[] = [
  ["look", "read", "pure"],
  ["keep", "write", "key"],
  ["note", "write", "none"],
  ["send", "irreversible", "none"],
  ["slow", "write", "key"],
  ["flaky", "write", "key"],
  ["fail", "read", "pure"],
  ["odd", "read", "pure"],
  ["sulk", "write", "key"],
];

function makeTools(play: Play, { mortal, clock }: { mortal: Mortal; clock: ManualClock }): Tool[] {
  return KINDS.map(([name, effect, idempotency]) =>
    defineTool({
      name,
      description: `Sweep ${name}.`,
      inputSchema: { type: "object" },
      outputSchema: {},
      effect,
      idempotency,
      derive: "inputs",
      async execute(input: unknown, context: ToolContext): Promise<unknown> {
        if (!mortal.isAlive) return new Promise(() => {});
        play.referee.toolCalled({ tool: name, idempotency, context, input: structuredClone(input) as JsonValue });
        await wait(clock, { ms: name === "slow" ? 1_000 : 5, signal: context.signal });
        return behave(play, name, context);
      },
    }),
  );
}

function wait(clock: ManualClock, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    clock.setTimer(ms, resolve);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function behave({ counts }: Play, name: string, { step, index }: ToolContext): JsonObject {
  const key = `${step} ${index}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  if (name === "fail") throw new Error("no");
  if (name === "odd" && index !== null && index % 2 === 1) throw new Error("odd");
  if (name === "sulk" && index === 1 && count === 1) throw new Error("not yet");
  if (name === "flaky" && count <= 2) throw transient("busy");
  return outputOf(step, index);
}

function makePlanner({ scene, referee }: Play, { mortal, clock }: { mortal: Mortal; clock: ManualClock }): Planner {
  return {
    name: "scene",
    visibility: "shape",
    async plan(request, { signal }) {
      if (!mortal.isAlive) return new Promise(() => {});
      referee.plannerCalled(request.n, request.attempt);
      await wait(clock, { ms: 5, signal });
      return { raw: scene.decisions[request.n + request.attempt - 2] ?? null };
    },
  };
}
